"""Gates over a sentence: those of the scratch layers on the same weights."""

import numpy as np
import pytest

from dl_course.backend import keras, set_seed
from dl_course.diagnostics import gate_activations
from dl_course.errors import CourseError
from dl_course.models import build_mlp
from dl_course.scratch import gru, keras_gru, lstm, rnn

pytestmark = pytest.mark.backend

layers = keras.layers
X = np.random.default_rng(0).normal(size=(6, 3)).astype("float32")


def reader(*inner, shape=(6, 3)):
    set_seed(0)
    rng = np.random.default_rng(0)
    model = keras.Sequential([keras.Input(shape), *inner, layers.Dense(2)])
    # Biases too, which begin as zeros.
    model.set_weights([rng.normal(size=w.shape, scale=0.7) for w in model.get_weights()])
    return model


def assert_gates(found, expected):
    assert list(found) == list(expected)
    for name, values in expected.items():
        np.testing.assert_allclose(found[name], values[0], rtol=1e-4, atol=1e-6, err_msg=name)


def of_lstm(x, weights):
    _, c = lstm(x[None], *weights)
    names = ("input", "forget", "candidate", "output", "cell", "state")
    return dict(zip(names, (c.i, c.f, c.g, c.o, c.c, c.h), strict=True))


def of_gru(x, weights, reset_after=True):
    if reset_after:
        _, c = keras_gru(x[None], *weights)
        z = c.z
    else:  # Keras with the documents' reset: its z is their 1 - z, so the weights change sign
        signs = np.repeat([-1, 1, 1], weights[0].shape[1] // 3)
        _, c = gru(x[None], *[weight * signs for weight in weights])
        z = 1 - c.z
    return dict(zip(("update", "reset", "candidate", "state"), (z, c.r, c.g, c.h), strict=True))


@pytest.mark.parametrize("sequences", [False, True])
@pytest.mark.parametrize("after", [None, True, False])
def test_gates_are_those_of_the_scratch_layers(after, sequences):
    options = {"name": "cell", "return_sequences": sequences}
    if after is None:
        model = reader(layers.LSTM(4, **options))
        expected = of_lstm(X, model.layers[0].get_weights())
    else:
        model = reader(layers.GRU(4, reset_after=after, **options))
        expected = of_gru(X, model.layers[0].get_weights(), reset_after=after)
    assert_gates(gate_activations(model, X)["cell"], expected)


def test_a_stack_is_told_layer_by_layer_and_a_layer_without_bias_has_none():
    model = reader(
        layers.SimpleRNN(4, return_sequences=True, name="lower"),
        layers.LSTM(3, use_bias=False, name="upper"),
    )
    gates = gate_activations(model, X)
    lower, upper = (layer.get_weights() for layer in model.layers[:2])
    h, _ = rnn(X[None], *lower)
    assert_gates(gates["lower"], {"state": h})
    assert_gates(gates["upper"], of_lstm(h[0], [*upper, np.zeros(12)]))


@pytest.mark.jax
def test_padding_is_left_out_and_a_backward_layer_told_in_the_order_of_the_sequence():
    words = layers.Embedding(9, 3, mask_zero=True)
    both = layers.Bidirectional(layers.GRU(4, name="gru"), name="both")
    model = reader(words, both, shape=(None,))
    alone, padded = (gate_activations(model, np.array(x)) for x in ([3, 1, 4], [3, 1, 4, 0, 0]))
    for name in ("both/forward_gru", "both/backward_gru"):
        for gate, values in alone[name].items():
            assert values.shape == (3, 4)
            np.testing.assert_allclose(padded[name][gate], values, rtol=1e-4, atol=1e-6)
    x = words.get_weights()[0][[3, 1, 4]]
    backward = of_gru(x[::-1], both.backward_layer.get_weights())
    expected = {name: values[:, ::-1] for name, values in backward.items()}
    assert_gates(alone["both/backward_gru"], expected)


def test_a_model_with_two_inputs():
    source, target = keras.Input((None,)), keras.Input((None,))
    embed = layers.Embedding(9, 3)
    _, state = layers.GRU(4, return_state=True, name="encoder")(embed(source))
    h = layers.GRU(4, name="decoder")(embed(target), initial_state=state)
    gates = gate_activations(keras.Model([source, target], h), (np.array([1, 2]), np.array([3])))
    assert gates["encoder"]["state"].shape == (2, 4) and gates["decoder"]["state"].shape == (1, 4)


@pytest.mark.parametrize(
    ("model", "x", "message"),
    [
        (lambda: build_mlp((3,), 2), X[0], "`model` must have a SimpleRNN, LSTM or GRU layer"),
        (lambda: reader(layers.LSTM(2), shape=(None, 3)), X[:0], "at least one step"),
        (lambda: reader(layers.LSTM(2)), np.float32(1), "at least one step"),
        (
            lambda: reader(layers.Embedding(9, 3, mask_zero=True), layers.LSTM(2), shape=(None,)),
            np.zeros(3, int),
            "not padding",
        ),
    ],
)
def test_bad_input_is_named(model, x, message):
    with pytest.raises(CourseError, match=message):
        gate_activations(model(), x)
