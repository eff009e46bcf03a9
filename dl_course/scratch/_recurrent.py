"""What the recurrent layers share: checks of arguments, sums over batch and time."""

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from dl_course.scratch._checks import as_float, check_shape


def check_weights(
    kernel: ArrayLike,
    recurrent_kernel: ArrayLike,
    bias: ArrayLike,
    gates: int,
    bias_rows: int | None = None,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    """Returns the weights of a recurrent layer as floats and its number of units.

    Args:
        kernel: shape (features, gates * units).
        recurrent_kernel: shape (units, gates * units).
        bias: shape (gates * units,), or (bias_rows, gates * units).
        gates: number of blocks in the columns: one for each gate, and one for the candidate.
        bias_rows: 2 where the input and the state have a bias each.

    Raises:
        CourseError: the shapes do not fit each other.
    """
    kernel = as_float("kernel", kernel, ndim=2)
    recurrent_kernel = as_float("recurrent_kernel", recurrent_kernel, ndim=2)
    bias = as_float("bias", bias, ndim=1 if bias_rows is None else 2)
    units = len(recurrent_kernel)
    check_shape("recurrent_kernel", recurrent_kernel, (units, gates * units))
    check_shape("kernel", kernel, (len(kernel), gates * units))
    check_shape("bias", bias, (gates * units,) if bias_rows is None else (bias_rows, gates * units))
    return kernel, recurrent_kernel, bias, units


def check_input(x: ArrayLike, kernel: np.ndarray, ndim: int) -> np.ndarray:
    """Returns the input as floats: (batch, features) of one step or (batch, time, features).

    Raises:
        CourseError: the number of axes or of features is wrong.
    """
    x = as_float("x", x, ndim=ndim)
    check_shape("x", x, (*x.shape[:-1], len(kernel)))
    return x


def check_state(
    name: str, state: ArrayLike | None, batch: int, units: int, dtype: DTypeLike
) -> np.ndarray:
    """Returns the state as floats, shape (batch, units); None stands for zeros.

    Raises:
        CourseError: the shape is wrong.
    """
    if state is None:
        return np.zeros((batch, units), dtype)
    state = as_float(name, state, ndim=2)
    check_shape(name, state, (batch, units))
    return state


def check_upstream(upstream: ArrayLike, h: np.ndarray) -> np.ndarray:
    """Returns the upstream gradient in the dtype of the hidden states.

    Raises:
        CourseError: the shape is not that of the hidden states.
    """
    upstream = as_float("upstream", upstream, ndim=3)
    check_shape("upstream", upstream, h.shape)
    return upstream.astype(h.dtype, copy=False)


def from_input(x: np.ndarray, kernel: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """Returns x_t W + b for all steps at once, since these sums do not depend on the state.

    It is one product of two matrices: NumPy would compute one per sequence for a 3-D array.
    """
    batch, time, features = x.shape
    sums = x.reshape(-1, features) @ kernel + bias  # (batch * time, columns)
    return sums.reshape(batch, time, -1)


def before(initial: np.ndarray, states: np.ndarray) -> np.ndarray:
    """Returns the state before each step, shape (batch, time, units), without the last one."""
    return np.concatenate([initial[:, None], states[:, :-1]], axis=1)


def sum_outer(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Returns sum_bt a_bt^T b_bt: the gradient of a kernel that every step uses."""
    return a.reshape(-1, a.shape[-1]).T @ b.reshape(-1, b.shape[-1])
