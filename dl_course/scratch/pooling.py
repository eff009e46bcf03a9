"""Pooling: the largest or the mean of each window, forward and backward.

The functions take one image, shape (height, width), or a batch with channels last, shape
(batch, height, width, channels). Windows that would cross the edge are left out.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from dl_course.errors import argument_error
from dl_course.scratch._checks import as_float, check_shape
from dl_course.scratch._windows import Pair, check_fits, pair, taps


class MaxPoolCache(NamedTuple):
    """What `max_pool2d_backward` needs from the forward pass.

    Args:
        x: the input.
        y: the output.
        places: for each place in the window, the index of the pixels that it sees.
    """

    x: np.ndarray
    y: np.ndarray
    places: list[tuple[slice, ...]]


class AveragePoolCache(NamedTuple):
    """What `average_pool2d_backward` needs from the forward pass.

    Args:
        input_shape: shape of the input.
        y: the output.
        places: for each place in the window, the index of the pixels that it sees.
    """

    input_shape: tuple[int, ...]
    y: np.ndarray
    places: list[tuple[slice, ...]]


def max_pool2d(
    x: ArrayLike, pool_size: int | Pair, strides: int | Pair
) -> tuple[np.ndarray, MaxPoolCache]:
    """Keeps the largest number of each window.

    y(i, j) = max_pq x(s i + p, s j + q)

    Args:
        x: shape (height, width) or (batch, height, width, channels). Integers become float64.
        pool_size: height and width of the window.
        strides: s, pixels from one window to the next; may be larger than the window.

    Returns:
        The output, with height and width floor((n - pool) / s) + 1, and the `MaxPoolCache` for
        `max_pool2d_backward`.

    Raises:
        CourseError: the number of axes is wrong, `x` is empty or has a NaN, the window is larger
            than the image, or a window or stride is below 1.

    Example:
        >>> y, cache = max_pool2d([[1, 2, 5, 6], [3, 4, 7, 8]], pool_size=2, strides=2)
        >>> y
        array([[4., 8.]])

    Reference: D0 3.4, 4.4, D1 3.1.2, D2 3.
    """
    x, places = _windows(x, pool_size, strides)
    y = x[places[0]].copy()
    for place in places[1:]:
        np.maximum(y, x[place], out=y)
    return y, MaxPoolCache(x, y, places)


def max_pool2d_backward(upstream: ArrayLike, cache: MaxPoolCache) -> np.ndarray:
    """Computes the gradient of `max_pool2d`: all of it goes to the pixel that won.

    dL/dx(a, b) = sum of g(i, j) over the windows (i, j) whose largest pixel is (a, b). Of
    several equal ones, the first in row order wins, as in Keras.

    Args:
        upstream: g = dL/dy, the shape of the output.
        cache: of the forward pass.

    Returns:
        dL/dx, the shape of the input.

    Raises:
        CourseError: the shape of `upstream` is not that of the output, or there is a NaN.

    Example:
        >>> y, cache = max_pool2d([[1, 2, 5, 6], [3, 4, 7, 8]], pool_size=2, strides=2)
        >>> max_pool2d_backward([[10, 20]], cache)
        array([[ 0.,  0.,  0.,  0.],
               [ 0., 10.,  0., 20.]])

    Reference: D0 3.2, 3.4.
    """
    g = _upstream(upstream, cache.y)
    gradient = np.zeros_like(cache.x)
    open_windows = np.ones(cache.y.shape, bool)
    for place in cache.places:
        won = (cache.x[place] == cache.y) & open_windows
        gradient[place] += won * g
        open_windows &= ~won
    return gradient


def average_pool2d(
    x: ArrayLike, pool_size: int | Pair, strides: int | Pair
) -> tuple[np.ndarray, AveragePoolCache]:
    """Takes the mean of each window.

    y(i, j) = 1 / (P Q) sum_pq x(s i + p, s j + q), for a window of P by Q

    Args:
        x: shape (height, width) or (batch, height, width, channels). Integers become float64.
        pool_size: (P, Q), height and width of the window.
        strides: s, pixels from one window to the next; may be larger than the window.

    Returns:
        The output, with height and width floor((n - pool) / s) + 1, and the `AveragePoolCache`
        for `average_pool2d_backward`.

    Raises:
        CourseError: the number of axes is wrong, `x` is empty or has a NaN, the window is larger
            than the image, or a window or stride is below 1.

    Example:
        >>> y, cache = average_pool2d([[1, 2, 5, 6], [3, 4, 7, 8]], pool_size=2, strides=2)
        >>> y
        array([[2.5, 6.5]])

    Reference: D0 3.4, D1 3.1.2.
    """
    x, places = _windows(x, pool_size, strides)
    y = np.zeros_like(x[places[0]])
    for place in places:
        y += x[place]
    y /= len(places)
    return y, AveragePoolCache(x.shape, y, places)


def average_pool2d_backward(upstream: ArrayLike, cache: AveragePoolCache) -> np.ndarray:
    """Computes the gradient of `average_pool2d`: every pixel of a window gets the same share.

    dL/dx(a, b) = 1 / (P Q) sum of g(i, j) over the windows (i, j) that contain (a, b)

    Args:
        upstream: g = dL/dy, the shape of the output.
        cache: of the forward pass.

    Returns:
        dL/dx, the shape of the input.

    Raises:
        CourseError: the shape of `upstream` is not that of the output, or there is a NaN.

    Example:
        >>> y, cache = average_pool2d([[1, 2, 5, 6], [3, 4, 7, 8]], pool_size=2, strides=2)
        >>> average_pool2d_backward([[4, 8]], cache)
        array([[1., 1., 2., 2.],
               [1., 1., 2., 2.]])

    Reference: D0 3.2, 3.4.
    """
    share = _upstream(upstream, cache.y) / len(cache.places)
    gradient = np.zeros(cache.input_shape, cache.y.dtype)
    for place in cache.places:
        gradient[place] += share
    return gradient


def _windows(
    x: ArrayLike, pool_size: int | Pair, strides: int | Pair
) -> tuple[np.ndarray, list[tuple[slice, ...]]]:
    """Returns the input as floats, and the index of the pixels that each place sees."""
    x = as_float("x", x)
    if x.ndim not in (2, 4):
        expected = "of shape (height, width) or (batch, height, width, channels)"
        raise argument_error("x", expected, x.shape)
    batch = () if x.ndim == 2 else (slice(None),)
    size = x.shape[len(batch) : len(batch) + 2]
    pool_size, strides = pair("pool_size", pool_size), pair("strides", strides)
    check_fits("pool_size", pool_size, size)
    return x, [(*batch, *tap) for tap in taps(size, pool_size, strides)]


def _upstream(upstream: ArrayLike, y: np.ndarray) -> np.ndarray:
    """Returns the upstream gradient in the dtype of the output."""
    upstream = as_float("upstream", upstream, ndim=y.ndim)
    check_shape("upstream", upstream, y.shape)
    return upstream.astype(y.dtype, copy=False)
