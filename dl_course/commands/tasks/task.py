"""What can be trained from the command line: the one form that all tasks share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from dl_course.commands.run_folder import RunFolder
from dl_course.tables import read_table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from dl_course.training import Recipe

PROBE = 64


class Task:
    """One thing to train, from the data's name to the pictures.

    `dl-course train NAME` calls the methods from top to bottom; `evaluate` and `plot` read the
    trained model instead of building one. Keras is not imported before `build`, so that a wrong
    name or file is answered at once.

    Args:
        arguments: the options by name, as config.json keeps them.

    Attributes:
        name: the word after `dl-course train`.
        defaults: every option that has a default; the others are None unless given.
        data: what `load` has loaded.
    """

    name: str
    defaults: dict[str, Any]
    data: Any

    def __init__(self, arguments: dict[str, Any]):
        """Takes the options."""
        self.arguments = arguments

    def load(self) -> None:
        """Loads the data, and raises a `CourseError` if they do not suit."""
        raise NotImplementedError

    def data_record(self) -> dict[str, Any]:
        """Returns what config.json tells of the data, `name` and `checksum` at least."""
        return {"name": self.data.name, "checksum": self.data.checksum}

    def build(self):
        """Returns a new, uncompiled model."""
        raise NotImplementedError

    def training_arrays(self) -> tuple:
        """Returns inputs and targets for `fit`."""
        return self.data.x_train, self.data.y_train

    def recipe(self) -> str | Recipe:
        """Returns how to train."""
        return self.arguments["recipe"]

    def recorders(self, x, y: np.ndarray) -> list:
        """Returns the watchers of a run, on the first of its training examples."""
        from dl_course.diagnostics import ActivationFlow, GradientFlow, GradientThroughTime
        from dl_course.training import take

        probe = np.arange(min(PROBE, len(y)))
        x, y = take(x, probe), y[probe]
        return [GradientFlow(x, y), GradientThroughTime(x, y), ActivationFlow(x)]

    def callbacks(self, folder: RunFolder) -> list:
        """Returns further Keras callbacks of a run; most tasks have none."""
        return []

    def reader(self, model):
        """Returns a trained model with its preprocessing: raw examples in, answers out."""
        raise NotImplementedError

    def save(self, reader, path: Path) -> None:
        """Writes the reader to a `.keras` file."""
        reader.save(path)

    def load_reader(self, path: Path, *, allow_custom_code: bool = False):
        """Returns the reader that `save` has written."""
        from dl_course import inference

        return inference.load(path, allow_custom_code=allow_custom_code)

    def measure(self, reader) -> dict[str, float]:
        """Returns the measures on the test part of the data, by name."""
        raise NotImplementedError

    def test_examples(self) -> int:
        """Returns how many examples `measure` measures on."""
        return len(self.data.y_test)

    def headline(self, measured: dict[str, float]) -> str:
        """Returns the most telling measure in words, to follow "Test"."""
        return f"accuracy {measured['accuracy']:.4f}"

    def describe(self, measured: dict[str, float]) -> str:
        """Returns all measures in words."""
        return f"accuracy {measured['accuracy']:.4f}, loss {measured['loss']:.4f} nats"

    def pictures(self, folder: RunFolder, reader) -> dict[str, Figure]:
        """Returns the pictures of a finished run, by file name."""
        return course_of_training(folder)


def course_of_training(folder: RunFolder) -> dict[str, Figure]:
    """Returns the pictures that every run has: loss, accuracy, gradients, activations.

    With recurrent layers, the gradient through time too.

    Args:
        folder: the run folder, with its tables.
    """
    from dl_course import plots

    history, gradients, activations = (
        read_table(folder.file(f"{name}.csv"))
        for name in ("history", "gradient_flow", "activations")
    )
    pictures = {
        "loss": plots.plot_history(history, y_label="cross-entropy loss (nats)"),
        "accuracy": plots.plot_history(history, "accuracy"),
        "gradient_flow": plots.plot_gradient_summary(gradients),
        "activations": plots.plot_activation_summary(activations),
    }
    through_time = folder.file("gradient_flow_through_time.csv")
    if through_time.is_file():
        records = read_table(through_time)
        pictures["gradient_through_time"] = plots.plot_gradient_through_time(records)
    return pictures
