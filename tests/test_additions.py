"""CONTRIBUTING's table of files to touch is true: each row is carried out in a copy of the course.

Only the files of the row are written. Then everything that lists such things is asked for them.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
ROWS = dict(re.findall(r"^\| (?:a |an )?([a-z ]+) \| (`.*) \|$", TEXT, re.MULTILINE))
MOST = {"data set": 3, "something to train": 8, "plot": 4, "chapter": 4, "assignment": 1}

DATA_SET = '''
"""Two points, for a test."""

import numpy as np

from dl_course.datasets.dataset import Dataset, from_table
from dl_course.datasets.records import DatasetInfo

INFO = DatasetInfo(
    name="tiny",
    title="Two points on a line",
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
"""Texts in, the probability of each class out, for a test."""

import numpy as np

from dl_course.inference.reader import Reader


def lengths(texts):
    """Returns the number of characters of each text, in hundreds."""
    return np.array([[len(text) / 100] for text in texts], "float32")


class TinyReader(Reader):
    """A classifier of texts by their lengths.

    Example:
        >>> TinyReader.name
        'tiny classifier'
    """

    name = "tiny classifier"

    def __init__(self, model, class_names):
        self.model, self.class_names = model, tuple(class_names)

    def predict(self, texts):
        """Returns the probabilities."""
        return self.model.predict(lengths(texts), verbose=0)

    def rows(self, texts):
        """Gives for each text: itself, class and probability."""
        for text, row in zip(texts, self.predict(texts), strict=True):
            yield text, self.class_names[row.argmax()], f"{row.max():.4f}"

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

from dl_course import datasets
from dl_course.commands.runs.classification import ClassificationTask
from dl_course.commands.runs.options import TaskOptions, data_option, option


class Tiny(ClassificationTask):
    """Train a line on the lengths of texts."""

    @dataclasses.dataclass(frozen=True, kw_only=True)
    class Options(TaskOptions):
        """Which texts, and how boldly."""

        data: str = data_option("reviews", "texts")
        boldness: int = option(3, "How bold to be.", minimum=1)

    data_kind, learns = "texts", "how long texts are"
    use, example = "predict --text", "predict RUN --text long"

    def load(self):
        """Loads the texts."""
        self.data = datasets.load(self.options.data, kind="texts")

    def build(self):
        """Returns a line."""
        from dl_course.models import build_tiny

        return build_tiny(1, self.data.num_classes)

    def training_arrays(self):
        """Returns the lengths and the labels."""
        from dl_course.inference import lengths

        return lengths(self.data.x_train), self.data.y_train

    def recipe(self):
        """Returns how to train."""
        return "table"

    def reader(self, model):
        """Returns the classifier of texts."""
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


# What makes a copy of the first chapter another chapter.
CHAPTER = {
    "# 00 · Start here": "# 25 · Tiny",
    "CPU time budget: 60 seconds": "CPU time budget: 77 seconds",
    '"budget_seconds": 60': '"budget_seconds": 77',
    "This chapter mirrors no section": "| D0 3.1 | Gradient descent | 梯度下降 |",
    "## In the document": "## In the document: D0 3.1 · 梯度下降",
    "00-pixels": "25-two",
}


@pytest.fixture
def course(tmp_path):
    """A copy of the course, with a way to write files into it and to run Python on it."""
    return Course(tmp_path / "course")


class Course:
    """A copy of the course in which files are added.

    The documentation's generator may write too: its pages count as touched.
    """

    def __init__(self, root: Path):
        self.root = root
        for folder in ("dl_course", "notebooks", "docs", "data", "tests", "benchmarks"):
            ignored = shutil.ignore_patterns("__pycache__", "*.npz", "*.gz", "*.zip")
            shutil.copytree(ROOT / folder, root / folder, ignore=ignored)
        for name in ("README.md", "pyproject.toml"):
            shutil.copy(ROOT / name, root)
        self.before = self.state()

    def state(self) -> dict[str, str]:
        paths = [p for p in self.root.rglob("*") if p.is_file() and "__pycache__" not in p.parts]
        return {
            p.relative_to(self.root).as_posix(): hashlib.md5(p.read_bytes()).hexdigest()
            for p in paths
            if p.suffix in (".py", ".md", ".ipynb", ".toml")
        }

    def write(self, name: str, text: str) -> None:
        (self.root / name).write_text(text.lstrip("\n"), encoding="utf-8")

    def insert(self, name: str, line: str, before: str = "") -> None:
        """Adds a line at the end of a file, or before the last place that says `before`."""
        text = (self.root / name).read_text(encoding="utf-8")
        place = text.rindex(before) if before else len(text)
        self.write(name, text[:place] + line + "\n" + text[place:])

    def run(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, *words],
            cwd=self.root,
            env={**os.environ, "PYTHONPATH": str(self.root)},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        return done.stdout

    def commands(self, *lines: str) -> str:
        """Runs commands one after the other in one process and returns what they print."""
        runs = "any(cli.run(shlex.split(line)) for line in sys.argv[1:])"
        return self.run(
            "-c", f"import shlex, sys; from dl_course import cli; sys.exit({runs})", *lines
        )

    def test(self, *words: str) -> None:
        """Runs tests of the copy, which must all pass."""
        told = self.run("-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *words)
        assert re.search(r"[1-9]\d* passed", told)

    def touched(self) -> set[str]:
        after = self.state()
        return {name for name in after if after[name] != self.before.get(name)}


def files_of(row: str, **names: str) -> set[str]:
    """The files of a row of the table, with NAME and NN filled in."""
    found = set(re.findall(r"`([\w/.]+\.[a-z]+)`", ROWS[row]))
    for placeholder, name in names.items():
        found = {file.replace(placeholder, name) for file in found}
    return found


@pytest.mark.parametrize("row", MOST)
def test_no_addition_touches_too_many_files(row):
    assert 0 < len(files_of(row)) <= MOST[row]


def test_a_data_set(course):
    name = "dl_course/datasets/sets/tiny.py"
    exec(DATA_SET, module := {})
    course.write(name, DATA_SET.replace("CHECKSUM", module["load"](0.2, 0).checksum))
    course.write(
        "tests/datasets/test_datasets_tiny.py",
        "from dl_course.datasets import load\n\n\ndef test_it_has_two_points():\n"
        "    assert load('tiny').x_train.ravel().tolist() == [-1, 1]\n",
    )
    course.run("-m", "docs.generate")
    assert course.touched() == files_of("data set", NAME="tiny")
    said = course.commands("data list", "data fetch tiny", "data check tiny")
    assert "Two points on a line" in said and said.count("tiny") >= 3
    assert "| `tiny` |" in (course.root / "data" / "README.md").read_text(encoding="utf-8")
    course.test(
        *("tests/datasets/test_datasets_contract.py", "tests/datasets/test_datasets_loading.py"),
        *("dl_course/datasets/discovery.py", "dl_course/datasets/registry.py"),
        *("tests/datasets/test_datasets_tiny.py", "-k", "tiny or choice or names or declared"),
    )


def test_something_to_train(course):
    course.write("dl_course/models/tiny.py", MODEL)
    course.insert("dl_course/models/__init__.py", "from dl_course.models.tiny import build_tiny")
    course.write("dl_course/inference/tiny.py", READER)
    course.insert(
        "dl_course/inference/__init__.py",
        "from dl_course.inference.tiny import TinyReader, lengths",
    )
    course.write("dl_course/commands/runs/tasks/tiny.py", TASK)
    course.write(
        "tests/models/test_models_tiny.py",
        'EXAMPLE = {"build_tiny": {"features": 3, "num_classes": 2}}\n',
    )
    course.run("-m", "docs.generate")
    assert course.touched() == files_of("something to train", NAME="tiny")

    reference = (course.root / "docs" / "commands.md").read_text(encoding="utf-8")
    assert "## dl-course train tiny" in reference and "How bold to be. [from 1" in reference
    assert "`dl-course train tiny`" in (course.root / "README.md").read_text(encoding="utf-8")

    said = course.commands(
        "train --help",
        "train tiny --help",
        "train tiny --out x --epochs 1 --boldness 5",
        "train tiny --out x --resume",
        "evaluate x",
        "predict x --text Good.",
    )
    assert "Train a line" in said and "--boldness" in said and "Test accuracy" in said
    assert "reviews: accuracy" in said and "\nGood.\t" in said
    config = json.loads((course.root / "x" / "config.json").read_text(encoding="utf-8"))
    assert config["command"] == "train tiny" and config["arguments"]["boldness"] == 5
    assert (course.root / "x" / "figures" / "confusion_matrix.png").is_file()
    course.test(
        *("tests/models/test_models_contract.py", "tests/commands/test_commands_tasks.py"),
        *("dl_course/models/tiny.py", "dl_course/inference/tiny.py"),
        *("-k", "build_tiny or commands_tasks or tiny.py"),
    )


def test_a_plot(course):
    course.write("dl_course/plots/tiny.py", PLOT)
    course.insert("dl_course/plots/__init__.py", "from dl_course.plots.tiny import plot_tiny")
    course.write(
        "tests/plots/test_plot_tiny.py",
        '"""A dot."""\n\nfrom dl_course import plots\n\n'
        'PICTURES = {"plot_tiny": lambda: plots.plot_tiny(1.0)}\n',
    )
    assert course.touched() == files_of("plot", NAME="tiny")
    every = "test_every_plot_is_among_the_pictures"
    course.test(
        "tests/plots/test_plots_contract.py", "dl_course/plots/tiny.py", "-k", f"tiny or {every}"
    )


def test_a_chapter(course):
    first = course.root / "notebooks" / "00_start_here.ipynb"
    text = first.read_text(encoding="utf-8")
    for old, new in CHAPTER.items():
        assert text.count(old) == 1
        text = text.replace(old, new)
    course.write("notebooks/25_tiny.ipynb", text)
    line = '    _chapter("25_tiny", "Tiny", "D0-3.1"),'
    course.insert("dl_course/syllabus/_chapters.py", line, before=")")
    course.write("dl_course/assignments/exercises/tiny.py", EXERCISES)
    course.run("-m", "docs.generate")
    assert course.touched() == files_of("chapter", NN="25", NAME="tiny")

    said = course.commands("chapters", "section D0-3.1", "notebooks own")
    row = next(line for line in said.splitlines() if "25_tiny" in line)
    assert "written" in row and "D0 3.1" in row
    assert "25_tiny: Tiny (written)" in said
    assert (course.root / "own" / "25_tiny.ipynb").is_file()
    assert "| 25_tiny | 77 |" in (course.root / "README.md").read_text(encoding="utf-8")
    course.test(
        *("tests/test_syllabus.py", "tests/test_notebooks.py", "tests/assignments/test_check.py"),
        *("dl_course/commands/course.py", "dl_course/syllabus"),
        *("-k", "syllabus or course or 25_tiny or 25-two or ids_begin"),
    )


def test_an_assignment(course):
    master = course.root / "notebooks" / "assignments" / "06_convolution_variations.ipynb"
    text = master.read_text(encoding="utf-8").replace("06_convolution_variations", "08_tiny")
    course.write("notebooks/assignments/08_tiny.ipynb", text)
    assert course.touched() == files_of("assignment", NN="08", NAME="tiny")

    said = course.commands(
        "assignment list", "section D1-2.2", "assignment release 08_tiny --out handout"
    )
    assert said.count("08_tiny") >= 3
    assert (course.root / "handout" / "08_tiny.ipynb").is_file()
    course.test("tests/assignments/test_masters.py", "-k", "tiny or assignment_of_a_chapter")
