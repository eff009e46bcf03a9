"""scikit-learn's breast cancer data: a small real table of two classes, without a network."""

import numpy as np

from dl_course.datasets.dataset import Dataset, from_table
from dl_course.datasets.records import DataFile, DatasetInfo
from dl_course.datasets.splits import stratified_split
from dl_course.datasets.store import check_embedded

INFO = DatasetInfo(
    name="breast_cancer",
    title="569 tumours, 30 measurements of their cells, malignant or benign",
    kind="table",
    class_names=("malignant", "benign"),
    input_shape=(30,),
    train_examples=456,
    test_examples=113,
    split="stratified",
    is_split_here=True,
    checksum="0a720f83d27c43b3256766d41d884f22",
    files=(
        DataFile(
            "scikit-learn breast cancer",
            (),
            "8780261f0ece2d720090d7d4ea82809b",
            569 * 241,
            content="features as little-endian float64, then the labels as bytes",
        ),
    ),
    licence="CC BY 4.0",
    authors="UCI, Wolberg, Mangasarian, Street 1995",
    source="https://archive.ics.uci.edu/dataset/17/breast+cancer+wisconsin+diagnostic",
)


def load(test_share: float, seed: int) -> Dataset:
    """Loads the table, with the same share of malignant tumours in both parts.

    Ten measures of the cell nuclei in an image (radius, texture, ...), each as mean, standard
    error and worst, in their own units: standardize before training. Nothing is blank.
    """
    from sklearn.datasets import load_breast_cancer

    bunch = load_breast_cancer()
    x, y = bunch.data.astype("<f8"), bunch.target.astype(np.uint8)
    check_embedded(INFO, x.tobytes() + y.tobytes())
    train, test = stratified_split(y, test_share, seed)
    feature_names = tuple(str(name) for name in bunch.feature_names)
    halves = (x[train], y[train]), (x[test], y[test])
    return from_table(INFO.name, *halves, INFO.class_names, feature_names)
