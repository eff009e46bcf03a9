import json
import subprocess
import sys
import tracemalloc

import numpy as np
import pytest
import soundfile

from dl_course import inference
from dl_course.backend import keras, set_seed
from dl_course.errors import CourseError, DataError
from dl_course.inference import SpeechClassifier
from dl_course.models import build_speech_classifier

pytestmark = pytest.mark.backend
RATE, SAMPLES = 4000, 2000
NOISE = np.random.default_rng(0).uniform(-0.5, 0.5, 7 * RATE).astype("float32")


@pytest.fixture(scope="module")
def classifier():
    set_seed(0)
    model = build_speech_classifier(SAMPLES, 3, sample_rate=RATE)
    # Weights as they come are near to indifferent: these have clear preferences.
    *inner, last, bias = model.get_weights()
    model.set_weights([*inner, last * 5, bias])
    return SpeechClassifier(model, RATE, ("a", "b", "c"))


def test_short_sounds_are_filled_up_with_zeros(classifier):
    short = NOISE[:1234]
    full = np.concatenate([short, np.zeros(SAMPLES - 1234, "float32")])
    p = classifier.predict([short, full, NOISE[:1]])
    assert p.shape == (3, 3) and p.dtype == np.float32
    np.testing.assert_allclose(p[0], p[1], atol=1e-6)
    np.testing.assert_allclose(p.sum(axis=1), 1, atol=1e-5)


def test_silence_has_a_defined_answer_and_no_sounds_have_none(classifier):
    assert np.isfinite(classifier.predict(np.zeros((2, SAMPLES)))).all()
    assert classifier.predict([]).shape == (0, 3)


@pytest.mark.parametrize(
    ("sounds", "message"),
    [
        ([np.zeros(SAMPLES + 1)], rf"1 to 2000 samples.* shape \({SAMPLES + 1},\).*predict_file"),
        ([np.zeros(0)], r"shape \(0,\)"),
        ([np.zeros((SAMPLES, 2))], r"in one channel. Received: waveforms\[0\]"),
        ([np.zeros(9), np.array([0, np.nan])], r"finite numbers. Received: waveforms\[1\]"),
        ([np.zeros(9, np.int16)], r"in \[-1, 1\].* of type int16. Read it with read_sound"),
        (np.zeros(SAMPLES), "must be sounds of 1 to 2000 samples"),
    ],
)
def test_what_is_no_sound_is_refused(classifier, sounds, message):
    with pytest.raises(DataError, match=message):
        classifier.predict(sounds)


def test_a_file_is_heard_in_windows_that_overlap_by_half(classifier, tmp_path):
    soundfile.write(tmp_path / "a.wav", NOISE[:5500], RATE, subtype="FLOAT")
    heard = list(classifier.predict_file(tmp_path / "a.wav"))
    starts = [start for start, _ in heard]
    assert starts == [0, 0.25, 0.5, 0.75, 1.0]  # the last one reaches beyond the end, 1.375 s
    pieces = [NOISE[round(start * RATE) : 5500][:SAMPLES] for start in starts]
    expected = classifier.predict(pieces)
    np.testing.assert_allclose([row for _, row in heard], expected, atol=1e-5)


def test_a_file_shorter_than_the_window_is_heard_once(classifier, tmp_path):
    soundfile.write(tmp_path / "a.wav", NOISE[:700], RATE, subtype="FLOAT")
    ((start, row),) = classifier.predict_file(tmp_path / "a.wav")
    np.testing.assert_allclose(row, classifier.predict([NOISE[:700]])[0], atol=1e-5)
    assert start == 0


def test_an_hour_is_heard_in_little_memory(tmp_path):
    # A quick model: what is measured is what is held beside it.
    layers = [keras.Input((SAMPLES,)), keras.layers.Dense(3, "softmax")]
    classifier = SpeechClassifier(keras.Sequential(layers), RATE, ("a", "b", "c"))
    path = tmp_path / "hour.wav"
    with soundfile.SoundFile(path, "w", RATE, 1, "PCM_16") as file:
        for _ in range(60):
            file.write(np.resize(NOISE, 60 * RATE))
    tracemalloc.start()
    heard = classifier.predict_file(path)
    rows = np.array([row for _, row in heard])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert rows.shape == (14_399, 3) and np.isfinite(rows).all()
    assert peak < 25e6  # as float32 the hour takes 58 MB


def test_a_damaged_or_missing_file_is_named(classifier, tmp_path):
    (tmp_path / "bad.wav").write_bytes(b"RIFF....WAVE, they said")
    for name, fault in (("bad.wav", "damaged"), ("none.wav", "no such file")):
        with pytest.raises(DataError, match=f"{name}: {fault}"):
            next(classifier.predict_file(tmp_path / name))


def test_names_and_rate_must_fit(classifier):
    with pytest.raises(CourseError, match="`class_names` must be 3 names"):
        SpeechClassifier(classifier.model, RATE, ("a", "b"))
    with pytest.raises(CourseError, match="`sample_rate` must be a positive integer"):
        SpeechClassifier(classifier.model, 0, ("a", "b", "c"))


def test_another_process_predicts_the_same_numbers_from_the_same_file(classifier, tmp_path):
    classifier.save(tmp_path / "model.keras")
    soundfile.write(tmp_path / "a.wav", NOISE[:9000], 2 * RATE, subtype="PCM_24")
    script = """
import json, sys
from dl_course import inference
reader = inference.load(sys.argv[1])
rows = [[start, *map(float, row)] for start, row in reader.predict_file(sys.argv[2])]
print(json.dumps([reader.sample_rate, reader.class_names, rows]))
"""
    command = [sys.executable, "-c", script, tmp_path / "model.keras", tmp_path / "a.wav"]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    rate, names, rows = json.loads(done.stdout.splitlines()[-1])
    assert (rate, tuple(names)) == (RATE, classifier.class_names)
    here = [[start, *row] for start, row in classifier.predict_file(tmp_path / "a.wav")]
    np.testing.assert_allclose(rows, here, atol=1e-6)
    assert isinstance(inference.load(tmp_path / "model.keras"), SpeechClassifier)
