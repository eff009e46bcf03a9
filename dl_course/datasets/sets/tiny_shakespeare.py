"""Scenes of Shakespeare's plays in one file, the text that character models are compared on."""

from dl_course.datasets.dataset import Corpus, from_corpus
from dl_course.datasets.records import DataFile, DatasetInfo
from dl_course.datasets.store import read_files
from dl_course.datasets.text_reading import decode

INFO = DatasetInfo(
    name="tiny_shakespeare",
    title="Scenes of Shakespeare's plays, 1.1 million characters",
    kind="corpus",
    notes="65 different characters",
    train_examples=1_003_854,
    test_examples=111_540,
    split="the last tenth is for testing",
    is_split_here=False,
    checksum="6fb458f1232090904fb40fe944165e91",
    files=(
        DataFile(
            "input.txt",
            (
                "https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/input.txt",
                "https://storage.googleapis.com/download.tensorflow.org/data/shakespeare.txt",
            ),
            "6fb458f1232090904fb40fe944165e91",
            1_115_394,
        ),
    ),
    megabytes=1.1,
    alternative="python_help",
    licence="public domain",
    authors="Karpathy 2015",
    source="https://github.com/karpathy/char-rnn",
)


def load(test_share: float, seed: int) -> Corpus:
    """Loads the plays; the last tenth is for testing, as is usual with this text.

    Reference: Karpathy 2015, https://karpathy.github.io/2015/05/21/rnn-effectiveness/.
    """
    [(path, content)] = read_files(INFO)
    return from_corpus(INFO.name, decode(content, path))
