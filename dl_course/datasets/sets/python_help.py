"""The help that `help("for")` shows: a text on every machine that has Python."""

import importlib

from dl_course.datasets.dataset import Corpus, from_corpus
from dl_course.datasets.records import DatasetInfo
from dl_course.errors import DataError

INFO = DatasetInfo(
    name="python_help",
    title="Python's own help on the language, half a million characters",
    kind="corpus",
    notes="the text depends on the version of Python",
    train_examples=0,
    test_examples=0,
    split="the last tenth is for testing",
    is_split_here=False,
    checksum="",
    licence="PSF-2.0",
    authors="pydoc",
    source="https://docs.python.org/3/library/pydoc.html",
)
# Typographic marks become those of a keyboard: the same text with fewer characters to learn.
_PLAIN = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "—": "--", "–": "-", "…": "..."})


def load(test_share: float, seed: int) -> Corpus:
    """Loads Python's help on its language: the topics of `pydoc`, one after the other.

    It is the text of the Python that runs: another version has another text, and with it another
    checksum and other results.

    Raises:
        DataError: this Python came without its help.

    Reference: D1 2.2.
    """
    try:
        # By its name, since not every Python ships it and there are no types for it.
        topics = importlib.import_module("pydoc_data.topics").topics
    except ImportError:
        raise DataError(
            f"{INFO.name}: this Python came without `pydoc_data`, the text of its help. "
            "Install a complete Python, or use a text file of your own."
        ) from None
    return from_corpus(INFO.name, "\n\n".join(_cleaned(topics[name]) for name in sorted(topics)))


def _cleaned(topic: str) -> str:
    """Returns a topic in keyboard characters, without spaces at the ends of lines."""
    lines = topic.translate(_PLAIN).splitlines()
    return "\n".join(line.rstrip() for line in lines).strip("\n") + "\n"
