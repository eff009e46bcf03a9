"""HTML pages: one for each student about their own work, and one about the class.

They are self-contained and run no script. Everything that came from students is escaped, and its
control characters are spelled out.
"""

import base64
import functools
import io
import statistics
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from dl_course.files import write_text
from dl_course.grading.results import QuestionResult, State, SubmissionResult, file_name
from dl_course.grading.similarity import Pair
from dl_course.texts import printable

if TYPE_CHECKING:
    from jinja2 import Environment

_LONGEST_TEXT = 4000
_MOST_MISTAKES, _MOST_PAIRS = 12, 100
_QUESTIONS_PER_PICTURE = 30
_OTHERWISE = {False: "(not answered)", True: "(wrong in another way: no hint)"}  # if answered


def write_feedback(out: Path, result: SubmissionResult, titles: Mapping[str, str]) -> Path:
    """Writes a student's page: points, what was wrong, and hints.

    It is made from this result alone, which holds no hidden input, no expected answer of a hidden
    case, and nothing about other students.
    """
    path = out / _feedback(result)
    waiting = sum(q.state is State.NOT_GRADED for q in result.questions.values())
    page = _templates().get_template("feedback.html")
    title = _title(result.assignment, titles)
    write_text(path, page.render(result=result, title=title, waiting=waiting, State=State))
    return path


def write_class_page(
    out: Path,
    results: Iterable[SubmissionResult],
    pairs: Mapping[str, Sequence[Pair]],
    titles: Mapping[str, str],
) -> Path:
    """Writes the page of the class, `class.html`, for the teacher.

    Args:
        out: the folder of grades.
        results: of all students.
        pairs: for each assignment, the students whose answers are nearly the same.
        titles: of the assignments, by name.
    """
    results = sorted(results, key=lambda result: (result.assignment, result.student))
    names = sorted({result.assignment for result in results}, key=lambda name: (not name, name))
    sections = [
        _section(
            _title(name, titles),
            [result for result in results if result.assignment == name],
            pairs.get(name, ()),
        )
        for name in names
    ]
    page = _templates().get_template("class.html")
    text = page.render(
        sections=sections,
        submissions=len(results),
        assignments=sum(bool(name) for name in names),
        isolated=all(result.isolated for result in results),
        most_pairs=_MOST_PAIRS,
    )
    path = out / "class.html"
    write_text(path, text)
    return path


def _title(assignment: str, titles: Mapping[str, str]) -> str:
    """Returns the title of an assignment, which may be unknown or no longer there."""
    return titles.get(assignment) or assignment or "Assignment unknown"


@functools.cache
def _templates() -> "Environment":
    import jinja2  # here, because the sandbox's process imports this module too

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        finalize=_harmless,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"number": _number, "moment": _moment, "percent": _percent}
    return environment


def _harmless(value: object) -> object:
    """Returns a text with its control characters spelled out; it is escaped afterwards."""
    if not isinstance(value, str) or hasattr(value, "__html__"):
        return value  # a number, or what a template says is HTML
    text = value if len(value) <= _LONGEST_TEXT else f"{value[:_LONGEST_TEXT]}…"
    return printable(text, keep="\n")


def _number(value: float) -> str:
    return f"{round(value, 2):g}"


def _percent(question: QuestionResult) -> int:
    return round(100 * min(1, (question.points or 0) / question.of)) if question.of > 0 else 100


def _moment(text: str) -> str:
    try:
        return f"{datetime.fromisoformat(text):%Y-%m-%d %H:%M}"
    except ValueError:
        return text


def _feedback(result: SubmissionResult) -> Path:
    """Returns where a student's page is, in the folder of grades."""
    folder = Path("feedback", result.assignment or "unknown")
    return folder / f"{file_name(result.student)}.html"


def _section(
    title: str, results: list[SubmissionResult], pairs: Sequence[Pair]
) -> dict[str, object]:
    """Returns what the page of the class says about one assignment."""
    questions = {name: q.of for result in results for name, q in result.questions.items()}
    totals = [result.points for result in results if result.is_complete and result.questions]
    return {
        "title": title,
        "students": len(results),
        "questions": list(questions.items()),
        "of": sum(questions.values()),
        "totals": totals,
        "mean": statistics.fmean(totals) if totals else 0,
        "median": statistics.median(totals) if totals else 0,
        "pictures": list(_pictures(results, questions)),
        "mistakes": _mistakes(results),
        "notes": _notes(results),
        "pairs": pairs,
        "rows": [_row(result, questions) for result in results],
    }


def _pictures(results: list[SubmissionResult], questions: Mapping[str, float]) -> Iterator[str]:
    """Yields pictures of the points, as data URLs."""
    from dl_course.plots import plot_grades  # loads matplotlib

    names = list(questions)
    for first in range(0, len(names), _QUESTIONS_PER_PICTURE):
        some = names[first : first + _QUESTIONS_PER_PICTURE]
        graded = [[r.questions[n] for r in results if n in r.questions] for n in some]
        points = [[q.points for q in group if q.points is not None] for group in graded]
        axes = plot_grades(points, [questions[name] for name in some], some)
        picture = io.BytesIO()
        axes.figure.figure.savefig(picture, format="svg", metadata={"Date": None})
        data = base64.b64encode(picture.getvalue()).decode()
        yield f"data:image/svg+xml;base64,{data}"


def _mistakes(results: list[SubmissionResult]) -> list[tuple[tuple[str, str], int]]:
    """Returns (question, hint) with the number of students, most common first.

    Missing answers, and those wrong in some other way, come last: they name no mistake.
    """
    counts: Counter[tuple[str, str]] = Counter()
    others: Counter[tuple[str, str]] = Counter()
    for result in results:
        for name, question in result.questions.items():
            if question.state is State.GRADED and not all(question.hidden):
                counts.update((name, hint) for hint in question.hints)
                if not question.hints:
                    others[name, _OTHERWISE[question.is_answered]] += 1
    groups = [sorted(c.items(), key=lambda item: (-item[1], item[0])) for c in (counts, others)]
    return groups[0][:_MOST_MISTAKES] + groups[1]


def _notes(results: list[SubmissionResult]) -> dict[str, list[tuple[str, str]]]:
    """Returns, by heading, the students whose work a teacher should look at, and why."""
    notes: dict[str, list[tuple[str, str]]] = {
        "Could not be graded": [
            (r.student, f"{r.file} {r.problem.text}") for r in results if r.problem
        ],
        "Not graded": [],
        "Stopped": [],
        "Late": [(r.student, _moment(r.submitted)) for r in results if r.is_late],
        "Several notebooks": [
            (r.student, f"graded {r.file}; not graded {', '.join(r.duplicates[:5])}")
            for r in results
            if r.duplicates
        ],
        "Cells that raised or were stopped": [
            (r.student, ", ".join(str(number) for number, _ in r.cells[:20]))
            for r in results
            if r.cells
        ],
    }
    headings = {State.NOT_GRADED: "Not graded", State.STOPPED: "Stopped"}
    for result in results:
        for name, question in () if result.problem else result.questions.items():
            if question.state in headings:
                note = (result.student, f"{name}: {question.reason}")
                notes[headings[question.state]].append(note)
    return notes


def _row(result: SubmissionResult, questions: Mapping[str, float]) -> dict[str, object]:
    cells = []
    for name in questions:
        question = result.questions.get(name)
        if question is None or question.points is None:
            cells.append("–")
        else:
            cells.append(_number(question.points) + " s" * (question.state is State.STOPPED))
    total = _number(result.points) if any(cell != "–" for cell in cells) else "–"
    return {
        "student": result.student,
        "link": quote(_feedback(result).as_posix()),
        "is_late": result.is_late,
        "cells": cells,
        "total": total if result.is_complete or total == "–" else f"{total} +",
    }
