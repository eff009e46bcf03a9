"""One door to all data: a registered name, or the path of your own files."""

import os
from pathlib import Path

from dl_course.datasets import image_files, npz_files, registry
from dl_course.datasets.corpus_files import load_corpus
from dl_course.datasets.dataset import Corpus, Dataset
from dl_course.datasets.registered import load_registered
from dl_course.datasets.sound_folder import is_sound_folder, load_sounds
from dl_course.datasets.splits import check_split
from dl_course.datasets.text_files import load_texts
from dl_course.errors import DataError, argument_error

_TABLES_OF_TEXTS = (".csv", ".tsv", ".jsonl")


def load(source: str | os.PathLike, *, test_share: float = 0.2, seed: int = 0) -> Dataset | Corpus:
    """Loads a data set: examples and labels, for training and for the test.

    A registered name is that set. Every other text, and every `Path`, is the path of your own
    files: an `.npz` file with `x` and `y` (or `x_train`, `y_train`, `x_test`, `y_test`), a folder
    with one subfolder of images or of .wav files per class, a table of texts and labels (.csv,
    .tsv or .jsonl, also .gz), or one long text (.txt). A file of sentence pairs looks like a
    table: `load_pairs` reads it.

    Args:
        source: a name from `names()`, or a path.
        test_share: the share of each class that is kept for the test, where the data have no
            split of their own. A published split is never cut anew, nor is yours.
        seed: chooses that split; the same seed gives the same one.

    Returns:
        The data set; of a long text, a corpus.

    Raises:
        DataError: unknown name, missing or damaged file, unusable content, no network.

    Example:
        >>> data = load("digits")
        >>> data.x_train.shape, data.y_test.shape
        ((1438, 28, 28, 1), (359,))
    """
    check_split(test_share, seed, share_name="test_share")
    if not isinstance(source, (str, os.PathLike)):
        raise argument_error("source", "the name of a data set or a path", source)
    if isinstance(source, str) and source in registry.REGISTRY:
        return load_registered(source, test_share, seed)
    path = Path(source).expanduser()
    if path.is_dir():
        load_folder = load_sounds if is_sound_folder(path) else image_files.load_folder
        return load_folder(path, test_share=test_share, seed=seed)
    if path.exists():
        return _load_file(path, test_share, seed)
    if isinstance(source, str) and path.name == source and not path.suffix:
        raise registry.unknown(source)
    raise DataError(f"{path}: no such file or folder. Check the path.")


def _load_file(path: Path, test_share: float, seed: int) -> Dataset | Corpus:
    """Loads a file by its ending."""
    ending = Path(path.name.lower().removesuffix(".gz")).suffix
    if ending in _TABLES_OF_TEXTS:
        return load_texts(path, test_share=test_share, seed=seed)
    if ending == ".txt":
        return load_corpus(path)
    if ending == ".npz":
        return npz_files.load_npz(path, test_share, seed)
    raise DataError(
        f"{path}: expected an .npz file, a folder with one subfolder of images or sounds per "
        f"class, or texts in .csv, .tsv, .jsonl or .txt. Received: a file ending in "
        f"{path.suffix or 'nothing'!r}."
    )
