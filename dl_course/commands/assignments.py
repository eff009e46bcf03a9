"""What the verbs of `dl-course assignment` do."""

import contextlib
from collections.abc import Callable, Generator, Iterator
from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

from dl_course.assignments.masters import (
    MASTERS,
    find_masters,
    free_path,
    masters_named,
    read_master,
    release_master,
)
from dl_course.errors import argument_error, check_positive_integer

if TYPE_CHECKING:
    from rich.table import Table

    from dl_course.grading import Limits


def masters_table(folder: Path | None) -> "Table":
    """Returns the assignments as a table: name and title, questions, points."""
    from dl_course.commands.table import FittingTable

    table = FittingTable("Name, title", "Questions", "Points", "Needs", yielding=(0,))
    table.columns[1].justify = table.columns[2].justify = "right"
    for path in find_masters(folder or MASTERS).values():
        master = read_master(path)
        needs = "Keras" if master.uses_keras else "NumPy"
        count = str(len(master.questions))
        table.add_row(f"{master.name}\n  {master.title}", count, f"{master.points:g}", needs)
    return table


def release_lines(
    names: list[str], out: Path, folder: Path | None, overwrite: bool
) -> Iterator[str]:
    """Writes notebooks for students; yields a line for each."""
    from dl_course.grading import prepare_keras

    folder = folder or MASTERS
    masters = masters_named(names or list(find_masters(folder)), folder)
    for master in masters:  # all or none: report a missing name or a solved notebook first
        free_path(master, out, overwrite=overwrite)
    if any(master.uses_keras for master in masters):
        prepare_keras()  # as for grading, so that the answers are the same
    for master in masters:
        path = release_master(master, out, overwrite=overwrite)
        yield f"{path}: {len(master.questions)} questions, {master.points:g} points"


def grade_lines(
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
        out: the folder of grades; one that exists is continued.
        folder: of the masters; None for those of the course.
        workers: sandboxes that run at once; None for one per processor.
        seconds: for the cells of a submission together, and for each question.
        memory_mb: for each submission, beyond Python and the packages.
        due: date and time, ISO 8601; None when nothing can be late.
        without_sandbox: run students' code as the teacher.

    Raises:
        CourseError: if an argument cannot be used, or this machine has no sandbox.
    """
    from dl_course.grading import default_workers, open_batch

    if workers is None:
        workers = default_workers()
    check_positive_integer("--workers", workers)
    limits = _checked_limits(seconds, memory_mb)
    if source.resolve() == out.resolve():
        raise argument_error("--out", "a folder other than that of the submissions", str(out))
    options = {"limits": limits, "workers": workers, "isolated": not without_sandbox}
    with open_batch(source, out, folder or MASTERS, due=_as_date(due), **options) as batch:
        students = len({submission.student for submission in batch.submissions})
        count = len(batch.pending)
        yield f"{len(batch.submissions)} submissions of {students} students, {count} to grade"
        if without_sandbox:
            yield "WITHOUT THE SANDBOX: students' code can read and change everything that you can"
        for (name, question), number in sorted(batch.corrected.items()):
            reason = "the master or the limits changed"
            yield f"again: {name}, {question}: {number} submissions ({reason})"
        try:
            with _progress(count) as advance:
                batch.run(advance)
        except KeyboardInterrupt as error:
            error.add_note("Run the same command again: it continues where it stopped.")
            raise
        report = batch.write_report()
    yield from report.complaints
    states = sorted(report.states.items())
    yield "questions: " + ", ".join(f"{number} {state}" for state, number in states)
    for file, reason in report.incomplete:
        yield f"not graded: {file}: {reason}"
    if earlier := report.earlier:
        names = ", ".join(earlier[:20])
        yield f"graded earlier, not handed in this time: {names} ({len(earlier)} in all)"
    yield f"{report.grades}: a row per student and question"
    yield f"{report.class_page}: the class"
    yield f"{report.feedback}: a page per student"


def _checked_limits(seconds: float, memory_mb: int) -> "Limits":
    from dl_course.grading import Limits

    if not 0.1 <= seconds <= 3600:
        raise argument_error("--timeout", "between 0.1 and 3600 seconds", seconds)
    if not 64 <= memory_mb <= 2**20:
        raise argument_error("--memory", "between 64 and 1048576 MB", memory_mb)
    return Limits(seconds=seconds, memory_mb=memory_mb)


def _as_date(due: str | None) -> datetime | None:
    if due is None:
        return None
    try:
        date = datetime.fromisoformat(due)
        # A date without a time means that whole day.
        is_day = not set(due) & set("T: ")
        return (datetime.combine(date, time.max) if is_day else date).astimezone()
    except (ValueError, OverflowError):
        hint = "Pass 2026-11-20 for the whole day, or 2026-11-20T18:00."
        raise argument_error("--due", "a date and time", due, hint) from None


@contextlib.contextmanager
def _progress(total: int) -> Generator[Callable[[], None]]:
    """Shows a bar with the time left, and gives the function that advances it."""
    from rich import progress
    from rich.console import Console

    bar = progress.Progress(
        *("grading", progress.BarColumn(), progress.MofNCompleteColumn()),
        *(progress.TimeElapsedColumn(), "left", progress.TimeRemainingColumn()),
        console=Console(stderr=True),
        disable=not total,
    )
    with bar:
        task = bar.add_task("grading", total=total)
        yield lambda: bar.advance(task)
