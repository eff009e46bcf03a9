"""Whose file it is and of which assignment, by its path alone."""

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Sequence
from pathlib import Path

from dl_course.errors import DataError
from dl_course.grading.reading import ARCHIVES, MOODLE
from dl_course.texts import printable

_COPY = r"(?: ?\(\d+\)|-Copy\d+)?"  # what browsers and Jupyter append to a name that is taken
_BETWEEN = " \t_-.+,"  # between the name of a student and that of an assignment
_MOST_LEVELS = 3  # of folders that are searched for the class
_LONGEST_NAME = 200


def clean_name(text: str) -> str:
    r"""Returns a name as one line of printable characters, the same on every system.

    macOS writes an umlaut as a letter and a mark, others as one character: both give one name.

    Example:
        >>> clean_name("Zoe\u0308\n 王　小明"), len(clean_name("x" * 300))
        ('Zoë 王 小明', 200)
    """
    name = printable(" ".join(unicodedata.normalize("NFC", text).split()))
    if len(name) <= _LONGEST_NAME:
        return name
    mark = hashlib.sha256(name.encode()).hexdigest()[:8]  # the part cut off may be all that differs
    return f"{name[: _LONGEST_NAME - 9]}…{mark}"


def student_of(first: str, assignments: Collection[str]) -> str:
    """Returns the student's name, from the first part of a path.

    Example:
        >>> student_of("Ana_06_convolution.ipynb", ["06_convolution"])
        'Ana'
    """
    name = unicodedata.normalize("NFC", first)
    moodle = MOODLE.fullmatch(name)
    if moodle:
        return clean_name(f"{moodle[1]} ({moodle[2]})")
    name = _stem(name)
    return _without_assignment(name, assignments) or clean_name(name) or "?"


def _stem(name: str) -> str:
    for _ in range(3):  # .tar.gz, .ipynb.zip; without a limit a hostile name would take long
        if name.lower().endswith((".ipynb", ".zip", *ARCHIVES)):
            name = name[: name.rindex(".")]
    return name


def _word(assignment: str) -> str:
    """Returns the pattern of an assignment's name as a whole word: `lab1` is not in `Lab1yna`."""
    name = re.escape(unicodedata.normalize("NFC", assignment))
    return rf"(?<![^\W_]){name}(?![^\W_])"


def _without_assignment(name: str, assignments: Collection[str]) -> str:
    """Returns a name without the assignment it begins or ends with; empty if that is all."""
    for assignment in sorted(assignments, key=len, reverse=True):
        word = _word(assignment)
        rest = re.sub(f"{word}{_COPY}$|^{word}", "", name, flags=re.IGNORECASE)
        if rest != name:
            return clean_name(rest.strip(_BETWEEN))
    return clean_name(name)


def named_below(parts: Sequence[str], assignments: Collection[str]) -> str:
    """Returns the first name below a folder that says more than an assignment; empty if none does.

    Example:
        >>> named_below(("groupA", "06_convolution", "Ana (1).ipynb"), ["06_convolution"])
        'ana'
    """
    return _first_name(parts[1:], assignments)[1]


def _first_name(parts: Sequence[str], assignments: Collection[str]) -> tuple[int, str]:
    for place, part in enumerate(parts):
        stem = re.sub(f"{_COPY}$", "", _stem(unicodedata.normalize("NFC", part)))
        name = _without_assignment(stem, assignments)
        if name:
            return place, name.casefold()
    return 0, ""


def assignment_in(path: Sequence[str], assignments: Collection[str]) -> str:
    """Returns the assignment that a file's name contains, or else a folder's; empty if unclear.

    Example:
        >>> assignment_in(("Ana", "lab1", "x.ipynb"), ["lab1", "lab2"])
        'lab1'
    """
    for part in reversed(path):
        part = unicodedata.normalize("NFC", part)
        found = [a for a in assignments if re.search(_word(a), part, re.IGNORECASE)]
        longest = [a for a in found if not any(a != b and a in b for b in found)]
        if found:
            return longest[0] if len(longest) == 1 else ""
    return ""


def folder_of_class(
    source: Path, files: Sequence[tuple[tuple[str, ...], str]], assignments: Collection[str]
) -> tuple[str, ...]:
    """Returns the folder of the class when all files lie in one folder; empty if a student's.

    It is the class's if two names in it hold the same assignment, or one has Moodle's form. It is a
    student's if it holds only one name, or only notebooks of different assignments. Names that are
    just an assignment's do not count: nbgrader makes a folder for each.

    Args:
        source: what was passed, for the message.
        files: for each file its path, all with the same first part, and its assignment or "".
        assignments: the names of the assignments.

    Raises:
        DataError: if it could be either.
    """
    for depth in range(1, _MOST_LEVELS + 1):
        folder = files[0][0][:depth]
        held, kinds = defaultdict(set), set()
        for parts, assignment in files:
            below = parts[depth:]
            if not below:
                return ()
            if MOODLE.fullmatch(below[0]):
                return folder
            place, name = _first_name(below, assignments)
            if name:
                held[name].add(assignment)
                kinds.add((place > 0, below[place].lower().endswith(".ipynb")))
        if len(held) > 1:
            stated = [a for names in held.values() for a in names if a]
            is_shared = len(set(stated)) < len(stated)
            if is_shared and kinds in ({(False, False)}, {(False, True)}):
                return folder
            all_known = not any("" in names for names in held.values())
            is_of_student = kinds == {(False, True)} or all(in_folder for in_folder, _ in kinds)
            if not is_shared and all_known and is_of_student:
                return ()
            raise _unclear(source, folder, sorted(held))
        if len({parts[: depth + 1] for parts, _ in files}) > 1:
            return ()
    return ()


def _unclear(source: Path, folder: tuple[str, ...], names: list[str]) -> DataError:
    path = printable("/".join(folder))
    shown = ", ".join(names[:3]) + (", ..." if len(names) > 3 else "")
    return DataError(
        f"{source}: expected a notebook, a folder or a zip file per student, found one folder, "
        f"{path}, with {shown} in it: a student's or a class's? If these are students, pass "
        f"{path}, unpacked. If it is one student's, move it into a folder named submitted."
    )
