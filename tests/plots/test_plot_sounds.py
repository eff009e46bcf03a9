import numpy as np
import pytest

from dl_course.errors import CourseError
from dl_course.plots import plot_mel_filters, plot_sounds, plot_spectrogram, plot_waveform

RNG = np.random.default_rng(0)
TIME = np.arange(8000) / 8000
CHIRP = 0.7 * np.sin(2 * np.pi * (300 * TIME + 800 * TIME**2)) + 0.01 * RNG.normal(size=8000)


def test_a_wave_is_drawn_over_seconds():
    ax = waveform(samples=800)
    time, pressure = ax.lines[0].get_data()
    assert time[-1] == 799 / 8000 and pressure.tolist() == CHIRP[:800].tolist()


def test_a_long_wave_keeps_its_peaks():
    waveform = np.zeros(100_000)
    waveform[54_321] = 0.9
    band = plot_waveform(waveform, 8000).collections[0].get_paths()[0].vertices
    assert band[:, 1].max() == 0.9 and abs(band[band[:, 1].argmax(), 0] - 54_321 / 8000) < 0.02


def test_a_tone_stands_at_its_frequency_and_time_in_the_spectrogram():
    levels = np.full((40, 129), -90.0)
    levels[10, 32] = 0  # 1000 Hz
    ax = plot_spectrogram(levels, np.linspace(0, 4000, 129), hop=0.016)
    shown = ax.images[0]
    assert np.argwhere(shown.get_array() == 0).tolist() == [[32, 10]]
    assert shown.get_extent() == [0, 0.64, -0.5, 128.5] and shown.origin == "lower"
    assert shown.get_clim() == (-60, 0)
    labels = {label.get_text(): y for y, label in zip(ax.get_yticks(), ax.get_yticklabels())}  # noqa: B905
    assert labels["1000"] == 32 and labels["4000"] == 128


def test_a_mel_axis_is_written_in_hertz_where_it_belongs():
    ax = plot_spectrogram(np.zeros((4, 3)), np.array([500.0, 1000.0, 3000.0]), hop=0.01)
    places = dict(zip([t.get_text() for t in ax.get_yticklabels()], ax.get_yticks(), strict=True))
    assert places["2000"] == 1.5 and places["1000"] == 1


def test_every_class_is_drawn_before_one_is_drawn_twice():
    x, y = np.random.default_rng(0).normal(size=(8, 900)), np.array([2, 2, 2, 0, 0, 1, 1, 2])
    figure = plot_sounds(x, 8000, y, ("a", "b", "c"), max_sounds=4)
    assert [ax.get_title() for ax in figure.axes] == ["a", "b", "c", "c"]


def test_a_rising_sound_rises_in_its_picture():
    ax = plot_sounds(CHIRP[None], 8000).axes[0]
    loudest = ax.images[0].get_array().argmax(axis=0)
    assert (np.diff(loudest[2:-2]) >= 0).all() and loudest[-3] > 2 * loudest[2]


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: plot_waveform([0.0, np.nan], 8000), "`waveform` must hold finite numbers"),
        (lambda: plot_waveform(np.zeros((2, 8)), 8000), r"`waveform` must have shape \(samples,\)"),
        (lambda: plot_waveform(np.zeros(8), 0), "`sample_rate` must be a positive integer"),
        (
            lambda: plot_spectrogram(np.zeros((4, 3)), np.arange(4), 0.1),
            r"`len\(frequencies\)` must be 3",
        ),
        (lambda: plot_spectrogram(np.zeros((4, 3)), np.arange(3), 0), "`hop` must be a positive"),
        (lambda: plot_sounds(np.zeros((2, 8)), 8000, [0, 2], ("a", "b")), "`y` must hold class"),
        (lambda: plot_mel_filters(np.zeros(3), 8000), "`filters` must have shape"),
    ],
)
def test_what_cannot_be_drawn_is_refused(draw, message):
    with pytest.raises(CourseError, match=message):
        draw()


def waveform(samples=8000):
    return plot_waveform(CHIRP[:samples], 8000)


def spectrogram():
    frames = np.lib.stride_tricks.sliding_window_view(CHIRP, 256)[::128]
    levels = 20 * np.log10(np.abs(np.fft.rfft(frames * np.hanning(256))) + 1e-3)
    return plot_spectrogram(levels, np.linspace(0, 4000, 129), 0.016)


def mel_spectrogram():
    mel = 700 * (10 ** (np.linspace(0, 2840, 34)[1:-1] / 2595) - 1)
    return plot_spectrogram(RNG.normal(size=(63, 32)) * 10, mel, 0.016, title="Mel")


def sounds(number, name="class {}", samples=4000):
    x = RNG.normal(size=(number, samples)) * 0.1
    return plot_sounds(
        x, 8000, np.arange(number), [name.format(k) for k in range(number)], title="Sounds"
    )


def filters():
    edges = np.array([0, 5, 11, 19, 30, 45, 66, 96, 128])
    bins = np.arange(129)[:, None]
    rising = (bins - edges[:-2]) / np.diff(edges)[:-1]
    falling = (edges[2:] - bins) / np.diff(edges)[1:]
    return plot_mel_filters(np.maximum(0, np.minimum(rising, falling)), 8000)


PICTURES = {
    "plot_waveform": waveform,
    "plot_waveform, short": lambda: waveform(samples=100),
    "plot_waveform, silence": lambda: plot_waveform(np.zeros(90_000), 44100),
    "plot_spectrogram": spectrogram,
    "plot_spectrogram, mel": mel_spectrogram,
    "plot_spectrogram, silence": lambda: plot_spectrogram(np.zeros((3, 4)), np.arange(4), 1.0),
    "plot_sounds": lambda: sounds(9),
    "plot_sounds, one": lambda: plot_sounds(np.zeros((1, 8000)), 8000),
    "plot_sounds, four long": lambda: sounds(4, "a very long class name, number {}"),
    "plot_sounds, very short": lambda: sounds(2, samples=10),
    "plot_mel_filters": filters,
}
