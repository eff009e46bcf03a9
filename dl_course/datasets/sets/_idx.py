"""The idx format of MNIST: a magic number, the sizes, then the bytes of the array."""

import math

import numpy as np

from dl_course.datasets.dataset import Dataset, from_pixels
from dl_course.datasets.records import DataFile, DatasetInfo
from dl_course.datasets.store import read_files
from dl_course.errors import DataError

_SIZES = {
    "train-images-idx3-ubyte.gz": 16 + 60_000 * 28 * 28,
    "train-labels-idx1-ubyte.gz": 8 + 60_000,
    "t10k-images-idx3-ubyte.gz": 16 + 10_000 * 28 * 28,
    "t10k-labels-idx1-ubyte.gz": 8 + 10_000,
}


def idx_files(mirrors: tuple[str, ...], md5s: tuple[str, ...]) -> tuple[DataFile, ...]:
    """Returns the four files of MNIST, or of another set in its format.

    Example:
        >>> idx_files(("https://example.org/",), ("0" * 32,) * 4)[1].name
        'train-labels-idx1-ubyte.gz'
    """
    return tuple(
        DataFile(name, tuple(mirror + name for mirror in mirrors), md5, size)
        for (name, size), md5 in zip(_SIZES.items(), md5s, strict=True)
    )


def load_idx(info: DatasetInfo) -> Dataset:
    """Loads train images, train labels, test images and test labels, in the published split."""
    arrays = [parse_idx(content, str(path)) for path, content in read_files(info)]
    x_train, y_train, x_test, y_test = arrays
    train, test = (x_train[..., None], y_train), (x_test[..., None], y_test)
    return from_pixels(info.name, train, test, info.class_names)


def parse_idx(content: bytes, where: str) -> np.ndarray:
    """Returns the array in the decoded content of an idx file of bytes.

    The content starts with two zero bytes, 8 for "unsigned byte" and the number of dimensions;
    then comes the size of each dimension as a big-endian 32-bit integer.

    Args:
        content: the whole file, uncompressed.
        where: the path, for the error message.

    Returns:
        uint8, in the shape that the header gives.

    Raises:
        DataError: the header is not that of an idx file, or does not fit the length.

    Example:
        >>> parse_idx(bytes([0, 0, 8, 1, 0, 0, 0, 3, 7, 8, 9]), "labels")
        array([7, 8, 9], dtype=uint8)
    """
    dimensions = content[3] if len(content) > 3 else 0
    start = 4 + 4 * dimensions
    if content[:3] != b"\0\0\x08" or dimensions < 1 or len(content) < start:
        raise DataError(f"{where}: not an idx file of bytes. Delete it and fetch the set again.")
    shape = tuple(int(size) for size in np.frombuffer(content, ">u4", dimensions, offset=4))
    if len(content) - start != math.prod(shape):
        raise DataError(
            f"{where}: the header promises {math.prod(shape)} bytes for shape {shape}, "
            f"{len(content) - start} follow. Delete it and fetch the set again."
        )
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape)
