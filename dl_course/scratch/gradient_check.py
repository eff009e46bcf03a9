"""Gradient check: compares a gradient with central differences and names the worst entry."""

import dataclasses
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from dl_course.errors import argument_error
from dl_course.scratch._checks import as_float, check_shape


@dataclasses.dataclass(frozen=True)
class GradientReport:
    """How far a gradient is from central differences, at its worst entry.

    Attributes:
        ok: whether every entry is within the tolerance.
        error: the largest relative error.
        index: the position of that entry.
        given: the gradient's entry there.
        numeric: the difference quotient there.

    Example:
        >>> check_gradient(lambda x: (x**2).sum(), np.array([1.0, 3.0]), np.array([2.0, 5.0]))
        gradient WRONG: largest relative error 1.7e-01 at index (1,): given 5, numeric 6
    """

    ok: bool
    error: float
    index: tuple[int, ...]
    given: float
    numeric: float

    def __repr__(self) -> str:
        verdict = "right" if self.ok else "WRONG"
        return (
            f"gradient {verdict}: largest relative error {self.error:.1e} at index {self.index}: "
            f"given {self.given:.6g}, numeric {self.numeric:.6g}"
        )


def numeric_gradient(
    f: Callable[[np.ndarray], float], x: ArrayLike, step: float = 1e-5
) -> np.ndarray:
    """Returns the gradient of a function by central differences.

    df/dx_k = (f(x + h e_k) - f(x - h e_k)) / 2h, with an error of the order of h^2.

    Args:
        f: a function of one array that returns one number.
        x: the point, any shape.
        step: h. About 1e-5 is best in float64: with a larger step the formula is inexact, with a
            smaller one rounding dominates (chapter 01).

    Returns:
        An array of the shape of `x`, in float64.

    Raises:
        CourseError: `step` is not positive, or `f` returns more than one number.

    Example:
        >>> numeric_gradient(lambda x: (x**2).sum(), np.array([1.0, 3.0])).round(6)
        array([2., 6.])

    Reference: D4 2 (calculus, numerical analysis).
    """
    if not step > 0:
        raise argument_error("step", "positive", step, "1e-5 suits float64.")
    x = as_float("x", x).astype(np.float64)
    gradient = np.empty_like(x)
    for index in np.ndindex(x.shape):
        there, back = x.copy(), x.copy()
        there[index] += step
        back[index] -= step
        gradient[index] = (_one_number(f(there)) - _one_number(f(back))) / (2 * step)
    return gradient


def check_gradient(
    f: Callable[[np.ndarray], float],
    x: ArrayLike,
    gradient: ArrayLike,
    *,
    step: float = 1e-5,
    tolerance: float = 1e-6,
) -> GradientReport:
    """Compares a gradient with central differences.

    error_k = |g_k - n_k| / max(max|g|, max|n|, |f(x)| / 10^4): relative to the largest entry. The
    last term allows for rounding in the difference quotient: if the whole gradient is smaller,
    there are no digits left to compare.

    Args:
        f: a function of one array that returns one number.
        x: the point, any shape.
        gradient: the claimed df/dx, in the shape of `x`.
        step: h of the differences.
        tolerance: the largest error that still counts as right.

    Returns:
        A report; `report.ok` is the verdict.

    Raises:
        CourseError: the shapes of `x` and `gradient` differ.

    Example:
        >>> check_gradient(lambda x: np.sin(x).sum(), np.array([0.0, 1.0]), np.cos([0.0, 1.0])).ok
        True

    Reference: D0 3.2; D4 2.
    """
    gradient, x = as_float("gradient", gradient), as_float("x", x).astype(np.float64)
    check_shape("gradient", gradient, x.shape)
    numeric = numeric_gradient(f, x, step)
    scale = max(np.abs(gradient).max(), np.abs(numeric).max(), abs(_one_number(f(x))) * 1e-4)
    error = np.abs(gradient - numeric) / (scale or 1)
    # A NaN is the worst error of all; argmax alone would not always choose it.
    worst = np.unravel_index(np.nan_to_num(error, nan=np.inf).argmax(), error.shape)
    return GradientReport(
        ok=bool(error[worst] <= tolerance),
        error=float(error[worst]),
        index=tuple(int(i) for i in worst),
        given=float(gradient[worst]),
        numeric=float(numeric[worst]),
    )


def _one_number(value: ArrayLike) -> float:
    if np.size(value) != 1:
        raise argument_error("f", "a function that returns one number", np.shape(value))
    return float(np.reshape(value, ()))
