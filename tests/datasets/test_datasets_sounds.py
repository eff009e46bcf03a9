import os

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from dl_course import scratch
from dl_course.datasets import info, load, make_sounds
from dl_course.datasets.sets.fsdd import SPEAKERS, load_at_random, load_by_speaker
from dl_course.errors import CourseError

real = pytest.mark.skipif("DL_COURSE_DATA" not in os.environ, reason="DL_COURSE_DATA is not set")


@pytest.fixture(scope="module")
def sounds():
    return make_sounds(540, test_share=1 / 3)


def test_sounds_have_every_kind_alike_and_the_scale_of_a_recording(sounds):
    assert np.bincount(sounds.y_train).tolist() == [40] * 9
    assert sounds.input_shape == (8000,) and sounds.sample_rate == 8000
    assert sounds.x_train.dtype == np.float32
    peaks = np.abs(sounds.x_train).max(axis=1)
    assert peaks.max() <= 1 and peaks.min() > 0.09 and np.ptp(20 * np.log10(peaks)) > 18
    steps = sounds.x_train.astype(np.float64) * 32768
    assert (steps == steps.round()).all()  # 16 bits


def test_the_same_seed_makes_the_same_sounds_and_another_one_others(sounds):
    assert make_sounds(540, test_share=1 / 3).checksum == sounds.checksum
    assert make_sounds(540, test_share=1 / 3, seed=1).checksum != sounds.checksum


def test_the_registered_set_is_always_the_same_and_split_by_the_seed():
    first, second = load("sounds"), load("sounds", seed=1)
    assert first.class_names == info("sounds").class_names
    assert len(first.y_train) == 1440 and len(first.y_test) == 360
    everything = [np.concatenate([d.x_train, d.x_test]).sum(axis=1) for d in (first, second)]
    assert np.array_equal(*map(np.sort, everything)) and not np.array_equal(*everything)


def test_neither_loudness_nor_the_spectrum_without_time_tells_the_kinds(sounds):
    filters = scratch.mel_filters(40, 256, 8000)

    def without_time(x):
        frames = x[:, : 8000 // 256 * 256].reshape(len(x), -1, 256) * scratch.hann_window(256)
        power = np.abs(np.fft.rfft(frames)) ** 2 @ filters  # (sounds, time, mels)
        loudness = 10 * np.log10(power.sum(axis=(1, 2)))[:, None]
        return np.concatenate([10 * np.log10(power.mean(axis=1)) - loudness, loudness], axis=1)

    train, test = without_time(sounds.x_train), without_time(sounds.x_test)
    shift, scale = train.mean(axis=0), train.std(axis=0)
    judge = LogisticRegression(max_iter=300).fit((train - shift) / scale, sounds.y_train)
    assert judge.score((test - shift) / scale, sounds.y_test) < 0.85


def test_rising_sounds_rise_and_falling_ones_fall(sounds):
    for kind, sign in (("rising", 1), ("falling", -1), ("low high", 1), ("high low", -1)):
        slopes = []
        for x in sounds.x_train[sounds.y_train == sounds.class_names.index(kind)][:10]:
            spectra = np.abs(scratch.stft(x)) ** 2
            loud = spectra.max(axis=1) > 0.2 * spectra.max()
            pitch = spectra[loud].argmax(axis=1)
            slopes.append(np.polyfit(np.arange(len(pitch)), pitch, 1)[0])
        assert np.median(slopes) * sign > 0.02, kind


def test_too_few_sounds_are_refused():
    with pytest.raises(CourseError, match="`examples` must be at least 18, 2 of each class"):
        make_sounds(17)


@real
def test_spoken_digits_are_split_by_speaker():
    data = load("fsdd")
    assert (data.x_train.shape, data.x_test.shape) == ((2000, 8000), (1000, 8000))
    assert np.bincount(data.y_test).tolist() == [100] * 10
    assert data.class_names == tuple("0123456789") and data.sample_rate == 8000
    one = load_by_speaker(SPEAKERS[:1])
    assert one.x_test.shape == (500, 8000)


@real
def test_spoken_digits_are_split_at_random_too():
    data = load_at_random(test_share=0.1, seed=0)
    assert np.bincount(data.y_test).tolist() == [30] * 10
    assert load_at_random(0.1, seed=1).checksum != data.checksum


def test_no_speaker_or_all_of_them_cannot_be_the_test():
    for speakers in ((), SPEAKERS, ("theo", "nobody")):
        with pytest.raises(CourseError, match="`test_speakers` must be some of george"):
            load_by_speaker(speakers)
