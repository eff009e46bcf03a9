"""Your own long text in a .txt file."""

from pathlib import Path

from dl_course.datasets.dataset import Corpus, from_corpus
from dl_course.datasets.formats import Format, ending
from dl_course.datasets.text_reading import read_text
from dl_course.errors import DataError

FORMAT = Format(
    kind="corpus",
    title="a .txt file of a long text",
    recognizes=lambda path: ending(path) == ".txt",
    options=("encoding",),
)
FEWEST_CHARACTERS = 1000


def load(path: Path, test_share: float, seed: int, *, encoding: str = "utf-8") -> Corpus:
    """Loads a `.txt` or `.txt.gz` file of at least 1,000 characters; its last tenth is for testing.

    Raises:
        CourseError: Python does not know the encoding.
        DataError: the text is too short, or its bytes are not of this encoding.

    Example:
        >>> path = getfixture("tmp_path") / "diary.txt"
        >>> _ = path.write_text("Nothing today.\\n" * 100)
        >>> corpus = load(path, 0.2, 0)
        >>> corpus.name, len(corpus.train), len(corpus.test)
        ('diary', 1350, 150)
    """
    if path.is_file() and path.suffix.lower() not in (".txt", ".gz"):
        raise DataError(
            f"{path}: expected a .txt or .txt.gz file. Received: a file ending in "
            f"{path.suffix or 'nothing'!r}. Save the text alone, as .txt."
        )
    text = read_text(path, encoding)
    if "\0" in text:
        raise DataError(
            f"{path}: expected text, received a zero byte at character {text.index(chr(0))}. Is "
            "it a text file? UTF-16 is read with --encoding utf-16 (encoding=...)."
        )
    if len(text) < FEWEST_CHARACTERS:
        found = f"{len(text)} characters" if text.strip() else "an empty file"
        raise DataError(
            f"{path}: expected a text of at least {FEWEST_CHARACTERS:,} characters. Received: "
            f"{found}. A language model needs much more to learn from: 100,000 and up."
        )
    return from_corpus(path.name.removesuffix(".gz").removesuffix(".txt"), text)
