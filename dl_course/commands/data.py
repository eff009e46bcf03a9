"""`dl-course data`: which sets there are, whether they are intact, and what they look like."""

import os
from collections.abc import Callable, Iterable
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
    from dl_course.commands.table import FittingTable

    headers = ("Name", "Content", "Found", "Licence")
    table = FittingTable(*headers, yielding=(3, 2, 1), title="Data sets")
    for name in datasets.names():
        info = datasets.info(name)
        where, to_do = find(name)
        table.add_row(name, info.title, f"{where}: {to_do}" if to_do else where, info.licence)
    return table


def kinds() -> str:
    """Returns the table of the kinds of data in data/README.md.

    Example:
        >>> print(kinds().splitlines()[0])
        | kind | x | y |
    """
    rows = [(name, kind.x, kind.y) for name, kind in datasets.KINDS.items()]
    return _markdown(("kind", "x", "y"), rows)


def catalogue() -> str:
    """Returns the table of the data sets in data/README.md.

    Example:
        >>> "`digits`" in catalogue()
        True
    """
    rows = []
    for info in map(datasets.info, datasets.names()):
        counts = (info.train_examples, info.test_examples)
        split = " + ".join(f"{count:,}" for count in counts if count)
        how = f"{info.split}, made here" if info.is_split_here else info.split
        size = f"{info.megabytes:g} MB" if info.megabytes else "-"
        by_hand = ", by hand" if info.files and not info.embedded and not info.files[0].urls else ""
        kind = f"{info.kind}, {info.notes}" if info.notes else info.kind
        row = (f"`{info.name}`", info.title, kind)
        row += (f"{split}, {how}" if split else how, size + by_hand)
        row += (f"`{info.alternative}`" if info.alternative else "-", info.licence)
        rows.append((*row, f"[{info.authors}]({info.source})"))
    header = ("name", "shows", "kind", "split", "download", "without a network", "licence")
    return _markdown((*header, "source"), rows)


def checksums() -> str:
    """Returns the table of the files and their checksums in data/README.md.

    Example:
        >>> datasets.info("mnist").files[0].md5 in checksums()
        True
    """
    rows = [
        (
            f"`{name}`",
            f"{file.name} ({file.content})" if file.content else file.name,
            f"{file.size:,}",
            file.md5,
        )
        for name in datasets.names()
        for file in datasets.info(name).files
    ]
    return _markdown(("set", "file", "bytes", "MD5"), rows)


def _markdown(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    first, *others = [f"| {' | '.join(cells)} |" for cells in (header, *rows)]
    return "\n".join([first, "|" + "---|" * len(header), *others])


def find(name: str) -> tuple[str, str]:
    """Returns where a data set is, and what to do about it if it is not available.

    Example:
        >>> find("digits")
        ('embedded', '')
    """
    try:
        where = datasets.locate(name)
    except DataError as error:  # a mistyped DL_COURSE_DATA is what the reader is looking for
        return "not found", printable(error)
    return (where, "") if where else ("not here", datasets.how_to_get(name))


def fetch_lines(name: str) -> list[str]:
    """Makes sure that a data set is available and returns one line per file.

    Raises:
        DataError: a file is damaged or cannot be downloaded.

    Example:
        >>> fetch_lines("digits")
        ['digits: embedded, nothing to download']
    """
    paths = datasets.fetch(name)
    return [f"{path}" for path in paths] or [f"{name}: embedded, nothing to download"]


def check_lines(name: str) -> list[str]:
    """Verifies a data set's content and returns one line per file.

    Raises:
        DataError: a file is missing, or its content is not as published.

    Example:
        >>> check_lines("digits")[0].split(":")[0]
        'scikit-learn digits'
    """
    files = datasets.check(name)
    if not files:
        return [f"{name}: made on this machine, nothing to compare with"]
    return [
        f"{file.name}: intact, {file.size:,} bytes, md5 {file.md5} ({file.where})" for file in files
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
