"""A case of a question, and what there is to say about an answer to it."""

import itertools
import reprlib
from dataclasses import dataclass, field

import numpy as np

from dl_course.assignments.answers import LAYERS, OUTPUT_SHAPE
from dl_course.assignments.comparing import show

Answer = dict[str, np.ndarray]


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that many give.

    Attributes:
        hint: one sentence for whoever gave it.
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
        """Returns the call as a student would write it, large arrays by their shape."""
        words = [show(value) for value in self.args]
        words += [f"{name}={show(value)}" for name, value in self.kwargs.items()]
        return f"{function}({', '.join(words)})"

    def is_right(self, received: Answer) -> bool:
        """Tells whether an answer is the expected one."""
        return same(self.expected, received, self.tolerance)

    def hint(self, received: Answer) -> str:
        """Returns the hint of the mistake whose answer this is; empty if of none."""
        for mistake in self.mistakes:
            if mistake.answer is not None and same(mistake.answer, received, self.tolerance):
                return mistake.hint
        return ""

    def fault(self, received: Answer) -> str:
        """Returns what was expected and what was received instead, in whole sentences."""
        if received.keys() != self.expected.keys():
            return f"Expected {_parts(self.expected)}, received {_parts(received)}."
        for name, expected in self.expected.items():
            if not _equal(expected, received[name], self.tolerance):
                return _difference(name, expected, received[name])
        return ""


def same(expected: Answer, received: Answer, tolerance: float) -> bool:
    """Tells whether two answers have the same parts, each with equal shape and values.

    Args:
        expected, received: answers.
        tolerance: largest relative difference; a hundredth of it is allowed absolutely. Whole
            numbers are counts, and must be right.

    Example:
        >>> same({"": np.array(0.3)}, {"": np.array(0.1 + 0.2)}, 1e-5)
        True
        >>> same({"": np.zeros(3)}, {"": np.zeros((3, 1))}, 1e-5)
        False
    """
    return expected.keys() == received.keys() and all(
        _equal(expected[name], received[name], tolerance) for name in expected
    )


def _equal(expected: np.ndarray, received: np.ndarray, tolerance: float) -> bool:
    if expected.shape != received.shape:
        return False
    if (expected.dtype.kind == "U") != (received.dtype.kind == "U"):
        return False
    if expected.dtype.kind == "U":
        return bool(np.array_equal(expected, received))
    is_count = expected.dtype.kind in "biu"
    rtol, atol = (0.0, 1e-6) if is_count else (tolerance, tolerance / 100)
    with np.errstate(all="ignore"):
        return bool(np.isclose(received, expected, rtol=rtol, atol=atol, equal_nan=True).all())


def _parts(answer: Answer) -> str:
    if list(answer) == [""]:
        return f"one value, {_show(answer[''])}"
    return f"{len(answer)} values, {', '.join(answer)}"


def _difference(name: str, expected: np.ndarray, received: np.ndarray) -> str:
    what = f"{name}: " if name else ""
    if name == LAYERS:
        return _first_layer(expected.tolist(), received.tolist())
    if "U" in (expected.dtype.kind, received.dtype.kind):
        return f"{what}Expected {_show(expected)}, received {_show(received)}."
    if expected.shape != received.shape:
        return f"{what}Expected shape {expected.shape}, received shape {received.shape}."
    if name == OUTPUT_SHAPE:
        return f"Expected {name} {show(tuple(expected))}, received {show(tuple(received))}."
    text = f"{what}Expected {_show(expected)}, received {_show(received)}."
    if received.dtype.kind in "fc" and np.isnan(received).any():
        return f"{text} nan comes from 0/0, inf - inf or the logarithm of a negative number."
    if expected.ndim:
        with np.errstate(all="ignore"):
            wrong = ~np.isclose(received, expected, equal_nan=True)
        if wrong.any():
            first = tuple(int(i) for i in np.argwhere(wrong)[0])
            place = ", ".join(map(str, first))
            text += f" {wrong.sum()} of {wrong.size} differ; the first at [{place}]: expected "
            text += f"{show(expected[first])}, received {show(received[first])}."
    return text


def _first_layer(expected: list, received: list) -> str:
    """Says which layer is the first that differs, in full."""
    if not isinstance(received, list):
        return f"Expected {len(expected)} layers, received none."
    pairs = itertools.zip_longest(expected, received, fillvalue="no more layer")
    for number, (wanted, found) in enumerate(pairs, 1):
        if wanted != found:
            return f"Layer {number}: Expected {wanted}, received {found}."
    return f"Expected {len(expected)} layers, received {len(received)}."


def _show(array: np.ndarray) -> str:
    if array.dtype.kind == "U":
        return reprlib.repr(array.tolist())
    shape = f" of shape {array.shape}" if array.ndim and array.size <= 24 else ""
    return f"{show(array)}{shape}"
