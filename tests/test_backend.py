"""The one door to Keras: gradients against finite differences, seeds, and a quiet start."""

import os
import subprocess
import sys

import numpy as np
import pytest

from dl_course import backend
from dl_course.backend import input_gradients, keras, weight_gradients
from dl_course.errors import CourseError

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


@pytest.mark.backend
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


@pytest.mark.backend
def test_input_gradients_are_the_central_differences_of_the_score():
    twin = Twin()
    gradient = input_gradients(
        twin.model, twin.x.astype("float32"), lambda outputs: outputs[:, 1] ** 2
    )
    (numeric,) = central_differences(lambda: (twin.probabilities()[:, 1] ** 2).sum(), [twin.x])
    assert gradient.shape == twin.x.shape
    np.testing.assert_allclose(gradient, numeric, rtol=1e-4, atol=1e-6)


@pytest.mark.backend
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


@pytest.mark.backend
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


@pytest.mark.backend
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


@pytest.mark.backend
def test_gradients_change_nothing_and_draw_nothing():
    """Dropout would draw a mask and batch normalization move its averages, in training."""
    backend.set_seed(3)
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


@pytest.mark.backend
def test_a_seed_brings_back_weights_and_draws_and_another_does_not():
    def draw(seed):
        backend.set_seed(seed)
        kernel = layers.Dense(3)
        kernel.build((None, 4))
        random = keras.random.normal((3,))
        return np.concatenate(
            [
                keras.ops.convert_to_numpy(kernel.kernel).ravel(),
                keras.ops.convert_to_numpy(random),
                np.random.normal(size=2),
            ]
        )

    assert np.array_equal(draw(5), draw(np.int64(5)))
    assert not np.any(draw(5) == draw(6))


@pytest.mark.parametrize("seed", [-1, 2**32, 1.0, "0", None, True])
def test_a_seed_that_cannot_be_used_is_refused(seed):
    with pytest.raises(CourseError, match=r"`seed` must be an integer from 0 to 4294967295\. Rec"):
        backend.set_seed(seed)


@pytest.mark.backend
def test_the_device_and_versions_are_those_of_this_machine():
    device = backend.device()
    assert device.name and device.count >= 1
    if device.kind == "cpu":
        assert device.count == os.cpu_count()
    assert backend.versions()["backend"] == keras.backend.backend()
    assert backend.versions()["keras"] == keras.__version__


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc/cpuinfo")
def test_bfloat16_is_what_the_processor_says():
    from pathlib import Path

    text = Path("/proc/cpuinfo").read_text()
    device = backend.device()
    if device.kind == "cpu" and keras.backend.backend() != "jax":
        assert device.bfloat16 == ("avx512_bf16" in text or "amx_bf16" in text)


START = """
import os, warnings
from dl_course.backend import _without_start_up_lines, keras, set_seed
import numpy as np
set_seed(0)
keras.ops.convert_to_numpy(keras.ops.ones((2, 2)) @ keras.ops.ones((2, 2)))
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.zeros((4, 2)), np.zeros((4, 1)), verbose=0)
os.write(2, b"== started ==\\n")
with _without_start_up_lines():
    os.write(2, b"I0000 00:00:1700000000.123456  123 port.cc:153] oneDNN operations are on\\n")
    os.write(2, b"2026-01-01 00:00:00.1: I tensorflow/core/util/port.cc:1] a notice\\n")
    os.write(2, b"2026-01-01 00:00:00.1: W tensorflow/core/x.cc:1] a real warning\\n")
    os.write(2, b"E0000 00:00:1700000000.123456  123 x.cc:7] a real error\\n")
    os.write(2, b"E0000 00:00:1700000000.1 1 cuda.cc:1] failed call to cuInit: no device\\n")
    warnings.warn("a Python warning")
    print("a line without an end", end="", file=__import__("sys").stderr, flush=True)
"""


@pytest.fixture(scope="module")
def said():
    """What a fresh process writes to standard error, before and after the marker."""
    done = subprocess.run([sys.executable, "-c", START], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stderr.split("== started ==\n")


@pytest.mark.backend
def test_keras_starts_and_trains_without_a_word(said):
    assert said[0] == ""


def test_real_warnings_during_the_start_are_kept(said):
    kept = said[1]
    for text in ("a real warning", "a real error", "a Python warning", "a line without an end"):
        assert kept.count(text) == 1
    assert "oneDNN" not in kept and "a notice" not in kept and "cuInit" not in kept


def test_what_was_held_back_is_told_when_the_start_fails(capfd):
    with pytest.raises(ImportError), backend._without_start_up_lines():
        os.write(2, b"E0000 00:00:1700000000.1 1 x.cc:7] why it failed\n")
        raise ImportError
    os.write(2, b"and standard error works again\n")
    error = capfd.readouterr().err
    assert "why it failed" in error and "works again" in error


@pytest.mark.skipif(backend.name() != "tensorflow", reason="TensorFlow's own log")
def test_training_many_models_is_no_mistake_to_warn_about(caplog, monkeypatch):
    import tensorflow as tf

    monkeypatch.setattr(tf.get_logger(), "propagate", True)
    for _ in range(7):
        model = keras.Sequential([keras.Input((1,)), layers.Dense(1)])
        model.compile("sgd", "mse")
        model.fit(np.zeros((2, 1)), np.zeros((2, 1)), verbose=0)
    tf.get_logger().warning("something else")
    assert [record.message for record in caplog.records] == ["something else"]
