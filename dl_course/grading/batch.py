"""Marks a class: what is not marked yet, by several workers, one result file per submission."""

import contextlib
import queue
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass, fields, replace
from pathlib import Path

from dl_course.assignments.masters import Master, run_master
from dl_course.errors import DataError
from dl_course.grading.marking import Asked, SandboxFault, mark, stopped_fingerprint
from dl_course.grading.results import (
    NOT_GRADED,
    HandedIn,
    QuestionResult,
    Result,
    read_result,
    result_path,
    write_result,
)
from dl_course.grading.sandbox import Limits, Sandbox
from dl_course.grading.submissions import Submission


@dataclass(frozen=True)
class Task:
    """One submission, and what of it is to be marked.

    Attributes:
        submission: the notebook.
        master: of its assignment; None when that is unknown.
        questions: names of the questions to mark.
        known: the result so far, of which the other questions are kept; None if there is none.
    """

    submission: Submission
    master: Master | None
    questions: tuple[str, ...]
    known: Result | None


def plan(
    submissions: Sequence[Submission],
    masters: dict[str, Master],
    out: Path,
    limits: Limits,
    isolated: bool,
) -> list[Task]:
    """Returns what is to be done: submissions that are new or changed, and corrected questions.

    A batch that was interrupted goes on in this way, and a corrected master is marked anew in what
    was corrected: everything else has its mark already.

    Args:
        submissions: all that were handed in.
        masters: by name.
        out: the folder of grades.
        limits: as the batch is run now; what was stopped under others is tried again.
        isolated: whether the batch runs in the sandbox; marks made without are made anew then.
    """
    tasks = []
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
        if questions or known is None or known != _described(known, submission, isolated, master):
            tasks.append(Task(submission, master, questions, known))
    return tasks


def _known(out: Path, submission: Submission, isolated: bool) -> Result | None:
    """Returns the result of this very notebook; None if there is none that counts."""
    path = result_path(out, submission.assignment, submission.student)
    try:
        result = read_result(path) if path.exists() else None
    except DataError:  # damaged: marked anew
        return None
    if result is None or (result.student, result.digest) != (submission.student, submission.digest):
        return None
    return result if result.isolated == isolated else None


def _is_marked(fingerprint: str, known: Result | None, name: str, limits: Limits) -> bool:
    question = known.questions.get(name) if known else None
    if question is None or question.state == NOT_GRADED:
        return False
    return question.fingerprint in (fingerprint, stopped_fingerprint(fingerprint, limits))


def _described(
    result: Result, submission: Submission, isolated: bool, master: Master | None
) -> Result:
    """Returns the result with what the submission says about itself, of the master's questions."""
    names = [question.name for question in master.questions] if master else []
    return replace(
        result,
        **{field.name: getattr(submission, field.name) for field in fields(HandedIn)},
        isolated=isolated,
        questions={name: result.questions[name] for name in names if name in result.questions},
    )


def grade(
    tasks: Sequence[Task],
    out: Path,
    *,
    workers: int,
    limits: Limits,
    isolated: bool = True,
    on_result: Callable[[Result], None] = lambda result: None,
) -> None:
    """Marks submissions and writes each result as soon as it is known.

    Args:
        tasks: what to do, from `plan`.
        out: the folder of grades.
        workers: how many sandboxes run side by side.
        limits: what each submission may use.
        isolated: False runs them without the sandbox.
        on_result: called, one at a time, with each result after it was written.

    Raises:
        CourseError: if the sandbox cannot be made on this machine, or a master raises.
    """
    lock = threading.Lock()

    def finish(task: Task, sandbox: Sandbox | None, asked: dict[str, Asked]) -> None:
        result = _result(task, sandbox, asked, isolated)
        write_result(out, result)
        with lock:
            on_result(result)

    for task in tasks:
        if not task.questions:  # nothing of it runs
            finish(task, None, {})
    for keras in (False, True):
        group = [task for task in tasks if task.questions and task.master.uses_keras is keras]
        if not group:
            continue
        with _sandboxes(min(workers, len(group)), limits, keras, isolated) as work:
            masters = {task.master.name: task.master for task in group}
            asked = {name: _asked(master) for name, master in masters.items()}
            work(
                lambda task, sandbox, asked=asked: finish(task, sandbox, asked[task.master.name]),
                group,
            )


def _asked(master: Master) -> dict[str, Asked]:
    cases = run_master(master)
    return {
        question.name: Asked(
            question.name, question.points, master.fingerprint(question), cases[question.name]
        )
        for question in master.questions
    }


@contextlib.contextmanager
def _sandboxes(
    count: int, limits: Limits, keras: bool, isolated: bool
) -> Iterator[Callable[[Callable[[Task, Sandbox], None], Sequence[Task]], None]]:
    """Gives a function that does tasks in several sandboxes, which warm up meanwhile.

    A sandbox ends with the thread that started it (bubblewrap's --die-with-parent), so each thread
    has its own, from its start to its end.
    """
    tasks: queue.SimpleQueue = queue.SimpleQueue()
    leave = threading.Event()

    def serve() -> None:
        sandbox = Sandbox(limits, keras=keras, isolated=isolated)
        try:
            sandbox.start()
            while (item := tasks.get()) is not None and not leave.is_set():
                function, task = item
                function(task, sandbox)
        finally:
            sandbox.stop()

    def work(function: Callable[[Task, Sandbox], None], group: Sequence[Task]) -> None:
        for task in group:
            tasks.put((function, task))
        for _ in range(count):
            tasks.put(None)
        done, _ = wait(threads, return_when=FIRST_EXCEPTION)
        for thread in done:
            thread.result()

    with ThreadPoolExecutor(count) as pool:
        threads = [pool.submit(serve) for _ in range(count)]
        try:
            yield work
        finally:
            # After an error or Ctrl-C the others finish the submission they are at, no more.
            leave.set()
            for _ in range(count):
                tasks.put(None)


def _result(task: Task, sandbox: Sandbox | None, asked: dict[str, Asked], isolated: bool) -> Result:
    """Marks one submission; a fault of the grader becomes "not graded", with its reason."""
    submission = task.submission
    known = task.known or Result(
        submission.student, submission.assignment, submission.file, submission.digest, ""
    )
    result = _described(known, submission, isolated, task.master)
    if submission.problem and task.master:
        names = [question.name for question in task.master.questions]
        return replace(result, questions=_unmarked(task.master, names, submission.problem))
    if not task.questions:
        return result
    try:
        cells, marked = mark(submission.cells, [asked[name] for name in task.questions], sandbox)
    except Exception as error:  # a defect of the grader must cost neither the mark nor the batch
        is_known = isinstance(error, SandboxFault)
        reason = str(error) if is_known else f"the grader failed: {type(error).__name__}: {error}"
        cells, marked = [], _unmarked(task.master, task.questions, reason)
    kept = {**known.questions, **marked}
    questions = {name: kept[name] for name in asked if name in kept}
    return replace(result, cells=tuple(cells), questions=questions)


def _unmarked(master: Master, names: Collection[str], reason: str) -> dict[str, QuestionResult]:
    """Returns results of questions that could not be marked: no points, not even 0."""
    return {
        question.name: QuestionResult(
            NOT_GRADED, None, question.points, master.fingerprint(question), reason=reason
        )
        for question in master.questions
        if question.name in names
    }
