"""Tables of observations ("records"): one row per observation and layer, in network order."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from dl_course.errors import CourseError, argument_error
from dl_course.plots._style import short_names


def columns_of(records: Mapping[str, ArrayLike], names: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Returns the named columns as equally long arrays; `layer` as text, the others as floats.

    Raises:
        CourseError: a column is missing, not numeric, or not as long as the others, or the
            table is empty.

    Example:
        >>> columns_of({"epoch": [1], "loss": [0.5]}, ("epoch", "accuracy"))
        Traceback (most recent call last):
        ...
        dl_course.errors.CourseError: `records` has no column 'accuracy'. Found: epoch, loss.
    """
    if not isinstance(records, Mapping):
        raise argument_error("records", "a dict of columns", type(records).__name__)
    for name in names:
        if name not in records:
            found = ", ".join(map(str, records)) or "none"
            raise CourseError(f"`records` has no column {name!r}. Found: {found}.")
    table = {name: _as_column(name, records[name]) for name in names}
    lengths = {name: len(column) for name, column in table.items()}
    if len(set(lengths.values())) != 1:
        raise CourseError(f"`records` must have equally long columns. Received lengths: {lengths}.")
    if not next(iter(lengths.values())):
        raise CourseError("`records` has no rows. Observe at least one epoch before drawing.")
    return table


def _as_column(name: str, values: ArrayLike) -> np.ndarray:
    if name == "layer":
        return np.asarray(values, dtype=str)
    try:
        column = np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        raise CourseError(f"Column {name!r} of `records` must hold numbers only.") from None
    dimensions = 2 if name == "counts" else 1
    if column.ndim != dimensions:
        raise CourseError(
            f"Column {name!r} of `records` must have {dimensions} dimension(s). "
            f"Received: shape {column.shape}."
        )
    return column


def layers_of(table: Mapping[str, np.ndarray]) -> list[str]:
    """Returns the layer names in network order, each once.

    Example:
        >>> layers_of({"layer": np.array(["conv2d", "dense", "conv2d", "dense"])})
        ['conv2d', 'dense']
    """
    return list(dict.fromkeys(table["layer"].tolist()))


def lines_of(
    table: Mapping[str, np.ndarray], column: str
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Returns, by shortened layer name, the times and the values of a column.

    Example:
        >>> table = {"epoch": np.array([0, 1]), "step": np.array([0, 9]),
        ...          "layer": np.array(["dense", "dense"]), "mean": np.array([0.5, 0.6])}
        >>> lines_of(table, "mean")
        {'dense': (array([0, 1]), array([0.5, 0.6]))}
    """
    times, _ = times_of(table)
    layers = layers_of(table)
    rows = [table["layer"] == name for name in layers]
    values = [(times[own], table[column][own]) for own in rows]
    return dict(zip(short_names(layers), values, strict=True))


def times_of(table: Mapping[str, np.ndarray]) -> tuple[np.ndarray, str]:
    """Returns when each row was observed, and the label of that axis.

    The unit is the epoch; with several observations in an epoch it is the training step.

    Args:
        table: with the columns `epoch`, `step` and `layer`, oldest rows first.

    Returns:
        The times, of shape (rows,), and "epoch" or "training step".

    Raises:
        CourseError: neither column increases from each observation of a layer to the next.

    Example:
        >>> times_of({"epoch": np.array([1, 1]), "step": np.array([5, 10]),
        ...           "layer": np.array(["dense", "dense"])})
        (array([ 5, 10]), 'training step')
    """
    for column, axis_label in (("epoch", "epoch"), ("step", "training step")):
        times = table[column]
        if all(np.all(np.diff(times[table["layer"] == name]) > 0) for name in layers_of(table)):
            return times, axis_label
    raise CourseError(
        "`records` must be in chronological order, with every observation of a layer once. "
        "Neither column 'epoch' nor column 'step' increases from row to row."
    )
