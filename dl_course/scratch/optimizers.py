"""Update rules: one step from weights and gradient to better weights.

Each rule is a pure function `step(weights, gradient, state, *, learning_rate, ...)` that returns
`(weights, state)`. The state is what the rule remembers; before the first step it is None. Results
and default settings are those of `keras.optimizers`.

In the formulas w are the weights, g the gradient of the loss there, and a the learning rate.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from dl_course.errors import argument_error, check_share
from dl_course.scratch._checks import as_float, check_shape


class AdamState(NamedTuple):
    """What Adam remembers.

    Args:
        step: number of steps taken.
        mean: moving average m of the gradient, in the shape of the weights.
        square: moving average v of the squared gradient, in the same shape.
    """

    step: int
    mean: np.ndarray
    square: np.ndarray


def sgd_step(
    weights: ArrayLike, gradient: ArrayLike, state: None = None, *, learning_rate: float = 0.01
) -> tuple[np.ndarray, None]:
    """Takes a step of gradient descent.

    w <- w - a g

    Args:
        weights: w, any shape.
        gradient: g, the shape of the weights.
        state: None; plain gradient descent remembers nothing.
        learning_rate: a, above 0.

    Returns:
        The new weights, and None.

    Raises:
        CourseError: the shapes differ, there is a NaN, or the learning rate is not positive.

    Example:
        >>> sgd_step([1.0, 2.0], [10.0, -10.0], learning_rate=0.1)
        (array([0., 3.]), None)

    Reference: D0 3.1, D2 3, D3 3.3, D4 3.
    """
    w, g = _check(weights, gradient, learning_rate)
    return w - learning_rate * g, None


def momentum_step(
    weights: ArrayLike,
    gradient: ArrayLike,
    state: ArrayLike | None = None,
    *,
    learning_rate: float = 0.01,
    momentum: float = 0.9,
) -> tuple[np.ndarray, np.ndarray]:
    """Takes a step of gradient descent with momentum: a ball that rolls with friction.

    v <- momentum v - a g
    w <- w + v

    Args:
        weights: w, any shape.
        gradient: g, the shape of the weights.
        state: the velocity v after the previous step; None stands for 0.
        learning_rate: a, above 0.
        momentum: the share of the velocity that is kept, at least 0 and below 1.

    Returns:
        The new weights, and v.

    Raises:
        CourseError: the shapes differ, there is a NaN, or a setting is out of range.

    Example:
        >>> w, v = momentum_step([0.0], [1.0], learning_rate=1.0, momentum=0.5)
        >>> momentum_step(w, [1.0], v, learning_rate=1.0, momentum=0.5)
        (array([-2.5]), array([-1.5]))

    Reference: D1 5; Polyak 1964, "Some methods of speeding up the convergence".
    """
    w, g = _check(weights, gradient, learning_rate, momentum=momentum)
    v = momentum * _remembered(state, w) - learning_rate * g
    return w + v, v


def nesterov_step(
    weights: ArrayLike,
    gradient: ArrayLike,
    state: ArrayLike | None = None,
    *,
    learning_rate: float = 0.01,
    momentum: float = 0.9,
) -> tuple[np.ndarray, np.ndarray]:
    """Takes a step of gradient descent with Nesterov's momentum, which looks one step ahead.

    v <- momentum v - a g
    w <- w + momentum v - a g

    As in Keras, w is the point looked ahead to, so that g is needed only there.

    Args:
        weights: w, any shape.
        gradient: g, the shape of the weights.
        state: the velocity v after the previous step; None stands for 0.
        learning_rate: a, above 0.
        momentum: the share of the velocity that is kept, at least 0 and below 1.

    Returns:
        The new weights, and v.

    Raises:
        CourseError: the shapes differ, there is a NaN, or a setting is out of range.

    Example:
        >>> nesterov_step([0.0], [1.0], learning_rate=1.0, momentum=0.5)
        (array([-1.5]), array([-1.]))

    Reference: Nesterov 1983; Sutskever et al. 2013, "On the importance of initialization and
    momentum in deep learning".
    """
    w, g = _check(weights, gradient, learning_rate, momentum=momentum)
    v = momentum * _remembered(state, w) - learning_rate * g
    return w + momentum * v - learning_rate * g, v


def rmsprop_step(
    weights: ArrayLike,
    gradient: ArrayLike,
    state: ArrayLike | None = None,
    *,
    learning_rate: float = 0.001,
    rho: float = 0.9,
    epsilon: float = 1e-7,
) -> tuple[np.ndarray, np.ndarray]:
    """Takes a step of RMSprop, which divides each gradient by its recent size.

    s <- rho s + (1 - rho) g^2
    w <- w - a g / sqrt(s + epsilon)

    Args:
        weights: w, any shape.
        gradient: g, the shape of the weights.
        state: the moving average s of the squared gradient; None stands for 0.
        learning_rate: a, above 0.
        rho: the share of the average that is kept, at least 0 and below 1.
        epsilon: above 0, avoids a division by 0.

    Returns:
        The new weights, and s.

    Raises:
        CourseError: the shapes differ, there is a NaN, or a setting is out of range.

    Example:
        >>> w, s = rmsprop_step([0.0, 0.0], [100.0, 1.0], learning_rate=0.1)
        >>> w.round(3)  # the same in a steep and a flat direction
        array([-0.316, -0.316])

    Reference: Tieleman and Hinton 2012, lecture 6.5.
    """
    w, g = _check(weights, gradient, learning_rate, epsilon, rho=rho)
    s = rho * _remembered(state, w) + (1 - rho) * g**2
    return w - learning_rate * g / np.sqrt(s + epsilon), s


def adam_step(
    weights: ArrayLike,
    gradient: ArrayLike,
    state: AdamState | None = None,
    *,
    learning_rate: float = 0.001,
    beta_1: float = 0.9,
    beta_2: float = 0.999,
    epsilon: float = 1e-7,
) -> tuple[np.ndarray, AdamState]:
    """Takes a step of Adam: momentum and RMSprop, both corrected for their start at 0.

    m <- beta_1 m + (1 - beta_1) g
    v <- beta_2 v + (1 - beta_2) g^2
    w <- w - a sqrt(1 - beta_2^t) / (1 - beta_1^t) m / (sqrt(v) + epsilon)  in step t = 1, 2, ...

    m and v start at 0 and are too small at first; the factors in front of m correct that. Like
    the end of section 2 of the paper, Keras adds epsilon to sqrt(v) before the correction.

    Args:
        weights: w, any shape.
        gradient: g, the shape of the weights.
        state: t, m and v after the previous step; None stands for 0.
        learning_rate: a, above 0.
        beta_1: the share of m that is kept, at least 0 and below 1.
        beta_2: the share of v that is kept, at least 0 and below 1.
        epsilon: above 0, avoids a division by 0.

    Returns:
        The new weights, and an `AdamState`.

    Raises:
        CourseError: the shapes differ, there is a NaN, or a setting is out of range.

    Example:
        >>> w, state = adam_step([0.0, 0.0], [100.0, 1.0], learning_rate=0.1)
        >>> w.round(3), state.step  # the first step has the size of the learning rate
        (array([-0.1, -0.1]), 1)

    Reference: Kingma and Ba 2015, "Adam"; D1 4.1, D2 4.
    """
    w, g = _check(weights, gradient, learning_rate, epsilon, beta_1=beta_1, beta_2=beta_2)
    t, m, v = (0, None, None) if state is None else state
    t = t + 1
    m = beta_1 * _remembered(m, w) + (1 - beta_1) * g
    v = beta_2 * _remembered(v, w) + (1 - beta_2) * g**2
    rate = learning_rate * (1 - beta_2**t) ** 0.5 / (1 - beta_1**t)
    return w - rate * m / (np.sqrt(v) + epsilon), AdamState(t, m, v)


def _check(
    weights: ArrayLike,
    gradient: ArrayLike,
    learning_rate: float,
    epsilon: float | None = None,
    **shares: float,
) -> tuple[np.ndarray, np.ndarray]:
    """Returns weights and gradient as floats; shapes and settings must be valid."""
    weights, gradient = as_float("weights", weights), as_float("gradient", gradient)
    check_shape("gradient", gradient, weights.shape)
    if not 0 < learning_rate < np.inf:
        raise argument_error("learning_rate", "a number above 0", learning_rate)
    if epsilon is not None and not 0 < epsilon < np.inf:
        raise argument_error("epsilon", "a number above 0", epsilon)
    for name, share in shares.items():
        check_share(name, share)
    return weights, gradient.astype(weights.dtype, copy=False)


def _remembered(state: ArrayLike | None, weights: np.ndarray) -> np.ndarray:
    """Returns what the rule remembers, which is 0 before the first step."""
    if state is None:
        return np.zeros_like(weights)
    state = as_float("state", state)
    check_shape("state", state, weights.shape)
    return state
