"""Text for a terminal: no name of a file or a class may steer it."""


def printable(text: object, *, keep_newlines: bool = False) -> str:
    r"""Returns a text on one line, with its control characters spelled out.

    A name may hold any character. Written as it is, an escape sequence could clear the screen,
    and a tab or a line break could forge a column or a line of a table.

    Example:
        >>> print(printable("cat\tdog\x1b[31m"))
        cat\tdog\x1b[31m
        >>> print(printable("one\ntwo", keep_newlines=True))
        one
        two
    """
    kept = "\n" if keep_newlines else ""
    return "".join(
        c if c.isprintable() or (c and c in kept) else c.encode("unicode_escape").decode()
        for c in str(text)
    )


def say(*lines: object) -> None:
    """Prints lines, each made printable."""
    for line in lines:
        print(printable(line))
