"""Gradient descent, and the losses of linear regression, logistic regression and a bowl."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from dl_course.errors import CourseError, check_positive_integer
from dl_course.scratch._checks import as_float, check_shape
from dl_course.scratch.activations import sigmoid
from dl_course.scratch.optimizers import sgd_step


def descend(
    gradient: Callable[[np.ndarray], np.ndarray],
    start: ArrayLike,
    steps: int,
    *,
    step: Callable = sgd_step,
    **settings: float,
) -> np.ndarray:
    """Follows the gradient downhill and returns every point on the way.

    w_{t+1} = w_t - a grad J(w_t), or another update rule

    Args:
        gradient: a function from weights to the gradient of the loss there, the same shape.
        start: w_0, any shape.
        steps: how many steps, at least 1.
        step: the update rule, one of this package's `..._step` functions.
        **settings: its settings, such as `learning_rate=0.1`.

    Returns:
        The path w_0, w_1, ..., shape (steps + 1, *start.shape).

    Raises:
        CourseError: `steps` is not a positive integer, the gradient has the wrong shape or a NaN,
            or the steps are so large that the weights overflow.

    Example:
        >>> descend(lambda w: w, [8.0], steps=3, learning_rate=0.5)[:, 0]
        array([8., 4., 2., 1.])

    Reference: D0 3.1, D2 3, D3 3.3, D4 3.
    """
    check_positive_integer("steps", steps)
    w = as_float("start", start)
    path = np.empty((steps + 1, *w.shape), w.dtype)
    path[0] = w
    state = None
    with np.errstate(over="ignore", invalid="ignore"):
        for t in range(steps):
            w, state = step(w, gradient(w), state, **settings)
            if not np.isfinite(w).all():
                raise CourseError(
                    f"the weights are no longer finite after step {t + 1}: each step overshoots by "
                    f"more than the one before. Received: settings={settings}. Use a smaller "
                    "learning_rate."
                )
            path[t + 1] = w
    return path


def gradient_descent(
    x: ArrayLike, y: ArrayLike, weights: ArrayLike, learning_rate: float, iterations: int
) -> np.ndarray:
    """Finds the weights of a linear regression, as in the document.

    w <- w - a 1/m X^T (X w - y)

    Args:
        x: X, shape (m, features); a column of ones gives an intercept.
        y: the numbers to predict, shape (m,).
        weights: where to start, shape (features,).
        learning_rate: a, above 0.
        iterations: how many steps, at least 1.

    Returns:
        The last weights, shape (features,).

    Raises:
        CourseError: see `descend` and `linear_regression_gradient`.

    Example:
        >>> x = [[1, 0], [1, 1], [1, 2]]
        >>> gradient_descent(x, [1, 3, 5], [0, 0], learning_rate=0.5, iterations=200).round(3)
        array([1., 2.])

    Reference: D0 4.1.
    """
    path = descend(
        lambda w: linear_regression_gradient(w, x, y),
        weights,
        iterations,
        learning_rate=learning_rate,
    )
    return path[-1]


def linear_regression_loss(weights: ArrayLike, x: ArrayLike, y: ArrayLike) -> np.ndarray:
    """Computes half the mean squared error of a linear model.

    J(w) = 1/(2m) |X w - y|^2; the half cancels the 2 of the derivative.

    Args:
        weights: w, shape (..., features): one model, or many at once.
        x: X, shape (m, features).
        y: shape (m,).

    Returns:
        J, shape (...).

    Raises:
        CourseError: the shapes do not fit, or there is a NaN.

    Example:
        >>> float(linear_regression_loss([2.0], x=[[1], [2]], y=[2, 6]))
        1.0

    Reference: D0 4.1.
    """
    w, x, y = _check_regression(weights, x, y, many=True)
    return np.mean((w @ x.T - y) ** 2, axis=-1) / 2  # (..., m) -> (...)


def linear_regression_gradient(weights: ArrayLike, x: ArrayLike, y: ArrayLike) -> np.ndarray:
    """Computes the gradient of half the mean squared error of a linear model.

    grad J(w) = 1/m X^T (X w - y)

    Args:
        weights: w, shape (features,).
        x: X, shape (m, features).
        y: shape (m,).

    Returns:
        The gradient, shape (features,).

    Raises:
        CourseError: the shapes do not fit, or there is a NaN.

    Example:
        >>> linear_regression_gradient([2.0], x=[[1], [2]], y=[2, 6])
        array([-2.])

    Reference: D0 4.1.
    """
    w, x, y = _check_regression(weights, x, y)
    return x.T @ (x @ w - y) / len(y)  # (features,)


def logistic_regression_gradient(weights: ArrayLike, x: ArrayLike, y: ArrayLike) -> np.ndarray:
    """Computes the gradient of the binary cross-entropy of a logistic regression.

    J(w) = -1/m sum_i [y_i log p_i + (1 - y_i) log(1 - p_i)],  p = sigmoid(X w)
    grad J(w) = 1/m X^T (p - y)

    This is the gradient of linear regression with p in place of X w. J is
    `binary_crossentropy_from_logits(y, x @ weights)`.

    Args:
        weights: w, shape (features,).
        x: X, shape (m, features).
        y: labels 0 and 1 (or probabilities between), shape (m,).

    Returns:
        The gradient, shape (features,).

    Raises:
        CourseError: the shapes do not fit, there is a NaN, or a label is not between 0 and 1.

    Example:
        >>> logistic_regression_gradient([0.0], x=[[1], [2]], y=[0, 1])
        array([-0.25])

    Reference: D0 3.1; D4 3, the cross-entropy loss.
    """
    w, x, y = _check_regression(weights, x, y)
    if y.min() < 0 or y.max() > 1:
        raise CourseError(
            f"`y` must hold labels 0 and 1. Received: y from {y.min():g} to {y.max():g}."
        )
    return x.T @ (sigmoid(x @ w) - y) / len(y)  # (features,)


def bowl(weights: ArrayLike, curvature: ArrayLike) -> np.ndarray:
    """Computes a quadratic bowl: the simplest loss whose directions are not equally steep.

    J(w) = 1/2 sum_i c_i w_i^2, its gradient is c_i w_i and its minimum 0. Plain descent converges
    in direction i if 0 < a c_i < 2. With a negative c_i it is a saddle.

    Args:
        weights: w, shape (..., n): one point, or many at once.
        curvature: c, shape (n,).

    Returns:
        J, shape (...).

    Raises:
        CourseError: the shapes do not fit, or there is a NaN.

    Example:
        >>> float(bowl([2.0, 1.0], curvature=[1, 20]))
        12.0

    Reference: D0 3.1; Goodfellow, Bengio, Courville 2016, 4.3.
    """
    w, c = _check_bowl(weights, curvature)
    return (c * w**2).sum(axis=-1) / 2


def bowl_gradient(weights: ArrayLike, curvature: ArrayLike) -> np.ndarray:
    """Computes the gradient of a quadratic bowl.

    grad J(w)_i = c_i w_i

    Args:
        weights: w, shape (..., n).
        curvature: c, shape (n,).

    Returns:
        The gradient, in the shape of the weights.

    Raises:
        CourseError: the shapes do not fit, or there is a NaN.

    Example:
        >>> bowl_gradient([2.0, 1.0], curvature=[1, 20])
        array([ 2., 20.])
    """
    w, c = _check_bowl(weights, curvature)
    return c * w


def _check_regression(
    weights: ArrayLike, x: ArrayLike, y: ArrayLike, many: bool = False
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Returns the arguments as floats; `many` allows several models at once."""
    w = as_float("weights", weights, ndim=None if many else 1)
    x, y = as_float("x", x, ndim=2), as_float("y", y, ndim=1)
    check_shape("y", y, (len(x),))
    check_shape("weights", w, (*w.shape[:-1], x.shape[1]))
    return w, x, y.astype(x.dtype, copy=False)


def _check_bowl(weights: ArrayLike, curvature: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    w, c = as_float("weights", weights), as_float("curvature", curvature, ndim=1)
    check_shape("weights", w, (*w.shape[:-1], len(c)))
    return w, c
