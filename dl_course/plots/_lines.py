"""Many lines in one diagram, distinguishable without colour and named where they end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from dl_course.plots import _style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D
    from matplotlib.typing import ColorType

Series = Mapping[str, tuple[np.ndarray, np.ndarray]]


def draw_lines(
    ax: Axes, series: Series, *, log: bool, within: float | None = None
) -> dict[str, Line2D]:
    """Draws the series and returns the lines that deserve a name, at most `MAX_NAMED`.

    With more series than that, the first, the last and some between are drawn as usual and the
    rest pale, as background. On a log axis, a value of exactly zero is a triangle at the
    lower edge, since a network that has stopped learning must not look empty.

    Args:
        ax: where to draw.
        series: name to (x, y), two arrays of equal shape (points,).
        log: whether the y axis is logarithmic.
        within: a value that the logarithmic axis must reach well beyond, or None.

    Returns:
        Line by name, in the order of `series`.
    """
    floor = _set_log_limits(ax, [y for _, y in series.values()], within) if log else 0.0
    named = _style.evenly(len(series), _style.MAX_NAMED)
    lines = {}
    for position, (name, (x, y)) in enumerate(series.items()):
        zeros = (y == 0) & log
        shown = np.where(zeros, floor, np.where(np.isfinite(y), y, np.nan))
        if position in named:
            look = _line_look(named.index(position), len(x))
            (line,) = ax.plot(x, shown, label=name, **look)
            lines[name] = line
        else:
            (line,) = ax.plot(x, shown, color=_style.PALE, linewidth=0.8, zorder=1.5)
        if zeros.any():
            _mark_zeros(ax, x[zeros], floor, line.get_color())
    if log and any((y == 0).any() for _, y in series.values()):
        ax.set_xlabel(f"{ax.get_xlabel()}  (▽ = exactly zero)", fontsize=_style.LABEL)
    return lines


def _line_look(number: int, points: int) -> dict[str, Any]:
    """Returns colour, dashes and marker of the line with this number, and marker spacing."""
    return {
        "color": _style.COLOURS[number],
        "linestyle": _style.DASHES[number],
        "marker": _style.MARKERS[number],
        "markersize": 4,
        "linewidth": 1.3,
        "markevery": _style.few_markers(points),
    }


def _set_log_limits(ax: Axes, values: list[np.ndarray], within: float | None) -> float:
    """Makes the y axis logarithmic over whole decades and returns its lower end.

    All values lie strictly inside, so that none looks like the zeros at the lower edge.
    """
    y = np.concatenate(
        [np.ravel(v) for v in [*values, [] if within is None else [within / 2, within * 2]]]
    )
    y = y[np.isfinite(y) & (y > 0)]
    low, high = (np.log10(y.min()), np.log10(y.max())) if y.size else (-2, -1)
    low, high = np.ceil(low) - 1, np.floor(high) + 1
    ax.set_yscale("log")
    ax.set_ylim(10.0**low, 10.0**high)
    return 10.0**low


def _mark_zeros(ax: Axes, x: np.ndarray, floor: float, color: ColorType) -> None:
    x = x[_style.few_markers(len(x))]
    ax.plot(
        x,
        np.full(len(x), floor),
        linestyle="none",
        marker="v",
        markersize=6,
        markerfacecolor="white",
        markeredgecolor=color,
        clip_on=False,
        zorder=3,
    )


def name_line_ends(ax: Axes, lines: Mapping[str, Line2D]) -> None:
    """Writes each line's name to the right of its last point, the names kept apart.

    The layout is computed first: only then is the height of the axes in points known.
    """
    ends = {}
    for name, line in lines.items():
        x, y = (np.asarray(values, dtype=float) for values in line.get_data())
        seen = np.flatnonzero(np.isfinite(y))
        if seen.size:
            ends[name] = (x[seen[-1]], y[seen[-1]], line.get_color())
    if not ends:
        return
    figure = ax.figure.figure
    figure.draw_without_rendering()
    height = ax.get_window_extent().height / figure.dpi * 72
    to_axes = ax.transData + ax.transAxes.inverted()
    wanted = [to_axes.transform((x, y))[1] for x, y, _ in ends.values()]
    placed = _style.spread(wanted, 1.25 * _style.SMALL / height)
    for (text, (x, y, color)), place in zip(ends.items(), placed, strict=True):
        ax.annotate(
            text,
            xy=(x, y),
            xytext=(1.04, place),
            textcoords="axes fraction",
            fontsize=_style.SMALL,
            va="center",
            arrowprops={
                "arrowstyle": "-",
                "color": color,
                "linewidth": 0.6,
                "relpos": (0, 0.5),
                "shrinkA": 1,
                "shrinkB": 3,
            },
        )
