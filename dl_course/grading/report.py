"""What is made of all results at the end: the table of grades and the pages."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dl_course.assignments.masters import Master, is_code, source, student_notebook
from dl_course.grading.pages import write_class_page, write_feedback
from dl_course.grading.results import State, SubmissionResult, read_results, write_grades
from dl_course.grading.similarity import Pair, similar_answers
from dl_course.grading.submissions import Submission


@dataclass(frozen=True)
class Report:
    """What was written, and what to say about it.

    Attributes:
        grades: the table of grades.
        class_page: the page about the class.
        feedback: the folder of the students' pages.
        states: how many questions there are in each state.
        incomplete: each file that lacks a mark, with the reason.
        earlier: students whose result is from before, and who handed in nothing this time.
        complaints: about results that could not be read.
    """

    grades: Path
    class_page: Path
    feedback: Path
    states: Counter[State]
    incomplete: list[tuple[str, str]]
    earlier: list[str]
    complaints: list[str]


def write_report(
    out: Path, masters: Mapping[str, Master], submissions: Sequence[Submission]
) -> Report:
    """Writes `grades.csv` and the pages, from all results in a folder of grades."""
    # A file whose assignment was unknown has no mark, and may have been put right since.
    unknown = {s.student for s in submissions if not s.assignment}
    results, complaints = read_results(out)
    results = [r for r in results if r.assignment or r.student in unknown]
    grades = out / "grades.csv"
    write_grades(grades, results)
    titles = {master.name: master.title for master in masters.values()}
    for result in results:
        write_feedback(out, result, titles)
    now = {(s.assignment, s.student) for s in submissions}
    return Report(
        grades,
        write_class_page(out, results, _similar_pairs(masters, submissions), titles),
        out / "feedback",
        states=Counter(q.state for result in results for q in result.questions.values()),
        incomplete=[(r.file, _why_incomplete(r)) for r in results if not r.is_complete],
        earlier=[r.student for r in results if (r.assignment, r.student) not in now],
        complaints=complaints,
    )


def _similar_pairs(
    masters: Mapping[str, Master], submissions: Sequence[Submission]
) -> dict[str, list[Pair]]:
    pairs = {}
    for name in {submission.assignment for submission in submissions} & masters.keys():
        cells = student_notebook(masters[name], "")["cells"]
        released = "\n".join(source(cell) for cell in cells if is_code(cell))
        texts = {
            submission.student: "\n".join(text for _, text in submission.cells)
            for submission in submissions
            if submission.assignment == name and not submission.problem
        }
        pairs[name] = similar_answers(texts, released)
    return pairs


def _why_incomplete(result: SubmissionResult) -> str:
    if result.problem:
        return result.problem.text
    return next(q.reason for q in result.questions.values() if q.state is State.NOT_GRADED)
