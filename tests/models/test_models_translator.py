import numpy as np
import pytest

from dl_course.backend import keras, set_seed
from dl_course.errors import CourseError
from dl_course.models import build_mlp, build_translator, translator_parts
from dl_course.scratch import attention, keras_gru

EXAMPLE = {
    "build_translator": {"source_vocabulary": 9, "target_vocabulary": 8, "units": 5},
}
pytestmark = pytest.mark.backend
SOURCE = np.array([[5, 6, 7, 8, 9], [8, 5, 0, 0, 0]], "int32")
TARGET = np.array([[2, 7, 8, 9], [2, 9, 9, 4]], "int32")


@pytest.fixture(scope="module")
def model():
    set_seed(0)
    return build_translator(10, 12, embedding_units=6, units=8)


def test_probabilities_come_out_for_any_lengths(model):
    assert not model.compiled
    for source_time, target_time in ((5, 4), (1, 7)):
        source = np.full((3, source_time), 5, "int32")
        p = model.predict_on_batch([source, np.full((3, target_time), 6, "int32")])
        assert p.shape == (3, target_time, 12)
        np.testing.assert_allclose(p.sum(axis=-1), 1, atol=1e-5)


def test_it_is_the_formula_from_scratch(model):
    def weights(name):
        return [w.astype("float64") for w in model.get_layer(name).get_weights()]

    ids = SOURCE[:1]
    [source], [target] = weights("source_embedding"), weights("target_embedding")
    forward = weights("encoder")[:3]
    backward = weights("encoder")[3:]
    x = source[ids]
    there, _ = keras_gru(x, *forward)
    back, _ = keras_gru(x[:, ::-1], *backward)
    values = np.concatenate([there, back[:, ::-1]], axis=-1) @ weights("values")[0]
    kernel, bias = weights("start")
    start = np.tanh(np.concatenate([there[:, -1], back[:, -1]], axis=-1) @ kernel + bias)
    states, _ = keras_gru(target[TARGET[:1]], *weights("decoder"), start)
    context, _ = attention(states, values)
    kernel, bias = weights("combine")
    seen = np.tanh(np.concatenate([context, states], axis=-1) @ kernel + bias)
    kernel, bias = weights("probabilities")
    e = np.exp(seen @ kernel + bias)
    p = model.predict_on_batch([ids, TARGET[:1]])
    np.testing.assert_allclose(p, e / e.sum(axis=-1, keepdims=True), atol=1e-6)


def test_padding_changes_nothing(model):
    alone = model.predict_on_batch([SOURCE[1:, :2], TARGET[1:]])
    padded = model.predict_on_batch([SOURCE, TARGET])
    np.testing.assert_allclose(padded[1:], alone, atol=1e-6)


def test_the_decoder_sees_no_token_that_comes_later(model):
    changed = TARGET.copy()
    changed[:, 2:] = 5
    p, other = (model.predict_on_batch([SOURCE, target]) for target in (TARGET, changed))
    np.testing.assert_allclose(p[:, :2], other[:, :2], atol=1e-6)
    assert np.abs(p[:, 2:] - other[:, 2:]).max() > 1e-3


def test_the_parts_give_step_by_step_what_the_model_gives_at_once(model):
    expected = model.predict_on_batch([SOURCE, TARGET])
    encoder, step = translator_parts(model)
    values, state = encoder.predict_on_batch(SOURCE)
    for time in range(TARGET.shape[1]):
        last = TARGET[:, time : time + 1]
        p, state, weights = step.predict_on_batch([last, state, values, SOURCE])
        np.testing.assert_allclose(p, expected[:, time], atol=1e-6)
        np.testing.assert_allclose(weights.sum(axis=1), 1, atol=1e-6)
        assert (weights[1, 2:] == 0).all() and (weights[0] > 0).all()


def test_it_is_saved_in_layers_of_keras_alone(model, tmp_path):
    translator_parts(model)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)
    np.testing.assert_allclose(
        loaded.predict_on_batch([SOURCE, TARGET]),
        model.predict_on_batch([SOURCE, TARGET]),
        atol=1e-6,
    )
    translator_parts(loaded)


def test_dropout_drops_in_training_only():
    set_seed(0)
    model = build_translator(10, 12, embedding_units=6, units=8, dropout=0.5)
    still = [np.asarray(keras.ops.convert_to_numpy(model([SOURCE, TARGET]))) for _ in range(2)]
    np.testing.assert_array_equal(*still)
    moving = keras.ops.convert_to_numpy(model([SOURCE, TARGET], training=True))
    assert np.abs(moving - still[0]).max() > 1e-3


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("source_vocabulary", 4),
        ("target_vocabulary", 0),
        ("target_vocabulary", 8.0),
        ("embedding_units", 0),
        ("units", -1),
        ("dropout", 1),
        ("dropout", "0.1"),
    ],
)
def test_arguments_out_of_range(name, value):
    options = {"source_vocabulary": 10, "target_vocabulary": 10, name: value}
    with pytest.raises(CourseError, match=f"`{name}`"):
        build_translator(**options)


def test_another_model_has_no_such_parts():
    with pytest.raises(CourseError, match="`model` must be built by build_translator"):
        translator_parts(build_mlp((2,), 2))
