"""Texts of strangers, fit to be shown."""

import unicodedata


def printable(text: object, *, keep: str = "") -> str:
    r"""Returns a text with its control characters, and those that turn the writing, spelled out.

    A name may hold any character. Written as it is, an escape sequence could clear the screen, a
    tab or a line break could forge a column or a line of a table, and a mark that turns the
    writing around could show another name.

    Args:
        text: any text; what is no text is shown as `str` shows it.
        keep: control characters that stay as they are.

    Example:
        >>> print(printable("cat\tdog\x1b[31m \u202egpj.exe 王　小明"))
        cat\tdog\x1b[31m \u202egpj.exe 王　小明
        >>> print(printable("one\ntwo", keep="\n"))
        one
        two
    """
    return "".join(
        c
        if c.isprintable() or c in keep or unicodedata.category(c) == "Zs"
        else c.encode("unicode_escape").decode()
        for c in str(text)
    )
