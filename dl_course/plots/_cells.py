"""Matrices as cells: one scale of shades, and numbers where they fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dl_course.plots import _style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.image import AxesImage

MARK = "#D55E00"  # of outlines: seen on black and on white


def limits_of(*arrays: np.ndarray) -> tuple[float, float]:
    """Returns the ends of the scale of all arrays: from zero, or symmetric about it.

    Example:
        >>> limits_of(np.array([1.0, 3.0])), limits_of(np.array([1.0, -3.0]))
        ((0.0, 3.0), (-3.0, 3.0))
    """
    largest = max(float(np.abs(array).max()) for array in arrays) or 1.0
    return (-largest if any((array < 0).any() for array in arrays) else 0.0), largest


def show(ax: Axes, matrix: np.ndarray, limits: tuple[float, float], cmap: str) -> AxesImage:
    """Draws the matrix as an image without ticks; cells are square unless it is a long strip."""
    low, high = limits
    strip = not 1 / 5 < matrix.shape[0] / matrix.shape[1] < 5
    shown = ax.imshow(
        matrix,
        cmap=cmap,
        vmin=low,
        vmax=high,
        interpolation="nearest",
        aspect="auto" if strip else "equal",
    )
    _style.picture(ax)
    return shown


def scale(ax: Axes | list[Axes], shown: AxesImage, text: str, *, aspect: float = 12) -> None:
    """Adds the scale of the shades next to `ax`, or next to all axes of a list."""
    from matplotlib.ticker import MaxNLocator

    bar = shown.axes.figure.colorbar(shown, ax=ax, aspect=aspect, pad=0.02)
    bar.set_label(text, fontsize=_style.SMALL)
    bar.ax.tick_params(labelsize=_style.SMALL)
    bar.set_ticks(MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]))


def numbers(values: np.ndarray) -> np.ndarray:
    """Returns the values as short texts, all with the same number of decimals.

    Example:
        >>> numbers(np.array([0.5, -0.001, 2])).tolist()
        ['0.50', '0.00', '2.00']
        >>> numbers(np.array([1, -1])).tolist(), numbers(np.array([3e-5, 0])).tolist()
        (['1', '-1'], ['3.0e-5', '0'])
    """
    values = np.asarray(values, dtype=float)
    largest = np.abs(values).max(initial=0)
    if largest < 1e4 and (values == values.round()).all():
        form = ".0f"
    elif 0.0095 <= largest < 1000:
        form = ".3f" if largest < 0.095 else ".2f" if largest < 10 else ".1f"
    else:
        form = ".1e"
    return np.array([_number(value, form) for value in values.ravel()]).reshape(values.shape)


def _number(value: float, form: str) -> str:
    text = f"{value:{form}}"
    if float(text) == 0:  # never "-0.00"
        return "0" if form == ".1e" else text.lstrip("-")
    return text.replace("e-0", "e-").replace("e+0", "e").replace("e+", "e")


def write(ax: Axes, shown: AxesImage, texts: np.ndarray) -> None:
    """Writes a text into every cell, black or white; none at all if the widest does not fit.

    Args:
        ax: the axes that the matrix was drawn on.
        shown: the drawn matrix, shape (rows, columns).
        texts: same shape; an empty text leaves its cell as it is.
    """
    ax.figure.figure.draw_without_rendering()  # only a finished layout has cells of known width
    corners = ax.transData.transform([(0, 0), (1, 1)]) / ax.figure.figure.dpi * 72
    width, height = np.abs(corners[1] - corners[0])
    if max(map(_width_of, texts.ravel())) > 0.9 * width or 1.2 * _style.SMALL > height:
        return
    shades = shown.to_rgba(np.ma.asarray(shown.get_array()))[..., :3] @ [0.2126, 0.7152, 0.0722]
    for row, column in zip(*np.nonzero(texts != ""), strict=True):
        ax.text(
            column,
            row,
            str(texts[row, column]),
            ha="center",
            va="center",
            fontsize=_style.SMALL,
            color="white" if shades[row, column] < 0.5 else "black",
        )


def _width_of(text: str) -> float:
    """Returns about how many points wide a number is."""
    return _style.SMALL * sum(0.37 if letter in ".-" else 0.64 for letter in text)


def outline(
    ax: Axes, row: int, column: int, height: int, width: int, *, look: str = "strong"
) -> None:
    """Draws a frame around the cells from (row, column) on: "strong", "dashed" or "thin"."""
    from matplotlib.patches import Rectangle
    from matplotlib.patheffects import withStroke

    frame = Rectangle(
        (column - 0.5, row - 0.5),
        width,
        height,
        fill=False,
        edgecolor=MARK,
        linewidth=0.8 if look == "thin" else 2.2,
        linestyle=(0, (2.5, 1.5)) if look == "dashed" else "-",
        zorder={"thin": 3, "dashed": 4, "strong": 5}[look],
        clip_on=False,
    )
    if look != "thin":
        frame.set_path_effects([withStroke(linewidth=4, foreground="white")])
    ax.add_patch(frame)
