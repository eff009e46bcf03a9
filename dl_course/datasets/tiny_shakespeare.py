"""Scenes of Shakespeare's plays in one file, the text that character models are compared on."""

from dl_course.datasets import store
from dl_course.datasets.dataset import Corpus, from_corpus
from dl_course.datasets.records import DatasetInfo
from dl_course.datasets.text_decoding import decode


def load_tiny_shakespeare(entry: DatasetInfo) -> Corpus:
    """Loads tiny Shakespeare: 1,115,394 characters, 65 different ones.

    Args:
        entry: the registered set.

    Returns:
        The corpus; its last tenth is the test, as is usual with this text.

    Raises:
        DataError: the file is damaged, or cannot be downloaded.

    Reference: Karpathy 2015, https://karpathy.github.io/2015/05/21/rnn-effectiveness/.
    """
    [(path, content)] = store.read_files(entry)
    return from_corpus(entry.name, decode(content, path))
