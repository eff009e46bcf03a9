"""Losses, as means over a batch, and their gradients."""

import numpy as np
from numpy.typing import ArrayLike

from dl_course.errors import argument_error
from dl_course.scratch._checks import as_float, check_shape
from dl_course.scratch.activations import log_softmax, sigmoid, softmax

# As in Keras, probabilities are clipped to [1e-7, 1 - 1e-7] before the logarithm.
_EPSILON = 1e-7
_LOGITS_HINT = "Logits have `_from_logits` functions."


def mean_squared_error(y: ArrayLike, predictions: ArrayLike) -> float:
    """Returns the mean squared error: 1/n sum_i (y_i - y^_i)^2 over all n numbers.

    Args:
        y: targets, any shape.
        predictions: the same shape.

    Returns:
        One number, in the square of the targets' unit.

    Raises:
        CourseError: the shapes differ, or there is a NaN.

    Example:
        >>> mean_squared_error([0.0, 1.0], [0.0, 3.0])
        2.0

    Reference: D4 3 (loss functions), D2 3.
    """
    y, predictions = _pair(y, predictions)
    return float(np.mean((predictions - y) ** 2))


def mean_squared_error_gradient(y: ArrayLike, predictions: ArrayLike) -> np.ndarray:
    """Returns dL/dy^ of `mean_squared_error`: 2 (y^ - y) / n.

    It takes the arguments of the loss and has the shape of `predictions`.

    Example:
        >>> mean_squared_error_gradient([0.0, 1.0], [0.0, 3.0])
        array([0., 2.])

    Reference: D4 4.
    """
    y, predictions = _pair(y, predictions)
    return 2 * (predictions - y) / y.size


def binary_crossentropy(y: ArrayLike, probabilities: ArrayLike) -> float:
    """Returns the cross-entropy of yes-or-no answers.

    L = -1/n sum_i [y_i log p_i + (1 - y_i) log(1 - p_i)], with p clipped to [1e-7, 1 - 1e-7]

    Args:
        y: targets from 0 to 1, any shape.
        probabilities: of "yes", the same shape.

    Returns:
        One number, in nats.

    Raises:
        CourseError: the shapes differ, or a number is outside 0 to 1.

    Example:
        >>> round(binary_crossentropy([1.0, 0.0], [0.5, 0.5]), 4)  # ln 2
        0.6931

    Reference: D4 3 (loss functions), D3 4.
    """
    y, p = _targets_and_probabilities(y, probabilities)
    return float(-np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)))


def binary_crossentropy_gradient(y: ArrayLike, probabilities: ArrayLike) -> np.ndarray:
    """Returns dL/dp of `binary_crossentropy`: (p - y) / (p (1 - p) n), p clipped as there.

    It takes the arguments of the loss and has the shape of `probabilities`.

    Example:
        >>> binary_crossentropy_gradient([1.0], [0.5])
        array([-2.])

    Reference: D4 3.
    """
    y, p = _targets_and_probabilities(y, probabilities)
    return (p - y) / (p * (1 - p) * y.size)


def binary_crossentropy_from_logits(y: ArrayLike, logits: ArrayLike) -> float:
    """Returns `binary_crossentropy(y, sigmoid(logits))`, exact even for large logits.

    L = 1/n sum_i [max(z_i, 0) - y_i z_i + log(1 + e^-|z_i|)]

    Args:
        y: targets from 0 to 1, any shape.
        logits: inputs of the sigmoid, the same shape.

    Returns:
        One number, in nats.

    Example:
        >>> binary_crossentropy_from_logits([1.0], [-1000.0])
        1000.0

    Reference: D4 2 (numerical analysis), D4 3.
    """
    y, z = _pair(y, logits, "logits")
    _check_range("y", y)
    return float(np.mean(np.maximum(z, 0) - y * z + np.log1p(np.exp(-np.abs(z)))))


def binary_crossentropy_from_logits_gradient(y: ArrayLike, logits: ArrayLike) -> np.ndarray:
    """Returns dL/dz of `binary_crossentropy_from_logits`: (sigmoid(z) - y) / n.

    The derivative of the sigmoid cancels, which leaves y^ - y.

    It takes the arguments of the loss and has the shape of `logits`.

    Example:
        >>> binary_crossentropy_from_logits_gradient([1.0], [0.0])
        array([-0.5])

    Reference: D3 4, whose listing has a wrong gradient.
    """
    y, z = _pair(y, logits, "logits")
    _check_range("y", y)
    return (sigmoid(z) - y) / y.size


def categorical_crossentropy(y: ArrayLike, probabilities: ArrayLike) -> float:
    """Returns the cross-entropy of one class out of several.

    L = -1/m sum_i sum_k y_ik log p_ik, with p clipped to [1e-7, 1 - 1e-7]

    Args:
        y: one-hot labels, shape (batch, classes).
        probabilities: the same shape; each row adds up to 1.

    Returns:
        One number, in nats.

    Raises:
        CourseError: `y` is not one-hot, or the shapes differ.

    Example:
        >>> round(categorical_crossentropy([[1, 0]], [[0.25, 0.75]]), 4)  # -ln 0.25
        1.3863

    Reference: D1 4.1, D2 3.
    """
    y, p = _one_hot_pair(y, probabilities, "probabilities")
    _check_distributions(p)
    return float(-np.mean((y * np.log(np.clip(p, _EPSILON, 1 - _EPSILON))).sum(axis=-1)))


def categorical_crossentropy_gradient(y: ArrayLike, probabilities: ArrayLike) -> np.ndarray:
    """Returns dL/dp of `categorical_crossentropy`: -y / (p m).

    Keras first scales each row to the sum 1, so its gradient differs by a constant in each row,
    which the gradient of a softmax removes again.

    It takes the arguments of the loss and has the shape of `probabilities`.

    Example:
        >>> categorical_crossentropy_gradient([[1, 0]], [[0.25, 0.75]])
        array([[-4., -0.]])

    Reference: D1 4.1.
    """
    y, p = _one_hot_pair(y, probabilities, "probabilities")
    _check_distributions(p)
    return -y / (np.clip(p, _EPSILON, 1 - _EPSILON) * len(y))


def categorical_crossentropy_from_logits(y: ArrayLike, logits: ArrayLike) -> float:
    """Returns `categorical_crossentropy(y, softmax(logits))`, exact even for large logits.

    L = -1/m sum_i sum_k y_ik log softmax(z_i)_k

    Args:
        y: one-hot labels, shape (batch, classes).
        logits: inputs of the softmax, the same shape.

    Returns:
        One number, in nats.

    Example:
        >>> categorical_crossentropy_from_logits([[0, 1]], [[1000.0, 0.0]])
        1000.0

    Reference: D4 2 (probability, numerical analysis).
    """
    y, z = _one_hot_pair(y, logits, "logits")
    return float(-np.mean((y * log_softmax(z)).sum(axis=-1)))


def categorical_crossentropy_from_logits_gradient(y: ArrayLike, logits: ArrayLike) -> np.ndarray:
    """Returns dL/dz of `categorical_crossentropy_from_logits`: (softmax(z) - y) / m.

    It takes the arguments of the loss and has the shape of `logits`.

    Example:
        >>> categorical_crossentropy_from_logits_gradient([[0, 1]], [[0.0, 0.0]])
        array([[ 0.5, -0.5]])

    Reference: D4 3.
    """
    y, z = _one_hot_pair(y, logits, "logits")
    return (softmax(z) - y) / len(y)


def _pair(
    y: ArrayLike, predictions: ArrayLike, name: str = "predictions"
) -> tuple[np.ndarray, np.ndarray]:
    y, predictions = as_float("y", y), as_float(name, predictions)
    check_shape(name, predictions, y.shape)
    return y.astype(predictions.dtype, copy=False), predictions


def _targets_and_probabilities(
    y: ArrayLike, probabilities: ArrayLike
) -> tuple[np.ndarray, np.ndarray]:
    y, p = _pair(y, probabilities, "probabilities")
    _check_range("y", y)
    _check_range("probabilities", p, _LOGITS_HINT)
    return y, np.clip(p, _EPSILON, 1 - _EPSILON)


def _one_hot_pair(y: ArrayLike, predictions: ArrayLike, name: str) -> tuple[np.ndarray, np.ndarray]:
    predictions = as_float(name, predictions, ndim=2)
    y = as_float("y", y)
    expected = f"one-hot labels of shape {predictions.shape}"
    hint = "Turn class indices into one-hot rows: np.eye(num_classes)[labels]."
    if y.shape != predictions.shape:
        raise argument_error("y", expected, y.shape, hint)
    if not (((y == 0) | (y == 1)).all() and (y.sum(axis=1) == 1).all()):
        row = int(np.argmax((y.sum(axis=1) != 1) | ((y != 0) & (y != 1)).any(axis=1)))
        raise argument_error("y", expected, f"row {row}: {y[row].tolist()}", hint)
    return y.astype(predictions.dtype, copy=False), predictions


def _check_distributions(p: np.ndarray) -> None:
    _check_range("probabilities", p, _LOGITS_HINT)
    sums = p.sum(axis=1)
    row = int(np.abs(sums - 1).argmax())
    if abs(sums[row] - 1) > 1e-3:
        found = f"row {row} adds up to {sums[row]:.4g}"
        raise argument_error("probabilities", "rows that add up to 1", found, _LOGITS_HINT)


def _check_range(name: str, array: np.ndarray, hint: str = "") -> None:
    if array.min() < 0 or array.max() > 1:
        found = f"numbers from {array.min():.4g} to {array.max():.4g}"
        raise argument_error(name, "from 0 to 1", found, hint)
