"""Sounds in, the probability of each class out: for arrays, or for files of any length."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Self

import numpy as np

from dl_course.backend import keras
from dl_course.datasets import pad_sounds, stream_sound
from dl_course.errors import DataError, check_positive_integer
from dl_course.inference.reader import Reader, check_class_names

_BATCH = 64  # windows that are classified at once


class SpeechClassifier(Reader):
    """A trained classifier of sounds with its sample rate and the names of its classes.

    Args:
        model: as `build_speech_classifier` built it, trained.
        sample_rate: samples per second of what it was trained on, in Hz.
        class_names: one name per class.

    Attributes:
        samples: the length of the window that the model takes.

    Raises:
        CourseError: model and names do not fit.

    Example:
        >>> from dl_course.models import build_speech_classifier
        >>> model = build_speech_classifier(8000, 2, sample_rate=8000)
        >>> classifier = SpeechClassifier(model, 8000, ("no", "yes"))
        >>> classifier.predict([np.zeros(3000), np.ones(8000)]).shape
        (2, 2)
    """

    name = "speech classifier"

    def __init__(self, model: keras.Model, sample_rate: int, class_names: Sequence[str]):
        check_positive_integer("sample_rate", sample_rate)
        self.model = model
        self.samples = model.input_shape[1]
        self.sample_rate = int(sample_rate)
        self.class_names = check_class_names(model, class_names)

    def predict(self, waveforms: Sequence[np.ndarray]) -> np.ndarray:
        """Returns the probability of each class for sounds of at most one window.

        Args:
            waveforms: n sounds in [-1, 1] at the model's rate, shape (n, samples), or a list of
                different lengths. A shorter one is padded with zeros.

        Returns:
            float32, shape (n, classes); every row sums to 1. The answer for silence means
            nothing.

        Raises:
            DataError: a sound is empty, too long, of several channels, or not finite.
        """
        sounds = [self._checked(number, sound) for number, sound in enumerate(waveforms)]
        if not sounds:
            return np.zeros((0, len(self.class_names)), np.float32)
        parts = []
        for start in range(0, len(sounds), _BATCH):
            batch = pad_sounds(sounds[start : start + _BATCH], self.samples)
            parts.append(keras.ops.convert_to_numpy(self.model(batch, training=False)))
        return np.concatenate(parts)

    def predict_file(self, path: str | os.PathLike) -> Iterator[tuple[float, np.ndarray]]:
        """Classifies a sound file window by window, so that an hour takes little memory.

        Args:
            path: a .wav file of any rate, mono or stereo, see `read_sound`.

        Yields:
            For each window the second at which it begins, and its probabilities, shape
            (classes,). Windows overlap by half, so that every short word is whole in one of
            them; a file no longer than a window has one.

        Raises:
            DataError: the file cannot be read.
        """
        hop = max(1, self.samples // 2)
        windows = stream_sound(path, self.sample_rate, self.samples, hop)
        starts = itertools.count(0, hop)
        while batch := list(itertools.islice(windows, _BATCH)):
            for row in self.predict(batch):
                yield next(starts) / self.sample_rate, row

    def rows(self, paths: Iterable[str | os.PathLike]) -> Iterator[tuple[str, ...]]:
        """Gives for each window of each file: path, second, class and probability."""
        for path in paths:
            for start, row in self.predict_file(path):
                label = self.class_names[row.argmax()]
                yield os.fspath(path), f"{start:.2f} s", label, f"{row.max():.4f}"

    def parts(self) -> dict[str, Any]:
        """Returns the rate and the class names."""
        return {"sample_rate": self.sample_rate, "class_names": list(self.class_names)}

    @classmethod
    def from_parts(cls, model: keras.Model, parts: dict[str, Any]) -> Self:
        """Returns a classifier made of a model and what `parts` returned."""
        return cls(model, parts["sample_rate"], parts["class_names"])

    def _checked(self, number: int, sound: object) -> np.ndarray:
        """Returns one sound as float32."""
        array = np.asarray(sound)
        if array.dtype.kind not in "fiu" or array.ndim != 1 or not 0 < len(array) <= self.samples:
            raise DataError(
                f"`waveforms` must be sounds of 1 to {self.samples} samples, in one channel. "
                f"Received: waveforms[{number}] of type {array.dtype} and shape {array.shape}. "
                "Classify a longer sound in windows: predict_file."
            )
        if array.dtype.kind != "f":
            raise DataError(
                "`waveforms` must be in [-1, 1], of a floating-point type. "
                f"Received: waveforms[{number}] of type {array.dtype}. Read it with read_sound."
            )
        if not np.isfinite(array).all():
            raise DataError(
                f"`waveforms` must hold finite numbers. Received: waveforms[{number}] with nan or "
                "inf. Leave it out."
            )
        return array.astype(np.float32, copy=False)
