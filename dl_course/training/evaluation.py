"""How good a classifier is on examples that it was not trained on."""

import numpy as np

from dl_course.backend import keras
from dl_course.errors import DataError


def check_inputs(model: keras.Model, x: np.ndarray) -> None:
    """Raises a `DataError` unless the inputs have the shape that the model takes.

    Example:
        >>> from dl_course.models import build_mlp
        >>> check_inputs(build_mlp((3,), 2), np.zeros((4, 3), "float32"))
    """
    expected = tuple(model.input_shape[1:])
    if x.shape[1:] != expected:
        raise DataError(
            f"`x` must hold examples of shape {expected}, as the model takes them. "
            f"Received: x.shape={x.shape}. Use data of that shape, or a model built for these."
        )


def predict(model: keras.Model, x: np.ndarray) -> np.ndarray:
    """Returns a classifier's probabilities.

    Args:
        model: a classifier.
        x: inputs, shape `(examples, ...)`.

    Returns:
        An array `(examples, classes)` in float32; every row sums to 1.

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
    parts = [model(x[i : i + 256], training=False) for i in range(0, len(x), 256)]
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
