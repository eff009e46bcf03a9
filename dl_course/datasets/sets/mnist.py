"""MNIST: handwritten digits, the set that everybody begins with."""

from dl_course.datasets.dataset import Dataset
from dl_course.datasets.records import DatasetInfo
from dl_course.datasets.sets._idx import idx_files, load_idx

INFO = DatasetInfo(
    name="mnist",
    title="70,000 handwritten digits, grey 28x28",
    kind="images",
    class_names=tuple("0123456789"),
    input_shape=(28, 28, 1),
    train_examples=60_000,
    test_examples=10_000,
    split="published",
    is_split_here=False,
    checksum="2ed179bb7adb72e96e1bf1548e9f8715",
    files=idx_files(
        mirrors=(
            "https://storage.googleapis.com/cvdf-datasets/mnist/",
            "https://ossci-datasets.s3.amazonaws.com/mnist/",
        ),
        md5s=(
            "6bbc9ace898e44ae57da46a324031adb",
            "a25bea736e30d166cdddb491f175f624",
            "2646ac647ad5339dbf082846283269ea",
            "27ae3e4e09519cfbb04c329615203637",
        ),
    ),
    megabytes=11,
    alternative="digits",
    licence="CC BY-SA 3.0",
    authors="LeCun, Cortes, Burges 1998",
    source="http://yann.lecun.com/exdb/mnist/",
)


def load(test_share: float, seed: int) -> Dataset:
    """Loads the digits in their published split."""
    return load_idx(INFO)
