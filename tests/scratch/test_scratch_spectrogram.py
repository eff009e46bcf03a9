import numpy as np
import pytest
import scipy.signal

from dl_course import scratch
from dl_course.errors import CourseError

RNG = np.random.default_rng(0)
NOISE = RNG.normal(size=4000)


def test_frames_overlap_and_the_rest_is_left_out():
    frames = scratch.frame_signal(np.arange(11), frame_length=4, stride=3)
    assert frames.tolist() == [[0, 1, 2, 3], [3, 4, 5, 6], [6, 7, 8, 9]]
    frames[0] = 9  # its own memory: frames share none
    assert frames[1, 0] == 3


@pytest.mark.parametrize("length", [4, 25, 256])
def test_the_hann_window_is_that_of_scipy(length):
    expected = scipy.signal.get_window("hann", length)
    np.testing.assert_allclose(scratch.hann_window(length), expected, atol=1e-15)


@pytest.mark.parametrize("length", [1, 2, 15, 256])
def test_the_transform_is_that_of_the_fast_one(length):
    frames = RNG.normal(size=(3, 2, length))
    np.testing.assert_allclose(scratch.dft(frames), np.fft.rfft(frames), atol=1e-11)


def test_the_energy_is_the_same_in_time_and_in_frequency():
    frame = RNG.normal(size=64)
    power = np.abs(scratch.dft(frame)) ** 2
    # Parseval; all bins but the first and the last stand for two frequencies, k and -k.
    both_sides = power[0] + power[-1] + 2 * power[1:-1].sum()
    np.testing.assert_allclose((frame**2).sum(), both_sides / 64)


@pytest.mark.parametrize(("window_length", "stride"), [(256, 80), (128, 128), (64, 7)])
def test_the_short_time_transform_is_that_of_scipy(window_length, stride):
    ours = scratch.stft(NOISE, window_length, stride)
    _, _, theirs = scipy.signal.stft(
        NOISE,
        nperseg=window_length,
        noverlap=window_length - stride,
        boundary="even",
        padded=False,
    )
    gain = scipy.signal.get_window("hann", window_length).sum()  # scipy divides by it
    np.testing.assert_allclose(ours, theirs.T * gain, atol=1e-10)
    assert len(ours) == len(NOISE) // stride + 1


def test_a_short_click_stands_in_its_moment_and_a_steady_tone_in_its_bin():
    click = np.zeros(4000)
    click[1600] = 1
    assert np.abs(scratch.stft(click)).sum(axis=1).argmax() == 1600 / 80
    tone = np.sin(2 * np.pi * 500 / 8000 * np.arange(4000))
    inside = np.abs(scratch.stft(tone))[2:-2]  # mirrored at its ends it is not a tone
    assert (inside.argmax(axis=1) == 500 * 256 / 8000).all()


def test_mel_is_a_pitch_scale_and_back():
    hertz = np.array([0.0, 100.0, 700.0, 8000.0])
    np.testing.assert_allclose(scratch.mel_to_hertz(scratch.hertz_to_mel(hertz)), hertz)
    np.testing.assert_allclose(scratch.hertz_to_mel(6300.0), 2595)  # 700 (10 - 1)


def test_triangles_peak_at_their_frequencies_and_add_up_to_one_between():
    filters = scratch.mel_filters(20, 4096, 8000, low=100, high=3800)
    hertz = np.linspace(0, 4000, 2049)
    peaks = scratch.mel_frequencies(20, low=100, high=3800)
    np.testing.assert_allclose(hertz[filters.argmax(axis=0)], peaks, atol=1.0)
    inside = (hertz > peaks[0]) & (hertz < peaks[-1])
    np.testing.assert_allclose(filters[inside].sum(axis=1), 1)
    assert not filters[(hertz < 100) | (hertz > 3800)].any()


def test_silence_has_a_finite_level():
    filters = scratch.mel_filters(40, 256, 8000)
    levels = scratch.log_mel_spectrogram(np.zeros(800), filters, floor=1e-6)
    assert (levels == -60).all()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: scratch.frame_signal(np.ones(3), 4, 1), "`frame_length` must be at most"),
        (lambda: scratch.frame_signal(np.ones(9), 4, 0), "`stride` must be a positive integer"),
        (lambda: scratch.stft(np.ones(100)), "`signal` must be longer than half a window"),
        (lambda: scratch.stft([0.0, np.nan] * 400), "`signal` must be free of NaN"),
        (lambda: scratch.hertz_to_mel(-1.0), "`frequency` must be 0 Hz or more"),
        (lambda: scratch.mel_filters(20, 256, 8000, high=5000), "`high` must be above `low`"),
        (lambda: scratch.mel_filters(128, 256, 8000), "`num_mel_bins` must be so few that each"),
        (lambda: scratch.decibels([1.0], floor=0), "`floor` must be above 0"),
        (
            lambda: scratch.log_mel_spectrogram(np.ones(900), np.ones((9, 3))),
            r"`filters` must be of shape \(129, num_mel_bins\)",
        ),
    ],
)
def test_what_cannot_be_computed_is_refused(call, message):
    with pytest.raises(CourseError, match=message):
        call()


@pytest.mark.backend
@pytest.mark.parametrize(("window_length", "stride", "samples"), [(256, 80, 8000), (200, 64, 4111)])
def test_keras_computes_the_same_spectra(window_length, stride, samples):
    from dl_course.backend import keras

    signal = RNG.normal(size=samples).astype("float32") / 5
    real, imaginary = keras.ops.stft(signal, window_length, stride, window_length)
    ours = scratch.stft(signal, window_length, stride)
    np.testing.assert_allclose(ours.real, keras.ops.convert_to_numpy(real), atol=1e-4)
    np.testing.assert_allclose(ours.imag, keras.ops.convert_to_numpy(imaginary), atol=1e-4)

    layer = keras.layers.MelSpectrogram(
        fft_length=window_length,
        sequence_stride=stride,
        sampling_rate=8000,
        num_mel_bins=30,
        min_freq=50,
        max_freq=3600,
        top_db=1000,
        min_power=1e-3,
    )
    filters = scratch.mel_filters(30, window_length, 8000, low=50, high=3600)
    levels = scratch.log_mel_spectrogram(
        signal, filters, window_length=window_length, stride=stride, floor=1e-3
    )
    np.testing.assert_allclose(levels.T, keras.ops.convert_to_numpy(layer(signal)), atol=2e-3)
