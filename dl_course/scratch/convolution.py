"""Convolution: of one image, and the layer over a batch, forward and backward.

What deep learning calls convolution is cross-correlation: the kernel slides over the image as
it is. The convolution of mathematics turns the kernel by 180 degrees first. Both are here under
their own names. `conv2d` and `keras.layers.Conv2D` are cross-correlations.
"""

from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike

from dl_course.errors import argument_error, check_positive_integer
from dl_course.scratch._checks import as_float, check_shape
from dl_course.scratch._windows import Pair, check_fits, pair, taps

# This many numbers at a time fit in the processor's cache: four times as fast as all at once.
_STRIP = 40_000


def output_size(
    size: int, window: int, stride: int = 1, padding: str = "valid", dilation: int = 1
) -> int:
    """Returns how many positions a sliding window has along one axis.

    "valid": floor((n - ((k - 1) d + 1)) / s) + 1 for size n, window k, dilation d, stride s.
    "same": ceil(n / s).

    Args:
        size: pixels along the axis.
        window: places of the kernel or of the pooling window along the axis.
        stride: pixels from one position to the next.
        padding: "valid" (the window stays inside) or "same" (zeros are added around).
        dilation: pixels from one place in the window to the next.

    Returns:
        The number of positions.

    Raises:
        CourseError: a number is not a positive integer, the window is larger than the image, or
            the padding is unknown.

    Example:
        >>> output_size(28, window=3), output_size(28, window=2, stride=2)
        (26, 14)
        >>> output_size(28, window=3, stride=2, padding="same")
        14

    Reference: D0 3.4, D1 3.1.2.
    """
    numbers = {"size": size, "window": window, "stride": stride, "dilation": dilation}
    for name, value in numbers.items():
        check_positive_integer(name, value)
    _check_padding(padding)
    if padding == "same":
        return -(-size // stride)
    extent = (window - 1) * dilation + 1
    check_fits("window", (extent, extent), (size, size))
    return (size - extent) // stride + 1


def cross_correlate2d(image: ArrayLike, kernel: ArrayLike) -> np.ndarray:
    """Slides a kernel over an image and sums the products: cross-correlation.

    y(i, j) = sum_pq x(i + p, j + q) k(p, q)

    The inner sum, over p, is a matrix product: z_q(i, j) = sum_p k(p, q) x(i + p, j). The
    outer one adds shifted results: y(i, j) = sum_q z_q(i, j + q).

    Args:
        image: shape (height, width). Integers, such as uint8, are computed in float64.
        kernel: shape (kernel height, kernel width), no larger than the image.

    Returns:
        Shape (height - kernel height + 1, width - kernel width + 1).

    Raises:
        CourseError: an array without two axes, empty or with a NaN, or a kernel larger than the
            image.

    Example:
        >>> cross_correlate2d([[1, 2, 3], [4, 5, 6]], [[1, -1]])
        array([[-1., -1.],
               [-1., -1.]])

    Reference: D0 4.3, D1 3.1.1, D2 3.
    """
    image = as_float("image", image, ndim=2)
    kernel = as_float("kernel", kernel, ndim=2)
    check_fits("kernel", kernel.shape, image.shape)
    p, q = kernel.shape
    height, width = output_size(len(image), p), output_size(image.shape[1], q)
    y = np.empty((height, width), np.result_type(image, kernel))
    step = max(1, _STRIP // (p * image.shape[1]))
    for top in range(0, height, step):
        strip = image[top : top + step + p - 1]
        rows = len(strip) - p + 1
        shifted = sliding_window_view(strip, (rows, image.shape[1]))[:, 0]  # (p, rows, width of x)
        z = np.tensordot(kernel.T, shifted, axes=1)  # (q, rows, width of x)
        y[top : top + rows] = sum(z[j, :, j : j + width] for j in range(q))
    return y


def convolve2d(image: ArrayLike, kernel: ArrayLike) -> np.ndarray:
    """Slides a kernel, turned by 180 degrees, over an image and sums: true convolution.

    y(i, j) = sum_kl x(i - k + 1, j - l + 1) k(k, l), with indices from 1, where the whole kernel
    lies on the image.

    Args:
        image: shape (height, width). Integers, such as uint8, are computed in float64.
        kernel: shape (kernel height, kernel width), no larger than the image.

    Returns:
        Shape (height - kernel height + 1, width - kernel width + 1).

    Raises:
        CourseError: an array without two axes, empty or with a NaN, or a kernel larger than the
            image.

    Example:
        >>> convolve2d([[1, 2, 3], [4, 5, 6]], [[1, -1]])
        array([[1., 1.],
               [1., 1.]])

    Reference: D0 3.3.
    """
    return cross_correlate2d(image, as_float("kernel", kernel, ndim=2)[::-1, ::-1])


class CrossCorrelationGradients(NamedTuple):
    """The gradient of the loss with respect to each argument of `cross_correlate2d`."""

    image: np.ndarray
    kernel: np.ndarray


def cross_correlate2d_backward(
    upstream: ArrayLike, image: ArrayLike, kernel: ArrayLike
) -> CrossCorrelationGradients:
    """Computes the gradients of `cross_correlate2d`: a true convolution and a cross-correlation.

    dL/dk(p, q) = sum_ij g(i, j) x(i + p, j + q), the image cross-correlated with g
    dL/dx(i, j) = sum_pq g(i - p, j - q) k(p, q), g padded with zeros and convolved with k

    Args:
        upstream: g = dL/dy, the shape of the output.
        image: as given to `cross_correlate2d`, shape (height, width).
        kernel: as given to `cross_correlate2d`, shape (kernel height, kernel width).

    Returns:
        `CrossCorrelationGradients`, each in the shape of its argument.

    Raises:
        CourseError: a shape does not fit, or there is a NaN.

    Example:
        >>> cross_correlate2d_backward([[1, 1]], [[1, 2, 3]], [[1, -1]]).kernel
        array([[3., 5.]])

    Reference: D0 3.2, 3.3.
    """
    image = as_float("image", image, ndim=2)
    kernel = as_float("kernel", kernel, ndim=2)
    check_fits("kernel", kernel.shape, image.shape)
    upstream = as_float("upstream", upstream, ndim=2)
    p, q = kernel.shape
    check_shape("upstream", upstream, (image.shape[0] - p + 1, image.shape[1] - q + 1))
    around = np.pad(upstream, ((p - 1, p - 1), (q - 1, q - 1)))
    return CrossCorrelationGradients(
        image=convolve2d(around, kernel), kernel=cross_correlate2d(image, upstream)
    )


class Conv2DCache(NamedTuple):
    """What `conv2d_backward` needs from the forward pass.

    Args:
        columns: the pixels under the kernel, one row for each position, shape
            (batch * output height * output width, kernel height * kernel width * channels).
        kernel: as given to `conv2d`.
        output_shape: shape of the output.
        input_shape: shape of the input, without padding.
        pads: rows of zeros above and columns of zeros to the left.
        taps: for each place of the kernel, the slices of the padded input that it sees.
        padded_size: (height, width) of the input with its zeros.
    """

    columns: np.ndarray
    kernel: np.ndarray
    output_shape: tuple[int, int, int, int]
    input_shape: tuple[int, int, int, int]
    pads: Pair
    taps: list[tuple[slice, slice]]
    padded_size: Pair


class Conv2DGradients(NamedTuple):
    """The gradient of the loss with respect to each argument of `conv2d`, in its shape."""

    x: np.ndarray
    kernel: np.ndarray
    bias: np.ndarray


def conv2d(
    x: ArrayLike,
    kernel: ArrayLike,
    bias: ArrayLike,
    *,
    strides: int | Pair = 1,
    padding: str = "valid",
    dilation: int | Pair = 1,
) -> tuple[np.ndarray, Conv2DCache]:
    """Computes a convolution layer: every filter over every image of a batch, and its bias.

    y(n, i, j, f) = b(f) + sum_pqc x(n, s i + d p, s j + d q, c) k(p, q, c, f)

    The pixels under each position of the kernel form one row, so that the whole sum is one
    matrix product.

    Args:
        x: images, shape (batch, height, width, channels). Integers become float64.
        kernel: shape (kernel height, kernel width, channels, filters), as in Keras.
        bias: shape (filters,).
        strides: s, pixels from one position of the kernel to the next.
        padding: "valid" (the kernel stays inside) or "same" (zeros around the image, so that
            the output has the size of the input divided by the stride).
        dilation: d, pixels from one place in the kernel to the next.

    Returns:
        The output, shape (batch, output height, output width, filters), and the `Conv2DCache`
        for `conv2d_backward`.

    Raises:
        CourseError: shapes do not fit, the kernel is larger than the image, an array is empty or
            has a NaN, a stride or dilation is below 1, or the padding is unknown.

    Example:
        >>> image = np.arange(16.0).reshape(1, 4, 4, 1)
        >>> y, cache = conv2d(image, np.ones((3, 3, 1, 2)), [0, 100])
        >>> y.shape, y[0, 0, 0]
        ((1, 2, 2, 2), array([ 45., 145.]))

    Reference: D1 3.1.1, D2 3; the layer of D1 4.1 and D2 4.
    """
    x = as_float("x", x, ndim=4)
    kernel = as_float("kernel", kernel, ndim=4)
    bias = as_float("bias", bias, ndim=1)
    p, q, _, filters = kernel.shape
    check_shape("kernel", kernel, (p, q, x.shape[3], filters))
    check_shape("bias", bias, (filters,))
    strides, dilation = pair("strides", strides), pair("dilation", dilation)
    _check_padding(padding)
    extent = ((p - 1) * dilation[0] + 1, (q - 1) * dilation[1] + 1)
    padded, pads = (x, (0, 0)) if padding == "valid" else _pad_same(x, extent, strides)
    check_fits("kernel", extent, padded.shape[1:3])
    windows = sliding_window_view(
        padded, extent, axis=(1, 2)
    )  # (batch, rows, cols, chan., *extent)
    windows = windows[:, :: strides[0], :: strides[1], :, :: dilation[0], :: dilation[1]]
    columns = windows.transpose(0, 1, 2, 4, 5, 3).reshape(-1, p * q * x.shape[3])
    y = columns @ kernel.reshape(-1, filters) + bias  # (batch rows cols, filters)
    output_shape = (*windows.shape[:3], filters)
    size = padded.shape[1:3]
    places = list(taps(size, (p, q), strides, dilation))
    cache = Conv2DCache(columns, kernel, output_shape, x.shape, pads, places, size)
    return y.reshape(output_shape), cache


def conv2d_backward(upstream: ArrayLike, cache: Conv2DCache) -> Conv2DGradients:
    """Computes the gradients of `conv2d`.

    With y = C K + b, where C holds the rows of pixels: dL/dK = C^T g and dL/db = sum g. A pixel
    adds up g k(p, q)^T over all places (p, q) of the kernel that saw it.

    Args:
        upstream: g = dL/dy, the shape of the output.
        cache: from `conv2d`.

    Returns:
        `Conv2DGradients`, each in the shape of its argument.

    Raises:
        CourseError: the shape of `upstream` is not that of the output, or there is a NaN.

    Example:
        >>> y, cache = conv2d(np.ones((1, 3, 3, 1)), np.ones((2, 2, 1, 1)), [0])
        >>> conv2d_backward(np.ones_like(y), cache).x[0, :, :, 0]
        array([[1., 2., 1.],
               [2., 4., 2.],
               [1., 2., 1.]])

    Reference: D0 3.2; the backward pass of D1 3.1.1.
    """
    upstream = as_float("upstream", upstream, ndim=4)
    check_shape("upstream", upstream, cache.output_shape)
    columns, kernel = cache.columns, cache.kernel
    batch, height, width, channels = cache.input_shape
    g = upstream.astype(columns.dtype, copy=False).reshape(-1, kernel.shape[3])
    padded = np.zeros((batch, *cache.padded_size, channels), columns.dtype)
    for tap, k in zip(cache.taps, kernel.reshape(-1, *kernel.shape[2:]), strict=True):
        padded[:, *tap] += (g @ k.T).reshape(*cache.output_shape[:3], channels)
    top, left = cache.pads
    return Conv2DGradients(
        x=padded[:, top : top + height, left : left + width],
        kernel=(columns.T @ g).reshape(kernel.shape),
        bias=g.sum(axis=0),
    )


def _check_padding(padding: str) -> None:
    """Raises a `CourseError` unless the padding is known."""
    if padding not in ("valid", "same"):
        raise argument_error("padding", '"valid" or "same"', padding)


def _pad_same(x: np.ndarray, extent: Pair, strides: Pair) -> tuple[np.ndarray, Pair]:
    """Adds zeros so that the output is the input divided by the stride, rounded up.

    As many before as after; if the number is odd, the end gets one more, as in Keras.

    Returns:
        The padded images, and the numbers of zeros above and to the left.
    """
    totals = [
        max((output_size(size, 1, stride) - 1) * stride + window - size, 0)
        for size, window, stride in zip(x.shape[1:3], extent, strides, strict=True)
    ]
    before = (totals[0] // 2, totals[1] // 2)
    widths = [(first, total - first) for first, total in zip(before, totals, strict=True)]
    return np.pad(x, ((0, 0), *widths, (0, 0))), before
