"""Curves over one axis, and the activation functions with their slopes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from dl_course.errors import CourseError
from dl_course.plots import _arrays, _lines, _style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def plot_curves(
    x: ArrayLike,
    curves: Mapping[str, ArrayLike],
    *,
    title: str,
    x_label: str,
    y_label: str,
    log_x: bool = False,
    log_y: bool = False,
) -> Axes:
    """Draws named curves over one axis, each with its name where it ends.

    Values that are not finite leave a gap: a training that diverged is drawn as far as it went.
    On a logarithmic y axis, exactly zero is a triangle at the lower edge.

    Args:
        x: where all the curves have a value, shape (points,), growing.
        curves: name to values, each of shape (points,); of more than eight, eight are named.
        title: the title of the picture.
        x_label: what x is, with its unit.
        y_label: what the values are, with their unit.
        log_x: whether the x axis is logarithmic; `x` must then be positive.
        log_y: whether the y axis is logarithmic; no value may then be negative.

    Returns:
        The axes.

    Raises:
        CourseError: a shape does not fit, or a value has no place on a logarithmic axis.

    Example:
        >>> distance = np.arange(10)
        >>> ax = plot_curves(distance, {"RNN": 0.5**distance, "LSTM": 0.9**distance},
        ...                  title="Gradient against time distance", x_label="steps back",
        ...                  y_label="gradient norm", log_y=True)
        >>> [text.get_text() for text in ax.texts]
        ['RNN', 'LSTM']
    """
    x = _arrays.growing("x", x)
    series = _series(x, curves, log_y=log_y)
    if log_x and x[0] <= 0:
        raise CourseError(f"`x` must be positive on a logarithmic axis. Received: {x[0]:g}.")
    ax = _style.new_axes(3.4)
    _style.label(ax, title, x_label, y_label)
    if log_x:
        ax.set_xscale("log")
    elif np.issubdtype(x.dtype, np.integer):
        _style.integer_ticks(ax, x)
    lines = _lines.draw_lines(ax, series, log=log_y)
    finite = np.concatenate([y[np.isfinite(y)] for _, y in series.values()])
    if not finite.size:
        _style.say(ax, "no finite values")
        return ax
    if not log_y:
        _style.quiet_limits(ax, finite)
    ax.tick_params(which="minor", labelsize=_style.SMALL)
    _lines.name_line_ends(ax, lines)
    return ax


def _series(
    x: np.ndarray, curves: Mapping[str, ArrayLike], *, log_y: bool
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    _arrays.mapping("curves", curves, "name to values")
    series = {}
    short = _style.short_names(curves, 24)
    for (name, values), label in zip(curves.items(), short, strict=True):
        y = _arrays.floats(f"curves[{name!r}]", values, points=len(x))
        if log_y and (y < 0).any():
            raise CourseError(
                f"`curves[{name!r}]` must not be negative on a logarithmic axis. "
                f"Received: {np.nanmin(y):g}."
            )
        series[label] = (x, y)
    return series


def plot_activations(x: ArrayLike, functions: Mapping[str, ArrayLike]) -> Figure:
    """Draws activation functions, each in a panel with its derivative and its steepest slope.

    In backpropagation every layer multiplies the gradient by a slope: one that is never above
    0.25 makes it vanish, one that is zero over half of the axis stops it.

    Args:
        x: inputs, shape (points,), growing.
        functions: name to (values, derivatives), each of shape (points,).

    Returns:
        The figure, one panel per function.

    Raises:
        CourseError: a shape does not fit or a value is not finite.

    Example:
        >>> x = np.linspace(-3, 3, 61)
        >>> figure = plot_activations(x, {"tanh": (np.tanh(x), 1 - np.tanh(x) ** 2)})
        >>> figure.axes[0].get_title()
        'tanh: slope up to 1'

    Reference: D3 3.1, D4 3; D1 3.2.3.
    """
    x = _arrays.growing("x", x)
    _arrays.mapping("functions", functions, "name to (values, derivatives)")
    pairs = {
        name: _arrays.finite(f"functions[{name!r}]", pair, curves=2, points=len(x))
        for name, pair in functions.items()
    }
    columns = min(3, len(pairs))
    rows = -(-len(pairs) // columns)
    figure = _style.new_figure(0.9 + 1.75 * rows)
    figure.suptitle("Activation functions and their derivatives", fontsize=_style.TITLE)
    grid = _style.places(figure, rows, columns)
    names = _style.short_names(pairs, 12)
    for place, name, pair in zip(grid, names, pairs.values(), strict=False):
        ax = _style.add_panel(figure, place)
        title = f"{name}: slope up to {pair[1].max():.3g}"
        _style.label(ax, title, "x", "value", size=_style.LABEL)
        looks = {"function": ("#000000", "-"), "derivative": (_style.COLOURS[1], "--")}
        for (label, (color, dashes)), y in zip(looks.items(), pair, strict=True):
            lines = ax.plot(x, y, color=color, linestyle=dashes, linewidth=1.6, label=label)
            lines[0].set_clip_on(False)
        _style.quiet_limits(ax, pair.ravel())
        for draw in (ax.axhline, ax.axvline):
            draw(0, color="#A0A0A0", linewidth=0.7, zorder=1)
    keys = ax.get_legend_handles_labels()
    figure.legend(
        *keys,
        loc="outside lower center",
        ncols=2,
        fontsize=_style.SMALL,
        handlelength=4,
        frameon=False,
    )
    return figure
