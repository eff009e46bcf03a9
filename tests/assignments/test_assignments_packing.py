import io
import json
import math
import struct
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from dl_course.assignments.masters.packing import PackingError, pack, unpack

DTYPES = st.one_of(
    hnp.boolean_dtypes(),
    hnp.integer_dtypes(),
    hnp.unsigned_integer_dtypes(),
    hnp.floating_dtypes(endianness="?"),
    hnp.complex_number_dtypes(),
    hnp.unicode_string_dtypes(min_len=1, max_len=5),
)
ARRAYS = hnp.arrays(DTYPES, hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4))
PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9)
KEYS = st.text(max_size=5) | st.integers() | st.tuples(st.integers(), st.text(max_size=3))
VALUES = st.recursive(
    PLAIN | ARRAYS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(KEYS, inner, max_size=4)
    ),
    max_leaves=12,
)


def alike(a, b):
    if isinstance(a, np.ndarray):
        same = a.dtype == b.dtype and a.shape == b.shape
        # Bytes, not values: a NaN is equal to itself here, and -0.0 is not 0.0.
        return same and np.ascontiguousarray(a).tobytes() == np.ascontiguousarray(b).tobytes()
    if isinstance(a, list | tuple):
        return type(a) is type(b) and len(a) == len(b) and all(map(alike, a, b))
    if isinstance(a, dict):
        return list(a) == list(b) and all(alike(a[key], b[key]) for key in a)
    return type(a) is type(b) and a == b


@given(value=VALUES)
@settings(max_examples=150, deadline=None)
def test_what_is_packed_is_unpacked(value):
    assert alike(value, unpack(pack(value)))


def test_nan_infinity_numpy_numbers_and_fortran_order_are_kept():
    value = {"a": math.nan, "b": [math.inf, np.float32(0.1)], "c": np.asfortranarray(np.eye(3)[:2])}
    again = unpack(pack(value))
    assert math.isnan(again["a"]) and again["b"] == [math.inf, np.float32(0.1)]
    assert alike(value["c"], again["c"])
    with pytest.raises(ValueError, match="read-only"):
        again["c"][0] = 1


@pytest.mark.parametrize(
    "value",
    [object(), {1, 2}, b"bytes", 1j, len, np.array([None]), np.array(["2026"], "M8[Y]"),
     np.zeros(2, "i4,f8"), [[{"a": (object(),)}]], type("F", (float,), {})(1)],
)  # fmt: skip
def test_what_cannot_be_sent_is_refused(value):
    with pytest.raises(PackingError):
        pack(value)


def test_a_value_without_end_is_refused():
    endless = []
    endless.append(endless)
    deep = 1
    for _ in range(10**5):
        deep = [deep]
    for value in (endless, deep):
        with pytest.raises(PackingError, match="deeply"):
            pack(value)


def read(data, **options):
    """Unpacks; returns None for what is refused, and lets every other error through."""
    try:
        return unpack(data, **options)
    except PackingError as error:
        assert "\n" not in str(error)[:40]
        return None


@given(data=st.binary(max_size=300))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_read_or_refused(data):
    read(data)
    read(b"DLC1" + data)
    read(b"DLC1" + struct.pack(">Q", len(data)) + data)


SAMPLE = pack({"x": np.eye(3), "names": ("a", ["b", 1.5]), "t": np.array(["ab", "c"])})


@given(data=st.data())
@settings(max_examples=400, deadline=None)
def test_changed_bytes_are_read_or_refused(data):
    changed = bytearray(SAMPLE)
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(changed) - 1))
        if data.draw(st.booleans()):
            changed[at] = data.draw(st.integers(0, 255))
        else:
            del changed[at : at + data.draw(st.integers(1, 9))]
        if not changed:
            break
    read(bytes(changed))


TREES = st.recursive(
    PLAIN,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["array", "tuple", "dict", "x"]), inner, max_size=2)
    ),
    max_leaves=10,
)


@given(tree=TREES)
@settings(max_examples=300, deadline=None)
def test_any_structure_is_read_or_refused(tree):
    text = json.dumps(tree).encode()
    file = io.BytesIO()
    np.save(file, np.eye(2))
    blob = file.getvalue()
    parts = b"".join(struct.pack(">Q", len(part)) + part for part in (text, blob))
    read(b"DLC1" + parts)


HEADERS = st.text(max_size=200) | st.builds(
    lambda descr, order, shape: repr({"descr": descr, "fortran_order": order, "shape": shape}),
    st.sampled_from(
        ["<f8", ">f4", "|O", "<U1", "<U0", "|V8", "|S3", "<M8[s]", "f8,f8", "<U99999", 1]
    )
    | st.text(max_size=6),
    st.booleans() | st.none(),
    st.tuples(st.integers(-2, 2**65), st.integers(-1, 3)) | st.integers() | st.text(max_size=3),
)


@given(header=HEADERS, data=st.binary(max_size=40))
@settings(max_examples=300, deadline=None)
@pytest.mark.filterwarnings("ignore")
def test_any_header_of_an_array_is_read_or_refused(header, data):
    header = header.encode(errors="replace")
    blob = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + data
    parts = b"".join(struct.pack(">Q", len(part)) + part for part in (b'{"array": 0}', blob))
    value = read(b"DLC1" + parts)
    assert value is None or (value.dtype.kind in "biufcU" and value.nbytes == len(data))


def test_a_small_lie_takes_little_memory():
    header = repr({"descr": "<f8", "fortran_order": False, "shape": (2**40,)}).encode()
    blob = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header
    parts = b"".join(struct.pack(">Q", len(part)) + part for part in (b'{"array": 0}', blob))
    tracemalloc.start()
    assert read(b"DLC1" + parts) is None
    assert read(b"DLC1" + struct.pack(">Q", 2**63) + b"x") is None
    assert read(b"DLC1" + bytes(8 * 10**6)) is None  # a million parts of no size
    assert read(b"DLC1" + struct.pack(">Q", 10**6) + b"[" * 10**6, largest_text=10**5) is None
    assert tracemalloc.get_traced_memory()[1] < 30 * 2**20
    tracemalloc.stop()
