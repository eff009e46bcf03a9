"""Update rules against `keras.optimizers`, step by step."""

import numpy as np
import pytest

from dl_course.backend import keras
from dl_course.errors import CourseError
from dl_course.scratch import (
    adam_step,
    momentum_step,
    nesterov_step,
    rmsprop_step,
    sgd_step,
)

# Our step, its settings, and Keras's optimizer of the same settings.
PAIRS = {
    "sgd": (sgd_step, {}, lambda rate: keras.optimizers.SGD(rate)),
    "momentum": (momentum_step, {}, lambda rate: keras.optimizers.SGD(rate, momentum=0.9)),
    "little momentum": (
        momentum_step,
        {"momentum": 0.3},
        lambda rate: keras.optimizers.SGD(rate, momentum=0.3),
    ),
    "nesterov": (
        nesterov_step,
        {},
        lambda rate: keras.optimizers.SGD(rate, momentum=0.9, nesterov=True),
    ),
    "rmsprop": (rmsprop_step, {}, lambda rate: keras.optimizers.RMSprop(rate)),
    "rmsprop, set": (
        rmsprop_step,
        {"rho": 0.5, "epsilon": 0.01},
        lambda rate: keras.optimizers.RMSprop(rate, rho=0.5, epsilon=0.01),
    ),
    "adam": (adam_step, {}, lambda rate: keras.optimizers.Adam(rate)),
    "adam, set": (
        adam_step,
        {"beta_1": 0.875, "beta_2": 1 - 2**-10, "epsilon": 0.01},
        lambda rate: keras.optimizers.Adam(rate, 0.875, 1 - 2**-10, epsilon=0.01),
    ),
}
STEPS = [sgd_step, momentum_step, nesterov_step, rmsprop_step, adam_step]


def gradient_at(w):
    """Of a bowl with ripples; directions are unequally steep."""
    return np.array([[0.1, 1.0, 5.0], [0.5, 2.0, 0.01]]) * w + 0.3 * np.sin(3 * w)


# Keras rounds Adam's betas to float32 before it takes their powers: 1 - 0.999 is then wrong in the
# fifth digit, which a large rate shows. With betas that float32 holds exactly it agrees at any.
RATES = [
    (pair, rate) for pair in PAIRS for rate in (0.125, 0.001) if (pair, rate) != ("adam", 0.125)
]


@pytest.mark.parametrize(("pair", "rate"), RATES)
def test_a_hundred_steps_are_those_of_keras(pair, rate):
    step, settings, optimizer_of = PAIRS[pair]
    w, state = np.random.default_rng(0).normal(size=(2, 3)), None
    variable, optimizer = keras.Variable(w, dtype="float64"), optimizer_of(rate)
    for _ in range(100):
        theirs = variable.numpy()
        optimizer.apply([keras.ops.convert_to_tensor(gradient_at(theirs))], [variable])
        w, state = step(w, gradient_at(w), state, learning_rate=rate, **settings)
        np.testing.assert_allclose(w, variable.numpy(), atol=1e-6)


@pytest.mark.parametrize(
    ("step", "optimizer_of"),
    [
        (sgd_step, keras.optimizers.SGD),
        (rmsprop_step, keras.optimizers.RMSprop),
        (adam_step, keras.optimizers.Adam),
    ],
)
def test_the_default_learning_rate_is_that_of_keras(step, optimizer_of):
    variable = keras.Variable([1.0], dtype="float64")
    optimizer_of().apply([keras.ops.convert_to_tensor(np.array([2.0]))], [variable])
    w, _ = step([1.0], [2.0])
    np.testing.assert_allclose(w, variable.numpy(), atol=1e-9)


def test_momentum_of_zero_is_plain_descent():
    for step in (momentum_step, nesterov_step):
        w, _ = step([1.0], [2.0], [5.0], learning_rate=0.1, momentum=0)
        assert w == sgd_step([1.0], [2.0], learning_rate=0.1)[0]


def test_nesterov_looks_ahead_by_the_momentum():
    # With u = w - momentum v, the place not looked ahead to: u + (momentum v - a g) is the next u.
    w, v = np.array([1.0]), np.array([0.5])
    w2, v2 = nesterov_step(w, [2.0], v, learning_rate=0.1, momentum=0.9)
    np.testing.assert_allclose(w2 - 0.9 * v2, w - 0.9 * v + (0.9 * v - 0.1 * 2.0))


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e3])
def test_adams_first_step_does_not_depend_on_the_size_of_the_gradient(scale):
    w, _ = adam_step([0.0], [scale], learning_rate=0.1)
    np.testing.assert_allclose(w, [-0.1], rtol=0.01)


@pytest.mark.parametrize("step", STEPS)
def test_nothing_given_is_changed(step):
    w, g = np.ones(3), np.full(3, 2.0)
    _, state = step(w, g, learning_rate=0.1)
    before = [np.copy(part) for part in (state if isinstance(state, tuple) else [state])]
    step(w, g, state, learning_rate=0.1)
    after = state if isinstance(state, tuple) else [state]
    assert (w == 1).all() and (g == 2).all()
    assert all(np.array_equal(a, b) for a, b in zip(before, after, strict=True))


@pytest.mark.parametrize("step", STEPS)
def test_float32_stays_float32(step):
    w, state = np.ones(3, np.float32), None
    for _ in range(2):
        w, state = step(w, np.ones(3), state, learning_rate=0.1)
        assert w.dtype == np.float32
    kept = [part for part in (state if isinstance(state, tuple) else [state]) if np.ndim(part)]
    assert all(part.dtype == np.float32 for part in kept)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"gradient": np.ones(4)}, "gradient"),
        ({"gradient": np.full(3, np.nan)}, "gradient"),
        ({"weights": [1, np.nan, 1]}, "weights"),
        ({"learning_rate": 0}, "learning_rate"),
        ({"learning_rate": -0.1}, "learning_rate"),
        ({"learning_rate": float("nan")}, "learning_rate"),
    ],
)
def test_bad_input_is_named(step, given, name):
    arguments = {"weights": np.ones(3), "gradient": np.ones(3), "learning_rate": 0.1, **given}
    with pytest.raises(CourseError, match=f"`{name}` must "):
        step(**arguments)


@pytest.mark.parametrize(
    ("step", "name", "value"),
    [
        (momentum_step, "momentum", 1),
        (nesterov_step, "momentum", -0.1),
        (rmsprop_step, "rho", 1.5),
        (rmsprop_step, "epsilon", 0),
        (adam_step, "beta_1", 1),
        (adam_step, "beta_2", -1),
        (adam_step, "epsilon", -1e-7),
    ],
)
def test_settings_out_of_range_are_named(step, name, value):
    with pytest.raises(CourseError, match=f"`{name}` must be .* Received: {name}={value}"):
        step([1.0], [1.0], learning_rate=0.1, **{name: value})


def test_a_state_of_other_weights_is_refused():
    with pytest.raises(CourseError, match="`state` must "):
        momentum_step(np.ones(3), np.ones(3), np.ones(2))
