"""Splitting examples in two; where there are classes, with the same mixture in both parts."""

import numpy as np

from dl_course.errors import DataError, argument_error, check_seed, check_share


def stratified_split(y: np.ndarray, share: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Splits examples in two so that each class is split in the same proportion.

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
    check_share("share", share, positive=True)
    check_seed("seed", seed)
    y = np.asarray(y)
    if y.ndim != 1 or y.dtype.kind not in "iu":
        raise argument_error("y", "integer labels of shape (n,)", y.dtype.name + str(y.shape))
    # RandomState and not default_rng: only its stream stays the same in every version of NumPy.
    # scikit-learn's splitter promises no such thing, and it may leave a class out.
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
        raise DataError("there are no examples to split. Add examples of at least two classes.")
    return random.permutation(np.concatenate(first)), random.permutation(np.concatenate(second))


def shuffled_split(count: int, share: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Splits examples in two at random, for data without classes.

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
    check_share("share", share, positive=True)
    check_seed("seed", seed)
    if count < 2:
        raise DataError(f"a split needs at least 2 examples. Received: {count}. Add examples.")
    order = np.random.RandomState(seed).permutation(count)
    size = min(max(int(share * count + 0.5), 1), count - 1)
    return order[size:], order[:size]
