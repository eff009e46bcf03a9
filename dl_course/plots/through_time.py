"""The gradient through time: how far back a learning signal reaches in a recurrent layer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from dl_course.plots import _lines, _style
from dl_course.plots._records import columns_of, layers_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_MAX_LAYERS = 6


def plot_gradient_through_time(records: Mapping[str, ArrayLike]) -> Figure:
    """Draws the gradient at every time step, at the first, middle and last observation.

    Where the loss is at the end of the sequence, a line that falls to the left is a vanishing
    gradient: the layer learns nothing from what lies so far back. A triangle at the lower edge
    is a gradient of exactly zero.

    Args:
        records: the table of a `GradientThroughTime`, or its CSV file, with `epoch`, `step`,
            `layer`, `time`, `gradient_norm`; of more than six layers, six are drawn.

    Returns:
        The figure: one panel per layer, from input to output.

    Raises:
        CourseError: a column is missing or the table is empty.

    Example:
        >>> records = {"epoch": [0, 0, 1, 1], "step": [0, 0, 9, 9], "layer": ["lstm"] * 4,
        ...            "time": [0, 1, 0, 1], "gradient_norm": [0.01, 1.0, 0.1, 0.5]}
        >>> figure = plot_gradient_through_time(records)
        >>> [line.get_label() for line in figure.axes[0].lines]
        ['epoch 0', 'epoch 1']

    Reference: D1 3.2.3; Pascanu et al. 2013, https://arxiv.org/abs/1211.5063.
    """
    table = columns_of(records, ("epoch", "step", "layer", "time", "gradient_norm"))
    layers = layers_of(table)
    chosen = [layers[i] for i in _style.evenly(len(layers), _MAX_LAYERS)]
    figure = _style.new_figure(2.6 + 1.2 * (len(chosen) - 1))
    left_out = "" if chosen == layers else f" ({len(chosen)} of {len(layers)} layers)"
    figure.suptitle(f"Gradient through time{left_out}", fontsize=_style.TITLE)
    grid = figure.add_gridspec(len(chosen), 1)
    titles = _style.short_names(chosen, 40)
    drawn = []
    for number, (name, title) in enumerate(zip(chosen, titles, strict=True)):
        ax = _style.add_panel(figure, grid[number])
        own = {key: column[table["layer"] == name] for key, column in table.items()}
        _style.label(ax, title, "time step", "gradient norm", size=_style.LABEL)
        _style.integer_ticks(ax, own["time"])
        drawn.append((ax, _lines.draw_lines(ax, _moments(own), log=True)))
    if len({ax.get_xlim() for ax, _ in drawn}) == 1:
        for ax, _ in drawn[:-1]:
            ax.set_xlabel("")
            ax.tick_params(labelbottom=False)
    for ax, lines in drawn:  # last: names are placed in the final layout
        _lines.name_line_ends(ax, lines)
    return figure


def _moments(own: Mapping[str, np.ndarray]) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Returns time and gradient of a layer at the first, middle and last observation, by name."""
    by_epoch = len(np.unique(own["epoch"])) == len(np.unique(own["step"]))
    column, unit = ("epoch", "epoch") if by_epoch else ("step", "training step")
    moments = np.unique(own[column])
    series = {}
    for i in _style.evenly(len(moments), 3):
        rows = own[column] == moments[i]
        series[f"{unit} {moments[i]:.10g}"] = (own["time"][rows], own["gradient_norm"][rows])
    return series
