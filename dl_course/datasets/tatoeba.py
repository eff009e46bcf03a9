"""Tatoeba: short English sentences with Chinese translations, written by volunteers."""

from dl_course.datasets.dataset import Dataset
from dl_course.datasets.pair_files import parse_pairs, split_pairs
from dl_course.datasets.records import DatasetInfo
from dl_course.datasets.store import read_files
from dl_course.datasets.text_decoding import decode


def load_tatoeba(entry: DatasetInfo, test_share: float = 0.2, seed: int = 0) -> Dataset:
    """Loads English sentences (x) and Chinese translations (y), simplified and traditional mixed.

    Some sentences have several translations. The set is split by the English sentence: all of its
    translations are in training, or all in the test, where `group_references` collects them.

    Args:
        entry: the registered set.
        test_share: the share of the English sentences that is kept for the test.
        seed: chooses them.

    Returns:
        The data set.

    Raises:
        DataError: the file is missing or damaged.

    Example:
        >>> from dl_course.datasets import info, load, locate
        >>> if locate("tatoeba_eng_cmn"):
        ...     data = load_tatoeba(info("tatoeba_eng_cmn"))
        ...     assert not set(data.x_train) & set(data.x_test)
    """
    [(path, content)] = read_files(entry)
    return split_pairs(entry.name, parse_pairs(decode(content, path), path), test_share, seed)
