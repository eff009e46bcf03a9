"""How a class did: the points of each question."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from dl_course.errors import CourseError, argument_error
from dl_course.plots import _arrays, _style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MOST_QUESTIONS = 30
# From all points to none: dark to light, so that a grey copy shows them in order too.
_GROUPS = ("all points", "half or more", "less than half", "none")
_GREYS = ("#303030", "#7A7A7A", "#BDBDBD", "#F2F2F2")
_NARROW = 6  # percent: a number does not fit into a narrower bar


def plot_grades(
    points: Sequence[Sequence[float]], of: Sequence[float], names: Sequence[str]
) -> Axes:
    """Draws for each question how many students got all points, half, fewer, or none.

    The numbers in the bars count students; the mean stands to the right. A question without a
    graded answer has no bar.

    Args:
        points: for each question, the points of the students, without those not graded.
        of: for each question, the points for a correct answer.
        names: the names of the questions.

    Returns:
        The axes; the first question is at the top.

    Raises:
        CourseError: the lengths differ, there is no question or there are more than 30, or points
            are negative or not finite.

    Example:
        >>> ax = plot_grades([[2, 2, 1.5, 0], [3, 0, 0, 0]], [2, 3], ["pooling", "stride"])
        >>> [text.get_text() for text in ax.texts if "mean" in text.get_text()]
        ['mean 1.4 of 2', 'mean 0.8 of 3']
    """
    if not 1 <= len(names) <= _MOST_QUESTIONS:
        raise argument_error("len(names)", f"from 1 to {_MOST_QUESTIONS}", len(names))
    if not len(points) == len(of) == len(names):
        raise CourseError(
            "`points`, `of` and `names` must have one entry per question. "
            f"Received: {len(points)}, {len(of)} and {len(names)} entries."
        )
    ax = _style.new_axes(1.35 + 0.26 * len(names))
    _style.label(ax, "Points per question", "share of the students (%)", "question")
    ax.grid(visible=False)
    rows = range(len(names))
    for row, earned, most in zip(rows, points, of, strict=True):
        earned = _checked(f"points[{row}]", earned)
        counts = _counts(earned, float(most))
        _draw_bar(ax, row, counts)
        mean = f"mean {earned.mean():.1f} of {most:g}" if len(earned) else "none graded"
        ax.text(102, row, mean, va="center", fontsize=_style.SMALL)
    ax.set_yticks(rows, _style.short_names(names, 24))
    ax.set(xlim=(0, 100), ylim=(len(names) - 0.4, -0.6), xticks=range(0, 101, 20))
    ax.tick_params(axis="y", length=0)
    _add_legend(ax)
    return ax


def _checked(name: str, values: Sequence[float]) -> np.ndarray:
    array = _arrays.finite(name, values, students=None) if len(values) else np.empty(0)
    if (array < 0).any():
        raise argument_error(name, "at least 0", float(array.min()))
    return array


def _counts(earned: np.ndarray, most: float) -> list[int]:
    """Returns how many are in each group; rounded points that are nearly all count as all."""
    shares = np.round(earned / most, 3) if most > 0 else np.ones(len(earned))
    groups = (shares >= 1, (shares < 1) & (shares >= 0.5), (shares < 0.5) & (shares > 0))
    counts = [int(group.sum()) for group in groups]
    return [*counts, len(earned) - sum(counts)]


def _draw_bar(ax: Axes, row: int, counts: list[int]) -> None:
    left = 0.0
    for count, grey in zip(counts, _GREYS, strict=True):
        if not count:
            continue
        width = 100 * count / sum(counts)
        ax.barh(row, width, left=left, height=0.66, color=grey, edgecolor="black", linewidth=0.6)
        if width >= _NARROW:
            color = "white" if grey in _GREYS[:2] else "black"
            place: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": _style.SMALL}
            ax.text(left + width / 2, row, str(count), color=color, **place)
        left += width


def _add_legend(ax: Axes) -> None:
    from matplotlib.patches import Patch

    patches = [Patch(facecolor=grey, edgecolor="black", linewidth=0.6) for grey in _GREYS]
    ax.legend(
        patches,
        _GROUPS,
        loc="upper center",
        bbox_to_anchor=(0.5, 0),
        borderaxespad=3.6,
        ncols=len(_GROUPS),
        fontsize=_style.SMALL,
        frameon=False,
    )
