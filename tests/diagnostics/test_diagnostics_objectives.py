"""Recorders with any objective: the loss is the one that the model is compiled with."""

import numpy as np
import pytest

from dl_course.backend import keras, set_seed
from dl_course.diagnostics import ActivationFlow, GradientFlow, GradientThroughTime
from dl_course.errors import CourseError

pytestmark = pytest.mark.backend

layers = keras.layers
RNG = np.random.default_rng(0)
X = RNG.normal(size=(12, 3)).astype("float32")
Y = RNG.normal(size=(12, 2)).astype("float32")


def test_the_gradient_of_a_regression_with_a_penalty_is_the_one_by_hand():
    model = keras.Sequential(
        [keras.Input((3,)), layers.Dense(2, kernel_regularizer=keras.regularizers.L2(0.1))]
    )
    model.compile("sgd", "mean_squared_error")
    flow = GradientFlow(X, Y)
    flow.set_model(model)
    (row,) = flow.observe()
    kernel, bias = model.get_weights()
    slope = 2 * (X @ kernel + bias - Y) / Y.size
    gradient = np.concatenate([(X.T @ slope + 0.2 * kernel).ravel(), slope.sum(axis=0)])
    assert row["gradient_norm"] == pytest.approx(np.linalg.norm(gradient), rel=1e-4)


def huber(y, outputs):
    return keras.losses.huber(y, outputs)


def two_heads(form):
    """A model with two inputs and two outputs, as tuples or as dicts, with a loss for each."""
    set_seed(0)
    inputs = {"left": keras.Input((3,), name="left"), "right": keras.Input((4, 3), name="right")}
    state = layers.GRU(4, name="gru")(inputs["right"])
    hidden = layers.Dense(5, "relu", name="hidden")(layers.Concatenate()([inputs["left"], state]))
    outputs = {
        "place": layers.Dense(2, name="place")(hidden),
        "kind": layers.Dense(3, "softmax", name="kind")(hidden),
    }
    losses = {"place": huber, "kind": "sparse_categorical_crossentropy"}
    x = {"left": X, "right": np.stack([X] * 4, axis=1)}
    y = {"place": Y, "kind": np.arange(12) % 3}
    if form is tuple:
        inputs, outputs, losses = (list(d.values()) for d in (inputs, outputs, losses))
        x, y = tuple(x.values()), tuple(y.values())
    model = keras.Model(inputs, outputs)
    model.compile("adam", losses)
    return model, x, y


@pytest.mark.parametrize("form", [tuple, dict])
def test_several_inputs_and_outputs_are_watched_and_nothing_changes(form):
    def run(*recorders):
        model, x, y = two_heads(form)
        made = [recorder(x, y) for recorder in recorders]
        history = model.fit(
            x, y, batch_size=4, epochs=2, shuffle=False, verbose=0, callbacks=made
        ).history
        return model, history, made

    alone, history, _ = run()
    model, watched, (flow, through_time, activations) = run(
        lambda x, y: GradientFlow(x, y, every=1),
        lambda x, y: GradientThroughTime(x, y, every=1),
        lambda x, y: ActivationFlow(x, every=1),
    )
    assert history == watched  # the mean loss of each output too
    for one, other in zip(alone.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    names = [layer.name for layer in model.layers if layer.weights]
    assert sorted(names) == ["gru", "hidden", "kind", "place"]
    assert flow.records["layer"].tolist() == activations.records["layer"].tolist() == names * 7
    assert through_time.records["time"].tolist() == [0, 1, 2, 3] * 7
    for recorder in (flow, through_time):
        assert (recorder.records["gradient_norm"] > 0).all()


@pytest.mark.parametrize("recorder", [GradientFlow, GradientThroughTime])
def test_a_model_that_is_not_compiled_has_no_loss(recorder):
    inputs = keras.Input((4, 3))
    flow = recorder(np.stack([X] * 4, axis=1), Y)
    flow.set_model(keras.Model(inputs, layers.GRU(2)(inputs)))
    with pytest.raises(CourseError, match="`model` must be compiled with a loss"):
        flow.observe()
