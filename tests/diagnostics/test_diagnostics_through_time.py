"""The gradient through time: equal to backpropagation by hand, and watching changes nothing."""

import numpy as np
import pytest

from dl_course import tables
from dl_course.backend import keras, set_seed
from dl_course.diagnostics import GradientThroughTime
from dl_course.diagnostics.recurrent_steps import recurrent_layers
from dl_course.diagnostics.through_time import StateGradients, state_gradients
from dl_course.models import build_mlp, build_recurrent
from dl_course.scratch import (
    categorical_crossentropy_from_logits,
    categorical_crossentropy_from_logits_gradient,
    gru,
    gru_backward,
    keras_gru,
    keras_gru_backward,
    lstm,
    lstm_backward,
    rnn,
    rnn_backward,
)
from dl_course.training import fit
from dl_course.training.checkpoint import Checkpoint
from dl_course.training.precision import computing_in

pytestmark = pytest.mark.backend

layers = keras.layers
X = np.random.default_rng(0).normal(size=(6, 7, 3)).astype("float32")
Y = np.arange(6) % 4
LOSS = keras.losses.SparseCategoricalCrossentropy()
CLOSE = {"rtol": 1e-3, "atol": 1e-6}


def gru_reset_before(x, *weights, **states):
    """The documents' GRU with Keras's z, their 1 - z: the weights of z change sign."""
    signs = np.repeat([-1, 1, 1], weights[0].shape[1] // 3)
    return gru(x, *[weight * signs for weight in weights], **states)


CELLS = {
    "rnn": (layers.SimpleRNN, {}, rnn, rnn_backward),
    "lstm": (layers.LSTM, {}, lstm, lstm_backward),
    "gru": (layers.GRU, {}, keras_gru, keras_gru_backward),
    "gru, reset before": (layers.GRU, {"reset_after": False}, gru_reset_before, gru_backward),
}


def classifier(*inner, shape=(7, 3)):
    set_seed(0)
    rng = np.random.default_rng(0)
    model = keras.Sequential([keras.Input(shape), *inner, layers.Dense(4, "softmax")])
    # Large weights, so that a gradient that takes a wrong way is seen.
    model.set_weights([rng.normal(size=w.shape, scale=0.6) for w in model.get_weights()])
    return model


def states_from(forward, x, weights, time, cache):
    """The arguments that start a scratch layer behind step `time`, and what follows it."""
    states = {"initial_h": cache.h[:, time]}
    if hasattr(cache, "c"):
        states["initial_c"] = cache.c[:, time]
    return forward(x[:, time + 1 :], *weights, **states)


@pytest.mark.parametrize("kind", CELLS)
@pytest.mark.jax
def test_it_is_backpropagation_through_time_by_hand(kind):
    layer, options, forward, backward = CELLS[kind]
    model = classifier(layer(5, name="cell", **options))
    *weights, kernel, bias = [w.astype(float) for w in model.get_weights()]
    h, cache = forward(X.astype(float), *weights)
    at_logits = categorical_crossentropy_from_logits_gradient(
        np.eye(4)[Y], h[:, -1] @ kernel + bias
    )
    expected = np.zeros_like(h)
    expected[:, -1] = at_logits @ kernel.T
    for time in range(6):
        rest, rest_cache = states_from(forward, X.astype(float), weights, time, cache)
        upstream = np.zeros_like(rest)
        upstream[:, -1] = expected[:, -1]
        expected[:, time] = backward(upstream, rest_cache).initial_h
    found = state_gradients(model, X, Y, LOSS)["cell"]
    assert found.real.all() and found.real.shape == (6, 7)
    np.testing.assert_allclose(found.values, expected, **CLOSE)
    norms = [np.mean([np.linalg.norm(6 * g) for g in expected[:, t]]) for t in range(7)]
    np.testing.assert_allclose(found.norms(), norms, **CLOSE)


def test_it_is_what_a_small_change_of_a_state_does_to_the_loss_of_a_stack():
    """Two layers, the upper on all states of the lower: each state acts in two ways."""
    model = classifier(
        layers.GRU(4, return_sequences=True, name="lower"), layers.LSTM(3, name="upper")
    )
    weights = [w.astype(float) for w in model.get_weights()]
    lower, upper, (kernel, bias) = weights[:3], weights[3:6], weights[6:]
    x = X[:1].astype(float)
    h, cache = keras_gru(x, *lower)

    def loss_with(change, time):
        first = h[:, : time + 1].copy()
        first[0, time] += change
        rest, _ = keras_gru(x[:, time + 1 :], *lower, initial_h=first[:, time])
        states, _ = lstm(np.concatenate([first, rest], axis=1), *upper)
        return categorical_crossentropy_from_logits(np.eye(4)[Y[:1]], states[:, -1] @ kernel + bias)

    found = state_gradients(model, X[:1], Y[:1], LOSS)
    assert list(found) == ["lower", "upper"]
    for time in range(6):
        measured = [
            (loss_with(step, time) - loss_with(-step, time)) / 2e-5 for step in 1e-5 * np.eye(4)
        ]
        np.testing.assert_allclose(found["lower"].values[0, time], measured, **CLOSE)


def reader_of_words(*inner, length=None):
    return classifier(layers.Embedding(9, 3, mask_zero=True), *inner, shape=(length,))


@pytest.mark.parametrize("layer", [layers.SimpleRNN, layers.LSTM, layers.GRU])
def test_padding_has_no_gradient_and_changes_none(layer):
    model = reader_of_words(layer(5, name="cell"))
    words, padded = np.array([[3, 1, 4]]), np.array([[3, 0, 1, 4, 0, 0]])
    alone = state_gradients(model, words, Y[:1], LOSS)["cell"]
    found = state_gradients(model, padded, Y[:1], LOSS)["cell"]
    assert found.real.tolist() == [[True, False, True, True, False, False]]
    np.testing.assert_allclose(found.values[found.real], alone.values[alone.real], **CLOSE)
    assert (found.values[~found.real] == 0).all()


def test_at_a_step_that_few_examples_have_the_mean_is_over_these():
    values = np.array([[[3.0, 4.0], [0, 1]], [[0, 2.0], [0, 0]]])
    real = np.array([[True, True], [True, False]])
    assert StateGradients(values, real).norms().tolist() == [7, 2]
    assert StateGradients(values, np.array([[True, False]] * 2)).norms().tolist() == [7, 0]


def test_a_layer_that_goes_backwards_is_told_in_the_order_of_the_sequence():
    both = layers.Bidirectional(layers.LSTM(4, name="lstm"), name="both", merge_mode="sum")
    model = classifier(both)
    kernels = model.get_weights()[:3]
    model.set_weights([*kernels, *kernels, *model.get_weights()[6:]])
    one_way = np.concatenate([X, X[:, ::-1]])  # each sequence and its reverse
    found = state_gradients(model, one_way, np.tile(Y, 2), LOSS)
    forward, backward = (found[f"both/{name}_lstm"].values for name in ("forward", "backward"))
    np.testing.assert_allclose(forward[:6], backward[6:, ::-1], **CLOSE)
    assert np.linalg.norm(backward[:, 0]) > np.linalg.norm(backward[:, -1])


def test_a_loss_at_every_step_and_several_inputs():
    """As in a translator: targets that are 0 are padding and weigh nothing."""
    set_seed(0)
    source, target = keras.Input((None,), name="source"), keras.Input((None,), name="target")
    _, state = layers.GRU(4, return_state=True, name="encoder")(layers.Embedding(9, 3)(source))
    states = layers.GRU(4, return_sequences=True, name="decoder")(
        layers.Embedding(9, 3)(target), initial_state=state
    )
    model = keras.Model([source, target], layers.Dense(9, "softmax")(states))
    x = np.array([[1, 2, 3]]), np.array([[2, 5, 6, 7, 7]])
    y = np.array([[5, 6, 3, 0, 0]])
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(ignore_class=0))
    flow = GradientThroughTime(x, y)
    flow.set_model(model)
    rows = flow.observe()
    norms = np.array([row["gradient_norm"] for row in rows])
    assert [row["layer"] for row in rows] == ["encoder"] * 3 + ["decoder"] * 5
    assert (norms[:3] > 0).all() and (norms[3:6] > 0).all() and (norms[6:] == 0).all()


def quick(model, *recorders, **options):
    return fit(
        model,
        ((X, Y), (X, Y)),
        recipe="document",
        batch_size=3,
        validation_share=0,
        recorders=recorders,
        progress=False,
        **{"epochs": 2, **options},
    )


def test_the_table_has_a_row_per_layer_and_step_and_goes_with_the_run(tmp_path):
    def start():
        return build_recurrent((7, 3), 4, kind="gru", units=5)

    path = tmp_path / "checkpoint.npz"
    flow = GradientThroughTime(X, Y)
    model = quick(start(), flow).model
    table = flow.records
    assert list(table) == ["epoch", "step", "layer", "time", "gradient_norm"]
    assert table["epoch"].tolist() == [0] * 7 + [1] * 7 + [2] * 7
    assert table["step"].tolist() == [0] * 7 + [2] * 7 + [4] * 7
    assert table["time"].tolist() == [*range(7)] * 3 and set(table["layer"]) == {"recurrent"}
    last = state_gradients(model, X, Y, LOSS)["recurrent"].norms()
    np.testing.assert_allclose(table["gradient_norm"][14:], last, **CLOSE)

    first, resumed = GradientThroughTime(X, Y), GradientThroughTime(X, Y)
    quick(start(), first, epochs=1, checkpoint=path)
    resumed.restore(Checkpoint.load(path).records["gradient_flow_through_time"])
    tables.write_table(tmp_path / "table.csv", resumed.records)
    read = tables.read_table(tmp_path / "table.csv")
    for name, column in first.records.items():
        np.testing.assert_array_equal(read[name], column)


def test_of_a_large_probe_the_first_sixteen_serve():
    x, y = np.tile(X, (3, 1, 1)), np.tile(Y, 3)
    model = build_recurrent((7, 3), 4, units=5)
    model.compile("sgd", LOSS)
    norms = []
    for flow in (GradientThroughTime(x, y), GradientThroughTime(x[:16], y[:16])):
        flow.set_model(model)
        norms.append([row["gradient_norm"] for row in flow.observe()])
    np.testing.assert_allclose(*norms, **CLOSE)


def test_without_a_recurrent_layer_there_are_no_records():
    model = build_mlp((7, 3), 4, hidden_units=(4,))
    flow = GradientThroughTime(X, Y)
    quick(model, flow, epochs=1)
    assert flow.records == {}
    # Not even called:
    assert state_gradients(model, None, None, None) == {}


class CannotBe(Exception):
    pass


def test_the_layers_are_as_before_also_when_the_loss_fails():
    model = classifier(
        layers.Bidirectional(layers.LSTM(4, return_sequences=True)), layers.SimpleRNN(3)
    )
    outputs = keras.ops.convert_to_numpy(model(X))
    watched = recurrent_layers(model).values()
    before = [(dict(vars(layer)), dict(vars(layer.cell))) for layer in watched]
    assert len(before) == 3

    def fail(y, outputs):
        raise CannotBe

    with pytest.raises(CannotBe):
        state_gradients(model, X, Y, fail)
    state_gradients(model, X, Y, LOSS)
    for layer, (own, of_cell) in zip(watched, before, strict=True):
        assert vars(layer).keys() == own.keys() and vars(layer.cell).keys() == of_cell.keys()
        assert layer.inner_loop.__func__ is type(layer).inner_loop
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(model(X)), outputs)


@pytest.mark.parametrize("layer", [layers.SimpleRNN, layers.LSTM, layers.GRU])
def test_watching_a_layer_with_dropout_leaves_its_training_as_it_is(layer):
    """Keras draws a recurrent layer's masks, and moves its seed on, even in inference mode."""

    def run(*recorders):
        set_seed(0)  # the seed of the masks is drawn where the layer is made
        model = classifier(layer(5, dropout=0.3, recurrent_dropout=0.2))
        return quick(model, *recorders)

    alone, watched = run(), run(GradientThroughTime(X, Y, every=1))
    assert alone.history["loss"] == watched.history["loss"]
    for one, other in zip(alone.model.variables, watched.model.variables, strict=True):
        np.testing.assert_array_equal(
            keras.ops.convert_to_numpy(one.value), keras.ops.convert_to_numpy(other.value)
        )


def test_in_half_precision_the_norms_are_those_of_its_size():
    norms = []
    for precision in ("float32", "mixed_bfloat16"):
        set_seed(0)
        model = build_recurrent((7, 3), 4, units=5)
        flow = GradientThroughTime(X, Y)
        model.compile("sgd", "sparse_categorical_crossentropy")
        flow.set_model(model)
        with computing_in(model, precision):
            norms.append([row["gradient_norm"] for row in flow.observe()])
    np.testing.assert_allclose(norms[1], norms[0], rtol=0.1)
    assert not np.array_equal(*norms)
