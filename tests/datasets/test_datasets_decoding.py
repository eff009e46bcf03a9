"""Bytes become text, or it is said which of them do not."""

import gzip

import pytest

from dl_course.datasets.text_reading import decode, read_text
from dl_course.errors import CourseError, DataError


def test_line_ends_and_byte_order_mark_are_dropped(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes("\ufeffone\r\ntwo\rthree".encode())
    assert read_text(path) == "one\ntwo\nthree"


@pytest.mark.parametrize("encoding", ["gb18030", "latin-1", "utf-16"])
def test_other_encodings_are_read_when_named(tmp_path, encoding):
    path = tmp_path / "a.txt"
    path.write_bytes("Grüße".encode(encoding))
    assert read_text(path, encoding) == "Grüße"


def test_a_compressed_file_is_unpacked(tmp_path):
    path = tmp_path / "a.txt.gz"
    path.write_bytes(gzip.compress("深度".encode()))
    assert read_text(path) == "深度"


def test_a_wrong_encoding_tells_the_position_and_the_way_out(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"good" + "深".encode("gb18030"))
    with pytest.raises(DataError, match=r"a\.txt.*utf-8.*0xc9 at position 4.*--encoding"):
        read_text(path)


def test_a_damaged_archive_and_a_missing_file_are_said(tmp_path):
    path = tmp_path / "a.txt.gz"
    path.write_bytes(gzip.compress(b"x" * 1000)[:20])
    with pytest.raises(DataError, match="damaged"):
        read_text(path)
    with pytest.raises(DataError, match="no such file"):
        read_text(tmp_path / "b.txt")
    with pytest.raises(DataError, match="received a folder"):
        read_text(tmp_path)


@pytest.mark.parametrize("encoding", ["utf-99", "hex", "", None, "rot13"])
def test_an_unknown_encoding_is_refused(encoding):
    with pytest.raises(CourseError, match="`encoding`"):
        decode(b"a", "a.txt", encoding)
