"""Exercises that ask for a function: it is called, and its results are compared."""

import copy
import inspect
import linecache
import traceback
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from dl_course.assignments.comparing import LONGEST, agree, numbers, show
from dl_course.assignments.exercise import Exercise, Fault, Unanswered


@dataclass(frozen=True, kw_only=True)
class FunctionExercise(Exercise):
    """Asks for a function. The cases on which it is called are shown, with what they give.

    Attributes:
        arguments: the names of the function's arguments.
        cases: a tuple of argument values per call.
    """

    arguments: tuple[str, ...]
    cases: tuple[tuple, ...]

    def fault(self, answer: object) -> Fault | None:
        """Returns the first call whose result differs, or that raises."""
        if not callable(answer):
            hint = f"Pass the function itself, by its name: check({self.id!r}, name)."
            return Fault(f"Expected a function, received {show(answer)}.", hint)
        for case in self.cases:
            call = self._call(answer, case)
            try:
                received = _result(answer, case)
            except Exception as error:
                return self._raised(answer, call, error)
            if received is ...:
                raise Unanswered
            expected = self.solution(*case)
            if not agree(received, expected):
                return _differs(call, expected, received)
        return None

    def is_like(self, answer: object, wrong: Callable) -> bool:
        """Tells whether both functions give the same results, in all cases."""
        try:
            return all(agree(_result(answer, case), wrong(*case)) for case in self.cases)
        except Exception:  # whatever the student's code raises: then it is another mistake
            return False

    def _call(self, answer: Callable, case: tuple) -> str:
        pairs = zip(self.arguments, case, strict=True)
        text = ", ".join(f"{name}={show(value)}" for name, value in pairs)
        return f"{getattr(answer, '__name__', 'your function')}({text})"

    def _raised(self, answer: Callable, call: str, error: Exception) -> Fault:
        place = line_of(answer, error)
        hint = "Print what stands in that line just before it."
        if isinstance(error, TypeError) and not place:
            hint = f"It must take {len(self.arguments)} arguments: {', '.join(self.arguments)}."
        reason = f"{type(error).__name__}: {error}".rstrip(": .")
        return Fault(f"{call}: expected a result, received {reason}{place}.", hint)


def _result(function: Callable, case: tuple) -> object:
    """Calls the function on copies: one that changes its inputs must not change the cases."""
    return function(*copy.deepcopy(case))


def _differs(call: str, expected: object, received: object) -> Fault:
    if received is None:
        hint = "A function that ends without `return` gives None."
        return Fault(f"{call}: expected {show(expected)}, received None.", hint)
    text = f"{call}: expected {_with_shape(expected)}, received {_with_shape(received)}."
    values = numbers(received)
    if values is None:
        return Fault(text, "Return a number or an array of numbers.")
    if np.isnan(values).any():
        return Fault(text, "nan comes from 0/0, 0 * inf or the logarithm of a negative number.")
    return Fault(text)


def _with_shape(value: object) -> str:
    values = numbers(value)
    # A single number has no shape to speak of, and a large array is shown as its shape already.
    if values is None or values.ndim == 0 or values.size > LONGEST:
        return show(value)
    return f"{show(value)} of shape {values.shape}"


def line_of(function: Callable, error: Exception) -> str:
    """Returns the line of the student's own code in which an error arose; empty if in none."""
    file = getattr(getattr(inspect.unwrap(function), "__code__", None), "co_filename", None)
    own = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
    if not own:
        return ""
    # A notebook's cells are in linecache; the line is counted from the top of its cell.
    line = linecache.getline(file, own[-1].lineno).strip()
    return f" in line {own[-1].lineno}{f' ({line})' if line else ''}"
