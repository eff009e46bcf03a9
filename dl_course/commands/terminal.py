"""What every verb of the command line shares: plain help, and text that steers no terminal."""

from typing import Any

from dl_course.texts import printable

# How the command line's Typer apps are made: help as plain text, errors left to `dl_course.cli`.
PLAIN: dict[str, Any] = {
    "rich_markup_mode": None,
    "pretty_exceptions_enable": False,
    "add_completion": False,
}


def say(*lines: object) -> None:
    """Prints lines, each made printable."""
    for line in lines:
        print(printable(line))


def show(renderable: object) -> None:
    """Prints a table or another renderable of rich, without reading markup into its texts."""
    from rich.console import Console

    Console(markup=False, emoji=False).print(renderable)
