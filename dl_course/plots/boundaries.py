"""Decision boundaries: which part of the plane a classifier assigns to which class."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from dl_course.errors import CourseError
from dl_course.plots import _arrays, _style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.cm import ScalarMappable
    from matplotlib.figure import Figure

_MOST_SNAPSHOTS = 9
_SHADES = np.linspace(0, 1, 11)
_LOOKS = (("#FFFFFF", "o"), ("#003F7F", "s"))  # class 0, class 1


def plot_decision_boundary(
    x: ArrayLike,
    y: ArrayLike,
    grid_x: ArrayLike,
    grid_y: ArrayLike,
    probabilities: ArrayLike,
    *,
    title: str = "Decision boundary",
) -> Axes:
    """Draws where a classifier of two features says class 1, and the examples.

    Args:
        x: examples, shape (n, 2).
        y: their classes, 0 or 1, shape (n,).
        grid_x: where the first feature was probed, shape (columns,), growing.
        grid_y: where the second feature was probed, shape (rows,), growing.
        probabilities: of class 1 at every point of the grid, shape (rows, columns), 0 to 1.
        title: the title of the picture.

    Returns:
        The axes.

    Raises:
        CourseError: a shape does not fit, a class is not 0 or 1, or a value is not a probability.

    Example:
        >>> grid = np.linspace(-1, 2, 7)
        >>> ax = plot_decision_boundary([[0, 0], [1, 1]], [0, 1], grid, grid,
        ...                             np.add.outer(grid, grid) / 6 + 1 / 3)
        >>> [text.get_text() for text in ax.get_legend().get_texts()]
        ['class 0', 'class 1', 'boundary']

    Reference: D3 4, D4 4.
    """
    x, y, grid_x, grid_y = _examples(x, y, grid_x, grid_y)
    probabilities = _probabilities("probabilities", probabilities, grid_x, grid_y)
    ax = _style.new_axes(4.0)
    _style.label(ax, title, "first feature", "second feature")
    shades = _draw(ax, x, y, grid_x, grid_y, probabilities, 36)
    ax.legend(
        handles=_keys(),
        loc="upper left",
        bbox_to_anchor=(1.01, 1.02),
        fontsize=_style.SMALL,
        frameon=False,
    )
    _scale(shades, ax)
    return ax


def plot_decision_boundaries(
    x: ArrayLike,
    y: ArrayLike,
    grid_x: ArrayLike,
    grid_y: ArrayLike,
    snapshots: Mapping[str, ArrayLike],
) -> Figure:
    """Draws a decision boundary as it forms, one panel per moment.

    Args:
        x: examples, shape (n, 2).
        y: their classes, 0 or 1, shape (n,).
        grid_x: where the first feature was probed, shape (columns,), growing.
        grid_y: where the second feature was probed, shape (rows,), growing.
        snapshots: title (such as "epoch 100") to the probability of class 1 at every point of
            the grid, shape (rows, columns); of more than nine, nine are drawn.

    Returns:
        The figure, one panel per snapshot.

    Raises:
        CourseError: a shape does not fit, a class is not 0 or 1, or a value is not a probability.

    Example:
        >>> grid = np.linspace(-1, 2, 7)
        >>> trained = np.add.outer(grid, grid) / 6 + 1 / 3
        >>> moments = {"epoch 0": np.full((7, 7), 0.5), "epoch 9": trained}
        >>> figure = plot_decision_boundaries([[0, 0], [1, 1]], [0, 1], grid, grid, moments)
        >>> [ax.get_title() for ax in figure.axes][:2]
        ['epoch 0', 'epoch 9']

    Reference: D3 4, D4 4.
    """
    x, y, grid_x, grid_y = _examples(x, y, grid_x, grid_y)
    _arrays.mapping("snapshots", snapshots, "title to probabilities")
    checked = {
        name: _probabilities(f"snapshots[{name!r}]", value, grid_x, grid_y)
        for name, value in snapshots.items()
    }
    names = list(checked)
    chosen = [names[i] for i in _style.evenly(len(names), _MOST_SNAPSHOTS)]
    columns = 2 if len(chosen) == 4 else min(3, len(chosen))
    rows = -(-len(chosen) // columns)
    figure = _style.new_figure(0.8 + rows * 5.1 / max(columns, 1.5))
    figure.suptitle("The decision boundary as it forms", fontsize=_style.TITLE)
    panels = figure.add_gridspec(rows, columns)
    for number, name in enumerate(chosen):
        ax = _style.add_panel(figure, panels[number // columns, number % columns])
        _style.label(ax, name, "first feature", "second feature", size=_style.LABEL)
        shades = _draw(ax, x, y, grid_x, grid_y, checked[name], 22)
        if number % columns:
            ax.set(yticks=[], ylabel="")
        if number + columns < len(chosen):
            ax.set(xticks=[], xlabel="")
    _scale(shades, figure.axes)
    figure.legend(
        handles=_keys(), loc="outside lower center", ncols=3, fontsize=_style.SMALL, frameon=False
    )
    return figure


def _examples(
    x: ArrayLike, y: ArrayLike, grid_x: ArrayLike, grid_y: ArrayLike
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    x = _arrays.finite("x", x, n=None, features=2)
    y = _arrays.classes("y", y)
    if y.max() > 1:
        raise CourseError(f"`y` must hold the classes 0 and 1. Received: {y.min()} to {y.max()}.")
    _arrays.same_length(x=x, y=y)
    return x, y, _arrays.growing("grid_x", grid_x), _arrays.growing("grid_y", grid_y)


def _probabilities(
    name: str, value: ArrayLike, grid_x: np.ndarray, grid_y: np.ndarray
) -> np.ndarray:
    array = _arrays.finite(name, value, rows=len(grid_y), columns=len(grid_x))
    if array.min() < 0 or array.max() > 1:
        raise CourseError(
            f"`{name}` must hold probabilities from 0 to 1. "
            f"Received: {array.min():g} to {array.max():g}. Apply the sigmoid to logits first."
        )
    return array


def _draw(
    ax: Axes,
    x: np.ndarray,
    y: np.ndarray,
    grid_x: np.ndarray,
    grid_y: np.ndarray,
    probabilities: np.ndarray,
    size: float,
) -> ScalarMappable:
    ax.grid(visible=False)
    # Not down to black: the examples must be visible on every shade.
    greys = [str(grey) for grey in np.linspace(1, 0.5, len(_SHADES) - 1)]
    shades = ax.contourf(grid_x, grid_y, probabilities, _SHADES, colors=greys)
    if probabilities.min() < 0.5 < probabilities.max():
        ax.contour(grid_x, grid_y, probabilities, [0.5], colors="black", linewidths=2)
    # Very many examples get smaller marks, or they would hide the shades.
    size = size if len(x) <= 100 else size / 2.5
    for label, (color, marker) in enumerate(_LOOKS):
        ax.scatter(
            *x[y == label].T,
            s=size,
            c=color,
            marker=marker,
            edgecolors="black",
            linewidths=0.8,
            zorder=3,
        )
    return shades


def _keys() -> list:
    from matplotlib.lines import Line2D

    look: dict[str, Any] = {"linestyle": "none", "markersize": 6, "markeredgecolor": "black"}
    keys = [
        Line2D([], [], color=color, marker=marker, label=f"class {label}", **look)
        for label, (color, marker) in enumerate(_LOOKS)
    ]
    return [*keys, Line2D([], [], color="black", linewidth=2, label="boundary")]


def _scale(shades: ScalarMappable, axes: Axes | list[Axes]) -> None:
    figure = axes[0].figure if isinstance(axes, list) else axes.figure
    bar = figure.colorbar(shades, ax=axes, aspect=25, pad=0.03, ticks=[0, 0.5, 1])
    bar.set_label("probability of class 1", fontsize=_style.SMALL)
    bar.ax.tick_params(labelsize=_style.SMALL)
