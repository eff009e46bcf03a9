"""Initial weights, and what becomes of a signal that passes through many such layers."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from dl_course.errors import argument_error, check_positive_integer
from dl_course.scratch._checks import as_float


def zeros(shape: tuple[int, ...], rng: np.random.Generator | None = None) -> np.ndarray:
    """Returns zeros: good for biases, bad for kernels, whose units would all stay equal.

    Args:
        shape: the shape of the weights.
        rng: not used, but every initializer takes it.

    Returns:
        An array of zeros in float64.

    Example:
        >>> zeros((2,))
        array([0., 0.])

    Reference: D2 3 step 3.
    """
    return np.zeros(_sizes(shape))


def small_normal(
    shape: tuple[int, ...], rng: np.random.Generator, scale: float = 0.01
) -> np.ndarray:
    """Returns small random numbers, w ~ N(0, scale^2): D2's small random values.

    Args:
        shape: the shape of the weights.
        rng: draws the numbers.
        scale: the standard deviation.

    Returns:
        An array in float64.

    Example:
        >>> small_normal((2, 3), np.random.default_rng(0)).shape
        (2, 3)

    Reference: D2 3 step 3.
    """
    return scale * rng.standard_normal(_sizes(shape))


def glorot_uniform(shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """Returns weights that keep the variance of signals and of gradients, for tanh-like units.

    w ~ U(-a, a), a = sqrt(6 / (fan_in + fan_out)), so Var(w) = 2 / (fan_in + fan_out)

    Args:
        shape: (inputs, units) of a dense kernel, or (height, width, channels, filters).
        rng: draws the numbers.

    Returns:
        An array in float64.

    Raises:
        CourseError: the shape has fewer than two axes.

    Example:
        >>> w = glorot_uniform((100, 200), np.random.default_rng(0))
        >>> bool(np.abs(w).max() <= (6 / 300) ** 0.5)
        True

    Reference: Glorot and Bengio 2010; Keras's default.
    """
    fan_in, fan_out = _fans(shape)
    limit = np.sqrt(6 / (fan_in + fan_out))
    return rng.uniform(-limit, limit, shape)


def he_normal(shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """Returns weights that keep the variance of signals through ReLUs, which halve it.

    w ~ N(0, 2 / fan_in). (Keras cuts off the tails at two standard deviations.)

    Args:
        shape: (inputs, units) of a dense kernel, or (height, width, channels, filters).
        rng: draws the numbers.

    Returns:
        An array in float64.

    Raises:
        CourseError: the shape has fewer than two axes.

    Example:
        >>> w = he_normal((800, 100), np.random.default_rng(0))
        >>> round(float(w.var() * 800), 1)
        2.0

    Reference: He et al. 2015.
    """
    fan_in, _ = _fans(shape)
    return np.sqrt(2 / fan_in) * rng.standard_normal(shape)


def orthogonal(shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Returns a matrix that rotates or reflects vectors but does not stretch them: Q^T Q = 1.

    It is the Q of the QR decomposition of a normal matrix, with signs chosen so that every turn
    is equally likely. Keras initializes W_hh of a recurrent layer this way.

    Args:
        shape: (rows, columns); with fewer rows than columns the rows are orthonormal.
        rng: draws the numbers.

    Returns:
        An array in float64.

    Raises:
        CourseError: the shape does not have two axes.

    Example:
        >>> q = orthogonal((3, 3), np.random.default_rng(0))
        >>> bool(np.allclose(q.T @ q, np.eye(3)))
        True

    Reference: Saxe et al. 2013.
    """
    if len(_sizes(shape)) != 2:
        raise argument_error("shape", "(rows, columns)", shape)
    rows, columns = shape
    normal = rng.standard_normal((max(rows, columns), min(rows, columns)))
    q, r = np.linalg.qr(normal)
    q = q * np.sign(np.diag(r))
    return q if rows >= columns else q.T


def variance_through_depth(
    initializer: Callable[[tuple[int, int], np.random.Generator], np.ndarray],
    activation: Callable[[np.ndarray], np.ndarray],
    x: ArrayLike,
    rng: np.random.Generator,
    depth: int = 20,
) -> np.ndarray:
    """Returns the variance of a signal after each of many equally wide layers.

    h_0 = x, h_l = f(h_(l-1) W_l), result_l = Var(h_l) over batch and units. It stays
    constant, or it vanishes or explodes by a constant factor per layer.

    Args:
        initializer: draws each W, called as `initializer(shape, rng)`.
        activation: f.
        x: signals, shape (batch, units).
        rng: draws the weights.
        depth: number of layers.

    Returns:
        Shape (depth + 1,): before the first layer, then after each.

    Example:
        >>> from dl_course.scratch.activations import relu
        >>> rng = np.random.default_rng(0)
        >>> x = rng.standard_normal((100, 200))
        >>> kept = variance_through_depth(he_normal, relu, x, rng)
        >>> lost = variance_through_depth(small_normal, relu, x, rng)
        >>> bool(0.1 < kept[-1] < 10), bool(lost[-1] < 1e-30)
        (True, True)

    Reference: Glorot and Bengio 2010; D2 3 step 3.
    """
    check_positive_integer("depth", depth)
    h = as_float("x", x, ndim=2)
    units = h.shape[1]
    variances = [h.var()]
    for _ in range(depth):
        h = activation(h @ initializer((units, units), rng))  # (batch, units)
        variances.append(h.var())
    return np.array(variances)


def _sizes(shape: tuple[int, ...]) -> tuple[int, ...]:
    if not isinstance(shape, tuple | list):
        raise argument_error("shape", "a tuple of sizes", shape, "One axis is written (3,).")
    for size in shape:
        check_positive_integer("shape", size)
    return tuple(shape)


def _fans(shape: tuple[int, ...]) -> tuple[int, int]:
    """Returns the number of inputs of each unit, and of units that each input reaches."""
    if len(_sizes(shape)) < 2:
        raise argument_error(
            "shape", "(inputs, units) or (height, width, channels, filters)", tuple(shape)
        )
    *window, inputs, units = shape
    area = int(np.prod(window))
    return area * inputs, area * units
