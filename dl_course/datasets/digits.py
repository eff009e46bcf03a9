"""scikit-learn's handwritten digits, brought to the size of MNIST: real data without a network."""

import numpy as np

from dl_course.datasets.dataset import Dataset, from_pixels
from dl_course.datasets.records import DatasetInfo
from dl_course.datasets.registry import check_embedded
from dl_course.datasets.splits import stratified_split


def read_digits(entry: DatasetInfo) -> tuple[np.ndarray, np.ndarray]:
    """Reads the digits as scikit-learn carries them, and verifies them.

    Args:
        entry: the registered record, with the checksum of the 8x8 pixels and the labels.

    Returns:
        Pixels, uint8 in 0..16, shape (1797, 8, 8), and labels, uint8, shape (1797,).

    Raises:
        DataError: the installed scikit-learn carries other content.

    Example:
        >>> from dl_course.datasets import info
        >>> pixels, labels = read_digits(info("digits"))
        >>> pixels.shape, int(pixels.max())
        ((1797, 8, 8), 16)
    """
    from sklearn.datasets import load_digits as load

    bunch = load()
    pixels, labels = bunch.images.astype(np.uint8), bunch.target.astype(np.uint8)
    check_embedded(entry, pixels.tobytes() + labels.tobytes())
    return pixels, labels


def enlarge(pixels: np.ndarray) -> np.ndarray:
    """Brings 8x8 digits to 28x28, the way MNIST's lie: 20 pixels high, with a margin of 4.

    Args:
        pixels: uint8 in 0..16, shape (n, 8, 8).

    Returns:
        uint8 in 0..255, shape (n, 28, 28).

    Example:
        >>> enlarge(np.full((1, 8, 8), 16, np.uint8))[0, 14, [0, 14]]
        array([  0, 255], dtype=uint8)
    """
    from PIL import Image

    # The 8 pixels become 20, 2.5 each, and 28 are 11.2 of the small pixels. A border of zeros
    # first: strokes that touch the edge then fade out instead of being cut. Bicubic, since
    # bilinear blurs the thin strokes and Lanczos leaves grey rings around them. Pillow resizes
    # bytes in whole numbers, so every machine gets the same images.
    grey = np.round(np.pad(pixels, ((0, 0), (2, 2), (2, 2))) * (255 / 16)).astype(np.uint8)
    box = (0.4, 0.4, 11.6, 11.6)
    images = [Image.fromarray(one).resize((28, 28), Image.Resampling.BICUBIC, box) for one in grey]
    return np.stack([np.asarray(image) for image in images])


def load_digits(entry: DatasetInfo, test_share: float, seed: int) -> Dataset:
    """Loads the digits, cut in two with the same mixture of classes on both sides.

    Example:
        >>> from dl_course.datasets import info
        >>> load_digits(info("digits"), 0.2, 0).x_test.shape
        (359, 28, 28, 1)
    """
    pixels, labels = read_digits(entry)
    x, y = enlarge(pixels)[..., None], labels.astype(np.int64)
    train, test = stratified_split(y, test_share, seed)
    return from_pixels(entry.name, (x[train], y[train]), (x[test], y[test]), entry.class_names)
