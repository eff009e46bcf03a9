"""The limits within which a stranger's files are read, and what is known of a file once it is."""

import os
import re
import stat
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

LARGEST_NOTEBOOK = 10 * 2**20  # bytes, unpacked
LARGEST_TOTAL = 500 * 2**20  # bytes of all notebooks of one student, unpacked
MOST_FILES = 10_000  # in the zip files of one student
NO_NOTEBOOK = "holds no notebook. Hand in the .ipynb file itself, or a zip file of it."
WHOLE_CLASS = "holds a whole class. Grade it on its own: pass it, not the folder around it."
TOO_MUCH = "holds too much, and was not read. Hand in the notebook alone."
TOO_LARGE = (
    f"is larger than {LARGEST_NOTEBOOK // 2**20} MiB and was not read. "
    "Clear the outputs in Jupyter, save, and hand in again."
)
MOODLE = re.compile(r"(.+?)_(\d+)_assignsubmission_[a-z]+_?(.*)", re.DOTALL)
ARCHIVES = (".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".zipx")

_PIECE = 2**16
_HANDED_IN = (".ipynb", ".zip", *ARCHIVES)


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


class Unreadable(Exception):
    """A file is not read; the text says why, and what to do."""


@dataclass
class Budget:
    """How much of one student's files may still be read."""

    bytes: int = field(default_factory=lambda: LARGEST_TOTAL)
    files: int = field(default_factory=lambda: MOST_FILES)


def is_hidden(name: str) -> bool:
    """Returns whether a system or a program made the file for itself.

    Example:
        >>> [is_hidden(name) for name in (".git", "._Ana.ipynb", ".Ana.ipynb", "Ana.ipynb")]
        [True, True, False, False]
    """
    is_handed_in = name.lower().endswith(_HANDED_IN) and not name.startswith("._")
    return name == "__MACOSX" or (name.startswith(".") and not is_handed_in)


def holds_class(names: list[str]) -> bool:
    """Returns whether what lies in one folder is several students', by the names Moodle gives.

    Example:
        >>> holds_class(["Li_1_assignsubmission_file_", "Wu_2_assignsubmission_file_"])
        True
    """
    found = (MOODLE.fullmatch(name) for name in names)
    return len({match[2] for match in found if match}) > 1


def date_of_file(status: os.stat_result) -> datetime:
    """Returns the local date of a file; 1970 for one that is in no calendar."""
    try:
        return datetime.fromtimestamp(int(status.st_mtime))
    except (OverflowError, ValueError, OSError):
        return datetime(1970, 1, 1)


def check_kind(mode: int, name: str) -> None:
    """Raises `Unreadable` for links, devices and the like, and unknown kinds of archives."""
    if stat.S_ISLNK(mode):
        raise Unreadable("is a link, which is not followed. Hand in the file itself.")
    if not stat.S_ISREG(mode):
        raise Unreadable("is no plain file and was not opened. Hand in the file itself.")
    if name.startswith("."):  # what Jupyter leaves when it cannot end saving is called so, too
        raise Unreadable("has a name that begins with a dot, and was not read. Rename it.")
    if Path(name).suffix.lower() in ARCHIVES:
        raise Unreadable(
            "is an archive that is not unpacked. Hand in the notebook, or a .zip file of it."
        )


def read(file: BinaryIO, budget: Budget, largest: int, problem: str) -> bytes:
    """Returns the content of a file, read in pieces, whatever was said about its size.

    Raises `Unreadable`, with the given problem, if it has more bytes than `largest`.
    """
    data = bytearray()
    while piece := file.read(_PIECE):
        data += piece
        budget.bytes -= len(piece)
        if len(data) > largest:
            raise Unreadable(problem)
        if budget.bytes < 0:
            limit = LARGEST_TOTAL // 2**20
            raise Unreadable(
                f"was not read: all notebooks together are larger than {limit} MiB. "
                "Hand in the notebook alone."
            )
    return bytes(data)
