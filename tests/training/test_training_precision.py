"""Half precision is for the inside of a training run; the model comes out as it went in."""

import numpy as np
import pytest

from dl_course.backend import keras, weight_gradients
from dl_course.models import load_model
from dl_course.training.precision import computing_in

HALF = "mixed_bfloat16"


class Watch(keras.callbacks.Callback):
    """Notes in which precision the layers compute, and the gradients, in the last step."""

    def __init__(self, x, y):
        super().__init__()
        self._x, self._y = x, y

    def on_train_batch_end(self, batch, logs=None):
        self.compute = [layer.compute_dtype for layer in self.model.layers[1:]]
        self.variables = {v.dtype for v in self.model.trainable_variables}
        loss = keras.losses.SparseCategoricalCrossentropy()
        self.gradients = weight_gradients(self.model, self._x, self._y, loss)[1]


@pytest.mark.backend
def test_a_run_in_bfloat16_keeps_weights_outputs_and_the_saved_model_in_float32(
    small, blobs, tmp_path
):
    (x, y), _ = blobs
    model = small()
    watch = Watch(x, y)
    model.compile(keras.optimizers.Adam(0.02), "sparse_categorical_crossentropy")
    with computing_in(model, HALF):
        history = model.fit(x, y, batch_size=10, epochs=6, verbose=0, callbacks=[watch]).history
        rounded = model.evaluate(x, y, verbose=0)
    assert history["loss"][-1] < history["loss"][0]
    assert watch.compute == ["bfloat16", "bfloat16", "float32"]
    assert watch.variables == {"float32"}
    assert all(np.isfinite(g).all() and g.any() for g in watch.gradients)
    assert [layer.compute_dtype for layer in model.layers] == ["float32"] * 4

    model.save(tmp_path / "model.keras")
    loaded = load_model(tmp_path / "model.keras")
    assert [layer.dtype_policy.name for layer in loaded.layers[1:]] == ["float32"] * 3
    before, after = (keras.ops.convert_to_numpy(m(x)) for m in (model, loaded))
    assert before.dtype == np.float32 and np.array_equal(before, after)
    # Used again as any model, in float32 to the last digit.
    evaluated = model.evaluate(x, y, verbose=0)
    expected = -np.log(before[np.arange(60), y]).mean()
    assert evaluated == pytest.approx(expected, rel=1e-5) != rounded


@pytest.mark.backend
def test_within_the_block_the_numbers_are_those_of_bfloat16(small, blobs):
    (x, _), _ = blobs
    model = small()
    exact = keras.ops.convert_to_numpy(model(x))
    with computing_in(model, HALF):
        rounded = keras.ops.convert_to_numpy(model(x))
    assert rounded.dtype == np.float32
    assert 1e-5 < np.abs(rounded - exact).max() < 0.05
    np.testing.assert_allclose(rounded.sum(axis=1), 1, atol=1e-6)
    assert np.array_equal(keras.ops.convert_to_numpy(model(x)), exact)


def test_the_precision_comes_back_after_an_interruption(small):
    model = small()
    with pytest.raises(KeyboardInterrupt), computing_in(model, HALF):
        raise KeyboardInterrupt
    assert {layer.compute_dtype for layer in model.layers} == {"float32"}


def test_layers_of_a_nested_model_compute_in_half_precision_too(restless):
    model = restless()
    with computing_in(model, HALF):
        inner = model.layers[0].layers[1:]
        assert inner and {layer.compute_dtype for layer in inner} == {"bfloat16"}


def test_a_layer_that_was_made_in_another_precision_keeps_it():
    model = keras.Sequential(
        [
            keras.Input((2,)),
            keras.layers.Dense(2, dtype="float64"),
            keras.layers.Dense(2),
            keras.layers.Dense(2),
        ]
    )
    with computing_in(model, HALF):
        assert [x.compute_dtype for x in model.layers] == ["float64", "bfloat16", "float32"]


def test_float32_changes_nothing(small):
    model = small()
    with computing_in(model, "float32"):
        assert {layer.compute_dtype for layer in model.layers} == {"float32"}
