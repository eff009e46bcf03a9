"""Tables that read well in a terminal and paste into Markdown."""

from collections.abc import Sequence


def print_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Prints rows of text as a Markdown table with aligned columns.

    Example:
        >>> print_table(("recipe", "seconds"), [("fast", "9.5")])
        | recipe | seconds |
        |--------|---------|
        | fast   | 9.5     |
        <BLANKLINE>
    """
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]

    def line(cells):
        return "| " + " | ".join(c.ljust(w) for c, w in zip(cells, widths, strict=True)) + " |"

    print(line(header))
    print("|" + "|".join("-" * (width + 2) for width in widths) + "|")
    for row in rows:
        print(line(row))
    print()
