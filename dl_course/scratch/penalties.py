"""Against overfitting: penalties on large weights, and dropout."""

import numpy as np
from numpy.typing import ArrayLike

from dl_course.errors import argument_error, check_positive_integer, check_share
from dl_course.scratch._checks import as_float, check_shape


def l1_penalty(weights: ArrayLike, strength: float) -> float:
    """Returns the L1 penalty: strength * sum |w|. It drives weights to exactly 0.

    It equals `keras.regularizers.L1(strength)`.

    Args:
        weights: any shape.
        strength: at least 0.

    Returns:
        One number, to be added to the loss.

    Example:
        >>> l1_penalty([3.0, -4.0], 0.1)
        0.7000000000000001

    Reference: D0 Q2, D3 Q5.
    """
    return float(_strength(strength) * np.abs(as_float("weights", weights)).sum())


def l1_penalty_gradient(weights: ArrayLike, strength: float) -> np.ndarray:
    """Returns the gradient of `l1_penalty`: strength * sign(w).

    It takes the arguments of the penalty and has the shape of `weights`.

    Example:
        >>> l1_penalty_gradient([3.0, -4.0], 0.5)
        array([ 0.5, -0.5])

    Reference: D0 Q2.
    """
    return _strength(strength) * np.sign(as_float("weights", weights))


def l2_penalty(weights: ArrayLike, strength: float, examples: int | None = None) -> float:
    """Returns the L2 penalty, in Keras's form or in D4's.

    Keras: strength * sum w^2. D4 3, with m examples: strength / (2m) * sum w^2. So D4's lambda
    is Keras's L2(lambda / (2m)), and its gradient is lambda w / m.

    Args:
        weights: any shape.
        strength: lambda, at least 0.
        examples: m in D4's form; None for Keras's.

    Returns:
        One number, to be added to the loss.

    Example:
        >>> l2_penalty([3.0, -4.0], 0.5), l2_penalty([3.0, -4.0], 0.5, examples=5)
        (12.5, 1.25)

    Reference: D4 3 (regularization).
    """
    factor = _l2_factor(strength, examples)
    return float(factor * np.square(as_float("weights", weights)).sum())


def l2_penalty_gradient(
    weights: ArrayLike, strength: float, examples: int | None = None
) -> np.ndarray:
    """Returns the gradient of `l2_penalty`: 2 strength w, or in D4's form strength w / m.

    It takes the arguments of the penalty and has the shape of `weights`.

    Example:
        >>> l2_penalty_gradient([3.0, -4.0], 0.5)
        array([ 3., -4.])

    Reference: D4 3 (regularization).
    """
    return 2 * _l2_factor(strength, examples) * as_float("weights", weights)


def dropout(x: ArrayLike, rate: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Sets a random share of the numbers to 0 and scales the others up to make up for it.

    y = x * mask, mask = 0 with probability rate, else 1 / (1 - rate): the mean of y is x.

    Args:
        x: numbers, any shape.
        rate: the share that is dropped, at least 0 and below 1.
        rng: draws the mask.

    Returns:
        The output and the mask, each of the shape of `x`.

    Raises:
        CourseError: `rate` is out of range.

    Example:
        >>> y, mask = dropout(np.ones(4), 0.5, np.random.default_rng(0))
        >>> y
        array([2., 0., 0., 0.])

    Reference: D0 Q2; Srivastava et al. 2014.
    """
    x = as_float("x", x)
    check_share("rate", rate)
    mask = ((rng.random(x.shape) >= rate) / (1 - rate)).astype(x.dtype)
    return x * mask, mask


def dropout_backward(upstream: ArrayLike, mask: ArrayLike) -> np.ndarray:
    """Returns dL/dx of `dropout`: the gradient passes where the number did.

    Args:
        upstream: dL/dy, any shape; the result has the same shape.
        mask: from `dropout`, the same shape.

    Example:
        >>> dropout_backward([1.0, 1.0], [2.0, 0.0])
        array([2., 0.])

    Reference: D0 Q2.
    """
    upstream, mask = as_float("upstream", upstream), as_float("mask", mask)
    check_shape("mask", mask, upstream.shape)
    return upstream * mask


def _strength(strength: float) -> float:
    if not (isinstance(strength, int | float) and 0 <= strength < np.inf):
        raise argument_error("strength", "a number of at least 0", strength)
    return strength


def _l2_factor(strength: float, examples: int | None) -> float:
    if examples is None:
        return _strength(strength)
    check_positive_integer("examples", examples)
    return _strength(strength) / (2 * examples)
