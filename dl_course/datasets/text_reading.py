"""From bytes to text: without guessing, with an error that says which byte does not fit."""

import codecs
import gzip
import os
import zlib
from pathlib import Path

from dl_course.errors import DataError, argument_error


def read_text(path: str | os.PathLike, encoding: str = "utf-8") -> str:
    """Returns the text of a file, unpacked if it is a .gz; line ends become newlines.

    Args:
        path: the file.
        encoding: any of Python's; a byte order mark of UTF-8 is dropped.

    Returns:
        The text.

    Raises:
        CourseError: Python does not know the encoding.
        DataError: there is no such file, or its bytes are not of this encoding.

    Example:
        >>> path = getfixture("tmp_path") / "note.txt"
        >>> _ = path.write_bytes(b"one\\r\\ntwo")
        >>> read_text(path)
        'one\\ntwo'
    """
    path = Path(path).expanduser()
    check_encoding(encoding)
    if path.is_dir():
        raise DataError(f"{path}: expected a text file, received a folder. Name the file.")
    if not path.is_file():
        raise DataError(f"{path}: no such file. Check the path.")
    content = path.read_bytes()
    if content[:2] == b"\x1f\x8b":
        try:
            content = gzip.decompress(content)
        except (EOFError, gzip.BadGzipFile, zlib.error):
            raise DataError(
                f"{path}: expected an intact .gz file, received a damaged one. Copy it again."
            ) from None
    return decode(content, path, encoding)


def decode(content: bytes, path: str | os.PathLike, encoding: str = "utf-8") -> str:
    """Returns bytes as text, or raises an error that says which of them does not fit.

    Args:
        content: the bytes.
        path: where they come from, for the error.
        encoding: any of Python's.

    Returns:
        The text, without a byte order mark, with newlines as line ends.

    Raises:
        CourseError: Python does not know the encoding.
        DataError: the bytes are not of this encoding.

    Example:
        >>> decode(b"caf\\xe9", "menu.txt", "latin-1")
        'café'
        >>> decode(b"caf\\xe9", "menu.txt")  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        ...
        dl_course.errors.DataError: menu.txt: expected text in utf-8, received byte 0xe9 at \
position 3, ...
    """
    check_encoding(encoding)
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise DataError(
            f"{path}: expected text in {encoding}, received byte 0x{content[error.start]:02x} at "
            f"position {error.start}, which does not fit. Save it as UTF-8, or name its encoding: "
            "--encoding gb18030 (encoding=...), for example."
        ) from None
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def check_encoding(encoding: str) -> None:
    """Raises a `CourseError` unless Python knows the encoding.

    Example:
        >>> check_encoding("utf-9")  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        ...
        dl_course.errors.CourseError: `encoding` must be a text encoding that Python knows, ...
    """
    try:
        is_text = codecs.lookup(encoding)._is_text_encoding
    except (LookupError, TypeError, ValueError):
        is_text = False
    if not is_text:
        expected = "a text encoding that Python knows, such as utf-8, gb18030 or latin-1"
        raise argument_error("encoding", expected, encoding)
