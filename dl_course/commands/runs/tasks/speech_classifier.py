"""`dl-course train speech-classifier`: sounds in, the probability of each class out."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from dl_course import plots
from dl_course.commands.runs.classification import ClassificationTask
from dl_course.commands.runs.options import TaskOptions, data_option, option
from dl_course.commands.runs.task import Reads, Table
from dl_course.errors import DataError

if TYPE_CHECKING:
    from dl_course.backend import keras
    from dl_course.inference import SpeechClassifier


class SpeechClassification(ClassificationTask):
    """Train a classifier of sounds (D0 1, D1 1)."""

    @dataclasses.dataclass(frozen=True, kw_only=True)
    class Options(TaskOptions):
        """Which sounds, and what kind of network."""

        data: str = data_option("sounds", "sounds")
        kind: str = option("cnn", "Kind of network.", choices=("cnn", "gru"))

    learns = "sounds"
    use, example = "predict --audio", "predict RUN --audio word.wav"
    reads = Reads("--audio", list[Path], "A .wav file. May be repeated.", metavar="FILE")
    figures = ("spectrogram",)

    def data_record(self) -> dict:
        """Returns name, checksum, classes, length and rate of the sounds."""
        return {**super().data_record(), "sample_rate": self.data.sample_rate}

    def build(self) -> keras.Model:
        """Returns a new network for sounds of this length and rate."""
        from dl_course.models import build_speech_classifier

        return build_speech_classifier(
            *self.data.input_shape,
            self.data.num_classes,
            sample_rate=self.data.sample_rate,
            kind=self.options.kind,
            seed=self.options.seed,
        )

    def recipe(self) -> str:
        """Returns how to train a classifier of sounds."""
        return "speech"

    def reader(self, model: keras.Model) -> SpeechClassifier:
        """Returns the classifier of raw sounds."""
        from dl_course.inference import SpeechClassifier

        return SpeechClassifier(model, self.data.sample_rate, self.data.class_names)

    def answers(self, reader: SpeechClassifier) -> np.ndarray:
        """Returns the probabilities of the test sounds, which must have the model's rate."""
        if self.data.sample_rate != reader.sample_rate:
            raise DataError(
                f"{self.data.name}: expected sounds at {reader.sample_rate} Hz, as the model was "
                f"trained on. Received: {self.data.sample_rate} Hz. Convert them."
            )
        return reader.predict(self.data.x_test)

    def pictures(
        self, tables: Mapping[str, Table], reader: SpeechClassifier, answers: np.ndarray
    ) -> dict:
        """Returns the training curves, sounds of each class, and the confusion matrix."""
        sounds = plots.plot_sounds(
            self.data.x_test,
            self.data.sample_rate,
            self.data.y_test,
            self.data.class_names,
            max_sounds=12,
            title=f"{self.data.name}: test sounds of every class",
        )
        return {**super().pictures(tables, reader, answers), "spectrogram": sounds}
