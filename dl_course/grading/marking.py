"""Marks one submission: its functions are called in a sandbox, their answers judged out here."""

import os
import signal
import socket
import time
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from dl_course.assignments.masters import LARGEST, Case, Cases, PackingError, pack, tell, unpack
from dl_course.errors import CourseError
from dl_course.grading import wire
from dl_course.grading.results import GRADED, NOT_ANSWERED, STOPPED, QuestionResult
from dl_course.grading.sandbox import Limits, Sandbox
from dl_course.texts import printable

_MOST_STOPS = 8  # cells and questions of one submission that may break off before all else does
_NO_ANSWER = "sent something that is no answer"
_REPLY_LIMIT = 2 * LARGEST
_STRUCTURE_LIMIT = 2**20  # bytes of a reply without its arrays; JSON takes fifty times its size
_LONGEST = 1000  # characters of a message that came out of a sandbox


class SandboxFault(CourseError):
    """The sandbox itself failed: no fault of the submission, and no mark."""


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


class _Broken(Exception):
    """A submission's process ended, or had to be ended, before it gave what was asked for."""


class _Slow(_Broken):
    """The time for it has passed."""


@dataclass
class _Marks:
    """What is known of one question so far."""

    public: list[str] = field(default_factory=list)
    hidden: list[bool] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)
    seconds: float = 0.0
    stopped: str = ""
    is_limited: bool = False  # whether other limits could have given it more points


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
    """
    marking = _Marking(list(cells), list(questions), sandbox)
    marking.run()
    results = {
        asked.name: _result(asked, marking.marks[asked.name], sandbox.limits)
        for asked in marking.questions
    }
    return sorted(marking.told.items()), results


def _result(asked: Asked, marks: _Marks, limits: Limits) -> QuestionResult:
    public, hints = tuple(marks.public), tuple(dict.fromkeys(marks.hints))
    if marks.stopped:
        fingerprint = stopped_fingerprint(asked.fingerprint, limits)
        return QuestionResult(STOPPED, 0.0, asked.of, fingerprint, public, (), hints, marks.stopped)
    points = round(asked.of * sum(marks.hidden) / len(marks.hidden), 2)
    fingerprint = asked.fingerprint
    if marks.is_limited and points < asked.of:
        fingerprint = stopped_fingerprint(fingerprint, limits)
    return QuestionResult(GRADED, points, asked.of, fingerprint, public, tuple(marks.hidden), hints)


def stopped_fingerprint(fingerprint: str, limits: Limits) -> str:
    """Returns the fingerprint of what the limits decided: with others it is marked anew."""
    return f"{fingerprint}, {limits.seconds:g} s, {limits.memory_mb} MB"


class _Marking:
    """One submission on its way through the sandbox."""

    def __init__(self, cells: list[tuple[int, str]], questions: list[Asked], sandbox: Sandbox):
        self.questions = questions
        self.sandbox = sandbox
        self.seconds = sandbox.limits.seconds
        self.cells = dict(cells)
        self.told: dict[int, str] = {}  # what is to be said of a cell, by its number
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
            self.running, self.asked, reason, job = None, set(), "", None
            is_slow = False
            try:
                job = self.sandbox.open()
                self._load(job)
                while self.left:
                    self._ask(job, *self.left[0])
                    self.left.popleft()
            except _Broken as error:
                reason, is_slow = str(error), isinstance(error, _Slow)
            except wire.Closed:
                reason = "closed"
            finally:
                if job is not None:
                    job.close()
                status = self.sandbox.clear()
            if not reason:
                return
            if status is None:
                faults += 1
                if faults > 1:
                    raise SandboxFault("the sandbox ended unexpectedly, twice")
                continue
            if not is_slow and self.asked - {self.left[0][0]} and retries < _MOST_STOPS:
                # Another question's answer may have left behind what broke this one: it is tried
                # again as the first of a new process. But for time, that costs next to nothing.
                retries += 1
                continue
            stops += 1
            self._stop(_how_it_ended(status) if reason == "closed" else reason, stops)

    def _load(self, job: socket.socket) -> None:
        """Runs the cells; what they raise costs the one cell only."""
        began = {}  # when each cell began
        deadline = time.monotonic() + self.seconds
        wire.send(job, b"L", pack(list(self.cells.items())), self.seconds)
        while True:
            try:
                kind, content = _receive(job, deadline, self.seconds)
            except _Slow:
                self.running = _slowest(began)  # the cell that runs now may be the quickest of all
                raise
            if kind == b"R":
                break
            if kind == b"C" and type(content) is int and content in self.cells:
                self.running = content
                began[content] = time.monotonic()
        self.running = None
        for item in content if isinstance(content, list) else ():
            match item:
                case [int(number), str(text)] if number in self.cells:
                    self._tell_of_cell(number, text)

    def _ask(self, job: socket.socket, name: str, is_hidden: bool, case: Case) -> None:
        """Sends one case and notes what there is to say of the answer."""
        marks = self.marks[name]
        self.asked.add(name)
        self.number += 1
        started = time.monotonic()
        deadline = started + self.seconds - marks.seconds
        request = {"number": self.number, "function": name, "on": case.on, "layers": case.layers}
        request |= {"args": case.args, "kwargs": case.kwargs}
        try:
            wire.send(job, b"A", pack(request), self.seconds)
        except wire.TooSlow:
            raise _Slow(f"ran longer than {self.seconds:g} s") from None
        kind, content = _receive(job, deadline, self.seconds)
        marks.seconds += time.monotonic() - started
        match content:
            case [int(number), reply] if number == self.number:
                fault, hint = _judge(kind, reply, name, case)
            case _:  # an answer that nobody asked for must not be taken for the next one
                raise _Broken(_NO_ANSWER)
        marks.is_limited |= kind == b"E" and str(reply).startswith("MemoryError")
        if not is_hidden:
            marks.public.append(fault and _shown(f"{case.call(name)}: {fault}"))
            return
        marks.hidden.append(not fault)
        if hint:
            marks.hints.append(hint)

    def _stop(self, reason: str, stops: int) -> None:
        """Leaves out the cell, or the question, that broke off."""
        if self.running is not None:
            self._tell_of_cell(self.running, f"Stopped: it {reason}.")
            del self.cells[self.running]
        else:
            self._give_up([self.left[0][0]], reason)
        if stops >= _MOST_STOPS:
            self._give_up([name for name, _, _ in self.left], "broke off again and again")

    def _tell_of_cell(self, number: int, text: str) -> None:
        """Notes what there is to say of a cell, the first time, and before any hidden case.

        A submission that starts again after a hidden case may have left itself a trace of it.
        """
        if text.startswith(("Stopped", "MemoryError")):
            for marks in self.marks.values():
                marks.is_limited = True
        if not self.left[0][1]:
            self.told.setdefault(number, _shown(text))

    def _give_up(self, names: list[str], reason: str) -> None:
        for name in names:
            self.marks[name].stopped = f"It {reason}."
        self.left = deque(call for call in self.left if call[0] not in names)


def _slowest(began: dict[int, float]) -> int | None:
    """Returns the number of the cell that took longest so far; None if none began."""
    ends = [*list(began.values())[1:], time.monotonic()]
    seconds = {n: end - began[n] for n, end in zip(began, ends, strict=True)}
    return max(seconds, key=seconds.get, default=None)


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


def _judge(kind: bytes, content: object, name: str, case: Case) -> tuple[str, str]:
    """Returns what is wrong with a reply, empty when it is right, and a common mistake's hint."""
    if kind == b"V" and _is_answer(content):
        if case.is_right(content):
            return "", ""
        return tell(case, content), case.hint(content)
    if kind == b"M":
        return f"There is no function {name}.", ""
    if kind == b"E" and isinstance(content, str):
        if content.startswith("NotImplementedError"):
            return NOT_ANSWERED, ""
        return f"Expected a result, received {content}.", ""
    if kind == b"W" and isinstance(content, str):
        return f"Expected an answer to compare, received {content}.", ""
    raise _Broken(_NO_ANSWER)


def _shown(text: str) -> str:
    """Returns a text from a sandbox so that it can be stored, printed and put on a page."""
    return printable(text[:_LONGEST], keep="\n")[:_LONGEST]


def _is_answer(content: object) -> bool:
    return isinstance(content, dict) and all(
        isinstance(name, str) and isinstance(array, np.ndarray) for name, array in content.items()
    )


def _how_it_ended(status: int) -> str:
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        if number in (signal.SIGXCPU, signal.SIGKILL):
            return "was ended by the system: too much time or memory"
        return "crashed the process"
    return "ended the process"
