"""The course's errors: one line that says what cannot be used and what to do."""

import difflib
import numbers
import os
from collections.abc import Iterable
from typing import TypeGuard


class CourseError(ValueError):
    """Something the user gave cannot be used; the message is one line that says what to do.

    The command line prints the message and exits with code 2. Any other exception is a bug of the
    course and keeps its traceback.
    """


class DataError(CourseError):
    """A file or an array of examples is missing, damaged or in an unexpected form."""


class TrainingError(CourseError):
    """Training cannot go on: the loss is not finite, or a run folder does not fit."""


def argument_error(name: str, expected: str, value: object, hint: str = "") -> CourseError:
    """Returns the error for an argument that cannot be used, in the course's one form.

    Args:
        name: the argument's name, as the caller wrote it.
        expected: what it must be; follows "must be" in the message.
        value: what was received.
        hint: a sentence on what to do; may be empty.

    Returns:
        A `CourseError` for the caller to raise.

    Example:
        >>> print(argument_error("epochs", "a positive integer", 0, "Pass at least 1."))
        `epochs` must be a positive integer. Received: epochs=0. Pass at least 1.
    """
    return CourseError(f"`{name}` must be {expected}. Received: {name}={value!r}. {hint}".rstrip())


def check_positive_integer(name: str, value: object, hint: str = "") -> None:
    """Raises a `CourseError` unless `value` is an integer of at least 1.

    Example:
        >>> check_positive_integer("epochs", 3)
        >>> check_positive_integer("epochs", 2.5)
        Traceback (most recent call last):
        ...
        dl_course.errors.CourseError: `epochs` must be a positive integer. Received: epochs=2.5.
    """
    if not _is_integer(value) or value < 1:
        raise argument_error(name, "a positive integer", value, hint)


def check_choice(name: str, value: object, choices: Iterable[str]) -> None:
    """Raises a `CourseError` unless `value` is one of the choices; names the nearest one.

    Example:
        >>> check_choice("mode", "min", ("min", "max"))
        >>> check_choice("mode", "mim", ("min", "max"))
        Traceback (most recent call last):
        ...
        dl_course.errors.CourseError: `mode` must be one of 'min', 'max'. Received: mode='mim'. \
Did you mean 'min'?
    """
    names = list(choices)
    if value not in names:
        near = difflib.get_close_matches(str(value), names, n=1)
        hint = f"Did you mean {near[0]!r}?" if near else ""
        raise argument_error(name, f"one of {', '.join(map(repr, names))}", value, hint)


def check_share(name: str, value: object, *, positive: bool = False) -> None:
    """Raises a `CourseError` unless `value` is a share: at least 0 (or above 0) and below 1.

    Args:
        name: the argument's name.
        value: what was received.
        positive: refuse 0 too.

    Example:
        >>> check_share("dropout", 0)
        >>> check_share("dropout", 1.5)
        Traceback (most recent call last):
        ...
        dl_course.errors.CourseError: `dropout` must be a share of at least 0 and below 1. \
Received: dropout=1.5.
    """
    if not _is_number(value) or not 0 <= value < 1 or (positive and value == 0):
        expected = "above 0 and below 1" if positive else "of at least 0 and below 1"
        raise argument_error(name, f"a share {expected}", value)


def check_seed(name: str, value: object) -> None:
    """Raises a `CourseError` unless `value` is an integer that NumPy and Keras take as a seed.

    Example:
        >>> check_seed("seed", 0)
        >>> check_seed("seed", -1)
        Traceback (most recent call last):
        ...
        dl_course.errors.CourseError: `seed` must be an integer from 0 to 4294967295. \
Received: seed=-1.
    """
    if not _is_integer(value) or not 0 <= value < 2**32:
        raise argument_error(name, "an integer from 0 to 4294967295", value)


def _is_integer(value: object) -> TypeGuard[int]:
    return isinstance(value, numbers.Integral) and not isinstance(value, bool)


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, numbers.Real) and not isinstance(value, bool)


def describe_os_error(error: OSError) -> str:
    """Returns one line for a failed file operation: the file, the reason, what to do.

    Example:
        >>> describe_os_error(OSError(28, "No space left on device", "runs/x"))
        'runs/x: No space left on device. Free some space or choose another folder.'
    """
    remedies = {
        28: "Free some space or choose another folder.",
        13: "Choose a folder that you may write to.",
        30: "Choose a folder that you may write to.",
    }
    where = os.fspath(error.filename) if error.filename else "file operation"
    remedy = remedies.get(error.errno or 0, "Check the path and try again.")
    return f"{where}: {error.strerror or error}. {remedy}"
