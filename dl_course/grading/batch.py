"""Marks a class: what is not marked yet, by several workers, one result file per submission."""

import contextlib
import os
import queue
import threading
from collections import Counter
from collections.abc import Callable, Collection, Generator, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass, fields, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from dl_course.assignments.masters import Master, find_masters, read_master
from dl_course.errors import CourseError, DataError
from dl_course.grading.marking import Asked, SandboxFault, mark, questions_of
from dl_course.grading.report import Report, write_report
from dl_course.grading.results import (
    HandedIn,
    QuestionResult,
    State,
    SubmissionResult,
    read_result,
    result_path,
    write_result,
)
from dl_course.grading.sandbox import Limits, Sandbox, check_sandbox, prepare_keras
from dl_course.grading.submissions import Submission, find_submissions


@dataclass(frozen=True)
class Pending:
    """One submission, and which of its questions are to be marked.

    Attributes:
        submission: the notebook.
        master: of its assignment; None when that is unknown.
        questions: names of the questions to mark.
        known: the result so far, from which the other questions are kept; None if there is none.
    """

    submission: Submission
    master: Master | None
    questions: tuple[str, ...]
    known: SubmissionResult | None


@dataclass(frozen=True)
class Batch:
    """A class on its way into a folder of grades, as `open_batch` makes it."""

    submissions: list[Submission]
    pending: list[Pending]  # the submissions for which there is something to do
    masters: dict[str, Master]
    out: Path
    limits: Limits
    workers: int
    isolated: bool

    @property
    def corrected(self) -> Counter[tuple[str, str]]:
        """How many marks are made again, by assignment and question.

        The reason is that the master was corrected, or that the limits have changed.
        """
        return Counter(
            (each.submission.assignment, name)
            for each in self.pending
            if each.known
            for name in each.questions
            if name in each.known.questions and each.known.questions[name].points is not None
        )

    def run(self, on_result: Callable[[], None]) -> None:
        """Marks what is pending, writes each result at once, and then calls `on_result`.

        Raises:
            CourseError: if the sandbox cannot be made on this machine, or a master raises.
        """
        lock = threading.Lock()

        def finish(each: Pending, sandbox: Sandbox | None, asked: dict[str, Asked]) -> None:
            write_result(self.out, _submission_result(each, sandbox, asked, self.isolated))
            with lock:
                on_result()

        groups: dict[bool, list[tuple[Pending, Master]]] = {False: [], True: []}
        for each in self.pending:
            if each.questions and each.master:
                groups[each.master.uses_keras].append((each, each.master))
            else:  # there is nothing to run
                finish(each, None, {})
        for keras, group in groups.items():
            if not group:
                continue
            if keras:
                prepare_keras()
            count = min(self.workers, len(group))
            with _sandboxes(count, self.limits, keras, self.isolated) as work:
                masters = {master.name: master for _, master in group}
                asked = {name: questions_of(master) for name, master in masters.items()}
                work([partial(finish, each, asked=asked[master.name]) for each, master in group])

    def write_report(self) -> Report:
        """Writes the table of grades and the pages."""
        return write_report(self.out, self.masters, self.submissions)


@contextlib.contextmanager
def open_batch(
    source: Path,
    out: Path,
    masters: Path,
    *,
    due: datetime | None = None,
    limits: Limits,
    workers: int,
    isolated: bool,
) -> Generator[Batch]:
    """Finds what a class handed in, and keeps other batches out of the folder of grades.

    Args:
        source: a folder or a zip file of notebooks.
        out: the folder of grades; one that exists is continued.
        masters: the folder of the masters.
        due: anything changed later is late; None when nothing can be late.
        limits: what each submission may use.
        workers: how many sandboxes run at once.
        isolated: False runs students' code as yourself.

    Raises:
        CourseError: if this machine has no sandbox, submissions could read one of the paths, there
            are no masters or submissions, or another batch is at work in `out`.

    Example:
        >>> import json
        >>> folder = getfixture("tmp_path")
        >>> cell = {"cell_type": "code", "source": "def average_pool_inside(x): return 1 / 0"}
        >>> (folder / "in").mkdir()
        >>> _ = (folder / "in" / "Ana_06_convolution_variations.ipynb").write_text(
        ...     json.dumps({"nbformat": 4, "metadata": {}, "cells": [cell]}))
        >>> with open_batch(folder / "in", folder / "out", Path("notebooks/assignments"),
        ...                 limits=Limits(), workers=1, isolated=False) as batch:
        ...     batch.run(lambda: None)
        ...     print(batch.write_report().grades.read_text("utf-8-sig").splitlines()[1])
        Ana,06_convolution_variations,average_pool_inside,0,2,graded,,
    """
    if isolated:
        check_sandbox(source, out, masters)
    by_name = {path.stem: read_master(path) for path in find_masters(masters).values()}
    submissions = find_submissions(source, by_name, due, skip=out)
    with _alone(out):
        pending = _plan(submissions, by_name, out, limits, isolated)
        yield Batch(submissions, pending, by_name, out, limits, workers, isolated)


def default_workers() -> int:
    """Returns how many sandboxes run at once: one for each processor available to this process.

    Example:
        >>> default_workers() >= 1
        True
    """
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 2


@contextlib.contextmanager
def _alone(out: Path) -> Generator[None]:
    """Keeps a second batch out of the same folder of grades; the lock ends with the process."""
    import fcntl  # does not exist on Windows

    out.mkdir(parents=True, exist_ok=True)
    with (out / ".lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            text = f"{out}: another batch is being graded into it. Wait until it has finished."
            raise CourseError(text) from None
        yield


def _plan(
    submissions: Sequence[Submission],
    masters: Mapping[str, Master],
    out: Path,
    limits: Limits,
    isolated: bool,
) -> list[Pending]:
    """Returns what there is to do: submissions that are new or changed, and corrected questions.

    This is how an interrupted batch continues, and how a corrected master is marked again only
    where it was corrected. What was stopped under other limits is tried again. A result that cannot
    be read, because it is damaged or from an older version, is made again.
    """
    pending = []
    for submission in submissions:
        master = masters.get(submission.assignment)
        known = _known(out, submission, isolated)
        if master is None or submission.problem:
            questions = ()
        else:
            questions = tuple(
                question.name
                for question in master.questions
                if not _is_marked(master.fingerprint(question), known, question.name, limits)
            )
        if questions or known is None or known != _updated(known, submission, isolated, master):
            pending.append(Pending(submission, master, questions, known))
    return pending


def _known(out: Path, submission: Submission, isolated: bool) -> SubmissionResult | None:
    """Returns the result of this very notebook; None if there is none that counts."""
    path = result_path(out, submission.assignment, submission.student)
    try:
        result = read_result(path) if path.exists() else None
    except DataError:
        return None
    if result is None or (result.student, result.digest) != (submission.student, submission.digest):
        return None
    return result if result.isolated == isolated else None


def _is_marked(fingerprint: str, known: SubmissionResult | None, name: str, limits: Limits) -> bool:
    question = known.questions.get(name) if known else None
    if question is None or question.state is State.NOT_GRADED:
        return False
    return question.fingerprint == fingerprint and question.limits in (None, limits)


def _updated(
    result: SubmissionResult, submission: Submission, isolated: bool, master: Master | None
) -> SubmissionResult:
    """Returns the result with what the submission says about itself, and the master's questions."""
    names = [question.name for question in master.questions] if master else []
    return replace(
        result,
        **{field.name: getattr(submission, field.name) for field in fields(HandedIn)},
        isolated=isolated,
        questions={name: result.questions[name] for name in names if name in result.questions},
    )


_Task = Callable[[Sandbox], None]


@contextlib.contextmanager
def _sandboxes(
    count: int, limits: Limits, keras: bool, isolated: bool
) -> Generator[Callable[[Sequence[_Task]], None]]:
    """Gives a function that does tasks in several sandboxes, which warm up in the meantime.

    A sandbox ends with the thread that started it (bubblewrap's --die-with-parent), so each thread
    has its own, from its start to its end.
    """
    tasks: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
    leave = threading.Event()

    def serve() -> None:
        sandbox = Sandbox(limits, keras=keras, isolated=isolated)
        try:
            sandbox.start()
            while (task := tasks.get()) is not None and not leave.is_set():
                task(sandbox)
        finally:
            sandbox.stop()

    def work(group: Sequence[_Task]) -> None:
        for task in (*group, *[None] * count):
            tasks.put(task)
        done, _ = wait(threads, return_when=FIRST_EXCEPTION)
        for thread in done:
            thread.result()

    with ThreadPoolExecutor(count) as pool:
        threads = [pool.submit(serve) for _ in range(count)]
        try:
            yield work
        finally:
            # After an error or Ctrl-C, each of the others finishes only its current submission.
            leave.set()
            for _ in range(count):
                tasks.put(None)


def _submission_result(
    each: Pending, sandbox: Sandbox | None, asked: dict[str, Asked], isolated: bool
) -> SubmissionResult:
    """Marks one submission; a fault of the grader becomes "not graded", with its reason."""
    submission, master = each.submission, each.master
    known = each.known or SubmissionResult(
        submission.student, submission.assignment, submission.file, submission.digest, ""
    )
    result = _updated(known, submission, isolated, master)
    if submission.problem and master:
        names = [question.name for question in master.questions]
        return replace(result, questions=_unmarked(master, names, submission.problem.text))
    if sandbox is None or master is None:
        return result
    try:
        cells, marked = mark(submission.cells, [asked[name] for name in each.questions], sandbox)
    except Exception as error:  # a defect of the grader must cost neither the mark nor the batch
        is_known = isinstance(error, SandboxFault)
        reason = str(error) if is_known else f"the grader failed: {type(error).__name__}: {error}"
        cells, marked = [], _unmarked(master, each.questions, reason)
    kept = {**known.questions, **marked}
    questions = {name: kept[name] for name in asked if name in kept}
    return replace(result, cells=tuple(cells), questions=questions)


def _unmarked(master: Master, names: Collection[str], reason: str) -> dict[str, QuestionResult]:
    """Returns results of questions that could not be marked: no points, not even 0."""
    return {
        question.name: QuestionResult(
            State.NOT_GRADED, None, question.points, master.fingerprint(question), reason=reason
        )
        for question in master.questions
        if question.name in names
    }
