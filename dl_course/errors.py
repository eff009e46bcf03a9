"""The errors of the course: what was given cannot be used, said in one line."""

import numbers
import os


class CourseError(ValueError):
    """What the user gave cannot be used; the text is one line that says what to do.

    The command line prints the text and exits with code 2. Every other exception is a defect
    of the course and keeps its traceback.
    """


class DataError(CourseError):
    """A file or an array of examples is missing, damaged or not of the expected form."""


class TrainingError(CourseError):
    """Training cannot go on: the loss is no number, or a run folder does not fit."""


def argument_error(name: str, expected: str, value: object, hint: str = "") -> CourseError:
    """Returns the error for one unusable argument, in the one form that the course uses.

    Args:
        name: the argument's name, as the caller wrote it.
        expected: what it must be, to follow "must be".
        value: what was received.
        hint: what to do about it, a sentence; may be empty.

    Returns:
        A `CourseError`, to be raised by the caller.

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
    is_integer = isinstance(value, numbers.Integral) and not isinstance(value, bool)
    if not is_integer or value < 1:
        raise argument_error(name, "a positive integer", value, hint)


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
