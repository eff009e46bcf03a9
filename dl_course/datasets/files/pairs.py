"""Your own sentence pairs: a text file with a sentence, a tab and its translation in each line."""

from pathlib import Path

from dl_course.datasets.dataset import Dataset
from dl_course.datasets.formats import Format
from dl_course.datasets.sentence_pairs import parse_pairs, split_pairs
from dl_course.datasets.text_reading import read_text

FORMAT = Format(
    kind="pairs",
    title='a file with a sentence, a tab and its translation in each line (kind="pairs")',
    recognizes=lambda path: False,  # it looks like a table of texts and labels
    options=("encoding",),
)


def load(path: Path, test_share: float, seed: int, *, encoding: str = "utf-8") -> Dataset:
    """Loads a file of sentences and their translations; it may be packed as .gz.

    Every line is a sentence, a tab and its translation. Anything after a second tab is ignored
    (exports of Tatoeba name the authors there), and so are empty lines. A sentence with several
    translations takes several lines. The split is that of `split_pairs`.

    Raises:
        CourseError: Python does not know the encoding.
        DataError: the file is damaged, a line has no tab or nothing on one side of it, or there
            are fewer than two different sentences.

    Example:
        >>> path = getfixture("tmp_path") / "greetings.tsv"
        >>> _ = path.write_text("Hi.\\t嗨。\\nHi.\\t你好。\\nThanks!\\t谢谢！\\n", encoding="utf-8")
        >>> data = load(path, test_share=0.5, seed=0)
        >>> data.x_train.tolist(), data.y_test.tolist()
        (['Hi.', 'Hi.'], ['谢谢！'])
    """
    pairs = parse_pairs(read_text(path, encoding), path)
    return split_pairs(path.name.split(".")[0] or path.name, pairs, test_share, seed)
