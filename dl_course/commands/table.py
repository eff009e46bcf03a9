"""Tables for a terminal that never break a word while there is another way."""

from collections.abc import Iterator

from rich.console import Console, ConsoleOptions
from rich.measure import Measurement
from rich.table import Column, Table


class FittingTable(Table):
    """A rich table that wraps at spaces, its least important columns first.

    A column that gives way becomes no narrower than its longest word. Only if that is not
    enough are words broken, in the least important column.

    Args:
        headers: one for each column.
        yielding: the columns that give way, counted from 0, the least important first.
        title: what stands above the table.

    Example:
        >>> table = FittingTable("Name", "What it is", yielding=(1,))
        >>> table.add_row("digits", "handwritten digits")
        >>> Console(width=26).print(table)
        ┏━━━━━━━━┳━━━━━━━━━━━━━━━┓
        ┃ Name   ┃ What it is    ┃
        ┡━━━━━━━━╇━━━━━━━━━━━━━━━┩
        │ digits │ handwritten   │
        │        │ digits        │
        └────────┴───────────────┘
    """

    def __init__(self, *headers: str, yielding: tuple[int, ...], title: str | None = None) -> None:
        super().__init__(*headers, title=title, show_header=any(headers))
        self._yielding = yielding

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator:
        """Fits the columns to the terminal's width and draws the table."""
        ranges = [self._range(column, console, options) for column in self.columns]
        frame = 3 * len(ranges) + 1  # a line and two spaces for each column
        excess = sum(wide.maximum for wide in ranges) + frame - options.max_width
        widths = [wide.maximum for wide in ranges]
        # First as narrow as the longest word; if that is not enough, the least important breaks.
        narrowest = [(k, ranges[k].minimum) for k in self._yielding] + [(self._yielding[0], 8)]
        for k, least in narrowest:
            narrower = max(0, min(excess, widths[k] - least))
            widths[k] -= narrower
            excess -= narrower
        for column, width in zip(self.columns, widths, strict=True):
            column.overflow, column.width = "fold", width
        yield from super().__rich_console__(console, options)

    @staticmethod
    def _range(column: Column, console: Console, options: ConsoleOptions) -> Measurement:
        """Returns how wide a column's longest word and its longest line are."""
        wide = options.update(width=10_000)  # else no cell is wider than the terminal
        cells = [Measurement.get(console, wide, c) for c in (column.header, *column.cells)]
        return Measurement(max(c.minimum for c in cells), max(c.maximum for c in cells))
