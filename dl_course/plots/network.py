"""A small network as a graph: values flow forward, gradients flow back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from dl_course.errors import argument_error
from dl_course.plots import _arrays, _cells, _style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MOST_NODES = 10  # in a layer
_MOST_LAYERS = 6
_NODE = 32  # diameter in points
_NEGATIVE = (0, (3, 1.5))  # the dashes of a negative weight


def plot_network(
    layers: Sequence[ArrayLike],
    *,
    values: Sequence[ArrayLike] | None = None,
    gradients: Sequence[ArrayLike] | None = None,
) -> Figure:
    """Draws a network of dense layers as nodes and edges, for one example.

    An edge is as wide as its weight is large, solid if positive and dashed if negative. The
    gradient of a weight can be read off: the value at its left end times the gradient at its
    right end.

    Args:
        layers: weight matrices, shape (inputs, units) as Keras holds them; at most six layers
            and ten nodes in each.
        values: the value of each node, written into it: one array per column of nodes, shape
            (nodes,), the inputs first.
        gradients: the gradient of the loss with respect to the weighted sum of each unit, written
            below it: one array per layer, shape (units,). For one example it equals the
            gradient of the bias.

    Returns:
        The figure.

    Raises:
        CourseError: shapes do not fit each other, or the network is too large to be drawn.

    Example:
        >>> layers = [np.ones((2, 4)), -np.ones((4, 1))]
        >>> figure = plot_network(layers, values=[[0, 1], [1] * 4, [-4]])
        >>> figure.get_suptitle()
        'Network 2-4-1: values flow forward'

    Reference: D0 3.2, D3 3.1 and 3.2, D4 3.
    """
    layers = _weights(layers)
    sizes = [layers[0].shape[0], *(kernel.shape[1] for kernel in layers)]
    values = _per_node("values", values, sizes)
    gradients = _per_node("gradients", gradients, sizes[1:])
    flows = ["values flow forward"] * (values is not None)
    flows += ["gradients flow back"] * (gradients is not None)
    name = f"Network {'-'.join(map(str, sizes))}"
    figure = _style.new_figure(1.5 + 0.68 * max(*sizes, 2))
    figure.suptitle(": ".join([name, *[", ".join(flows)] * bool(flows)]), fontsize=_style.TITLE)
    ax = _style.add_panel(figure)
    ax.set_axis_off()
    places = [_column(number, size, max(sizes)) for number, size in enumerate(sizes)]
    ax.set(xlim=(-0.3, len(layers) + 0.3), ylim=(-0.75, max(sizes) - 0.4))
    _draw_edges(ax, layers, places)
    _draw_nodes(ax, places, values, gradients)
    _name_columns(ax, places)
    _explain(figure, values is not None, gradients is not None)
    _write_weights(ax, layers, places)
    return figure


def _weights(layers: Sequence[ArrayLike]) -> list[np.ndarray]:
    if isinstance(layers, np.ndarray) or not 1 <= len(layers) <= _MOST_LAYERS:
        received = f"{len(layers)} entries" if not isinstance(layers, np.ndarray) else "one array"
        raise argument_error("layers", f"a list of 1 to {_MOST_LAYERS} weight matrices", received)
    checked = []
    for number, kernel in enumerate(layers):
        inputs = checked[-1].shape[1] if checked else None
        kernel = _arrays.finite(f"layers[{number}]", kernel, inputs=inputs, units=None)
        if max(kernel.shape) > _MOST_NODES:
            raise argument_error(
                f"layers[{number}].shape", f"at most {_MOST_NODES} nodes each", kernel.shape
            )
        checked.append(kernel)
    return checked


def _per_node(
    name: str, arrays: Sequence[ArrayLike] | None, sizes: list[int]
) -> list[np.ndarray] | None:
    if arrays is None:
        return None
    if len(arrays) != len(sizes):
        what = "the inputs and each layer" if name == "values" else "each layer"
        raise argument_error(f"len({name})", f"{len(sizes)}, one array for {what}", len(arrays))
    return [
        _arrays.finite(f"{name}[{number}]", array, nodes=size)
        for number, (array, size) in enumerate(zip(arrays, sizes, strict=True))
    ]


def _column(number: int, size: int, largest: int) -> np.ndarray:
    """Returns the places of a layer's nodes, shape (size, 2), the first one on top."""
    slot = largest / size
    return np.stack([np.full(size, number), largest - 0.5 - slot * (np.arange(size) + 0.5)], axis=1)


def _draw_edges(ax: Axes, layers: list[np.ndarray], places: list[np.ndarray]) -> None:
    largest = max(np.abs(kernel).max() for kernel in layers) or 1.0
    for kernel, left, right in zip(layers, places, places[1:], strict=False):
        for (i, j), weight in np.ndenumerate(kernel):
            ax.plot(
                *np.stack([left[i], right[j]]).T,
                color=_style.COLOURS[2] if weight >= 0 else _style.COLOURS[1],
                linestyle="-" if weight >= 0 else _NEGATIVE,
                linewidth=0.4 + 3.2 * abs(weight) / largest,
                solid_capstyle="butt",
                zorder=1,
            )


def _draw_nodes(
    ax: Axes,
    places: list[np.ndarray],
    values: list[np.ndarray] | None,
    gradients: list[np.ndarray] | None,
) -> None:
    for number, column in enumerate(places):
        ax.scatter(*column.T, s=_NODE**2, color="white", edgecolor="black", linewidth=1.2, zorder=3)
        for (x, y), text in zip(column, _texts(values, number), strict=False):
            ax.text(x, y, text, ha="center", va="center", fontsize=_style.SMALL, zorder=4)
        for place, text in zip(column, _texts(gradients, number - 1), strict=False):
            ax.annotate(
                f"← {text}",
                place,
                (0, -_NODE / 2 - 2),
                textcoords="offset points",
                ha="center",
                va="top",
                fontsize=_style.SMALL,
                fontweight="bold",
                bbox={"boxstyle": "square,pad=0.05", "facecolor": "white", "edgecolor": "none"},
                zorder=4,
            )


def _texts(arrays: list[np.ndarray] | None, number: int) -> list[str]:
    return [] if arrays is None or number < 0 else _cells.numbers(arrays[number]).tolist()


def _name_columns(ax: Axes, places: list[np.ndarray]) -> None:
    hidden = len(places) - 2
    middle = [f"hidden {i}" if hidden > 1 else "hidden" for i in range(1, hidden + 1)]
    for column, name in zip(places, ["input", *middle, "output"], strict=True):
        ax.text(
            column[0, 0],
            1,
            name,
            transform=ax.get_xaxis_transform(),
            ha="center",
            va="bottom",
            fontsize=_style.LABEL,
        )


def _write_weights(ax: Axes, layers: list[np.ndarray], places: list[np.ndarray]) -> None:
    """Writes the weights of a layer on its edges where these are far enough apart."""
    ax.figure.figure.draw_without_rendering()  # only a settled layout has points
    scale = np.diff(ax.transData.transform([(0, 0), (1, 1)]), axis=0)[0]
    scale = scale / ax.figure.figure.dpi * 72
    for kernel, left, right in zip(layers, places, places[1:], strict=False):
        texts = _cells.numbers(kernel)
        where = _free_place(left[:, 1] * scale[1], right[:, 1] * scale[1], scale[0], texts)
        if where is None:
            continue
        for (i, j), text in np.ndenumerate(texts):
            ax.text(
                *(left[i] + where * (right[j] - left[i])),
                text,
                ha="center",
                va="center",
                fontsize=_style.SMALL,
                bbox={"boxstyle": "square,pad=0.1", "facecolor": "white", "edgecolor": "none"},
                zorder=2,
            )


def _free_place(left: np.ndarray, right: np.ndarray, gap: float, texts: np.ndarray) -> float | None:
    """Returns at which share of the way the edges are farthest apart, or None if too close.

    Args:
        left: heights of the edges' left ends, in points, shape (inputs,).
        right: heights of their right ends, shape (units,).
        gap: the distance between the two columns, in points.
        texts: what is to be written, shape (inputs, units).
    """
    room = _NODE / 2 + 3.2 * max(map(len, texts.ravel())) + 4
    if 2 * room > gap:
        return None
    shares = np.linspace(room / gap, 1 - room / gap, 41)
    heights = (1 - shares) * left[:, None, None] + shares * right[:, None]
    apart = np.diff(np.sort(heights.reshape(-1, len(shares)), axis=0), axis=0)
    closest = apart.min(axis=0) if len(apart) else np.full(len(shares), np.inf)
    # Of places that are equally good, the one in the middle.
    best = np.lexsort((np.abs(shares - 0.5), -closest.round(3)))[0]
    return float(shares[best]) if closest[best] > 1.4 * _style.SMALL else None


def _explain(figure: Figure, has_values: bool, has_gradients: bool) -> None:
    from matplotlib.lines import Line2D

    looks: dict[str, dict[str, Any]] = {
        "positive weight": {"color": _style.COLOURS[2], "linewidth": 2},
        "negative weight": {"color": _style.COLOURS[1], "linewidth": 2, "linestyle": _NEGATIVE},
    }
    mark = {"linestyle": "none", "markeredgecolor": "black", "markersize": 10}
    if has_values:
        looks["in the node: value"] = mark | {"marker": "o", "markerfacecolor": "white"}
    if has_gradients:
        looks["below: gradient"] = mark | {"marker": r"$\leftarrow$", "markerfacecolor": "black"}
    keys = [Line2D([], [], label=label, **look) for label, look in looks.items()]
    figure.legend(
        handles=keys,
        loc="outside lower center",
        ncols=4,
        fontsize=_style.SMALL,
        frameon=False,
        columnspacing=1.2,
    )
