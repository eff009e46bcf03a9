"""scikit-learn's handwritten digits, enlarged to the size of MNIST: real data without a network."""

import numpy as np

from dl_course.datasets.dataset import Dataset, from_pixels
from dl_course.datasets.records import DataFile, DatasetInfo
from dl_course.datasets.splits import stratified_split
from dl_course.datasets.store import check_embedded

INFO = DatasetInfo(
    name="digits",
    title="1,797 handwritten digits, grey, enlarged from 8x8 to 28x28",
    kind="images",
    class_names=tuple("0123456789"),
    input_shape=(28, 28, 1),
    train_examples=1438,
    test_examples=359,
    split="stratified",
    is_split_here=True,
    checksum="0b6115d553fb5caba68f803df00d8bbe",
    files=(
        DataFile(
            "scikit-learn digits",
            (),
            "7696c07daa6d85010f8268703ab8b067",
            1797 * 65,
            content="pixels 0..16 as bytes, then the labels",
        ),
    ),
    licence="CC BY 4.0",
    authors="UCI, Alpaydin and Kaynak 1998",
    source="https://archive.ics.uci.edu/dataset/80/optical+recognition+of+handwritten+digits",
)


def load(test_share: float, seed: int) -> Dataset:
    """Loads the digits, with the same mixture of classes in both parts."""
    from sklearn.datasets import load_digits

    bunch = load_digits()
    pixels, labels = bunch.images.astype(np.uint8), bunch.target.astype(np.uint8)
    check_embedded(INFO, pixels.tobytes() + labels.tobytes())
    x, y = enlarge(pixels)[..., None], labels.astype(np.int64)
    train, test = stratified_split(y, test_share, seed)
    return from_pixels(INFO.name, (x[train], y[train]), (x[test], y[test]), INFO.class_names)


def enlarge(pixels: np.ndarray) -> np.ndarray:
    """Brings 8x8 digits to 28x28, placed as in MNIST: 20 pixels high, with a margin of 4.

    Args:
        pixels: uint8 in 0..16, shape (n, 8, 8).

    Returns:
        uint8 in 0..255, shape (n, 28, 28).

    Example:
        >>> enlarge(np.full((1, 8, 8), 16, np.uint8))[0, 14, [0, 14]]
        array([  0, 255], dtype=uint8)
    """
    from PIL import Image

    # Each small pixel becomes 2.5, so 8 become 20, and 28 new ones cover 11.2 small ones. A border
    # of zeros comes first: strokes at the edge then fade out instead of being cut. Bicubic, since
    # bilinear blurs the thin strokes and Lanczos leaves grey rings around them. Pillow resizes
    # bytes in whole numbers, so every machine gets the same images.
    grey = np.round(np.pad(pixels, ((0, 0), (2, 2), (2, 2))) * (255 / 16)).astype(np.uint8)
    box = (0.4, 0.4, 11.6, 11.6)
    images = [Image.fromarray(one).resize((28, 28), Image.Resampling.BICUBIC, box) for one in grey]
    return np.stack([np.asarray(image) for image in images])
