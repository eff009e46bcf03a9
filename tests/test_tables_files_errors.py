"""Files that are whole or absent, tables that come back as they went, errors of one form."""

import errno
import os
import signal
import stat
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dl_course.errors import (
    CourseError,
    DataError,
    TrainingError,
    argument_error,
    check_positive_integer,
    check_seed,
    check_share,
    describe_os_error,
)
from dl_course.files import atomic_path, write_json, write_text
from dl_course.tables import read_table, write_table


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_a_write_that_fails_leaves_the_old_file_and_nothing_beside_it(tmp_path, error):
    path = tmp_path / "a.txt"
    write_text(path, "old")
    with pytest.raises(error), atomic_path(path) as beside:
        beside.write_text("half of the n")
        raise error
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["a.txt"]


@pytest.mark.skipif(os.name != "posix", reason="Windows renames no file that is open")
def test_who_reads_while_a_file_is_replaced_reads_the_old_one_to_its_end(tmp_path):
    path = tmp_path / "a.txt"
    write_text(path, "old and whole")
    with path.open("rb", buffering=0) as reader:
        assert reader.read(3) == b"old"
        write_text(path, "new")
        assert reader.read() == b" and whole"
    assert path.read_text() == "new"


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL on Windows")
def test_a_process_killed_while_it_writes_leaves_the_old_file(tmp_path):
    path = tmp_path / "a.txt"
    write_text(path, "old")
    script = (
        "import os, signal, sys\n"
        "from dl_course.files import atomic_path\n"
        "with atomic_path(sys.argv[1]) as beside:\n"
        "    beside.write_text('half of the n')\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, path], check=False)
    assert done.returncode == -signal.SIGKILL
    assert path.read_text() == "old"


def test_the_disk_that_fills_up_is_told_by_the_readers_name(tmp_path):
    resource = pytest.importorskip("resource", reason="file size limits are of Unix")
    path = tmp_path / "a.txt"
    write_text(path, "old")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with pytest.raises(OSError) as caught:
            write_text(path, "n" * 2000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert caught.value.errno == errno.EFBIG and caught.value.filename == str(path)
    assert path.read_text() == "old" and os.listdir(tmp_path) == ["a.txt"]


@pytest.mark.skipif(os.name != "posix", reason="permission bits are of Unix")
def test_written_files_have_ordinary_permissions_in_folders_made_for_them(tmp_path):
    old = os.umask(0o027)
    try:
        write_json(tmp_path / "new" / "deep" / "a.json", [1])
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "new" / "deep" / "a.json").stat().st_mode) == 0o640


def test_json_keeps_what_is_not_ascii_readable(tmp_path):
    write_json(tmp_path / "a.json", {"title": "卷积"})
    assert "卷积" in (tmp_path / "a.json").read_text(encoding="utf-8")


finite = st.floats(allow_nan=True, allow_infinity=True)
names = st.text(st.sampled_from("abc ,\"'\n_0é"), min_size=1, max_size=6)


@given(
    st.lists(st.tuples(st.integers(-(2**62), 2**62), finite, names), min_size=1, max_size=5),
    st.integers(1, 3),
)
def test_tables_come_back_as_they_went(tmp_path_factory, rows, width):
    integers, floats, texts = map(list, zip(*rows, strict=True))
    columns = {
        "step": np.array(integers),
        # One that is surely no integer, so that the column is of floats.
        "loss": np.array([*floats[1:], 0.5]),
        "layer": np.array([f"l{text}" for text in texts]),
        "counts": np.arange(len(rows) * width).reshape(len(rows), width),
    }
    path = tmp_path_factory.getbasetemp() / "table.csv"
    write_table(path, columns)
    back = read_table(path)
    assert list(back) == list(columns)
    for name, array in columns.items():
        np.testing.assert_array_equal(back[name], array)
        assert back[name].dtype.kind == array.dtype.kind


def test_a_table_of_columns_of_different_length_is_not_written(tmp_path):
    with pytest.raises(ValueError):
        write_table(tmp_path / "a.csv", {"a": [1, 2], "b": [1]})
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n3\n", b"a,b\n1,2,3\n", b"\xff\xfe\x00a"])
def test_a_damaged_table_is_one_clear_line(tmp_path, content):
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(DataError, match="expected a CSV table") as caught:
        read_table(path)
    assert str(path) in str(caught.value) and "\n" not in str(caught.value)


def test_a_missing_table_is_named(tmp_path):
    with pytest.raises(DataError, match="no.csv: expected a CSV file, found none"):
        read_table(tmp_path / "no.csv")


def test_a_table_may_have_no_rows_yet(tmp_path):
    write_table(tmp_path / "a.csv", {"epoch": [], "loss": []})
    assert {k: len(v) for k, v in read_table(tmp_path / "a.csv").items()} == {"epoch": 0, "loss": 0}


def test_every_error_of_the_course_is_a_course_error_and_a_value_error():
    assert issubclass(DataError, CourseError) and issubclass(TrainingError, CourseError)
    assert issubclass(CourseError, ValueError)
    assert str(argument_error("a", "1", 2)) == "`a` must be 1. Received: a=2."


@pytest.mark.parametrize("value", [0, -1, True, 1.0, "1", None, float("nan"), np.array([1, 2])])
def test_only_positive_integers_pass_for_one(value):
    with pytest.raises(CourseError, match=r"^`epochs` must be a positive integer\. Received: "):
        check_positive_integer("epochs", value)


@pytest.mark.parametrize("value", [1, np.int64(3), np.uint8(7)])
def test_positive_integers_of_numpy_pass_too(value):
    check_positive_integer("epochs", value)


@pytest.mark.parametrize("value", [-0.1, 1, True, "0.5", None, float("nan"), np.array([0.5])])
def test_only_numbers_from_0_to_below_1_are_shares(value):
    with pytest.raises(CourseError, match=r"^`share` must be a share of at least 0 and below 1\."):
        check_share("share", value)


@pytest.mark.parametrize("value", [0, 0.999, np.float32(0.5)])
def test_numbers_from_0_to_below_1_are_shares(value):
    check_share("share", value)


def test_a_positive_share_is_not_0():
    check_share("share", 0.1, positive=True)
    with pytest.raises(CourseError, match="must be a share above 0 and below 1"):
        check_share("share", 0, positive=True)


@pytest.mark.parametrize("value", [-1, 2**32, True, 1.0, "1", None])
def test_only_what_numpy_takes_is_a_seed(value):
    with pytest.raises(CourseError, match=r"^`seed` must be an integer from 0 to 4294967295\. Rec"):
        check_seed("seed", value)


@pytest.mark.parametrize("value", [0, 2**32 - 1, np.uint32(7)])
def test_integers_of_32_bits_are_seeds(value):
    check_seed("seed", value)


def test_a_file_error_of_the_system_names_file_reason_and_remedy(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError) as caught:
        write_text(tmp_path / "file" / "below", "text")
    line = describe_os_error(caught.value)
    assert str(tmp_path / "file") in line and line.endswith("Check the path and try again.")
