"""Keras's GRU: one step, the layer over time, and backpropagation through time.

It differs from the documents' GRU in two places: the reset gate acts after the product with the
matrix, which then has a bias of its own, and z is the share of the old state that is kept. Weights
are in the layout of `keras.layers.GRU`: the columns hold the update gate z, the reset gate r and
the candidate g, side by side in this order.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from dl_course.scratch._recurrent import (
    before,
    check_input,
    check_state,
    check_upstream,
    check_weights,
    from_input,
    sum_outer,
)
from dl_course.scratch.activations import sigmoid
from dl_course.scratch.gru import GRUGradients


class KerasGRUCache(NamedTuple):
    """What `keras_gru_backward` needs from the forward pass; also the gates, to look at.

    Args:
        x: inputs, shape (batch, time, features).
        z: update gate, shape (batch, time, units).
        r: reset gate, the same shape.
        g: candidate, the same shape.
        h_g: what r scales, h_{t-1} W_hg + b'_g, the same shape.
        h: hidden states, the same shape.
        kernel: shape (features, 3 * units).
        recurrent_kernel: shape (units, 3 * units).
        initial_h: the state before the first step, shape (batch, units).
    """

    x: np.ndarray
    z: np.ndarray
    r: np.ndarray
    g: np.ndarray
    h_g: np.ndarray
    h: np.ndarray
    kernel: np.ndarray
    recurrent_kernel: np.ndarray
    initial_h: np.ndarray


def keras_gru_step(
    x: ArrayLike, h: ArrayLike, kernel: ArrayLike, recurrent_kernel: ArrayLike, bias: ArrayLike
) -> np.ndarray:
    """Computes the next hidden state of Keras's GRU.

    z = sigmoid(x W_xz + b_z + h W_hz + b'_z),  r = sigmoid(x W_xr + b_r + h W_hr + b'_r),
    g = tanh(x W_xg + b_g + r * (h W_hg + b'_g)),  h_t = z * h_{t-1} + (1 - z) * g

    Args:
        x: x_t, shape (batch, features).
        h: h_{t-1}, shape (batch, units).
        kernel: [W_xz, W_xr, W_xg], shape (features, 3 * units).
        recurrent_kernel: [W_hz, W_hr, W_hg], shape (units, 3 * units).
        bias: [b_z, b_r, b_g] and below it [b'_z, b'_r, b'_g], shape (2, 3 * units).

    Returns:
        h_t, shape (batch, units).

    Raises:
        CourseError: a shape does not fit, or there is a NaN.

    Example:
        >>> weights = np.zeros((1, 3)), np.zeros((1, 3)), [[-2.0, 0.0, 0.0], [0.0, 0.0, 0.0]]
        >>> keras_gru_step([[1.0]], [[1.0]], *weights).round(3)  # z = sigmoid(-2): 12 % is kept
        array([[0.119]])

    Reference: `keras.layers.GRU` with its default, `reset_after=True`.
    """
    kernel, recurrent_kernel, bias, units = check_weights(
        kernel, recurrent_kernel, bias, gates=3, bias_rows=2
    )
    x = check_input(x, kernel, ndim=2)
    h = check_state("h", h, len(x), units, x.dtype)
    return _step(x @ kernel + bias[0], h, recurrent_kernel, bias[1])[-1]


def keras_gru(
    x: ArrayLike,
    kernel: ArrayLike,
    recurrent_kernel: ArrayLike,
    bias: ArrayLike,
    initial_h: ArrayLike | None = None,
) -> tuple[np.ndarray, KerasGRUCache]:
    """Runs Keras's GRU layer over sequences: `keras_gru_step` at every time step.

    Args:
        x: sequences, shape (batch, time, features).
        kernel, recurrent_kernel, bias: as in `keras_gru_step`.
        initial_h: the state before the first step, shape (batch, units); None for zeros.

    Returns:
        The hidden states, shape (batch, time, units), and the cache for `keras_gru_backward`,
        which also holds the gates of every step.

    Raises:
        CourseError: a shape does not fit, or there is a NaN.

    Example:
        >>> ones = np.ones((1, 3))
        >>> h, cache = keras_gru(np.ones((1, 2, 1)), ones, ones, np.zeros((2, 3)))
        >>> h.round(3).ravel(), cache.z.round(3).ravel()
        (array([0.205, 0.347]), array([0.731, 0.769]))

    Reference: `keras.layers.GRU` with its default, `reset_after=True`.
    """
    kernel, recurrent_kernel, bias, units = check_weights(
        kernel, recurrent_kernel, bias, gates=3, bias_rows=2
    )
    x = check_input(x, kernel, ndim=3)
    initial_h = state = check_state("initial_h", initial_h, len(x), units, x.dtype)
    from_x = from_input(x, kernel, bias[0])  # (batch, time, 3 units)
    dtype = np.result_type(from_x, state, recurrent_kernel)
    z, r, g, h_g, h = np.empty((5, *x.shape[:2], units), dtype)
    for t in range(x.shape[1]):
        z[:, t], r[:, t], g[:, t], h_g[:, t], state = _step(
            from_x[:, t], state, recurrent_kernel, bias[1]
        )
        h[:, t] = state
    return h, KerasGRUCache(x, z, r, g, h_g, h, kernel, recurrent_kernel, initial_h)


def _step(
    from_x: np.ndarray, h: np.ndarray, recurrent_kernel: np.ndarray, bias: np.ndarray
) -> tuple:
    """Returns z, r, g, h_g and the next state, each (batch, units); `from_x` is x W + b."""
    x_z, x_r, x_g = np.split(from_x, 3, axis=1)  # each (batch, units)
    h_z, h_r, h_g = np.split(h @ recurrent_kernel + bias, 3, axis=1)  # each (batch, units)
    z = sigmoid(x_z + h_z)  # (batch, units)
    r = sigmoid(x_r + h_r)  # (batch, units)
    g = np.tanh(x_g + r * h_g)  # (batch, units)
    h = z * h + (1 - z) * g  # (batch, units)
    return z, r, g, h_g, h


def keras_gru_backward(upstream: ArrayLike, cache: KerasGRUCache) -> GRUGradients:
    """Backpropagation through time for `keras_gru`.

    Args:
        upstream: the gradient of the loss with respect to each hidden state, shape
            (batch, time, units). A loss on the last state only has zeros before it.
        cache: from `keras_gru`.

    Returns:
        The gradient with respect to each argument of `keras_gru`.

    Raises:
        CourseError: the shape of `upstream` is not that of the hidden states.

    Example:
        >>> weights = np.zeros((1, 3)), np.zeros((1, 3)), [[2.0, 0.0, 0.0], [0.0, 0.0, 0.0]]
        >>> h, cache = keras_gru(np.ones((1, 3, 1)), *weights)
        >>> keras_gru_backward([[[0.0], [0.0], [1.0]]], cache).initial_h.round(3)  # 0.881 ** 3
        array([[0.683]])

    Reference: D0 3.2; `keras.layers.GRU` with its default, `reset_after=True`.
    """
    x, z, r, g, h_g, h, kernel, recurrent_kernel, initial_h = cache
    upstream = check_upstream(upstream, h)
    h_before = before(initial_h, h)  # (batch, time, units)
    # The gradients at x W + b and at h W + b': r stands between the two in the candidate.
    dx, dh_sums = np.empty((2, *h.shape[:2], kernel.shape[1]), h.dtype)
    dh_next = np.zeros_like(initial_h)
    for t in reversed(range(h.shape[1])):
        dh = upstream[:, t] + dh_next  # (batch, units)
        dz = dh * (h_before[:, t] - g[:, t]) * z[:, t] * (1 - z[:, t])  # (batch, units)
        dg = dh * (1 - z[:, t]) * (1 - g[:, t] ** 2)  # (batch, units)
        dr = dg * h_g[:, t] * r[:, t] * (1 - r[:, t])  # (batch, units)
        dx[:, t] = np.concatenate([dz, dr, dg], axis=1)  # (batch, 3 units)
        dh_sums[:, t] = np.concatenate([dz, dr, dg * r[:, t]], axis=1)  # (batch, 3 units)
        dh_next = dh * z[:, t] + dh_sums[:, t] @ recurrent_kernel.T  # (batch, units)
    return GRUGradients(
        x=dx @ kernel.T,  # (batch, time, features)
        kernel=sum_outer(x, dx),  # (features, 3 units)
        recurrent_kernel=sum_outer(h_before, dh_sums),  # (units, 3 units)
        bias=np.stack([dx.sum(axis=(0, 1)), dh_sums.sum(axis=(0, 1))]),  # (2, 3 units)
        initial_h=dh_next,  # (batch, units)
    )
