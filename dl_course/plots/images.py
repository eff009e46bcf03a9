"""Images, and what a convolution makes of them: examples, feature maps, filters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from dl_course.errors import check_positive_integer
from dl_course.plots import _arrays, _cells, _style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_PER_ROW = 8  # feature maps or filters side by side


def plot_images(
    x: ArrayLike,
    y: ArrayLike | None = None,
    class_names: Sequence[str] | None = None,
    *,
    max_images: int = 25,
    title: str = "Examples",
) -> Figure:
    """Draws the first images in a grid, with their classes above.

    Args:
        x: images, shape (n, height, width, channels), 1 or 3 channels, values 0 to 1.
        y: class numbers, shape (n,); None leaves them out.
        class_names: one name per class; None writes the class numbers.
        max_images: how many to draw at most.
        title: the title of the figure.

    Returns:
        The figure, one panel per image.

    Raises:
        CourseError: the shapes do not fit, values or class numbers are out of range.

    Example:
        >>> figure = plot_images(np.zeros((3, 8, 8, 1)), np.array([0, 1, 1]), ("cat", "dog"))
        >>> [ax.get_title() for ax in figure.axes]
        ['cat', 'dog', 'dog']
    """
    check_positive_integer("max_images", max_images)
    x = _arrays.images("x", x)
    captions = [""] * len(x)
    if y is not None:
        y = _arrays.classes("y", y, None if class_names is None else len(class_names))
        _arrays.same_length(x=x, y=y)
        names = None if class_names is None else _style.short_names(class_names, 16)
        captions = [str(i) if names is None else names[i] for i in y[:max_images]]
    return grid_of_images(x[:max_images], captions[:max_images], title, per_row=5)


def grid_of_images(x: np.ndarray, captions: Sequence[str], title: str, per_row: int) -> Figure:
    """Returns a figure of the images, row by row, each with its caption above."""
    columns = min(per_row, len(x))
    rows = -(-len(x) // columns)
    width = _style.WIDTH / max(columns, 3)
    lines = max(caption.count("\n") + 1 for caption in captions)
    ratio = x.shape[1] / x.shape[2]
    figure = _style.new_figure(0.5 + rows * (width * 0.85 * ratio + 0.16 * lines + 0.1))
    figure.suptitle(title, fontsize=_style.TITLE)
    for place, image, caption in zip(
        _style.places(figure, rows, columns), x, captions, strict=False
    ):
        ax = _style.add_panel(figure, place)
        show_image(ax, image)
        ax.set_title(caption, fontsize=_style.SMALL, pad=3)
    return figure


def show_image(ax: Axes, image: np.ndarray) -> None:
    """Draws one image of shape (height, width, channels); one channel is drawn as grey."""
    if image.dtype == np.uint8:
        image = image / 255
    if image.shape[-1] == 1:
        ax.imshow(image[..., 0], cmap="gray", vmin=0, vmax=1)
    else:
        ax.imshow(image)
    _style.picture(ax)


def plot_feature_maps(
    image: ArrayLike, maps: Mapping[str, ArrayLike], *, max_maps: int = 16
) -> Figure:
    """Draws an image and what each layer makes of it, channel by channel.

    All maps of a layer share one scale, so a channel that stays dark found nothing here.

    Args:
        image: the input, shape (height, width, channels), values 0 to 1.
        maps: layer name to its output for this image, shape (height, width, channels).
        max_maps: how many channels of a layer to draw at most, the first ones.

    Returns:
        The figure: the image, then one panel per layer with all its maps.

    Raises:
        CourseError: an array has the wrong shape or no finite values, or there are no maps.

    Example:
        >>> figure = plot_feature_maps(np.zeros((8, 8, 1)), {"conv2d": np.ones((6, 6, 4))})
        >>> [ax.get_title() for ax in figure.axes][:2]
        ['input, 8 × 8', 'conv2d: 4 maps, 6 × 6']

    Reference: D1 3.1.1, D0 Q1; Zeiler and Fergus, "Visualizing and understanding convolutional
    networks" (2014).
    """
    check_positive_integer("max_maps", max_maps)
    image = _arrays.images("image", np.asarray(image)[None])[0]
    _arrays.mapping("maps", maps, "layer name to feature maps")
    layers = {
        name: _arrays.finite(f"maps[{name!r}]", value, height=None, width=None, channels=None)
        for name, value in maps.items()
    }
    mosaics = {
        name: mosaic(np.moveaxis(value, -1, 0)[:max_maps], _PER_ROW)
        for name, value in layers.items()
    }
    heights = [1.5] + [
        _style.WIDTH * 0.85 * m.shape[0] / m.shape[1] + 0.35 for m in mosaics.values()
    ]
    figure = _style.new_figure(0.3 + sum(heights))
    figure.suptitle("What the layers make of an image", fontsize=_style.TITLE)
    first, *places = _style.places(figure, len(heights), 1, height_ratios=heights)
    ax = _style.add_panel(figure, first)
    show_image(ax, image)
    ax.set_title(f"input, {image.shape[0]} × {image.shape[1]}", fontsize=_style.LABEL)
    names = _style.short_names(layers, 40)
    for place, name, value, tiles in zip(
        places, names, layers.values(), mosaics.values(), strict=True
    ):
        ax = _style.add_panel(figure, place)
        count = _count(min(max_maps, value.shape[-1]), value.shape[-1], "map")
        ax.set_title(f"{name}: {count}, {value.shape[0]} × {value.shape[1]}", fontsize=_style.LABEL)
        low, high = min(0.0, value.min()), value.max()
        shown = ax.imshow(
            tiles,
            cmap=_style.MAP,
            vmin=low,
            vmax=high if high > low else 1.0,
            interpolation="nearest",
        )
        ax.set_axis_off()
        _cells.scale(ax, shown, "activation")
    return figure


def plot_filters(kernels: ArrayLike) -> Figure:
    """Draws the weights of a convolution: yellow is positive, dark blue negative, grey zero.

    A kernel over several input channels is drawn with one row per input channel.

    Args:
        kernels: shape (height, width, in, out), as `Conv2D` holds them; of more than eight
            input channels or 32 filters (16 with several input channels) the first are drawn.

    Returns:
        The figure: one panel with all filters, and the scale.

    Raises:
        CourseError: the shape does not fit or a value is not finite.

    Example:
        >>> figure = plot_filters(np.ones((3, 3, 1, 32)))
        >>> figure.axes[0].get_title()
        '32 filters of 3 × 3 over 1 input channel'

    Reference: D1 3.1.1.
    """
    axes = {"height": None, "width": None, "in": None, "out": None}
    kernels = _arrays.finite("kernels", kernels, **axes)
    height, width, inputs, outputs = kernels.shape
    rows, filters = min(inputs, 8), min(outputs, 32 if inputs == 1 else 16)
    shown = kernels[:, :, :rows, :filters].transpose(2, 3, 0, 1).reshape(-1, height, width)
    tiles = mosaic(shown, _PER_ROW if inputs == 1 else max(filters, _PER_ROW))
    figure = _style.new_figure(0.6 + min(_style.WIDTH * 0.82 * tiles.shape[0] / tiles.shape[1], 6))
    figure.set_layout_engine("compressed")  # keeps the scale as high as the picture
    ax = _style.add_panel(figure)
    channels = _count(rows, inputs, "input channel")
    ax.set_title(
        f"{_count(filters, outputs, 'filter')} of {height} × {width} over {channels}",
        fontsize=_style.TITLE,
    )
    limit = float(np.abs(shown).max()) or 1.0
    drawn = ax.imshow(tiles, cmap=_style.MAP, vmin=-limit, vmax=limit, interpolation="nearest")
    _style.picture(ax)
    for spine in ax.spines.values():
        spine.set_visible(False)
    order = ", row by row" if inputs == 1 and filters > _PER_ROW else ""
    ax.set_xlabel(f"filter (output channel){order}", fontsize=_style.LABEL)
    ax.set_ylabel("" if inputs == 1 else "input channel", fontsize=_style.LABEL)
    _cells.scale(ax, drawn, "weight")
    return figure


def mosaic(tiles: np.ndarray, per_row: int) -> np.ndarray:
    """Returns the tiles as one picture, row by row, with NaN between them and where there is none.

    Args:
        tiles: shape (n, height, width).
        per_row: how many tiles stand side by side.

    Returns:
        Shape (rows * (height + gap) - gap, per_row * (width + gap) - gap).

    Example:
        >>> mosaic(np.ones((3, 2, 2)), 2).shape
        (5, 5)
    """
    count, height, width = tiles.shape
    rows = -(-count // per_row)
    gap = max(1, round(max(height, width) / 12))
    canvas = np.full((rows * (height + gap) - gap, per_row * (width + gap) - gap), np.nan)
    for i, tile in enumerate(tiles):
        top, left = i // per_row * (height + gap), i % per_row * (width + gap)
        canvas[top : top + height, left : left + width] = tile
    return canvas


def _count(shown: int, of: int, what: str) -> str:
    what += "" if of == 1 else "s"
    return f"{of} {what}" if shown == of else f"{shown} of {of} {what}"
