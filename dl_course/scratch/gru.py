"""The GRU: one step, the layer over time, and backpropagation through time.

Weights are in the layout of `keras.layers.GRU`: the columns hold the update gate z, the reset
gate r and the candidate g, side by side in this order.

The documents and Keras differ in two things, and each has its argument:

- `reset_after`: the reset gate acts on the state before the matrix product (documents, False) or
  on the product (Keras's default, True; the bias then has two rows, one for each product).
- `z_keeps`: z is the share of the old state that is kept (Keras, True), or the share of the
  candidate that is let in (documents, False).
"""

from typing import NamedTuple

import numpy as np

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
    """What `gru_backward` needs of the forward pass; also the gates, to look at.

    Args:
        x: inputs, shape (batch, time, features).
        z: update gate, shape (batch, time, units).
        r: reset gate, the same shape.
        g: candidate, the same shape.
        product: with `reset_after`, the product that r scales, h_{t-1} W_hg + its bias;
            otherwise the scaled state r * h_{t-1}; the same shape.
        h: hidden states, the same shape.
        kernel: shape (features, 3 * units).
        recurrent_kernel: shape (units, 3 * units).
        initial_h: the state before the first step, shape (batch, units).
        reset_after: as given to `gru`.
        z_keeps: as given to `gru`.
    """

    x: np.ndarray
    z: np.ndarray
    r: np.ndarray
    g: np.ndarray
    product: np.ndarray
    h: np.ndarray
    kernel: np.ndarray
    recurrent_kernel: np.ndarray
    initial_h: np.ndarray
    reset_after: bool
    z_keeps: bool


class GRUGradients(NamedTuple):
    """The gradient of the loss with respect to each argument of `gru`, in its shape."""

    x: np.ndarray
    kernel: np.ndarray
    recurrent_kernel: np.ndarray
    bias: np.ndarray
    initial_h: np.ndarray


def gru_step(
    x, h, kernel, recurrent_kernel, bias, *, reset_after: bool = True, z_keeps: bool = True
) -> np.ndarray:
    """Computes the next hidden state of a GRU.

    z = sigmoid(x W_xz + h W_hz + b_z),  r = sigmoid(x W_xr + h W_hr + b_r)
    g = tanh(x W_xg + (r * h) W_hg + b_g),  h_t = (1 - z) * h_{t-1} + z * g

    With `reset_after`, r acts behind the product: g = tanh(x W_xg + b_g + r * (h W_hg + b'_g)).
    With `z_keeps`, z and 1 - z change places: h_t = z * h_{t-1} + (1 - z) * g.

    Args:
        x: x_t, shape (batch, features).
        h: h_{t-1}, shape (batch, units).
        kernel: [W_xz, W_xr, W_xg], shape (features, 3 * units).
        recurrent_kernel: [W_hz, W_hr, W_hg], shape (units, 3 * units).
        bias: [b_z, b_r, b_g], shape (3 * units,); with `reset_after` (2, 3 * units), the second
            row for the products with h.
        reset_after: True as in Keras, False as in the documents.
        z_keeps: True as in Keras, False as in the documents.

    Returns:
        h_t, shape (batch, units).

    Raises:
        CourseError: a shape does not fit, or there is a NaN.

    Example:
        >>> weights = np.zeros((1, 3)), np.zeros((1, 3)), [-2.0, 0.0, 0.0]
        >>> gru_step([[1.0]], [[1.0]], *weights, reset_after=False, z_keeps=False).round(3)
        array([[0.881]])
        >>> gru_step([[1.0]], [[1.0]], *weights, reset_after=False, z_keeps=True).round(3)
        array([[0.119]])

    Reference: D0 3.6 and D1 3.3.2, where g is written h~; Cho et al. 2014,
    https://arxiv.org/abs/1406.1078.
    """
    kernel, recurrent_kernel, bias, units = check_weights(
        kernel, recurrent_kernel, bias, gates=3, bias_rows=2 if reset_after else None
    )
    x = check_input(x, kernel, ndim=2)
    h = check_state("h", h, len(x), units, x.dtype)
    x_bias, h_bias = bias if reset_after else (bias, None)
    from_x = x @ kernel + x_bias  # (batch, 3 units)
    return _step(from_x, h, recurrent_kernel, h_bias, z_keeps)[-1]


def gru(
    x,
    kernel,
    recurrent_kernel,
    bias,
    initial_h=None,
    *,
    reset_after: bool = True,
    z_keeps: bool = True,
) -> tuple[np.ndarray, GRUCache]:
    """Runs a GRU layer over sequences: `gru_step`, once for each time step.

    Args:
        x: sequences, shape (batch, time, features).
        kernel: [W_xz, W_xr, W_xg], shape (features, 3 * units).
        recurrent_kernel: [W_hz, W_hr, W_hg], shape (units, 3 * units).
        bias: shape (2, 3 * units) with `reset_after`, otherwise (3 * units,).
        initial_h: the state before the first step, shape (batch, units); None for zeros.
        reset_after: True as in Keras, False as in the documents.
        z_keeps: True as in Keras, False as in the documents.

    Returns:
        The hidden states, shape (batch, time, units), and the cache for `gru_backward`, which
        holds the gates of every step too.

    Raises:
        CourseError: a shape does not fit, or there is a NaN.

    Example:
        >>> h, cache = gru(np.ones((1, 2, 1)), np.ones((1, 3)), np.ones((1, 3)), np.zeros((2, 3)))
        >>> h.round(3).ravel(), cache.z.round(3).ravel()
        (array([0.205, 0.347]), array([0.731, 0.769]))

    Reference: D0 3.6; D1 3.3.2.
    """
    kernel, recurrent_kernel, bias, units = check_weights(
        kernel, recurrent_kernel, bias, gates=3, bias_rows=2 if reset_after else None
    )
    x = check_input(x, kernel, ndim=3)
    h = initial_h = check_state("initial_h", initial_h, len(x), units, x.dtype)
    x_bias, h_bias = bias if reset_after else (bias, None)
    from_x = from_input(x, kernel, x_bias)  # (batch, time, 3 units)
    dtype = np.result_type(from_x, h, recurrent_kernel)
    z, r, g, product, states = np.empty((5, *x.shape[:2], units), dtype)
    for t in range(x.shape[1]):
        z[:, t], r[:, t], g[:, t], product[:, t], h = _step(
            from_x[:, t], h, recurrent_kernel, h_bias, z_keeps
        )
        states[:, t] = h
    weights = (kernel, recurrent_kernel)
    return states, GRUCache(x, z, r, g, product, states, *weights, initial_h, reset_after, z_keeps)


def gru_backward(upstream, cache: GRUCache) -> GRUGradients:
    """Backpropagation through time for `gru`.

    The kept share of the state hands its gradient on with no matrix and no tanh in the way:
    dh_{t-1} holds z_t * dh_t (Keras's z), as the cell of an LSTM holds f_t * dc_t.

    Args:
        upstream: the gradient of the loss with respect to each hidden state, shape
            (batch, time, units). A loss on the last state only has zeros before it.
        cache: from `gru`.

    Returns:
        The gradient with respect to each argument of `gru`.

    Raises:
        CourseError: `upstream` has not the shape of the hidden states.

    Example:
        >>> h, cache = gru(np.ones((1, 2, 1)), np.ones((1, 3)), np.ones((1, 3)), np.zeros((2, 3)))
        >>> gru_backward(np.ones((1, 2, 1)), cache).bias.shape
        (2, 3)

    Reference: D0 3.2 and 3.6.
    """
    upstream = check_upstream(upstream, cache.h)
    h_before = before(cache.initial_h, cache.h)  # (batch, time, units)
    da = np.empty((*cache.h.shape[:2], cache.kernel.shape[1]), cache.h.dtype)
    dh_next = np.zeros_like(cache.initial_h)
    for t in reversed(range(cache.h.shape[1])):
        dh = upstream[:, t] + dh_next  # (batch, units)
        da[:, t], dh_next = _step_backward(dh, t, h_before[:, t], cache)
    dzr, dg = np.split(da, [2 * cache.h.shape[2]], axis=2)  # (batch, time, 2 units and units)
    bias = da.sum(axis=(0, 1))  # (3 units,)
    if cache.reset_after:
        dproduct = dg * cache.r  # (batch, time, units): r stands between the product and the sum
        of_candidate = sum_outer(h_before, dproduct)  # (units, units)
        of_state = np.concatenate([dzr, dproduct], axis=2).sum(axis=(0, 1))  # (3 units,)
        bias = np.stack([bias, of_state])  # (2, 3 units)
    else:
        of_candidate = sum_outer(cache.product, dg)  # (units, units)
    return GRUGradients(
        x=da @ cache.kernel.T,  # (batch, time, features)
        kernel=sum_outer(cache.x, da),  # (features, 3 units)
        recurrent_kernel=np.hstack([sum_outer(h_before, dzr), of_candidate]),  # (units, 3 units)
        bias=bias,
        initial_h=dh_next,  # (batch, units)
    )


def _step(from_x, h, recurrent_kernel, h_bias, z_keeps):
    """Returns z, r, g, the product that r has a part in, and the next state of one step.

    `h_bias` is the second row of the bias with `reset_after`, and None without.
    """
    two = 2 * h.shape[1]
    x_zr, x_g = from_x[:, :two], from_x[:, two:]  # (batch, 2 units), (batch, units)
    if h_bias is not None:
        from_h = h @ recurrent_kernel + h_bias  # (batch, 3 units)
        z, r = np.split(sigmoid(x_zr + from_h[:, :two]), 2, axis=1)  # each (batch, units)
        product = from_h[:, two:]  # (batch, units)
        g = np.tanh(x_g + r * product)  # (batch, units)
    else:
        z, r = np.split(sigmoid(x_zr + h @ recurrent_kernel[:, :two]), 2, axis=1)
        product = r * h  # (batch, units)
        g = np.tanh(x_g + product @ recurrent_kernel[:, two:])  # (batch, units)
    kept = z if z_keeps else 1 - z  # (batch, units)
    return z, r, g, product, kept * h + (1 - kept) * g


def _step_backward(dh, t, h_before, cache):
    """Returns the gradient at the sums in z, r, g of step t, and at the state before it."""
    z, r, g, product = cache.z[:, t], cache.r[:, t], cache.g[:, t], cache.product[:, t]
    w_zr, w_g = np.split(cache.recurrent_kernel, [2 * h_before.shape[1]], axis=1)
    kept = z if cache.z_keeps else 1 - z  # (batch, units)
    dkept = dh * (h_before - g)  # (batch, units)
    dz = (dkept if cache.z_keeps else -dkept) * z * (1 - z)  # (batch, units), behind the sigmoid
    dg = dh * (1 - kept) * (1 - g**2)  # (batch, units), behind the tanh
    if cache.reset_after:
        dr = dg * product * r * (1 - r)  # (batch, units)
        through_g = (dg * r) @ w_g.T  # (batch, units)
    else:
        dscaled = dg @ w_g.T  # (batch, units), gradient at r * h
        dr = dscaled * h_before * r * (1 - r)  # (batch, units)
        through_g = dscaled * r  # (batch, units)
    through_gates = np.concatenate([dz, dr], axis=1) @ w_zr.T  # (batch, units)
    return np.concatenate([dz, dr, dg], axis=1), dh * kept + through_g + through_gates
