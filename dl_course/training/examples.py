"""What `fit` is given: inputs and targets that are known to fit the model, and cut in two."""

from typing import Any

import numpy as np

from dl_course.backend import keras
from dl_course.datasets import shuffled_split, stratified_split
from dl_course.errors import DataError, argument_error, check_share
from dl_course.training.evaluation import check_inputs
from dl_course.training.objectives import Objective


def training_part(model: keras.Model, data: Any, objective: Objective) -> tuple:
    """Returns the inputs and targets to train on, once they are known to fit the model.

    Args:
        model: the model to be trained.
        data: `(x_train, y_train), (x_test, y_test)` or a `Dataset`.
        objective: what it is trained for.

    Returns:
        The inputs, an array or, for several inputs, a tuple of arrays; and the targets, as the
        objective returns them.

    Raises:
        CourseError: the data have another form, or the objective does not fit the model.
        DataError: inputs or targets do not fit the model.
    """
    try:
        (x, y), _ = data
    except (TypeError, ValueError):
        expected = "`(x_train, y_train), (x_test, y_test)` or a Dataset"
        raise argument_error("data", expected, type(data)) from None
    check_inputs(model, x)
    for target in keras.tree.flatten(y):
        if not isinstance(target, np.ndarray):
            raise DataError(f"`y` must hold NumPy arrays. Received: {type(target).__name__}.")
        for part in keras.tree.flatten(x):
            if len(part) != len(target) or len(part) == 0:
                raise DataError(
                    "`y` must hold one label per example, and there must be examples. "
                    f"Received: x.shape={part.shape}, y.shape={target.shape}."
                )
    for name, arrays in (("x", x), ("y", y)):
        for part in keras.tree.flatten(arrays):
            _check_finite(name, part)
    return x, objective.check(model, y)


def take(arrays: Any, rows: np.ndarray) -> Any:
    """Returns some examples: rows of an array, or of every array of a tuple or dict.

    Example:
        >>> take((np.array([1, 2, 3]), np.array([4, 5, 6])), np.array([2, 0]))
        (array([3, 1]), array([6, 4]))
    """
    return keras.tree.map_structure(lambda part: part[rows], arrays)


def count(arrays: Any) -> int:
    """Returns the number of examples in an array, or in each array of a tuple or dict.

    Example:
        >>> count({"classes": np.zeros(5), "boxes": np.zeros((5, 4))})
        5
    """
    return len(keras.tree.flatten(arrays)[0])


def validation_split(
    x: Any, y: Any, labels: np.ndarray | None, share: float, seed: int
) -> tuple[tuple, tuple | None]:
    """Returns the examples to train on and those to validate with (None if the share is 0).

    Args:
        x: inputs.
        y: targets.
        labels: classes that keep their mixture in both parts; None for a random cut.
        share: of the validation part.
        seed: of the cut.

    Example:
        >>> x, y = np.zeros((20, 3)), np.arange(20) % 2
        >>> train, held_out = validation_split(x, y, y, 0.2, seed=0)
        >>> len(train[0]), sorted(held_out[1].tolist())
        (16, [0, 0, 1, 1])
    """
    check_share("validation_share", share)
    if share == 0:
        return (x, y), None
    if labels is None:
        train, held_out = shuffled_split(count(y), share, seed)
    else:
        # A class with a single example cannot be on both sides: it is learned from.
        is_single = np.bincount(labels)[labels] < 2
        several = np.flatnonzero(~is_single)
        train, held_out = stratified_split(labels[several], share, seed)
        train, held_out = several[train], several[held_out]
        train = np.concatenate([train, np.flatnonzero(is_single)])
    return (take(x, train), take(y, train)), (take(x, held_out), take(y, held_out))


def _check_finite(name: str, array: np.ndarray) -> None:
    if array.dtype.kind not in "biuf":
        raise DataError(f"`{name}` must hold numbers. Received: {name} of {array.dtype}.")
    finite = np.isfinite(array.reshape(len(array), -1)).all(axis=1)
    if not finite.all():
        raise DataError(
            f"`{name}` must hold finite numbers. Received: nan or inf in {(~finite).sum()} of "
            f"{len(array)} examples. Leave them out, or fill in what is missing."
        )
