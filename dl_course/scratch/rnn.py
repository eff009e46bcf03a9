"""The simple recurrent network: one step, the layer over time, and backpropagation through time.

Weights are in the layout of `keras.layers.SimpleRNN`: `layer.set_weights([kernel,
recurrent_kernel, bias])`.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from dl_course.scratch._checks import as_float, check_shape
from dl_course.scratch._recurrent import (
    before,
    check_input,
    check_state,
    check_upstream,
    check_weights,
    from_input,
    sum_outer,
)


class RNNCache(NamedTuple):
    """What `rnn_backward` needs from the forward pass.

    Args:
        x: inputs, shape (batch, time, features).
        h: hidden states, shape (batch, time, units).
        kernel: W_xh, shape (features, units).
        recurrent_kernel: W_hh, shape (units, units).
        initial_h: the state before the first step, shape (batch, units).
    """

    x: np.ndarray
    h: np.ndarray
    kernel: np.ndarray
    recurrent_kernel: np.ndarray
    initial_h: np.ndarray


class RNNGradients(NamedTuple):
    """The gradient of the loss with respect to each argument of `rnn`, in its shape."""

    x: np.ndarray
    kernel: np.ndarray
    recurrent_kernel: np.ndarray
    bias: np.ndarray
    initial_h: np.ndarray


def rnn_step(
    x: ArrayLike, h: ArrayLike, kernel: ArrayLike, recurrent_kernel: ArrayLike, bias: ArrayLike
) -> np.ndarray:
    """Computes the next hidden state of a simple recurrent network.

    h_t = tanh(x_t W_xh + h_{t-1} W_hh + b_h)

    Args:
        x: x_t, shape (batch, features).
        h: h_{t-1}, shape (batch, units).
        kernel: W_xh, shape (features, units).
        recurrent_kernel: W_hh, shape (units, units).
        bias: b_h, shape (units,).

    Returns:
        h_t, shape (batch, units).

    Raises:
        CourseError: a shape does not fit, or there is a NaN.

    Example:
        >>> rnn_step([[1.0]], [[0.5]], [[1.0]], [[-2.0]], [0.0])  # tanh(1 - 2 * 0.5)
        array([[0.]])

    Reference: D1 3.2.1, with the weights transposed, as Keras keeps them.
    """
    kernel, recurrent_kernel, bias, units = check_weights(kernel, recurrent_kernel, bias, gates=1)
    x = check_input(x, kernel, ndim=2)
    h = check_state("h", h, len(x), units, x.dtype)
    return _step(x @ kernel + bias, h, recurrent_kernel)


def rnn(
    x: ArrayLike,
    kernel: ArrayLike,
    recurrent_kernel: ArrayLike,
    bias: ArrayLike,
    initial_h: ArrayLike | None = None,
) -> tuple[np.ndarray, RNNCache]:
    """Runs a simple recurrent layer over sequences: `rnn_step` at every time step.

    Args:
        x: sequences, shape (batch, time, features).
        kernel, recurrent_kernel, bias: as in `rnn_step`.
        initial_h: the state before the first step, shape (batch, units); None for zeros.

    Returns:
        The hidden states, shape (batch, time, units), and the cache for `rnn_backward`. The last
        state, which Keras returns by default, is `h[:, -1]`.

    Raises:
        CourseError: a shape does not fit, or there is a NaN.

    Example:
        >>> h, cache = rnn([[[1.0], [1.0]]], [[1.0]], [[-1.0]], [0.0])
        >>> h.round(4)  # tanh(1), then tanh(1 - tanh(1))
        array([[[0.7616],
                [0.234 ]]])

    Reference: D1 3.2.1.
    """
    kernel, recurrent_kernel, bias, units = check_weights(kernel, recurrent_kernel, bias, gates=1)
    x = check_input(x, kernel, ndim=3)
    initial_h = state = check_state("initial_h", initial_h, len(x), units, x.dtype)
    from_x = from_input(x, kernel, bias)  # (batch, time, units)
    h = np.empty(from_x.shape, np.result_type(from_x, state, recurrent_kernel))
    for t in range(x.shape[1]):
        h[:, t] = state = _step(from_x[:, t], state, recurrent_kernel)  # (batch, units)
    return h, RNNCache(x, h, kernel, recurrent_kernel, initial_h)


def _step(from_x: np.ndarray, h: np.ndarray, recurrent_kernel: np.ndarray) -> np.ndarray:
    """Returns the next state; `from_x` is x W + b."""
    return np.tanh(from_x + h @ recurrent_kernel)  # (batch, units)


def rnn_backward(upstream: ArrayLike, cache: RNNCache) -> RNNGradients:
    """Backpropagation through time for `rnn`.

    With dh_t the whole gradient at h_t, and da_t the one at the sum inside the tanh:
    da_t = dh_t * (1 - h_t^2) and dh_{t-1} = upstream_{t-1} + da_t W_hh^T.

    Args:
        upstream: the gradient of the loss with respect to each hidden state, shape
            (batch, time, units). A loss on the last state only has zeros before it.
        cache: from `rnn`.

    Returns:
        The gradient with respect to each argument of `rnn`.

    Raises:
        CourseError: the shape of `upstream` is not that of the hidden states.

    Example:
        >>> h, cache = rnn(np.ones((1, 2, 1)), [[1.0]], [[-1.0]], [0.0])
        >>> rnn_backward([[[0.0], [1.0]]], cache).x.round(4).ravel()  # through W_hh once, then not
        array([-0.397 ,  0.9452])

    Reference: D0 3.2 and D1 3.2, unrolled; Werbos 1990, "Backpropagation through time".
    """
    x, h, kernel, recurrent_kernel, initial_h = cache
    upstream = check_upstream(upstream, h)
    da = np.empty_like(h)
    dh_next = np.zeros_like(h[:, 0])
    for t in reversed(range(h.shape[1])):
        dh = upstream[:, t] + dh_next  # (batch, units)
        da[:, t] = dh * (1 - h[:, t] ** 2)  # (batch, units)
        dh_next = da[:, t] @ recurrent_kernel.T  # (batch, units)
    return RNNGradients(
        x=da @ kernel.T,  # (batch, time, features)
        kernel=sum_outer(x, da),  # (features, units)
        recurrent_kernel=sum_outer(before(initial_h, h), da),  # (units, units)
        bias=da.sum(axis=(0, 1)),  # (units,)
        initial_h=dh_next,  # (batch, units)
    )


def rnn_output(h: ArrayLike, kernel: ArrayLike, bias: ArrayLike) -> np.ndarray:
    """Computes the output of a recurrent network at every step: a dense layer on its state.

    y_t = h_t W_hy + b_y

    Args:
        h: hidden states, shape (batch, time, units).
        kernel: W_hy, shape (units, outputs).
        bias: b_y, shape (outputs,).

    Returns:
        y, shape (batch, time, outputs).

    Raises:
        CourseError: a shape does not fit, or there is a NaN.

    Example:
        >>> rnn_output([[[1.0, 2.0]]], [[3.0], [4.0]], [0.5])
        array([[[11.5]]])

    Reference: D1 3.2.2.
    """
    h, kernel = as_float("h", h, ndim=3), as_float("kernel", kernel, ndim=2)
    bias = as_float("bias", bias, ndim=1)
    check_shape("h", h, (*h.shape[:-1], len(kernel)))
    check_shape("bias", bias, kernel.shape[1:])
    return h @ kernel + bias  # (batch, time, outputs)
