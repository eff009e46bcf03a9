"""Tatoeba: short English sentences with Chinese translations, written by volunteers."""

from dl_course.datasets.dataset import Dataset
from dl_course.datasets.records import DataFile, DatasetInfo
from dl_course.datasets.sentence_pairs import parse_pairs, split_pairs
from dl_course.datasets.store import read_files
from dl_course.datasets.text_reading import decode

INFO = DatasetInfo(
    name="tatoeba_eng_cmn",
    title="20,133 English sentences with Chinese translations",
    kind="pairs",
    notes="in simplified and traditional characters",
    train_examples=16_105,
    test_examples=4_028,
    split="by English sentence",
    is_split_here=True,
    checksum="804e857774d098294fc2dc54c3a80b3c",
    files=(DataFile("cmn.txt", (), "86297ec9efdc0d241929c7687f182a0c", 1_259_882),),
    megabytes=1.3,
    alternative="number_words",
    licence="CC BY 2.0 FR",
    authors="Tatoeba",
    source="https://tatoeba.org",
)


def load(test_share: float, seed: int) -> Dataset:
    """Loads English sentences (x) and Chinese translations (y).

    Some sentences have several translations. They are all for training or all for testing, where
    `group_references` collects them.
    """
    [(path, content)] = read_files(INFO)
    return split_pairs(INFO.name, parse_pairs(decode(content, path), path), test_share, seed)
