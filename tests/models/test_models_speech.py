import numpy as np
import pytest

from dl_course import scratch
from dl_course.backend import keras, set_seed
from dl_course.models import build_speech_classifier
from dl_course.models.speech_classifier import LOWEST, MEL_BINS, window_and_hop

EXAMPLE = {"build_speech_classifier": {"samples": 1600, "num_classes": 3, "sample_rate": 8000}}
# The other backends compile slowly: what differs between them is tested there.
on_every_backend = pytest.mark.backend
RNG = np.random.default_rng(0)
SOUNDS = (RNG.uniform(-1, 1, (5, 4000)) * np.linspace(0, 1, 4000)).astype("float32")


@pytest.fixture(scope="module", params=["cnn", "gru"])
def model(request):
    set_seed(0)
    return build_speech_classifier(4000, 3, sample_rate=8000, kind=request.param)


def predictions(model, x):
    return keras.ops.convert_to_numpy(model(x, training=False))


def spectrogram(model, x):
    part = keras.Model(model.inputs[0], model.get_layer("mel_spectrogram").output)
    return keras.ops.convert_to_numpy(part(x))


@on_every_backend
def test_the_spectrogram_in_the_model_is_the_one_from_scratch(model):
    window, hop = window_and_hop(8000)
    filters = scratch.mel_filters(MEL_BINS, window, 8000, low=LOWEST)
    padded = np.pad(SOUNDS, [(0, 0), (0, -4000 % hop)])
    ours = [
        scratch.log_mel_spectrogram(x, filters, window_length=window, stride=hop) for x in padded
    ]
    np.testing.assert_allclose(spectrogram(model, SOUNDS), np.swapaxes(ours, 1, 2), atol=5e-3)


def test_loudness_changes_nothing(model):
    quiet = predictions(model, SOUNDS * np.float32(0.02))
    np.testing.assert_allclose(quiet, predictions(model, SOUNDS), atol=1e-3)


def test_an_answer_does_not_depend_on_the_neighbours_in_the_batch(model):
    neighbours = np.stack([SOUNDS[0], np.sin(np.arange(4000) / 2).astype("float32")])
    alone = predictions(model, SOUNDS[:1])
    np.testing.assert_allclose(predictions(model, neighbours)[:1], alone, atol=1e-5)


@on_every_backend
def test_silence_has_finite_answers_and_gradients(model):
    silence = np.zeros((2, 4000), "float32")
    assert np.isfinite(predictions(model, silence)).all()
    copy = keras.models.clone_model(model)
    copy.compile(keras.optimizers.SGD(0.1), "sparse_categorical_crossentropy")
    assert np.isfinite(copy.train_on_batch(silence, np.array([0, 1])))
    assert all(np.isfinite(weight).all() for weight in copy.get_weights())


@on_every_backend
def test_sounds_are_moved_and_stretched_in_training_alone(model):
    place = model.get_layer("stretched").output
    part = keras.Model(model.inputs[0], place)
    still = keras.ops.convert_to_numpy(part(SOUNDS, training=False))
    moved = keras.ops.convert_to_numpy(part(SOUNDS, training=True))
    assert np.array_equal(still, keras.ops.convert_to_numpy(part(SOUNDS, training=False)))
    change = np.abs(moved - still).mean(axis=(1, 2, 3))
    assert (change > 0.05).all() and len(np.unique(change)) == len(SOUNDS)


@pytest.mark.parametrize(
    ("samples", "rate"), [(2047, 8000), (2048, 8000), (2049, 8000), (9000, 44100), (400, 2000)]
)
def test_sounds_of_any_length_and_rate_fit(samples, rate):
    x = RNG.uniform(-1, 1, (2, samples)).astype("float32")
    for kind in ("cnn", "gru"):
        small = build_speech_classifier(samples, 2, sample_rate=rate, kind=kind)
        assert np.isfinite(predictions(small, x)).all()
        declared = small.get_layer("mel_spectrogram").output.shape[1:]
        assert spectrogram(small, x).shape[1:] == declared
