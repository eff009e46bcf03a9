"""`dl-course data`: what sets there are, whether they are whole, and how they look."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from dl_course import datasets, plots
from dl_course.commands.terminal import printable
from dl_course.errors import DataError

if TYPE_CHECKING:
    from rich.table import Table


def sets_table() -> "Table":
    """Returns a table of the registered data sets and where each was found.

    Example:
        >>> sets_table().row_count == len(datasets.names())
        True
    """
    from rich.table import Table

    table = Table("Name", "Content", "Found", "Licence", title="Data sets")
    for name in datasets.names():
        info = datasets.info(name)
        where, to_do = find(name)
        table.add_row(name, info.title, f"{where}: {to_do}" if to_do else where, info.licence)
    return table


def find(name: str) -> tuple[str, str]:
    """Returns where a data set is, and what to do about it if it is not at hand.

    Example:
        >>> find("digits")
        ('embedded', '')
    """
    try:
        where = datasets.locate(name)
    except DataError as error:  # a mistyped DL_COURSE_DATA is what the reader is looking for
        return "not found", printable(error)
    return (where, "") if where else ("not here", f"dl-course data fetch {name}")


def fetch_lines(name: str) -> list[str]:
    """Makes sure that a data set is at hand and returns one line per file.

    Raises:
        DataError: if a file is damaged or cannot be downloaded.

    Example:
        >>> fetch_lines("digits")
        ['digits: embedded, nothing to download']
    """
    paths = datasets.fetch(name)
    return [f"{path}" for path in paths] or [f"{name}: embedded, nothing to download"]


def check_lines(name: str) -> list[str]:
    """Verifies a data set's content and returns one line per file.

    Raises:
        DataError: if a file is missing or its content is not the published one.

    Example:
        >>> check_lines("digits")[0].split(":")[0]
        'scikit-learn digits'
    """
    return [
        f"{file.name}: whole, {file.size:,} bytes, md5 {file.md5} ({file.where})"
        for file in datasets.check(name)
    ]


def show(source: str, out: str | os.PathLike) -> Path:
    """Draws a grid of training examples and returns the picture's path.

    Raises:
        CourseError: if the data cannot be used, or `out` is no picture's name.
    """
    dataset = datasets.load(source)
    figure = plots.plot_images(
        dataset.x_train, dataset.y_train, dataset.class_names, title=f"{dataset.name}: examples"
    )
    return plots.save_figure(figure, out)
