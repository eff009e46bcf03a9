"""The data sets that have a name: where they come from and how to know them again."""

import hashlib
from dataclasses import dataclass

from dl_course.errors import DataError


@dataclass(frozen=True)
class DataFile:
    """One file of a data set, known by its decoded content.

    Args:
        name: the file's name in the data set's folder.
        urls: where it can be downloaded, in the order in which to try.
        md5: MD5 of the decoded (uncompressed) content: a recompressed copy is still the file.
        size: bytes of the decoded content.

    Example:
        >>> DataFile("x.gz", ("https://example.org/x.gz",), "0" * 32, 10).size
        10
    """

    name: str
    urls: tuple[str, ...]
    md5: str
    size: int


@dataclass(frozen=True)
class DatasetInfo:
    """What is known of a data set before it is loaded.

    Args:
        name: the name to load it by.
        title: one line on what it shows.
        embedded: whether it comes with the installed packages, so needs no network.
        files: its files; of an embedded set, the content that is verified.
        class_names: one name per label; empty where a number is asked for.
        input_shape: height, width, channels of an image; (features,) of a table.
        train_examples: how many are for training.
        test_examples: how many are for the test.
        licence: the terms of the data.
        source: where it was published.
        alternative: the embedded set to use without a network; None for an embedded set.

    Example:
        >>> info("mnist").alternative
        'digits'
    """

    name: str
    title: str
    embedded: bool
    files: tuple[DataFile, ...]
    class_names: tuple[str, ...]
    input_shape: tuple[int, ...]
    train_examples: int
    test_examples: int
    licence: str
    source: str
    alternative: str | None


def _idx_files(mirrors: tuple[str, ...], md5s: tuple[str, ...]) -> tuple[DataFile, ...]:
    """Returns the four files of MNIST and of the sets made in its image."""
    sizes = {
        "train-images-idx3-ubyte.gz": 16 + 60_000 * 28 * 28,
        "train-labels-idx1-ubyte.gz": 8 + 60_000,
        "t10k-images-idx3-ubyte.gz": 16 + 10_000 * 28 * 28,
        "t10k-labels-idx1-ubyte.gz": 8 + 10_000,
    }
    return tuple(
        DataFile(name, tuple(mirror + name for mirror in mirrors), md5, size)
        for (name, size), md5 in zip(sizes.items(), md5s, strict=True)
    )


_DIGITS = DatasetInfo(
    name="digits",
    title="1,797 handwritten digits, grey, brought from 8x8 to 28x28",
    embedded=True,
    files=(DataFile("scikit-learn digits", (), "7696c07daa6d85010f8268703ab8b067", 1797 * 65),),
    class_names=tuple("0123456789"),
    input_shape=(28, 28, 1),
    train_examples=1438,
    test_examples=359,
    licence="CC BY 4.0",
    source="https://archive.ics.uci.edu/dataset/80/optical+recognition+of+handwritten+digits",
    alternative=None,
)

_MNIST = DatasetInfo(
    name="mnist",
    title="70,000 handwritten digits, grey 28x28",
    embedded=False,
    files=_idx_files(
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
    class_names=tuple("0123456789"),
    input_shape=(28, 28, 1),
    train_examples=60_000,
    test_examples=10_000,
    licence="CC BY-SA 3.0",
    source="http://yann.lecun.com/exdb/mnist/",
    alternative="digits",
)

_FASHION_MNIST = DatasetInfo(
    name="fashion_mnist",
    title="70,000 pictures of clothes, grey 28x28",
    embedded=False,
    files=_idx_files(
        mirrors=(
            "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
            "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
        ),
        md5s=(
            "f4a8712d7a061bf5bd6d2ca38dc4d50a",
            "9018921c3c673c538a1fc5bad174d6f9",
            "8181f5470baa50b63fa0f6fddb340f0a",
            "15d484375f8d13e6eb1aabb0c3f46965",
        ),
    ),
    class_names=(
        "T-shirt/top",
        "trouser",
        "pullover",
        "dress",
        "coat",
        "sandal",
        "shirt",
        "sneaker",
        "bag",
        "ankle boot",
    ),
    input_shape=(28, 28, 1),
    train_examples=60_000,
    test_examples=10_000,
    licence="MIT",
    source="https://github.com/zalandoresearch/fashion-mnist",
    alternative="digits",
)

_BREAST_CANCER = DatasetInfo(
    name="breast_cancer",
    title="569 tumours, 30 measures of their cells, malignant or benign",
    embedded=True,
    files=(
        DataFile("scikit-learn breast cancer", (), "8780261f0ece2d720090d7d4ea82809b", 569 * 241),
    ),
    class_names=("malignant", "benign"),
    input_shape=(30,),
    train_examples=456,
    test_examples=113,
    licence="CC BY 4.0",
    source="https://archive.ics.uci.edu/dataset/17/breast+cancer+wisconsin+diagnostic",
    alternative=None,
)

_CALIFORNIA_HOUSING = DatasetInfo(
    name="california_housing",
    title="20,640 districts of California in 1990 with blanks, the median price of a house",
    embedded=False,
    files=(
        DataFile(
            "california_housing.csv",
            (
                "https://raw.githubusercontent.com/ageron/handson-ml2/master/datasets/housing/housing.csv",
                "https://raw.githubusercontent.com/ageron/handson-ml/master/datasets/housing/housing.csv",
            ),
            "d1c47305887e2252bf1ccbd74ff159a6",
            1_423_529,
        ),
    ),
    class_names=(),
    input_shape=(13,),
    train_examples=16_512,
    test_examples=4_128,
    licence="Apache-2.0",
    source="https://github.com/ageron/handson-ml2/tree/master/datasets/housing",
    alternative="breast_cancer",
)

REGISTRY = {
    entry.name: entry
    for entry in (_BREAST_CANCER, _DIGITS, _MNIST, _FASHION_MNIST, _CALIFORNIA_HOUSING)
}


def names() -> tuple[str, ...]:
    """Returns the names of the registered data sets, the embedded ones first.

    Example:
        >>> names()
        ('breast_cancer', 'digits', 'mnist', 'fashion_mnist', 'california_housing')
    """
    return tuple(REGISTRY)


def info(name: str) -> DatasetInfo:
    """Returns what is known of a registered data set.

    Args:
        name: one of `names()`.

    Raises:
        DataError: there is no such data set; the closest name is suggested.

    Example:
        >>> info("fashion_mnist").class_names[9]
        'ankle boot'
    """
    if name not in REGISTRY:
        raise unknown(name)
    return REGISTRY[name]


def check_embedded(entry: DatasetInfo, content: bytes) -> None:
    """Raises a `DataError` unless the content that an installed package carries is the published.

    Example:
        >>> check_embedded(info("digits"), b"")  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        ...
        dl_course.errors.DataError: scikit-learn digits: other content than published: ...
    """
    file = entry.files[0]
    actual = hashlib.md5(content, usedforsecurity=False).hexdigest()
    if actual != file.md5:
        raise DataError(
            f"{file.name}: other content than published: expected MD5 {file.md5}, "
            f"actual {actual}. Install scikit-learn again."
        )


def unknown(name: str) -> DataError:
    """Returns the error for a name that is not registered.

    Example:
        >>> print(unknown("mnits"))  # doctest: +ELLIPSIS
        There is no data set 'mnits'. Did you mean 'mnist'? ...
    """
    from difflib import get_close_matches

    close = get_close_matches(str(name).lower(), REGISTRY, n=1)
    guess = f" Did you mean {close[0]!r}?" if close else ""
    return DataError(
        f"There is no data set {name!r}.{guess} Choose one of {', '.join(REGISTRY)}, or give the "
        "path of an .npz file or of a folder with one subfolder of images per class."
    )
