"""Text from strangers, made safe to print."""

import unicodedata


def printable(text: object, *, keep: str = "") -> str:
    r"""Returns a text with its control and direction characters spelled out.

    A name may contain any character. Printed as it is, an escape sequence could clear the screen, a
    tab or a line break could forge a column or a row of a table, and a mark that reverses the
    direction of writing could disguise a name.

    Args:
        text: any object, shown as `str` shows it.
        keep: control characters to leave as they are.

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
