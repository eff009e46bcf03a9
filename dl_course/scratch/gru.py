"""The documents' GRU: one step, the layer over time, and backpropagation through time.

The weights' columns hold the update gate z, the reset gate r and the candidate g, side by side in
this order. Keras's GRU, which differs in two places, is `keras_gru`.
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


class GRUCache(NamedTuple):
    """What `gru_backward` needs from the forward pass; also the gates, to look at.

    Args:
        x: inputs, shape (batch, time, features).
        z: update gate, shape (batch, time, units).
        r: reset gate, the same shape.
        g: candidate, the same shape.
        h: hidden states, the same shape.
        kernel: shape (features, 3 * units).
        recurrent_kernel: shape (units, 3 * units).
        initial_h: the state before the first step, shape (batch, units).
    """

    x: np.ndarray
    z: np.ndarray
    r: np.ndarray
    g: np.ndarray
    h: np.ndarray
    kernel: np.ndarray
    recurrent_kernel: np.ndarray
    initial_h: np.ndarray


class GRUGradients(NamedTuple):
    """The gradient of the loss with respect to each argument of the layer, in its shape."""

    x: np.ndarray
    kernel: np.ndarray
    recurrent_kernel: np.ndarray
    bias: np.ndarray
    initial_h: np.ndarray


def gru_step(
    x: ArrayLike, h: ArrayLike, kernel: ArrayLike, recurrent_kernel: ArrayLike, bias: ArrayLike
) -> np.ndarray:
    """Computes the next hidden state of a GRU.

    z = sigmoid(x W_xz + h W_hz + b_z),  r = sigmoid(x W_xr + h W_hr + b_r),
    g = tanh(x W_xg + (r * h) W_hg + b_g),  h_t = (1 - z) * h_{t-1} + z * g

    Args:
        x: x_t, shape (batch, features).
        h: h_{t-1}, shape (batch, units).
        kernel: [W_xz, W_xr, W_xg], shape (features, 3 * units).
        recurrent_kernel: [W_hz, W_hr, W_hg], shape (units, 3 * units).
        bias: [b_z, b_r, b_g], shape (3 * units,).

    Returns:
        h_t, shape (batch, units).

    Raises:
        CourseError: a shape does not fit, or there is a NaN.

    Example:
        >>> weights = np.zeros((1, 3)), np.zeros((1, 3)), [-2.0, 0.0, 0.0]
        >>> gru_step([[1.0]], [[1.0]], *weights).round(3)  # z = sigmoid(-2): 88 % is kept
        array([[0.881]])

    Reference: D0 3.6 and D1 3.3.2, where g is written h~; Cho et al. 2014,
    https://arxiv.org/abs/1406.1078.
    """
    kernel, recurrent_kernel, bias, units = check_weights(kernel, recurrent_kernel, bias, gates=3)
    x = check_input(x, kernel, ndim=2)
    h = check_state("h", h, len(x), units, x.dtype)
    return _step(x @ kernel + bias, h, recurrent_kernel)[-1]


def gru(
    x: ArrayLike,
    kernel: ArrayLike,
    recurrent_kernel: ArrayLike,
    bias: ArrayLike,
    initial_h: ArrayLike | None = None,
) -> tuple[np.ndarray, GRUCache]:
    """Runs a GRU layer over sequences: `gru_step` at every time step.

    Args:
        x: sequences, shape (batch, time, features).
        kernel, recurrent_kernel, bias: as in `gru_step`.
        initial_h: the state before the first step, shape (batch, units); None for zeros.

    Returns:
        The hidden states, shape (batch, time, units), and the cache for `gru_backward`, which
        also holds the gates of every step.

    Raises:
        CourseError: a shape does not fit, or there is a NaN.

    Example:
        >>> h, cache = gru(np.ones((1, 2, 1)), np.ones((1, 3)), np.ones((1, 3)), np.zeros(3))
        >>> h.round(3).ravel(), cache.z.round(3).ravel()
        (array([0.557, 0.838]), array([0.731, 0.826]))

    Reference: D0 3.6; D1 3.3.2.
    """
    kernel, recurrent_kernel, bias, units = check_weights(kernel, recurrent_kernel, bias, gates=3)
    x = check_input(x, kernel, ndim=3)
    initial_h = state = check_state("initial_h", initial_h, len(x), units, x.dtype)
    from_x = from_input(x, kernel, bias)  # (batch, time, 3 units)
    dtype = np.result_type(from_x, state, recurrent_kernel)
    z, r, g, h = np.empty((4, *x.shape[:2], units), dtype)
    for t in range(x.shape[1]):
        z[:, t], r[:, t], g[:, t], state = _step(from_x[:, t], state, recurrent_kernel)
        h[:, t] = state
    return h, GRUCache(x, z, r, g, h, kernel, recurrent_kernel, initial_h)


def _step(from_x: np.ndarray, h: np.ndarray, recurrent_kernel: np.ndarray) -> tuple:
    """Returns z, r, g and the next state, each (batch, units); `from_x` is x W + b."""
    x_z, x_r, x_g = np.split(from_x, 3, axis=1)  # each (batch, units)
    w_z, w_r, w_g = np.split(recurrent_kernel, 3, axis=1)  # each (units, units)
    z = sigmoid(x_z + h @ w_z)  # (batch, units)
    r = sigmoid(x_r + h @ w_r)  # (batch, units)
    g = np.tanh(x_g + (r * h) @ w_g)  # (batch, units)
    h = (1 - z) * h + z * g  # (batch, units)
    return z, r, g, h


def gru_backward(upstream: ArrayLike, cache: GRUCache) -> GRUGradients:
    """Backpropagation through time for `gru`.

    The share of the state that is kept passes its gradient on with no matrix and no tanh in the
    way: dh_{t-1} holds (1 - z_t) * dh_t, as the cell of an LSTM holds f_t * dc_t.

    Args:
        upstream: the gradient of the loss with respect to each hidden state, shape
            (batch, time, units). A loss on the last state only has zeros before it.
        cache: from `gru`.

    Returns:
        The gradient with respect to each argument of `gru`.

    Raises:
        CourseError: the shape of `upstream` is not that of the hidden states.

    Example:
        >>> weights = np.zeros((1, 3)), np.zeros((1, 3)), [-2.0, 0.0, 0.0]
        >>> h, cache = gru(np.ones((1, 3, 1)), *weights)
        >>> gru_backward([[[0.0], [0.0], [1.0]]], cache).initial_h.round(3)  # 0.881 ** 3
        array([[0.683]])

    Reference: D0 3.2 and 3.6.
    """
    x, z, r, g, h, kernel, recurrent_kernel, initial_h = cache
    upstream = check_upstream(upstream, h)
    w_z, w_r, w_g = np.split(recurrent_kernel, 3, axis=1)  # each (units, units)
    h_before = before(initial_h, h)  # (batch, time, units)
    dz, dr, dg = np.empty((3, *h.shape), h.dtype)  # the gradients at the sums in z, r and g
    dh_next = np.zeros_like(initial_h)
    for t in reversed(range(h.shape[1])):
        dh = upstream[:, t] + dh_next  # (batch, units)
        dz[:, t] = dh * (g[:, t] - h_before[:, t]) * z[:, t] * (1 - z[:, t])  # (batch, units)
        dg[:, t] = dh * z[:, t] * (1 - g[:, t] ** 2)  # (batch, units)
        drh = dg[:, t] @ w_g.T  # (batch, units), the gradient at r * h
        dr[:, t] = drh * h_before[:, t] * r[:, t] * (1 - r[:, t])  # (batch, units)
        through_gates = dz[:, t] @ w_z.T + dr[:, t] @ w_r.T  # (batch, units)
        dh_next = dh * (1 - z[:, t]) + drh * r[:, t] + through_gates  # (batch, units)
    da = np.concatenate([dz, dr, dg], axis=2)  # (batch, time, 3 units)
    blocks = [sum_outer(h_before, dz), sum_outer(h_before, dr), sum_outer(r * h_before, dg)]
    return GRUGradients(
        x=da @ kernel.T,  # (batch, time, features)
        kernel=sum_outer(x, da),  # (features, 3 units)
        recurrent_kernel=np.hstack(blocks),  # (units, 3 units)
        bias=da.sum(axis=(0, 1)),  # (3 units,)
        initial_h=dh_next,  # (batch, units)
    )
