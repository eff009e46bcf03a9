"""What every loader returns: two halves of images and labels, with the names of the classes."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Dataset:
    """Images and labels for training and for the test.

    Args:
        name: the registered name, or the name of your own file without its ending.
        x_train: images, float32 in [0, 1], shape (n, height, width, channels).
        y_train: labels, int64 in 0..num_classes-1, shape (n,).
        x_test: as `x_train`.
        y_test: as `y_train`.
        class_names: one name per label.
        checksum: MD5 of the decoded content, as 32 hexadecimal digits. It covers the split too:
            equal checksums mean equal arrays.

    Example:
        >>> x, y = np.zeros((4, 28, 28, 1), np.float32), np.array([0, 1, 0, 1])
        >>> data = Dataset("mine", x, y, x, y, ("cat", "dog"), "")
        >>> data.input_shape, data.num_classes
        ((28, 28, 1), 2)
        >>> (x_train, y_train), (x_test, y_test) = data
    """

    name: str
    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    class_names: tuple[str, ...]
    checksum: str

    @property
    def input_shape(self) -> tuple[int, int, int]:
        """Height, width and channels of one image."""
        return self.x_train.shape[1:]

    @property
    def num_classes(self) -> int:
        """How many classes there are."""
        return len(self.class_names)

    def __iter__(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Gives `(x_train, y_train)`, then `(x_test, y_test)`."""
        yield self.x_train, self.y_train
        yield self.x_test, self.y_test


def from_pixels(
    name: str,
    train: tuple[np.ndarray, np.ndarray],
    test: tuple[np.ndarray, np.ndarray],
    class_names: tuple[str, ...],
) -> Dataset:
    """Makes a data set of pixels as they were stored: 0..255 becomes [0, 1].

    Args:
        name: the data set's name.
        train: images, uint8 or float in [0, 1], shape (n, height, width, channels), and integer
            labels, shape (n,).
        test: the same.
        class_names: one name per label.

    Returns:
        The data set. Its checksum is taken before scaling, so it depends on no rounding.

    Example:
        >>> half = np.full((1, 1, 1, 1), 255, np.uint8), np.array([0])
        >>> from_pixels("dot", half, half, ("on",)).x_train.max()
        np.float32(1.0)
    """
    digest = hashlib.md5(repr(class_names).encode(), usedforsecurity=False)
    halves = []
    for x, y in (train, test):
        y = y.astype(np.int64)
        for array in (x, y):
            digest.update(f"{array.dtype.name}{array.shape}".encode())
            digest.update(np.ascontiguousarray(array))
        halves += [_scaled(x), y]
    return Dataset(name, *halves, tuple(class_names), digest.hexdigest())


def _scaled(x: np.ndarray) -> np.ndarray:
    """Returns pixels as float32 in [0, 1]."""
    if x.dtype == np.uint8:
        return x / np.float32(255)
    return x.astype(np.float32)
