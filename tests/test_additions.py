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
MOST = {"data set": 3, "something to train": 8, "plot": 4, "chapter": 4, "assignment": 2}

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
        for folder in ("dl_course", "notebooks", "docs", "data", "tests"):
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

    def command(self, *words: str) -> str:
        return self.run("-m", "dl_course", *words)

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
    course.write(name, DATA_SET)
    checksum = "from dl_course.datasets import load; print(load('tiny').checksum)"
    course.write(name, DATA_SET.replace("CHECKSUM", course.run("-c", checksum).strip()))
    course.write(
        "tests/datasets/test_datasets_tiny.py",
        "from dl_course.datasets import load\n\n\ndef test_it_has_two_points():\n"
        "    assert load('tiny').x_train.ravel().tolist() == [-1, 1]\n",
    )
    course.run("-m", "docs.generate")
    assert course.touched() == files_of("data set", NAME="tiny")
    assert "tiny" in course.command("data", "list")
    assert "tiny" in course.command("data", "fetch", "tiny")
    course.command("data", "check", "tiny")
    assert "| `tiny` |" in (course.root / "data" / "README.md").read_text(encoding="utf-8")
    contract = course.run(
        "-m", "pytest", "-q", "tests/datasets/test_datasets_contract.py", "-k", "tiny"
    )
    assert re.search(r"[1-9]\d* passed", contract)


def test_something_to_train(course):
    course.write("dl_course/models/tiny.py", MODEL)
    course.insert("dl_course/models/__init__.py", "from dl_course.models.tiny import build_tiny")
    course.write("dl_course/inference/tiny.py", READER)
    course.insert(
        "dl_course/inference/__init__.py", "from dl_course.inference.tiny import TinyReader"
    )
    course.write("dl_course/commands/runs/tasks/tiny.py", TASK)
    course.write("tests/commands/test_commands_tiny.py", '"""What only this task does."""\n')
    course.run("-m", "docs.generate")
    assert course.touched() == files_of("something to train", NAME="tiny")

    assert "tiny" in course.command("train", "--help")
    assert "--boldness" in course.command("train", "tiny", "--help")
    assert "Numbers with commas" in course.command("predict", "--help")
    reference = (course.root / "docs" / "commands.md").read_text(encoding="utf-8")
    assert "## dl-course train tiny" in reference and "How bold to be. [from 1" in reference
    assert "`dl-course train tiny`" in (course.root / "README.md").read_text(encoding="utf-8")

    said = course.command("train", "tiny", "--out", "x", "--epochs", "2", "--boldness", "5")
    assert "Test accuracy" in said
    config = json.loads((course.root / "x" / "config.json").read_text(encoding="utf-8"))
    assert config["command"] == "train tiny" and config["arguments"]["boldness"] == 5
    assert (course.root / "x" / "figures" / "confusion_matrix.png").is_file()
    assert "breast_cancer: accuracy" in course.command("evaluate", "x")
    row = ",".join(["1"] * 30)
    assert course.command("predict", "x", "--row", row).split("\t")[0] == row
    course.command("train", "tiny", "--out", "x", "--resume")
    course.command("train", "tiny", "--out", "x", "--epochs", "1", "--overwrite")
    loaded = "from dl_course import inference; print(inference.load('x/model.keras').class_names)"
    assert "malignant" in course.run("-c", loaded)


def test_a_plot(course):
    course.write("dl_course/plots/tiny.py", PLOT)
    course.insert("dl_course/plots/__init__.py", "from dl_course.plots.tiny import plot_tiny")
    course.write(
        "tests/plots/test_plot_tiny.py",
        '"""A dot."""\n\nfrom dl_course import plots\n\n'
        'PICTURES = {"plot_tiny": lambda: plots.plot_tiny(1.0)}\n',
    )
    assert course.touched() == files_of("plot", NAME="tiny")
    contract = course.run("-m", "pytest", "-q", "tests/plots/test_plots_contract.py", "-k", "tiny")
    assert re.search(r"[1-9]\d* passed", contract)


def test_a_chapter(course):
    first = course.root / "notebooks" / "00_start_here.ipynb"
    notebook = json.loads(first.read_text(encoding="utf-8"))
    notebook["metadata"]["dl_course"]["budget_seconds"] = 77
    course.write("notebooks/25_tiny.ipynb", json.dumps(notebook, indent=1))
    line = '    _chapter("25_tiny", "Tiny", "D0-3.1"),'
    course.insert("dl_course/syllabus/_chapters.py", line, before=")")
    course.write("dl_course/assignments/exercises/tiny.py", EXERCISES)
    course.run("-m", "docs.generate")
    assert course.touched() == files_of("chapter", NN="25", NAME="tiny")

    (row,) = [line for line in course.command("chapters").splitlines() if "25_tiny" in line]
    assert "written" in row and "D0 3.1" in row
    assert "25_tiny: Tiny (written)" in course.command("section", "D0-3.1")
    assert "| 25_tiny | 77 |" in (course.root / "README.md").read_text(encoding="utf-8")
    answer = "from dl_course.assignments import check; print(check('25-two', 2))"
    assert course.run("-c", answer).startswith("Right.")
    course.command("notebooks", "own")
    assert (course.root / "own" / "25_tiny.ipynb").is_file()


def test_an_assignment(course):
    master = course.root / "notebooks" / "assignments" / "06_convolution_variations.ipynb"
    text = master.read_text(encoding="utf-8").replace("06_convolution_variations", "08_tiny")
    course.write("notebooks/assignments/08_tiny.ipynb", text)
    assert course.touched() <= files_of("assignment", NN="08", NAME="tiny")

    assert "08_tiny" in course.command("assignment", "list")
    course.command("assignment", "release", "08_tiny", "--out", "handout")
    assert (course.root / "handout" / "08_tiny.ipynb").is_file()
    assert "08_tiny" in course.command("section", "D1-2.2")
