"""The help that `help("for")` shows: a text on every machine that has Python."""

import importlib

from dl_course.datasets.dataset import Corpus, from_corpus
from dl_course.datasets.records import DatasetInfo
from dl_course.errors import DataError

# Typographic marks become those of a keyboard: the same text with fewer characters to learn.
_PLAIN = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "—": "--", "–": "-", "…": "..."})


def load_python_help(entry: DatasetInfo) -> Corpus:
    """Loads Python's help on its language: the topics of `pydoc`, one after the other.

    The text is that of the Python that runs: another version has another text, and with it
    another checksum and other results.

    Args:
        entry: the registered set.

    Returns:
        The corpus, about half a million characters.

    Raises:
        DataError: this Python came without its help.

    Example:
        >>> from dl_course.datasets import info
        >>> corpus = load_python_help(info("python_help"))
        >>> corpus.train.splitlines()[0], len(corpus.train) > 300_000
        ('The "assert" statement', True)

    Reference: D1 2.2.
    """
    try:
        # By its name, since not every Python ships it and there are no types for it.
        topics = importlib.import_module("pydoc_data.topics").topics
    except ImportError:
        raise DataError(
            f"{entry.name}: this Python came without `pydoc_data`, the text of its help. "
            "Install a whole Python, or use a text file of your own."
        ) from None
    return from_corpus(entry.name, "\n\n".join(_cleaned(topics[name]) for name in sorted(topics)))


def _cleaned(topic: str) -> str:
    """Returns a topic in keyboard characters, without spaces at the ends of lines."""
    lines = topic.translate(_PLAIN).splitlines()
    return "\n".join(line.rstrip() for line in lines).strip("\n") + "\n"
