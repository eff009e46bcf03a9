"""Synthesized sounds of classes that only time and frequency together tell apart."""

# NumPy loads its random module when it is first named, as an evaluated annotation would do.
from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from dl_course.datasets.dataset import Dataset, from_sounds
from dl_course.datasets.records import DatasetInfo
from dl_course.datasets.splits import stratified_split
from dl_course.errors import argument_error, check_positive_integer, check_seed, check_share

INFO = DatasetInfo(
    name="sounds",
    title="Synthesized sounds with noise, at many pitches, 8 kHz",
    kind="sounds",
    notes="one second each, made from a seed",
    class_names=tuple(
        "rising, falling, low high, high low, trill, tone, vowel a, vowel i, noise".split(", ")
    ),
    input_shape=(8000,),
    train_examples=1440,
    test_examples=360,
    split="stratified",
    is_split_here=True,
    checksum="b70fbb0e9e923ed8431a74547fbd8598",
    licence="MIT, made by the course",
    authors="synthetic",
    source="https://en.wikipedia.org/wiki/Synthetic_data",
)
SAMPLE_RATE = 8000
# What the mouth lets through, in Hz: frequency and width of the first three formants.
_FORMANTS = {
    "vowel a": ((730, 90), (1090, 110), (2440, 170)),
    "vowel i": ((270, 60), (2290, 120), (3010, 180)),
}


def make_sounds(examples: int = 1800, *, test_share: float = 0.2, seed: int = 0) -> Dataset:
    """Makes noisy sounds of one second, which differ in pitch, loudness and when they begin.

    x = g (s + n): s a sound of 0.35 to 0.7 s that begins anywhere in the second, n white noise
    5 to 25 dB below it, g a gain from -20 to 0 dB. The classes: a pitch that is "rising" or
    "falling"; two tones, "low high" or "high low"; a "trill" of both; a steady "tone"; "vowel a"
    and "vowel i", with the same pitches but different formants; and "noise". Neither the spectrum
    of the whole sound nor any single moment tells rising from falling, or the two tones from
    their trill.

    Args:
        examples: how many sounds, for training and test together; at least 2 of each class.
        test_share: the share of each class that is kept for testing.
        seed: the same seed gives the same sounds, on every machine.

    Returns:
        The data set: x float32 in [-1, 1] of shape (n, 8000), at 8000 Hz, y int64 of shape (n,).

    Raises:
        CourseError: an argument is out of range.

    Example:
        >>> data = make_sounds(examples=18, test_share=0.5)
        >>> data.x_train.shape, data.sample_rate, data.class_names[:2]
        ((9, 8000), 8000, ('rising', 'falling'))

    Reference: D0 1; the formants are men's means of Peterson and Barney 1952.
    """
    check_share("test_share", test_share, positive=True)
    check_seed("seed", seed)
    x, y = _synthesize(examples, seed)
    return _as_dataset(x, y, test_share, seed)


def load(test_share: float, seed: int) -> Dataset:
    """Returns the registered sounds: always the same ones, split by the seed."""
    x, y = _synthesize(INFO.train_examples + INFO.test_examples, seed=0)
    return _as_dataset(x, y, test_share, seed)


def _as_dataset(x: np.ndarray, y: np.ndarray, test_share: float, seed: int) -> Dataset:
    train, test = stratified_split(y, test_share, seed)
    halves = (x[train], y[train]), (x[test], y[test])
    return from_sounds(INFO.name, *halves, INFO.class_names, SAMPLE_RATE)


def _synthesize(examples: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Returns sounds (examples, 8000) and their labels, equally many of each class."""
    check_positive_integer("examples", examples)
    if examples < 2 * len(INFO.class_names):
        expected = f"at least {2 * len(INFO.class_names)}, 2 of each class"
        raise argument_error("examples", expected, examples)
    # RandomState, like the splits: its stream is promised to stay the same.
    random = np.random.RandomState(seed)
    y = random.permutation(np.arange(examples) % len(INFO.class_names))
    x = np.zeros((examples, SAMPLE_RATE), np.float32)
    for row, label in zip(x, y, strict=True):
        samples = random.randint(int(0.35 * SAMPLE_RATE), int(0.7 * SAMPLE_RATE))
        start = random.randint(0, SAMPLE_RATE - samples + 1)
        sound = _one(INFO.class_names[label], samples, random)
        row[start : start + samples] = sound * _fade(samples) / np.sqrt(np.mean(sound**2))
        row += 10 ** (-random.uniform(5, 25) / 20) * random.standard_normal(SAMPLE_RATE)
        row *= 10 ** (-random.uniform(0, 20) / 20) / np.abs(row).max()
    # As a recording keeps them, in 16 bits: the last bits of a sine may differ between machines.
    return np.round(x * 32767) / np.float32(32768), y


def _one(name: str, samples: int, random: np.random.RandomState) -> np.ndarray:
    """Returns a sound of one class, at a random pitch, of any loudness."""
    if name == "noise":
        return random.standard_normal(samples)
    part = np.arange(samples) / samples  # 0 to 1 over the sound
    low = 200 * 3.2 ** random.uniform()  # 200 to 640 Hz: overtones stay below 4000
    high = low * random.uniform(1.4, 2)
    if name in ("rising", "falling"):
        return _harmonics(low * (high / low) ** (part if name == "rising" else 1 - part))
    if name in ("low high", "high low"):
        is_high = (part > random.uniform(0.4, 0.6)) == (name == "low high")
        return _harmonics(np.where(is_high, high, low))
    if name == "trill":
        turns = random.uniform(6, 14) * samples / SAMPLE_RATE  # 6 to 14 a second
        return _harmonics(
            np.where(np.sin(2 * np.pi * (turns * part + random.uniform())) > 0, high, low)
        )
    if name == "tone":
        return _harmonics(np.full(samples, low * random.uniform(1, 2)))
    pitch = 90 * 3 ** random.uniform() * (1 + random.uniform(-0.15, 0.15) * part)
    return _vowel(pitch, _FORMANTS[name], random.uniform(0.9, 1.2))


def _harmonics(frequency: np.ndarray) -> np.ndarray:
    """Returns a tone of this frequency at each sample, in Hz, with two overtones."""
    phase = 2 * np.pi * np.cumsum(frequency) / SAMPLE_RATE
    return np.sin(phase) + 0.4 * np.sin(2 * phase) + 0.2 * np.sin(3 * phase)


def _vowel(pitch: np.ndarray, formants: Iterable[tuple[int, int]], size: float) -> np.ndarray:
    """Returns a vowel: overtones of the pitch, each as strong as the formants let it be.

    Args:
        pitch: in Hz, at each sample.
        formants: frequency and width of each, in Hz.
        size: what the formants are multiplied by; a smaller head has higher ones.
    """
    phase = 2 * np.pi * np.cumsum(pitch) / SAMPLE_RATE
    sound = np.zeros(len(pitch))
    for number in range(1, int(0.95 * SAMPLE_RATE / 2 / pitch.max()) + 1):
        frequency = number * pitch.mean()
        gain = sum(1 / (1 + ((frequency - f * size) / w) ** 2) for f, w in formants)
        sound += gain / number**0.5 * np.sin(number * phase)
    return sound


def _fade(samples: int) -> np.ndarray:
    """Returns 1, but for 20 ms at either end, where it goes smoothly to 0."""
    edge = np.minimum(np.arange(samples), np.arange(samples)[::-1]) / (0.02 * SAMPLE_RATE)
    return np.sin(np.pi / 2 * np.minimum(edge, 1)) ** 2
