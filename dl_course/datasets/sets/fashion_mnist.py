"""Fashion-MNIST: pictures of clothes in the form of MNIST, and harder."""

from dl_course.datasets.dataset import Dataset
from dl_course.datasets.records import DatasetInfo
from dl_course.datasets.sets._idx import idx_files, load_idx

INFO = DatasetInfo(
    name="fashion_mnist",
    title="70,000 pictures of clothes, grey 28x28",
    kind="images",
    class_names=(
        *("T-shirt/top", "trouser", "pullover", "dress", "coat"),
        *("sandal", "shirt", "sneaker", "bag", "ankle boot"),
    ),
    input_shape=(28, 28, 1),
    train_examples=60_000,
    test_examples=10_000,
    split="published",
    is_split_here=False,
    checksum="a9e80fa91974017e18be79577d22d731",
    files=idx_files(
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
    megabytes=30,
    alternative="digits",
    licence="MIT",
    authors="Zalando Research 2017",
    source="https://github.com/zalandoresearch/fashion-mnist",
)


def load(test_share: float, seed: int) -> Dataset:
    """Loads the clothes in their published split."""
    return load_idx(INFO)
