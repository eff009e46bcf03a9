"""The models that can be watched, and numbers of the watchers that can be counted by hand."""

import numpy as np
import pytest

from dl_course.backend import keras, set_seed
from dl_course.diagnostics import ActivationFlow, GradientFlow
from dl_course.errors import CourseError
from dl_course.models import build_augmentation
from dl_course.training.precision import computing_in

layers = keras.layers
X = np.random.default_rng(0).random((12, 4, 4, 1), "float32")
Y = np.arange(12) % 2


def watched(model, *recorders, **options):
    model.compile("sgd", "sparse_categorical_crossentropy")
    model.fit(X, Y, batch_size=6, verbose=0, callbacks=[*recorders], **options)
    return recorders


def sequential(*inner):
    return keras.Sequential(
        [keras.Input((4, 4, 1)), *inner, layers.Dense(2, "softmax", name="probabilities")]
    )


@pytest.mark.backend
def test_a_sequential_model_that_was_never_called_can_be_watched():
    model = sequential(layers.Flatten(), layers.Dense(3, name="hidden"))
    flow, activations = watched(model, GradientFlow(X, Y), ActivationFlow(X))
    for recorder in (flow, activations):
        assert recorder.records["layer"].tolist() == ["hidden", "probabilities"] * 2


@pytest.mark.backend
def test_a_model_with_augmentation_inside_can_be_watched():
    augmentation = build_augmentation((4, 4, 1), flip=True)
    model = sequential(augmentation, layers.Flatten())
    flow, activations = watched(model, GradientFlow(X, Y), ActivationFlow(X))
    for recorder in (flow, activations):
        assert set(recorder.records["layer"]) == {"probabilities"}


class Subclassed(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(2, activation="softmax")

    def call(self, x):
        return self.dense(keras.ops.reshape(x, (-1, 16)))


@pytest.mark.parametrize("recorder", [GradientFlow(X, Y), ActivationFlow(X)])
def test_a_model_whose_layers_cannot_be_seen_is_refused(recorder):
    with pytest.raises(CourseError, match="functional or sequential.*Received: model=Subclassed"):
        watched(Subclassed(), recorder)


def test_data_whose_end_is_not_known_cannot_be_watched():
    model = sequential(layers.Flatten())
    model.compile("sgd", "sparse_categorical_crossentropy")
    with pytest.raises(CourseError, match="`steps_per_epoch` must be known"):
        model.fit((pair for pair in [(X, Y)]), verbose=0, callbacks=[ActivationFlow(X)])
    flow = ActivationFlow(X)
    model.fit((pair for pair in [(X, Y)] * 3), steps_per_epoch=3, verbose=0, callbacks=[flow])
    assert flow.records["step"].tolist() == [0, 3]


def test_a_restored_table_is_continued():
    flow, again = GradientFlow(X, Y), GradientFlow(X, Y)
    set_seed(0)
    model = sequential(layers.Flatten())
    watched(model, flow, epochs=2)
    again.restore(flow.records)
    watched(model, again, epochs=3, initial_epoch=2)
    assert again.records["epoch"].tolist() == [0, 1, 2, 3]
    assert again.records["step"].tolist() == [0, 2, 4, 6]
    for name, column in flow.records.items():
        np.testing.assert_array_equal(again.records[name][:3], column)


def rows_of(model, x):
    """The first observation of a model's activations, by layer."""
    flow = ActivationFlow(x)
    flow.set_model(model)
    return {row["layer"]: row for row in flow.observe()}


@pytest.mark.backend
def test_shares_and_histogram_are_what_is_counted_by_hand():
    model = keras.Sequential(
        [
            keras.Input((4,)),
            layers.Activation("tanh", name="tanh"),
            layers.Activation("sigmoid", name="sigmoid"),
            layers.Activation("relu", name="relu"),
            layers.Dense(4, "relu6", kernel_initializer="identity", name="relu6"),
            layers.ReLU(name="layer"),
            layers.LeakyReLU(name="leaky"),
        ]
    )
    model.get_layer("relu6").set_weights([np.eye(4), np.array([0.0, -9, 0, -9])])
    # tanh of these is -0.96, 0, 0.46, 1.00 and 0.76, 0, 0, -0.999.
    x = np.array([[-2.0, 0.0, 0.5, 9.0], [1.0, 0.0, 0.0, -4.0]], "float32")
    rows = rows_of(model, x)
    dead = {name: row["dead_share"] for name, row in rows.items()}
    saturated = {name: row["saturated_share"] for name, row in rows.items()}
    assert saturated["tanh"] == 3 / 8 and np.isnan(dead["tanh"])
    assert saturated["sigmoid"] == 0 and np.isnan(dead["sigmoid"])
    assert dead["relu"] == 0 and dead["relu6"] == dead["layer"] == 0.5
    assert all(np.isnan(saturated[name]) for name in ("relu", "relu6", "layer", "leaky"))
    assert np.isnan(dead["leaky"])
    values = np.tanh(x)
    assert rows["tanh"]["low"] == pytest.approx(values.min(), rel=1e-5)
    assert rows["tanh"]["high"] == pytest.approx(values.max(), rel=1e-5)
    assert rows["tanh"]["mean"] == pytest.approx(values.mean(), rel=1e-5)
    assert rows["tanh"]["std"] == pytest.approx(values.std(), rel=1e-5)
    # Of 20 bins from -1 to 1: two at the lower end, three zeros, then 0.46, 0.76 and 1.
    counts = rows["tanh"]["counts"]
    assert counts.sum() == 8 and counts[0] == 2 and counts[19] == 1
    assert sorted(counts[counts > 0].tolist()) == [1, 1, 1, 2, 3]


@pytest.mark.backend
def test_a_layer_that_gives_one_value_only_has_a_histogram_too():
    model = keras.Sequential([keras.Input((3,)), layers.Dense(2, kernel_initializer="zeros")])
    (row,) = rows_of(model, np.ones((5, 3), "float32")).values()
    assert row["counts"].tolist() == [10] + [0] * 19
    assert (row["low"], row["high"], row["std"]) == (0, 0, 0)


@pytest.mark.backend
def test_a_frozen_layer_has_no_gradient_row_and_no_update():
    model = sequential(layers.Flatten(), layers.Dense(3, "relu", name="hidden"))
    model.get_layer("hidden").trainable = False
    (flow,) = watched(model, GradientFlow(X, Y))
    assert flow.records["layer"].tolist() == ["probabilities"] * 2


@pytest.mark.backend
def test_watching_a_run_in_half_precision_gives_numbers_of_its_size():
    """bfloat16 has eight bits: its norms are those of float32 within a few hundredths."""
    norms = []
    for precision in ("float32", "mixed_bfloat16"):
        set_seed(0)
        model = sequential(layers.Flatten(), layers.Dense(8, "relu", name="hidden"))
        flow, activations = GradientFlow(X, Y), ActivationFlow(X)
        with computing_in(model, precision):
            watched(model, flow, activations)
        assert np.isfinite(activations.records["mean"]).all()
        norms.append(flow.records["gradient_norm"])
    np.testing.assert_allclose(norms[1], norms[0], rtol=0.05)
    assert not np.array_equal(*norms)
