"""What `load` returns: examples and targets in two parts, or a long text in two parts."""

import dataclasses
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

Half = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True, eq=False)
class Dataset:
    """Examples and targets for training and testing.

    Args:
        name: the registered name, or the name of your own file without its ending.
        kind: what an example is; one of `KINDS`, but not "corpus".
        x_train: the examples, shape (n, ...); `KINDS` gives the type and shape for each kind.
        y_train: the targets, shape (n,), likewise; labels are in 0..num_classes-1.
        x_test: as `x_train`.
        y_test: as `y_train`.
        class_names: one name per label; empty where there are no labels.
        checksum: MD5 of the decoded content, as 32 hexadecimal digits. It covers the split too:
            equal checksums mean equal arrays.
        feature_names: one name per column of a table; else empty.
        sample_rate: samples per second of a sound, in Hz; else 0.

    Example:
        >>> x, y = np.zeros((4, 28, 28, 1), np.float32), np.array([0, 1, 0, 1])
        >>> data = Dataset("mine", "images", x, y, x, y, ("cat", "dog"), "")
        >>> data.input_shape, data.num_classes
        ((28, 28, 1), 2)
        >>> (x_train, y_train), (x_test, y_test) = data
    """

    name: str
    kind: str
    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    class_names: tuple[str, ...]
    checksum: str
    feature_names: tuple[str, ...] = ()
    sample_rate: int = 0

    @property
    def input_shape(self) -> tuple[int, ...]:
        """The shape of one example: `(height, width, channels)` of an image, `()` of a text."""
        return self.x_train.shape[1:]

    @property
    def num_classes(self) -> int:
        """How many classes there are; 0 where there are no labels."""
        return len(self.class_names)

    def __iter__(self) -> Iterator[Half]:
        yield self.x_train, self.y_train
        yield self.x_test, self.y_test


@dataclass(frozen=True)
class Corpus:
    """A long text to learn a language from, and its last tenth to measure with.

    Args:
        name: the registered name, or the name of your own file without its ending.
        train: the first nine tenths.
        test: the rest.
        checksum: MD5 of the whole text in UTF-8.

    Example:
        >>> corpus = from_corpus("ten", "0123456789")
        >>> corpus.kind, corpus.train, corpus.test
        ('corpus', '012345678', '9')
    """

    kind: ClassVar[str] = "corpus"

    name: str
    train: str
    test: str
    checksum: str


def from_pixels(name: str, train: Half, test: Half, class_names: Sequence[str]) -> Dataset:
    """Makes a data set of images as they were stored: 0..255 becomes [0, 1].

    Args:
        name: the data set's name.
        train: images, uint8 or float in [0, 1], shape (n, height, width, channels), and integer
            labels, shape (n,).
        test: the same.
        class_names: one name per label.

    Example:
        >>> half = np.full((1, 1, 1, 1), 255, np.uint8), np.array([0])
        >>> from_pixels("dot", half, half, ("on",)).x_train.max()
        np.float32(1.0)
    """
    halves = [(x, y.astype(np.int64)) for x, y in (train, test)]
    stored = _dataset(name, "images", halves, class_names)
    # The checksum is taken before scaling, so that it depends on no rounding.
    return dataclasses.replace(
        stored, x_train=_scaled(stored.x_train), x_test=_scaled(stored.x_test)
    )


def from_table(
    name: str,
    train: Half,
    test: Half,
    class_names: Sequence[str],
    feature_names: Sequence[str],
) -> Dataset:
    """Makes a data set of a table of numbers, as they are: nothing is scaled or filled in.

    Args:
        name: the data set's name.
        train: features, shape (n, features), and integer labels or numbers to predict, (n,).
        test: the same.
        class_names: one name per label; empty where a number is to be predicted.
        feature_names: one name per column.

    Example:
        >>> half = np.array([[1, 2]]), np.array([0.5])
        >>> data = from_table("rents", half, half, (), ("rooms", "floor"))
        >>> data.input_shape, data.num_classes, data.y_train
        ((2,), 0, array([0.5]))
    """
    target = np.int64 if class_names else np.float64
    halves = [(x.astype(np.float64), y.astype(target)) for x, y in (train, test)]
    return _dataset(name, "table", halves, class_names, feature_names=tuple(feature_names))


def from_sequences(name: str, train: Half, test: Half, class_names: Sequence[str]) -> Dataset:
    """Makes a data set of sequences of equal length, shape (n, steps, features), and their labels.

    Example:
        >>> half = np.zeros((1, 5, 2)), np.array([0])
        >>> from_sequences("walks", half, half, ("home",)).input_shape
        (5, 2)
    """
    halves = [(x.astype(np.float32), y.astype(np.int64)) for x, y in (train, test)]
    return _dataset(name, "sequences", halves, class_names)


def from_texts(
    name: str,
    train: tuple[Sequence[str], Sequence[int]],
    test: tuple[Sequence[str], Sequence[int]],
    class_names: Sequence[str],
) -> Dataset:
    """Makes a data set of n texts and their integer labels.

    Example:
        >>> data = from_texts("mine", (["good", "bad"], [1, 0]), (["fine"], [1]), ("-", "+"))
        >>> data.x_train[0], data.y_test.tolist(), data.input_shape
        ('good', [1], ())
    """
    halves = [(_as_texts(x), np.asarray(y, dtype=np.int64)) for x, y in (train, test)]
    return _dataset(name, "texts", halves, class_names)


def from_pairs(
    name: str,
    train: tuple[Sequence[str], Sequence[str]],
    test: tuple[Sequence[str], Sequence[str]],
) -> Dataset:
    """Makes a data set of n sentences and their n translations.

    Example:
        >>> data = from_pairs("numbers", (["one"], ["\u4e00"]), (["two"], ["\u4e8c"]))
        >>> data.x_test[0], data.num_classes
        ('two', 0)
    """
    halves = [(_as_texts(x), _as_texts(y)) for x, y in (train, test)]
    return _dataset(name, "pairs", halves)


def from_sounds(
    name: str, train: Half, test: Half, class_names: Sequence[str], sample_rate: int
) -> Dataset:
    """Makes a data set of sounds of equal length.

    Args:
        name: the data set's name.
        train: waveforms in [-1, 1], shape (n, samples), and integer labels, shape (n,).
        test: the same.
        class_names: one name per label.
        sample_rate: samples per second, in Hz.

    Example:
        >>> half = np.zeros((1, 80)), np.array([0])
        >>> data = from_sounds("hush", half, half, ("silence",), sample_rate=8000)
        >>> data.input_shape, data.sample_rate
        ((80,), 8000)
    """
    halves = [(x.astype(np.float32), y.astype(np.int64)) for x, y in (train, test)]
    return _dataset(name, "sounds", halves, class_names, sample_rate=int(sample_rate))


def from_corpus(name: str, text: str) -> Corpus:
    """Cuts a long text into training part and test: the last tenth, rounded up.

    Example:
        >>> len(from_corpus("abc", "abc" * 7).test)
        3
    """
    cut = len(text) * 9 // 10
    digest = hashlib.md5(text.encode(), usedforsecurity=False)
    return Corpus(name, text[:cut], text[cut:], digest.hexdigest())


def _dataset(
    name: str, kind: str, halves: list[Half], class_names: Sequence[str] = (), **more: Any
) -> Dataset:
    """Returns the data set of two parts, with their checksum."""
    (x_train, y_train), (x_test, y_test) = halves
    class_names = tuple(class_names)
    checksum = _checksum(class_names, halves)
    return Dataset(name, kind, x_train, y_train, x_test, y_test, class_names, checksum, **more)


def _as_texts(texts: Sequence[str]) -> np.ndarray:
    """Returns texts as an array that takes no more memory than they need."""
    return np.array(list(texts), dtype=np.dtypes.StringDType())


def _checksum(class_names: tuple[str, ...], halves: list[Half]) -> str:
    """Returns the MD5 of the names of the classes and of both parts."""
    digest = hashlib.md5(repr(class_names).encode(), usedforsecurity=False)
    for array in (array for half in halves for array in half):
        if isinstance(array.dtype, np.dtypes.StringDType):
            # The lengths say where a text ends: ["ab", "c"] is not ["a", "bc"].
            digest.update(repr([len(text) for text in array]).encode())
            digest.update("".join(array).encode())
            continue
        digest.update(f"{array.dtype.name}{array.shape}".encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def _scaled(x: np.ndarray) -> np.ndarray:
    """Returns pixels as float32 in [0, 1]."""
    return x / np.float32(255) if x.dtype == np.uint8 else x.astype(np.float32)
