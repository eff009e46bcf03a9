"""Reads notebooks in zip files, a student's or a class's; trusts nothing, unpacks nothing."""

import io
import os
import re
import stat
import zipfile
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import IO

from dl_course.grading.names import clean_name
from dl_course.grading.reading import (
    LARGEST_NOTEBOOK,
    MOODLE,
    NO_NOTEBOOK,
    TOO_LARGE,
    TOO_MUCH,
    WHOLE_CLASS,
    Budget,
    NotebookFile,
    Problem,
    Unreadable,
    check_kind,
    date_of_file,
    holds_class,
    is_hidden,
    read,
)

_LONGEST_NAME = 1000  # characters of a path in a zip file
_DEEPEST_CLASS = 5  # folders within which students are looked for
_LARGEST_INNER = 100 * 2**20  # bytes of a student's zip file in the class's: it is in memory
_DIRECTORY_OF_STUDENT, _DIRECTORY_OF_CLASS = 4 * 2**20, 32 * 2**20  # bytes of a zip's directory
# Others, such as bzip2, unpack a few bytes to gigabytes in one step, before these can be counted.
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED, _UTF8 = 0x1, 0x800  # bits of an entry's flags
# A single byte above 127 is a letter with an accent; Chinese characters have two in a row.
_LONELY_BYTE = re.compile(rb"(?<![\x80-\xff])[\x80-\xff](?![\x80-\xff])")


class _BoundedFile:
    """A zip file whose directory, which `zipfile` reads in one go, must not be large."""

    def __init__(self, file: IO[bytes], largest: int):
        self.tell, self.seekable = file.tell, file.seekable
        self._file, self._largest = file, largest

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Moves to a place in the file."""
        return self._file.seek(offset, whence)

    def read(self, size: int = -1, /) -> bytes:
        """Returns up to `size` bytes, or all that is left."""
        data = self._file.read(self._largest + 1 if size < 0 else min(size, self._largest + 1))
        if len(data) > self._largest:
            raise Unreadable(TOO_MUCH)
        return data


def _open_zip(file: IO[bytes], largest_directory: int) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(_BoundedFile(file, largest_directory))
    except Unreadable:
        raise
    except Exception:  # of many kinds, which all mean the same
        raise Unreadable(Problem("is a damaged zip file. Make it again.")) from None


def _listed(archive: zipfile.ZipFile) -> Iterator[tuple[zipfile.ZipInfo, tuple[str, ...], bool]]:
    """Yields the entries of a zip file, the parts of each path, and whether that is ordinary."""
    for info in archive.infolist():
        name = _name_of(info)
        # Some programs for Windows write backslashes between folders.
        words = name.replace("\\", "/").split("/")
        leaves = words[0] == "" or ".." in words or "\0" in name or re.match("[A-Za-z]:", name)
        parts = tuple(word for word in words if word not in ("", ".", "..")) or ("?",)
        is_ordinary = not leaves and len(name) <= _LONGEST_NAME
        if not any(map(is_hidden, parts)):
            if not is_ordinary:
                parts = tuple(part[-255:] for part in parts[:1] + parts[1:][-1:])
            yield info, parts, is_ordinary


def _name_of(info: zipfile.ZipInfo) -> str:
    """Returns an entry's name; one not marked as UTF-8 may be UTF-8 all the same, or Chinese."""
    if info.flag_bits & _UTF8:
        return info.orig_filename
    try:
        raw = info.orig_filename.encode("cp437")
        return raw.decode("utf-8")
    except UnicodeEncodeError:
        return info.orig_filename
    except UnicodeDecodeError:
        return raw.decode("cp437" if _LONELY_BYTE.search(raw) else "gb18030", errors="replace")


def student_zip(
    file: IO[bytes],
    above: tuple[str, ...],
    prefix: tuple[str, ...],
    modified: datetime,
    budget: Budget,
) -> Iterator[NotebookFile]:
    """Yields the notebooks in a student's zip file; raises `Unreadable` if there are none.

    The file lies at `prefix`, below the folders `above`; `modified` is its date.
    """
    with _open_zip(file, _DIRECTORY_OF_STUDENT) as archive:
        if _classes(parts for _, parts, _ in _listed(archive)):
            # If these were taken for students, one could hand in under another's name.
            raise Unreadable(WHOLE_CLASS)
        is_empty = True
        for info, parts, is_ordinary in _listed(archive):
            found = _entry(archive, info, parts[-1], is_ordinary, budget)
            if found is not None:
                is_empty = False
                yield NotebookFile(above, (*prefix, *parts), _date_of(info, modified), *found)
    if is_empty:
        raise Unreadable(NO_NOTEBOOK)


def _classes(paths: Iterable[tuple[str, ...]]) -> set[tuple[str, ...]]:
    """Returns the folders that hold several students, by the names that Moodle gives."""
    folders = defaultdict(set)
    for parts in paths:
        for depth, part in enumerate(parts[:_DEEPEST_CLASS]):
            if MOODLE.fullmatch(part):
                folders[parts[:depth]].add(part)
    return {folder for folder, names in folders.items() if holds_class(names)}


def class_zip(source: Path, transparent: Collection[str]) -> Iterator[NotebookFile]:
    """Yields the notebooks in a zip file of a class, including those in students' zip files.

    `transparent` are names of folders above those of the students, as `clean_name` writes them.
    """
    budgets = defaultdict(Budget)
    folders, filled = {}, set()
    with source.open("rb") as file, _open_zip(file, _DIRECTORY_OF_CLASS) as archive:
        modified = date_of_file(os.fstat(file.fileno()))
        paths = (_split(info, parts, transparent)[1] for info, parts, _ in _listed(archive))
        classes = _classes(paths) - {()}
        for info, parts, is_ordinary in _listed(archive):
            above, parts = _split(info, parts, transparent)
            if not parts:
                continue
            if info.is_dir() or len(parts) > 1:
                folders.setdefault(parts[0], above)
            inside = [f for k in range(1, _DEEPEST_CLASS) if (f := parts[:k]) in classes]
            if inside:
                if inside[0] not in filled:
                    yield NotebookFile(above, inside[0], modified, problem=WHOLE_CLASS)
                filled |= {parts[:1], inside[0]}
                continue
            budget = budgets[parts[0]]
            found = _entry(archive, info, parts[-1], is_ordinary, budget, _LARGEST_INNER)
            if found is not None:
                filled.add(parts[:1])
                file = NotebookFile(above, parts, _date_of(info, modified), *found)
                yield from _inner_zip(file, budget) if _is_zip(file) else [file]
    for name, above in folders.items():
        if (name,) not in filled:
            yield NotebookFile(above, (name,), modified, problem=NO_NOTEBOOK)


def _split(
    info: zipfile.ZipInfo, parts: tuple[str, ...], transparent: Collection[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Returns the folders above those of the students, and the path from there on."""
    names, count = set(transparent), 0
    while count < len(parts) - (not info.is_dir()) and clean_name(parts[count]) in names:
        names.remove(clean_name(parts[count]))
        count += 1
    return parts[:count], parts[count:]


def _is_zip(file: NotebookFile) -> bool:
    return not file.problem and file.parts[-1].lower().endswith(".zip")


def _inner_zip(file: NotebookFile, budget: Budget) -> Iterator[NotebookFile]:
    """Yields the notebooks of a student's zip file within the class's, but none nested deeper."""
    try:
        data = io.BytesIO(file.data)
        yield from student_zip(data, file.above, file.parts, file.modified, budget)
    except Unreadable as error:
        yield replace(file, data=b"", problem=error.problem)


def _date_of(info: zipfile.ZipInfo, fallback: datetime) -> datetime:
    try:
        return datetime(*info.date_time)
    except ValueError:
        return fallback


def _entry(
    archive: zipfile.ZipFile,
    info: zipfile.ZipInfo,
    name: str,
    is_ordinary: bool,
    budget: Budget,
    largest_zip: int = 0,
) -> tuple[bytes, Problem | None] | None:
    """Returns a notebook's bytes, or the problem with what may be one; None for other files."""
    if info.is_dir() and is_ordinary:
        return None
    budget.files -= 1
    if budget.files < 0:
        return (b"", TOO_MUCH) if budget.files == -1 else None
    try:
        if not is_ordinary:
            text = "has a name that leads out of its zip file, or is too long. Make it again."
            raise Unreadable(Problem(text))
        mode = info.external_attr >> 16  # of the file when it was packed; may be left out
        check_kind(mode if stat.S_IFMT(mode) else stat.S_IFREG, name)
        suffix = Path(name).suffix.lower()
        if suffix == ".zip" and not largest_zip:
            raise Unreadable(Problem("is a zip file in a zip file. Unpack the outer one."))
        if suffix == ".zip":
            return _unpacked(archive, info, budget, largest_zip, TOO_MUCH), None
        if suffix == ".ipynb":
            return _unpacked(archive, info, budget, LARGEST_NOTEBOOK, TOO_LARGE), None
        return None
    except Unreadable as error:
        return b"", error.problem


def _unpacked(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, budget: Budget, largest: int, problem: Problem
) -> bytes:
    """Returns the bytes of an entry; raises `Unreadable`, with the problem if it is too large."""
    if info.flag_bits & _ENCRYPTED:
        raise Unreadable(Problem("is locked with a password. Hand it in without one."))
    if info.compress_type not in _METHODS:
        raise Unreadable(Problem("is packed in an unusual way. Make an ordinary zip file."))
    if info.file_size > largest:
        raise Unreadable(problem)
    try:
        with archive.open(info) as file:
            return read(file, budget, largest, problem)
    except Unreadable:
        raise
    except Exception:  # of many kinds, which all mean the same
        text = "is damaged in its zip file. Make the zip file again."
        raise Unreadable(Problem(text)) from None
