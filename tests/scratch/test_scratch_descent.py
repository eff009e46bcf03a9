"""Gradient descent: known paths, the document's own listing, gradients checked by differences."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dl_course.backend import keras, weight_gradients
from dl_course.errors import CourseError
from dl_course.scratch import (
    adam_step,
    binary_crossentropy_from_logits,
    bowl,
    bowl_gradient,
    check_gradient,
    descend,
    gradient_descent,
    linear_regression_gradient,
    linear_regression_loss,
    logistic_regression_gradient,
    momentum_step,
    nesterov_step,
    rmsprop_step,
)

sizes = st.integers(1, 6)


def drawn(examples, features, seed, classes=False):
    random = np.random.default_rng(seed)
    x, w = random.normal(size=(examples, features)), random.normal(size=features)
    y = random.integers(0, 2, examples) if classes else random.normal(size=examples)
    return w, x, y


def document_gradient_descent(X, y, theta, alpha, iterations):  # noqa: N803 - the document's names
    """D0 4.1, restated."""
    m = len(y)
    for _ in range(iterations):
        gradient = (1 / m) * np.dot(X.T, np.dot(X, theta) - y)
        theta = theta - alpha * gradient
    return theta


@settings(max_examples=15, deadline=None, derandomize=True)
@given(sizes, sizes, st.integers(0, 99))
def test_linear_regression_is_that_of_the_document(examples, features, seed):
    w, x, y = drawn(examples, features, seed)
    ours = gradient_descent(x, y, w, learning_rate=0.05, iterations=7)
    np.testing.assert_allclose(ours, document_gradient_descent(x, y, w, 0.05, 7), atol=1e-12)


def test_linear_regression_finds_the_least_squares():
    w, x, y = drawn(30, 3, seed=5)
    found = gradient_descent(x, y, w, learning_rate=0.3, iterations=500)
    np.testing.assert_allclose(found, np.linalg.lstsq(x, y, rcond=None)[0], atol=1e-8)


@settings(max_examples=15, deadline=None, derandomize=True)
@given(sizes, sizes, st.integers(0, 99))
def test_both_gradients_are_those_of_their_losses(examples, features, seed):
    w, x, y = drawn(examples, features, seed)
    assert check_gradient(
        lambda w: float(linear_regression_loss(w, x, y)), w, linear_regression_gradient(w, x, y)
    ).ok
    w, x, y = drawn(examples, features, seed, classes=True)
    assert check_gradient(
        lambda w: float(binary_crossentropy_from_logits(y[:, None], (x @ w)[:, None])),
        w,
        logistic_regression_gradient(w, x, y),
    ).ok


def test_both_gradients_are_those_of_keras():
    layer = keras.layers.Dense(1, use_bias=False, dtype="float64")
    model = keras.Sequential([keras.Input((4,), dtype="float64"), layer])
    w, x, y = drawn(9, 4, seed=1, classes=True)
    layer.set_weights([w[:, None]])
    _, [mse] = weight_gradients(model, x, y[:, None], keras.losses.MeanSquaredError())
    # Keras's loss has no 1/2 in front.
    np.testing.assert_allclose(2 * linear_regression_gradient(w, x, y), mse[:, 0], atol=1e-5)
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    _, [entropy] = weight_gradients(model, x, y[:, None], loss)
    np.testing.assert_allclose(logistic_regression_gradient(w, x, y), entropy[:, 0], atol=1e-5)


def test_the_path_down_a_bowl_is_the_known_one():
    path = descend(lambda w: bowl_gradient(w, [1, 10]), [3.0, -2.0], steps=20, learning_rate=0.15)
    t = np.arange(21)[:, None]
    expected = np.array([3.0, -2.0]) * (1 - 0.15 * np.array([1, 10])) ** t
    assert path.shape == (21, 2)
    np.testing.assert_allclose(path, expected, atol=1e-12)


@pytest.mark.parametrize(
    ("step", "rate"),
    [(momentum_step, 0.01), (nesterov_step, 0.01), (rmsprop_step, 0.02), (adam_step, 0.1)],
)
def test_every_rule_comes_down_a_long_valley(step, rate):
    path = descend(
        lambda w: bowl_gradient(w, [1, 50]), [3.0, 1.0], steps=400, step=step, learning_rate=rate
    )
    assert bowl(path[-1], [1, 50]) < 1e-2 < bowl(path[0], [1, 50])


def test_a_rate_beyond_the_limit_climbs_out_of_the_bowl():
    for rate, comes_down in ((0.19, True), (0.21, False)):
        path = descend(lambda w: bowl_gradient(w, [10]), [1.0], steps=20, learning_rate=rate)
        assert (abs(path[-1, 0]) < abs(path[0, 0])) == comes_down


def test_a_path_that_leaves_all_numbers_is_stopped():
    with pytest.raises(CourseError, match=r"after step \d+: .*learning_rate.*10.*Use a smaller"):
        descend(lambda w: w**3, [10.0], steps=100, learning_rate=10)


def test_many_models_at_once_for_a_picture():
    w, x, y = drawn(5, 2, seed=2)
    grid = np.random.default_rng(0).normal(size=(3, 4, 2))
    losses = linear_regression_loss(grid, x, y)
    assert losses.shape == (3, 4)
    np.testing.assert_allclose(losses[1, 2], linear_regression_loss(grid[1, 2], x, y))
    assert bowl(grid, [1, 2]).shape == (3, 4)


def test_float32_stays_float32():
    w, x, y = (array.astype(np.float32) for array in drawn(5, 2, seed=2))
    assert linear_regression_gradient(w, x, y).dtype == np.float32
    assert logistic_regression_gradient(w, x, y > 0).dtype == np.float32
    assert gradient_descent(x, y, w, 0.1, 3).dtype == np.float32


def test_large_logits_overflow_nothing():
    gradient = logistic_regression_gradient([1000.0], [[1], [-1]], [0, 1])
    np.testing.assert_allclose(gradient, [1.0])


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"x": np.ones(3)}, "`x` must "),
        ({"x": np.ones((3, 2))}, "`y` must "),
        ({"weights": np.ones(3)}, "`weights` must "),
        ({"y": np.ones((4, 1))}, "`y` must "),
        ({"y": [1, np.nan, 0, 0]}, "`y` must "),
        ({"x": np.ones((0, 2)), "y": []}, "`x` must "),
    ],
)
@pytest.mark.parametrize("function", [linear_regression_gradient, logistic_regression_gradient])
def test_bad_input_is_named(function, given, message):
    arguments = {"weights": np.ones(2), "x": np.ones((4, 2)), "y": np.ones(4), **given}
    with pytest.raises(CourseError, match=message):
        function(**arguments)


def test_labels_beyond_0_and_1_are_refused():
    with pytest.raises(CourseError, match="labels 0 and 1. Received: y from -1 to 1"):
        logistic_regression_gradient([0.0], [[1], [1]], [-1, 1])


def test_steps_are_counted_from_1():
    with pytest.raises(CourseError, match="`steps` must be a positive integer"):
        descend(lambda w: w, [1.0], steps=0)
