"""Gradients against finite differences and closed forms."""

import numpy as np
import pytest

from dl_course.backend import (
    array_gradients,
    input_gradients,
    keras,
    set_seed,
    weight_gradients,
)

pytestmark = [pytest.mark.backend, pytest.mark.jax]
layers = keras.layers
EPSILON = 1e-5


def central_differences(value, arrays: list[np.ndarray]) -> list[np.ndarray]:
    """dv/da for every number of every array, of a function that reads the arrays."""
    gradients = [np.zeros_like(array) for array in arrays]
    for array, gradient in zip(arrays, gradients, strict=True):
        for i in np.ndindex(array.shape):
            kept = array[i]
            array[i] = kept + EPSILON
            above = value()
            array[i] = kept - EPSILON
            gradient[i] = (above - value()) / (2 * EPSILON)
            array[i] = kept
    return gradients


class Twin:
    """A convolution with tanh, a dense layer and a softmax, in Keras and in float64 NumPy."""

    def __init__(self):
        rng = np.random.default_rng(0)
        self.x = rng.normal(size=(3, 4, 5, 2))
        self.y = np.array([0, 2, 1])
        shapes = [(2, 2, 2, 3), (3,), (36, 3), (3,)]
        self.weights = [0.5 * rng.normal(size=shape) for shape in shapes]
        self.model = keras.Sequential(
            [
                keras.Input((4, 5, 2)),
                layers.Conv2D(3, 2, activation="tanh"),
                layers.Flatten(),
                layers.Dense(3, activation="softmax"),
            ]
        )
        self.model.set_weights(self.weights)

    def probabilities(self) -> np.ndarray:
        kernel, bias, dense, dense_bias = self.weights
        windows = np.lib.stride_tricks.sliding_window_view(self.x, (2, 2), axis=(1, 2))
        h = np.tanh(np.einsum("bhwcij,ijco->bhwo", windows, kernel) + bias)
        logits = h.reshape(3, -1) @ dense + dense_bias
        p = np.exp(logits)
        return p / p.sum(axis=1, keepdims=True)

    def loss(self) -> float:
        return float(-np.log(self.probabilities()[np.arange(3), self.y]).mean())


def test_weight_gradients_are_the_central_differences_of_the_loss():
    twin = Twin()
    loss, gradients = weight_gradients(
        twin.model, twin.x, twin.y, keras.losses.SparseCategoricalCrossentropy()
    )
    assert loss == pytest.approx(twin.loss(), rel=1e-5)
    expected = central_differences(twin.loss, twin.weights)
    assert [g.dtype for g in gradients] == [np.float32] * 4
    for gradient, numeric in zip(gradients, expected, strict=True):
        np.testing.assert_allclose(gradient, numeric, rtol=1e-4, atol=1e-6)


def test_input_gradients_are_the_central_differences_of_the_score():
    twin = Twin()
    gradient = input_gradients(
        twin.model, twin.x.astype("float32"), lambda outputs: outputs[:, 1] ** 2
    )
    (numeric,) = central_differences(lambda: (twin.probabilities()[:, 1] ** 2).sum(), [twin.x])
    assert gradient.shape == twin.x.shape
    np.testing.assert_allclose(gradient, numeric, rtol=1e-4, atol=1e-6)


def test_a_linear_model_has_the_gradients_of_the_closed_form():
    """f = xW, l = |f - y|^2 / 2: the mean's dl/dW is x^T (f - y) / m, each dl/dx is (f - y) W^T."""
    rng = np.random.default_rng(1)
    x, y, w = (rng.normal(size=s).astype("float32") for s in ((6, 4), (6, 2), (4, 2)))
    model = keras.Sequential([keras.Input((4,)), layers.Dense(2, use_bias=False)])
    model.set_weights([w])

    def half_square(y, outputs):
        return keras.ops.sum((outputs - y) ** 2, axis=-1) / 2

    _, (by_weight,) = weight_gradients(model, x, y, half_square)
    target = keras.ops.convert_to_tensor(y)
    by_input = input_gradients(model, x, lambda outputs: half_square(target, outputs))
    np.testing.assert_allclose(by_weight, x.T @ (x @ w - y) / 6, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(by_input, (x @ w - y) @ w.T, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(
    "structure", [tuple, list, lambda pair: dict(zip("pq", pair, strict=True))]
)
def test_several_inputs_and_outputs_in_any_structure(structure):
    """a = 3 u and b = 5 (u + v), so with L = (a - 1)^2 + b^2 at u = 2, v = 1 the numbers are:"""
    u, v = keras.Input((1,), name="p"), keras.Input((1,), name="q")
    a = layers.Dense(1, use_bias=False)(u)
    b = layers.Dense(1, use_bias=False)(layers.Add()([u, v]))
    model = keras.Model(structure((u, v)), structure((a, b)))
    model.set_weights([np.array([[3.0]]), np.array([[5.0]])])

    def squares(y, outputs):
        pairs = zip(keras.tree.flatten(y), keras.tree.flatten(outputs), strict=True)
        return sum(keras.ops.sum((target - output) ** 2) for target, output in pairs)

    def numbers(*values):
        return structure([np.array([[value]], "float32") for value in values])

    loss, gradients = weight_gradients(model, numbers(2, 1), numbers(1, 0), squares)
    assert loss == 250 and [g.item() for g in gradients] == [20, 90]


def test_an_array_without_influence_has_a_zero_gradient():
    used, unused = np.ones(2, "float32"), np.ones((3, 1), "float32")
    gradients = array_gradients(lambda a, b: 2 * a, [used, unused])
    assert [g.tolist() for g in gradients] == [[2, 2], [[0], [0], [0]]]
    (alone,) = array_gradients(lambda a: keras.ops.ones(()), [used])
    assert alone.tolist() == [0, 0]


def test_penalties_of_a_compiled_loss_have_gradients_too():
    """L = w^2 / 2 from the kernel, and 3 h from the activation h = 2 w: dL/dw = w + 6."""
    model = keras.Sequential(
        [
            keras.Input((1,)),
            layers.Dense(
                1,
                use_bias=False,
                kernel_regularizer=keras.regularizers.L2(0.5),
                activity_regularizer=keras.regularizers.L1(3.0),
            ),
        ]
    )
    model.set_weights([np.array([[5.0]])])
    model.compile("sgd", lambda y, outputs: 0.0 * outputs)
    x, y = np.array([[2.0]], "float32"), np.array([[0.0]], "float32")
    loss, gradients = weight_gradients(
        model, x, y, lambda y, outputs: model.compute_loss(y=y, y_pred=outputs)
    )
    assert (loss, gradients[0].item()) == pytest.approx((12.5 + 30.0, 5.0 + 6.0))


def test_frozen_weights_have_no_gradient_and_unused_ones_a_zero_one():
    model = keras.Sequential(
        [keras.Input((3,), dtype="int32"), layers.Embedding(5, 2), layers.Flatten()]
    )
    model.add(layers.Dense(2, name="frozen", trainable=False))
    model.add(layers.Dense(1, name="last"))
    words = np.array([[0, 1, 1], [1, 3, 0]])
    _, gradients = weight_gradients(
        model, words, np.ones((2, 1), "float32"), keras.losses.MeanSquaredError()
    )
    assert [g.shape for g in gradients] == [(5, 2), (2, 1), (1,)]
    used = np.abs(gradients[0]).sum(axis=1) > 0
    assert used.tolist() == [True, True, False, True, False]


def test_gradients_change_nothing_and_draw_nothing():
    """Dropout would draw a mask and batch normalization move its averages, in training."""
    set_seed(3)
    model = keras.Sequential(
        [
            keras.Input((4,)),
            layers.Dense(5, activation="relu"),
            layers.BatchNormalization(),
            layers.Dropout(0.5),
            layers.Dense(2, activation="softmax"),
        ]
    )
    x, y = np.random.default_rng(0).normal(size=(8, 4)).astype("float32"), np.arange(8) % 2
    before = [keras.ops.convert_to_numpy(v).copy() for v in model.variables]
    loss = keras.losses.SparseCategoricalCrossentropy()
    first, second = (weight_gradients(model, x, y, loss) for _ in range(2))
    input_gradients(model, x, lambda outputs: outputs[:, 0])
    after = [keras.ops.convert_to_numpy(v) for v in model.variables]
    assert len(before) == 9  # four of the dense layers, four of the normalization, dropout's seed
    assert all(np.array_equal(a, b) for a, b in zip(before, after, strict=True))
    assert first[0] == second[0]
    assert all(np.array_equal(a, b) for a, b in zip(first[1], second[1], strict=True))
    model(x, training=True)
    trained = [keras.ops.convert_to_numpy(v) for v in model.variables]
    assert not all(np.array_equal(a, b) for a, b in zip(before, trained, strict=True))
