import numpy as np
import pytest

from dl_course.backend import keras, set_seed
from dl_course.datasets import make_windows
from dl_course.errors import CourseError
from dl_course.models import build_text_generator, generator_step, load_model
from dl_course.scratch import lstm, softmax
from dl_course.training import fit

EXAMPLE = {"build_text_generator": {"vocabulary_size": 9, "units": (5,)}}
pytestmark = pytest.mark.backend
FORMS = [
    {"embedding_units": embedding, "every_step": every_step}
    for embedding in (6, None)
    for every_step in (True, False)
]


def weights_in_order(model):
    return [weight for layer in model.layers for weight in layer.weights]


@pytest.mark.parametrize("form", FORMS)
def test_it_is_two_lstms_from_scratch_and_a_softmax(form):
    set_seed(0)
    model = build_text_generator(9, units=(5, 4), dropout=0.3, **form)
    ids = np.random.default_rng(0).integers(0, 9, (3, 7))
    table, *cells, dense, bias = map(keras.ops.convert_to_numpy, weights_in_order(model))
    if form["embedding_units"] is None:
        np.testing.assert_array_equal(table, np.eye(9))
    h = table[ids]
    for first in (0, 3):
        h, _ = lstm(h, *cells[first : first + 3])
    expected = softmax((h if form["every_step"] else h[:, -1]) @ dense + bias)
    np.testing.assert_allclose(model.predict(ids, verbose=0), expected, atol=1e-6)


@pytest.mark.jax
def test_the_document_s_network_as_printed():
    printed = keras.Sequential(
        [
            keras.Input((40, 65)),
            keras.layers.LSTM(128, return_sequences=True),
            keras.layers.LSTM(128, return_sequences=False),
            keras.layers.Dense(65),
            keras.layers.Activation("softmax"),
        ]
    )
    model = build_text_generator(65, embedding_units=None, every_step=False)
    for ours, theirs in zip(model.trainable_variables, printed.trainable_variables, strict=True):
        ours.assign(keras.ops.copy(theirs))  # JAX would let the models share one array
    ids = np.random.default_rng(0).integers(0, 65, (4, 40))
    expected = printed.predict(np.eye(65, dtype="float32")[ids], verbose=0)
    np.testing.assert_allclose(model.predict(ids, verbose=0), expected, atol=1e-6)


@pytest.mark.parametrize("form", FORMS)
def test_steps_with_their_state_give_what_the_whole_window_gives(form):
    set_seed(1)
    model = build_text_generator(9, units=(5, 4), dropout=0.3, **form)
    ids = np.random.default_rng(0).integers(0, 9, (3, 30))
    states = None
    for t in range(30):
        p, states = generator_step(model, ids[:, t], states)
        window = keras.ops.convert_to_numpy(model(ids[:, : t + 1], training=False))
        expected = window[:, -1] if form["every_step"] else window
        np.testing.assert_allclose(p, expected, atol=1e-6)
    assert p.shape == (3, 9) and p.dtype == np.float32


@pytest.mark.parametrize("form", [FORMS[0], FORMS[3]])
@pytest.mark.jax
def test_it_learns_a_short_cycle(form):
    set_seed(0)
    model = build_text_generator(8, units=(32,), **form)
    cycle = [4, 5, 6, 5, 7]  # what follows a 5 depends on what came before
    ids = np.tile(cycle, 80)
    data = make_windows(ids, 6, every_step=form["every_step"], stride=2)
    run = fit(model, (data, None), epochs=12, learning_rate=0.05, progress=False)
    assert min(run.history["val_loss"]) < 0.2  # 2/5 log 2 = 0.28 without a memory
    p = model.predict(data[0], verbose=0)
    np.testing.assert_array_equal((p[:, -1] if p.ndim == 3 else p).argmax(axis=-1), ids[6::2])


def test_the_saved_model_is_plain_keras_and_loads_without_trust(tmp_path):
    model = build_text_generator(9, units=(5,), embedding_units=None, dropout=0.1)
    x, y = make_windows(np.arange(64) % 9, 4)
    fit(model, ((x, y), None), epochs=1, progress=False)
    model.save(tmp_path / "model.keras")
    loaded = load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(*(m.predict(x, verbose=0) for m in (loaded, model)), atol=1e-6)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("vocabulary_size", 1),
        ("vocabulary_size", 2.5),
        ("units", ()),
        ("units", (128, 0)),
        ("units", 128),
        ("embedding_units", 0),
        ("dropout", 1.0),
        ("dropout", -0.1),
    ],
)
def test_bad_arguments_are_named(name, value):
    with pytest.raises(CourseError, match=f"`{name}` must be .*Received: {name}="):
        build_text_generator(**{"vocabulary_size": 9, name: value})
