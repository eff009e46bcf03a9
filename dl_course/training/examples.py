"""What `fit` is given: inputs and targets that are known to fit the model, and cut in two."""

import numbers

import numpy as np

from dl_course.backend import keras
from dl_course.datasets import shuffled_split, stratified_split
from dl_course.errors import DataError, argument_error
from dl_course.training.evaluation import as_inputs, check_inputs


def training_part(model: keras.Model, data) -> tuple:
    """Returns the inputs and targets to train on, once they are known to fit the model.

    Args:
        model: the model to be trained.
        data: `(x_train, y_train), (x_test, y_test)` or a `Dataset`.

    Returns:
        The inputs, an array or, for several inputs, a tuple of arrays; and the targets.

    Raises:
        CourseError: if the data have another form.
        DataError: if inputs or targets do not fit the model.
    """
    try:
        (x, y), _ = data
    except (TypeError, ValueError):
        expected = "`(x_train, y_train), (x_test, y_test)` or a Dataset"
        raise argument_error("data", expected, type(data)) from None
    check_inputs(model, x)
    for part in as_inputs(x):
        if len(part) != len(y) or len(part) == 0:
            raise DataError(
                "`y` must hold one label per example, and there must be examples. "
                f"Received: x.shape={part.shape}, y.shape={y.shape}."
            )
        _check_finite(part)
    _check_labels(model, y)
    return x, y


def take(x, rows: np.ndarray):
    """Returns some examples: rows of an array, or of every array of a tuple.

    Example:
        >>> take((np.array([1, 2, 3]), np.array([4, 5, 6])), np.array([2, 0]))
        (array([3, 1]), array([6, 4]))
    """
    return tuple(part[rows] for part in x) if isinstance(x, tuple) else x[rows]


def form_of(model: keras.Model, y: np.ndarray) -> str:
    """Returns what the targets are: "classes", "one-hot", or "steps" with a class at each step.

    Example:
        >>> model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
        >>> form_of(model, np.array([0, 2])), form_of(model, np.eye(3))
        ('classes', 'one-hot')
    """
    if len(model.output_shape) == 3:
        return "steps"
    return "classes" if y.ndim == 1 else "one-hot"


def validation_split(x, y: np.ndarray, form: str, share: float, seed: int) -> tuple:
    """Returns the examples to train on and those to validate with (None if the share is 0).

    Classes keep their mixture; sequences of targets are cut at random.

    Example:
        >>> x, y = np.zeros((20, 3)), np.arange(20) % 2
        >>> train, held_out = validation_split(x, y, "classes", 0.2, seed=0)
        >>> len(train[0]), sorted(held_out[1].tolist())
        (16, [0, 0, 1, 1])
    """
    if not (isinstance(share, numbers.Real) and 0 <= share < 1):
        raise argument_error("validation_share", "a share from 0 to below 1", share)
    if share == 0:
        return (x, y), None
    if form == "steps":
        train, held_out = shuffled_split(len(y), share, seed)
    else:
        labels = y.argmax(axis=1) if form == "one-hot" else y
        # What there is only one of cannot be on both sides: it is learned from.
        is_single = np.bincount(labels)[labels] < 2
        several = np.flatnonzero(~is_single)
        train, held_out = stratified_split(labels[several], share, seed)
        train, held_out = several[train], several[held_out]
        train = np.concatenate([train, np.flatnonzero(is_single)])
    return (take(x, train), y[train]), (take(x, held_out), y[held_out])


def loss_and_metric(form: str) -> tuple:
    """Returns the cross-entropy and the accuracy for a form of targets.

    Example:
        >>> loss_and_metric("classes")
        ('sparse_categorical_crossentropy', 'accuracy')
    """
    if form == "classes":
        return "sparse_categorical_crossentropy", "accuracy"
    if form == "one-hot":
        return "categorical_crossentropy", "accuracy"
    # The mean is over the steps that are not padding.
    return keras.losses.SparseCategoricalCrossentropy(ignore_class=0), StepAccuracy()


class StepAccuracy(keras.metrics.Mean):
    """The share of time steps whose most probable token is the right one, padding left out.

    Example:
        >>> accuracy = StepAccuracy()
        >>> accuracy.update_state(np.array([[1, 2, 0]]), np.eye(3)[None, [1, 1, 1]])
        >>> float(accuracy.result())  # one of two; the third step is padding
        0.5
    """

    def __init__(self, name: str = "accuracy", **kwargs):
        """Takes Keras's arguments of a metric."""
        super().__init__(name=name, **kwargs)

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Counts one batch: targets `(batch, time)`, probabilities `(batch, time, classes)`."""
        y_true = keras.ops.cast(y_true, "int32")
        right = keras.ops.equal(y_true, keras.ops.cast(keras.ops.argmax(y_pred, -1), "int32"))
        weight = keras.ops.cast(keras.ops.not_equal(y_true, 0), "float32")
        super().update_state(keras.ops.cast(right, "float32"), sample_weight=weight)


def _check_finite(x: np.ndarray) -> None:
    whole = np.isfinite(x.reshape(len(x), -1)).all(axis=1)
    if not whole.all():
        raise DataError(
            f"`x` must hold finite numbers. Received: nan or inf in {(~whole).sum()} of {len(x)} "
            "examples. Leave them out, or fill in what is missing."
        )


def _check_labels(model: keras.Model, y: np.ndarray) -> None:
    classes, is_sequence = model.output_shape[-1], len(model.output_shape) == 3
    if is_sequence and y.ndim != 2:
        raise DataError(
            "`y` must be rows of class indices `(examples, time)`, as the model gives an output "
            f"at every step. Received: y.shape={y.shape}."
        )
    if not is_sequence and y.ndim != 1 and y.shape[1:] != (classes,):
        raise DataError(
            f"`y` must be class indices `(examples,)` or one-hot rows of {classes} columns, as "
            f"many as the model has outputs. Received: y.shape={y.shape}."
        )
    if (y.ndim == 1 or is_sequence) and not (
        np.issubdtype(y.dtype, np.integer) and 0 <= y.min() <= y.max() < classes
    ):
        raise DataError(
            f"`y` must hold class indices from 0 to {classes - 1}, as the model has {classes} "
            f"outputs. Received: y of {y.dtype} from {y.min()} to {y.max()}. "
            "Number the classes from 0, or build the model with more."
        )
