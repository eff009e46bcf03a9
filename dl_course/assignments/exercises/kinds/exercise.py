"""What an exercise is, and the kinds that ask for a number, a word or an array.

A known mistake is a wrong answer of the same kind as the solution, with the hint that helps
whoever gave it. An answer that behaves like it gets that hint.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from dl_course.assignments.comparing import NAN, agree, close, equal_numbers, numbers, show


class Unanswered(Exception):
    """The student's function is still the empty one of the notebook."""


@dataclass(frozen=True)
class Fault:
    """Why an answer is not right.

    Attributes:
        text: what was expected and what was received, in whole sentences.
        hint: what to try; empty when the exercise knows better.
    """

    text: str
    hint: str = ""


@dataclass(frozen=True, kw_only=True)
class Exercise:
    """One exercise: its solution, and what is said about right and wrong answers.

    Attributes:
        id: its name within the chapter, such as "output-size".
        solution: an answer that passes.
        explanation: why it is right, said after "Right."
        hint: for a wrong answer that is not a known mistake.
        mistakes: known wrong answers, each with its hint.
    """

    id: str
    solution: Any
    explanation: str
    hint: str
    mistakes: tuple[tuple[Any, str], ...] = ()

    def fault(self, answer: object) -> Fault | None:
        """Returns why the answer is not right, or None when it is."""
        raise NotImplementedError

    def is_like(self, answer: Any, wrong: Any) -> bool:
        """Says whether the answer is, or behaves like, a known mistake."""
        raise NotImplementedError

    def hint_for(self, answer: object) -> str:
        """Returns the hint of the first known mistake that the answer is like, else the general."""
        for wrong, hint in self.mistakes:
            if self.is_like(answer, wrong):
                return hint
        return self.hint


@dataclass(frozen=True, kw_only=True)
class NumberExercise(Exercise):
    """Asks for one number. A wrong answer is told the direction only, not the distance.

    Attributes:
        tolerance: largest relative difference, besides rounding to two or three digits; 0 for a
            count, which must be exact.
    """

    tolerance: float = 0.0

    def fault(self, answer: object) -> Fault | None:
        """Returns whether the number is too large or too small."""
        kind = "number" if self.tolerance else "whole number"
        number = numbers(answer)
        if number is None or number.shape != ():
            hint = ""
            if callable(answer):
                hint = "Call the function, and give what it returns."
            elif isinstance(answer, str):
                hint = "Write the number without quotes."
            return Fault(f"Expected one {kind}, received {show(answer)}.", hint)
        if not np.isfinite(number):
            hint = "Look for a division by zero or the logarithm of zero."
            return Fault(f"Expected a finite {kind}, received {show(answer)}.", hint)
        if close(float(number), self.solution, self.tolerance):
            return None
        wanted = "smaller" if number > self.solution else "larger"
        return Fault(f"Expected a {wanted} {kind}, received {show(answer)}.")

    def is_like(self, answer: object, wrong: Any) -> bool:
        """Says whether the two numbers agree."""
        number = numbers(answer)
        is_one = number is not None and number.shape == ()
        return is_one and close(float(number), wrong, self.tolerance)


@dataclass(frozen=True, kw_only=True)
class ChoiceExercise(Exercise):
    """Asks for one of several words; capitals and surrounding spaces do not matter.

    Attributes:
        choices: the words to choose from, in small letters.
    """

    choices: tuple[str, ...]

    def fault(self, answer: object) -> Fault | None:
        """Returns that it is another word."""
        if self.is_like(answer, self.solution):
            return None
        words = ", ".join(map(repr, self.choices))
        if not any(self.is_like(answer, choice) for choice in self.choices):
            hint = "Copy one of them, with its quotes."
            return Fault(f"Expected one of {words}, received {show(answer)}.", hint)
        return Fault(f"Expected a different one of {words}, received {show(answer)}.")

    def is_like(self, answer: object, wrong: Any) -> bool:
        """Says whether the words are the same."""
        return isinstance(answer, str) and answer.strip().casefold() == wrong


@dataclass(frozen=True, kw_only=True)
class ArrayExercise(Exercise):
    """Asks for an array. Its shape is shown, its values are not."""

    def fault(self, answer: object) -> Fault | None:
        """Returns whether the shape differs, or how many values."""
        expected, received = np.asarray(self.solution), numbers(answer)
        if received is None:
            hint = "Nested lists of numbers will do; all rows must have the same length."
            return Fault(f"Expected an array of numbers, received {show(answer)}.", hint)
        if received.shape != expected.shape:
            return Fault(f"Expected shape {expected.shape}, received shape {received.shape}.")
        wrong = ~equal_numbers(expected, received, 1e-5)
        if not wrong.any():
            return None
        first = tuple(int(i) for i in np.argwhere(wrong)[0])
        text = (
            f"Expected different values in {wrong.sum()} of {wrong.size} places, received "
            f"{show(received)}; the first that differs is {show(received[first])} at {first}."
        )
        return Fault(f"{text} {NAN}" if np.isnan(received).any() else text)

    def is_like(self, answer: object, wrong: Any) -> bool:
        """Says whether the arrays agree."""
        return agree(answer, wrong)
