"""The LSTM: one step, the layer over time, and backpropagation through time.

Weights are in the layout of `keras.layers.LSTM`: the columns hold the input gate i, the forget
gate f, the candidate g and the output gate o, side by side in this order.
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


class LSTMCache(NamedTuple):
    """What `lstm_backward` needs from the forward pass; also the gates, to look at.

    Args:
        x: inputs, shape (batch, time, features).
        i: input gate, shape (batch, time, units).
        f: forget gate, the same shape.
        g: candidate, the same shape.
        o: output gate, the same shape.
        c: cell states, the same shape.
        h: hidden states, the same shape.
        kernel: shape (features, 4 * units).
        recurrent_kernel: shape (units, 4 * units).
        initial_h: hidden state before the first step, shape (batch, units).
        initial_c: cell state before the first step, shape (batch, units).
    """

    x: np.ndarray
    i: np.ndarray
    f: np.ndarray
    g: np.ndarray
    o: np.ndarray
    c: np.ndarray
    h: np.ndarray
    kernel: np.ndarray
    recurrent_kernel: np.ndarray
    initial_h: np.ndarray
    initial_c: np.ndarray


class LSTMGradients(NamedTuple):
    """The gradient of the loss with respect to each argument of `lstm`, in its shape."""

    x: np.ndarray
    kernel: np.ndarray
    recurrent_kernel: np.ndarray
    bias: np.ndarray
    initial_h: np.ndarray
    initial_c: np.ndarray


def lstm_step(
    x: ArrayLike,
    h: ArrayLike,
    c: ArrayLike,
    kernel: ArrayLike,
    recurrent_kernel: ArrayLike,
    bias: ArrayLike,
) -> tuple[np.ndarray, np.ndarray]:
    """Computes the next hidden state and the next cell state of an LSTM.

    i = sigmoid(x W_xi + h W_hi + b_i), f and o likewise, g = tanh(x W_xg + h W_hg + b_g),
    c_t = f * c_{t-1} + i * g,  h_t = o * tanh(c_t)

    Args:
        x: x_t, shape (batch, features).
        h: h_{t-1}, shape (batch, units).
        c: c_{t-1}, shape (batch, units).
        kernel: [W_xi, W_xf, W_xg, W_xo], shape (features, 4 * units).
        recurrent_kernel: [W_hi, W_hf, W_hg, W_ho], shape (units, 4 * units).
        bias: [b_i, b_f, b_g, b_o], shape (4 * units,).

    Returns:
        h_t and c_t, each of shape (batch, units).

    Raises:
        CourseError: a shape does not fit, or there is a NaN.

    Example:
        >>> weights = np.zeros((1, 4)), np.zeros((1, 4)), np.zeros(4)
        >>> h, c = lstm_step([[1.0]], [[0.0]], [[2.0]], *weights)
        >>> c  # every gate is half open, the candidate is 0
        array([[1.]])

    Reference: D0 3.5; D1 3.3.1, where the candidate g is called u.
    """
    kernel, recurrent_kernel, bias, units = check_weights(kernel, recurrent_kernel, bias, gates=4)
    x = check_input(x, kernel, ndim=2)
    h = check_state("h", h, len(x), units, x.dtype)
    c = check_state("c", c, len(x), units, x.dtype)
    *_, c, h = _step(x @ kernel + bias, h, c, recurrent_kernel)
    return h, c


def lstm(
    x: ArrayLike,
    kernel: ArrayLike,
    recurrent_kernel: ArrayLike,
    bias: ArrayLike,
    initial_h: ArrayLike | None = None,
    initial_c: ArrayLike | None = None,
) -> tuple[np.ndarray, LSTMCache]:
    """Runs an LSTM layer over sequences: `lstm_step` at every time step.

    Args:
        x: sequences, shape (batch, time, features).
        kernel, recurrent_kernel, bias: as in `lstm_step`.
        initial_h: hidden state before the first step, shape (batch, units); None for zeros.
        initial_c: cell state before the first step, of the same shape; None for zeros.

    Returns:
        The hidden states, shape (batch, time, units), and the cache for `lstm_backward`, which
        also holds the gates and the cell states of every step.

    Raises:
        CourseError: a shape does not fit, or there is a NaN.

    Example:
        >>> ones = np.ones((1, 4))
        >>> h, cache = lstm(np.ones((1, 3, 1)), ones, ones, np.zeros(4))
        >>> cache.c.round(3).ravel()  # the cell adds up: it can grow beyond 1
        array([0.557, 1.144, 1.739])

    Reference: D0 3.5; D1 3.3.1.
    """
    kernel, recurrent_kernel, bias, units = check_weights(kernel, recurrent_kernel, bias, gates=4)
    x = check_input(x, kernel, ndim=3)
    initial_h = state = check_state("initial_h", initial_h, len(x), units, x.dtype)
    initial_c = cell = check_state("initial_c", initial_c, len(x), units, x.dtype)
    from_x = from_input(x, kernel, bias)  # (batch, time, 4 units)
    dtype = np.result_type(from_x, state, cell, recurrent_kernel)
    i, f, g, o, c, h = np.empty((6, *x.shape[:2], units), dtype)
    for t in range(x.shape[1]):
        i[:, t], f[:, t], g[:, t], o[:, t], cell, state = _step(
            from_x[:, t], state, cell, recurrent_kernel
        )
        c[:, t], h[:, t] = cell, state
    return h, LSTMCache(x, i, f, g, o, c, h, kernel, recurrent_kernel, initial_h, initial_c)


def _step(from_x: np.ndarray, h: np.ndarray, c: np.ndarray, recurrent_kernel: np.ndarray) -> tuple:
    """Returns i, f, g, o and the next c and h, each (batch, units); `from_x` is x W + b."""
    i, f, g, o = np.split(from_x + h @ recurrent_kernel, 4, axis=1)  # each (batch, units)
    i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
    c = f * c + i * g  # (batch, units)
    h = o * np.tanh(c)  # (batch, units)
    return i, f, g, o, c, h


def lstm_backward(upstream: ArrayLike, cache: LSTMCache) -> LSTMGradients:
    """Backpropagation through time for `lstm`.

    The cell passes its gradient on through the forget gate alone, with no matrix and no tanh in
    the way: dc_{t-1} = f_t * dc_t. This is why an LSTM remembers longer.

    Args:
        upstream: the gradient of the loss with respect to each hidden state, shape
            (batch, time, units). A loss on the last state only has zeros before it.
        cache: from `lstm`.

    Returns:
        The gradient with respect to each argument of `lstm`.

    Raises:
        CourseError: the shape of `upstream` is not that of the hidden states.

    Example:
        >>> weights = np.zeros((1, 4)), np.zeros((1, 4)), [0.0, 2.0, 0.0, 0.0]
        >>> h, cache = lstm(np.ones((1, 3, 1)), *weights)
        >>> lstm_backward([[[0.0], [0.0], [1.0]]], cache).initial_c.round(3)  # 0.881 ** 3 / 2
        array([[0.342]])

    Reference: D0 3.2 and 3.5; Hochreiter and Schmidhuber 1997, "Long short-term memory".
    """
    x, i, f, g, o, c, h, kernel, recurrent_kernel, initial_h, initial_c = cache
    upstream = check_upstream(upstream, h)
    c_before = before(initial_c, c)  # (batch, time, units)
    tanh_c = np.tanh(c)  # (batch, time, units)
    da = np.empty((*h.shape[:2], kernel.shape[1]), h.dtype)  # the gradient at the sums in the gates
    dh_next = dc_next = np.zeros_like(initial_h)
    for t in reversed(range(h.shape[1])):
        dh = upstream[:, t] + dh_next  # (batch, units)
        dc = dc_next + dh * o[:, t] * (1 - tanh_c[:, t] ** 2)  # (batch, units)
        di = dc * g[:, t] * i[:, t] * (1 - i[:, t])  # (batch, units), at the sum inside the sigmoid
        df = dc * c_before[:, t] * f[:, t] * (1 - f[:, t])
        dg = dc * i[:, t] * (1 - g[:, t] ** 2)
        do = dh * tanh_c[:, t] * o[:, t] * (1 - o[:, t])
        da[:, t] = np.concatenate([di, df, dg, do], axis=1)  # (batch, 4 units)
        dh_next = da[:, t] @ recurrent_kernel.T  # (batch, units)
        dc_next = dc * f[:, t]  # (batch, units)
    return LSTMGradients(
        x=da @ kernel.T,  # (batch, time, features)
        kernel=sum_outer(x, da),  # (features, 4 units)
        recurrent_kernel=sum_outer(before(initial_h, h), da),  # (units, 4 units)
        bias=da.sum(axis=(0, 1)),  # (4 units,)
        initial_h=dh_next,  # (batch, units)
        initial_c=dc_next,  # (batch, units)
    )
