"""Runs a master: its test cells become cases with the right answers.

A master is the teacher's own code and, unlike a submission, runs in this process.
"""

import contextlib
from collections.abc import Callable, Generator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from dl_course.assignments.masters.answering import answers
from dl_course.assignments.masters.judging import Case, Mistake
from dl_course.assignments.masters.master import Master, is_code, is_test, segments, source
from dl_course.assignments.masters.packing import pack
from dl_course.errors import DataError

FLOAT64, FLOAT32 = 1e-5, 1e-4  # largest relative difference between two right answers


@dataclass(frozen=True)
class Cases:
    """The cases of one question.

    Attributes:
        public: students see these, with the right answers.
        hidden: the marks come from these.
        hints: for its common mistakes, in the order of `Case.mistakes`.
    """

    public: tuple[Case, ...]
    hidden: tuple[Case, ...]
    hints: tuple[str, ...]


@dataclass
class _Call:
    """One `case(...)` of a test cell; its methods are called on it there."""

    args: tuple
    kwargs: dict
    hidden: bool
    x: np.ndarray | None = None
    layers: bool = False
    tolerance: float = FLOAT64

    def on(self, x: np.ndarray, layers: bool = False) -> Self:
        """Sets the input that a returned model is tried on, and whether its layers are compared."""
        self.x, self.layers, self.tolerance = x, layers, FLOAT32
        return self

    def within(self, tolerance: float) -> Self:
        """Sets the largest relative difference between two right answers."""
        self.tolerance = tolerance
        return self


class _TestCell:
    """Collects what a test cell says with `case` and `mistake`."""

    def __init__(self, name: str):
        self.name = name
        self.hidden = False
        self.calls: list[_Call] = []
        self.mistakes: list[tuple[str, Callable]] = []

    def case(self, function: Callable, /, *args: object, **kwargs: object) -> _Call:
        """Notes one call of the function that the question asks for."""
        if getattr(function, "__name__", None) != self.name:
            raise ValueError(f"`case` must be given {self.name}, which the cell above defines")
        self.calls.append(_Call(args, kwargs, self.hidden))
        return self.calls[-1]

    def mistake(self, hint: str) -> Callable[[Callable], Callable]:
        """Notes a common wrong function, with one sentence for the students who write it."""
        if not self.hidden or not isinstance(hint, str):
            raise ValueError("`mistake` must be given a hint, and be among the hidden tests")

        def note(function: Callable) -> Callable:
            self.mistakes.append((hint, function))
            return function

        return note


def run_master(master: Master) -> dict[str, Cases]:
    """Runs a master's cells and answers its cases with its own solutions.

    Args:
        master: a master whose code is trusted.

    Returns:
        The cases of each question, by its name.

    Raises:
        DataError: if a cell or a solution raises, or a question has no public or no hidden case.

    Example:
        >>> from dl_course.assignments.masters import find_masters, read_master
        >>> master = read_master(find_masters()["06_convolution_variations"])
        >>> cases = run_master(master)["average_pool_inside"]
        >>> cases.public[0].expected[""].shape
        (3, 3)
    """
    names: dict[str, Any] = {"__name__": "__main__"}
    tests = {question.tests: _TestCell(question.name) for question in master.questions}
    for number, cell in enumerate(filter(is_code, master.cells), 1):
        with _blamed(master, f"code cell {number}"):
            if not is_test(cell):
                exec(compile(source(cell), f"<{master.name}, code cell {number}>", "exec"), names)
                continue
            test = tests[source(cell)]
            names |= {"case": test.case, "mistake": test.mistake, "check": lambda question: None}
            for part, test.hidden in segments(source(cell)):
                exec(compile(part, f"<{master.name}, tests of {test.name}>", "exec"), names)
    return {test.name: _answered(master, test, names[test.name]) for test in tests.values()}


def _answered(master: Master, test: _TestCell, solution: Callable) -> Cases:
    cases = []
    for number, call in enumerate(test.calls, 1):
        with _blamed(master, f"{test.name}, case {number}"):
            pack([call.args, call.kwargs])  # raises if it could not be sent to a sandbox
            expected = _answer(solution, call)
        mistakes = tuple(Mistake(hint, _attempt(wrong, call)) for hint, wrong in test.mistakes)
        cases.append(
            Case(call.args, call.kwargs, expected, call.x, call.layers, call.tolerance, mistakes)
        )
    groups = [
        tuple(case for case, call in zip(cases, test.calls, strict=True) if call.hidden is hidden)
        for hidden in (False, True)
    ]
    if not all(groups):
        raise DataError(f"{master.name}, {test.name}: expected public and hidden cases.")
    return Cases(*groups, tuple(hint for hint, _ in test.mistakes))


def _answer(function: Callable, call: _Call) -> dict:
    return answers(function(*deepcopy(call.args), **deepcopy(call.kwargs)), call.x, call.layers)


def _attempt(function: Callable, call: _Call) -> dict | None:
    try:
        return _answer(function, call)
    except Exception:  # a mistake may be one that raises on some inputs
        return None


@contextlib.contextmanager
def _blamed(master: Master, place: str) -> Generator[None]:
    """Adds to an error the part of the master that raised it."""
    try:
        yield
    except (Exception, SystemExit) as error:
        text = " ".join(str(error).split())
        raise DataError(f"{master.name}, {place}: {type(error).__name__}: {text}") from error
