"""`dl-course train cnn`: the documents' network on images."""

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

if TYPE_CHECKING:
    from dl_course.backend import keras
    from dl_course.inference import ImageClassifier


class Cnn(ClassificationTask):
    """Train the documents' CNN on images (D1 4.1, D2 4)."""

    @dataclasses.dataclass(frozen=True, kw_only=True)
    class Options(TaskOptions):
        """Which images, and how wide a network."""

        data: str = data_option("digits", "images")
        recipe: str = option("fast", "As in the document, or faster.", choices=("document", "fast"))
        hidden_units: int = option(128, "Units of the dense layer.", positive=True)

    learns = "images"
    use, example = "predict IMAGE", "predict RUN image.png"
    reads = Reads(
        "image files",
        list[Path],
        "Image files.",
        switches={"resize": "Convert images to the model's size and colours."},
    )
    figures = ("feature_maps",)

    def build(self) -> keras.Model:
        """Returns the documents' network for these images."""
        from dl_course.models import build_cnn

        shape, classes = self.data.input_shape, self.data.num_classes
        return build_cnn(shape, classes, hidden_units=self.options.hidden_units)

    def reader(self, model: keras.Model) -> ImageClassifier:
        """Returns the classifier of images."""
        from dl_course.inference import ImageClassifier

        return ImageClassifier(model, self.data.class_names)

    def answers(self, reader: ImageClassifier) -> np.ndarray:
        """Returns the probabilities of the test images, which must have the model's size."""
        return reader.predict(self.data.x_test, resize=False)

    def pictures(
        self, tables: Mapping[str, Table], reader: ImageClassifier, answers: np.ndarray
    ) -> dict:
        """Returns the training curves, the feature maps of an image, and the confusion matrix."""
        from dl_course.diagnostics import feature_maps

        image = self.data.x_test[0]
        maps = plots.plot_feature_maps(image, feature_maps(reader.model, image))
        return {**super().pictures(tables, reader, answers), "feature_maps": maps}
