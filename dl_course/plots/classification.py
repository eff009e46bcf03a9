"""What a classifier gets wrong: which classes it confuses, and which images fooled it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from dl_course.errors import CourseError, check_positive_integer
from dl_course.plots import _arrays, _cells, _style
from dl_course.plots.images import grid_of_images

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.image import AxesImage


def plot_confusion_matrix(
    y_true: ArrayLike, y_predicted: ArrayLike, class_names: Sequence[str]
) -> Axes:
    """Draws how often each true class was taken for each class.

    Row i, column j counts the examples of class i that were called j. The grey is the share of
    the row, so rare classes are as visible as frequent ones; its scale is stretched near zero
    (square root), because the mistakes are there. Empty cells and, where they would not fit,
    all numbers are left out.

    Args:
        y_true: true class numbers, shape (n,).
        y_predicted: predicted class numbers, shape (n,).
        class_names: one name per class.

    Returns:
        The axes.

    Raises:
        CourseError: shapes do not fit, or a number is not a class.

    Example:
        >>> ax = plot_confusion_matrix(np.array([0, 0, 1]), np.array([0, 1, 1]), ("cat", "dog"))
        >>> ax.get_title()
        'Confusion matrix: accuracy 0.667 (2 of 3)'

    Reference: D2 3, step 7; D1 4.1.
    """
    y_true = _arrays.classes("y_true", y_true, len(class_names))
    y_predicted = _arrays.classes("y_predicted", y_predicted, len(class_names))
    _arrays.same_length(y_true=y_true, y_predicted=y_predicted)
    number = len(class_names)
    counts = np.zeros((number, number), dtype=int)
    np.add.at(counts, (y_true, y_predicted), 1)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    right = int(np.trace(counts))
    ax = _style.new_axes(5.2)
    _style.label(
        ax,
        f"Confusion matrix: accuracy {right / len(y_true):.3f} ({right} of {len(y_true)})",
        "predicted class",
        "true class",
    )
    drawn = _draw_shares(ax, shares)
    _class_ticks(ax, class_names)
    _cells.write(ax, drawn, np.where(counts > 0, counts.astype(str), ""))
    return ax


def _draw_shares(ax: Axes, shares: np.ndarray) -> AxesImage:
    from matplotlib.colors import PowerNorm

    drawn = ax.imshow(shares, cmap="Greys", norm=PowerNorm(0.5, 0, 1), interpolation="nearest")
    ax.grid(visible=False)
    ax.spines[["top", "right"]].set_visible(True)
    bar = ax.figure.colorbar(drawn, ax=ax, aspect=25, pad=0.03, ticks=[0, 0.01, 0.1, 0.3, 0.6, 1])
    bar.set_label("share of the true class", fontsize=_style.LABEL)
    bar.ax.tick_params(labelsize=_style.SMALL)
    bar.ax.minorticks_off()
    return drawn


def _class_ticks(ax: Axes, class_names: Sequence[str]) -> None:
    """Names all classes, or some of very many; long names are cut and turned."""
    shown = range(0, len(class_names), -(-len(class_names) // 26))
    names = _style.short_names(class_names, 16)
    names = [names[i] for i in shown]
    turned = max(map(len, names)) * len(names) > 50
    ax.set_xticks(shown, names, rotation=90 if turned else 0)
    ax.set_yticks(shown, names)


def plot_wrong_predictions(
    x: ArrayLike,
    y_true: ArrayLike,
    probabilities: ArrayLike,
    class_names: Sequence[str],
    *,
    max_images: int = 12,
) -> Figure:
    """Draws the mistakes the model was surest of, with the probability it gave them.

    Args:
        x: images, shape (n, height, width, channels), 1 or 3 channels, values 0 to 1.
        y_true: true class numbers, shape (n,).
        probabilities: the model's output, shape (n, classes), rows that add up to 1.
        class_names: one name per class.
        max_images: how many mistakes to draw at most.

    Returns:
        The figure, one panel per mistake; one that says so if there are none.

    Raises:
        CourseError: shapes do not fit, or values are out of range.

    Example:
        >>> figure = plot_wrong_predictions(np.zeros((2, 8, 8, 1)), np.array([0, 1]),
        ...                                 np.array([[0.9, 0.1], [0.8, 0.2]]), ("cat", "dog"))
        >>> [ax.get_title() for ax in figure.axes]
        ['true dog, said cat (0.80)']

    Reference: D2 3, step 7.
    """
    check_positive_integer("max_images", max_images)
    x = _arrays.images("x", x)
    y_true = _arrays.classes("y_true", y_true, len(class_names))
    probabilities = _probabilities(probabilities, len(class_names))
    _arrays.same_length(x=x, y_true=y_true, probabilities=probabilities)
    predicted = probabilities.argmax(axis=1)
    confidence = probabilities.max(axis=1)
    wrong = np.flatnonzero(predicted != y_true)
    if not wrong.size:
        figure = _style.new_figure(0.8)
        text = f"No mistakes: all {len(x)} examples are right"
        figure.suptitle(text, y=0.5, va="center", fontsize=_style.TITLE)
        return figure
    surest = wrong[np.argsort(-confidence[wrong], kind="stable")][:max_images]
    names = _style.short_names(class_names, 12)
    pairs = [(names[y_true[i]], names[predicted[i]]) for i in surest]
    gap = " " if max(len(true) + len(said) for true, said in pairs) <= 6 else "\n"
    captions = [
        f"true {true},{gap}said {said} ({confidence[i]:.2f})"
        for (true, said), i in zip(pairs, surest, strict=True)
    ]
    shown = "" if len(surest) == len(wrong) else f", the {len(surest)} surest"
    title = f"{len(wrong)} of {len(x)} wrong ({len(wrong) / len(x):.1%}){shown}"
    return grid_of_images(x[surest], captions, title, per_row=4)


def _probabilities(value: ArrayLike, number: int) -> np.ndarray:
    array = _arrays.finite("probabilities", value, n=None, classes=None)
    if array.shape[1] != number:
        raise CourseError(
            f"`probabilities` must have one column per class name. "
            f"Received: {array.shape[1]} columns and {number} names."
        )
    # A hundredth: the rows of a bfloat16 model add up to 1 only roughly.
    if array.min() < 0 or np.abs(array.sum(axis=1) - 1).max() > 0.01:
        raise CourseError(
            "`probabilities` must be at least 0 and each row must add up to 1. "
            "Apply the softmax to logits first."
        )
    return array
