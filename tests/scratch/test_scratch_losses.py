"""Losses: equal to Keras in value and gradient, exact at large logits, strict about labels."""

from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from dl_course import scratch
from dl_course.backend import input_gradients, keras
from dl_course.errors import CourseError
from dl_course.scratch import check_gradient, sigmoid, softmax

few = settings(max_examples=12, deadline=None, derandomize=True)


class Loss(NamedTuple):
    """Our functions by name, Keras's loss, and what kind of arguments it takes."""

    name: str
    keras_loss: keras.losses.Loss
    targets: str
    predictions: str

    def value(self, y, predictions):
        return getattr(scratch, self.name)(y, predictions)

    def gradient(self, y, predictions):
        return getattr(scratch, f"{self.name}_gradient")(y, predictions)

    def drawn(self, batch, classes, seed=0):
        """Targets and predictions of the right kind, random."""
        random = np.random.default_rng(seed)
        logits = 3 * random.normal(size=(batch, classes))
        y = {
            "numbers": random.normal(size=(batch, classes)),
            "binary": random.integers(2, size=(batch, classes)),
            "one-hot": np.eye(classes)[random.integers(classes, size=batch)],
        }[self.targets]
        predictions = {"numbers": logits, "sigmoid": sigmoid(logits), "softmax": softmax(logits)}
        return y.astype(np.float64), predictions[self.predictions]


_losses = keras.losses
LOSSES = [
    Loss("mean_squared_error", _losses.MeanSquaredError(dtype="float64"), "numbers", "numbers"),
    Loss("binary_crossentropy", _losses.BinaryCrossentropy(dtype="float64"), "binary", "sigmoid"),
    Loss(
        "binary_crossentropy_from_logits",
        _losses.BinaryCrossentropy(from_logits=True, dtype="float64"),
        "binary",
        "numbers",
    ),
    Loss(
        "categorical_crossentropy",
        _losses.CategoricalCrossentropy(dtype="float64"),
        "one-hot",
        "softmax",
    ),
    Loss(
        "categorical_crossentropy_from_logits",
        _losses.CategoricalCrossentropy(from_logits=True, dtype="float64"),
        "one-hot",
        "numbers",
    ),
]
every_loss = pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.name)


def as_tensor(array):
    return keras.ops.convert_to_tensor(array, "float64")


def keras_gradient(loss, y, predictions):
    """dL/dpredictions by Keras, from a model that only passes them on; float32."""
    inputs = keras.Input(predictions.shape[1:], dtype="float64")
    model = keras.Model(inputs, keras.layers.Identity(dtype="float64")(inputs))
    return input_gradients(model, predictions, lambda out: loss.keras_loss(as_tensor(y), out))


@every_loss
@few
@given(batch=st.integers(1, 5), classes=st.integers(2, 4), seed=st.integers(0, 2**32 - 1))
def test_value_equals_keras(loss, batch, classes, seed):
    y, predictions = loss.drawn(batch, classes, seed)
    theirs = float(loss.keras_loss(as_tensor(y), as_tensor(predictions)))
    assert_allclose(loss.value(y, predictions), theirs, rtol=1e-9)


@every_loss
@few
@given(batch=st.integers(1, 5), classes=st.integers(2, 4), seed=st.integers(0, 2**32 - 1))
def test_gradient_equals_keras(loss, batch, classes, seed):
    y, predictions = loss.drawn(batch, classes, seed)
    theirs = keras_gradient(loss, y, predictions)
    if loss.name == "categorical_crossentropy":
        # Keras divides each row by its sum first. For rows that add up to 1 that changes the
        # gradient by the same number in each row, which the gradient of a softmax removes.
        theirs = theirs - 1 / len(y)
    assert_allclose(loss.gradient(y, predictions), theirs, rtol=1e-4, atol=1e-5)


@every_loss
@pytest.mark.parametrize("batch", [1, 4])
def test_gradient_passes_the_gradient_check(loss, batch):
    y, predictions = loss.drawn(batch, 3)
    if loss.predictions != "numbers":  # near 0 the logarithm bends too much for differences
        uniform = 1 / 3 if loss.name == "categorical_crossentropy" else 0.5
        predictions = 0.3 * uniform + 0.7 * predictions
    report = check_gradient(lambda p: loss.value(y, p), predictions, loss.gradient(y, predictions))
    assert report.ok, report


@pytest.mark.parametrize("kind", ["binary", "categorical"])
def test_from_logits_is_the_plain_loss_after_the_activation(kind):
    loss = next(loss for loss in LOSSES if loss.name == f"{kind}_crossentropy_from_logits")
    activation = sigmoid if kind == "binary" else softmax
    y, logits = loss.drawn(4, 3)
    plain = getattr(scratch, f"{kind}_crossentropy")
    assert_allclose(loss.value(y, logits), plain(y, activation(logits)), rtol=1e-6)


def test_values_by_hand():
    assert scratch.mean_squared_error([1, 2], [3, 2]) == 2
    assert_allclose(scratch.binary_crossentropy([1, 0], [0.25, 0.5]), (np.log(4) + np.log(2)) / 2)
    y = [[0, 1, 0], [1, 0, 0]]
    p = [[0.2, 0.5, 0.3], [0.25, 0.25, 0.5]]
    assert_allclose(scratch.categorical_crossentropy(y, p), (np.log(2) + np.log(4)) / 2)
    expected = (np.array(p) - y) / 2
    gradient = scratch.categorical_crossentropy_from_logits_gradient(y, np.log(p))
    assert_allclose(gradient, expected)  # y_hat - y at the logits


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_large_logits_give_exact_losses(dtype):
    z = np.array([[1000, -1000]], dtype)
    with np.errstate(all="raise", under="ignore"):
        assert scratch.binary_crossentropy_from_logits([[0, 1]], z) == 1000
        assert scratch.binary_crossentropy_from_logits([[1, 0]], z) == 0
        assert scratch.categorical_crossentropy_from_logits([[0, 1]], z) == 2000
        gradient = scratch.binary_crossentropy_from_logits_gradient([[0, 1]], z)
    assert_allclose(gradient, [[0.5, -0.5]])
    # From probabilities the same error is cut off at -ln(1e-7), about 16.
    assert scratch.binary_crossentropy([[0, 1]], sigmoid(z)) < 17


@every_loss
def test_float32_stays_float32(loss):
    y, predictions = (array.astype(np.float32) for array in loss.drawn(2, 3))
    assert loss.gradient(y, predictions).dtype == np.float32


def test_uint8_does_not_overflow():
    assert scratch.mean_squared_error(np.uint8([0]), np.uint8([255])) == 255**2
    gradient = scratch.mean_squared_error_gradient(np.uint8([255]), np.uint8([0]))
    assert gradient == -510


@every_loss
def test_shapes_that_would_broadcast_are_refused(loss):
    y, predictions = loss.drawn(3, 3)
    for function in (loss.value, loss.gradient):
        with pytest.raises(CourseError, match=r"must be .*shape \(3, \d\).*Received: .*=\(3, \d\)"):
            function(y[:, :1], predictions)


ONE_HOT = [loss for loss in LOSSES if loss.targets == "one-hot"]


@pytest.mark.parametrize("loss", ONE_HOT, ids=lambda loss: loss.name)
@pytest.mark.parametrize(
    ("y", "received"),
    [
        ([2, 0], r"y=\(2,\)"),
        ([[1, 0, 0], [0, 0.5, 0.5]], r"row 1: \[0.0, 0.5, 0.5\]"),
        ([[1, 0, 0], [0, 1, 1]], r"row 1: \[0.0, 1.0, 1.0\]"),
        ([[0, 0, 0], [0, 1, 0]], r"row 0: \[0.0, 0.0, 0.0\]"),
        ([[2, -1, 0], [0, 1, 0]], r"row 0: \[2.0, -1.0, 0.0\]"),
    ],
    ids=["classes", "soft", "two", "none", "outside"],
)
def test_labels_that_are_not_one_hot_are_refused(loss, y, received):
    # D1 4.1 does not say that this loss needs one-hot labels.
    _, predictions = loss.drawn(2, 3)
    for function in (loss.value, loss.gradient):
        with pytest.raises(CourseError, match=r"`y` must be one-hot labels of shape \(2, 3\)"):
            function(y, predictions)
        with pytest.raises(CourseError, match=received):
            function(y, predictions)


@pytest.mark.parametrize("name", ["binary_crossentropy", "categorical_crossentropy"])
def test_logits_are_not_taken_for_probabilities(name):
    for function in (getattr(scratch, name), getattr(scratch, f"{name}_gradient")):
        with pytest.raises(CourseError, match="`probabilities` must be from 0 to 1.*_from_logits"):
            function([[1, 0]], [[3.0, -1.0]])


def test_binary_labels_are_from_0_to_1():
    for name in ("binary_crossentropy", "binary_crossentropy_from_logits"):
        with pytest.raises(CourseError, match="`y` must be from 0 to 1"):
            getattr(scratch, name)([2], [0.5])


def test_the_gradient_of_d3_4_is_not_that_of_its_loss():
    # The listing has (2 p - 1)(1 - p), where the labels do not occur, in place of p - y.
    x = np.array([[0, 0], [0, 1], [1, 0], [1, 1.0]])
    y = np.array([[0], [1], [1], [0.0]])
    weights = np.array([[0.3], [-0.7]])

    def loss(weights):
        return scratch.binary_crossentropy(y, sigmoid(x @ weights))

    p = sigmoid(x @ weights)
    theirs = x.T @ ((2 * p - 1) * (1 - p)) / len(x)
    assert not check_gradient(loss, weights, theirs).ok
    at_logits = scratch.binary_crossentropy_from_logits_gradient(y, x @ weights)
    assert check_gradient(loss, weights, x.T @ at_logits).ok


def test_probabilities_that_do_not_add_up_are_refused():
    with pytest.raises(CourseError, match="`probabilities` must be rows that add up to 1.*row 0"):
        scratch.categorical_crossentropy([[0, 1]], [[0.9, 0.9]])
