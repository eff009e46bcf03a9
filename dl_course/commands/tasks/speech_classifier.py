"""`dl-course train speech-classifier`: sounds in, the probability of each class out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dl_course import datasets, plots
from dl_course.commands.tasks.task import Task, course_of_training
from dl_course.errors import DataError

if TYPE_CHECKING:
    from dl_course.inference.speech_classifier import SpeechClassifier


class SpeechClassification(Task):
    """Raw sound in, the probability of each class out (D0 1, D1 1).

    Example:
        >>> SpeechClassification(dict(SpeechClassification.defaults)).recipe()
        'speech'
    """

    name = "speech-classifier"
    defaults = {"data": "sounds", "kind": "cnn", "seed": 0}

    def load(self) -> None:
        """Loads sounds: a registered set, or a folder with one subfolder of .wav per class."""
        self.data = datasets.load(self.arguments["data"], kind="sounds")

    def data_record(self) -> dict:
        """Returns name, checksum, classes, length and rate of the sounds."""
        return {
            **super().data_record(),
            "class_names": list(self.data.class_names),
            "input_shape": list(self.data.input_shape),
            "sample_rate": self.data.sample_rate,
        }

    def build(self):
        """Returns a new network for sounds of this length and rate."""
        from dl_course.models import build_speech_classifier

        return build_speech_classifier(
            *self.data.input_shape,
            self.data.num_classes,
            sample_rate=self.data.sample_rate,
            kind=self.arguments["kind"],
            seed=self.arguments["seed"],
        )

    def recipe(self) -> str:
        """Returns how to train a classifier of sounds."""
        return "speech"

    def reader(self, model) -> SpeechClassifier:
        """Returns the classifier of raw sounds."""
        from dl_course.inference.speech_classifier import SpeechClassifier

        return SpeechClassifier(model, self.data.sample_rate, self.data.class_names)

    def measure(self, reader: SpeechClassifier) -> dict[str, float]:
        """Returns accuracy and cross-entropy on the test sounds."""
        from dl_course.training import scores

        if self.data.sample_rate != reader.sample_rate:
            raise DataError(
                f"{self.data.name}: expected sounds at {reader.sample_rate} Hz, as the model was "
                f"trained on. Received: {self.data.sample_rate} Hz. Convert them."
            )
        return scores(self.data.y_test, reader.predict(self.data.x_test))

    def pictures(self, folder, reader: SpeechClassifier) -> dict:
        """Returns the course of the training, the sounds of each class, and the confusions."""
        predicted = reader.predict(self.data.x_test).argmax(axis=1)
        return {
            **course_of_training(folder),
            "confusion_matrix": plots.plot_confusion_matrix(
                self.data.y_test, predicted, self.data.class_names
            ),
            "spectrogram": plots.plot_sounds(
                self.data.x_test,
                self.data.sample_rate,
                self.data.y_test,
                self.data.class_names,
                max_sounds=12,
                title=f"{self.data.name}: test sounds of every class",
            ),
        }
