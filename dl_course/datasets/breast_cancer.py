"""scikit-learn's breast cancer data: a small real table of two classes, without a network."""

import numpy as np

from dl_course.datasets.dataset import Dataset, from_table
from dl_course.datasets.records import DatasetInfo
from dl_course.datasets.registry import check_embedded
from dl_course.datasets.splits import stratified_split


def read_breast_cancer(entry: DatasetInfo) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    """Reads the table as scikit-learn carries it, and verifies it.

    Args:
        entry: the registered record, with the checksum of the features and the labels.

    Returns:
        Features, float64, shape (569, 30); labels, uint8, shape (569,), 0 malignant, 1 benign;
        the names of the features.

    Raises:
        DataError: the installed scikit-learn carries other content.

    Example:
        >>> from dl_course.datasets import info
        >>> x, y, names = read_breast_cancer(info("breast_cancer"))
        >>> x.shape, int(y.sum()), names[0]
        ((569, 30), 357, 'mean radius')
    """
    from sklearn.datasets import load_breast_cancer as load

    bunch = load()
    x, y = bunch.data.astype("<f8"), bunch.target.astype(np.uint8)
    check_embedded(entry, x.tobytes() + y.tobytes())
    return x, y, tuple(str(name) for name in bunch.feature_names)


def load_breast_cancer(entry: DatasetInfo, test_share: float, seed: int) -> Dataset:
    """Loads the table, cut in two with the same share of malignant tumours on both sides.

    Ten measures of the cell nuclei in an image (radius, texture, ...), each as mean, standard
    error and worst, in their own units: standardize before training. Nothing is blank.

    Example:
        >>> from dl_course.datasets import info
        >>> load_breast_cancer(info("breast_cancer"), 0.2, 0).x_test.shape
        (113, 30)
    """
    x, y, feature_names = read_breast_cancer(entry)
    train, test = stratified_split(y, test_share, seed)
    halves = (x[train], y[train]), (x[test], y[test])
    return from_table(entry.name, *halves, entry.class_names, feature_names)
