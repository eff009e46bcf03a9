"""Exercises on speech recognition."""

import numpy as np

from dl_course.assignments.exercises.kinds import ChoiceExercise, FunctionExercise, NumberExercise


def magnitudes(frame: np.ndarray) -> np.ndarray:
    """Returns |X_k|, k = 0..N/2, of a frame times a Hann window."""
    n = np.arange(len(frame))
    window = (1 - np.cos(2 * np.pi * n / len(frame))) / 2
    k = np.arange(len(frame) // 2 + 1)[:, None]
    return np.abs(np.exp(-2j * np.pi * k * n / len(frame)) @ (window * frame))


def mel(frequency: float | np.ndarray) -> float | np.ndarray:
    """Returns 2595 log10(1 + f / 700)."""
    return 2595 * np.log10(1 + frequency / 700)


def _without_window(frame: np.ndarray) -> np.ndarray:
    return np.abs(np.fft.rfft(frame))


def _with_edge_window(frame: np.ndarray) -> np.ndarray:
    return np.abs(np.fft.rfft(frame * np.hanning(len(frame))))


def _windowed(frame: np.ndarray) -> np.ndarray:
    return frame * (1 - np.cos(2 * np.pi * np.arange(len(frame)) / len(frame))) / 2


_MAGNITUDES = FunctionExercise(
    id="magnitudes",
    arguments=("frame",),
    cases=(
        (np.array([1.0, -1.0, 1.0, -1.0, 1.0, -1.0, 1.0, -1.0]),),
        (np.array([0.0, 2.0, -1.0, 0.5, 3.0, -2.0]),),
    ),
    solution=magnitudes,
    explanation="Window, Fourier transform, absolute value: one column of a spectrogram.",
    hint="Multiply by the window, transform with np.fft.rfft or dft, take np.abs.",
    mistakes=(
        (_without_window, "The window is missing: multiply the frame by it first."),
        (
            _with_edge_window,
            "np.hanning is 0 at both ends; the window here is periodic: divide n by N, not N - 1.",
        ),
        (
            lambda frame: np.abs(np.fft.rfft(_windowed(frame))) ** 2,
            "These are the squares. The magnitude is the absolute value itself.",
        ),
        (
            lambda frame: np.abs(np.fft.fft(_windowed(frame))),
            "The upper half repeats the lower one: keep k = 0 to N/2.",
        ),
        (
            lambda frame: np.fft.rfft(_windowed(frame)).real,
            "The real part alone loses the sines: take the absolute value.",
        ),
    ),
)

_MEL = FunctionExercise(
    id="mel",
    arguments=("frequency",),
    cases=((700.0,), (np.array([0.0, 440.0, 4000.0]),)),
    solution=mel,
    explanation="Nearly straight below 700 Hz, logarithmic above it, as the ear hears pitch.",
    hint="2595 log10(1 + f / 700): np.log10, and the 1 inside.",
    mistakes=(
        (lambda frequency: 2595 * np.log(1 + frequency / 700), "Use base 10: np.log10."),
        (
            lambda frequency: 2595 * np.log10(1 + frequency) / 700,
            "Divide the frequency by 700 inside the logarithm.",
        ),
        (lambda frequency: 700 * (10 ** (frequency / 2595) - 1), "That goes from mel to hertz."),
        (lambda frequency: 2595 * np.log2(1 + frequency / 700), "Use base 10: np.log10."),
    ),
)

EXERCISES = (
    NumberExercise(
        id="window",
        solution=256,
        explanation="0.032 s times 8000 samples per second is 256 samples.",
        hint="Seconds times samples per second.",
        mistakes=(
            (256_000, "32 ms is 0.032 s, not 32 s."),
            (250, "That is 8000 / 32: multiply the seconds by the rate."),
            (129, "That is the number of frequencies that come out of the transform."),
            (128, "That is the step to the next window, half of it."),
        ),
    ),
    NumberExercise(
        id="bin",
        solution=1000.0,
        tolerance=1e-6,
        explanation="Bin k is the frequency k * rate / N = 32 * 8000 / 256 Hz.",
        hint="Bin k means k cycles in N samples, and a second has 8000 samples.",
        mistakes=(
            (32.0, "That is the number of cycles in a window. How many windows are in a second?"),
            (8000 / 32, "That is 8000 / 32. One cycle takes N / k = 8 samples."),
            (8.0, "That is the number of samples in a cycle. How many cycles are in a second?"),
            (32 * 4000 / 256, "The bins go up to half the rate, but k counts cycles in N samples."),
            (32 * 4000 / 129, "There are 129 bins, but bin k is k cycles in N = 256 samples."),
        ),
    ),
    _MAGNITUDES,
    NumberExercise(
        id="decibels",
        solution=float(20 * np.log10(2)),
        tolerance=5e-3,
        explanation="Twice the amplitude is four times the power: 10 log10(4) = 6.02 dB.",
        hint="Decibels count the power, which is the square of the amplitude.",
        mistakes=(
            (float(10 * np.log10(2)), "That is for twice the power, the amplitude squared."),
            (2.0, "Decibels are a logarithm: 10 log10 of the ratio of the powers."),
            (4.0, "That is the ratio of the powers. Take 10 log10 of it."),
            (float(20 * np.log(2)), "Use the logarithm to base 10."),
            (float(10 * np.log(2)), "Use the logarithm to base 10, of the power."),
            (20.0, "That would be ten times the amplitude."),
        ),
    ),
    _MEL,
    ChoiceExercise(
        id="split",
        solution="by speaker",
        choices=("at random", "by speaker", "by digit"),
        explanation="Only then is every voice in the test new, like that of a new user.",
        hint="The question is about a voice that does not occur in training.",
        mistakes=(
            ("at random", "Then every voice occurs in training too, and knowing the voice helps."),
            (
                "by digit",
                "Then some test digits do not occur in training: nobody could know them.",
            ),
        ),
    ),
)
