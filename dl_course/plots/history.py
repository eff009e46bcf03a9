"""Learning curves: what training and validation did, epoch by epoch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from dl_course.errors import CourseError, argument_error, check_choice
from dl_course.plots import _lines, _style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

_LABELS = {
    "accuracy": "accuracy (share)",
    "learning_rate": "learning rate (per step)",
    "seconds": "time per epoch (seconds)",
}
# Unless `mode` says otherwise: of a measure whose name has one of these in it, less is better.
_LESS_IS_BETTER = ("loss", "error", "entropy", "perplexity", "divergence", "distance", "mse", "mae")


def plot_history(
    history: Mapping[str, Sequence[float]],
    metric: str = "loss",
    *,
    y_label: str | None = None,
    mode: str | None = None,
) -> Axes:
    """Draws a metric over the epochs, for training and validation, and marks the best epoch.

    Of equally good epochs the first is marked. Without validation values only the training curve
    is drawn.

    Args:
        history: one list per metric with one value per epoch, such as `loss` and `val_loss`.
        metric: "loss" or another key of `history`, without the `val_`.
        y_label: what the metric is, with its unit, such as "cross-entropy (nats)" or "mean
            squared error (dollars²)"; by default its name.
        mode: "min" if the lowest validation value is the best, "max" if the highest is; by default
            what the metric's name suggests: "min" for a loss or an error, else "max".

    Returns:
        The axes.

    Raises:
        CourseError: `history` has no such metric, no epochs, or lists of different length; or the
            mode is unknown.

    Example:
        >>> ax = plot_history({"loss": [0.9, 0.4, 0.2], "val_loss": [0.8, 0.5, 0.6]})
        >>> [text.get_text() for text in ax.texts]
        ['best: epoch 2 (0.500)', 'training', 'validation']

    Reference: D1 4.2; D2 3, step 6.
    """
    curves = _curves(history, metric)
    if mode is not None:
        check_choice("mode", mode, ("min", "max"))
    ax = _style.new_axes(3.2)
    _lines.name_line_ends(ax, _draw(ax, curves, metric, y_label, mode))
    return ax


def plot_histories(
    history: Mapping[str, Sequence[float]],
    metrics: Sequence[str],
    y_labels: Mapping[str, str] | None = None,
) -> Figure:
    """Draws several metrics of a training, each in a panel as `plot_history` draws it.

    Args:
        history: one list per metric with one value per epoch, such as `loss` and `val_loss`.
        metrics: the keys of `history` to draw, without the `val_`; at least one.
        y_labels: what a metric is, with its unit; by default its name.

    Returns:
        The figure: two panels to a row.

    Raises:
        CourseError: `history` has no such metric, no epochs, or lists of different length.

    Example:
        >>> history = {"loss": [0.9, 0.4], "mean_absolute_error": [0.7, 0.5]}
        >>> figure = plot_histories(history, ("loss", "mean_absolute_error"))
        >>> [ax.get_ylabel() for ax in figure.axes]
        ['loss', 'mean absolute error']

    Reference: D1 4.2; D2 3, step 6.
    """
    if not metrics:
        raise argument_error("metrics", "a list of at least one metric", metrics)
    curves = {metric: _curves(history, metric) for metric in metrics}
    columns = min(2, len(curves))
    rows = -(-len(curves) // columns)
    figure = _style.new_figure(0.2 + 2.5 * rows)
    drawn = []
    for place, (metric, own) in zip(
        _style.places(figure, rows, columns), curves.items(), strict=False
    ):
        ax = _style.add_panel(figure, place)
        drawn.append((ax, _draw(ax, own, metric, (y_labels or {}).get(metric))))
        ax.title.set_fontsize(_style.LABEL)
    for ax, lines in drawn:  # last: names are placed in the final layout
        _lines.name_line_ends(ax, lines)
    return figure


def _draw(
    ax: Axes,
    curves: Mapping[str, np.ndarray],
    metric: str,
    y_label: str | None = None,
    mode: str | None = None,
) -> dict[str, Line2D]:
    """Draws the curves of a metric and returns the lines to be named."""
    epochs = np.arange(1, len(curves["training"]) + 1)
    name = metric.replace("_", " ")
    title = name.capitalize() if name.islower() else name  # mAP is written like this
    _style.label(ax, f"{title} during training", "epoch", y_label or _LABELS.get(metric, name))
    _style.integer_ticks(ax, epochs)
    lines = _lines.draw_lines(ax, {k: (epochs, y) for k, y in curves.items()}, log=False)
    finite = np.concatenate([y[np.isfinite(y)] for y in curves.values()])
    if not finite.size:
        _style.say(ax, "no finite values")
        return {}
    _style.quiet_limits(ax, finite)
    if np.isfinite(curves.get("validation", [np.nan])).any():
        lowest = mode == "min" if mode else any(part in metric for part in _LESS_IS_BETTER)
        _mark_best(ax, epochs, curves["validation"], lowest=lowest)
    return lines if len(lines) > 1 else {}


def _curves(history: Mapping[str, Sequence[float]], metric: str) -> dict[str, np.ndarray]:
    """Returns the training and, where there is one, the validation values of a metric."""
    if not isinstance(history, Mapping):
        raise argument_error(
            "history",
            "a dict of lists, one value per epoch",
            type(history).__name__,
            "For a Keras History object, pass its attribute `history`.",
        )
    if metric not in history:
        found = ", ".join(map(str, history)) or "none"
        raise CourseError(f"`history` has no metric {metric!r}. Found: {found}.")
    curves = {"training": np.asarray(history[metric], dtype=float)}
    if f"val_{metric}" in history:
        curves["validation"] = np.asarray(history[f"val_{metric}"], dtype=float)
    lengths = [len(y) for y in curves.values()]
    if min(lengths) == 0 or len(set(lengths)) > 1:
        raise CourseError(
            f"`history` must hold one {metric} per epoch and at least one epoch. "
            f"Received: {' and '.join(map(str, lengths))} values."
        )
    return curves


def _mark_best(ax: Axes, epochs: np.ndarray, values: np.ndarray, *, lowest: bool) -> None:
    """Rings the best epoch; its text stands in a strip of its own, free of curves."""
    best = int(np.nanargmin(values) if lowest else np.nanargmax(values))
    x, y = epochs[best], values[best]
    ax.plot(x, y, "o", markersize=10, markerfacecolor="none", markeredgecolor="black")
    low, high = ax.get_ylim()
    strip = 0.13 * (high - low)
    # Learning curves end low for a loss and high for an accuracy: the strip is on the other side.
    ax.set_ylim(low - (0 if lowest else strip), high + (strip if lowest else 0))
    right_half = best > (len(values) - 1) / 2
    ax.annotate(
        f"best: epoch {x} ({y:.3f})",
        xy=(x, y),
        xytext=(-6 if right_half else 6, 0.95 if lowest else 0.05),
        textcoords=("offset points", "axes fraction"),
        ha="right" if right_half else "left",
        va="center",
        fontsize=_style.SMALL,
    )
    ax.axvline(x, color="black", linewidth=0.6, linestyle=":", zorder=1)
