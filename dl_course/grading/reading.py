"""The limits within which a stranger's files are read, and what is known about a file then."""

import enum
import os
import re
import stat
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO

LARGEST_NOTEBOOK = 10 * 2**20  # bytes, unpacked
LARGEST_TOTAL = 500 * 2**20  # bytes of all notebooks of one student, unpacked
MOST_FILES = 10_000  # in the zip files of one student
MOODLE = re.compile(r"(.+?)_(\d+)_assignsubmission_[a-z]+_?(.*)", re.DOTALL)
ARCHIVES = (".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".zipx")

_PIECE = 2**16
_HANDED_IN = (".ipynb", ".zip", *ARCHIVES)


class ProblemKind(enum.StrEnum):
    """Problems that change what is done with the other files."""

    NO_NOTEBOOK = "no notebook"
    WHOLE_CLASS = "whole class"
    OTHER = "other"


@dataclass(frozen=True)
class Problem:
    """Why a file cannot be graded.

    Attributes:
        text: to follow the file's name: what is wrong, and what to do.
        kind: of the problem.
    """

    text: str
    kind: ProblemKind = ProblemKind.OTHER


NO_NOTEBOOK = Problem(
    "holds no notebook. Hand in the .ipynb file itself, or a zip file of it.",
    ProblemKind.NO_NOTEBOOK,
)
WHOLE_CLASS = Problem(
    "holds a whole class. Grade it on its own: pass it, not the folder around it.",
    ProblemKind.WHOLE_CLASS,
)
TOO_MUCH = Problem("holds too much, and was not read. Hand in only the notebook.")
TOO_LARGE = Problem(
    f"is larger than {LARGEST_NOTEBOOK // 2**20} MiB and was not read. "
    "Clear the outputs in Jupyter, save, and hand it in again."
)


@dataclass(frozen=True)
class NotebookFile:
    """A notebook, or what is there instead of one.

    Attributes:
        above: folders above the students' own, such as `submitted`.
        parts: the path from there on, the student's file or folder first; a zip file is a part.
        modified: its local date and time, without time zone.
        data: its bytes; empty with a problem.
        problem: why it was not read; None if it was.
    """

    above: tuple[str, ...]
    parts: tuple[str, ...]
    modified: datetime
    data: bytes = b""
    problem: Problem | None = None


class Unreadable(Exception):
    """A file is not read."""

    def __init__(self, problem: Problem):
        super().__init__(problem.text)
        self.problem = problem


@dataclass
class Budget:
    """How much of one student's files may still be read."""

    bytes: int = field(default_factory=lambda: LARGEST_TOTAL)
    files: int = field(default_factory=lambda: MOST_FILES)


def is_hidden(name: str) -> bool:
    """Returns whether the system or a program made the file for itself.

    Example:
        >>> [is_hidden(name) for name in (".git", "._Ana.ipynb", ".Ana.ipynb", "Ana.ipynb")]
        [True, True, False, False]
    """
    is_handed_in = name.lower().endswith(_HANDED_IN) and not name.startswith("._")
    return name == "__MACOSX" or (name.startswith(".") and not is_handed_in)


def holds_class(names: list[str]) -> bool:
    """Returns whether a folder holds several students' work, by the names Moodle gives.

    Example:
        >>> holds_class(["Li_1_assignsubmission_file_", "Wu_2_assignsubmission_file_"])
        True
    """
    found = (MOODLE.fullmatch(name) for name in names)
    return len({match[2] for match in found if match}) > 1


def date_of_file(status: os.stat_result) -> datetime:
    """Returns the local date of a file; 1970 for one outside the calendar."""
    try:
        return datetime.fromtimestamp(int(status.st_mtime))
    except (OverflowError, ValueError, OSError):
        return datetime(1970, 1, 1)


def check_kind(mode: int, name: str) -> None:
    """Raises `Unreadable` for links, devices and the like, and unknown kinds of archives."""
    if stat.S_ISLNK(mode):
        raise Unreadable(Problem("is a link, which is not followed. Hand in the file itself."))
    if not stat.S_ISREG(mode):
        text = "is not an ordinary file and was not opened. Hand in the file itself."
        raise Unreadable(Problem(text))
    if name.startswith("."):  # also what Jupyter leaves behind when saving fails
        raise Unreadable(Problem("has a name that begins with a dot, and was not read. Rename it."))
    if Path(name).suffix.lower() in ARCHIVES:
        text = "is an archive that is not unpacked. Hand in the notebook, or a .zip file of it."
        raise Unreadable(Problem(text))


def read(file: IO[bytes], budget: Budget, largest: int, problem: Problem) -> bytes:
    """Returns the content of a file, read in pieces, whatever it claims about its size.

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
            text = f"was not read: all notebooks together are larger than {limit} MiB. "
            raise Unreadable(Problem(text + "Hand in only the notebook."))
    return bytes(data)
