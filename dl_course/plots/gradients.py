"""Gradient flow: how much of the error signal reaches which layer, and when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from dl_course.plots import _lines, _style
from dl_course.plots._records import columns_of, layers_of, lines_of, times_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

RULE_OF_THUMB = 1e-3  # a healthy update changes weights by about a thousandth of their size
_KEYS = ("epoch", "step", "layer")
# column: title over time, y label, log scale
_COLUMNS = {
    "gradient_norm": ("Gradient norm over time", "gradient norm (log scale)", True),
    "update_ratio": ("Update size over time", "update / weight (log scale)", True),
    "zero_share": ("Zero gradients over time", "zeros (share of entries)", False),
}


def plot_gradient_flow(records: Mapping[str, ArrayLike]) -> Axes:
    """Draws the gradient norm over depth, at the first, middle and last observation.

    A line that falls towards the input is a vanishing gradient, one that rises towards it an
    exploding one. A triangle at the lower edge is a gradient of exactly zero; values that are
    not finite leave a gap.

    Args:
        records: gradient flow table with `epoch`, `step`, `layer`, `gradient_norm`.

    Returns:
        The axes; x is the position of the layer, from input to output.

    Raises:
        CourseError: a column is missing, or the table is empty or not in order of time.

    Example:
        >>> records = {"epoch": [0, 0, 1, 1], "step": [0, 0, 9, 9],
        ...            "layer": ["conv2d", "dense"] * 2, "gradient_norm": [0.1, 1.0, 0.05, 0.5]}
        >>> ax = plot_gradient_flow(records)
        >>> [label.get_text() for label in ax.get_xticklabels()]
        ['conv2d', 'dense']

    Reference: D0 3.2, D1 3.2.3; Glorot and Bengio, "Understanding the difficulty of training deep
    feedforward neural networks" (2010).
    """
    ax = _style.new_axes(3.6)
    _draw_over_depth(ax, records)
    return ax


def plot_gradient_flow_over_time(records: Mapping[str, ArrayLike]) -> Axes:
    """Draws the gradient norm of each layer over the epochs, a line per layer.

    Args:
        records: gradient flow table with `epoch`, `step`, `layer`, `gradient_norm`.

    Returns:
        The axes.

    Raises:
        CourseError: a column is missing, or the table is empty or not in order of time.

    Example:
        >>> records = {"epoch": [0, 0, 1, 1], "step": [0, 0, 9, 9],
        ...            "layer": ["conv2d", "dense"] * 2, "gradient_norm": [0.1, 1.0, 0.05, 0.5]}
        >>> ax = plot_gradient_flow_over_time(records)
        >>> ax.get_xlabel(), len(ax.lines)
        ('epoch', 2)

    Reference: D0 Q1.
    """
    ax = _style.new_axes(3.4)
    _lines.name_line_ends(ax, _draw_over_time(ax, records, "gradient_norm"))
    return ax


def _draw_over_depth(ax: Axes, records: Mapping[str, ArrayLike]) -> None:
    """Draws gradient norms over depth at three moments, and names the lines."""
    table = columns_of(records, (*_KEYS, "gradient_norm"))
    layers = layers_of(table)
    times, unit = times_of(table)
    moments = np.unique(times)
    series = {}
    for i in _style.evenly(len(moments), 3):
        rows = times == moments[i]
        depth = np.array([layers.index(name) for name in table["layer"][rows]])
        series[f"{unit} {moments[i]:.10g}"] = (depth, table["gradient_norm"][rows])
    _style.label(
        ax, "Gradient norm over depth", "layer, from input to output", _COLUMNS["gradient_norm"][1]
    )
    _layer_ticks(ax, layers)
    _lines.name_line_ends(ax, _lines.draw_lines(ax, series, log=True))


def _draw_over_time(ax: Axes, records: Mapping[str, ArrayLike], column: str) -> dict[str, Line2D]:
    """Draws one line per layer and returns those to be named.

    For `update_ratio` a grey line marks the rule of thumb.
    """
    table = columns_of(records, (*_KEYS, column))
    times, unit = times_of(table)
    title, y_label, log = _COLUMNS[column]
    _style.label(ax, title, unit, y_label)
    _style.integer_ticks(ax, times)
    rule = RULE_OF_THUMB if column == "update_ratio" else None
    lines = _lines.draw_lines(ax, lines_of(table, column), log=log, within=rule)
    if not log:
        ax.set_ylim(-0.04, 1.04)
    if not np.isfinite(table[column]).any():
        _style.say(ax, "not observed")
    elif rule:
        ends = [times.min(), times.max()]
        (line,) = ax.plot(ends, [rule, rule], color="#B0B0B0", linewidth=4, zorder=1)
        lines[f"rule of thumb: {rule}"] = line
    return lines


def plot_gradient_summary(records: Mapping[str, ArrayLike]) -> Figure:
    """Draws the gradient flow of a run on one page: over depth, over time, updates, zeros.

    Among the updates a grey line marks the rule of thumb 1e-3: far below it a layer hardly
    learns, far above it training is unstable.

    Args:
        records: gradient flow table with `epoch`, `step`, `layer`, `gradient_norm`,
            `update_ratio`, `zero_share`.

    Returns:
        The figure: four panels and the key to the lines.

    Raises:
        CourseError: a column is missing, or the table is empty or not in order of time.

    Example:
        >>> records = {"epoch": [0, 1], "step": [0, 9], "layer": ["dense"] * 2,
        ...            "gradient_norm": [1.0, 0.5], "update_ratio": [float("nan"), 1e-3],
        ...            "zero_share": [0.0, 0.2]}
        >>> [ax.get_title() for ax in plot_gradient_summary(records).axes][:2]
        ['Gradient norm over depth', 'Gradient norm over time']

    Reference: D0 Q1, D1 3.2.3; the rule of thumb: Karpathy, CS231n notes, "Neural Networks 3".
    """
    figure = _style.new_figure(7.8)
    figure.suptitle("Gradient flow", fontsize=_style.TITLE)
    # Two parts, so that the names next to the upper panel take no width from the lower ones.
    (upper,), (lower,) = figure.subfigures(2, 1, squeeze=False, height_ratios=[1, 1.7])
    over_depth = _style.add_panel(upper)
    grid = lower.add_gridspec(2, 2)
    lines = {}
    for place, column in (
        (grid[0, 0], "gradient_norm"),
        (grid[0, 1], "update_ratio"),
        (grid[1, 0], "zero_share"),
    ):
        lines |= _draw_over_time(_style.add_panel(lower, place), records, column)
    key = _style.add_panel(lower, grid[1, 1])
    key.set_axis_off()
    key.legend(
        lines.values(),
        lines.keys(),
        loc="center",
        title="Layers over time",
        title_fontsize=_style.LABEL,
        fontsize=_style.SMALL,
        handlelength=4,
        frameon=False,
    )
    _draw_over_depth(over_depth, records)  # last: it places its names in the final layout
    for ax in figure.axes:
        ax.title.set_fontsize(_style.LABEL)
    return figure


def _layer_ticks(ax: Axes, layers: list[str]) -> None:
    """Names the layers under the axis, all of them or as many as fit, turned if they are long."""
    stride = -(-len(layers) // 16)
    shown = range((len(layers) - 1) % stride, len(layers), stride)  # always with the last
    names = _style.short_names(layers)
    crowded = sum(len(names[i]) + 2 for i in shown) > 60
    if crowded:
        names = _style.short_names(layers, 12)
    ax.set_xticks(
        shown,
        [names[i] for i in shown],
        rotation=40 if crowded else 0,
        ha="right" if crowded else "center",
        rotation_mode="anchor",
    )
    ax.set_xlim(-0.4, len(layers) - 0.6)
