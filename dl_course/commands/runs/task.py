"""What can be trained from the command line: the one form that all tasks share."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from dl_course import datasets
from dl_course.commands.runs.options import TaskOptions
from dl_course.errors import TrainingError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from dl_course.backend import keras
    from dl_course.inference import Reader
    from dl_course.training import Objective, Run

PROBE = 64
# The recorders' tables, and whether every network has one: only recurrent layers have a flow
# through time.
RECORDS = {"gradient_flow": True, "activations": True, "gradient_flow_through_time": False}
Table = Mapping[str, Any]  # equally long columns, by name


@dataclasses.dataclass(frozen=True)
class Reads:
    """What a trained run reads from the command line of `dl-course predict`.

    Args:
        title: what it is in a sentence, such as "image files".
        type: `list[str]` or `list[Path]`, as the reader's `rows` take it.
        help: a sentence for `--help`.
        metavar: what stands for the value of an option in `--help`.
        switches: the flags that go with it, keywords of the reader's `rows`, with their help.
    """

    title: str
    type: Any
    help: str
    metavar: str | None = None
    switches: Mapping[str, str] = dataclasses.field(default_factory=dict)


class Task:
    """One thing to train, from the data's name to the pictures.

    A task is a module in `tasks/` with one subclass of this: the module's name, with hyphens, is
    the word after `dl-course train`, and the first line of the class's docstring is the help.

    `train` calls the methods from top to bottom; `evaluate` and `plot` load the trained model
    instead of building one. Nothing before `build` imports Keras, so that a wrong name or file is
    refused at once. No method leaves anything behind for another, except `load`.

    What later chapters need fits in here:

    - `detector` loads boxes, has two losses in its objective and mAP among its `measures`; its
      `use` is "predict IMAGE", and its reader's `rows` have a box each. `--out boxed.png` becomes
      an option of `predict`, drawn by a method of that reader.
    - `gan` trains two models in turn, so it overrides `fit`. Its `use` is "generate --count", and
      it has no test examples: `answers` are samples, and `measures` compare them with the data.
    - `few-shot` draws episodes, so it overrides `fit` as well. Its `use` is "predict IMAGE", with
      the examples of the new classes kept by its reader as preprocessing.

    Args:
        options: what the command line or config.json says.

    Attributes:
        Options: the dataclass of its options.
        learns: what it learns from, for the README's table.
        use: the verb and the option that a trained run answers to, such as "predict --text".
        reads: what that option of `predict` takes, if `predict` is the verb.
        example: a command line that uses the run `RUN`, for the README's table.
        measures: for each measure a format that says it in words, the most telling one first.
        in_headline: how many of the measures are shown after training.
        figures: the pictures that `pictures` may add to those of every run, one for each measure
            in the history included; what is drawn without being listed is refused.
        files: the files that the task adds to those of every run.
        data: what `load` has loaded.
    """

    Options = TaskOptions
    learns: ClassVar[str]
    use: ClassVar[str]
    reads: ClassVar[Reads]
    example: ClassVar[str]
    measures: ClassVar[dict[str, str]]
    in_headline: ClassVar[int] = 1
    figures: ClassVar[tuple[str, ...]] = (
        "loss",
        "gradient_flow",
        "gradient_through_time",
        "activations",
    )
    files: ClassVar[tuple[str, ...]] = (
        *("checkpoint.npz", "model.keras", "metrics.json", "history.csv"),
        *(f"{name}.csv" for name in RECORDS),
    )
    options: Any
    data: Any

    def __init__(self, options: TaskOptions):
        self.options = options

    @classmethod
    def name(cls) -> str:
        """Returns the word after `dl-course train`."""
        return cls.__module__.rpartition(".")[2].replace("_", "-")

    def load(self) -> None:
        """Loads the data, of the kind that `data_option` was told.

        Raises:
            CourseError: the data do not suit the task.
        """
        self.data = datasets.load(self.options.data, **self.options.reading())

    def data_record(self) -> dict[str, Any]:
        """Returns what config.json says about the data: `name` and `checksum` at least."""
        return {"name": self.data.name, "checksum": self.data.checksum}

    def build(self) -> keras.Model:
        """Returns a new, uncompiled model."""
        raise NotImplementedError

    def training_arrays(self) -> tuple[Any, Any]:
        """Returns inputs and targets for `fit`."""
        return self.data.x_train, self.data.y_train

    def recipe(self) -> str:
        """Returns the name of the recipe to train by, one of `RECIPES`."""
        return self.options.recipe

    def objective(self) -> Objective:
        """Returns what to minimize and what to measure during training."""
        raise NotImplementedError

    def recorders(self, x: Any, y: np.ndarray) -> list:
        """Returns the recorders of a run, on the first of its training examples."""
        from dl_course.diagnostics import ActivationFlow, GradientFlow, GradientThroughTime
        from dl_course.training import take

        probe = np.arange(min(PROBE, len(y)))
        x, y = take(x, probe), y[probe]
        return [GradientFlow(x, y), GradientThroughTime(x, y), ActivationFlow(x)]

    def callbacks(self, folder: Path) -> list:
        """Returns further Keras callbacks of a run; most tasks have none."""
        return []

    def fit(self, model: keras.Model, x: Any, y: Any, **watching: Any) -> Run:
        """Trains the model; `watching` are the recorders, callbacks and checkpoint of `fit`."""
        from dl_course.training import fit

        return fit(
            model,
            ((x, y), None),
            recipe=self.recipe(),
            objective=self.objective(),
            epochs=self.options.epochs,
            batch_size=self.options.batch_size,
            learning_rate=self.options.learning_rate,
            patience=self.options.patience,
            seed=self.options.seed,
            **watching,
        )

    def reader(self, model: keras.Model) -> Reader:
        """Returns the trained model with its preprocessing: raw examples in, answers out."""
        raise NotImplementedError

    def answers(self, reader: Any) -> Any:
        """Returns what the reader says about the test examples, for `measure` and `pictures`."""
        return reader.predict(self.data.x_test)

    def measure(self, reader: Any, answers: Any) -> dict[str, float]:
        """Returns the measures on the test part of the data, by name."""
        return self.objective().scores(self.data.y_test, answers)

    def test_examples(self) -> int:
        """Returns how many examples `measure` uses."""
        return len(self.data.y_test)

    def texts(self, answers: Any) -> dict[str, str]:
        """Returns the text files of a finished run, by file name; most tasks have none."""
        return {}

    def pictures(
        self, tables: Mapping[str, Table], reader: Any, answers: Any
    ) -> dict[str, Axes | Figure]:
        """Returns the pictures of a finished run, by file name.

        Args:
            tables: "history" and the recorders' tables, by name.
            reader: the trained model with its preprocessing.
            answers: as `answers` returned them.
        """
        return _course_of_training(tables, self.objective())

    @classmethod
    def in_words(cls, measured: dict[str, float], count: int | None = None) -> str:
        """Returns measures in words, all of them or the first `count`."""
        shown = list(cls.measures.items())[:count]
        return ", ".join(words.format(measured[name]) for name, words in shown)


def _course_of_training(
    tables: Mapping[str, Table], objective: Objective
) -> dict[str, Axes | Figure]:
    """Returns the pictures that every run has: loss, measures, gradients, activations.

    With recurrent layers, also the gradient through time.
    """
    from dl_course import plots

    history = tables["history"]
    rest = ("epoch", "loss", "learning_rate", "seconds")
    measured = [name for name in history if name not in rest and not name.startswith("val_")]
    pictures = {
        **{
            name: plots.plot_history(history, name, y_label=label, mode=objective.mode_of(name))
            for name, label in {"loss": objective.loss_label, **dict.fromkeys(measured)}.items()
        },
        "gradient_flow": plots.plot_gradient_summary(tables["gradient_flow"]),
        "activations": plots.plot_activation_summary(tables["activations"]),
    }
    if "gradient_flow_through_time" in tables:
        records = tables["gradient_flow_through_time"]
        pictures["gradient_through_time"] = plots.plot_gradient_through_time(records)
    return pictures


def check_same_data(config: dict, task: Task, or_else: str = "") -> None:
    """Raises a `TrainingError` unless a task's data are those that its run was trained on."""
    expected, received = config["data"]["checksum"], task.data.checksum
    if received != expected:
        raise TrainingError(
            f"{task.data.name}: expected the data that the run began with, checksum {expected}. "
            f"Received: checksum {received}. Put the old data back{or_else}."
        )
