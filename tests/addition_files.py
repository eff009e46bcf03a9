"""What `test_additions` adds to a copy of the course, file by file."""

DATA_SET = '''
"""Two points, for a test."""

import numpy as np

from dl_course.datasets.dataset import Dataset, from_table
from dl_course.datasets.records import DatasetInfo

INFO = DatasetInfo(
    name="tiny",
    title="Dots",
    kind="table",
    notes="four rows, one feature",
    class_names=("left", "right"),
    input_shape=(1,),
    train_examples=2,
    test_examples=2,
    split="by hand",
    is_split_here=False,
    checksum="CHECKSUM",
    licence="CC0",
    authors="nobody",
    source="https://example.org/tiny",
)


def load(test_share: float, seed: int) -> Dataset:
    """Makes the points."""
    half = np.array([[-1.0], [1.0]]), np.array([0, 1])
    return from_table(INFO.name, half, half, INFO.class_names, ("place",))
'''

MODEL = '''
"""A line, for a test."""

from dl_course.backend import keras


def build_tiny(features: int, num_classes: int) -> keras.Model:
    """Builds one dense layer.

    Example:
        >>> build_tiny(3, 2).count_params()
        8
    """
    inputs = keras.Input((features,))
    outputs = keras.layers.Dense(num_classes, activation="softmax")(inputs)
    return keras.Model(inputs, outputs)
'''

READER = '''
"""Rows of numbers in, the probability of each class out, for a test."""

import numpy as np

from dl_course.inference.reader import Reader


class TinyReader(Reader):
    """A classifier of rows.

    Example:
        >>> TinyReader.name
        'tiny classifier'
    """

    name = "tiny classifier"

    def __init__(self, model, class_names):
        self.model, self.class_names = model, tuple(class_names)

    def predict(self, x):
        """Returns the probabilities."""
        return self.model.predict(x, verbose=0)

    def rows(self, rows):
        """Gives each row and its class."""
        for row in rows:
            x = np.array([row.split(",")], dtype="float32")
            yield row, self.class_names[self.predict(x)[0].argmax()]

    def parts(self):
        """Returns the class names."""
        return {"class_names": list(self.class_names)}

    @classmethod
    def from_parts(cls, model, parts):
        """Returns the reader of a model."""
        return cls(model, parts["class_names"])
'''

TASK = '''
"""`dl-course train tiny`, for a test."""

import dataclasses

from dl_course.commands.runs.classification import ClassificationTask
from dl_course.commands.runs.options import TaskOptions, data_option, option
from dl_course.commands.runs.task import Reads


class Tiny(ClassificationTask):
    """Train a line on a table."""

    @dataclasses.dataclass(frozen=True, kw_only=True)
    class Options(TaskOptions):
        """Which table, and how boldly."""

        data: str = data_option("breast_cancer", "table")
        boldness: int = option(3, "How bold to be.", minimum=1)

    learns = "rows of numbers"
    use, example = "predict --row", "predict RUN --row 1,2"
    reads = Reads("--row", list[str], "Numbers with commas. May be repeated.", metavar="ROW")

    def build(self):
        """Returns a line."""
        from dl_course.models import build_tiny

        return build_tiny(*self.data.input_shape, self.data.num_classes)

    def training_arrays(self):
        """Returns the standardized table."""
        x = self.data.x_train
        return (x - x.mean(axis=0)) / x.std(axis=0), self.data.y_train

    def recipe(self):
        """Returns how to train."""
        return "table"

    def reader(self, model):
        """Returns the classifier of rows."""
        from dl_course.inference import TinyReader

        return TinyReader(model, self.data.class_names)
'''

PLOT = '''
"""A dot, for a test."""

from matplotlib.axes import Axes

from dl_course.plots import _style


def plot_tiny(value: float) -> Axes:
    """Draws a dot.

    Example:
        >>> plot_tiny(1.0).get_title()
        'A dot at 1'
    """
    ax = _style.new_axes(3.2)
    ax.plot([value], [value], "o")
    _style.label(ax, f"A dot at {value:g}", "place (m)", "place (m)")
    return ax
'''

EXERCISES = '''
"""The exercise of a chapter for a test."""

from dl_course.assignments.exercises.kinds import NumberExercise

EXERCISES = (
    NumberExercise(id="two", solution=2, explanation="1 + 1 = 2.", hint="Count.", mistakes=()),
)
'''
