"""What the verbs of `dl-course assignment` do."""

import contextlib
import importlib
import os
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, time
from pathlib import Path

from dl_course.assignments.masters import (
    MASTERS,
    Master,
    find_masters,
    free_path,
    masters_named,
    read_master,
    release_master,
)
from dl_course.errors import CourseError, argument_error, check_positive_integer
from dl_course.grading.results import NOT_GRADED, QuestionResult, Result

UNSAFE = "--without-sandbox"
_NO_MARK = QuestionResult(NOT_GRADED, None, 0, "")


def masters_table(folder: Path | None):
    """Returns the assignments as a table: name and title, questions, points."""
    from rich.table import Table

    table = Table("Name, title", "Questions", "Points", "Needs")
    for path in find_masters(folder or MASTERS).values():
        master = read_master(path)
        needs = "Keras" if master.uses_keras else "NumPy"
        count = str(len(master.questions))
        table.add_row(f"{master.name}\n  {master.title}", count, f"{master.points:g}", needs)
    return table


def release(names: list[str], out: Path, folder: Path | None, overwrite: bool) -> Iterator[str]:
    """Writes notebooks for students, one line each."""
    folder = folder or MASTERS
    masters = masters_named(names or list(find_masters(folder)), folder)
    for master in masters:  # all or none: a missing name or a solved notebook is told first
        free_path(master, out, overwrite=overwrite)
    _prepare_keras(masters)
    for master in masters:
        path = release_master(master, out, overwrite=overwrite)
        yield f"{path}: {len(master.questions)} questions, {master.points:g} points"


def grade(
    source: Path,
    out: Path,
    *,
    folder: Path | None,
    workers: int | None,
    seconds: float,
    memory_mb: int,
    due: str | None,
    without_sandbox: bool,
) -> Iterator[str]:
    """Marks a class and writes results, grades and pages; yields what to say about it.

    Args:
        source: a folder or a zip file of notebooks.
        out: the folder of grades; one that is there is gone on with.
        folder: of the masters; None for those of the course.
        workers: sandboxes side by side; None for one per processor.
        seconds: for the cells of a submission together, and for each question.
        memory_mb: for each submission, beyond Python and the packages.
        due: date and time, ISO 8601; None when nothing can be late.
        without_sandbox: run students' code as the teacher.

    Raises:
        CourseError: if an argument cannot be used, or this machine has no sandbox.
    """
    from dl_course.grading.batch import grade as run
    from dl_course.grading.batch import plan
    from dl_course.grading.submissions import find_submissions

    folder, isolated = folder or MASTERS, not without_sandbox
    workers = _checked_workers(workers)
    limits = _checked_limits(seconds, memory_mb)
    if source.resolve() == out.resolve():
        raise argument_error("--out", "another folder than that of the submissions", str(out))
    if isolated:
        _check_sandbox(source, out, folder)
    masters = {path.stem: read_master(path) for path in find_masters(folder).values()}
    submissions = find_submissions(source, masters, _as_date(due), skip=out)
    with _alone(out):
        tasks = plan(submissions, masters, out, limits, isolated)
        students = len({submission.student for submission in submissions})
        yield f"{len(submissions)} submissions of {students} students, {len(tasks)} to grade"
        if without_sandbox:
            yield "WITHOUT THE SANDBOX: students' code can read and change all that you can"
        yield from _corrected(tasks)
        _prepare_keras([task.master for task in tasks if task.master and task.questions])
        options = {"workers": workers, "limits": limits, "isolated": isolated}
        try:
            with _progress(len(tasks)) as on_result:
                run(tasks, out, on_result=on_result, **options)
        except KeyboardInterrupt as error:
            error.add_note("Run the same command again: it goes on where it stopped.")
            raise
        yield from _report(out, masters, submissions)


def _report(out: Path, masters: dict[str, Master], submissions: list) -> Iterator[str]:
    """Writes what is made of all results, and yields a summary."""
    from dl_course.assignments.masters import is_code, source, student_notebook
    from dl_course.grading.pages import write_class_page, write_feedback
    from dl_course.grading.results import read_results, write_grades
    from dl_course.grading.similarity import similar_answers

    # What could not be told to belong to an assignment is no mark, and may be mended by now.
    unknown = {s.student for s in submissions if not s.assignment}
    results, complaints = read_results(out)
    yield from complaints
    results = [r for r in results if r.assignment or r.student in unknown]
    write_grades(out / "grades.csv", results)
    titles = {master.name: master.title for master in masters.values()}
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
    for result in results:
        write_feedback(out, result, titles.get(result.assignment, ""))
    page = write_class_page(out, results, pairs, titles)
    states = Counter(q.state for result in results for q in result.questions.values())
    yield "questions: " + ", ".join(f"{count} {state}" for state, count in sorted(states.items()))
    for result in results:
        if not result.is_complete:
            reasons = [q.reason for q in result.questions.values() if q.state == "not graded"]
            yield f"not graded: {result.file}: {result.problem or reasons[0]}"
    now = {(s.assignment, s.student) for s in submissions}
    before = [r.student for r in results if (r.assignment, r.student) not in now]
    if before:
        yield f"from before, not handed in now: {', '.join(before[:20])} ({len(before)} in all)"
    yield f"{out / 'grades.csv'}: a row per student and question"
    yield f"{page}: the class"
    yield f"{out / 'feedback'}: a page per student"


def _corrected(tasks: list) -> Iterator[str]:
    """Says which questions are marked anew because their master was corrected."""
    again = Counter(
        (task.submission.assignment, name)
        for task in tasks
        for name in task.questions
        if task.known and task.known.questions.get(name, _NO_MARK).points is not None
    )
    for (assignment, name), count in sorted(again.items()):
        yield f"again: {assignment}, {name}: {count} submissions (the master or the limits changed)"


def _checked_workers(workers: int | None) -> int:
    if workers is None:
        return default_workers()
    check_positive_integer("--workers", workers)
    return workers


def default_workers() -> int:
    """Returns how many sandboxes run side by side: one for each processor that is ours."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 2


def _checked_limits(seconds: float, memory_mb: int):
    from dl_course.grading.sandbox import Limits

    if not 0.1 <= seconds <= 3600:
        raise argument_error("--timeout", "between 0.1 and 3600 seconds", seconds)
    if not 64 <= memory_mb <= 2**20:
        raise argument_error("--memory", "between 64 and 1048576 MB", memory_mb)
    return Limits(seconds=seconds, memory_mb=memory_mb)


def _check_sandbox(*paths: Path) -> None:
    """Raises without bubblewrap, or if the sandbox, which shows Python's folders, shows these."""
    from dl_course.grading.sandbox import find_bubblewrap, visible_folders

    try:
        find_bubblewrap()
    except CourseError as error:
        error.add_note(f"Or pass {UNSAFE}: then their code can read and change all that you can.")
        raise
    for path in paths:
        for folder in visible_folders():
            if path.resolve().is_relative_to(folder.resolve()):
                raise CourseError(
                    f"{path}: lies in {folder}, which submissions can read. Move it elsewhere."
                )


@contextlib.contextmanager
def _alone(out: Path) -> Iterator[None]:
    """Keeps a second batch out of the same folder of grades; the lock ends with the process."""
    import fcntl

    out.mkdir(parents=True, exist_ok=True)
    with (out / ".lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            text = f"{out}: another batch is being graded into it. Wait for its end."
            raise CourseError(text) from None
        yield


def _prepare_keras(masters: list[Master]) -> None:
    """Starts Keras, if a master needs it, as the sandbox does: then the answers are the same."""
    if any(master.uses_keras for master in masters):
        from dl_course.grading.sandbox import KERAS_SETTINGS

        os.environ.update(KERAS_SETTINGS)
        importlib.import_module("dl_course.backend")  # keeps TensorFlow's start-up lines away


def _as_date(due: str | None) -> datetime | None:
    if due is None:
        return None
    try:
        date = datetime.fromisoformat(due)
        # A day without a time is that whole day.
        is_day = not set(due) & set("T: ")
        return (datetime.combine(date, time.max) if is_day else date).astimezone()
    except (ValueError, OverflowError):
        hint = "Pass it as 2026-11-20, the whole day, or 2026-11-20T18:00."
        raise argument_error("--due", "a date and time", due, hint) from None


@contextlib.contextmanager
def _progress(total: int) -> Iterator[Callable[[Result], None]]:
    """Shows a bar with the time left, and gives what moves it."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    bar = Progress(
        TextColumn("grading"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        disable=not total,
    )
    with bar:
        task = bar.add_task("grading", total=total)
        yield lambda result: bar.advance(task)
