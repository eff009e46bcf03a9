"""Numerical analysis for chapter 01: rounding, cancellation, step sizes, powers of a matrix."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from dl_course.errors import argument_error, check_positive_integer
from dl_course.scratch._checks import as_float


def numeric_jacobian(
    f: Callable[[np.ndarray], np.ndarray], x: ArrayLike, step: float = 1e-5
) -> np.ndarray:
    """Returns the Jacobian of a function by central differences.

    J_ij = (f_i(x + h e_j) - f_i(x - h e_j)) / 2h

    Args:
        f: a function of a vector that returns a vector.
        x: the point, shape (inputs,).
        step: h.

    Returns:
        Shape (outputs, inputs), in float64.

    Example:
        >>> numeric_jacobian(lambda x: np.array([x[0] * x[1], x[1]]), [2.0, 3.0]).round(6)
        array([[3., 2.],
               [0., 1.]])

    Reference: D4 2 (calculus).
    """
    if not step > 0:
        raise argument_error("step", "positive", step, "1e-5 suits float64.")
    x = as_float("x", x, ndim=1).astype(np.float64)
    outputs = np.shape(f(x))
    if len(outputs) != 1:
        raise argument_error("f", "a function that returns a vector", outputs)
    columns = [
        (np.asarray(f(x + step * e)) - np.asarray(f(x - step * e))) / (2 * step)
        for e in np.eye(len(x))
    ]
    return np.stack(columns, axis=1)


def logsumexp(x: ArrayLike) -> np.ndarray:
    """Returns log sum_i e^(x_i) without overflow: max x + log sum_i e^(x_i - max x).

    Args:
        x: numbers, shape (..., n).

    Returns:
        Shape (...).

    Example:
        >>> float(logsumexp([1000.0, 1000.0]))  # 1000 + ln 2
        1000.6931471805599

    Reference: D4 2 (numerical analysis).
    """
    x = as_float("x", x)
    largest = x.max(axis=-1, keepdims=True)
    return largest[..., 0] + np.log(np.exp(x - largest).sum(axis=-1))


def round_to_bfloat16(x: ArrayLike) -> np.ndarray:
    """Rounds numbers to bfloat16: 8 significant bits, 2 to 3 digits.

    bfloat16 is the upper half of a float32. Adding half of the last bit that is kept, and one
    less if that bit is 0, rounds to the nearest, ties to even.

    Args:
        x: numbers, any shape.

    Returns:
        A float32 array of the same shape with the rounded values.

    Example:
        >>> round_to_bfloat16([1.0, 1.003, 3.14159265, 257.0])
        array([  1.      ,   1.      ,   3.140625, 256.      ], dtype=float32)

    Reference: D4 2 (numerical analysis); Kalamkar et al. 2019, https://arxiv.org/abs/1905.12322.
    """
    bits = np.ascontiguousarray(as_float("x", x), np.float32).view(np.uint32)
    finite = (bits & 0x7F800000) != 0x7F800000  # infinities have nothing to round
    rounded = bits + 0x7FFF + ((bits >> 16) & 1)
    kept = np.where(finite, rounded, bits) & np.uint32(0xFFFF0000)
    return kept.astype(np.uint32).view(np.float32).reshape(np.shape(x))


def difference_errors(
    f: Callable[[float], float], derivative: float, x: float, steps: ArrayLike
) -> dict[str, np.ndarray]:
    """Returns the errors of the forward and the central difference for each step size.

    forward: (f(x + h) - f(x)) / h, error about h; central: (f(x + h) - f(x - h)) / 2h, error
    about h^2. Both grow like 1e-16 / h when h is small, since f(x + h) and f(x) then agree in
    nearly all their digits.

    Args:
        f: a function of one number.
        derivative: its exact derivative at x.
        x: the point.
        steps: step sizes h, shape (n,), all positive.

    Returns:
        "forward" and "central": absolute errors, shape (n,).

    Raises:
        CourseError: a step is not positive.

    Example:
        >>> errors = difference_errors(np.sin, np.cos(1.0), 1.0, [1e-1, 1e-5])
        >>> bool((errors["central"] < errors["forward"]).all())
        True

    Reference: D4 2 (numerical analysis).
    """
    h = as_float("steps", steps, ndim=1)
    if h.min() <= 0:
        raise argument_error("steps", "positive", float(h.min()))
    there = np.array([f(x + step) for step in h])
    back = np.array([f(x - step) for step in h])
    return {
        "forward": np.abs((there - f(x)) / h - derivative),
        "central": np.abs((there - back) / (2 * h) - derivative),
    }


def variance_two_ways(x: ArrayLike) -> tuple[float, float]:
    """Returns the variance as mean((x - mean x)^2) and as mean(x^2) - mean(x)^2.

    Equal on paper. The second subtracts two large, nearly equal numbers and keeps only
    their rounding errors: cancellation.

    Args:
        x: numbers, any shape, in float32 or float64.

    Returns:
        The two results, computed in the dtype of `x`.

    Example:
        >>> variance_two_ways(np.array([10000.0, 10001.0, 10002.0], np.float32))[1]
        0.0

    Reference: D4 2 (numerical analysis).
    """
    x = as_float("x", x)
    return float(((x - x.mean()) ** 2).mean()), float((x**2).mean() - x.mean() ** 2)


def power_norms(matrix: ArrayLike, vector: ArrayLike, powers: int) -> np.ndarray:
    """Returns the length of a vector after each of many products with the same matrix.

    ||W^k v|| grows or shrinks like |largest eigenvalue|^k: what happens to a gradient that goes
    back through k steps of a recurrent network.

    Args:
        matrix: W, shape (n, n).
        vector: v, shape (n,).
        powers: number of products.

    Returns:
        Shape (powers + 1,), starting with the length of v.

    Raises:
        CourseError: the shapes do not fit.

    Example:
        >>> power_norms([[0.5, 0.0], [0.0, 0.1]], [1.0, 0.0], powers=3)
        array([1.   , 0.5  , 0.25 , 0.125])

    Reference: D1 3.2.3, D4 2 (linear algebra).
    """
    check_positive_integer("powers", powers)
    v = as_float("vector", vector, ndim=1)
    w = as_float("matrix", matrix, ndim=2)
    if w.shape != (len(v), len(v)):
        raise argument_error("matrix", f"of shape {(len(v), len(v))}", w.shape)
    norms = [np.linalg.norm(v)]
    for _ in range(powers):
        v = w @ v  # (n,)
        norms.append(np.linalg.norm(v))
    return np.array(norms)
