"""Five ways to sum up a text."""

import numpy as np
import pytest

from dl_course.backend import keras, set_seed
from dl_course.errors import CourseError
from dl_course.models import build_text_classifier, load_model
from dl_course.models.text_classifier import KINDS
from dl_course.scratch import keras_gru, lstm, rnn, softmax
from dl_course.training import fit

EXAMPLE = {"build_text_classifier": {"vocabulary_size": 9, "num_classes": 2}}
pytestmark = pytest.mark.backend
IDS = np.random.default_rng(0).integers(1, 30, (6, 9)).astype("int32")
SCRATCH = {"rnn": rnn, "lstm": lstm, "gru": keras_gru}


def build(kind, **changes):
    set_seed(1)
    return build_text_classifier(30, 3, kind=kind, **changes)


def padded(length):
    """The same texts, of 4 to 9 tokens, in rows of a length."""
    ids = np.zeros((6, length), "int32")
    for row, text, size in zip(ids, IDS, range(4, 10), strict=True):
        row[:size] = text[:size]
    return ids


def spread_weights(model):
    """Weights as they come give nearly the same answer to all: these do not."""
    random = np.random.default_rng(0)
    sizes = [weight.shape for weight in model.get_weights()]
    model.set_weights([random.normal(0, 1 / np.sqrt(np.prod(size[:-1])), size) for size in sizes])
    return model


@pytest.mark.parametrize("kind", KINDS)
def test_padding_changes_no_answer(kind):
    model = spread_weights(build(kind))
    short, long = (model.predict(padded(length), verbose=0) for length in (9, 25))
    np.testing.assert_allclose(short, long, atol=1e-5)
    without = model.predict(IDS[:1, :4], verbose=0)  # the first text, and no padding at all
    np.testing.assert_allclose(short[:1], without, atol=1e-5)
    assert np.ptp(short, axis=0).max() > 0.01  # a thousand times as much as is allowed


@pytest.mark.parametrize("kind", KINDS)
def test_a_text_without_tokens_has_finite_probabilities(kind):
    p = spread_weights(build(kind)).predict(np.zeros((2, 5), "int32"), verbose=0)
    assert np.isfinite(p).all()
    np.testing.assert_allclose(p.sum(axis=1), 1, atol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_only_the_bag_is_blind_to_order(kind):
    model = spread_weights(build(kind))
    forth, back = (model.predict(ids, verbose=0) for ids in (IDS, IDS[:, ::-1].copy()))
    assert np.allclose(forth, back, atol=1e-6) == (kind == "bag")


@pytest.mark.parametrize("kind", SCRATCH)
def test_the_recurrent_ones_are_the_cells_from_scratch(kind):
    model = spread_weights(build(kind, units=5))
    table, *cell, kernel, bias = model.get_weights()
    h = SCRATCH[kind](table[IDS], *cell)[0][:, -1]
    np.testing.assert_allclose(model.predict(IDS, verbose=0), softmax(h @ kernel + bias), atol=1e-5)


def test_the_bag_and_the_cnn_are_their_formulas():
    ids = padded(12)
    mask = (ids != 0)[..., None]
    table, kernel, bias = (model := spread_weights(build("bag"))).get_weights()
    mean = (table[ids] * mask).sum(axis=1) / mask.sum(axis=1)
    np.testing.assert_allclose(
        model.predict(ids, verbose=0), softmax(mean @ kernel + bias), atol=1e-5
    )
    table, windows, shift, kernel, bias = (model := spread_weights(build("cnn"))).get_weights()
    around = np.pad(table[ids] * mask, ((0, 0), (1, 1), (0, 0)))
    c = sum(around[:, k : k + 12] @ windows[k] for k in range(3)) + shift
    c = np.maximum(c, 0) * mask
    features = np.concatenate([c.max(axis=1), c.sum(axis=1) / mask.sum(axis=1)], axis=1)
    np.testing.assert_allclose(
        model.predict(ids, verbose=0), softmax(features @ kernel + bias), atol=1e-5
    )


@pytest.mark.parametrize("kind", ["gru", "cnn", "bag"])
def test_it_learns_with_its_recipe_and_is_saved(kind, tmp_path):
    random = np.random.default_rng(0)
    y = np.arange(120) % 3
    x = random.integers(7, 30, (120, 8))
    x[:, 2] = 4 + y  # one word decides the class
    model = build(kind)
    data = ((x, y), (x, y))
    run = fit(model, data, recipe=f"text {kind}", epochs=20, batch_size=32, progress=False)
    assert run.history["accuracy"][-1] > 0.9
    model.save(tmp_path / "model.keras")
    np.testing.assert_allclose(
        load_model(tmp_path / "model.keras").predict(x, verbose=0),
        model.predict(x, verbose=0),
        atol=1e-6,
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"vocabulary_size": 0},
        {"num_classes": 1},
        {"kind": "lstn"},
        {"embedding_units": 0},
        {"units": 1.5},
        {"units": 8, "kind": "bag"},
        {"dropout": 1},
    ],
)
def test_arguments_out_of_range_are_refused(changes):
    with pytest.raises(CourseError, match=f"`{next(iter(changes))}` must be"):
        build_text_classifier(**{"vocabulary_size": 30, "num_classes": 3, **changes})


def test_dropout_acts_in_training_only():
    model = spread_weights(build("bag", dropout=0.5))
    quiet = [keras.ops.convert_to_numpy(model(IDS, training=False)) for _ in range(2)]
    loud = keras.ops.convert_to_numpy(model(IDS, training=True))
    np.testing.assert_array_equal(*quiet)
    assert np.abs(loud - quiet[0]).max() > 0.01
