"""Marks one submission: its functions are called in a sandbox, their answers judged outside."""

import os
import signal
import socket
import time
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from dl_course.assignments.masters import (
    LARGEST,
    Case,
    Cases,
    Master,
    PackingError,
    pack,
    run_master,
    tell,
    unpack,
)
from dl_course.errors import CourseError
from dl_course.grading import wire
from dl_course.grading.results import QuestionResult, State
from dl_course.grading.sandbox import Limits, Sandbox
from dl_course.grading.wire import Cause, Kind
from dl_course.texts import printable

_MOST_STOPS = 8  # cells and questions of one submission that may break off before it is given up
_NO_ANSWER = "sent something that is not an answer"
_REPLY_LIMIT = 2 * LARGEST
_STRUCTURE_LIMIT = 2**20  # bytes of a reply without its arrays; JSON takes fifty times its size
_LONGEST = 1000  # characters of a message that came out of a sandbox


class SandboxFault(CourseError):
    """The sandbox itself failed: this is not the submission's fault, and there is no mark."""


@dataclass(frozen=True)
class Asked:
    """A question as the grader asks it.

    Attributes:
        name: the function's name.
        of: its points.
        fingerprint: of its master.
        cases: with the right answers.
    """

    name: str
    of: float
    fingerprint: str
    cases: Cases


def questions_of(master: Master) -> dict[str, Asked]:
    """Runs a master, whose code is trusted, and returns its questions by name.

    Example:
        >>> from dl_course.assignments.masters import read_master
        >>> master = read_master("notebooks/assignments/06_convolution_variations.ipynb")
        >>> asked = questions_of(master)["average_pool_inside"]
        >>> asked.of, len(asked.cases.hidden) > 1
        (2, True)
    """
    cases = run_master(master)
    return {
        question.name: Asked(
            question.name, question.points, master.fingerprint(question), cases[question.name]
        )
        for question in master.questions
    }


class _Broken(Exception):
    """A submission's process had to be ended before it gave what was asked for."""


class _Slow(_Broken):
    """It ran out of time."""


@dataclass
class _Marks:
    """What is known of one question so far."""

    public: list[str] = field(default_factory=list)
    hidden: list[bool] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)
    seconds: float = 0.0
    stopped: str = ""
    is_answered: bool = False
    is_limited: bool = False  # whether other limits could have given it more points


@dataclass(frozen=True)
class _Verdict:
    """What there is to say about a reply: nothing about a right one."""

    fault: str = ""
    hint: str = ""
    cause: Cause | None = None  # of the exception, if one was raised


def mark(
    cells: Sequence[tuple[int, str]], questions: Iterable[Asked], sandbox: Sandbox
) -> tuple[list[tuple[int, str]], dict[str, QuestionResult]]:
    """Runs a submission's cells, calls the asked functions, and judges what they return.

    All public cases come before the first hidden one: what the feedback says about a public case
    was known to the submission before it had seen any hidden input, so it cannot pass one on.

    Args:
        cells: the number and the source of each code cell.
        questions: what to mark.
        sandbox: where to run it.

    Returns:
        The cells that raised or were stopped, with the reason; and the result of each question.

    Raises:
        SandboxFault: if the sandbox fails twice.

    Example:
        >>> from dl_course.assignments.masters import read_master
        >>> master = read_master("notebooks/assignments/06_convolution_variations.ipynb")
        >>> asked = questions_of(master)["average_pool_inside"]
        >>> answer = "def average_pool_inside(*args, **kwargs):\\n    return 1 / 0"
        >>> with Sandbox(Limits(), isolated=False) as sandbox:
        ...     cells, results = mark([(1, answer), (2, "nothing")], [asked], sandbox)
        >>> cells, results["average_pool_inside"].points
        ([(2, "NameError: name 'nothing' is not defined in line 1 of cell 2")], 0.0)
    """
    marking = _Marking(list(cells), list(questions), sandbox)
    marking.run()
    results = {
        asked.name: _question_result(asked, marking.marks[asked.name], sandbox.limits)
        for asked in marking.questions
    }
    return sorted(marking.told.items()), results


def _question_result(asked: Asked, marks: _Marks, limits: Limits) -> QuestionResult:
    is_stopped = bool(marks.stopped)
    hidden = () if is_stopped else tuple(marks.hidden)
    points = round(asked.of * sum(hidden) / len(hidden), 2) if hidden else 0.0
    return QuestionResult(
        State.STOPPED if is_stopped else State.GRADED,
        points,
        asked.of,
        asked.fingerprint,
        public=tuple(marks.public),
        hidden=hidden,
        hints=tuple(dict.fromkeys(marks.hints)),
        reason=marks.stopped,
        is_answered=marks.is_answered,
        limits=limits if is_stopped or (marks.is_limited and points < asked.of) else None,
    )


class _Marking:
    """One submission on its way through the sandbox."""

    def __init__(self, cells: list[tuple[int, str]], questions: list[Asked], sandbox: Sandbox):
        self.questions = questions
        self.sandbox = sandbox
        self.seconds = sandbox.limits.seconds
        self.cells = dict(cells)
        self.told: dict[int, str] = {}  # what there is to say about a cell, by its number
        self.marks = {asked.name: _Marks() for asked in questions}
        self.left = deque(
            (asked.name, is_hidden, case)
            for is_hidden in (False, True)
            for asked in questions
            for case in (asked.cases.hidden if is_hidden else asked.cases.public)
        )
        self.running: int | None = None  # the number of the cell that runs now
        self.asked: set[str] = set()  # the questions that this process was asked
        self.number = 0  # of the last call

    def run(self) -> None:
        """Goes through all cases, in a new process whenever one breaks off."""
        faults = stops = retries = 0
        while self.left:
            end, status = self._run_process()
            if end is None:
                return
            if status is None:
                faults += 1
                if faults > 1:
                    raise SandboxFault("the sandbox ended unexpectedly, twice")
                continue
            is_first = not self.asked - {self.left[0][0]}
            if not isinstance(end, _Slow) and not is_first and retries < _MOST_STOPS:
                # Another question's answer may have left behind what broke this one: it is tried
                # again as the first of a new process. Unless time ran out, that costs little.
                retries += 1
                continue
            stops += 1
            self._stop(str(end) if isinstance(end, _Broken) else _how_it_ended(status), stops)

    def _run_process(self) -> tuple[_Broken | wire.Closed | None, int | None]:
        """Goes on in one process; returns why it broke off, if it did, and its exit status.

        The status is None if the sandbox itself has failed.
        """
        self.running, self.asked, end, job = None, set(), None, None
        try:
            job = self.sandbox.open()
            self._load(job)
            while self.left:
                self._ask(job, *self.left[0])
                self.left.popleft()
        except (_Broken, wire.Closed) as error:
            end = error
        finally:
            if job is not None:
                job.close()
            status = self.sandbox.clear()
        return end, status

    def _load(self, job: socket.socket) -> None:
        """Runs the cells; one that raises costs only itself."""
        began: dict[int, float] = {}  # when each cell began
        deadline = time.monotonic() + self.seconds
        wire.send(job, Kind.CELLS, pack(list(self.cells.items())), self.seconds)
        while True:
            try:
                kind, content = _receive(job, deadline, self.seconds)
            except _Slow:
                self.running = _slowest(began)  # the cell that runs now may be the quickest of all
                raise
            if kind == Kind.READY:
                break
            if kind == Kind.CELL and type(content) is int and content in self.cells:
                self.running = content
                began[content] = time.monotonic()
        self.running = None
        for item in content if isinstance(content, list) else ():
            match item:
                case [int(number), *raised] if number in self.cells:
                    if (error := _error(raised)) is not None:
                        self._tell_of_cell(number, error[1], error[0] is Cause.MEMORY)

    def _ask(self, job: socket.socket, name: str, is_hidden: bool, case: Case) -> None:
        """Sends one case and notes what there is to say about the answer."""
        marks = self.marks[name]
        self.asked.add(name)
        self.number += 1
        started = time.monotonic()
        deadline = started + self.seconds - marks.seconds
        request = {
            **{"number": self.number, "function": name, "args": case.args, "kwargs": case.kwargs},
            **{"on": case.on, "layers": case.layers},
        }
        try:
            wire.send(job, Kind.CALL, pack(request), self.seconds)
        except wire.TooSlow:
            raise _Slow(f"ran longer than {self.seconds:g} s") from None
        kind, content = _receive(job, deadline, self.seconds)
        marks.seconds += time.monotonic() - started
        match content:
            case [int(number), reply] if number == self.number:
                verdict = _judge(kind, reply, name, case)
            case _:  # an answer that nobody asked for must not be taken for the next one
                raise _Broken(_NO_ANSWER)
        marks.is_limited |= verdict.cause is Cause.MEMORY
        if not is_hidden:
            fault = verdict.fault
            marks.public.append(fault and _fit_to_show(f"{case.call(name)}: {fault}"))
            marks.is_answered |= verdict.cause is not Cause.UNANSWERED
            return
        marks.hidden.append(not verdict.fault)
        if verdict.hint:
            marks.hints.append(verdict.hint)

    def _stop(self, reason: str, stops: int) -> None:
        """Leaves out the cell, or the question, that broke off."""
        if self.running is not None:
            self._tell_of_cell(self.running, f"Stopped: it {reason}.", is_limited=True)
            del self.cells[self.running]
        else:
            self._give_up([self.left[0][0]], reason)
        if stops >= _MOST_STOPS:
            self._give_up([name for name, _, _ in self.left], "broke off again and again")

    def _tell_of_cell(self, number: int, text: str, is_limited: bool) -> None:
        """Notes what there is to say about a cell, the first time, and before any hidden case.

        A submission that starts again after a hidden case may have left itself a trace of it.
        """
        if is_limited:
            for marks in self.marks.values():
                marks.is_limited = True
        if not self.left[0][1]:
            self.told.setdefault(number, _fit_to_show(text))

    def _give_up(self, names: list[str], reason: str) -> None:
        for name in names:
            self.marks[name].stopped = f"It {reason}."
        self.left = deque(call for call in self.left if call[0] not in names)


def _slowest(began: dict[int, float]) -> int | None:
    """Returns the number of the cell that took longest so far; None if none began."""
    ends = [*list(began.values())[1:], time.monotonic()]
    seconds = {n: end - began[n] for n, end in zip(began, ends, strict=True)}
    return max(seconds, key=lambda number: seconds[number], default=None)


def _receive(job: socket.socket, deadline: float, seconds: float) -> tuple[bytes, object]:
    try:
        kind, payload = wire.receive(job, _REPLY_LIMIT, deadline)
        return kind, unpack(payload, _STRUCTURE_LIMIT) if payload else None
    except wire.TooSlow:
        raise _Slow(f"ran longer than {seconds:g} s") from None
    except wire.TooLarge:
        raise _Broken(f"gave an answer larger than {_REPLY_LIMIT // 2**20} MiB") from None
    except PackingError:
        raise _Broken(_NO_ANSWER) from None


def _judge(kind: bytes, content: object, name: str, case: Case) -> _Verdict:
    """Returns what is wrong with a reply, and the hint for a common mistake."""
    if kind == Kind.VALUE and (answer := _answer(content)) is not None:
        if case.is_right(answer):
            return _Verdict()
        return _Verdict(tell(case, answer), case.hint(answer))
    if kind == Kind.NO_FUNCTION:
        return _Verdict(f"There is no function {name}.")
    if kind == Kind.UNUSABLE and isinstance(content, str):
        return _Verdict(f"Expected an answer to compare, received {content}.")
    if kind == Kind.RAISED and (error := _error(content)) is not None:
        cause, text = error
        if cause is Cause.UNANSWERED:
            return _Verdict("Not answered.", cause=cause)
        return _Verdict(f"Expected a result, received {text}.", cause=cause)
    raise _Broken(_NO_ANSWER)


def _error(content: object) -> tuple[Cause, str] | None:
    """Returns the cause and the text of an exception; None if these are something else."""
    match content:
        case [str(cause), str(text)] if cause in list(Cause):
            return Cause(cause), text
    return None


def _answer(content: object) -> dict[str, np.ndarray] | None:
    """Returns an answer; None if it is something else."""
    if not isinstance(content, dict):
        return None
    arrays = {
        name: array
        for name, array in content.items()
        if isinstance(name, str) and isinstance(array, np.ndarray)
    }
    return arrays if len(arrays) == len(content) else None


def _fit_to_show(text: str) -> str:
    """Returns a text from a sandbox so that it can be stored, printed and put on a page."""
    return printable(text[:_LONGEST], keep="\n")[:_LONGEST]


def _how_it_ended(status: int) -> str:
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        if number in (signal.SIGXCPU, signal.SIGKILL):
            return "was ended by the system: too much time or memory"
        return "crashed the process"
    return "ended the process"
