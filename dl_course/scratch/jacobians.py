"""Why gradients vanish: the Jacobian of each time step, and the product of many of them.

The gradient at an early state is the gradient at the last one times dh_T/dh_t, a product with one
Jacobian for each step between. Its norm is the number that vanishes or explodes.
"""

import numpy as np
from numpy.typing import ArrayLike

from dl_course.scratch._checks import as_float, check_shape
from dl_course.scratch._recurrent import before
from dl_course.scratch.keras_gru import KerasGRUCache
from dl_course.scratch.lstm import LSTMCache
from dl_course.scratch.rnn import RNNCache


def rnn_jacobians(cache: RNNCache) -> np.ndarray:
    """Computes the Jacobian of every step of a simple recurrent layer.

    dh_t/dh_{t-1} = diag(1 - h_t^2) W_hh^T, with W_hh in Keras's layout

    Args:
        cache: from `rnn`.

    Returns:
        Shape (batch, time, units, units); entry [..., a, b] is dh_t[a] / dh_{t-1}[b].

    Example:
        >>> from dl_course.scratch import rnn
        >>> h, cache = rnn(np.zeros((1, 1, 1)), [[1.0, 1.0]], [[1.0, 2.0], [3.0, 4.0]], [0.0, 0.0])
        >>> rnn_jacobians(cache)[0, 0]  # where h is 0, the slope of tanh is 1
        array([[1., 3.],
               [2., 4.]])

    Reference: D1 3.2.3, corrected; Pascanu et al. 2013, https://arxiv.org/abs/1211.5063.
    """
    return _diag(1 - cache.h**2, cache.recurrent_kernel)  # (batch, time, units, units)


def lstm_jacobians(cache: LSTMCache) -> np.ndarray:
    """Computes the Jacobian of every step of an LSTM layer, with respect to both its states.

    dc_t/dc_{t-1} = diag(f_t): the block without a matrix. The other three are
    dh_t/dh_{t-1}, dh_t/dc_{t-1} and dc_t/dh_{t-1}.

    Args:
        cache: from `lstm`.

    Returns:
        Shape (batch, time, 2 * units, 2 * units), for the state (h, c) in this order.

    Example:
        >>> from dl_course.scratch import lstm
        >>> h, cache = lstm(np.ones((1, 1, 1)), np.zeros((1, 4)), np.zeros((1, 4)), np.zeros(4))
        >>> lstm_jacobians(cache)[0, 0]  # f is a half, and so is o
        array([[0.  , 0.25],
               [0.  , 0.5 ]])

    Reference: D1 3.2.3 and 3.3.1.
    """
    i, f, g, o, c = cache.i, cache.f, cache.g, cache.o, cache.c
    w_i, w_f, w_g, w_o = np.split(cache.recurrent_kernel, 4, axis=1)
    tanh_c = np.tanh(c)  # (batch, time, units)
    c_before = before(cache.initial_c, c)  # (batch, time, units)
    c_by_h = (
        _diag(g * i * (1 - i), w_i)
        + _diag(c_before * f * (1 - f), w_f)
        + _diag(i * (1 - g**2), w_g)
    )  # (batch, time, units, units), like the other three
    c_by_c = _diag(f)
    seen = (o * (1 - tanh_c**2))[..., None]  # (batch, time, units, 1): dh_t / dc_t
    h_by_h = _diag(tanh_c * o * (1 - o), w_o) + seen * c_by_h
    h_by_c = seen * c_by_c
    return np.block([[h_by_h, h_by_c], [c_by_h, c_by_c]])  # (batch, time, 2 units, 2 units)


def keras_gru_jacobians(cache: KerasGRUCache) -> np.ndarray:
    """Computes the Jacobian of every step of Keras's GRU layer.

    dh_t/dh_{t-1} = diag(z_t) + terms through z, r and the candidate g

    Args:
        cache: from `keras_gru`.

    Returns:
        Shape (batch, time, units, units).

    Example:
        >>> from dl_course.scratch import keras_gru
        >>> zeros = np.zeros((1, 3))
        >>> h, cache = keras_gru(np.ones((1, 1, 1)), zeros, zeros, np.zeros((2, 3)))
        >>> keras_gru_jacobians(cache)[0, 0]  # z is a half
        array([[0.5]])

    Reference: D1 3.2.3 and 3.3.2.
    """
    z, r, g, h_g = cache.z, cache.r, cache.g, cache.h_g
    w_z, w_r, w_g = np.split(cache.recurrent_kernel, 3, axis=1)
    h_before = before(cache.initial_h, cache.h)  # (batch, time, units)
    inside_g = _diag(r, w_g) + _diag(h_g * r * (1 - r), w_r)  # (batch, time, units, units)
    return (
        _diag(z)
        + _diag((h_before - g) * z * (1 - z), w_z)
        + ((1 - z) * (1 - g**2))[..., None] * inside_g
    )  # (batch, time, units, units)


def jacobian_products(jacobians: ArrayLike) -> np.ndarray:
    """Multiplies the Jacobians of the steps, from the last one back to each earlier one.

    ds_T/ds_{T-k} = J_T J_{T-1} ... J_{T-k+1}, for the state s of the cell and k = 0, ..., T

    Args:
        jacobians: from one of the functions above, shape (batch, time, n, n).

    Returns:
        Shape (batch, time + 1, n, n), by distance k; at k = 0 it is the identity.

    Raises:
        CourseError: the matrices are not square.

    Example:
        >>> jacobian_products([[[[0.5]], [[0.1]]]]).ravel()  # the later step comes first
        array([1.  , 0.1 , 0.05])

    Reference: D1 3.2.3, corrected.
    """
    jacobians = as_float("jacobians", jacobians, ndim=4)
    batch, time, n, _ = jacobians.shape
    check_shape("jacobians", jacobians, (batch, time, n, n))
    products = np.empty((batch, time + 1, n, n), jacobians.dtype)
    products[:, 0] = np.eye(n)
    for k in range(time):
        products[:, k + 1] = products[:, k] @ jacobians[:, time - 1 - k]  # (batch, n, n)
    return products


def gradient_norms(jacobians: ArrayLike) -> np.ndarray:
    """Measures how much of a gradient can arrive k steps back.

    ||ds_T/ds_{T-k}||_2, the largest factor by which the product stretches any gradient

    Args:
        jacobians: from one of the functions above, shape (batch, time, n, n).

    Returns:
        Shape (batch, time + 1), by distance k; 1 at k = 0.

    Raises:
        CourseError: the matrices are not square.

    Example:
        >>> gradient_norms(np.full((1, 3, 1, 1), 0.5))
        array([[1.   , 0.5  , 0.25 , 0.125]])

    Reference: D1 3.2.3; Pascanu et al. 2013, https://arxiv.org/abs/1211.5063.
    """
    return np.linalg.norm(jacobian_products(jacobians), ord=2, axis=(-2, -1))


def decay_per_step(norms: ArrayLike) -> np.ndarray:
    """Computes the factor by which the gradient shrinks or grows in one step, on average.

    (norm_T / norm_0)^(1/T): below 1 the gradient vanishes, above 1 it explodes

    Args:
        norms: from `gradient_norms`, shape (batch, time + 1).

    Returns:
        Shape (batch,).

    Raises:
        CourseError: there is no step, only distance 0.

    Example:
        >>> decay_per_step([[1.0, 0.5, 0.25, 0.125]])
        array([0.5])

    Reference: D1 3.2.3.
    """
    norms = as_float("norms", norms, ndim=2)
    steps = norms.shape[1] - 1
    if steps == 0:
        check_shape("norms", norms, (len(norms), 2))
    return (norms[:, -1] / norms[:, 0]) ** (1 / steps)


def _diag(values: np.ndarray, kernel: np.ndarray | None = None) -> np.ndarray:
    """Returns diag(values) kernel^T, or diag(values) alone, for each batch entry and step."""
    if kernel is None:
        return values[..., None] * np.eye(values.shape[-1], dtype=values.dtype)
    return values[..., None] * kernel.T
