"""`dl-course data`: which sets there are, whether they are intact, and how they look."""

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from dl_course import datasets, plots
from dl_course.errors import DataError, argument_error
from dl_course.texts import printable

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from rich.table import Table

EXAMPLES = 12  # texts to show


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
    files = datasets.check(name)
    if not files:
        return [f"{name}: made by a rule on this machine, nothing to compare"]
    return [
        f"{file.name}: whole, {file.size:,} bytes, md5 {file.md5} ({file.where})" for file in files
    ]


def show(source: str, out: str | os.PathLike | None = None) -> list[str]:
    """Shows training examples: images and sounds as a picture, texts as lines.

    Args:
        source: a data set's name or path.
        out: the picture to write; texts need none.

    Returns:
        The lines to print: the picture's path, or the texts.

    Raises:
        CourseError: the data cannot be used or shown, or `out` is not the name of a picture.

    Example:
        >>> len(show("reviews")) == EXAMPLES
        True
    """
    data = datasets.load(source)
    if data.kind in _LINES:
        return _LINES[data.kind](data)
    if data.kind not in _PICTURES:
        raise DataError(
            f"{data.name}: {datasets.KINDS[data.kind].title} cannot be shown. Choose data of "
            f"another kind: {', '.join([*_PICTURES, *_LINES])}."
        )
    if out is None:
        raise argument_error("--out", "the name of a .png file to draw to", None)
    figure = _PICTURES[data.kind](data, title=f"{data.name}: examples")
    return [str(plots.save_figure(figure, out))]


def _labelled(data: datasets.Dataset) -> list[str]:
    answers = [data.class_names[k] for k in data.y_train[:EXAMPLES]]
    return [f"{x}  =>  {y}" for x, y in zip(data.x_train[:EXAMPLES], answers, strict=True)]


def _pairs(data: datasets.Dataset) -> list[str]:
    x, y = data.x_train[:EXAMPLES], data.y_train[:EXAMPLES]
    return [f"{x}  =>  {y}" for x, y in zip(x, y, strict=True)]


def _beginning(data: datasets.Corpus) -> list[str]:
    return data.train.strip().splitlines()[:EXAMPLES]


def _images(data: datasets.Dataset, title: str) -> "Figure":
    return plots.plot_images(data.x_train, data.y_train, data.class_names, title=title)


def _sounds(data: datasets.Dataset, title: str) -> "Figure":
    return plots.plot_sounds(
        data.x_train, data.sample_rate, data.y_train, data.class_names, title=title
    )


# How each kind is shown: as lines to print, or as a picture.
_LINES: dict[str, Callable[..., list[str]]] = {
    "texts": _labelled,
    "pairs": _pairs,
    "corpus": _beginning,
}
_PICTURES: dict[str, Callable[..., "Figure"]] = {"images": _images, "sounds": _sounds}
