"""Training a multilayer perceptron: updates, early stopping, evaluation."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from dl_course.errors import argument_error, check_positive_integer
from dl_course.scratch._checks import as_float, check_shape
from dl_course.scratch.losses import (
    binary_crossentropy_from_logits,
    binary_crossentropy_from_logits_gradient,
    categorical_crossentropy_from_logits,
    categorical_crossentropy_from_logits_gradient,
    mean_squared_error,
    mean_squared_error_gradient,
)
from dl_course.scratch.mlp import mlp_backward, mlp_forward
from dl_course.scratch.optimizers import sgd_step
from dl_course.scratch.pipeline import Part, minibatches

# By name: the loss, its gradient with respect to the outputs of the network, and the rule that
# turns outputs into classes (None where they are numbers).
_LOSSES = {
    "binary_crossentropy": (
        binary_crossentropy_from_logits,
        binary_crossentropy_from_logits_gradient,
        lambda logits: logits > 0,
    ),
    "categorical_crossentropy": (
        categorical_crossentropy_from_logits,
        categorical_crossentropy_from_logits_gradient,
        lambda logits: logits.argmax(axis=1)[:, None] == np.arange(logits.shape[1]),
    ),
    "mean_squared_error": (mean_squared_error, mean_squared_error_gradient, None),
}


class Training(NamedTuple):
    """What `train_mlp` returns.

    Args:
        weights: those of the epoch with the lowest validation loss, or of the last epoch if there
            is no validation.
        history: a list per measure with a value per epoch: loss and val_loss; for a cross-entropy
            also accuracy and val_accuracy.
    """

    weights: list[np.ndarray]
    history: dict[str, list[float]]


def should_stop(losses: Sequence[float], patience: int) -> bool:
    """Returns whether the validation loss has had no new minimum for `patience` epochs.

    Args:
        losses: the validation loss of each epoch so far.
        patience: how many epochs to wait.

    Returns:
        True if it is time to stop.

    Raises:
        CourseError: `patience` is not a positive integer.

    Example:
        >>> should_stop([0.9, 0.5, 0.6], patience=2), should_stop([0.9, 0.5, 0.6, 0.5], patience=2)
        (False, True)

    Reference: D2 3, step 7; Prechelt 1998, "Early stopping - but when?".
    """
    check_positive_integer("patience", patience)
    return len(losses) > 0 and len(losses) - 1 - int(np.argmin(losses)) >= patience


def evaluate_mlp(
    x: ArrayLike,
    y: ArrayLike,
    weights: Sequence[ArrayLike],
    activations: Sequence[str],
    loss: str,
) -> dict[str, float]:
    """Measures an MLP on examples.

    Args:
        x: inputs, shape (n, inputs).
        y: targets, shape (n, outputs): 0 and 1, one-hot rows, or numbers, as the loss requires.
        weights: kernel and bias of each layer in turn.
        activations: of each layer; the last is "linear" for a cross-entropy.
        loss: "binary_crossentropy", "categorical_crossentropy" or "mean_squared_error".

    Returns:
        The loss, and for a cross-entropy the accuracy: the share of rows with every entry right.

    Raises:
        CourseError: the shapes do not fit, there is a NaN, or a name is unknown.

    Example:
        >>> weights = [[[1.0]], [0.0]]
        >>> evaluate_mlp([[-3], [3]], [[0], [0]], weights, ["linear"], "binary_crossentropy")
        {'loss': 1.548..., 'accuracy': 0.5}

    Reference: D2 3, step 8.
    """
    loss_of, _, to_class = _find_loss(loss, activations)
    outputs, _ = mlp_forward(x, weights, activations)
    y = as_float("y", y)
    check_shape("y", y, outputs.shape)
    measures = {"loss": float(loss_of(y, outputs))}
    if to_class:
        measures["accuracy"] = float(np.mean((to_class(outputs) == y).all(axis=1)))
    return measures


def train_mlp(
    x: ArrayLike,
    y: ArrayLike,
    weights: Sequence[ArrayLike],
    activations: Sequence[str],
    *,
    loss: str,
    epochs: int,
    batch_size: int,
    rng: np.random.Generator,
    validation: Part | None = None,
    patience: int | None = None,
    step: Callable = sgd_step,
    **settings: float,
) -> Training:
    """Trains an MLP: for every batch of every epoch forward, loss, backward, update.

    A cross-entropy takes logits (the last activation is "linear"): its gradient is then
    y_hat - y, right even where a probability would round to 0 or 1. Loss and accuracy are
    measured after each epoch.

    Args:
        x: inputs, shape (n, inputs).
        y: targets, shape (n, outputs): 0 and 1, one-hot rows, or numbers, as the loss requires.
        weights: the initial weights: kernel and bias of each layer in turn.
        activations: of each layer.
        loss: "binary_crossentropy", "categorical_crossentropy" or "mean_squared_error".
        epochs: number of passes over all examples.
        batch_size: examples per update; n makes it plain gradient descent.
        rng: shuffles the examples.
        validation: x and y that are measured on and never learned from.
        patience: stop after this many epochs without a lower validation loss; None: never.
        step: the update rule, one of this package's `..._step` functions.
        **settings: its settings, such as `learning_rate=0.1`.

    Returns:
        Weights and history.

    Raises:
        CourseError: the shapes do not fit, there is a NaN, a name is unknown or a number out of
            range, or `patience` comes without `validation`.

    Example:
        >>> from dl_course.scratch.mlp import initialize_mlp
        >>> x, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]]
        >>> rng = np.random.default_rng(0)
        >>> training = train_mlp(
        ...     x, y, initialize_mlp((2, 4, 1), rng), ["tanh", "linear"],
        ...     loss="binary_crossentropy", epochs=300, batch_size=4, rng=rng, learning_rate=1.0,
        ... )
        >>> training.history["accuracy"][-1]
        1.0

    Reference: D2 3, steps 4 to 7; D3 4, D4 4.
    """
    check_positive_integer("epochs", epochs)
    if patience is not None and validation is None:
        raise argument_error("validation", "given if `patience` is", validation)
    _, loss_gradient, _ = _find_loss(loss, activations)
    weights = [as_float("weights", w) for w in weights]
    x, y = as_float("x", x, ndim=2), as_float("y", y)
    check_shape("y", y, (len(x), len(weights[-1])))
    best, states, history = weights, [None] * len(weights), {}
    for _ in range(epochs):
        for x_batch, y_batch in minibatches(x, y, batch_size, rng):
            outputs, cache = mlp_forward(x_batch, weights, activations)
            gradients = mlp_backward(loss_gradient(y_batch, outputs), cache).weights
            pairs = [
                step(w, g, s, **settings)
                for w, g, s in zip(weights, gradients, states, strict=True)
            ]
            weights, states = (list(part) for part in zip(*pairs, strict=True))
        parts = {"": (x, y)} if validation is None else {"": (x, y), "val_": validation}
        for prefix, part in parts.items():
            for name, value in evaluate_mlp(*part, weights, activations, loss).items():
                history.setdefault(prefix + name, []).append(value)
        if validation is None or history["val_loss"][-1] == min(history["val_loss"]):
            best = weights
        if patience is not None and should_stop(history["val_loss"], patience):
            break
    return Training(best, history)


def _find_loss(name: str, activations: Sequence[str]) -> tuple[Callable, Callable, Callable | None]:
    """Returns loss, gradient and class rule; a cross-entropy needs logits."""
    if name not in _LOSSES:
        raise argument_error("loss", f"one of {', '.join(_LOSSES)}", name)
    if name.endswith("crossentropy") and activations[-1] != "linear":
        raise argument_error(
            "activations",
            f"'linear' in the last layer, since {name} takes logits",
            tuple(activations),
            "Apply sigmoid or softmax to the outputs where you need probabilities.",
        )
    return _LOSSES[name]
