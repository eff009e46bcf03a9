"""Names that students chose, as one line, the same on every system."""

import hashlib
import unicodedata

from dl_course.texts import printable

_LONGEST_NAME = 200


def clean_name(text: str) -> str:
    r"""Returns a name as one line of printable characters, the same on every system.

    macOS writes an umlaut as a letter and a mark, others as one character: both give one name.

    Example:
        >>> clean_name("Zoe\u0308\n 王　小明"), len(clean_name("x" * 300))
        ('Zoë 王 小明', 200)
    """
    name = printable(" ".join(unicodedata.normalize("NFC", text).split()))
    if len(name) <= _LONGEST_NAME:
        return name
    mark = hashlib.sha256(name.encode()).hexdigest()[:8]  # what is cut off may be all that differs
    return f"{name[: _LONGEST_NAME - 9]}…{mark}"
