"""What every loader returns: two halves of examples and targets, with the names of the classes."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Dataset:
    """Examples and targets for training and for the test.

    Args:
        name: the registered name, or the name of your own file without its ending.
        x_train: images, float32 in [0, 1], shape (n, height, width, channels); or a table,
            float64 in its own units, shape (n, features), NaN where the source has a blank.
        y_train: labels, int64 in 0..num_classes-1, shape (n,); of a set that asks for a number,
            that number, float64, shape (n,).
        x_test: as `x_train`.
        y_test: as `y_train`.
        class_names: one name per label; empty where a number is asked for.
        checksum: MD5 of the decoded content, as 32 hexadecimal digits. It covers the split too:
            equal checksums mean equal arrays.
        feature_names: one name per column of a table; empty for images.

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
    feature_names: tuple[str, ...] = ()

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Height, width and channels of one image; of a table, the number of features."""
        return self.x_train.shape[1:]

    @property
    def num_classes(self) -> int:
        """How many classes there are; 0 where a number is asked for."""
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
    halves = [(x, y.astype(np.int64)) for x, y in (train, test)]
    checksum = _checksum(class_names, halves)
    arrays = [array for x, y in halves for array in (_scaled(x), y)]
    return Dataset(name, *arrays, tuple(class_names), checksum)


def from_table(
    name: str,
    train: tuple[np.ndarray, np.ndarray],
    test: tuple[np.ndarray, np.ndarray],
    class_names: tuple[str, ...],
    feature_names: tuple[str, ...],
) -> Dataset:
    """Makes a data set of a table of numbers, as they are: nothing is scaled or filled in.

    Args:
        name: the data set's name.
        train: features, shape (n, features), and integer labels or numbers to predict, (n,).
        test: the same.
        class_names: one name per label; empty where a number is to be predicted.
        feature_names: one name per column.

    Returns:
        The data set, features in float64.

    Example:
        >>> half = np.array([[1, 2]]), np.array([0.5])
        >>> data = from_table("rents", half, half, (), ("rooms", "floor"))
        >>> data.input_shape, data.num_classes, data.y_train
        ((2,), 0, array([0.5]))
    """
    target = np.int64 if class_names else np.float64
    halves = [(x.astype(np.float64), y.astype(target)) for x, y in (train, test)]
    arrays = [array for half in halves for array in half]
    checksum = _checksum(class_names, halves)
    return Dataset(name, *arrays, tuple(class_names), checksum, tuple(feature_names))


def _checksum(class_names: tuple[str, ...], halves: list[tuple[np.ndarray, np.ndarray]]) -> str:
    """Returns the MD5 of the names of the classes and of both halves."""
    digest = hashlib.md5(repr(class_names).encode(), usedforsecurity=False)
    for array in (array for half in halves for array in half):
        digest.update(f"{array.dtype.name}{array.shape}".encode())
        digest.update(np.ascontiguousarray(array))
    return digest.hexdigest()


def _scaled(x: np.ndarray) -> np.ndarray:
    """Returns pixels as float32 in [0, 1]."""
    if x.dtype == np.uint8:
        return x / np.float32(255)
    return x.astype(np.float32)
