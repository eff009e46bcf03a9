"""The steps before and around training: clean, split, standardize, cut into batches and folds.

What is learned from data (medians, means, scales) is learned from the training part alone: a
function `fit_...` looks at that part, and its result is then applied to all parts.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from dl_course.errors import CourseError, argument_error, check_positive_integer, check_share
from dl_course.scratch._checks import as_float, check_shape

Part = tuple[np.ndarray, np.ndarray]  # the x and y of some examples


class Standardizer(NamedTuple):
    """What `standardize` subtracts and divides by.

    Args:
        mean: of each feature, shape (features,).
        scale: standard deviation of each feature, shape (features,), but 1 where that is 0.
    """

    mean: np.ndarray
    scale: np.ndarray


def fit_medians(x: ArrayLike) -> np.ndarray:
    """Finds what to fill blanks with: the median of each feature where it is known.

    Args:
        x: training features, NaN for a blank, shape (n, features).

    Returns:
        The medians, shape (features,).

    Raises:
        CourseError: `x` is not a table of numbers, or a feature is blank in every row.

    Example:
        >>> fit_medians([[1.0, 5.0], [2.0, np.nan], [9.0, 7.0]])
        array([2., 6.])

    Reference: D2 3, step 1.
    """
    x = _table_with_blanks(x)
    empty = np.flatnonzero(np.isnan(x).all(axis=0))
    if len(empty):
        raise CourseError(
            f"`x` must have a number in every column. Received: column {empty[0]} is blank in all "
            f"{len(x)} rows. Leave the column out."
        )
    return np.nanmedian(x, axis=0)


def fill_blanks(x: ArrayLike, medians: ArrayLike) -> np.ndarray:
    """Fills each blank with the median of its feature.

    Args:
        x: features, NaN for a blank, shape (n, features).
        medians: from `fit_medians` on the training part, shape (features,).

    Returns:
        A new array without blanks, shape (n, features).

    Raises:
        CourseError: the shapes do not fit.

    Example:
        >>> fill_blanks([[np.nan, 1.0]], medians=[4.0, 6.0])
        array([[4., 1.]])

    Reference: D2 3, step 1.
    """
    x, medians = _table_with_blanks(x), as_float("medians", medians, ndim=1)
    check_shape("medians", medians, (x.shape[1],))
    return np.where(np.isnan(x), medians, x)


def split(
    x: ArrayLike, y: ArrayLike, test_share: float, rng: np.random.Generator
) -> tuple[Part, Part]:
    """Splits the examples in two at random; split the first again for a validation part.

    Args:
        x: features, shape (n, ...).
        y: targets, shape (n, ...).
        test_share: share of the second part, above 0 and below 1; each part gets at least one.
        rng: shuffles the examples.

    Returns:
        `(x_train, y_train), (x_test, y_test)`.

    Raises:
        CourseError: different lengths, fewer than 2 examples, or a share out of range.

    Example:
        >>> x = np.arange(10)
        >>> train, test = split(x, x, 0.2, np.random.default_rng(0))
        >>> len(train[0]), len(test[0]), np.array_equal(*test)
        (8, 2, True)

    Reference: D2 3, step 1.
    """
    x, y = _same_length(x, y, at_least=2)
    check_share("test_share", test_share, positive=True)
    order = rng.permutation(len(x))
    size = min(max(round(test_share * len(x)), 1), len(x) - 1)
    train, test = order[size:], order[:size]
    return (x[train], y[train]), (x[test], y[test])


def fit_standardizer(x: ArrayLike) -> Standardizer:
    """Measures mean and standard deviation of each feature.

    Args:
        x: training features without blanks, shape (n, features).

    Returns:
        A `Standardizer`. A feature that is the same in all rows has the scale 1 and becomes 0.

    Raises:
        CourseError: `x` is not a table of numbers, or has a NaN.

    Example:
        >>> fit_standardizer([[1, 7], [3, 7]])
        Standardizer(mean=array([2., 7.]), scale=array([1., 1.]))

    Reference: D2 3, step 1.
    """
    x = as_float("x", x, ndim=2)
    deviation = x.std(axis=0)
    constant = (x == x[0]).all(axis=0)  # rounding can leave a deviation that is not quite 0
    return Standardizer(x.mean(axis=0), np.where(constant, deviation.dtype.type(1), deviation))


def standardize(x: ArrayLike, standardizer: Standardizer) -> np.ndarray:
    """Scales features to mean 0 and standard deviation 1, as measured on the training part.

    (x - mean) / scale

    Args:
        x: features without blanks, shape (n, features).
        standardizer: from `fit_standardizer` on the training part.

    Returns:
        Shape (n, features).

    Raises:
        CourseError: the shapes do not fit, or there is a NaN.

    Example:
        >>> standardize([[5.0]], fit_standardizer([[1.0], [3.0]]))
        array([[3.]])

    Reference: D2 3, step 1.
    """
    x = as_float("x", x, ndim=2)
    check_shape("x", x, (len(x), len(standardizer.mean)))
    return (x - standardizer.mean) / standardizer.scale


def minibatches(
    x: ArrayLike, y: ArrayLike, batch_size: int, rng: np.random.Generator
) -> Iterator[Part]:
    """Yields all examples once, in random order, in batches; the last may be smaller.

    Args:
        x: features, shape (n, ...).
        y: targets, shape (n, ...).
        batch_size: examples per batch.
        rng: shuffles the examples.

    Yields:
        x and y of one batch.

    Raises:
        CourseError: different lengths, or a batch size that is not a positive integer.

    Example:
        >>> [len(x) for x, _ in minibatches(range(5), range(5), 2, np.random.default_rng(0))]
        [2, 2, 1]

    Reference: D2 3, step 7.
    """
    x, y = _same_length(x, y)
    check_positive_integer("batch_size", batch_size)
    order = rng.permutation(len(x))
    for start in range(0, len(x), batch_size):
        batch = order[start : start + batch_size]
        yield x[batch], y[batch]


def k_folds(count: int, k: int, rng: np.random.Generator) -> list[tuple[np.ndarray, np.ndarray]]:
    """Splits examples into k parts, each of which is the validation part once.

    Args:
        count: number of examples.
        k: number of parts, from 2 to `count`; their sizes differ by at most one.
        rng: shuffles the examples.

    Returns:
        k pairs: the indices to train on and those to validate on.

    Raises:
        CourseError: `k` is out of range.

    Example:
        >>> [len(validation) for _, validation in k_folds(10, 3, np.random.default_rng(0))]
        [4, 3, 3]

    Reference: D2 Q3.
    """
    check_positive_integer("count", count)
    check_positive_integer("k", k)
    if not 2 <= k <= count:
        raise argument_error("k", f"from 2 to the {count} examples", k)
    parts = np.array_split(rng.permutation(count), k)
    return [(np.concatenate(parts[:i] + parts[i + 1 :]), part) for i, part in enumerate(parts)]


def _table_with_blanks(x: ArrayLike) -> np.ndarray:
    """Returns a table as float64, NaN allowed."""
    table = np.asarray(x)
    if table.ndim != 2 or not table.size or table.dtype.kind not in "iufb":
        raise argument_error(
            "x", "numbers of shape (n, features), NaN for a blank", f"{table.dtype}{table.shape}"
        )
    return table.astype(np.float64)


def _same_length(x: ArrayLike, y: ArrayLike, at_least: int = 1) -> Part:
    x, y = np.asarray(x), np.asarray(y)
    if not x.ndim or not y.ndim or len(x) != len(y) or len(x) < at_least:
        raise CourseError(
            f"`x` and `y` must hold equally many examples, at least {at_least}. "
            f"Received: x.shape={x.shape}, y.shape={y.shape}."
        )
    return x, y
