"""Finds notebooks in folders and zip files that strangers filled: reads little, extracts nothing.

Every step has a limit, no link is followed, only ordinary files are opened, and what a zip file
says about itself is not believed. A notebook or archive that cannot be read is named, never passed
over in silence, unless it lies in a hidden folder: `.git`, `.ipynb_checkpoints`, `__MACOSX`.
"""

import os
import stat
from collections.abc import Collection, Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from dl_course.errors import DataError, describe_os_error
from dl_course.grading.names import clean_name
from dl_course.grading.reading import (
    LARGEST_NOTEBOOK,
    LARGEST_TOTAL,
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
from dl_course.grading.zip_files import class_zip, student_zip


def notebook_files(
    source: Path, transparent: Collection[str], skip: Path | None = None
) -> Iterator[NotebookFile]:
    """Yields the notebooks of a class, one after another.

    Args:
        source: a folder with a file, a folder or a zip file for each student; or one zip file of
            such files and folders.
        transparent: names of folders above those of the students.
        skip: a folder to leave out.

    Yields:
        Each notebook, and each file or folder that may have been meant as one.

    Raises:
        DataError: if `source` is neither a folder nor a zip file, or cannot be read.
    """
    names = {clean_name(name) for name in transparent}
    try:
        if source.is_dir():
            skip = None if skip is None else skip.resolve()
            yield from _class_folder(source.resolve(), (), names, skip)
        elif source.is_file() and source.suffix.lower() == ".zip":
            yield from class_zip(source, {*names, clean_name(source.stem)})
        else:
            found = "another kind of file" if source.exists() else "nothing with this name"
            raise DataError(
                f"{source}: expected a folder or a zip file of submissions, found {found}. "
                "Pass the folder that holds a notebook, a folder or a zip file per student."
            )
    except Unreadable as error:
        raise DataError(f"{source} {error} Or unpack it and pass the folder.") from None
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
            yield NotebookFile(above, (path.name,), date_of_file(status), problem=NO_NOTEBOOK)


def _entries(folder: Path) -> list[Path]:
    """Returns what is in a folder, sorted by name, without what systems hide there."""
    return [folder / name for name in sorted(os.listdir(folder)) if not is_hidden(name)]


def _one_student(first: Path, above: tuple[str, ...], skip: Path | None) -> Iterator[NotebookFile]:
    """Yields what one student handed in: a file, or all in a folder, however deep."""
    budget = Budget()
    waiting: list[tuple[Path, tuple[str, ...]]] = [(first, (first.name,))]
    while waiting:
        path, parts = waiting.pop()
        modified = datetime(1970, 1, 1)
        try:
            status = os.lstat(path)
            modified = date_of_file(status)
            if stat.S_ISDIR(status.st_mode):
                below = [] if path == skip else _entries(path)
                if holds_class([p.name for p in below]):
                    raise Unreadable(WHOLE_CLASS)
                waiting += [(p, (*parts, p.name)) for p in reversed(below)]
                continue
            suffix = path.suffix.lower()
            check_kind(status.st_mode, path.name)
            if suffix == ".zip":
                with _open(path, LARGEST_TOTAL) as file:
                    yield from student_zip(file, above, parts, modified, budget)
            elif suffix == ".ipynb":
                with _open(path, LARGEST_NOTEBOOK) as file:
                    data = read(file, budget, LARGEST_NOTEBOOK, TOO_LARGE)
                yield NotebookFile(above, parts, modified, data)
        except Unreadable as error:
            yield NotebookFile(above, parts, modified, problem=error.problem)
        except OSError as error:
            problem = Problem(f"cannot be read: {error.strerror or type(error).__name__}.")
            yield NotebookFile(above, parts, modified, problem=problem)


def _open(path: Path, largest: int) -> BinaryIO:
    """Opens an ordinary file, and nothing that has taken its place in the meantime."""
    flags = ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY")
    handle = os.open(path, os.O_RDONLY | sum(getattr(os, flag, 0) for flag in flags))
    file = open(handle, "rb")  # closing it closes the handle
    status = os.fstat(handle)
    try:
        check_kind(status.st_mode, "")
        if status.st_size > largest:
            is_notebook = largest == LARGEST_NOTEBOOK
            raise Unreadable(TOO_LARGE if is_notebook else TOO_MUCH)
    except Unreadable:
        file.close()
        raise
    return file
