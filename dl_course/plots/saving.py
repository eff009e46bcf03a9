"""Pictures into files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from dl_course.errors import argument_error
from dl_course.files import atomic_path

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_SUFFIXES = (".png", ".pdf", ".svg")


def save_figure(figure_or_axes: Figure | Axes, path: str | os.PathLike) -> Path:
    """Writes the whole picture to a file, or nothing; 150 dots per inch.

    Args:
        figure_or_axes: what a plot function returned.
        path: a file name that ends in .png, .pdf or .svg; its folder is made if needed.

    Returns:
        The path.

    Raises:
        CourseError: the file name ends otherwise.

    Example:
        >>> from dl_course.plots import plot_history
        >>> folder = getfixture("tmp_path")
        >>> save_figure(plot_history({"loss": [0.9, 0.4]}), folder / "loss.png").name
        'loss.png'
        >>> save_figure(plot_history({"loss": [0.9, 0.4]}), "loss.jpeg")
        Traceback (most recent call last):
        ...
        dl_course.errors.CourseError: `path` must be a file name ending in .png, .pdf or .svg. \
Received: path='loss.jpeg'.
    """
    path = Path(path)
    if path.suffix not in _SUFFIXES:
        raise argument_error("path", "a file name ending in .png, .pdf or .svg", str(path))
    figure = figure_or_axes.figure.figure  # of axes, of a part of a figure, or the figure itself
    with atomic_path(path) as beside:
        figure.savefig(beside, dpi=150)
    return path
