"""What is known about each submission: one JSON file per student and assignment."""

import dataclasses
import enum
import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dl_course.errors import DataError
from dl_course.files import write_json
from dl_course.grading.reading import Problem, ProblemKind
from dl_course.grading.sandbox import Limits
from dl_course.tables import write_table


class State(enum.StrEnum):
    """What became of a question."""

    GRADED = "graded"
    STOPPED = "stopped"  # it ran too long or ended its process, which is worth 0
    NOT_GRADED = "not graded"  # the grader could not find out, which is not a mark at all


@dataclass(frozen=True)
class QuestionResult:
    """What one answer is worth, and why.

    Attributes:
        state: what became of the question.
        points: earned; None when not graded.
        of: points of a right answer.
        fingerprint: of the question at that time; a different one means it has been corrected.
        public: what to say about each public case; empty for a right one.
        hidden: whether each hidden case is right.
        hints: sentences for the mistakes that were recognised.
        reason: why it was stopped or not graded; empty when graded.
        is_answered: whether a public case got anything but NotImplementedError.
        limits: under which it earned this, if others could give it more points; else None.
    """

    state: State
    points: float | None
    of: float
    fingerprint: str
    public: tuple[str, ...] = ()
    hidden: tuple[bool, ...] = ()
    hints: tuple[str, ...] = ()
    reason: str = ""
    is_answered: bool = True
    limits: Limits | None = None


@dataclass(frozen=True)
class HandedIn:
    """Whose notebook this is, of which assignment, and when it was handed in.

    Attributes:
        student: the name, as the file or folder is called.
        assignment: the master's name; empty, with a problem, when it is not known.
        file: where the notebook was found, to be shown, not to be opened.
        digest: SHA-256 of its bytes; empty if they were not read.
        submitted: its date and local time, ISO 8601.
        is_late: whether that is after the due date.
        duplicates: other notebooks of the same student for the same assignment, not graded.
        problem: why it cannot be graded; None if it can.
    """

    student: str
    assignment: str
    file: str
    digest: str
    submitted: str
    is_late: bool = False
    duplicates: tuple[str, ...] = ()
    problem: Problem | None = None


@dataclass(frozen=True)
class SubmissionResult(HandedIn):
    """What is known about one student's submission for one assignment.

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
        """Whether every question has a mark, which grading again would not change."""
        is_graded = all(q.state is not State.NOT_GRADED for q in self.questions.values())
        return not self.problem and is_graded


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


def write_result(out: Path, result: SubmissionResult) -> None:
    """Writes a result, whole or not at all."""
    write_json(result_path(out, result.assignment, result.student), dataclasses.asdict(result))


def read_result(path: Path) -> SubmissionResult:
    """Reads what `write_result` wrote.

    Raises:
        DataError: if the file has another form.
    """
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        problem = values["problem"]
        values |= {
            "duplicates": tuple(values["duplicates"]),
            "cells": tuple(tuple(cell) for cell in values["cells"]),
            "problem": problem and Problem(problem["text"], ProblemKind(problem["kind"])),
            "questions": {n: _question_result(q) for n, q in values["questions"].items()},
        }
        return SubmissionResult(**values)
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        raise DataError(
            f"{path}: expected a result that this version of `assignment grade` wrote, received a "
            f"damaged or older one ({type(error).__name__}). Grade its submission again, or remove "
            "the file."
        ) from None


def _question_result(values: dict[str, Any]) -> QuestionResult:
    """Returns a question's result from JSON; every field must be there."""
    values |= {key: tuple(values[key]) for key in ("public", "hidden", "hints")}
    values |= {"state": State(values["state"]), "is_answered": bool(values["is_answered"])}
    values["limits"] = Limits(**values["limits"]) if values["limits"] else None
    return QuestionResult(**values)


def read_results(out: Path) -> tuple[list[SubmissionResult], list[str]]:
    """Returns all results in a folder of grades, and what to say about damaged ones.

    A file that lies where its result does not belong was not written by the grader: left out.
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
            complaints.append(f"{path}: left out; `assignment grade` did not write it.")
    return sorted(results, key=lambda r: (r.assignment, r.student)), complaints


def write_grades(path: Path, results: Iterable[SubmissionResult]) -> None:
    """Writes `grades.csv`: one row per student and question.

    A question that could not be graded has no points: neither 0 nor full marks.
    """
    columns = ("student", "assignment", "question", "points", "of", "state", "late", "reason")
    rows = []
    for result in results:
        head = (_cell(result.student), result.assignment)
        late = "yes" if result.is_late else ""
        problem = result.problem.text if result.problem else ""
        for name, question in result.questions.items():
            points = "" if question.points is None else f"{question.points:g}"
            tail = question.state.value, late, question.reason or problem
            rows.append((*head, name, points, f"{question.of:g}", *tail))
        if not result.questions:
            rows.append((*head, "", "", "", State.NOT_GRADED.value, late, problem))
    table = zip(*rows, strict=True) if rows else [()] * len(columns)
    # The byte order mark makes spreadsheets read names as UTF-8.
    write_table(path, dict(zip(columns, map(list, table), strict=True)), encoding="utf-8-sig")


def _cell(text: str) -> str:
    """Returns a text that a spreadsheet does not take for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
