"""Finds notebooks in folders and zip files that strangers filled: reads little, extracts nothing.

Every step has a limit, no link is followed, nothing but plain files is opened, and what a zip file
says about itself is not believed. What cannot be read is named, never passed over in silence.
"""

import os
import re
import stat
import zipfile
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from dl_course.errors import DataError, describe_os_error
from dl_course.grading.texts import clean_name

LARGEST_NOTEBOOK = 10 * 2**20  # bytes, unpacked
LARGEST_TOTAL = 500 * 2**20  # bytes of all notebooks of one student, unpacked
MOST_FILES = 10_000  # in the zip files of one student
NO_NOTEBOOK = "holds no notebook. Hand in the .ipynb file itself, or a zip file of it."
MOODLE = re.compile(r"(.+?)_(\d+)_assignsubmission_[a-z]+_?(.*)", re.DOTALL)
ARCHIVES = (".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".zipx")

_PIECE = 2**16
_LONGEST_NAME = 1000  # characters of a path in a zip file
_DIRECTORY_OF_STUDENT, _DIRECTORY_OF_CLASS = 4 * 2**20, 32 * 2**20  # bytes of a zip's directory
# Others, bzip2 for one, unpack a few bytes to gigabytes in one step, before they can be counted.
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED, _UTF8 = 0x1, 0x800  # bits of an entry's flags
# A byte above 127 on its own is a letter with an accent; Chinese characters have two in a row.
_LONELY_BYTE = re.compile(rb"(?<![\x80-\xff])[\x80-\xff](?![\x80-\xff])")
_LINK = "is a link, which is not followed. Hand in the file itself."
_ANOTHER_ARCHIVE = "is an archive that is not unpacked. Hand in the notebook, or a .zip file of it."
_TOO_MUCH = "holds too much, and was not read. Hand in the notebook alone."
_TOO_LARGE = (
    f"is larger than {LARGEST_NOTEBOOK // 2**20} MiB and was not read. "
    "Clear the outputs in Jupyter, save, and hand in again."
)


@dataclass(frozen=True)
class NotebookFile:
    """A notebook, or what stands in the place of one.

    Attributes:
        above: folders above the students' own, such as `submitted`.
        parts: the path from there on, the student's file or folder first; a zip file is a part.
        modified: its local date and time, without time zone.
        data: its bytes; empty with a problem.
        problem: why it was not read, to follow its name; empty if it was.
    """

    above: tuple[str, ...]
    parts: tuple[str, ...]
    modified: datetime
    data: bytes = b""
    problem: str = ""


class _Unreadable(Exception):
    """A file is not read; the text says why, and what to do."""


class _Budget:
    """How much of one student's files may still be read."""

    def __init__(self):
        self.bytes, self.files = LARGEST_TOTAL, MOST_FILES


class _BoundedFile:
    """A zip file whose directory, which `zipfile` reads in one go, must not be large."""

    def __init__(self, file: BinaryIO, largest: int):
        self.seek, self.tell, self.seekable = file.seek, file.tell, file.seekable
        self._read, self._largest = file.read, largest

    def read(self, size: int = -1) -> bytes:
        """Returns up to `size` bytes, or all of the rest."""
        data = self._read(self._largest + 1 if size < 0 else min(size, self._largest + 1))
        if len(data) > self._largest:
            raise _Unreadable(_TOO_MUCH)
        return data


def notebook_files(
    source: Path, transparent: Collection[str], skip: Path | None = None
) -> Iterator[NotebookFile]:
    """Yields the notebooks of a class, one after the other.

    Args:
        source: a folder with a file, a folder or a zip file for each student; or one zip file of
            such files and folders.
        transparent: names of folders above those of the students.
        skip: a folder to leave out.

    Yields:
        Each notebook, and each file or folder that may have been meant for one.

    Raises:
        DataError: if `source` is neither a folder nor a zip file, or cannot be read.

    Example:
        >>> folder = getfixture("tmp_path")
        >>> (folder / "submitted" / "Ana").mkdir(parents=True)
        >>> _ = (folder / "submitted" / "Ana" / "x.ipynb").write_text("{}")
        >>> [(file.parts, file.data) for file in notebook_files(folder, ["submitted"])]
        [(('Ana', 'x.ipynb'), b'{}')]
    """
    names = {clean_name(name) for name in transparent}
    try:
        if source.is_dir():
            skip = None if skip is None else skip.resolve()
            yield from _class_folder(source.resolve(), (), names, skip)
        elif source.is_file() and source.suffix.lower() == ".zip":
            yield from _class_zip(source, {*names, clean_name(source.stem)})
        else:
            found = "another kind of file" if source.exists() else "nothing of this name"
            raise DataError(
                f"{source}: expected a folder or a zip file of submissions, found {found}. "
                "Pass the folder that holds a notebook, a folder or a zip file of each student."
            )
    except _Unreadable as error:
        raise DataError(f"{source} {error} Or unpack it, and pass the folder.") from None
    except OSError as error:
        raise DataError(describe_os_error(error)) from None


def _class_folder(
    folder: Path, above: tuple[str, ...], transparent: set[str], skip: Path | None
) -> Iterator[NotebookFile]:
    for path in _entries(folder):
        status = os.lstat(path)
        is_folder = stat.S_ISDIR(status.st_mode)
        if path == skip:
            continue
        name = clean_name(path.name)
        if is_folder and name in transparent:
            yield from _class_folder(path, (*above, path.name), transparent - {name}, skip)
            continue
        is_empty = True
        for file in _one_student(path, above, skip):
            is_empty = False
            yield file
        if is_empty and is_folder:
            yield NotebookFile(above, (path.name,), _date(status), problem=NO_NOTEBOOK)


def _entries(folder: Path) -> list[Path]:
    """Returns what is in a folder, in order of name, without what systems hide there."""
    return [folder / name for name in sorted(os.listdir(folder)) if not _is_hidden(name)]


def _is_hidden(name: str) -> bool:
    return name.startswith(".") or name == "__MACOSX"


def _date(status: os.stat_result) -> datetime:
    try:
        return datetime.fromtimestamp(int(status.st_mtime))
    except (OverflowError, ValueError, OSError):
        return datetime(1970, 1, 1)


def _one_student(first: Path, above: tuple[str, ...], skip: Path | None) -> Iterator[NotebookFile]:
    """Yields what one student handed in: a file, or all in a folder, however deep."""
    budget = _Budget()
    waiting = [(first, (first.name,))]
    while waiting:
        path, parts = waiting.pop()
        modified = datetime(1970, 1, 1)
        try:
            status = os.lstat(path)
            modified = _date(status)
            if stat.S_ISDIR(status.st_mode):
                below = [] if path == skip else _entries(path)
                waiting += [(p, (*parts, p.name)) for p in reversed(below)]
                continue
            suffix = path.suffix.lower()
            _check_kind(status.st_mode, suffix)
            if suffix == ".zip":
                with _open(path, LARGEST_TOTAL) as file:
                    yield from _student_zip(file, above, parts, modified, budget)
            elif suffix == ".ipynb":
                with _open(path, LARGEST_NOTEBOOK) as file:
                    data = _read(file, budget)
                yield NotebookFile(above, parts, modified, data)
        except _Unreadable as error:
            yield NotebookFile(above, parts, modified, problem=str(error))
        except OSError as error:
            problem = f"cannot be read: {error.strerror or type(error).__name__}."
            yield NotebookFile(above, parts, modified, problem=problem)


def _check_kind(mode: int, suffix: str) -> None:
    """Raises `_Unreadable` for links, devices and the like, and unknown kinds of archives."""
    if stat.S_ISLNK(mode):
        raise _Unreadable(_LINK)
    if not stat.S_ISREG(mode):
        raise _Unreadable("is no plain file and was not opened. Hand in the file itself.")
    if suffix in ARCHIVES:
        raise _Unreadable(_ANOTHER_ARCHIVE)


def _open(path: Path, largest: int) -> BinaryIO:
    """Opens a plain file, and nothing that took its place meanwhile."""
    flags = ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY")
    handle = os.open(path, os.O_RDONLY | sum(getattr(os, flag, 0) for flag in flags))
    file = open(handle, "rb")  # closes the handle with it
    status = os.fstat(handle)
    try:
        _check_kind(status.st_mode, "")
        if status.st_size > largest:
            is_notebook = largest == LARGEST_NOTEBOOK
            raise _Unreadable(_TOO_LARGE if is_notebook else _TOO_MUCH)
    except _Unreadable:
        file.close()
        raise
    return file


def _read(file: BinaryIO, budget: _Budget) -> bytes:
    """Returns the content of a notebook, read in pieces, whatever was said about its size."""
    data = bytearray()
    while piece := file.read(_PIECE):
        data += piece
        budget.bytes -= len(piece)
        if len(data) > LARGEST_NOTEBOOK:
            raise _Unreadable(_TOO_LARGE)
        if budget.bytes < 0:
            limit = LARGEST_TOTAL // 2**20
            raise _Unreadable(
                f"was not read: all notebooks together are larger than {limit} MiB. "
                "Hand in the notebook alone."
            )
    return bytes(data)


def _open_zip(file: BinaryIO, largest_directory: int) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(_BoundedFile(file, largest_directory))
    except _Unreadable:
        raise
    except Exception:  # of many kinds, which all mean the same
        raise _Unreadable("is a damaged zip file. Make it anew.") from None


def _listed(archive: zipfile.ZipFile) -> Iterator[tuple[zipfile.ZipInfo, tuple[str, ...], bool]]:
    """Yields what is in a zip file, with the parts of its path, and whether that is ordinary."""
    for info in archive.infolist():
        name = _name_of(info)
        # Some programs for Windows write backslashes between folders.
        words = name.replace("\\", "/").split("/")
        leaves = words[0] == "" or ".." in words or "\0" in name or re.match("[A-Za-z]:", name)
        parts = tuple(word for word in words if word not in ("", ".", "..")) or ("?",)
        is_ordinary = not leaves and len(name) <= _LONGEST_NAME
        if not any(map(_is_hidden, parts)):
            if not is_ordinary:
                parts = tuple(part[-255:] for part in parts[:1] + parts[1:][-1:])
            yield info, parts, is_ordinary


def _name_of(info: zipfile.ZipInfo) -> str:
    """Returns an entry's name; one that is not marked as UTF-8 may be that, or Chinese."""
    if info.flag_bits & _UTF8:
        return info.orig_filename
    try:
        raw = info.orig_filename.encode("cp437")
        return raw.decode("utf-8")
    except UnicodeEncodeError:
        return info.orig_filename
    except UnicodeDecodeError:
        return raw.decode("cp437" if _LONELY_BYTE.search(raw) else "gb18030", errors="replace")


def _student_zip(
    file: BinaryIO,
    above: tuple[str, ...],
    prefix: tuple[str, ...],
    modified: datetime,
    budget: _Budget,
) -> Iterator[NotebookFile]:
    with _open_zip(file, _DIRECTORY_OF_STUDENT) as archive:
        tops = {parts[0] for _, parts, _ in _listed(archive)}
        if sum(MOODLE.fullmatch(top) is not None for top in tops) > 1:
            # Were these believed to be students, one could hand in in another's name.
            raise _Unreadable("holds a whole class. Pass the zip file itself, not its folder.")
        is_empty = True
        for info, parts, is_ordinary in _listed(archive):
            found = _entry(archive, info, is_ordinary, budget)
            if found is not None:
                is_empty = False
                yield NotebookFile(above, (*prefix, *parts), _date_of(info, modified), *found)
    if is_empty:
        raise _Unreadable(NO_NOTEBOOK)


def _class_zip(source: Path, transparent: set[str]) -> Iterator[NotebookFile]:
    budgets = defaultdict(_Budget)
    folders, filled = {}, set()
    with source.open("rb") as file, _open_zip(file, _DIRECTORY_OF_CLASS) as archive:
        modified = _date(os.fstat(file.fileno()))
        for info, parts, is_ordinary in _listed(archive):
            above = ()
            while clean_name(parts[0]) in transparent and len(parts) > 1:
                above, parts = (*above, parts[0]), parts[1:]
            if clean_name(parts[0]) in transparent and info.is_dir():
                continue
            if info.is_dir() or len(parts) > 1:
                folders.setdefault(parts[0], above)
            found = _entry(archive, info, is_ordinary, budgets[parts[0]])
            if found is not None:
                filled.add(parts[0])
                yield NotebookFile(above, parts, _date_of(info, modified), *found)
    for name, above in folders.items():
        if name not in filled:
            yield NotebookFile(above, (name,), modified, problem=NO_NOTEBOOK)


def _date_of(info: zipfile.ZipInfo, fallback: datetime) -> datetime:
    try:
        return datetime(*info.date_time)
    except ValueError:
        return fallback


def _entry(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, is_ordinary: bool, budget: _Budget
) -> tuple[bytes, str] | None:
    """Returns a notebook's bytes, or the problem with what may be one; None for other files."""
    if info.is_dir() and is_ordinary:
        return None
    budget.files -= 1
    if budget.files < 0:
        return (b"", _TOO_MUCH) if budget.files == -1 else None
    try:
        if not is_ordinary:
            raise _Unreadable(
                "has a name that leads out of its zip file, or is too long. Make it anew."
            )
        mode = info.external_attr >> 16  # of the file when it was packed; may be left out
        suffix = Path(info.orig_filename).suffix.lower()
        _check_kind(mode if stat.S_IFMT(mode) else stat.S_IFREG, suffix)
        if suffix == ".zip":
            raise _Unreadable("is a zip file in a zip file. Unpack the outer one.")
        return (_unpacked(archive, info, budget), "") if suffix == ".ipynb" else None
    except _Unreadable as error:
        return b"", str(error)


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo, budget: _Budget) -> bytes:
    if info.flag_bits & _ENCRYPTED:
        raise _Unreadable("is locked with a password. Hand it in without one.")
    if info.compress_type not in _METHODS:
        raise _Unreadable("is packed in an unusual way. Make an ordinary zip file.")
    if info.file_size > LARGEST_NOTEBOOK:
        raise _Unreadable(_TOO_LARGE)
    try:
        with archive.open(info) as file:
            return _read(file, budget)
    except _Unreadable:
        raise
    except Exception:  # of many kinds, which all mean the same
        raise _Unreadable("is damaged in its zip file. Make the zip file anew.") from None
