"""Exercises that ask for a function: it is called, and its results are compared."""

import copy
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from dl_course.assignments.comparing import NAN, agree, numbers, show, show_with_shape
from dl_course.assignments.exercises.kinds.exercise import Exercise, Fault, Unanswered
from dl_course.assignments.verdict import line_of


@dataclass(frozen=True, kw_only=True)
class FunctionExercise(Exercise):
    """Asks for a function. The cases on which it is called are shown, with the right results.

    Attributes:
        arguments: the names of the function's arguments.
        cases: a tuple of argument values per call.
    """

    arguments: tuple[str, ...]
    cases: tuple[tuple, ...]

    def fault(self, answer: object) -> Fault | None:
        """Returns why the first call that raises, or whose result differs, is not right."""
        if not callable(answer):
            hint = "Pass the function itself: its name, without quotes or brackets."
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
        """Says whether both functions give the same results in all cases."""
        try:
            return callable(answer) and all(
                agree(_result(answer, case), wrong(*case)) for case in self.cases
            )
        except Exception:  # whatever the student's code raises: then it is another mistake
            return False

    def _call(self, answer: Callable, case: tuple) -> str:
        pairs = zip(self.arguments, case, strict=True)
        text = ", ".join(f"{name}={show(value)}" for name, value in pairs)
        return f"{getattr(answer, '__name__', 'your function')}({text})"

    def _raised(self, answer: Callable, call: str, error: Exception) -> Fault:
        place = line_of(answer, error)
        hint = "Print the values used in that line, just before it."
        if isinstance(error, ValueError | IndexError) and place:
            hint = "Do the shapes fit? Print the shape of each array used in that line, x.shape."
        elif isinstance(error, TypeError) and not place:
            hint = f"It must take {len(self.arguments)} arguments: {', '.join(self.arguments)}."
        elif not place:
            hint = "Call it with these arguments in a cell of its own, to see where it fails."
        reason = f"{type(error).__name__}: {error}".rstrip(": .")
        return Fault(f"{call}: expected a result, received {reason}{place}.", hint)


def _result(function: Callable, case: tuple) -> object:
    """Calls the function on copies: one that changes its inputs must not change the cases."""
    return function(*copy.deepcopy(case))


def _differs(call: str, expected: object, received: object) -> Fault:
    if received is None:
        hint = "A function that ends without `return` gives None."
        return Fault(f"{call}: expected {show(expected)}, received None.", hint)
    right, found = show_with_shape(expected), show_with_shape(received)
    text = f"{call}: expected {right}, received {found}."
    values = numbers(received)
    if values is None:
        return Fault(text, "Return a number or an array of numbers.")
    return Fault(f"{text} {NAN}" if np.isnan(values).any() else text)
