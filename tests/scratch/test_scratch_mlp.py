"""The MLP: equal to a Keras `Sequential`, checked by differences, and able to learn XOR."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dl_course.backend import input_gradients, keras, weight_gradients
from dl_course.errors import CourseError
from dl_course.scratch import (
    binary_crossentropy,
    categorical_crossentropy,
    categorical_crossentropy_from_logits,
    categorical_crossentropy_gradient,
    check_gradient,
    dense,
    dense_backward,
    initialize_mlp,
    mean_squared_error_gradient,
    mlp_backward,
    mlp_forward,
    small_normal,
)

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
Y = np.array([[0], [1], [1], [0]])
NAMES = ["leaky_relu", "linear", "relu", "sigmoid", "softmax", "tanh"]


@st.composite
def networks(draw):
    """Units, activations and a seed: depth 1 to 4, layers of one unit too."""
    depth = draw(st.integers(1, 4))
    units = draw(st.lists(st.integers(1, 5), min_size=depth + 1, max_size=depth + 1))
    names = draw(st.lists(st.sampled_from(NAMES), min_size=depth, max_size=depth))
    return units, names, draw(st.integers(1, 4)), draw(st.integers(0, 99))


def drawn(network):
    units, names, batch, seed = network
    rng = np.random.default_rng(seed)
    weights = [w + rng.normal(size=w.shape) / 2 for w in initialize_mlp(units, rng)]
    return rng.normal(size=(batch, units[0])), weights, names, rng.normal(size=(batch, units[-1]))


@pytest.mark.filterwarnings("ignore:You are using a softmax over axis -1 of a tensor of shape")
@settings(max_examples=12, deadline=None, derandomize=True)
@given(networks())
def test_outputs_and_gradients_are_those_of_keras(network):
    x, weights, names, upstream = drawn(network)
    layers = [
        keras.layers.Dense(len(bias), activation=name, dtype="float64")
        for bias, name in zip(weights[1::2], names, strict=True)
    ]
    model = keras.Sequential([keras.Input((x.shape[1],), dtype="float64"), *layers])
    model.set_weights(weights)
    outputs, cache = mlp_forward(x, weights, names)
    theirs = keras.ops.convert_to_numpy(model(keras.ops.convert_to_tensor(x)))
    np.testing.assert_allclose(outputs, theirs, atol=1e-12)

    def score(outputs):
        return keras.ops.sum(outputs * upstream, axis=-1)

    gradients = mlp_backward(upstream, cache)
    _, their_weights = weight_gradients(
        model, x, upstream, lambda _, outputs: keras.ops.sum(score(outputs))
    )
    for ours, theirs in zip(gradients.weights, their_weights, strict=True):
        assert ours.shape == theirs.shape
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(gradients.x, input_gradients(model, x, score), rtol=1e-5, atol=1e-6)


def test_loss_and_gradients_of_a_classifier_are_those_of_keras():
    rng = np.random.default_rng(3)
    weights, names = initialize_mlp((4, 8, 6, 3), rng), ["relu", "tanh", "softmax"]
    x, y = rng.normal(size=(7, 4)), np.eye(3)[rng.integers(0, 3, 7)]
    model = keras.Sequential(
        [keras.Input((4,), dtype="float64")]
        + [keras.layers.Dense(n, f, dtype="float64") for n, f in zip((8, 6, 3), names, strict=True)]
    )
    model.set_weights(weights)
    loss = keras.losses.CategoricalCrossentropy(dtype="float64")
    their_loss, their_gradients = weight_gradients(model, x, y, loss)
    outputs, cache = mlp_forward(x, weights, names)
    assert abs(categorical_crossentropy(y, outputs) - their_loss) < 1e-6
    ours = mlp_backward(categorical_crossentropy_gradient(y, outputs), cache).weights
    # y_hat - y at the logits is the same gradient, one step shorter.
    logits, cache = mlp_forward(x, weights, ["relu", "tanh", "linear"])
    assert np.isclose(categorical_crossentropy_from_logits(y, logits), their_loss, atol=1e-6)
    shorter = mlp_backward((outputs - y) / len(y), cache).weights
    for a, b, theirs in zip(ours, shorter, their_gradients, strict=True):
        np.testing.assert_allclose(a, theirs, atol=1e-6)
        np.testing.assert_allclose(b, theirs, atol=1e-6)


@settings(max_examples=12, deadline=None, derandomize=True)
@given(networks())
def test_every_gradient_passes_the_check(network):
    x, weights, names, upstream = drawn(network)
    _, cache = mlp_forward(x, weights, names)
    gradients = mlp_backward(upstream, cache)
    assert check_gradient(
        lambda x: float((mlp_forward(x, weights, names)[0] * upstream).sum()), x, gradients.x
    ).ok
    for k, gradient in enumerate(gradients.weights):

        def loss(w, k=k):
            changed = [*weights[:k], w, *weights[k + 1 :]]
            return float((mlp_forward(x, changed, names)[0] * upstream).sum())

        report = check_gradient(loss, weights[k], gradient)
        assert report.ok, report


def test_the_gradient_of_dense_passes_the_check():
    rng = np.random.default_rng(0)
    arguments = {"x": (3, 4), "kernel": (4, 2), "bias": (2,)}
    arguments = {name: rng.normal(size=shape) for name, shape in arguments.items()}
    upstream = rng.normal(size=(3, 2))
    gradients = dense_backward(upstream, dense(**arguments)[1])
    for name, value in arguments.items():
        report = check_gradient(
            lambda a, name=name: float((dense(**{**arguments, name: a})[0] * upstream).sum()),
            value,
            getattr(gradients, name),
        )
        assert report.ok, (name, report)


def test_a_network_by_hand():
    # One input 2, a hidden ReLU unit 3 * 2 - 1 = 5, an output 0.5 * 5 + 1 = 3.5.
    outputs, cache = mlp_forward([[2.0]], [[[3.0]], [-1.0], [[0.5]], [1.0]], ["relu", "linear"])
    assert outputs.item() == 3.5
    assert [h.item() for h in cache.outputs] == [5.0, 3.5]
    gradients = mlp_backward([[2.0]], cache)
    assert [w.item() for w in gradients.weights] == [2.0, 1.0, 10.0, 2.0]
    assert [d.item() for d in gradients.pre_activations] == [1.0, 2.0]
    assert gradients.x.item() == 3.0


def train(weights, upstream_of, rate, epochs):
    """Full-batch descent; `upstream_of(y_hat)` is the gradient at the outputs."""
    for _ in range(epochs):
        y_hat, cache = mlp_forward(X, weights, ["sigmoid", "sigmoid"])
        gradients = mlp_backward(upstream_of(y_hat), cache).weights
        weights = [w - rate * g for w, g in zip(weights, gradients, strict=True)]
    return mlp_forward(X, weights, ["sigmoid", "sigmoid"])[0]


def document_weights():
    """D4 4: its seed and its order of drawing."""
    random = np.random.RandomState(1)
    return [random.standard_normal(shape) for shape in ((2, 4), (4,), (4, 1), (1,))]


def test_xor_is_learned_as_d4_meant_to():
    # The document's loss, without its 1/4: the sum over the four points.
    y_hat = train(document_weights(), lambda y_hat: 2 * (y_hat - Y), rate=0.5, epochs=10_000)
    np.testing.assert_allclose(y_hat.ravel(), [0.01, 0.99, 0.99, 0.01], atol=0.005)


def test_xor_is_not_learned_with_the_rate_and_epochs_of_d4():
    y_hat = train(document_weights(), lambda y_hat: 2 * (y_hat - Y), rate=0.01, epochs=1000)
    np.testing.assert_allclose(y_hat.ravel(), [0.45, 0.54, 0.47, 0.54], atol=0.005)


def document_train(W1, b1, W2, b2, rate):  # noqa: N803 - the document's names
    """One update of D4 4, restated, with its weights passed in."""

    def f(z):
        return 1 / (1 + np.exp(-z))

    z1 = X @ W1 + b1
    z2 = f(z1) @ W2 + b2
    d2 = 2 * (Y - f(z2)) * f(z2) * (1 - f(z2))
    d1 = (d2 @ W2.T) * f(z1) * (1 - f(z1))
    W2 += rate * f(z1).T @ d2
    b2 += rate * d2.sum(axis=0, keepdims=True)
    W1 += rate * X.T @ d1
    b1 += rate * d1.sum(axis=0, keepdims=True)


def test_the_kept_dimension_of_d4_does_not_fit_its_bias():
    with pytest.raises(ValueError, match="non-broadcastable output operand"):
        document_train(*document_weights(), rate=0.5)


def test_the_update_of_d4_is_ours_once_the_shapes_fit():
    W1, b1, W2, b2 = weights = document_weights()  # noqa: N806
    y_hat, cache = mlp_forward(X, weights, ["sigmoid", "sigmoid"])
    gradients = mlp_backward(2 * (y_hat - Y), cache).weights
    ours = [w - 0.5 * g for w, g in zip(weights, gradients, strict=True)]
    document_train(W1, b1[None], W2, b2[None], rate=0.5)
    for a, b in zip(ours, (W1, b1, W2, b2), strict=True):
        np.testing.assert_allclose(a, b)


def test_the_weights_of_d4_cannot_be_assigned_in_its_function():
    listing = "W1 = 1.0\ndef train():\n    y = W1 * 2\n    W1 += y\ntrain()"
    with pytest.raises(UnboundLocalError, match="W1"):
        exec(listing, {})


def test_the_bias_of_d3_does_not_fit_its_batch():
    with pytest.raises(ValueError, match="could not be broadcast"):
        np.dot(X, np.ones((2, 2))) + np.ones((2, 1))
    with pytest.raises(CourseError, match="`bias` must "):
        dense(X, np.ones((2, 2)), np.ones((2, 1)))


def test_the_gradient_of_d3_is_not_that_of_its_loss():
    rng = np.random.default_rng(42)
    kernel, bias = rng.normal(size=(2, 1)), np.zeros(1)

    def loss(kernel):
        return float(binary_crossentropy(Y, mlp_forward(X, [kernel, bias], ["sigmoid"])[0]))

    y_hat, cache = mlp_forward(X, [kernel, bias], ["sigmoid"])
    theirs = X.T @ ((2 * y_hat - 1) * (1 - y_hat)) / len(X)
    assert not check_gradient(loss, kernel, theirs).ok
    _, cache = mlp_forward(X, [kernel, bias], ["linear"])
    assert check_gradient(loss, kernel, mlp_backward((y_hat - Y) / 4, cache).weights[0]).ok


def test_one_layer_cannot_learn_xor_and_two_can():
    rng = np.random.default_rng(0)
    for units, names, learns in (
        ((2, 1), ["linear"], False),
        ((2, 4, 1), ["sigmoid", "linear"], True),
    ):
        weights = initialize_mlp(units, rng)
        for _ in range(3000):
            logits, cache = mlp_forward(X, weights, names)
            gradients = mlp_backward((1 / (1 + np.exp(-logits)) - Y) / 4, cache).weights
            weights = [w - 2 * g for w, g in zip(weights, gradients, strict=True)]
        right = ((mlp_forward(X, weights, names)[0] > 0) == Y).sum()
        assert (right == 4) == learns


def test_the_formula_of_d0_mixes_weights_and_biases():
    """D0 4.2, restated: `theta2` is subtracted as if it were a bias."""
    theta1, theta2, x = np.ones((4, 2)), np.ones((1, 4)), np.ones((2, 5))
    with pytest.raises(ValueError, match="operands|aligned|core dimension"):
        np.dot(theta2, np.dot(theta1, x) - theta2)


def test_initial_weights_have_the_asked_sizes():
    weights = initialize_mlp((3, 5, 2), np.random.default_rng(0), small_normal)
    assert [w.shape for w in weights] == [(3, 5), (5,), (5, 2), (2,)]
    assert not weights[1].any() and not weights[3].any()
    again = initialize_mlp((3, 5, 2), np.random.default_rng(0), small_normal)
    assert all(np.array_equal(a, b) for a, b in zip(weights, again, strict=True))


def test_float32_stays_float32():
    weights = [w.astype(np.float32) for w in initialize_mlp((2, 3, 1), np.random.default_rng(0))]
    outputs, cache = mlp_forward(X.astype(np.float32), weights, ["tanh", "sigmoid"])
    gradients = mlp_backward(mean_squared_error_gradient(Y.astype(np.float32), outputs), cache)
    for array in (outputs, gradients.x, *gradients.weights):
        assert array.dtype == np.float32


def test_bytes_do_not_overflow():
    pixels = np.full((1, 300), 255, np.uint8)
    assert dense(pixels, np.ones((300, 1)), [0])[0].item() == 255 * 300
    assert dense(pixels, np.full((300, 1), 2, np.uint8), [0])[0].item() == 255 * 300 * 2


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"x": np.ones((4, 3))}, "`x` must "),
        ({"x": np.ones(2)}, "`x` must "),
        ({"x": np.ones((0, 2))}, "`x` must "),
        ({"x": [[np.nan, 1.0]]}, "`x` must "),
        ({"weights": [np.ones((2, 3))]}, "`weights` must "),
        ({"weights": [np.ones((2, 3)), np.ones(2)]}, "`bias` must "),
        ({"weights": [np.ones(3), np.ones(3)]}, "`kernel` must "),
        ({"activations": ["softplus"]}, "`activations` must be one of leaky_relu, linear"),
        ({"activations": "relu"}, "`activations` must be one of leaky_relu, linear"),
        ({"activations": []}, "`weights` must "),
    ],
)
def test_bad_input_is_named(given, message):
    arguments = {"x": X, "weights": [np.ones((2, 3)), np.ones(3)], "activations": ["relu"]}
    with pytest.raises(CourseError, match=message):
        mlp_forward(**{**arguments, **given})


def test_an_upstream_that_does_not_fit_is_named():
    _, cache = mlp_forward(X, [np.ones((2, 3)), np.ones(3)], ["relu"])
    with pytest.raises(CourseError, match="`upstream` must "):
        mlp_backward(np.ones((4, 2)), cache)


@pytest.mark.parametrize("units", [(2,), (2, 0), (2, 1.5)])
def test_sizes_that_make_no_network_are_named(units):
    with pytest.raises(CourseError, match="`units` must "):
        initialize_mlp(units, np.random.default_rng(0))
