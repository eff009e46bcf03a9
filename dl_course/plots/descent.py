"""The way down: paths of optimizers over a loss surface."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from dl_course.plots import _arrays, _style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LEVELS = 14  # contours


def plot_descent(x: ArrayLike, y: ArrayLike, z: ArrayLike, paths: Mapping[str, ArrayLike]) -> Axes:
    """Draws the contours of a loss over two parameters and the paths of optimizers down it.

    Darker is higher. The contours are spaced to show the surface, not at equal steps of the loss.
    A white ring is the start of a path, the large mark its end; the legend says which paths end
    outside the picture.

    Args:
        x: the grid of the first parameter, shape (columns,), growing.
        y: the grid of the second parameter, shape (rows,), growing.
        z: loss at every point of the grid, shape (rows, columns).
        paths: name to the parameters after every step, the start first, shape (steps, 2); at
            most eight. Values that are not finite leave a gap.

    Returns:
        The axes.

    Raises:
        CourseError: a shape does not fit, a grid does not grow, or there are more than eight paths.

    Example:
        >>> grid = np.linspace(-1, 1, 21)
        >>> steps = 0.8 ** np.arange(10)
        >>> ax = plot_descent(grid, grid, grid**2 + grid[:, None] ** 2,
        ...                   {"SGD": np.stack([steps, -steps], axis=1)})
        >>> [text.get_text() for text in ax.get_legend().get_texts()]
        ['SGD', 'start', 'end']

    Reference: D0 3.1, D2 3, D4 3.
    """
    x, y = _arrays.growing("x", x), _arrays.growing("y", y)
    z = _arrays.finite("z", z, rows=len(y), columns=len(x))
    _arrays.mapping("paths", paths, "name to path", _style.MAX_NAMED)
    names = _style.short_names(paths, 20)
    ax = _style.new_axes(4.0)
    _style.label(ax, "Descent over the loss surface", "first parameter", "second parameter")
    ax.grid(visible=False)
    _draw_surface(ax, x, y, z)
    for number, (name, given) in enumerate(paths.items()):
        path = _arrays.floats(f"paths[{name!r}]", given, steps=None, parameters=2)
        _draw_path(ax, path, names[number], number, (x, y))
    ax.set(xlim=(x[0], x[-1]), ylim=(y[0], y[-1]))
    _explain(ax)
    return ax


def _draw_surface(ax: Axes, x: np.ndarray, y: np.ndarray, z: np.ndarray) -> None:
    # Equal areas would crowd the contours at the bottom; squared shares space those of a bowl
    # evenly, and a steep wall at the edge of the grid takes no contours from the valley.
    levels = np.unique(np.quantile(z, np.linspace(0, 1, _LEVELS) ** 2))
    if len(levels) < 2:  # a plain
        return
    ax.contourf(x, y, z, levels, colors=[str(grey) for grey in np.linspace(1, 0.7, len(levels))])
    ax.contour(x, y, z, levels[1:-1], colors="#8C8C8C", linewidths=0.5)


def _draw_path(
    ax: Axes, path: np.ndarray, name: str, number: int, grid: tuple[np.ndarray, np.ndarray]
) -> None:
    low, high = (np.array([end(axis) for axis in grid]) for end in (np.min, np.max))
    span = high - low
    # Far outside, only the direction is seen, and huge numbers are too much for the canvas.
    near = np.clip(path, low - 100 * span, high + 100 * span)
    near = np.where(np.isfinite(path), near, np.nan)
    outside = not np.all((path[-1] >= low) & (path[-1] <= high))
    color, marker = _style.COLOURS[number], _style.MARKERS[number]
    ax.plot(
        *near.T,
        color=color,
        linestyle=_style.DASHES[number],
        linewidth=1.5,
        marker=marker,
        markersize=4,
        markevery=_style.few_markers(len(path)),
        label=f"{name} (leaves)" if outside else name,
        zorder=3,
    )
    ax.plot(*near[0], "o", markersize=9, markerfacecolor="white", markeredgecolor="black", zorder=4)
    ax.plot(
        *near[-1], marker, markersize=10, color=color, markeredgecolor="white", zorder=5 + number
    )


def _explain(ax: Axes) -> None:
    from matplotlib.lines import Line2D

    handles, labels = ax.get_legend_handles_labels()
    ring: dict[str, Any] = {"linestyle": "none", "marker": "o", "markeredgecolor": "black"}
    handles.append(Line2D([], [], markersize=9, markerfacecolor="white", **ring))
    handles.append(Line2D([], [], markersize=9, markerfacecolor="#6A6A6A", **ring))
    ax.legend(
        handles,
        [*labels, "start", "end"],
        loc="upper left",
        bbox_to_anchor=(1.01, 1.02),
        fontsize=_style.SMALL,
        handlelength=4,
        frameon=False,
    )
