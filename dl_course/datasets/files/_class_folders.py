"""A folder with one subfolder of files per class, whatever the files are."""

from pathlib import Path

import numpy as np

from dl_course.errors import DataError


def holds(folder: Path, suffixes: tuple[str, ...]) -> bool:
    """Returns whether a subfolder holds a file with one of these endings.

    Example:
        >>> holds(getfixture("tmp_path"), (".wav",))
        False
    """
    return any(path.suffix.lower() in suffixes for path in folder.glob("*/*"))


def read_classes(
    folder: Path, suffixes: tuple[str, ...], noun: str, files: str
) -> tuple[tuple[str, ...], list[Path], np.ndarray]:
    """Returns the names of the classes, all paths, and the label of each, shape (n,).

    The subfolders' names are the classes, in alphabetical order. Hidden files, and files next to
    the subfolders, are left alone.

    Args:
        folder: the folder that holds the subfolders.
        suffixes: the endings that the files may have.
        noun: what the files are, such as "images".
        files: the same with the endings, for the error messages.

    Raises:
        DataError: fewer than two classes, a class with fewer than two files, or another file.
    """
    classes = sorted(p for p in folder.iterdir() if p.is_dir() and not p.name.startswith("."))
    if len(classes) < 2:
        raise DataError(
            f"{folder}: expected one subfolder of {files} per class, at least two. "
            f"Received: {', '.join(p.name for p in classes) or 'no subfolder'}."
        )
    for one in classes:
        if any("\ud800" <= c <= "\udfff" for c in one.name):  # bytes that are not UTF-8
            raise DataError(f"{one}: a class needs a readable name. Rename the folder.")
    groups = [_class_files(one, suffixes, noun, files) for one in classes]
    labels = np.repeat(np.arange(len(classes)), [len(group) for group in groups])
    return tuple(one.name for one in classes), [p for group in groups for p in group], labels


def _class_files(folder: Path, suffixes: tuple[str, ...], noun: str, files: str) -> list[Path]:
    """Returns the files of one class, in alphabetical order."""
    found = sorted(p for p in folder.iterdir() if not p.name.startswith("."))
    for path in found:
        if not path.is_file() or path.suffix.lower() not in suffixes:
            raise DataError(f"{path}: a class folder may hold only {files}. Move it elsewhere.")
    if len(found) < 2:
        raise DataError(
            f"{folder}: a class needs at least 2 {noun}, one to train and one to test. "
            f"Received: {len(found)}. Add {noun} or remove the folder."
        )
    return found
