"""Maps of words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from dl_course.errors import argument_error
from dl_course.plots import _arrays, _style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MOST = 60  # words that a page has room for
_HEIGHT = 4.6  # inches
# Where a word may stand relative to its point: first to the right, then around, then farther off.
_DIRECTIONS = [(1, 0), (1, 1), (1, -1), (0, 1), (0, -1), (-1, 0), (-1, 1), (-1, -1)]


def plot_embedding_map(
    points: ArrayLike, words: Sequence[str], *, title: str = "Map of the embedding"
) -> Axes:
    """Draws words as points of a plane, each with its name next to it.

    Args:
        points: where the words lie, shape (words, 2), as `embedding_map` gives it.
        words: their names, at most 60.
        title: the title of the picture.

    Returns:
        The axes.

    Raises:
        CourseError: points and names do not fit, or there are too many.

    Example:
        >>> ax = plot_embedding_map([[0, 0], [1, 0.5]], ["good", "bad"])
        >>> [text.get_text() for text in ax.texts]
        ['good', 'bad']

    Reference: D2 2.
    """
    points = _arrays.finite("points", points, words=len(words), coordinates=2)
    if len(words) > _MOST:
        raise argument_error("len(words)", f"at most {_MOST}, to be legible", len(words))
    ax = _style.new_axes(_HEIGHT)
    _style.label(ax, title, "first principal component", "second principal component")
    ax.grid(visible=False)
    ax.plot(points[:, 0], points[:, 1], "o", markersize=3, color=_style.COLOURS[2], zorder=3)
    ax.margins(0.1)
    names = _style.short_names(words)
    places = _place(_in_points(ax, points), names)
    for (x, y), name, (right, up) in zip(points, names, places, strict=True):
        ax.annotate(
            name,
            (x, y),
            xytext=(right, up),
            textcoords="offset points",
            ha="center",
            va="center",
            fontsize=_style.SMALL,
            arrowprops={"arrowstyle": "-", "color": "#909090", "linewidth": 0.5, "shrinkB": 0},
        )
    return ax


def _in_points(ax: Axes, points: np.ndarray) -> np.ndarray:
    """Returns where the points lie on paper, about, in 1/72 inch."""
    size = np.array(ax.get_window_extent().size) * 72 / ax.figure.dpi
    low, high = np.array([ax.get_xlim(), ax.get_ylim()]).T
    return (points - low) / (high - low) * size


def _place(points: np.ndarray, names: Sequence[str]) -> np.ndarray:
    """Returns how far to the right and up of its point the middle of each name goes.

    The first place where a name covers neither a point nor another name is taken, or else the one
    where it covers the least.
    """
    half = np.array([[0.30 * _style.SMALL * len(name) + 1, 0.62 * _style.SMALL] for name in names])
    middles, halves = points.copy(), np.full((len(points), 2), 2.0)  # the points themselves
    offsets = np.zeros((len(points), 2))
    for k in np.argsort(points[:, 0]):
        best = np.inf
        for ring in (1, 2.4, 4, 6):
            for direction in _DIRECTIONS:
                offset = np.array(direction) * (half[k] + 2.0) * (1, ring)
                offset[0] += np.sign(offset[0]) * (ring - 1) * _style.SMALL
                overlap = halves + half[k] - np.abs(middles - (points[k] + offset))
                covered = np.prod(np.clip(overlap, 0, None), axis=1).sum()
                if covered < best:
                    best, offsets[k] = covered, offset
        middles = np.concatenate([middles, [points[k] + offsets[k]]])
        halves = np.concatenate([halves, [half[k]]])
    return offsets
