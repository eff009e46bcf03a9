"""Your own long text in a .txt file."""

import os
from pathlib import Path

from dl_course.datasets import registry
from dl_course.datasets.dataset import Corpus, from_corpus
from dl_course.datasets.registered import load_registered
from dl_course.datasets.text_decoding import read_text
from dl_course.errors import DataError, argument_error

FEWEST_CHARACTERS = 1000


def load_corpus(source: str | os.PathLike, *, encoding: str = "utf-8") -> Corpus:
    """Loads a long text to learn a language from: a registered one, or your own file.

    Args:
        source: "python_help" or "tiny_shakespeare", or the path of a `.txt` or `.txt.gz` file of
            at least 1,000 characters.
        encoding: of your own file; any of Python's.

    Returns:
        The corpus; its last tenth is the test.

    Raises:
        CourseError: Python does not know the encoding.
        DataError: there is no such file or text, it is too short, or its bytes are not of this
            encoding; or `source` is a registered set of another kind.

    Example:
        >>> path = getfixture("tmp_path") / "diary.txt"
        >>> _ = path.write_text("Nothing today.\\n" * 100)
        >>> corpus = load_corpus(path)
        >>> corpus.name, len(corpus.train), len(corpus.test)
        ('diary', 1350, 150)
    """
    if not isinstance(source, (str, os.PathLike)):
        raise argument_error("source", "the name of a corpus or a path", source)
    if isinstance(source, str) and source in registry.REGISTRY:
        return load_registered(source, kind="corpus")
    path = Path(source).expanduser()
    if not path.exists() and isinstance(source, str) and path.name == source and not path.suffix:
        raise registry.unknown(source)
    if path.is_file() and not {".txt", ".gz"} & {suffix.lower() for suffix in path.suffixes[-1:]}:
        raise DataError(
            f"{path}: expected a .txt or .txt.gz file. Received: a file ending in "
            f"{path.suffix or 'nothing'!r}. Save the text alone, and name it so."
        )
    text = read_text(path, encoding)
    if "\0" in text:
        raise DataError(
            f"{path}: expected text, received a zero byte at character {text.index(chr(0))}. Is "
            "it a text file? UTF-16 is read by --encoding utf-16 (encoding=...)."
        )
    if len(text) < FEWEST_CHARACTERS:
        found = f"{len(text)} characters" if text.strip() else "an empty file"
        raise DataError(
            f"{path}: expected a text of at least {FEWEST_CHARACTERS:,} characters. Received: "
            f"{found}. A model of language needs much more to learn from: 100,000 and up."
        )
    return from_corpus(path.name.removesuffix(".gz").removesuffix(".txt"), text)
