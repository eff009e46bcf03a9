"""Small real sounds for the pictures of the speech chapter, in NumPy alone."""

import numpy as np

from dl_course import plots

RNG = np.random.default_rng(0)
TIME = np.arange(8000) / 8000
CHIRP = 0.7 * np.sin(2 * np.pi * (300 * TIME + 800 * TIME**2)) + 0.01 * RNG.normal(size=8000)


def spectrogram(ax=None):
    frames = np.lib.stride_tricks.sliding_window_view(CHIRP, 256)[::128]
    levels = 20 * np.log10(np.abs(np.fft.rfft(frames * np.hanning(256))) + 1e-3)
    return plots.plot_spectrogram(levels, np.linspace(0, 4000, 129), 0.016, ax=ax)


def mel_spectrogram():
    mel = 700 * (10 ** (np.linspace(0, 2840, 34)[1:-1] / 2595) - 1)
    return plots.plot_spectrogram(RNG.normal(size=(63, 32)) * 10, mel, 0.016, title="Mel")


def filters(ax=None):
    edges = np.array([0, 5, 11, 19, 30, 45, 66, 96, 128])
    bins = np.arange(129)[:, None]
    rising = (bins - edges[:-2]) / np.diff(edges)[:-1]
    falling = (edges[2:] - bins) / np.diff(edges)[1:]
    return plots.plot_mel_filters(np.maximum(0, np.minimum(rising, falling)), 8000, ax=ax)


def sounds(number, name="class {}", samples=4000):
    x = RNG.normal(size=(number, samples)) * 0.1
    return plots.plot_sounds(
        x, 8000, np.arange(number), [name.format(k) for k in range(number)], title="Sounds"
    )


def waveform(ax=None, samples=8000):
    return plots.plot_waveform(CHIRP[:samples], 8000, ax=ax)


PICTURES = {
    "waveform": waveform,
    "waveform, short": lambda: waveform(samples=100),
    "waveform, silence": lambda: plots.plot_waveform(np.zeros(90_000), 44100),
    "spectrogram": spectrogram,
    "spectrogram, mel": mel_spectrogram,
    "spectrogram, silence": lambda: plots.plot_spectrogram(np.zeros((3, 4)), np.arange(4), 1.0),
    "sounds": lambda: sounds(9),
    "sounds, one": lambda: plots.plot_sounds(np.zeros((1, 8000)), 8000),
    "sounds, four long": lambda: sounds(4, "a very long class name, number {}"),
    "sounds, very short": lambda: sounds(2, samples=10),
    "mel filters": filters,
}
