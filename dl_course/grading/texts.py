"""Texts that students wrote, fit to be shown: nothing in them steers a terminal or a page."""

import hashlib
import unicodedata

_LONGEST_NAME = 200


def spelled_out(text: object, *, keep: str = "\n") -> str:
    r"""Returns a text with its control characters, and those that turn the writing, spelled out.

    Args:
        text: any text; what is no text is shown as `str` shows it.
        keep: control characters that stay as they are.

    Example:
        >>> print(spelled_out("cat\x1b[31m \u202egpj.exe 王　小明"))
        cat\x1b[31m \u202egpj.exe 王　小明
    """
    return "".join(
        c
        if c.isprintable() or c in keep or unicodedata.category(c) == "Zs"
        else c.encode("unicode_escape").decode()
        for c in str(text)
    )


def clean_name(text: str) -> str:
    r"""Returns a name as one line of printable characters, the same on every system.

    macOS writes an umlaut as a letter and a mark, others as one character: both give one name.

    Example:
        >>> clean_name("Zoe\u0308\n 王　小明"), len(clean_name("x" * 300))
        ('Zoë 王 小明', 200)
    """
    name = spelled_out(" ".join(unicodedata.normalize("NFC", text).split()), keep="")
    if len(name) <= _LONGEST_NAME:
        return name
    mark = hashlib.sha256(name.encode()).hexdigest()[:8]  # what is cut off may be all that differs
    return f"{name[: _LONGEST_NAME - 9]}…{mark}"
