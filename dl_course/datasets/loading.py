"""One door to all data: a registered name, or the path of your own files."""

import importlib
import os
from pathlib import Path

from dl_course.datasets import (
    breast_cancer,
    california_housing,
    digits,
    idx,
    image_files,
    npz_files,
    registry,
)
from dl_course.datasets.dataset import Dataset
from dl_course.datasets.splits import check_split
from dl_course.errors import DataError, argument_error

# The sets that are split here. Every other one comes with its split; a corpus gives its last
# tenth. Images that are not named here are four idx files.
_SPLIT_HERE = {
    "breast_cancer": breast_cancer.load_breast_cancer,
    "california_housing": california_housing.load_california_housing,
    "digits": digits.load_digits,
}
_LATE_SPLIT_HERE = {
    "reviews": "reviews",
    "number_words": "number_words",
    "sounds": "sounds",
    "tatoeba_eng_cmn": "tatoeba",
}
_LATE_SPLIT_ALREADY = {
    "imdb": "imdb",
    "python_help": "python_help",
    "tiny_shakespeare": "tiny_shakespeare",
    "fsdd": "fsdd",
}


def load(source: str | os.PathLike, *, test_share: float = 0.2, seed: int = 0) -> Dataset:
    """Loads a data set: images in [0, 1] or a table, and labels, for training and for the test.

    A registered name is that set. Every other text, and every `Path`, is the path of your own
    files: an `.npz` file with `x` and `y` (or `x_train`, `y_train`, `x_test`, `y_test`), or a
    folder with one subfolder of images per class.

    Args:
        source: a name from `names()`, or a path.
        test_share: the share of each class that is kept for the test, where the data have no
            split of their own. A published split is never cut anew, nor is yours.
        seed: chooses that split; the same seed gives the same one.

    Returns:
        The data set.

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
        entry = registry.info(source)
        if source in _LATE_SPLIT_HERE:
            module = _LATE_SPLIT_HERE[source]
            return getattr(
                importlib.import_module(f"dl_course.datasets.{module}"), f"load_{module}"
            )(entry, test_share, seed)
        if source in _LATE_SPLIT_ALREADY:
            module = _LATE_SPLIT_ALREADY[source]
            return getattr(
                importlib.import_module(f"dl_course.datasets.{module}"), f"load_{module}"
            )(entry)
        if source in _SPLIT_HERE:
            return _SPLIT_HERE[source](entry, test_share, seed)
        return idx.load_idx(entry)
    path = Path(source).expanduser()
    if path.is_dir():
        return image_files.load_folder(path, test_share, seed)
    if path.exists() and path.suffix.lower() != ".npz":
        raise DataError(
            f"{path}: expected an .npz file or a folder with one subfolder of images per class. "
            f"Received: a file ending in {path.suffix or 'nothing'!r}."
        )
    if path.exists():
        return npz_files.load_npz(path, test_share, seed)
    if isinstance(source, str) and path.name == source and not path.suffix:
        raise registry.unknown(source)
    raise DataError(f"{path}: no such file or folder. Check the path.")
