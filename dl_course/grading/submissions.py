"""What a class handed in: whose notebook, of which assignment, when, and its code as text.

None of it is run here, and nothing is written to disk.
"""

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from dl_course.errors import DataError
from dl_course.grading.names import (
    assignment_in,
    clean_name,
    folder_of_class,
    named_below,
    student_of,
)
from dl_course.grading.notebook_files import notebook_files
from dl_course.grading.reading import MOODLE, NotebookFile, Problem, ProblemKind, Unreadable
from dl_course.grading.results import HandedIn
from dl_course.texts import printable

MOST_CODE = 2**20  # characters in all code cells together: outputs are large, code is not
MOST_CELLS = 2000

_LONGEST_PATH = 300
_ANOTHER = " (another name: another student's?)"


@dataclass(frozen=True)
class Submission(HandedIn):
    """One notebook that is to be graded, or the reason why it cannot be.

    Attributes:
        cells: for each code cell its number among all cells, from 1, and its text.
    """

    cells: tuple[tuple[int, str], ...] = ()


def find_submissions(
    source: str | Path,
    assignments: Collection[str],
    due: datetime | None = None,
    skip: Path | None = None,
) -> list[Submission]:
    """Finds the notebooks of a class in a folder or a zip file.

    The student is the first file or folder of the path: `Ana.ipynb`, `Ana_06_convolution.ipynb`,
    `Ana/any/folder/x.ipynb`, `Ana.zip` with notebooks in it; also below folders that are named
    `submitted` or after an assignment. The folders that Moodle makes keep their number,
    `Li Wei (12345)`. The assignment is what the notebook says, or else what its name or a folder
    says. Of several notebooks of a student for an assignment, the newest readable one counts.
    If all lies in one folder, `folder_of_class` says whether it is a student's or the class's.

    The date is the file's, or the entry's in a zip file: whoever made it can choose it.

    Args:
        source: a folder, or a zip file of a class with the same in it. A zip file in the folder is
            one student's.
        assignments: the names of the assignments.
        due: anything changed later is late; without a time zone, it is local time.
        skip: a folder to leave out, such as the one of the grades.

    Returns:
        The submissions, by assignment and student; files that cannot be graded have a `problem`.

    Raises:
        DataError: if there is no such folder, or no notebook in it, or only one folder in it
            that could be a student's or a class's.
    """
    source = Path(source).expanduser()
    due = None if due is None else due.astimezone()
    chosen: dict[tuple[str, str], tuple[tuple, Submission, str]] = {}
    others: dict[tuple[str, str], list[tuple[str, str]]] = {}
    above = _folders_above(source, assignments, skip)
    for number, file in enumerate(notebook_files(source, above, skip)):
        submission = _submission(file, assignments, due)
        key = submission.student, submission.assignment
        rank = not submission.problem, file.modified, submission.file, number
        name = named_below(file.parts, assignments)
        others.setdefault(key, []).append((_named(submission), name))
        if key not in chosen or rank > chosen[key][0]:
            chosen[key] = rank, submission, name
    found = [submission for _, submission, _ in chosen.values()]
    with_notebook = {s.student for s in found if not _lacks_notebook(s)}
    if not with_notebook:
        raise DataError(
            f"{source}: expected notebooks (.ipynb) of students, found none. Pass the folder that "
            "holds a notebook, a folder or a zip file per student."
        )
    graded = []
    for submission in found:
        if not _lacks_notebook(submission) or submission.student not in with_notebook:
            key = submission.student, submission.assignment
            name = chosen[key][2]
            rest = others[key]
            rest.remove((_named(submission), name))
            # A folder of several students, beside others, is taken for one student: show that.
            marked = (
                file + (_ANOTHER if name and other and other != name else "")
                for file, other in rest
            )
            graded.append(replace(submission, duplicates=tuple(sorted(marked))))
    return sorted(graded, key=lambda s: (s.assignment, s.student))


def _folders_above(source: Path, assignments: Collection[str], skip: Path | None) -> set[str]:
    """Returns the names of the folders above those of the students."""
    names = {"submitted", "submissions", *assignments}
    seen: list[tuple[tuple[str, ...], str]] = []
    whole_class = ()
    for file in notebook_files(source, names, skip):
        first = file.parts[0]
        kind = file.problem and file.problem.kind
        is_class = kind is ProblemKind.WHOLE_CLASS and not first.lower().endswith(".zip")
        is_alone = not seen or seen[0][0][0] == first
        is_stated = "submitted" in map(clean_name, (source.name, *file.above))
        is_person = MOODLE.fullmatch(first) or first.lower().endswith(".zip")
        if is_stated or is_person or not is_alone:
            return names
        if len(file.parts) == 1 and not is_class:
            return names
        whole_class = file.parts if is_class else ()
        seen.append((file.parts, _submission(file, assignments, None).assignment))
    if len(seen) == 1 and whole_class:
        return names | set(whole_class)
    return names | set(folder_of_class(source, seen, assignments)) if seen else names


def _lacks_notebook(submission: Submission) -> bool:
    return submission.problem is not None and submission.problem.kind is ProblemKind.NO_NOTEBOOK


def _named(submission: Submission) -> str:
    """Returns the file, and what is wrong with it."""
    return submission.file + (f" ({submission.problem.text})" if submission.problem else "")


def _submission(
    file: NotebookFile, assignments: Collection[str], due: datetime | None
) -> Submission:
    path = (*file.above, *file.parts)
    name = printable("/".join(path))
    modified = _in_this_zone(file.modified)
    submission = Submission(
        student=student_of(file.parts[0], assignments),
        assignment=assignment_in(path, assignments),
        file=name if len(name) <= _LONGEST_PATH else f"…{name[-_LONGEST_PATH:]}",
        digest="" if file.problem else hashlib.sha256(file.data).hexdigest(),
        submitted=modified.isoformat(timespec="seconds"),
        is_late=due is not None and modified > due,
        problem=file.problem,
    )
    if file.problem:
        return submission
    try:
        stated, cells = _read(file.data)
    except Unreadable as error:
        return replace(submission, problem=error.problem)
    assignment = stated if stated in assignments else submission.assignment
    if not assignment:
        names = ", ".join(sorted(assignments))
        text = (
            "does not say which assignment it is for. Add the assignment's name to the file's name"
        )
        return replace(submission, problem=Problem(f"{text}: one of {names}."))
    return replace(submission, assignment=assignment, cells=cells)


def _in_this_zone(modified: datetime) -> datetime:
    try:
        return modified.astimezone()
    except (OverflowError, ValueError, OSError):  # at the edges of the calendar
        return modified.replace(tzinfo=UTC)


def _read(data: bytes) -> tuple[str, tuple[tuple[int, str], ...]]:
    """Returns the assignment that a notebook names, and its code cells."""
    again = "Open it in Jupyter, save it and hand it in again."
    if not data.strip():
        raise Unreadable(Problem(f"is empty. {again}"))
    try:
        # nbformat would check it against a schema, which is slow.
        notebook = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise Unreadable(Problem(f"is not encoded in UTF-8. {again}")) from None
    except (ValueError, RecursionError):
        raise Unreadable(Problem(f"is damaged: it is not valid JSON. {again}")) from None
    if not isinstance(notebook, dict):
        raise Unreadable(Problem(f"is JSON, but not a notebook. {again}"))
    if isinstance(notebook.get("worksheets"), list):
        raise Unreadable(Problem(f"is in the old format 3. {again}"))
    if notebook.get("nbformat") != 4 or not isinstance(notebook.get("cells"), list):
        raise Unreadable(Problem(f"is not a notebook of format 4. {again}"))
    stated = notebook.get("metadata")
    for key in ("dl_course", "assignment"):
        stated = stated.get(key) if isinstance(stated, dict) else None
    cells = tuple(
        (number, _text(number, cell.get("source")))
        for number, cell in enumerate(notebook["cells"], start=1)
        if isinstance(cell, dict) and cell.get("cell_type") == "code"
    )
    if len(cells) > MOST_CELLS or sum(len(text) for _, text in cells) > MOST_CODE:
        text = "holds far more code than an answer needs. Leave out the rest."
        raise Unreadable(Problem(text))
    return stated if isinstance(stated, str) else "", cells


def _text(number: int, source: object) -> str:
    lines = [source] if isinstance(source, str) else source
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        text = f"is damaged: the source of cell {number} is not text. Write it again."
        raise Unreadable(Problem(text))
    return "".join(lines)
