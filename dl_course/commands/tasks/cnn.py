"""`dl-course train cnn`: the documents' network on images."""

from __future__ import annotations

from pathlib import Path

from dl_course import datasets, plots
from dl_course.commands.tasks.task import Task, course_of_training
from dl_course.files import atomic_path


class Cnn(Task):
    """Images in, the probability of each class out (D1 4.1, D2 4).

    Example:
        >>> Cnn(dict(Cnn.defaults)).recipe()
        'fast'
    """

    name = "cnn"
    defaults = {"data": "digits", "recipe": "fast", "hidden_units": 128, "seed": 0}

    def load(self) -> None:
        """Loads images: of a registered set, an .npz file or a folder."""
        self.data = datasets.load(self.arguments["data"], kind="images")

    def data_record(self) -> dict:
        """Returns name, checksum, classes and shape of the images."""
        return {
            **super().data_record(),
            "class_names": list(self.data.class_names),
            "input_shape": list(self.data.input_shape),
        }

    def build(self):
        """Returns the documents' network for these images."""
        from dl_course.models import build_cnn

        return build_cnn(
            self.data.input_shape,
            self.data.num_classes,
            hidden_units=self.arguments["hidden_units"],
        )

    def reader(self, model):
        """Returns the model itself: what it reads are the images."""
        return model

    def save(self, reader, path: Path) -> None:
        """Writes the model to a `.keras` file."""
        with atomic_path(path) as beside:
            reader.save(beside)

    def load_reader(self, path: Path, *, allow_custom_code: bool = False):
        """Returns the model of a `.keras` file."""
        from dl_course.models import load_model

        return load_model(path, allow_custom_code=allow_custom_code)

    def measure(self, reader) -> dict[str, float]:
        """Returns accuracy and cross-entropy on the test images."""
        from dl_course.training import predict, scores

        return scores(self.data.y_test, predict(reader, self.data.x_test))

    def pictures(self, folder, reader) -> dict:
        """Returns the course of the training, the feature maps of an image, and the confusions."""
        from dl_course.diagnostics import feature_maps
        from dl_course.training import predict

        image = self.data.x_test[0]
        predicted = predict(reader, self.data.x_test).argmax(axis=1)
        return {
            **course_of_training(folder),
            "feature_maps": plots.plot_feature_maps(image, feature_maps(reader, image)),
            "confusion_matrix": plots.plot_confusion_matrix(
                self.data.y_test, predicted, self.data.class_names
            ),
        }
