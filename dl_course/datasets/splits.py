"""Cutting examples in two, where there are classes with the same mixture on both sides."""

import numpy as np

from dl_course.errors import DataError, argument_error


def check_split(share: float, seed: int, share_name: str = "share") -> None:
    """Raises a `CourseError` unless a split can be made with this share and this seed.

    Example:
        >>> check_split(1.5, seed=0)
        Traceback (most recent call last):
        ...
        dl_course.errors.CourseError: `share` must be above 0 and below 1. Received: share=1.5.
    """
    is_number = isinstance(share, (int, float, np.integer, np.floating))
    if not is_number or not 0 < share < 1:
        raise argument_error(share_name, "above 0 and below 1", share)
    is_integer = isinstance(seed, (int, np.integer)) and not isinstance(seed, bool)
    if not is_integer or not 0 <= seed < 2**32:
        raise argument_error("seed", "an integer from 0 to 4294967295", seed)


def stratified_split(y: np.ndarray, share: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Cuts the examples in two so that each class is cut in the same proportion.

    Of a class with n examples, round(share n) go to the second part, but at least one and at
    most n - 1: every class is in both parts.

    Args:
        y: labels, integers, shape (n,).
        share: the second part's share of the examples, above 0 and below 1.
        seed: the same seed gives the same split, on every machine.

    Returns:
        The indices of the first part and those of the second, each in shuffled order, so that
        the first hundred are a fair sample too.

    Raises:
        DataError: a class has only one example.

    Example:
        >>> y = np.array([0] * 8 + [1] * 2)
        >>> first, second = stratified_split(y, share=0.25, seed=0)
        >>> np.bincount(y[first]), np.bincount(y[second])
        (array([6, 1]), array([2, 1]))
    """
    check_split(share, seed)
    y = np.asarray(y)
    if y.ndim != 1 or y.dtype.kind not in "iu":
        raise argument_error("y", "integer labels of shape (n,)", y.dtype.name + str(y.shape))
    # RandomState and not default_rng: only its stream is promised to stay the same in every
    # version of NumPy, and scikit-learn's splitter promises none (it may also leave a class out).
    random = np.random.RandomState(seed)
    first, second = [], []
    for label, count in zip(*np.unique(y, return_counts=True), strict=True):
        if count < 2:
            raise DataError(
                f"class {label} has only 1 example; a split needs at least 2 of every class. "
                "Add examples of it or remove the class."
            )
        members = random.permutation(np.flatnonzero(y == label))
        size = min(max(int(share * count + 0.5), 1), count - 1)
        first.append(members[size:])
        second.append(members[:size])
    if not first:
        raise DataError("there is no example to split. Add examples of at least two classes.")
    return random.permutation(np.concatenate(first)), random.permutation(np.concatenate(second))


def shuffled_split(count: int, share: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Cuts the examples in two at random, for data without classes.

    Args:
        count: how many examples there are, at least 2.
        share: the second part's share of the examples, above 0 and below 1; each part gets one
            at least.
        seed: the same seed gives the same split, on every machine.

    Returns:
        The indices of the first part and those of the second, each in shuffled order.

    Raises:
        DataError: there are fewer than 2 examples.

    Example:
        >>> first, second = shuffled_split(10, share=0.2, seed=0)
        >>> len(first), len(second), len({*first, *second})
        (8, 2, 10)
    """
    check_split(share, seed)
    if count < 2:
        raise DataError(f"a split needs at least 2 examples. Received: {count}. Add examples.")
    order = np.random.RandomState(seed).permutation(count)
    size = min(max(int(share * count + 0.5), 1), count - 1)
    return order[size:], order[:size]
