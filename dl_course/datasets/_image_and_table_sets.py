"""The registered sets of images and tables."""

from dl_course.datasets.records import DataFile, DatasetInfo


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
    kind="table",
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
    kind="table",
)

IMAGES_AND_TABLES = (_BREAST_CANCER, _DIGITS, _MNIST, _FASHION_MNIST, _CALIFORNIA_HOUSING)
