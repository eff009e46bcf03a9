"""Activation functions and their derivatives, accurate for inputs of any size."""

import numpy as np
from numpy.typing import ArrayLike

from dl_course.scratch._checks import as_float


def sigmoid(x: ArrayLike) -> np.ndarray:
    """Squeezes every number into the range 0 to 1.

    sigmoid(x) = 1 / (1 + e^-x) = e^x / (1 + e^x), each form used where it cannot overflow.

    Args:
        x: numbers, any shape; the result has the same shape.

    Raises:
        CourseError: `x` is empty or holds a NaN.

    Example:
        >>> sigmoid([-1000.0, 0.0, 1000.0])
        array([0. , 0.5, 1. ])

    Reference: D4 3 (forward propagation), D1 2.1.
    """
    x = as_float("x", x)
    e = np.exp(-np.abs(x))  # at most 1
    return np.where(x >= 0, 1, e) / (1 + e)


def sigmoid_derivative(x: ArrayLike) -> np.ndarray:
    """Returns the slope of `sigmoid` at x: s (1 - s), at most 1/4.

    Args:
        x: the inputs of the sigmoid, not its outputs; the result has their shape.

    Example:
        >>> sigmoid_derivative([0.0, 1000.0])
        array([0.25, 0.  ])

    Reference: D4 4.
    """
    s = sigmoid(x)
    return s * (1 - s)


def tanh(x: ArrayLike) -> np.ndarray:
    """Squeezes every number into the range -1 to 1: tanh(x) = 2 sigmoid(2x) - 1.

    Args:
        x: numbers, any shape; the result has the same shape.

    Example:
        >>> tanh([-1000.0, 0.0, 1000.0])
        array([-1.,  0.,  1.])

    Reference: D1 2.1.
    """
    return np.tanh(as_float("x", x))


def tanh_derivative(x: ArrayLike) -> np.ndarray:
    """Returns the slope of `tanh` at x: 1 - tanh(x)^2, at most 1.

    Args:
        x: the inputs of the tanh; the result has their shape.

    Example:
        >>> tanh_derivative([0.0, 1000.0])
        array([1., 0.])

    Reference: D1 3.2.3.
    """
    return 1 - tanh(x) ** 2


def relu(x: ArrayLike) -> np.ndarray:
    """Keeps positive numbers and sets all others to 0: max(x, 0).

    Args:
        x: numbers, any shape; the result has the same shape.

    Example:
        >>> relu([-2.0, 3.0])
        array([0., 3.])

    Reference: D1 2.1.
    """
    return np.maximum(as_float("x", x), 0)


def relu_derivative(x: ArrayLike) -> np.ndarray:
    """Returns the slope of `relu` at x: 1 where x > 0, else 0 (also at 0, as in Keras).

    Args:
        x: the inputs of the ReLU; the result has their shape.

    Example:
        >>> relu_derivative([-2.0, 0.0, 3.0])
        array([0., 0., 1.])

    Reference: D1 2.1.
    """
    x = as_float("x", x)
    return (x > 0).astype(x.dtype)


def leaky_relu(x: ArrayLike, negative_slope: float = 0.2) -> np.ndarray:
    """A ReLU that cannot die: x where x > 0, else negative_slope * x.

    Args:
        x: numbers, any shape; the result has the same shape.
        negative_slope: the slope below 0; Keras's default is 0.2.

    Example:
        >>> leaky_relu([-2.0, 3.0])
        array([-0.4,  3. ])

    Reference: Maas et al. 2013; D3 Q4.
    """
    x = as_float("x", x)
    return np.where(x > 0, x, np.asarray(negative_slope, x.dtype) * x)


def leaky_relu_derivative(x: ArrayLike, negative_slope: float = 0.2) -> np.ndarray:
    """Returns the slope of `leaky_relu` at x: 1 where x > 0, else negative_slope.

    Args:
        x: the inputs of the leaky ReLU; the result has their shape.
        negative_slope: the slope below 0.

    Example:
        >>> leaky_relu_derivative([-2.0, 3.0])
        array([0.2, 1. ])

    Reference: Maas et al. 2013; D3 Q4.
    """
    x = as_float("x", x)
    return np.where(x > 0, 1, negative_slope).astype(x.dtype)


def softmax(x: ArrayLike) -> np.ndarray:
    """Turns each row of numbers (logits) into probabilities.

    p_i = e^(x_i - max x) / sum_j e^(x_j - max x). Subtracting the largest does not change the
    quotient, and no exponential can overflow.

    Args:
        x: logits, shape (..., classes).

    Returns:
        Probabilities of the same shape; they add up to 1 along the last axis.

    Example:
        >>> softmax([[1000.0, 1000.0], [0.0, -1000.0]])
        array([[0.5, 0.5],
               [1. , 0. ]])

    Reference: D1 4.1, D4 2.
    """
    x = as_float("x", x)
    e = np.exp(x - x.max(axis=-1, keepdims=True))  # (..., classes), at most 1
    return e / e.sum(axis=-1, keepdims=True)


def log_softmax(x: ArrayLike) -> np.ndarray:
    """Returns the logarithm of `softmax`, finite even where the probability rounds to 0.

    log p_i = x_i - max x - log sum_j e^(x_j - max x)

    Args:
        x: logits, shape (..., classes).

    Returns:
        Logarithms of probabilities, the same shape.

    Example:
        >>> log_softmax([0.0, -1000.0])
        array([    0., -1000.])

    Reference: D4 2.
    """
    x = as_float("x", x)
    shifted = x - x.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def softmax_jacobian(x: ArrayLike) -> np.ndarray:
    """Returns how every probability of a softmax changes with every logit.

    dp_i / dx_j = p_i (1[i = j] - p_j)

    Args:
        x: logits, shape (..., classes).

    Returns:
        Shape (..., classes, classes): row i, column j is dp_i / dx_j.

    Example:
        >>> softmax_jacobian([0.0, 0.0])
        array([[ 0.25, -0.25],
               [-0.25,  0.25]])

    Reference: D4 2 (calculus).
    """
    p = softmax(x)
    return p[..., :, None] * (np.eye(p.shape[-1], dtype=p.dtype) - p[..., None, :])
