"""What was found out about each submission: one JSON file per student and assignment."""

import dataclasses
import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from dl_course.errors import DataError
from dl_course.files import write_json
from dl_course.tables import write_table

GRADED, STOPPED, NOT_GRADED = "graded", "stopped", "not graded"
NOT_ANSWERED = "Not answered."  # how the message of a public case ends then


@dataclass(frozen=True)
class QuestionResult:
    """What one answer is worth, and why.

    Attributes:
        state: "graded"; "stopped" when it ran too long or ended its process, which is worth 0; "not
            graded" when the grader could not tell, which is no mark at all.
        points: earned; None when not graded.
        of: points of a right answer.
        fingerprint: of the question as it was then; another one means that it was corrected since.
        public: what to say about each public case; empty for a right one.
        hidden: whether each hidden case is right.
        hints: sentences for the mistakes that were recognised.
        reason: why it was stopped or not graded; empty when graded.
    """

    state: str
    points: float | None
    of: float
    fingerprint: str
    public: tuple[str, ...] = ()
    hidden: tuple[bool, ...] = ()
    hints: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class HandedIn:
    """Whose notebook this is, of which assignment, and when it was handed in.

    Attributes:
        student: the name, as the file or folder is called.
        assignment: the master's name; empty, with a problem, when it cannot be told.
        file: where the notebook was found, to be shown, not to be opened.
        digest: SHA-256 of its bytes; empty if they were not read.
        submitted: its date and local time, ISO 8601.
        is_late: whether that is after the date it was due.
        duplicates: other notebooks of the same student for the same assignment, not graded.
        problem: why it cannot be graded, to follow its name; empty if it can.
    """

    student: str
    assignment: str
    file: str
    digest: str
    submitted: str
    is_late: bool = False
    duplicates: tuple[str, ...] = ()
    problem: str = ""


@dataclass(frozen=True)
class Result(HandedIn):
    """What was found out about one student's submission of one assignment.

    Attributes:
        isolated: whether it ran in the sandbox.
        cells: cells that raised or were stopped: their number in the notebook, and the reason.
        questions: by name.
    """

    isolated: bool = True
    cells: tuple[tuple[int, str], ...] = ()
    questions: dict[str, QuestionResult] = field(default_factory=dict)

    @property
    def points(self) -> float:
        """The sum of the points earned."""
        return round(sum(q.points or 0 for q in self.questions.values()), 2)

    @property
    def of(self) -> float:
        """The sum of the points to earn."""
        return sum(question.of for question in self.questions.values())

    @property
    def is_complete(self) -> bool:
        """Whether every question has a mark, which more grading would not change."""
        return not self.problem and all(q.state != NOT_GRADED for q in self.questions.values())


def file_name(student: str) -> str:
    """Returns a file name for a student: readable, safe on every system, one per student.

    Example:
        >>> file_name("王小明"), file_name("Ana/../x")
        ('王小明-acf979cc584e1cf9', 'Ana____x-f6751ce3a16b6b5f')
    """
    safe = re.sub(r"[^\w-]", "_", student)[:60].strip("_") or "student"
    return f"{safe}-{hashlib.sha256(student.encode(errors='surrogatepass')).hexdigest()[:16]}"


def result_path(out: Path, assignment: str, student: str) -> Path:
    """Returns where the result of a student's assignment is kept."""
    return out / "results" / (assignment or "unknown") / f"{file_name(student)}.json"


def write_result(out: Path, result: Result) -> None:
    """Writes a result, whole or not at all."""
    write_json(result_path(out, result.assignment, result.student), dataclasses.asdict(result))


def read_result(path: Path) -> Result:
    """Reads what `write_result` wrote.

    Raises:
        DataError: if the file is not of this form.
    """
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        questions = {
            name: QuestionResult(
                **question | {key: tuple(question[key]) for key in ("public", "hidden", "hints")}
            )
            for name, question in values.pop("questions").items()
        }
        values["duplicates"] = tuple(values["duplicates"])
        values["cells"] = tuple(tuple(cell) for cell in values["cells"])
        return Result(**values, questions=questions)
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        raise DataError(
            f"{path}: expected a result of `assignment grade`, received damaged JSON "
            f"({type(error).__name__}). Remove the file; its submission is then graded again."
        ) from None


def read_results(out: Path) -> tuple[list[Result], list[str]]:
    """Returns all results in a folder of grades, and what is to be said of damaged ones.

    A file that lies where this result is not kept was not written by the grader, and is left out.
    """
    results, complaints = [], []
    for path in sorted((out / "results").glob("*/*.json")):
        try:
            result = read_result(path)
        except DataError as error:
            complaints.append(str(error))
            continue
        if path == result_path(out, result.assignment, result.student):
            results.append(result)
        else:
            complaints.append(f"{path}: left out; it was not written by `assignment grade`.")
    return sorted(results, key=lambda r: (r.assignment, r.student)), complaints


def write_grades(path: Path, results: Iterable[Result]) -> None:
    """Writes `grades.csv`: one row per student and question.

    A question that could not be graded has no points: neither 0 nor full marks.
    """
    columns = ("student", "assignment", "question", "points", "of", "state", "late", "reason")
    rows = []
    for result in results:
        head = (_cell(result.student), result.assignment)
        late = "yes" if result.is_late else ""
        for name, question in result.questions.items():
            points = "" if question.points is None else f"{question.points:g}"
            reason = question.reason or result.problem
            rows.append((*head, name, points, f"{question.of:g}", question.state, late, reason))
        if not result.questions:
            rows.append((*head, "", "", "", NOT_GRADED, late, result.problem))
    table = zip(*rows, strict=True) if rows else [()] * len(columns)
    # The mark at the beginning makes spreadsheets read names as UTF-8.
    write_table(path, dict(zip(columns, map(list, table), strict=True)), encoding="utf-8-sig")


def _cell(text: str) -> str:
    """Returns a text that a spreadsheet does not take for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
