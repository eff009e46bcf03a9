"""Objectives: what training minimizes, what it measures, and which epoch counts as the best."""

import dataclasses
from typing import Any

import numpy as np

from dl_course.backend import keras
from dl_course.errors import CourseError, DataError, argument_error, check_choice
from dl_course.training.evaluation import regression_scores, scores

Targets = Any  # an array, or a dict or tuple of arrays, one for each output of the model


@dataclasses.dataclass(frozen=True)
class Objective:
    """What training minimizes, what it measures, and which epoch counts as the best.

    `fit` asks it for everything that depends on the kind of task. To make one of your own, call
    this class, or change an existing one: `dataclasses.replace(REGRESSION, loss="huber")`. A
    subclass may also check the targets, or say how to stratify them.

    Attributes:
        name: what a checkpoint knows it by.
        loss: what to minimize, as `keras.Model.compile` takes it: a name, a `keras.losses.Loss`
            or a function of `(y, outputs)`; for several outputs a dict of these, by output.
        metrics: what else to measure, as `compile` takes it. A metric's class stands for a new
            metric in every run.
        measure: the key in the history of what is shown along with the loss.
        monitor: the key in the history that decides the best epoch and early stopping. Where
            nothing is validated, the last epoch counts as the best.
        mode: "min" if lower is better, "max" if higher is.

    Raises:
        CourseError: `mode` is neither "min" nor "max".

    Example:
        >>> detection = Objective(
        ...     "detection",
        ...     loss={"classes": "sparse_categorical_crossentropy", "boxes": "mean_squared_error"},
        ...     metrics={"classes": ["accuracy"]},
        ...     monitor="val_classes_accuracy",
        ...     mode="max",
        ... )
        >>> detection.best_epoch({"loss": [3, 2, 1], "val_classes_accuracy": [0.2, 0.7, 0.6]})
        2
    """

    name: str
    loss: Any
    metrics: Any = ()
    measure: str = "loss"
    monitor: str = "val_loss"
    mode: str = "min"

    def __post_init__(self):
        check_choice("mode", self.mode, ("min", "max"))

    @property
    def loss_label(self) -> str:
        """What the loss is, with its unit, as the label of an axis."""
        return loss_label(self.loss)

    def compile(
        self, model: keras.Model, optimizer: keras.optimizers.Optimizer, y: Targets
    ) -> None:
        """Compiles the model with this loss and new metrics, as the targets need them."""
        metrics = keras.tree.map_structure(
            lambda metric: metric() if isinstance(metric, type) else metric, self.metrics
        )
        model.compile(optimizer, loss=self.loss_for(y), metrics=metrics)

    def loss_for(self, y: Targets) -> Any:
        """Returns the loss for targets of this form."""
        return self.loss

    def check(self, model: keras.Model, y: Targets) -> Targets:
        """Returns the targets as training takes them, once they are known to fit the model.

        Raises:
            CourseError: if the objective does not fit the model's outputs.
            DataError: if the targets do not.
        """
        by_name = isinstance(model.output_shape, dict)
        if by_name:
            names = list(model.output_shape)
        else:
            names = [tensor._keras_history.operation.name for tensor in model.outputs]
        if isinstance(self.loss, dict) and set(self.loss) != set(names):
            raise self._misfit(model, f"It has a loss for {', '.join(self.loss)}.")
        if isinstance(y, dict):
            if set(y) != set(names):
                raise DataError(
                    f"`y` must have an entry for each output of the model: {', '.join(names)}. "
                    f"Received: {', '.join(y)}."
                )
            # A model whose outputs are a list takes its targets in that order.
            return y if by_name else tuple(y[name] for name in names)
        count = len(y) if isinstance(y, tuple) else 1
        if count != len(names):
            raise DataError(
                f"`y` must hold {len(names)} arrays, one for each output of the model: "
                f"{', '.join(names)}. Received: {count}."
            )
        return y

    def labels(self, y: Targets) -> np.ndarray | None:
        """Returns the labels to stratify the validation part by; None for a random cut."""
        return None

    def scores(self, y: Targets, predictions: Any) -> dict[str, float]:
        """Returns how good the predictions of a test set are, by measure."""
        hint = "Give your subclass of Objective a method `scores(y, predictions)`."
        raise argument_error("objective", "one that says how to score", self.name, hint)

    def mode_of(self, measure: str) -> str | None:
        """Returns the `mode` of a key of the history if that key is monitored, else None."""
        return self.mode if self.monitor in (measure, f"val_{measure}") else None

    def best_epoch(self, history: dict[str, list]) -> int:
        """Returns the best epoch, counted from 1; the last one if the monitor has no values."""
        values = history.get(self.monitor)
        if not values:
            return len(next(iter(history.values()), []))
        return int(np.argmin(values) if self.mode == "min" else np.argmax(values)) + 1

    def has_stalled(self, history: dict[str, list], patience: int | None) -> bool:
        """Returns whether the best epoch is at least `patience` epochs back.

        Example:
            >>> CLASSIFICATION.has_stalled({"val_loss": [3, 1, 2, 2]}, patience=2)
            True
            >>> CLASSIFICATION.has_stalled({"val_loss": [3, 2, 1]}, patience=2)
            False
        """
        epochs = len(history.get(self.monitor, []))
        return patience is not None and epochs - self.best_epoch(history) >= patience

    def _misfit(self, model: keras.Model, hint: str) -> CourseError:
        expected = f"one that fits the model's outputs, of shape {model.output_shape}"
        return argument_error("objective", expected, self.name, hint)

    def _width(self, model: keras.Model, shape: tuple[str, ...]) -> int:
        """Returns the last size of the model's output, which must be a single one of a shape."""
        outputs = model.outputs
        if len(outputs) > 1 or len(outputs[0].shape) != len(shape):
            raise self._misfit(model, f"It takes one output, of shape ({', '.join(shape)}).")
        return outputs[0].shape[-1]

    def _check_probabilities(self, model: keras.Model) -> None:
        """Raises a `CourseError` if the outputs are no probabilities but the loss takes such."""
        takes_logits = getattr(self.loss, "from_logits", not isinstance(self.loss, str))
        if not takes_logits and _gives_probabilities(model) is False:
            hint = (
                "A classifier ends in probabilities: end the model in a softmax, or pass an "
                "Objective of your own whose loss has from_logits=True. "
                "For numbers to predict, pass objective='regression'."
            )
            raise self._misfit(model, hint)


class Classification(Objective):
    """A class for each example: indices `(examples,)`, or a row of shares, such as one-hot."""

    def loss_for(self, y: np.ndarray) -> Any:
        """Returns the loss; of the two forms of cross-entropy the one for these targets."""
        is_sparse = self.loss == "sparse_categorical_crossentropy"
        return "categorical_crossentropy" if is_sparse and y.ndim > 1 else self.loss

    def check(self, model: keras.Model, y: Targets) -> np.ndarray:
        """Returns the targets, once they are known to be classes that the model has."""
        classes = self._width(model, ("examples", "classes"))
        if classes < 2:
            hint = (
                "A classifier has an output for each class, at least two. "
                "For a number to predict, pass objective='regression'."
            )
            raise self._misfit(model, hint)
        y = super().check(model, y)
        if y.ndim != 1 and y.shape[1:] != (classes,):
            raise DataError(
                f"`y` must be class indices `(examples,)` or one-hot rows of {classes} columns, "
                f"as many as the model has outputs. Received: y.shape={y.shape}."
            )
        if y.ndim == 1:
            _check_class_indices(y, classes)
        elif y.min() < 0 or not np.allclose(y.sum(axis=1), 1, atol=1e-3):
            raise DataError(
                "`y` must hold rows of shares, at least 0, that sum to 1. Received: y from "
                f"{y.min()} to {y.max()}. For numbers to predict, pass objective='regression'."
            )
        self._check_probabilities(model)
        return y

    def labels(self, y: np.ndarray) -> np.ndarray:
        """Returns the class of each example."""
        return y if y.ndim == 1 else y.argmax(axis=1)

    def scores(self, y: np.ndarray, predictions: np.ndarray) -> dict[str, float]:
        """Returns accuracy and cross-entropy, see `scores`."""
        return scores(y, predictions)


class StepClassification(Objective):
    """A class at every time step: indices `(examples, time)`, 0 for padding, which is ignored."""

    def check(self, model: keras.Model, y: Targets) -> np.ndarray:
        """Returns the targets, once they are known to be classes that the model has."""
        classes = self._width(model, ("examples", "time", "classes"))
        y = super().check(model, y)
        if y.ndim != 2:
            raise DataError(
                "`y` must be rows of class indices `(examples, time)`, as the model gives an "
                f"output at every step. Received: y.shape={y.shape}."
            )
        _check_class_indices(y, classes)
        self._check_probabilities(model)
        return y


class Regression(Objective):
    """Numbers for each example: `(examples,)` for one number, or `(examples, outputs)`."""

    def check(self, model: keras.Model, y: Targets) -> np.ndarray:
        """Returns the targets as float32 of shape `(examples, outputs)`.

        One number for each example becomes a column: subtracted from a column of outputs, a row
        of targets would be broadcast to all pairs.
        """
        outputs = self._width(model, ("examples", "outputs"))
        if _gives_probabilities(model):
            hint = (
                "The model ends in a softmax, whose outputs sum to 1. "
                "End it in a Dense layer without an activation."
            )
            raise self._misfit(model, hint)
        y = super().check(model, y)
        columns = y[:, None] if y.ndim == 1 else y
        if columns.shape[1:] != (outputs,):
            raise DataError(
                f"`y` must hold {outputs} numbers for each example, as many as the model has "
                f"outputs. Received: y.shape={y.shape}."
            )
        return columns.astype("float32")

    def scores(self, y: np.ndarray, predictions: np.ndarray) -> dict[str, float]:
        """Returns the absolute and squared errors and R^2, see `regression_scores`."""
        return regression_scores(y, predictions)


class StepAccuracy(keras.metrics.Mean):
    """The share of time steps whose most probable token is the right one, padding left out.

    Example:
        >>> accuracy = StepAccuracy()
        >>> accuracy.update_state(np.array([[1, 2, 0]]), np.eye(3)[None, [1, 1, 1]])
        >>> float(accuracy.result())  # one of two; the third step is padding
        0.5
    """

    def __init__(self, name: str = "accuracy", **kwargs: Any):
        super().__init__(name=name, **kwargs)

    # Keras's own metrics of this kind take other arguments than their base, too.
    def update_state(  # ty: ignore[incompatible-method-override]
        self, y_true: Any, y_pred: Any, sample_weight: Any = None
    ) -> None:
        """Counts one batch: targets `(batch, time)`, probabilities `(batch, time, classes)`."""
        y_true = keras.ops.cast(y_true, "int32")
        right = keras.ops.equal(y_true, keras.ops.cast(keras.ops.argmax(y_pred, -1), "int32"))
        weight = keras.ops.cast(keras.ops.not_equal(y_true, 0), "float32")
        super().update_state(keras.ops.cast(right, "float32"), sample_weight=weight)


CLASSIFICATION = Classification(
    "classification",
    loss="sparse_categorical_crossentropy",
    metrics=("accuracy",),
    measure="accuracy",
)
STEP_CLASSIFICATION = StepClassification(
    "step classification",
    loss=keras.losses.SparseCategoricalCrossentropy(ignore_class=0),
    metrics=(StepAccuracy,),
    measure="accuracy",
)
REGRESSION = Regression(
    "regression",
    loss="mean_squared_error",
    metrics=("mean_absolute_error", "mean_squared_error"),
    measure="mean_absolute_error",
)
_BY_NAME = {
    objective.name: objective for objective in (CLASSIFICATION, STEP_CLASSIFICATION, REGRESSION)
}


def find_objective(objective: Objective | str | None, model: keras.Model) -> Objective:
    """Returns an objective: itself, by its name, or the classification that suits a model.

    Raises:
        CourseError: there is none of that name, or None was given for several outputs.

    Example:
        >>> find_objective("regression", keras.Sequential([keras.Input((4,))])).measure
        'mean_absolute_error'
    """
    if isinstance(objective, Objective):
        return objective
    if objective is None:
        if len(model.outputs) > 1:
            expected = f"given for a model with {len(model.outputs)} outputs"
            raise argument_error("objective", expected, None, "Pass an Objective of your own.")
        return STEP_CLASSIFICATION if len(model.outputs[0].shape) == 3 else CLASSIFICATION
    check_choice("objective", objective, _BY_NAME)
    return _BY_NAME[objective]


def loss_label(loss: Any) -> str:
    """Returns what a loss is, with its unit, as the label of an axis.

    Example:
        >>> loss_label("mean_squared_error"), loss_label(keras.losses.CategoricalCrossentropy())
        ('mean squared error', 'cross-entropy loss (nats)')
    """
    name = loss if isinstance(loss, str) else getattr(loss, "name", "loss")
    return "cross-entropy loss (nats)" if "crossentropy" in name else name.replace("_", " ")


def _gives_probabilities(model: keras.Model) -> bool | None:
    """Returns whether a model ends in a softmax; None where its last layer does not say."""
    layers, activations = keras.layers, keras.activations
    last = model.outputs[0]._keras_history.operation
    if isinstance(last, layers.TimeDistributed):
        last = last.layer
    if isinstance(last, layers.Softmax):
        return True
    activation = getattr(last, "activation", None)
    if activation in (activations.softmax, activations.sparsemax):
        return True
    known = getattr(activations, getattr(activation, "__name__", ""), None) is activation
    return False if known and isinstance(last, (layers.Dense, layers.Activation)) else None


def _check_class_indices(y: np.ndarray, classes: int) -> None:
    if not (np.issubdtype(y.dtype, np.integer) and 0 <= y.min() <= y.max() < classes):
        is_float = np.issubdtype(y.dtype, np.floating)
        raise DataError(
            f"`y` must hold class indices from 0 to {classes - 1}, as the model has {classes} "
            f"outputs. Received: y of {y.dtype} from {y.min()} to {y.max()}. "
            "Number the classes from 0, or build the model with more."
            + (" For numbers to predict, pass objective='regression'." if is_float else "")
        )
