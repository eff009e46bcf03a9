"""The idx format of MNIST: a magic number, the sizes, then the bytes of the array."""

import math

import numpy as np

from dl_course.datasets import store
from dl_course.datasets.dataset import Dataset, from_pixels
from dl_course.datasets.records import DatasetInfo
from dl_course.errors import DataError


def parse_idx(content: bytes, where: str) -> np.ndarray:
    """Returns the array in the decoded content of an idx file of bytes.

    The content starts with two zero bytes, 8 for "unsigned byte" and the number of dimensions;
    then comes the size of each dimension as a big-endian 32-bit integer.

    Args:
        content: the whole file, uncompressed.
        where: the path, for the error message.

    Returns:
        uint8, in the shape that the header tells.

    Raises:
        DataError: the header is another one, or does not fit the length.

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


def load_idx(entry: DatasetInfo) -> Dataset:
    """Loads a registered set of four idx files: images and labels, in the published split.

    Files that are not at hand are downloaded; all are verified.

    Args:
        entry: the registered record; its files are train images, train labels, test images,
            test labels, in this order.

    Raises:
        DataError: a file is damaged, or it is missing and cannot be downloaded.

    Example:
        >>> from dl_course.datasets import info, locate
        >>> data = load_idx(info("mnist")) if locate("mnist") else None
    """
    arrays = [parse_idx(content, str(path)) for path, content in store.read_files(entry)]
    x_train, y_train, x_test, y_test = arrays
    return from_pixels(
        entry.name, (x_train[..., None], y_train), (x_test[..., None], y_test), entry.class_names
    )
