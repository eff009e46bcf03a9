"""Values as bytes and back: JSON for the structure, plain `.npy` for the arrays, never pickle.

The reader need not trust the writer: every size is checked before it is used, no code is run,
and anything malformed raises `PackingError`.
"""

import io
import json
import math
import struct
import sys
from typing import Any

import numpy as np

_MAGIC = b"DLC1"
_SIZE = struct.Struct(">Q")
_LARGEST_TEXT = 2**24  # bytes of JSON
_MOST_ARRAYS = 10_000  # reading a header takes longer than forging one
_KINDS = "biufcU"  # numbers, truth values and texts; objects could only be pickled


class PackingError(ValueError):
    """The bytes are malformed, or the value cannot be packed."""


def pack(value: object) -> bytes:
    """Returns a value as bytes.

    Args:
        value: None, a truth value, a number, a text, an array, or a list, tuple or dict of these.

    Raises:
        PackingError: if it is or contains anything else.

    Example:
        >>> unpack(pack({"x": np.eye(2), "rates": (0.1, 0.2)}))
        {'x': array([[1., 0.],
               [0., 1.]]), 'rates': (0.1, 0.2)}
    """
    arrays: list[bytes] = []
    try:
        text = json.dumps(_to_tree(value, arrays)).encode()
    except RecursionError:
        raise PackingError("the value is nested too deeply") from None
    parts = [_MAGIC]
    for part in (text, *arrays):
        parts += [_SIZE.pack(len(part)), part]
    return b"".join(parts)


def unpack(data: bytes, largest_text: int = _LARGEST_TEXT) -> Any:
    """Returns the value that `pack` was given; its arrays are read-only.

    Args:
        data: what `pack` returned.
        largest_text: bytes of JSON to accept; they take up to fifty times as much once read.

    Raises:
        PackingError: if `data` is anything but what `pack` writes.
    """
    text, *blobs = _parts(data)
    if len(text) > largest_text:
        raise PackingError("the structure is too large")
    arrays = [_load(blob) for blob in blobs]
    try:
        return _from_tree(json.loads(text), arrays)
    except (ValueError, TypeError, LookupError, RecursionError) as error:
        raise PackingError(f"the structure is damaged: {type(error).__name__}") from None


def _parts(data: bytes) -> list[bytes]:
    if data[:4] != _MAGIC:
        raise PackingError("the bytes begin with the wrong header")
    parts, at = [], 4
    while at < len(data):
        if len(data) - at < _SIZE.size:
            raise PackingError("the bytes end too early")
        (size,) = _SIZE.unpack_from(data, at)
        at += _SIZE.size
        if size > len(data) - at:
            raise PackingError("the bytes end too early")
        if len(parts) > _MOST_ARRAYS:
            raise PackingError("the bytes hold too many arrays")
        parts.append(data[at : at + size])
        at += size
    if not parts:
        raise PackingError("the bytes hold nothing")
    return parts


def _to_tree(value: object, arrays: list[bytes]) -> object:
    if value is None or type(value) in (bool, int, float, str):
        return value
    if type(value) in (np.ndarray, *np.sctypeDict.values()):
        arrays.append(_save(np.asarray(value)))
        return {"array": len(arrays) - 1}
    if type(value) is list:
        return [_to_tree(item, arrays) for item in value]
    if type(value) is tuple:
        return {"tuple": [_to_tree(item, arrays) for item in value]}
    if type(value) is dict:
        items = value.items()
        return {"dict": [[_to_tree(k, arrays), _to_tree(v, arrays)] for k, v in items]}
    raise PackingError(f"a {type(value).__name__} cannot be sent")


def _from_tree(tree: object, arrays: list[np.ndarray]) -> object:
    if isinstance(tree, list):
        return [_from_tree(item, arrays) for item in tree]
    if not isinstance(tree, dict):
        return tree
    ((kind, content),) = tree.items()
    if kind == "array":
        return arrays[content]
    if kind == "tuple":
        return tuple(_from_tree(item, arrays) for item in content)
    if kind == "dict":
        return {_from_tree(k, arrays): _from_tree(v, arrays) for k, v in content}
    raise LookupError(kind)


def _save(array: np.ndarray) -> bytes:
    if array.dtype.kind not in _KINDS:
        raise PackingError(f"an array of {array.dtype} cannot be sent")
    file = io.BytesIO()
    np.lib.format.write_array(file, array, version=(1, 0), allow_pickle=False)
    return file.getvalue()


def _load(blob: bytes) -> np.ndarray:
    """Returns the array in the bytes of a `.npy` file, whose header may be forged."""
    file = io.BytesIO(blob)
    try:
        if np.lib.format.read_magic(file) != (1, 0):
            raise ValueError("another version")
        header = np.lib.format.read_array_header_1_0(file, max_header_size=1000)
        shape, is_fortran, dtype = header
        if dtype.kind not in _KINDS or any(n < 0 for n in shape):
            raise ValueError("not plain numbers or texts")
        # math.prod counts without overflow: a forged shape cannot wrap around to a small size.
        if math.prod(shape) * dtype.itemsize != len(blob) - file.tell():
            raise ValueError("its size does not match its header")
        values = np.frombuffer(blob, dtype, offset=file.tell())
        if dtype.kind == "U":
            codes = np.frombuffer(blob, dtype.str[0] + "u4", offset=file.tell())
            if codes.max(initial=0) > sys.maxunicode:
                raise ValueError("not characters")
        return values.reshape(shape, order="F" if is_fortran else "C")
    except Exception as error:  # NumPy's reader of headers raises many kinds; all mean the same
        raise PackingError(f"an array is damaged: {type(error).__name__}: {error}") from None
