"""Dot-product attention, forward and backward."""

import numpy as np
from numpy.typing import ArrayLike

from dl_course.errors import argument_error
from dl_course.scratch._checks import as_float, check_shape
from dl_course.scratch.activations import softmax


def attention(
    query: ArrayLike,
    value: ArrayLike,
    key: ArrayLike | None = None,
    mask: ArrayLike | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Lets every step of one sequence look at all steps of another.

    A = softmax(Q K^T) over the steps of the other sequence,  C = A V

    Args:
        query: Q, what is looked for, shape (batch, queries, units).
        value: V, what can be found, shape (batch, steps, features).
        key: K, what the query is compared with, shape (batch, steps, units); by default the values.
        mask: booleans of shape (batch, steps), False at padding; by default there is none.

    Returns:
        The contexts C, shape (batch, queries, features), and the weights A, shape
        (batch, queries, steps); the weights of a query sum to 1.

    Raises:
        CourseError: shapes do not fit, or an example is all padding.

    Example:
        >>> states = np.array([[[1.0, 0.0], [0.0, 1.0]]])  # (1, 2, 2)
        >>> context, weights = attention(np.array([[[3.0, 0.0]]]), states)
        >>> weights.round(2)
        array([[[0.95, 0.05]]])

    Reference: Luong et al. 2015, https://arxiv.org/abs/1508.04025; D1 2.2.
    """
    query, value, key = _checked(query, value, key)
    scores = query @ key.swapaxes(1, 2)  # (batch, queries, steps)
    if mask is not None:
        mask = np.asarray(mask, dtype=bool)
        check_shape("mask", mask, value.shape[:2])
        if not mask.any(axis=1).all():
            raise argument_error("mask", "True for at least one step of each example", mask)
        scores = np.where(mask[:, None, :], scores, -np.inf)
    weights = softmax(scores)
    return weights @ value, weights


def attention_backward(
    context_gradient: ArrayLike,
    weights: ArrayLike,
    query: ArrayLike,
    value: ArrayLike,
    key: ArrayLike | None = None,
) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """Returns the gradients of a loss with respect to the arguments of `attention`.

    dV = A^T dC,  dA = dC V^T,  dS = A * (dA - sum_steps A dA),  dQ = dS K,  dK = dS^T Q

    Args:
        context_gradient: dC, dL/dcontext, shape (batch, queries, features).
        weights: A, as `attention` returned them.
        query: Q, as given to `attention`, like `value` and `key`.
        value: V.
        key: K; by default the values.

    Returns:
        dL/dquery, dL/dvalue and dL/dkey, each in the shape of its array. If the keys are the
        values, dL/dkey is None and dL/dvalue holds both parts.

    Raises:
        CourseError: shapes do not fit.

    Example:
        >>> query, value = np.ones((1, 1, 2)), np.ones((1, 3, 2))
        >>> context, weights = attention(query, value)
        >>> d_query, d_value, _ = attention_backward(np.ones((1, 1, 2)), weights, query, value)
        >>> d_value.round(2)  # each step has a weight of a third
        array([[[0.33, 0.33],
                [0.33, 0.33],
                [0.33, 0.33]]])

    Reference: D0 3.2, D1 2.2.
    """
    shared = key is None
    query, value, key = _checked(query, value, key)
    weights = as_float("weights", weights, 3)
    check_shape("weights", weights, (*query.shape[:2], value.shape[1]))
    d_context = as_float("context_gradient", context_gradient, 3)
    check_shape("context_gradient", d_context, (*query.shape[:2], value.shape[2]))
    d_value = weights.swapaxes(1, 2) @ d_context  # (batch, steps, features)
    d_weights = d_context @ value.swapaxes(1, 2)  # (batch, queries, steps)
    d_scores = weights * (d_weights - (weights * d_weights).sum(axis=-1, keepdims=True))
    d_query = d_scores @ key  # (batch, queries, units)
    d_key = d_scores.swapaxes(1, 2) @ query  # (batch, steps, units)
    return (d_query, d_value + d_key, None) if shared else (d_query, d_value, d_key)


def _checked(
    query: ArrayLike, value: ArrayLike, key: ArrayLike | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Returns the three arrays as floats; their shapes must fit."""
    query, value = as_float("query", query, 3), as_float("value", value, 3)
    check_shape("value", value, (len(query), *value.shape[1:]))
    key = value if key is None else as_float("key", key, 3)
    check_shape("key", key, (*value.shape[:2], query.shape[2]))
    return query, value, key
