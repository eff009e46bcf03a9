"""How good a model is on examples that it was not trained on."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from dl_course.backend import keras
from dl_course.datasets import tokenize
from dl_course.errors import DataError


def check_inputs(model: keras.Model, x: np.ndarray | tuple[np.ndarray, ...]) -> None:
    """Raises a `DataError` unless the inputs have the shapes that the model takes.

    Example:
        >>> from dl_course.models import build_mlp
        >>> check_inputs(build_mlp((3,), 2), np.zeros((4, 5)))  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        ...
        dl_course.errors.DataError: `x` must hold examples of shape (3,), ...
    """
    shapes = model.input_shape if isinstance(model.input_shape, list) else [model.input_shape]
    parts = keras.tree.flatten(x)
    if len(parts) != len(shapes):
        raise DataError(
            f"`x` must hold {len(shapes)} arrays, one for each input of the model. "
            f"Received: {len(parts)}."
        )
    for part, (_, *expected) in zip(parts, shapes, strict=True):
        if not np.issubdtype(part.dtype, np.number):
            raise DataError(
                "`x` must hold numbers. "
                f"Received: x of {part.dtype}. Turn texts into ids first: Tokenizer.encode."
            )
        known = [
            size if given is None else given
            for given, size in zip(expected, part.shape[1:], strict=False)
        ]
        if list(part.shape[1:]) != known or len(part.shape) != len(expected) + 1:
            raise DataError(
                f"`x` must hold examples of shape {tuple(expected)}, as the model takes them. "
                f"Received: x.shape={part.shape}. Use data of that shape, or a model built for "
                "these."
            )


def predict(model: keras.Model, x: np.ndarray | tuple[np.ndarray, ...]) -> Any:
    """Returns a model's outputs, such as a classifier's probabilities.

    Args:
        model: a Keras model.
        x: inputs, shape `(examples, ...)`; several inputs as a tuple of arrays.

    Returns:
        An array, shape `(examples, ...)`, in float32; of a model with several outputs a list or
        dict of arrays, as the model gives them.

    Raises:
        DataError: if the inputs do not have the shape that the model takes.

    Example:
        >>> from dl_course.models import build_mlp
        >>> predict(build_mlp((3,), 2), np.zeros((4, 3), "float32")).shape
        (4, 2)
    """
    check_inputs(model, x)
    # Called directly: `model.predict` would compile a function for every model, which costs more
    # than it saves on a test set, and warns when a notebook has trained a few.
    inputs = keras.tree.flatten(x)
    if not len(inputs[0]):
        raise DataError("`x` must hold examples. Received: none.")
    parts = []
    for start in range(0, len(inputs[0]), 256):
        batch = [part[start : start + 256] for part in inputs]
        outputs = model(batch if len(batch) > 1 else batch[0], training=False)
        parts.append(keras.tree.map_structure(keras.ops.convert_to_numpy, outputs))
    return keras.tree.map_structure(lambda *outputs: np.concatenate(outputs), *parts)


def scores(y: np.ndarray, probabilities: np.ndarray) -> dict[str, float]:
    """Returns accuracy and cross-entropy of predicted probabilities.

    accuracy = share of i with argmax_k p_ik = y_i, loss = -1/m sum_i log p_(i, y_i) in nats.

    Args:
        y: class indices, shape `(examples,)`.
        probabilities: shape `(examples, classes)`.

    Returns:
        A dict with "accuracy" and "loss".

    Raises:
        DataError: if a label has no column in `probabilities`.

    Example:
        >>> scores(np.array([0, 1]), np.array([[0.5, 0.5], [0.25, 0.75]]))["accuracy"]
        1.0

    Reference: D1 4.1, D4 3 (loss functions).
    """
    from sklearn.metrics import accuracy_score, log_loss

    classes = probabilities.shape[1]
    if y.min() < 0 or y.max() >= classes:
        raise DataError(
            f"`y` must hold classes from 0 to {classes - 1}, as many as the model has. "
            f"Received: labels from {y.min()} to {y.max()}. Evaluate on data with the model's "
            "classes."
        )
    # In float64 the rows are scaled to sum to exactly 1, as scikit-learn requires.
    p = probabilities.astype(np.float64)
    p /= p.sum(axis=1, keepdims=True)
    return {
        "accuracy": float(accuracy_score(y, p.argmax(axis=1))),
        "loss": float(log_loss(y, p, labels=range(classes))),
    }


def regression_scores(y: np.ndarray, predictions: np.ndarray) -> dict[str, float]:
    """Returns how far predicted numbers are from the right ones, and how much they explain.

    With the errors e_i = y_i - p_i: mean |e_i|, sqrt(mean e_i^2), and
    R^2 = 1 - sum e_i^2 / sum (y_i - mean y)^2, 1 for perfect predictions and 0 for the mean.

    Args:
        y: numbers, shape `(examples,)` or `(examples, outputs)`.
        predictions: as many, shape `(examples, outputs)`.

    Returns:
        A dict with "mean_absolute_error" and "root_mean_squared_error", in the unit of `y`, and
        "r2".

    Raises:
        DataError: there are not as many predictions as targets.

    Example:
        >>> regression_scores(np.array([1.0, 3.0]), np.array([[1.0], [2.0]]))
        {'mean_absolute_error': 0.5, 'root_mean_squared_error': 0.7071067811865476, 'r2': 0.5}

    Reference: D2 3 (evaluation).
    """
    from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error

    columns = y[:, None] if y.ndim == 1 else y
    if columns.shape != predictions.shape:
        raise DataError(
            f"`y` must hold a number for each prediction. Received: y.shape={y.shape}, "
            f"predictions.shape={predictions.shape}."
        )
    return {
        "mean_absolute_error": float(mean_absolute_error(columns, predictions)),
        "root_mean_squared_error": float(root_mean_squared_error(columns, predictions)),
        "r2": float(r2_score(columns, predictions)),
    }


def exact_match(translations: Sequence[str], references: Sequence[Sequence[str]]) -> float:
    """Returns the share of translations whose tokens are those of one of their references.

    Capitals and spaces do not count.

    Args:
        translations: n translations.
        references: for each, the translations that are accepted.

    Example:
        >>> exact_match(["tom 来了。", "你好"], [["他来了。", "Tom来了。"], ["再见"]])
        0.5
    """
    pairs = zip(translations, references, strict=True)
    return float(np.mean([tokenize(t) in [tokenize(text) for text in texts] for t, texts in pairs]))
