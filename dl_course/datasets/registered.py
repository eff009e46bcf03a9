"""Loading a data set by its name."""

from dl_course.datasets import (
    breast_cancer,
    california_housing,
    digits,
    fsdd,
    idx,
    imdb,
    number_words,
    python_help,
    registry,
    reviews,
    sounds,
    tatoeba,
    tiny_shakespeare,
)
from dl_course.datasets.dataset import Corpus, Dataset
from dl_course.errors import DataError

# The sets that are split here. The others come with their split, or give their last tenth; those
# that are not named are four idx files.
_SPLIT_HERE = {
    "breast_cancer": breast_cancer.load_breast_cancer,
    "california_housing": california_housing.load_california_housing,
    "digits": digits.load_digits,
    "number_words": number_words.load_number_words,
    "reviews": reviews.load_reviews,
    "sounds": sounds.load_sounds,
    "tatoeba_eng_cmn": tatoeba.load_tatoeba,
}
_SPLIT_ALREADY = {
    "fsdd": fsdd.load_fsdd,
    "imdb": imdb.load_imdb,
    "python_help": python_help.load_python_help,
    "tiny_shakespeare": tiny_shakespeare.load_tiny_shakespeare,
}
# What each kind is called, and in what form you can bring your own.
_KINDS = {
    "images": ("images", "an .npz file or a folder of images"),
    "table": ("a table", "an .npz file"),
    "texts": ("labelled texts", "a .csv, .tsv or .jsonl file"),
    "pairs": ("sentence pairs", "a tab-separated file"),
    "corpus": ("a long text", "a .txt file"),
    "sounds": ("sounds", "a folder with one subfolder of .wav files per class"),
}


def load_registered(
    name: str, test_share: float = 0.2, seed: int = 0, *, kind: str | None = None
) -> Dataset | Corpus:
    """Loads a registered data set.

    Args:
        name: one of `names()`.
        test_share: the share that is kept for the test, of a set that is split here.
        seed: chooses that split.
        kind: what the examples must be, such as "texts"; None for anything.

    Raises:
        DataError: unknown name, another kind, missing or damaged file, no network.

    Example:
        >>> load_registered("digits", kind="texts")  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        ...
        dl_course.errors.DataError: digits: expected labelled texts, received images. Choose ...
    """
    entry = registry.info(name)
    if kind is not None and entry.kind != kind:
        expected, own = _KINDS[kind]
        fitting = " or ".join(n for n in registry.names() if registry.info(n).kind == kind)
        raise DataError(
            f"{name}: expected {expected}, received {_KINDS[entry.kind][0]}. Choose {fitting}, or "
            f"give the path of {own}."
        )
    if name in _SPLIT_HERE:
        return _SPLIT_HERE[name](entry, test_share, seed)
    return _SPLIT_ALREADY.get(name, idx.load_idx)(entry)
