"""One case of a question, and what is said about an answer to it."""

import itertools
from dataclasses import dataclass, field

import numpy as np

from dl_course.assignments.comparing import NAN, equal, equal_numbers, show, show_with_shape
from dl_course.assignments.masters.answering import LAYERS, OUTPUT_SHAPE

Answer = dict[str, np.ndarray]


@dataclass(frozen=True)
class Mistake:
    """A common wrong answer.

    Attributes:
        hint: one sentence for the student who gave it.
        answer: what the mistaken function gives on the case; None if it raises there.
    """

    hint: str
    answer: Answer | None


@dataclass(frozen=True)
class Case:
    """One call of the asked function, with the right answer.

    Attributes:
        args, kwargs: what the function is called with.
        on: the input on which a returned Keras model is tried; None for other answers.
        layers: whether a returned model's layers are compared too.
        tolerance: the largest relative difference between numbers.
        expected: the right answer, as `answers` gives it.
        mistakes: common wrong answers.
    """

    args: tuple
    kwargs: dict
    expected: Answer
    on: np.ndarray | None = None
    layers: bool = False
    tolerance: float = 1e-5
    mistakes: tuple[Mistake, ...] = field(default=())

    def call(self, function: str) -> str:
        """Returns the call as a student would write it, with only the shape of a large array."""
        words = [show(value) for value in self.args]
        words += [f"{name}={show(value)}" for name, value in self.kwargs.items()]
        return f"{function}({', '.join(words)})"

    def is_right(self, received: Answer) -> bool:
        """Says whether an answer is the expected one."""
        return same(self.expected, received, self.tolerance)

    def hint(self, received: Answer) -> str:
        """Returns the hint for the mistake that gives this answer; "" if there is none."""
        for mistake in self.mistakes:
            if mistake.answer is not None and same(mistake.answer, received, self.tolerance):
                return mistake.hint
        return ""

    def fault(self, received: Answer) -> str:
        """Returns what was expected and what was received instead, in sentences; "" when right."""
        if received.keys() != self.expected.keys():
            return f"Expected {_parts(self.expected)}, received {_parts(received)}."
        for name, expected in self.expected.items():
            if not equal(expected, received[name], self.tolerance):
                return _difference(name, expected, received[name], self.tolerance)
        return ""


def same(expected: Answer, received: Answer, tolerance: float) -> bool:
    """Says whether two answers have the same parts, each with equal shape and values.

    Args:
        expected, received: answers.
        tolerance: largest relative difference, as for `equal_numbers`.

    Example:
        >>> same({"": np.array(0.3)}, {"": np.array(0.1 + 0.2)}, 1e-5)
        True
        >>> same({"": np.zeros(3)}, {"": np.zeros((3, 1))}, 1e-5)
        False
    """
    return expected.keys() == received.keys() and all(
        equal(expected[name], received[name], tolerance) for name in expected
    )


def _parts(answer: Answer) -> str:
    if list(answer) == [""]:
        return f"one value, {show_with_shape(answer[''])}"
    return f"{len(answer)} values, {', '.join(answer)}"


def _difference(name: str, expected: np.ndarray, received: np.ndarray, tolerance: float) -> str:
    what = f"{name}: " if name else ""
    text = f"{what}Expected {show_with_shape(expected)}, received {show_with_shape(received)}."
    if name == LAYERS:
        return _first_layer(expected.tolist(), received.tolist())
    if "U" in (expected.dtype.kind, received.dtype.kind):
        return text
    if expected.shape != received.shape:
        return f"{what}Expected shape {expected.shape}, received shape {received.shape}."
    if name == OUTPUT_SHAPE:
        return f"Expected {name} {show(tuple(expected))}, received {show(tuple(received))}."
    if received.dtype.kind in "fc" and np.isnan(received).any():
        return f"{text} {NAN}"
    if expected.ndim:
        wrong = ~equal_numbers(expected, received, tolerance)
        first = tuple(int(i) for i in np.argwhere(wrong)[0])
        text += (
            f" {wrong.sum()} of {wrong.size} differ; the first at [{', '.join(map(str, first))}]: "
            f"expected {show(expected[first])}, received {show(received[first])}."
        )
    return text


def _first_layer(expected: list, received: list) -> str:
    """Says which layer is the first that differs."""
    if not isinstance(received, list):
        return f"Expected {len(expected)} layers, received none."
    pairs = itertools.zip_longest(expected, received, fillvalue="no further layer")
    for number, (wanted, found) in enumerate(pairs, 1):
        if wanted != found:
            return f"Layer {number}: Expected {wanted}, received {found}."
    return f"Expected {len(expected)} layers, received {len(received)}."
