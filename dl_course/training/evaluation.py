"""How good a classifier is on examples that it was not trained on."""

import numpy as np

from dl_course.backend import keras
from dl_course.errors import DataError


def as_inputs(x) -> tuple[np.ndarray, ...]:
    """Returns a model's inputs as a tuple of arrays, also when there is only one.

    Example:
        >>> len(as_inputs(np.zeros(3))), len(as_inputs((np.zeros(3), np.zeros(3))))
        (1, 2)
    """
    return x if isinstance(x, tuple) else (x,)


def check_inputs(model: keras.Model, x: np.ndarray | tuple[np.ndarray, ...]) -> None:
    """Raises a `DataError` unless the inputs have the shapes that the model takes.

    Example:
        >>> from dl_course.models import build_mlp
        >>> check_inputs(build_mlp((3,), 2), np.zeros((4, 3), "float32"))
    """
    shapes = model.input_shape if isinstance(model.input_shape, list) else [model.input_shape]
    parts = as_inputs(x)
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


def predict(model: keras.Model, x: np.ndarray | tuple[np.ndarray, ...]) -> np.ndarray:
    """Returns a classifier's probabilities.

    Args:
        model: a classifier.
        x: inputs, shape `(examples, ...)`; several inputs as a tuple of arrays.

    Returns:
        An array `(examples, classes)`, or `(examples, time, classes)` of a model with an output
        at every step, in float32; every row sums to 1.

    Raises:
        DataError: if the inputs do not have the shape that the model takes.

    Example:
        >>> from dl_course.models import build_mlp
        >>> predict(build_mlp((3,), 2), np.zeros((4, 3), "float32")).shape
        (4, 2)
    """
    check_inputs(model, x)
    # Called directly: `model.predict` would compile a function anew for every model, which costs
    # more than it saves on a test set, and warns when a notebook has trained a few.
    inputs = as_inputs(x)
    if not len(inputs[0]):
        raise DataError("`x` must hold examples. Received: none.")
    parts = []
    for start in range(0, len(inputs[0]), 256):
        batch = [part[start : start + 256] for part in inputs]
        parts.append(model(batch if len(batch) > 1 else batch[0], training=False))
    return np.concatenate([keras.ops.convert_to_numpy(part) for part in parts])


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
            f"`y` must hold classes from 0 to {classes - 1}, as many as the model tells apart. "
            f"Received: labels from {y.min()} to {y.max()}. Evaluate on data with the model's "
            "classes."
        )
    # In float64 the rows are brought to sum to exactly 1, as scikit-learn asks.
    p = probabilities.astype(np.float64)
    p /= p.sum(axis=1, keepdims=True)
    return {
        "accuracy": float(accuracy_score(y, p.argmax(axis=1))),
        "loss": float(log_loss(y, p, labels=range(classes))),
    }
