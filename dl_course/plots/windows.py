"""Windows over an image: how a kernel slides, and what pooling keeps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from dl_course.errors import CourseError, argument_error, check_positive_integer
from dl_course.plots import _arrays, _cells, _style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.gridspec import SubplotSpec

_IMAGE = {"height": None, "width": None}


def plot_kernel_windows(
    image: ArrayLike, kernel: ArrayLike, outputs: Mapping[str, ArrayLike]
) -> Figure:
    """Draws an image, a kernel with its numbers, and what it makes of the image.

    All outputs share one scale, so they can be compared.

    Args:
        image: shape (height, width).
        kernel: shape (height, width).
        outputs: name (such as "cross-correlation") to result, shape (height, width); at most
            four.

    Returns:
        The figure: image, kernel, and one panel per output.

    Raises:
        CourseError: a shape does not fit or a value is not finite.

    Example:
        >>> image, kernel = np.eye(5), np.array([[1, 0], [0, -1]])
        >>> figure = plot_kernel_windows(image, kernel, {"cross-correlation": np.zeros((4, 4))})
        >>> [ax.get_title() for ax in figure.axes if ax.images]
        ['image, 5 × 5', 'kernel, 2 × 2', 'cross-correlation, 4 × 4']

    Reference: D0 3.3 and 4.3, D1 3.1.1.
    """
    image = _arrays.finite("image", image, **_IMAGE)
    kernel = _arrays.finite("kernel", kernel, **_IMAGE)
    _arrays.mapping("outputs", outputs, "name to output", 4)
    outputs = {
        name: _arrays.finite(f"outputs[{name!r}]", value, **_IMAGE)
        for name, value in outputs.items()
    }
    rows = 1 + -(-len(outputs) // 2)
    figure = _style.new_figure(0.4 + 2.5 * rows)
    figure.set_layout_engine("compressed")
    figure.suptitle("A kernel over an image", fontsize=_style.TITLE)
    grid = figure.add_gridspec(rows, 2)
    limits = _cells.limits_of(*outputs.values())
    ax = _panel(figure, grid[0, 0], "image", image)
    _cells.scale(ax, _cells.show(ax, image, _image_limits(image), "gray"), "pixel value")
    ax = _panel(figure, grid[0, 1], "kernel", kernel)
    shown = _cells.show(ax, kernel, _cells.limits_of(kernel), _style.MAP)
    _cells.scale(ax, shown, "weight")
    numbered = [(ax, shown, kernel)]
    names = _style.short_names(outputs, 24)
    for number, (name, value) in enumerate(zip(names, outputs.values(), strict=True)):
        ax = _panel(figure, grid[1 + number // 2, number % 2], name, value)
        shown = _cells.show(ax, value, limits, _style.MAP)
        _cells.scale(ax, shown, "output")
        numbered.append((ax, shown, value))
    for ax, shown, value in numbered:
        _cells.write(ax, shown, _cells.numbers(value))
    return figure


def plot_kernel_step(
    image: ArrayLike, kernel: ArrayLike, output: ArrayLike, row: int, column: int
) -> Figure:
    """Draws the kernel at one position: window, products, and the sum that lands in the output.

    output[i, j] = sum over m, n of image[i + m, j + n] * kernel[m, n]

    The output is drawn as far as it is known when a kernel that slides row by row gets here.

    Args:
        image: shape (height, width).
        kernel: shape (kernel height, kernel width).
        output: the cross-correlation of both with stride 1 and without padding, shape
            (height - kernel height + 1, width - kernel width + 1).
        row: the position in the output, from 0.
        column: the position in the output, from 0.

    Returns:
        The figure: image and output, and below them window, kernel and products.

    Raises:
        CourseError: a shape does not fit, the position is outside, or the products do not add
            up to the output there.

    Example:
        >>> image, kernel = np.eye(3), np.array([[1.0, 2.0], [3.0, 4.0]])
        >>> output = np.array([[5.0, 3.0], [2.0, 5.0]])
        >>> figure = plot_kernel_step(image, kernel, output, 0, 1)
        >>> [ax.get_title() for ax in figure.axes if ax.images][1]
        'output[0, 1] = 3'

    Reference: D0 4.3, D1 3.1.1.
    """
    image = _arrays.finite("image", image, **_IMAGE)
    kernel = _arrays.finite("kernel", kernel, **_IMAGE)
    output = _output_of(image, kernel, output, row, column)
    height, width = kernel.shape
    window = image[row : row + height, column : column + width]
    products = window * kernel
    total = products.sum()
    if not np.isclose(total, output[row, column], rtol=0, atol=1e-4 * np.abs(products).sum()):
        raise CourseError(
            f"`output` must be the cross-correlation: the products at ({row}, {column}) add up to "
            f"{total:.6g}. Received: {output[row, column]:.6g}. For a true convolution, pass the "
            "flipped kernel, `kernel[::-1, ::-1]`."
        )
    figure = _style.new_figure(5.4)
    figure.set_layout_engine("compressed")
    figure.suptitle("One step of the kernel", fontsize=_style.TITLE)
    (upper,), (lower,) = figure.subfigures(2, 1, squeeze=False, height_ratios=[1.15, 1])
    _draw_image_and_output(upper, image, kernel.shape, output, row, column)
    _draw_products(lower, window, kernel, products, image)
    return figure


def _output_of(
    image: np.ndarray, kernel: np.ndarray, output: ArrayLike, row: int, column: int
) -> np.ndarray:
    size = tuple(n - k + 1 for n, k in zip(image.shape, kernel.shape, strict=True))
    if min(size) < 1:
        raise CourseError(
            f"`kernel` must not be larger than the image. Received: kernel of shape "
            f"{kernel.shape}, image of shape {image.shape}."
        )
    output = _arrays.finite("output", output, height=size[0], width=size[1])
    for name, value, length in (("row", row, size[0]), ("column", column, size[1])):
        if not 0 <= value < length:
            raise argument_error(name, f"a position from 0 to {length - 1}", value)
    return output


def _draw_image_and_output(
    part: Figure,
    image: np.ndarray,
    window: tuple[int, int],
    output: np.ndarray,
    row: int,
    column: int,
) -> None:
    left, right = _style.places(part, 1, 2)
    ax = _panel(part, left, "image", image)
    shown = _cells.show(ax, image, _image_limits(image), "gray")
    _cells.scale(ax, shown, "pixel value")
    _cells.outline(ax, row, column, *window)
    ax = _style.add_panel(part, right)
    value = _cells.numbers(output[row, column]).item()
    ax.set_title(f"output[{row}, {column}] = {value}", fontsize=_style.LABEL)
    known = np.arange(output.size).reshape(output.shape) <= row * output.shape[1] + column
    shown = _cells.show(ax, np.where(known, output, np.nan), _cells.limits_of(output), _style.MAP)
    _cells.scale(ax, shown, "output so far")
    _cells.outline(ax, row, column, 1, 1)


def _draw_products(
    part: Figure, window: np.ndarray, kernel: np.ndarray, products: np.ndarray, image: np.ndarray
) -> None:
    total = _cells.numbers(products.sum()).item()
    # The scale of the largest possible products: the same at every position, zero always alike.
    largest = _cells.limits_of(products, kernel * np.abs(image).max())
    panels = (
        ("window of the image", window, _image_limits(image), "gray"),
        ("× kernel", kernel, _cells.limits_of(kernel), _style.MAP),
        (f"= products, sum {total}", products, largest, _style.MAP),
    )
    drawn = []
    for place, (title, matrix, limits, cmap) in zip(_style.places(part, 1, 3), panels, strict=True):
        ax = _style.add_panel(part, place)
        ax.set_title(title, fontsize=_style.LABEL)
        drawn.append((ax, _cells.show(ax, matrix, limits, cmap), _cells.numbers(matrix)))
    _cells.outline(drawn[0][0], 0, 0, *window.shape)
    for ax, shown, texts in drawn:
        _cells.write(ax, shown, texts)


def plot_pooling(
    image: ArrayLike, outputs: Mapping[str, ArrayLike], window: int, stride: int
) -> Figure:
    """Draws the windows of a pooling on the image, and what each kind of pooling keeps.

    The first window has a thick frame and its neighbour, one stride further on, a dashed one;
    their cells in the outputs have the same frames.

    Args:
        image: shape (height, width).
        outputs: name (such as "maximum") to result without padding, shape
            ((height - window) // stride + 1, (width - window) // stride + 1); at most three.
        window: side of a window, in pixels.
        stride: from one window to the next, in pixels.

    Returns:
        The figure: the image and one panel per output.

    Raises:
        CourseError: a shape does not fit, or window or stride are not positive integers.

    Example:
        >>> figure = plot_pooling(np.eye(4), {"maximum": np.eye(2)}, window=2, stride=2)
        >>> [ax.get_title() for ax in figure.axes if ax.images]
        ['image, 4 × 4', 'maximum, 2 × 2']

    Reference: D0 3.4 and 4.4, D1 3.1.2.
    """
    image = _arrays.finite("image", image, **_IMAGE)
    check_positive_integer("window", window)
    check_positive_integer("stride", stride)
    if window > min(image.shape):
        raise argument_error("window", f"at most {min(image.shape)}, the image's side", window)
    size = tuple((n - window) // stride + 1 for n in image.shape)
    _arrays.mapping("outputs", outputs, "name to output", 3)
    outputs = {
        name: _arrays.finite(f"outputs[{name!r}]", value, height=size[0], width=size[1])
        for name, value in outputs.items()
    }
    # Cells are equally large in all panels as far as the titles allow, though pooling shrinks.
    share = max(size[1] / image.shape[1], 0.5)
    side = 5.1 / (1 + share * len(outputs)) * image.shape[0] / image.shape[1]
    figure = _style.new_figure(0.9 + min(side, 5))
    figure.suptitle(f"Pooling: window {window}, stride {stride}", fontsize=_style.TITLE)
    ratios = [1] + [share] * len(outputs)
    grid = _style.places(figure, 1, len(ratios), width_ratios=ratios)
    limits = _image_limits(image)
    panels = {"image": image} | dict(
        zip(_style.short_names(outputs, 16), outputs.values(), strict=True)
    )
    drawn = []
    for place, (name, matrix) in zip(grid, panels.items(), strict=True):
        ax = _panel(figure, place, name, matrix)
        drawn.append((ax, _cells.show(ax, matrix, limits, "gray"), _cells.numbers(matrix)))
    _outline_windows([ax for ax, _, _ in drawn], size, window, stride)
    _cells.scale(figure.axes, drawn[0][1], "pixel value", aspect=20)
    for ax, shown, texts in drawn:
        _cells.write(ax, shown, texts)
    return figure


def _outline_windows(axes: list[Axes], size: tuple[int, int], window: int, stride: int) -> None:
    image, *outputs = axes
    for row, column in np.ndindex(size):
        look = {(0, 0): "strong", (0, 1): "dashed"}.get((row, column), "thin")
        _cells.outline(image, row * stride, column * stride, window, window, look=look)
        for ax in outputs if look != "thin" else ():
            _cells.outline(ax, row, column, 1, 1, look=look)


def _image_limits(image: np.ndarray) -> tuple[float, float]:
    low, high = float(image.min()), float(image.max())
    return (low, high) if low < high else (low - 0.5, high + 0.5)


def _panel(figure: Figure, place: SubplotSpec, name: str, matrix: np.ndarray) -> Axes:
    ax = _style.add_panel(figure, place)
    ax.set_title(f"{name}, {matrix.shape[0]} × {matrix.shape[1]}", fontsize=_style.LABEL)
    return ax
