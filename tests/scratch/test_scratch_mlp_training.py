"""Training loops: equal to Keras's `fit`, with early stopping and honest validation."""

import numpy as np
import pytest

from dl_course.backend import keras
from dl_course.errors import CourseError
from dl_course.scratch import (
    adam_step,
    evaluate_mlp,
    initialize_mlp,
    momentum_step,
    should_stop,
    train_mlp,
)

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
Y = np.array([[0], [1], [1], [0]])


def rng(seed=0):
    return np.random.default_rng(seed)


def regression(count, seed):
    x = rng(seed).normal(size=(count, 3))
    return x, x @ [[1.0], [-2.0], [0.5]] + 0.1


KERAS = {
    "binary_crossentropy": (keras.losses.BinaryCrossentropy, 1),
    "categorical_crossentropy": (keras.losses.CategoricalCrossentropy, 3),
    "mean_squared_error": (keras.losses.MeanSquaredError, 2),
}


@pytest.mark.parametrize("loss", KERAS)
def test_full_batches_train_as_in_keras(loss):
    loss_of, outputs = KERAS[loss]
    x = rng(1).normal(size=(12, 4))
    y = {
        "binary_crossentropy": rng(2).integers(0, 2, (12, 1)).astype(float),
        "categorical_crossentropy": np.eye(3)[rng(2).integers(0, 3, 12)],
        "mean_squared_error": rng(2).normal(size=(12, 2)),
    }[loss]
    weights = initialize_mlp((4, 5, outputs), rng())
    model = keras.Sequential(
        [
            keras.Input((4,), dtype="float64"),
            keras.layers.Dense(5, "tanh", dtype="float64"),
            keras.layers.Dense(outputs, dtype="float64"),
        ]
    )
    model.set_weights(weights)
    logits = {"from_logits": True} if loss.endswith("crossentropy") else {}
    model.compile(keras.optimizers.SGD(0.25), loss_of(**logits))
    model.fit(x, y, batch_size=12, epochs=10, verbose=0)
    settings = {"epochs": 10, "batch_size": 12, "rng": rng(), "learning_rate": 0.25}
    ours = train_mlp(x, y, weights, ["tanh", "linear"], loss=loss, **settings)
    for a, b in zip(ours.weights, model.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)
    their_loss = model.evaluate(x, y, verbose=0)
    assert abs(ours.history["loss"][-1] - their_loss) < 1e-6


@pytest.mark.parametrize("step", [momentum_step, adam_step])
def test_xor_is_learned_as_d3_meant_to(step):
    training = train_mlp(
        X,
        Y,
        initialize_mlp((2, 4, 1), rng()),
        ["sigmoid", "linear"],
        loss="binary_crossentropy",
        epochs=1000,
        batch_size=4,
        rng=rng(),
        step=step,
        learning_rate=0.1,
    )
    assert training.history["accuracy"][-1] == 1
    assert training.history["loss"][-1] < 0.05


def test_the_listing_of_d3_does_not_learn_xor_with_its_bias_fixed():
    """D3 4 with a bias of shape (2,): one layer of two outputs, and a wrong gradient."""
    random = np.random.RandomState(42)
    kernel = 2 * random.random_sample((2, 2)) - 1
    bias = 2 * random.standard_normal(2)
    for _ in range(10_000):
        y_hat = 1 / (1 + np.exp(-(X @ kernel + bias)))
        error = (2 * y_hat - 1) * (1 - y_hat)
        kernel -= X.T @ error / 4
        bias -= error.mean(axis=0)
    assert ((y_hat > 0.5) == Y).mean() < 0.8
    assert abs(y_hat - 0.5).max() < 0.05  # its gradient is 0 at one half, whatever the labels


def test_the_same_seed_gives_the_same_training():
    x, y = regression(20, seed=1)
    runs = [
        train_mlp(
            x,
            y,
            initialize_mlp((3, 4, 1), rng(5)),
            ["relu", "linear"],
            loss="mean_squared_error",
            epochs=3,
            batch_size=6,
            rng=rng(seed),
            learning_rate=0.05,
        ).history["loss"]
        for seed in (7, 7, 8)
    ]
    assert runs[0] == runs[1] != runs[2]


def train_until(patience, epochs=60):
    """A network large enough to memorize twelve noisy labels."""
    x, labels = rng(1).normal(size=(112, 4)), rng(2).integers(0, 2, (112, 1))
    validation = x[12:], labels[12:]
    training = train_mlp(
        x[:12],
        labels[:12],
        initialize_mlp((4, 30, 1), rng()),
        ["relu", "linear"],
        loss="binary_crossentropy",
        epochs=epochs,
        batch_size=12,
        rng=rng(),
        validation=validation,
        patience=patience,
        step=adam_step,
        learning_rate=0.03,
    )
    return training, validation


def test_training_stops_when_validation_gets_no_better():
    training, _ = train_until(patience=5)
    losses = training.history["val_loss"]
    assert len(losses) == np.argmin(losses) + 6 < 60
    assert {len(values) for values in training.history.values()} == {len(losses)}


def test_the_weights_of_the_best_epoch_are_kept():
    training, validation = train_until(patience=None)
    best = evaluate_mlp(*validation, training.weights, ["relu", "linear"], "binary_crossentropy")
    assert len(training.history["val_loss"]) == 60
    assert best["loss"] == min(training.history["val_loss"]) < training.history["val_loss"][-1]


def test_training_changes_nothing_that_was_given():
    weights = initialize_mlp((2, 3, 1), rng())
    before = [w.copy() for w in weights]
    train_mlp(
        X,
        Y,
        weights,
        ["tanh", "linear"],
        loss="mean_squared_error",
        epochs=2,
        batch_size=3,
        rng=rng(),
        learning_rate=0.1,
    )
    assert all(np.array_equal(a, b) for a, b in zip(weights, before, strict=True))


def test_a_number_has_no_accuracy():
    x, y = regression(8, seed=0)
    weights = [[[1.0], [-2.0], [0.5]], [0.1]]
    measures = evaluate_mlp(x, y, weights, ["linear"], "mean_squared_error")
    assert set(measures) == {"loss"} and measures["loss"] < 1e-20


def test_accuracy_counts_rows():
    logits = [[3, 0, 0], [0, 3, 0], [0, 0, 3], [3, 0, 0]]
    y = np.eye(3)[[0, 1, 2, 2]]
    weights = [np.eye(3), np.zeros(3)]
    measures = evaluate_mlp(logits, y, weights, ["linear"], "categorical_crossentropy")
    assert measures["accuracy"] == 0.75


@pytest.mark.parametrize(
    ("losses", "expected"),
    [([], False), ([1], False), ([1, 2], False), ([1, 2, 2], True), ([3, 2, 1], False)],
)
def test_patience_counts_epochs_since_the_best(losses, expected):
    assert should_stop(losses, patience=2) is expected


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"loss": "hinge"}, "`loss` must be one of binary_crossentropy, .* Received: loss='hinge'"),
        ({"activations": ["sigmoid"]}, "`activations` must be 'linear' in the last layer"),
        ({"epochs": 0}, "`epochs` must be a positive integer"),
        ({"batch_size": 0}, "`batch_size` must be a positive integer"),
        ({"patience": 3}, "`validation` must be given if `patience` is"),
        ({"learning_rate": 0}, "`learning_rate` must be a number above 0"),
        ({"y": Y[:3]}, r"`y` must be of shape \(4, 1\). Received: y=\(3, 1\)"),
        ({"y": Y[:, 0]}, r"`y` must be of shape \(4, 1\). Received: y=\(4,\)"),
        ({"y": [[0], [1], [2], [0]]}, "`y` must be from 0 to 1"),
        ({"x": X + np.nan}, "`x` must "),
    ],
)
def test_bad_input_is_named(given, message):
    arguments = {
        "x": X,
        "y": Y,
        "weights": [np.ones((2, 1)), np.zeros(1)],
        "activations": ["linear"],
        "loss": "binary_crossentropy",
        "epochs": 1,
        "batch_size": 2,
        "rng": rng(),
        "learning_rate": 0.1,
    }
    with pytest.raises(CourseError, match=message):
        train_mlp(**{**arguments, **given})
