"""How every picture of the course looks: size, colours, line styles, names that fit.

A picture must survive a grey photocopy and a colour-blind reader, so no two lines differ in
colour alone. Colours: Okabe and Ito, "Color Universal Design" (2008), without the yellow that
vanishes on white paper.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, FigureBase
    from matplotlib.gridspec import SubplotSpec

WIDTH = 6.3  # inches: 160 mm, the text width of an A4 page
TITLE, LABEL, SMALL = 10, 9, 8  # font sizes in points; nothing is smaller than 8

COLOURS = ("#000000", "#D55E00", "#0072B2", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#6A6A6A")
DASHES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (8, 2)), (0, (2, 1)), "-")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
MAX_NAMED = len(COLOURS)  # more lines than this are drawn, but not named
PALE = "#C4C4C4"
# Its luminance rises evenly from dark blue through grey to yellow, so it survives a grey copy; and
# its middle is a neutral grey, so it also suits values around zero.
MAP = "cividis"


def new_figure(height: float) -> Figure:
    """Returns an empty figure, 160 mm wide and `height` inches high, unknown to pyplot."""
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    from dl_course.plots._canvas import NotebookFigure

    return NotebookFigure(figsize=(WIDTH, height), layout=ConstrainedLayoutEngine(h_pad=0.07))


def places(figure: FigureBase, rows: int, columns: int, **ratios: Any) -> list[SubplotSpec]:
    """Returns the places of a grid over the figure, row by row."""
    grid = figure.add_gridspec(rows, columns, **ratios)
    return [grid[k] for k in range(rows * columns)]


def add_panel(figure: FigureBase, place: SubplotSpec | None = None) -> Axes:
    """Returns new axes in `figure`, at a place of a grid or over the whole."""
    from dl_course.plots._canvas import NotebookAxes

    where: tuple[Any, ...] = () if place is None else (place,)
    return figure.add_subplot(*where, axes_class=NotebookAxes)


def new_axes(height: float) -> Axes:
    """Returns the only axes of a new figure."""
    return add_panel(new_figure(height))


def label(ax: Axes, title: str, x: str, y: str, *, size: float = TITLE) -> None:
    """Sets title, axis labels and the quiet frame that all diagrams share."""
    ax.set_title(title, fontsize=size)
    ax.set_xlabel(x, fontsize=LABEL)
    ax.set_ylabel(y, fontsize=LABEL)
    ax.tick_params(labelsize=SMALL)
    ax.spines[["top", "right"]].set_visible(False)
    ax.grid(axis="y", color="#E2E2E2", linewidth=0.6)
    ax.set_axisbelow(True)


def integer_ticks(ax: Axes, x: np.ndarray) -> None:
    """Puts x ticks on whole numbers and keeps a single point off the frame."""
    from matplotlib.ticker import MaxNLocator

    low, high = np.min(x), np.max(x)
    margin = 0.5 if low == high else 0.02 * (high - low)
    ax.set_xlim(low - margin, high + margin)
    ax.xaxis.set_major_locator(
        MaxNLocator("auto", steps=[1, 2, 5, 10], integer=True, min_n_ticks=1)
    )


def quiet_limits(ax: Axes, y: np.ndarray) -> None:
    """Gives the y axis the range of finite values `y` and a little room, even for a constant."""
    air = 0.08 * (np.ptp(y) or abs(y[0]) or 1)
    ax.set_ylim(y.min() - air, y.max() + air)


def say(ax: Axes, text: str) -> None:
    """Writes `text` into the middle of an empty panel, in place of the missing data."""
    ax.grid(visible=False)
    ax.set_yticks([])
    ax.set_yticks([], minor=True)
    ax.text(0.5, 0.5, text, transform=ax.transAxes, ha="center", va="center", fontsize=SMALL)


def picture(ax: Axes) -> None:
    """Turns `ax` into the frame of an image: no ticks, a thin line around."""
    ax.set(xticks=[], yticks=[])
    for spine in ax.spines.values():
        spine.set(linewidth=0.5, color="#808080")


def evenly(count: int, wanted: int) -> list[int]:
    """Returns at most `wanted` of the positions 0 to `count - 1`: first, last, and even between.

    Example:
        >>> evenly(10, 4)
        [0, 3, 6, 9]
    """
    return sorted(set(np.linspace(0, count - 1, min(count, wanted)).round().astype(int).tolist()))


def few_markers(points: int) -> list[int]:
    """Returns which points of a line get a marker: a few identify it, a hundred hide it.

    Example:
        >>> len(few_markers(100)), few_markers(3)
        (10, [0, 1, 2])
    """
    return evenly(points, points if points <= 16 else 10)


def short_names(names: Iterable[str], length: int = 18) -> list[str]:
    """Returns the names cut in the middle to `length` characters, still different from each other.

    The end is kept because that is where Keras counts: `conv2d_1`, `conv2d_2`. Names that become
    equal get their position in front.

    Example:
        >>> short_names(["dense", "a_very_long_block_name_conv_7"], 14)
        ['dense', 'a_very…_conv_7']
        >>> short_names(["block_1_convolution", "block_2_convolution"], 12)
        ['1:block_1_c…', '2:block_2_c…']
    """
    names = [plain(str(name)) for name in names]
    head = (length - 1) // 2
    cut = [n if len(n) <= length else f"{n[:head]}…{n[head + 1 - length :]}" for n in names]
    if len(set(cut)) == len(names):
        return cut
    numbered = [f"{i}:{name}" for i, name in enumerate(names, start=1)]
    return [n if len(n) <= length else f"{n[: length - 1]}…" for n in numbered]


def plain(text: str) -> str:
    """Returns text that matplotlib draws as it stands: no formula, nothing unprintable."""
    shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    return shown.replace("$", r"\$")


def spread(positions: Sequence[float], gap: float) -> np.ndarray:
    """Returns positions at least `gap` apart, as near as possible to where they were, in 0 to 1.

    Neighbours that are too close form a block around their mean, and blocks that meet join.

    Example:
        >>> spread([0.5, 0.5, 0.1], 0.2).round(2).tolist()
        [0.4, 0.6, 0.1]
    """
    wanted = np.clip(np.asarray(positions, dtype=float), 0, 1)
    order = np.argsort(positions, kind="stable")
    gap = min(gap, 1 / max(len(order) - 1, 1))
    blocks: list[tuple[float, int]] = []  # mean of (wanted - gap * rank), size
    for rank, place in enumerate(wanted[order]):
        mean, size = place - gap * rank, 1
        while blocks and blocks[-1][0] > mean:
            before, count = blocks.pop()
            mean, size = (before * count + mean * size) / (count + size), count + size
        blocks.append((mean, size))
    bases = np.concatenate([np.full(size, mean) for mean, size in blocks])
    result = np.empty(len(order))
    result[order] = np.clip(bases, 0, 1 - gap * (len(order) - 1)) + gap * np.arange(len(order))
    return result
