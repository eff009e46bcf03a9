"""The forms in which you can bring your own data, and how a path is recognized as one of them."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from dl_course.datasets import files
from dl_course.datasets.discovery import declared_in
from dl_course.datasets.kinds import KINDS
from dl_course.errors import DataError, argument_error


@dataclass(frozen=True)
class Format:
    """One form in which data of a kind can be supplied.

    Args:
        kind: the kind of data, one of `KINDS`.
        title: the form, to follow "expected".
        recognizes: whether an existing path is of this form.
        options: the options of `load` that it takes.
    """

    kind: str
    title: str
    recognizes: Callable[[Path], bool]
    options: tuple[str, ...] = ()


def ending(path: Path) -> str:
    """Returns a path's ending in lower case; that of a packed file without its .gz.

    Example:
        >>> ending(Path("Mail.CSV.gz"))
        '.csv'
    """
    return Path(path.name.lower().removesuffix(".gz")).suffix


@functools.cache
def modules() -> tuple[ModuleType, ...]:
    """Returns the modules of `files/`, each with a `FORMAT` and a `load`."""
    return tuple(declared_in(files, "FORMAT", "load"))


def own_files(kind: str | None = None) -> str:
    """Returns the forms in which data of a kind, or of any, can be supplied, in words.

    Example:
        >>> own_files("images")
        'an .npz file of images and labels or a folder with one subfolder of images per class'
    """
    titles = [m.FORMAT.title for m in modules() if kind in (None, m.FORMAT.kind)]
    # What a path needs besides itself matters only where any kind is expected.
    *most, last = [title.replace(f' (kind="{kind}")', "") for title in titles] or [""]
    return f"{', '.join(most)} or {last}" if most else last


def module_for(path: Path, kind: str | None) -> ModuleType:
    """Returns the module that reads an existing path, as a given kind or as what it looks like.

    Raises:
        DataError: no module does.
    """
    candidates = [m for m in modules() if kind in (None, m.FORMAT.kind)]
    for module in candidates:
        if module.FORMAT.recognizes(path):
            return module
    if len(candidates) == 1:
        return candidates[0]  # which says best what it expects
    if not candidates:
        raise DataError(
            f"{path}: {KINDS[kind or ''].title} cannot be read from a file of your own. Choose a "
            "registered data set: dl-course data list"
        )
    found = f"a file ending in {path.suffix or 'nothing'!r}"
    if path.is_dir():
        found = "a folder" if any(p.is_dir() for p in path.iterdir()) else "no subfolder"
    raise DataError(f"{path}: expected {own_files(kind)}. Received: {found}.")


def check_options(given: dict[str, str], kind: str) -> None:
    """Raises a `CourseError` if an option is given that data of this kind do not have.

    Example:
        >>> check_options({"text_column": "body"}, "images")
        Traceback (most recent call last):
        ...
        dl_course.errors.CourseError: `text_column` must be given for texts only, not for images. \
Received: text_column='body'.
    """
    for name, value in given.items():
        kinds = sorted({m.FORMAT.kind for m in modules() if name in m.FORMAT.options})
        if kind not in kinds:
            raise argument_error(name, f"given for {', '.join(kinds)} only, not for {kind}", value)
