"""Matrices: as shades, through time, and by their eigenvalues."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from dl_course.errors import CourseError, argument_error
from dl_course.plots import _arrays, _cells, _style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def plot_heatmap(matrix: ArrayLike, *, title: str, x_label: str, y_label: str) -> Axes:
    """Draws a matrix as shades, with its numbers where they fit.

    With negative values the scale is symmetric about zero, which is a neutral grey.

    Args:
        matrix: shape (rows, columns).
        title: the title of the picture.
        x_label: what the columns are, counted from 0.
        y_label: what the rows are, counted from 0.

    Returns:
        The axes.

    Raises:
        CourseError: not a matrix of finite numbers.

    Example:
        >>> ax = plot_heatmap(np.array([[1.0, -0.5]]), title="Jacobian", x_label="input",
        ...                   y_label="output")
        >>> [text.get_text() for text in ax.texts]
        ['1.00', '-0.50']

    Reference: D4 2.
    """
    matrix = _arrays.finite("matrix", matrix, rows=None, columns=None)
    rows, columns = matrix.shape
    ax = _style.new_axes(float(np.clip(1 + 4.6 * rows / columns, 2, 4.4)))
    _style.label(ax, title, x_label, y_label)
    shown = _cells.show(ax, matrix, _cells.limits_of(matrix), _style.MAP)
    ax.set(xticks=_index_ticks(columns, 12), yticks=_index_ticks(rows, 12))
    ax.grid(visible=False)
    _cells.scale(ax, shown, "value", aspect=20)
    _cells.write(ax, shown, _cells.numbers(matrix))
    return ax


def _index_ticks(count: int, most: int) -> range:
    """Returns round numbers from 0 to `count - 1`, at most `most` of them."""
    steps = (digit * 10**power for power in range(9) for digit in (1, 2, 5))
    return range(0, count, next(step for step in steps if count <= step * most))


def plot_gates(
    gates: Mapping[str, ArrayLike], *, title: str, labels: Sequence[str] | None = None
) -> Figure:
    """Draws the gates of a recurrent layer over the time steps of one sequence.

    Panels of a kind share their scale, so that shades can be compared: gates from 0 (closed) to
    1 (open), states and candidates from -1 to 1, and what goes beyond that on one scale,
    symmetric about zero.

    Args:
        gates: name to values, each of shape (time, units), time counted from 0; at most eight.
        title: the title of the figure.
        labels: what was read at each step, such as the words of a sentence; by default the
            steps are numbered.

    Returns:
        The figure: one panel per gate, time from left to right, units from top to bottom. Of
        more than 40 labels, 40 are written.

    Raises:
        CourseError: shapes differ, a value is not finite, or there is not one label per step.

    Example:
        >>> gates = {"forget gate": np.full((2, 4), 0.9), "cell state": np.full((2, 4), -2.0)}
        >>> figure = plot_gates(gates, title="An LSTM reads", labels=["not", "bad"])
        >>> [ax.images[0].get_clim() for ax in figure.axes if ax.images]
        [(0.0, 1.0), (-2.0, 2.0)]

    Reference: D0 3.5 and 3.6, D1 3.3.
    """
    _arrays.mapping("gates", gates, "name to values", 8)
    first, *_ = gates.items()
    time, units = _arrays.finite(f"gates[{first[0]!r}]", first[1], time=None, units=None).shape
    checked = {
        name: _arrays.finite(f"gates[{name!r}]", value, time=time, units=units)
        for name, value in gates.items()
    }
    if labels is not None and len(labels) != time:
        expected = f"{time}, one label for each time step"
        raise argument_error("len(labels)", expected, len(labels))
    limits = _gate_limits(list(checked.values()))
    figure = _style.new_figure(0.8 + min(1.2, 8 / len(checked)) * len(checked))
    figure.suptitle(title, fontsize=_style.TITLE)
    grid = figure.add_gridspec(len(checked), 1)
    names = _style.short_names(checked, 40)
    for number, (name, values) in enumerate(zip(names, checked.values(), strict=True)):
        ax = _style.add_panel(figure, grid[number])
        last = number == len(checked) - 1
        _style.label(ax, name, "time step" if last else "", "unit", size=_style.LABEL)
        shown = _cells.show(ax, values.T, limits[number], _style.MAP)
        ax.set_aspect("auto")
        ax.set(xticks=_index_ticks(len(values), 12), yticks=_index_ticks(values.shape[1], 4))
        if labels is not None:
            _label_ticks(ax, labels)
        ax.grid(visible=False)
        ax.tick_params(labelbottom=last)
        _cells.scale(ax, shown, "value")
    return figure


def _gate_limits(panels: Sequence[np.ndarray]) -> list[tuple[float, float]]:
    """Returns the ends of each panel's scale: one scale for all panels of a kind.

    Example:
        >>> _gate_limits([np.array([0.2, 0.9]), np.array([-0.1]), np.array([3.0]), np.array([-5])])
        [(0.0, 1.0), (-1.0, 1.0), (-5.0, 5.0), (-5.0, 5.0)]
    """
    largest = max(float(np.abs(values).max()) for values in panels)
    limits = []
    for values in panels:
        if np.abs(values).max() > 1:
            limits.append((-largest, largest))
        else:
            limits.append((0.0 if values.min() >= 0 else -1.0, 1.0))
    return limits


def _label_ticks(ax: Axes, labels: Sequence[str]) -> None:
    """Names the columns, vertically if the names are too long to stand side by side."""
    places = _style.evenly(len(labels), 40)
    texts = [str(labels[place]) for place in places]
    texts = [_style.plain(text if len(text) <= 14 else f"{text[:13]}…") for text in texts]
    fits = max(map(len, texts)) * len(texts) <= 60
    ax.set_xticks(places, texts, rotation=0 if fits else 90)


def plot_eigenvalues(matrices: Mapping[str, ArrayLike]) -> Axes:
    """Draws the eigenvalues of matrices in the complex plane, with the unit circle.

    What is multiplied by a matrix again and again vanishes if all eigenvalues lie inside the
    circle and explodes along one that lies outside.

    Args:
        matrices: name to matrix, shape (n, n); at most eight.

    Returns:
        The axes; the key gives the size of the largest eigenvalue.

    Raises:
        CourseError: a matrix is not square or a value is not finite.

    Example:
        >>> ax = plot_eigenvalues({"recurrent": np.diag([0.5, -0.9])})
        >>> [text.get_text() for text in ax.get_legend().get_texts()]
        ['recurrent: max |λ| = 0.9', 'unit circle']

    Reference: D4 2, D1 3.2.3.
    """
    _arrays.mapping("matrices", matrices, "name to square matrix", _style.MAX_NAMED)
    spectra = {name: _eigenvalues(name, matrix) for name, matrix in matrices.items()}
    ax = _style.new_axes(4.2)
    _style.label(ax, "Eigenvalues and the unit circle", "real part", "imaginary part")
    for number, (name, values) in enumerate(
        zip(_style.short_names(spectra, 18), spectra.values(), strict=True)
    ):
        ax.plot(
            values.real,
            values.imag,
            linestyle="none",
            marker=_style.MARKERS[number],
            markersize=5.5,
            markerfacecolor="none",
            markeredgecolor=_style.COLOURS[number],
            label=f"{name}: max |λ| = {np.abs(values).max():.3g}",
        )
    turn = np.linspace(0, 2 * np.pi, 200)
    ax.plot(np.cos(turn), np.sin(turn), color="black", linewidth=1, label="unit circle", zorder=1)
    for draw in (ax.axhline, ax.axvline):
        draw(0, color="#B0B0B0", linewidth=0.6, zorder=0)
    ax.grid(visible=False)
    ax.set_aspect("equal", adjustable="datalim")  # leaves room for the legend
    ax.margins(0.08)
    ax.legend(loc="upper left", bbox_to_anchor=(1.01, 1.02), fontsize=_style.SMALL, frameon=False)
    return ax


def _eigenvalues(name: str, matrix: ArrayLike) -> np.ndarray:
    matrix = _arrays.finite(f"matrices[{name!r}]", matrix, rows=None, columns=None)
    if matrix.shape[0] != matrix.shape[1]:
        raise CourseError(f"`matrices[{name!r}]` must be square. Received: shape {matrix.shape}.")
    return np.linalg.eigvals(matrix)
