"""Language models: sampling from their predictions, and measuring them."""

import math
import numbers

import numpy as np
from numpy.typing import ArrayLike

from dl_course.errors import argument_error
from dl_course.scratch._checks import as_float
from dl_course.scratch.activations import softmax


def softmax_with_temperature(logits: ArrayLike, temperature: float) -> np.ndarray:
    """Returns the softmax of logits divided by a temperature.

    p_i = e^(z_i / T) / sum_j e^(z_j / T). Below 1 the probable becomes more probable, above 1
    all probabilities become more alike. T = 0 is the limit: 1 for the largest logit (the first of
    several), 0 for the rest.

    Args:
        logits: z, shape (..., classes); -inf for a class with probability 0. Logarithms of
            probabilities are logits too.
        temperature: T, at least 0.

    Returns:
        Probabilities, the same shape.

    Raises:
        CourseError: the temperature is negative or not finite, or every logit is -inf.

    Example:
        >>> for temperature in (0, 0.5, 1, 100):
        ...     print(softmax_with_temperature([0.0, 1.0], temperature).round(2))
        [0. 1.]
        [0.12 0.88]
        [0.27 0.73]
        [0.5 0.5]

    Reference: D1 4.2; Ackley, Hinton and Sejnowski 1985, "A learning algorithm for Boltzmann
    machines".
    """
    z = as_float("logits", logits)
    is_number = isinstance(temperature, numbers.Real) and not isinstance(temperature, bool)
    if not (is_number and 0 <= temperature < math.inf):
        hint = "0 takes the most probable class, 1 leaves the probabilities unchanged."
        raise argument_error("temperature", "a finite number of at least 0", temperature, hint)
    highest = z.max(axis=-1, keepdims=True)
    if not np.isfinite(highest).all():
        raise argument_error("logits", "finite or -inf, and not all of them -inf", highest.min())
    if temperature == 0:
        return (np.arange(z.shape[-1]) == z.argmax(axis=-1)[..., None]).astype(z.dtype)
    with np.errstate(over="ignore"):  # to -inf: e^-inf is 0
        return softmax((z - highest) / temperature)


def sample_token(logits: ArrayLike, temperature: float, random: np.random.Generator) -> int:
    """Draws a class from `softmax_with_temperature`.

    The first k with p_1 + ... + p_k > u, where u is uniform in [0, 1).

    Args:
        logits: shape (classes,).
        temperature: at least 0; at 0 the most probable class is taken and nothing is drawn.
        random: draws u.

    Returns:
        The index of the class.

    Raises:
        CourseError: an argument is out of range.

    Example:
        >>> random = np.random.default_rng(0)
        >>> [sample_token([0.0, 1.0, 2.0], 1.0, random) for _ in range(8)]
        [2, 1, 0, 0, 2, 2, 2, 2]

    Reference: D1 4.2.
    """
    z = as_float("logits", logits, ndim=1)
    p = softmax_with_temperature(z.astype(np.float64), temperature)  # (classes,)
    if temperature == 0:
        return int(p.argmax())
    cumulative = p.cumsum()
    # Scaled to end at exactly 1, so that u below 1 always finds a class.
    u = random.random() * cumulative[-1]
    return int(np.searchsorted(cumulative, u, side="right"))


def entropy(probabilities: ArrayLike) -> np.ndarray:
    """Returns how uncertain a distribution is: H = -sum_i p_i ln p_i, in nats.

    Args:
        probabilities: p, shape (..., classes), adding up to 1 along the last axis.

    Returns:
        Shape (...): 0 for certainty, ln(classes) for equal probabilities.

    Raises:
        CourseError: a number is outside 0 to 1.

    Example:
        >>> entropy([[1.0, 0.0], [0.5, 0.5]]).round(3)
        array([0.   , 0.693])

    Reference: D4 2 (probability).
    """
    p = as_float("probabilities", probabilities)
    if p.min() < 0 or p.max() > 1:
        raise argument_error("probabilities", "from 0 to 1", (p.min(), p.max()))
    return np.abs(-(p * np.log(np.where(p > 0, p, 1))).sum(axis=-1))  # abs: no -0.


def perplexity(nats: ArrayLike) -> np.ndarray:
    """Returns e^L: a model with loss L is as uncertain as a guess among that many tokens.

    Args:
        nats: cross-entropy per token, any shape.

    Returns:
        The same shape, at least 1.

    Raises:
        CourseError: a cross-entropy is negative.

    Example:
        >>> round(float(perplexity(np.log(65))), 6)  # a guess among 65 characters
        65.0
    """
    return np.exp(_cross_entropies(nats))


def nats_to_bits(nats: ArrayLike) -> np.ndarray:
    """Returns L / ln 2: a cross-entropy in bits, or yes-or-no questions per token.

    Args:
        nats: cross-entropy per token, any shape.

    Returns:
        The same shape.

    Raises:
        CourseError: a cross-entropy is negative.

    Example:
        >>> float(nats_to_bits(np.log(8)))
        3.0

    Reference: Shannon 1951, "Prediction and entropy of printed English".
    """
    return _cross_entropies(nats) / np.log(2)


def _cross_entropies(nats: ArrayLike) -> np.ndarray:
    nats = as_float("nats", nats)
    if nats.min() < 0:
        raise argument_error("nats", "at least 0", nats.min())
    return nats
