"""What a check says, and where a student's function raised."""

import inspect
import linecache
import traceback
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, repr=False)
class Verdict:
    """What a check found. Shown as its message; true when the answer is right.

    Attributes:
        question: the exercise's id, or the name of the function that an assignment asks for.
        passed: whether the answer is right.
        message: what the student is told.
    """

    question: str
    passed: bool
    message: str

    def __repr__(self) -> str:
        return self.message  # what a notebook shows below the cell

    def __bool__(self) -> bool:
        return self.passed


def line_of(function: Callable, error: Exception) -> str:
    """Returns the line of the student's own code that raised, to follow a message; else ""."""
    file = getattr(getattr(inspect.unwrap(function), "__code__", None), "co_filename", None)
    own = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
    if not own:
        return ""
    number = own[-1].lineno or 0
    # linecache also holds a notebook's cells; lines are counted from the top of the cell.
    line = linecache.getline(own[-1].filename, number).strip()
    return f" in line {number}{f' ({line})' if line else ''}"
