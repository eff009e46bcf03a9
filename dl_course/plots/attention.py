"""Attention: which tokens a decoder looked at while it wrote each token."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from dl_course.errors import CourseError
from dl_course.plots import _arrays, _cells, _fonts, _style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MOST_NAMED = 30  # tokens that fit along the side of a page


def plot_attention(
    source: Sequence[str], target: Sequence[str], weights: ArrayLike, *, title: str = "Attention"
) -> Axes:
    """Draws where a decoder looked: a row for each token it wrote, a column for each it read.

    Args:
        source: the tokens of the sentence, n of them.
        target: the tokens of its translation, m of them.
        weights: shape (m, n), from 0 to 1; each row sums to 1.
        title: the title of the picture.

    Returns:
        The axes. Of more than 30 tokens on a side, 30 are named.

    Raises:
        CourseError: the shape does not fit the tokens, or a weight is not from 0 to 1.

    Example:
        >>> weights = np.array([[0.9, 0.1], [0.2, 0.8]])
        >>> ax = plot_attention(["one", "hundred"], ["一", "百"], weights)
        >>> [label.get_text() for label in ax.get_xticklabels()]
        ['one', 'hundred']

    Reference: D1 2.2.
    """
    rows, columns = len(target), len(source)
    weights = _arrays.finite("weights", weights, target=rows, source=columns)
    if weights.min() < 0 or weights.max() > 1 + 1e-5:
        raise CourseError(
            f"`weights` must lie between 0 and 1. Received: {weights.min():g} to {weights.max():g}."
        )
    ax = _style.new_axes(float(np.clip(1.6 + 0.27 * rows, 2.4, 8.5)))
    _style.label(ax, title, "read", "written")
    shown = _cells.show(ax, weights, (0.0, 1.0), _style.MAP)
    ax.set_aspect("auto")
    ax.grid(visible=False)
    named = [_style.evenly(count, _MOST_NAMED) for count in (columns, rows)]
    ax.set_xticks(named[0], _names(source, named[0]), rotation=90 if columns > 6 else 0)
    ax.set_yticks(named[1], _names(target, named[1]))
    ax.tick_params(length=0, labelsize=_style.SMALL)
    _cells.scale(ax, shown, "weight", aspect=20)
    _fonts.prepare(ax)
    _cells.write(ax, shown, np.vectorize(_short)(weights))
    return ax


def _names(tokens: Sequence[str], places: list[int]) -> list[str]:
    """Returns the tokens at these places, the long ones cut, as text to be drawn as it stands."""
    chosen = [str(tokens[k]) for k in places]
    return [_style.plain(t if len(t) <= 14 else f"{t[:13]}…") for t in chosen]


def _short(weight: float) -> str:
    """Returns a weight from 0.05 up as a short number; the others show by their shade alone."""
    text = f"{weight:.2f}"
    return "" if weight < 0.05 else text if text == "1.00" else text[1:]
