"""Checks of the arrays that pictures are drawn from."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from dl_course.errors import CourseError, argument_error


def images(name: str, value: ArrayLike) -> np.ndarray:
    """Returns `value` as images (n, height, width, channels): uint8, or values from 0 to 1.

    Example:
        >>> images("x", np.zeros((2, 8, 8, 3))).shape
        (2, 8, 8, 3)
        >>> images("x", np.zeros((8, 8)))
        Traceback (most recent call last):
        ...
        dl_course.errors.CourseError: `x` must have shape (n, height, width, channels) with 1 or \
3 channels. Received: x of shape (8, 8).
    """
    array = np.asarray(value)
    if array.ndim != 4 or array.shape[-1] not in (1, 3) or 0 in array.shape:
        raise _shape_error(name, "(n, height, width, channels) with 1 or 3 channels", array)
    if array.dtype == np.uint8:
        return array
    if not (np.issubdtype(array.dtype, np.number) and array.min() >= 0 and array.max() <= 1):
        raise CourseError(
            f"`{name}` must hold values from 0 (black) to 1, or be of type uint8. "
            f"Received: {name} of type {array.dtype}{_range_of(array)}."
        )
    return array


def finite(name: str, value: ArrayLike, /, **axes: int | None) -> np.ndarray:
    """Returns `value` as an array of finite numbers with these axes.

    Args:
        name: of the argument, for the message.
        value: what was passed.
        axes: the length of each axis by its name, in order; None where any length will do.

    Example:
        >>> finite("kernels", np.zeros((3, 3, 1)), height=3, width=None, filters=None).shape
        (3, 3, 1)
        >>> finite("x", np.zeros((5, 3)), n=None, features=2)
        Traceback (most recent call last):
        ...
        dl_course.errors.CourseError: `x` must have shape (n, features = 2). Received: x of \
shape (5, 3).
    """
    array = _shaped(name, np.asarray(value), axes)
    if not (np.issubdtype(array.dtype, np.number) and np.isfinite(array).all()):
        raise CourseError(f"`{name}` must hold finite numbers. Received: NaN, infinity or text.")
    return array


def floats(name: str, value: ArrayLike, /, **axes: int | None) -> np.ndarray:
    """Returns `value` as floats with these axes, as `finite` does; they may be NaN or infinite.

    A training that diverged is a result, and its curve has to be drawn as far as it goes.

    Example:
        >>> floats("loss", [0.5, float("inf")], points=2).tolist()
        [0.5, inf]
    """
    try:
        array = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        raise CourseError(f"`{name}` must hold numbers. Received: text or ragged rows.") from None
    return _shaped(name, array, axes)


def growing(name: str, value: ArrayLike) -> np.ndarray:
    """Returns `value` as finite numbers of shape (points,), at least two, each above the last.

    Example:
        >>> growing("grid_x", [0, 1, 1])
        Traceback (most recent call last):
        ...
        dl_course.errors.CourseError: `grid_x` must increase from point to point and have at \
least 2 points.
    """
    array = finite(name, value, points=None)
    if len(array) < 2 or not np.all(np.diff(array) > 0):
        raise CourseError(f"`{name}` must increase from point to point and have at least 2 points.")
    return array


def mapping(name: str, value: object, of: str, most: int | None = None) -> None:
    """Raises a `CourseError` unless `value` is a dict with 1 to `most` entries.

    Example:
        >>> mapping("paths", {}, "name to path")
        Traceback (most recent call last):
        ...
        dl_course.errors.CourseError: `paths` must be a dict of name to path, not empty. \
Received: paths={}.
    """
    if not isinstance(value, Mapping) or not value:
        received = value if isinstance(value, Mapping) else type(value).__name__
        raise argument_error(name, f"a dict of {of}, not empty", received)
    if most is not None and len(value) > most:
        raise argument_error(f"len({name})", f"at most {most}, to be distinguishable", len(value))


def classes(name: str, value: ArrayLike, number: int | None = None) -> np.ndarray:
    """Returns `value` as class numbers of shape (n,), from 0 to `number - 1` if that is given.

    Example:
        >>> classes("y", [0, 1], 2).tolist()
        [0, 1]
    """
    array = np.asarray(value)
    if array.ndim != 1 or array.size == 0:
        hint = " For one-hot rows or probabilities, take `.argmax(axis=1)`." * (array.ndim == 2)
        raise CourseError(f"{_shape_error(name, '(n,), n at least 1', array)}{hint}")
    if not np.issubdtype(array.dtype, np.integer):
        raise argument_error(f"{name}.dtype", "an integer type", str(array.dtype))
    if array.min() < 0 or (number is not None and array.max() >= number):
        limit = "0 upwards" if number is None else f"0 to {number - 1}, one per class name"
        raise CourseError(
            f"`{name}` must hold class numbers from {limit}. "
            f"Received: {array.min()} to {array.max()}."
        )
    return array


def same_length(**arrays: np.ndarray) -> None:
    """Raises a `CourseError` unless all arrays have one entry per example.

    Example:
        >>> same_length(x=np.zeros(3), y=np.zeros(2))
        Traceback (most recent call last):
        ...
        dl_course.errors.CourseError: `x` and `y` must have one entry per example. \
Received: 3 and 2 entries.
    """
    lengths = [len(array) for array in arrays.values()]
    if len(set(lengths)) > 1:
        names = " and ".join(f"`{name}`" for name in arrays)
        received = " and ".join(map(str, lengths))
        raise CourseError(f"{names} must have one entry per example. Received: {received} entries.")


def _shaped(name: str, array: np.ndarray, axes: Mapping[str, int | None]) -> np.ndarray:
    fits = array.ndim == len(axes) and all(
        size in (None, length) for size, length in zip(axes.values(), array.shape, strict=True)
    )
    if not fits or array.size == 0:
        wanted = [axis if size is None else f"{axis} = {size}" for axis, size in axes.items()]
        raise _shape_error(name, f"({', '.join(wanted)}{',' * (len(axes) == 1)})", array)
    return array


def _shape_error(name: str, expected: str, array: np.ndarray) -> CourseError:
    return CourseError(
        f"`{name}` must have shape {expected}. Received: {name} of shape {array.shape}."
    )


def _range_of(array: np.ndarray) -> str:
    if not np.issubdtype(array.dtype, np.number):
        return ""
    return f", values from {array.min():g} to {array.max():g}"
