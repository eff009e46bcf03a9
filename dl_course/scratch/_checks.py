"""What every formula needs of its arguments: numbers, not empty, of the right shape."""

import numpy as np
from numpy.typing import ArrayLike

from dl_course.errors import argument_error


def as_float(name: str, value: ArrayLike, ndim: int | None = None) -> np.ndarray:
    """Returns `value` as an array of floats: float32 stays float32, the rest becomes float64.

    Integers become float64 before any arithmetic, so that a uint8 image cannot overflow.

    Args:
        name: the argument's name, for the message.
        value: numbers: an array, a list, or one number.
        ndim: the number of axes it must have; None for any.

    Raises:
        CourseError: it is not numeric, is empty, holds a NaN, or has the wrong number of axes.

    Example:
        >>> as_float("image", np.array([[255, 1]], np.uint8)).sum()
        np.float64(256.0)
    """
    try:
        array = np.asarray(value)
    except ValueError:
        raise argument_error(name, "an array of numbers with rows of equal length", value) from None
    if array.dtype.kind not in "fiub":
        raise argument_error(name, "an array of real numbers", array.dtype.name)
    if array.size == 0:
        raise argument_error(name, "not empty", array.shape, "Give at least one number.")
    if ndim is not None and array.ndim != ndim:
        raise argument_error(name, f"an array with {ndim} axes", array.shape)
    if array.dtype != np.float32:
        array = array.astype(np.float64, copy=False)
    if np.isnan(array).any():
        raise argument_error(
            name, "free of NaN", f"{np.isnan(array).sum()} NaN in shape {array.shape}"
        )
    return array


def check_shape(name: str, array: np.ndarray, expected: tuple[int, ...]) -> None:
    """Raises a `CourseError` unless an array has the expected shape."""
    if array.shape != tuple(expected):
        raise argument_error(name, f"of shape {tuple(int(n) for n in expected)}", array.shape)
