"""Activation statistics: what each layer puts out while the network learns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from dl_course.plots import _style
from dl_course.plots._records import columns_of, layers_of, times_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import LogNorm
    from matplotlib.figure import Figure

_KEYS = ("epoch", "step", "layer")
_QUANTILES = ("q05", "median", "q95")
_MAX_ROWS = 8  # layers on a page
_BINS = 40  # rows of a histogram picture
_FAINTEST = 1e-3  # the share of values that is drawn in the lightest grey
_SHARES: dict[str, dict[str, Any]] = {
    "dead_share": {
        "label": "dead: a ReLU unit that is always zero",
        "color": _style.COLOURS[1],
        "marker": "s",
    },
    "saturated_share": {
        "label": "saturated: a sigmoid or tanh near its limit",
        "color": _style.COLOURS[2],
        "linestyle": "--",
        "marker": "^",
    },
}


def plot_activation_statistics(records: Mapping[str, ArrayLike]) -> Figure:
    """Draws where the activations of each layer lie over time, and its dead and saturated share.

    One row per layer, from input to output. The line is the median, the band holds all but the
    lowest and the highest 5 % of the values. A band that narrows from row to row is a signal
    that dies out; a dead share near 1 is a ReLU layer that no longer learns.

    Args:
        records: activation table with `epoch`, `step`, `layer`, `q05`, `median`, `q95`,
            `dead_share`, `saturated_share`; of more than eight layers, eight are drawn.

    Returns:
        The figure: a row of panels per layer; no panel for shares that do not apply to a layer.

    Raises:
        CourseError: a column is missing, or the table is empty or not in order of time.

    Example:
        >>> nan = float("nan")
        >>> records = {"epoch": [0, 1], "step": [0, 9], "layer": ["dense"] * 2, "q05": [0.0, 0.0],
        ...            "median": [0.1, 0.3], "q95": [0.5, 0.9], "dead_share": [0.0, 0.1],
        ...            "saturated_share": [nan, nan]}
        >>> [ax.get_title() for ax in plot_activation_statistics(records).axes][1:]
        ['Median, and 5 % to 95 %', 'Dead or saturated units']

    Reference: D0 Q1, D2 Q1; Glorot and Bengio (2010).
    """
    table = columns_of(records, (*_KEYS, *_QUANTILES, *_SHARES))
    return _layer_rows(
        table, {"Median, and 5 % to 95 %": _draw_quantiles, "Dead or saturated units": _draw_shares}
    )


def plot_activation_summary(records: Mapping[str, ArrayLike]) -> Figure:
    """Draws the activations of a run on one page: distribution, quantiles, dead units.

    Args:
        records: activation table with all its columns; of more than eight layers, eight are
            drawn.

    Returns:
        The figure: a row of panels per layer, from input to output. In the distribution, darker
        is more.

    Raises:
        CourseError: a column is missing, or the table is empty or not in order of time.

    Example:
        >>> nan = float("nan")
        >>> records = {"epoch": [0, 1], "step": [0, 9], "layer": ["dense"] * 2, "q05": [0.0, 0.0],
        ...            "median": [0.1, 0.3], "q95": [0.5, 0.9], "dead_share": [0.0, 0.1],
        ...            "saturated_share": [nan, nan], "low": [0.0, 0.0], "high": [1.0, 2.0],
        ...            "counts": [[3, 1], [2, 2]]}
        >>> [ax.get_title() for ax in plot_activation_summary(records).axes][1:3]
        ['Distribution', 'Median, 5-95 %']

    Reference: D0 Q1, D2 Q1; Glorot and Bengio (2010), figure 4.
    """
    table = columns_of(records, (*_KEYS, *_QUANTILES, *_SHARES, "low", "high", "counts"))
    drawers = {
        "Distribution": _draw_histogram,
        "Median, 5-95 %": _draw_quantiles,
        "Dead or saturated": _draw_shares,
    }
    return _layer_rows(table, drawers)


def _layer_rows(table: Mapping[str, np.ndarray], drawers: Mapping[str, Callable]) -> Figure:
    """Returns a figure with a row per layer and a column per statistic that applies to any."""
    names = layers_of(table)
    chosen = [names[i] for i in _style.evenly(len(names), _MAX_ROWS)]
    titles = dict(zip(names, _style.short_names(names, 14), strict=True))
    shares = [name for name in _SHARES if np.isfinite(table[name]).any()]
    if not shares:
        drawers = {header: draw for header, draw in drawers.items() if draw is not _draw_shares}
    figure = _style.new_figure(1.3 + 0.95 * len(chosen))
    figure.suptitle(_title("Activations over time", chosen, names), fontsize=_style.TITLE)
    grid = figure.add_gridspec(
        len(chosen), 1 + len(drawers), width_ratios=[0.4] + [1] * len(drawers)
    )
    panels = np.empty((len(chosen), len(drawers)), dtype=object)
    for row, name in enumerate(chosen):
        head = _style.add_panel(figure, grid[row, 0])
        head.set_axis_off()
        head.text(0, 0.5, titles[name], fontsize=_style.SMALL, va="center")
        for column, (header, draw) in enumerate(drawers.items()):
            ax = panels[row, column] = _style.add_panel(figure, grid[row, 1 + column])
            y_label = "share" if draw is _draw_shares else "value"
            _style.label(ax, header if row == 0 else "", "", y_label, size=_style.LABEL)
            draw(ax, *_rows_of(table, name))
    for column in panels.T:
        *above, lowest = [ax for ax in column if ax.axison]
        lowest.set_xlabel(times_of(table)[1], fontsize=_style.LABEL)
        for ax in above:
            ax.tick_params(labelbottom=False)
    has_scale = _draw_histogram in drawers.values()
    if has_scale:
        _grey_scale(figure, panels[:, 0].tolist())
    if shares:
        # The scale leaves room next to it; without one the layout has to make some.
        _explain_shares(figure, shares, outside=not has_scale)
    return figure


def _title(text: str, chosen: Sequence[str], names: Sequence[str]) -> str:
    return text if len(chosen) == len(names) else f"{text} ({len(chosen)} of {len(names)} layers)"


def _rows_of(
    table: Mapping[str, np.ndarray], layer: str
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Returns the times of a layer's observations and its part of the table."""
    own = table["layer"] == layer
    return times_of(table)[0][own], {name: column[own] for name, column in table.items()}


def _draw_quantiles(ax: Axes, times: np.ndarray, own: Mapping[str, np.ndarray]) -> None:
    _style.integer_ticks(ax, times)
    low, median, high = (own[name] for name in _QUANTILES)
    ax.fill_between(times, low, high, color="#C9DDEB", linewidth=0)
    if len(times) == 1:  # a band needs two
        ax.errorbar(times, median, [median - low, high - median], color="#0072B2", capsize=4)
    few = _style.few_markers(len(times))
    ax.plot(times, median, "o-", color="#0072B2", markersize=3, linewidth=1.3, markevery=few)
    if not np.isfinite(median).any():
        _style.say(ax, "no finite values")


def _draw_shares(ax: Axes, times: np.ndarray, own: Mapping[str, np.ndarray]) -> None:
    _style.integer_ticks(ax, times)
    ax.set(ylim=(-0.08, 1.08), yticks=[0, 0.5, 1])
    few = _style.few_markers(len(times))
    shown = [name for name in _SHARES if np.isfinite(own[name]).any()]
    for name in shown:
        ax.plot(times, own[name], markersize=3.5, linewidth=1.3, markevery=few, **_SHARES[name])
    if not shown:  # the layer has no such share
        ax.set_axis_off()
        ax.set_ylabel("")


def _explain_shares(figure: Figure, shares: Sequence[str], *, outside: bool) -> None:
    from matplotlib.lines import Line2D

    keys = [Line2D([], [], markersize=3.5, **_SHARES[name]) for name in shares]
    loc = "outside lower right" if outside else "lower right"
    figure.legend(handles=keys, loc=loc, fontsize=_style.SMALL, handlelength=4, frameon=False)


def _draw_histogram(ax: Axes, times: np.ndarray, own: Mapping[str, np.ndarray]) -> None:
    """Draws the share of values per bin, over bins that are the same at every observation."""
    _style.integer_ticks(ax, times)
    ax.grid(visible=False)
    seen = np.isfinite(own["low"]) & np.isfinite(own["high"])
    if not seen.any():
        _style.say(ax, "no finite values")
        return
    low, high = own["low"][seen].min(), own["high"][seen].max()
    if low == high:
        low, high = low - 0.5, high + 0.5
    edges = np.linspace(low, high, _BINS + 1)
    shares = np.zeros((len(times), _BINS))
    for row in np.flatnonzero(seen):
        shares[row] = rebin(own["counts"][row], own["low"][row], own["high"][row], edges)
    # Each observation reaches half way to its neighbours.
    gaps = np.diff(times) if len(times) > 1 else np.ones(1)
    borders = np.concatenate(
        [times[:1] - gaps[:1] / 2, times[:-1] + np.diff(times) / 2, times[-1:] + gaps[-1:] / 2]
    )
    ax.pcolormesh(borders, edges, shares.T, norm=_grey_norm(), cmap="Greys")
    ax.set(xlim=(borders[0], borders[-1]), ylim=(low, high))


def _grey_norm() -> LogNorm:
    from matplotlib.colors import LogNorm

    return LogNorm(_FAINTEST, 1)


def rebin(counts: np.ndarray, low: float, high: float, edges: np.ndarray) -> np.ndarray:
    """Returns the share of values between `edges`, from counts over equal bins.

    Values are assumed to lie evenly within their old bin; if low and high are equal, all lie
    there.

    Args:
        counts: shape (bins,), over equal bins from `low` to `high`.
        low: lower end of the first bin.
        high: upper end of the last bin.
        edges: shape (new bins + 1,), growing.

    Returns:
        Shares from 0 to 1, of shape (new bins,).

    Example:
        >>> rebin(np.array([3, 1]), 0.0, 2.0, np.array([0.0, 0.5, 2.0])).tolist()
        [0.375, 0.625]
    """
    if low == high:
        return np.histogram([low], edges)[0].astype(float)
    below = np.concatenate([[0], np.cumsum(counts)]) / max(np.sum(counts), 1)
    return np.diff(np.interp(edges, np.linspace(low, high, len(counts) + 1), below))


def _grey_scale(figure: Figure, axes: list[Axes]) -> None:
    from matplotlib.cm import ScalarMappable

    scale = ScalarMappable(_grey_norm(), "Greys")
    bar = figure.colorbar(scale, ax=axes, location="bottom", aspect=30, pad=0.02)
    bar.set_ticks([0.001, 0.01, 0.1, 1], labels=["0.1", "1", "10", "100"])
    bar.ax.tick_params(labelsize=_style.SMALL, which="major")
    bar.ax.minorticks_off()
    bar.set_label("values in a bin (%)", fontsize=_style.SMALL)
