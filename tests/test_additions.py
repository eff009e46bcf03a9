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
from addition_files import DATA_SET, EXERCISES, MODEL, PLOT, READER, TASK

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
ROWS = dict(re.findall(r"^\| (?:a |an )?([a-z ]+) \| (`.*) \|$", TEXT, re.MULTILINE))
MOST = {"data set": 3, "something to train": 8, "plot": 4, "chapter": 4, "assignment": 1}


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
    assert "│ Dots" in said and said.count("tiny") >= 3
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
        "dl_course/inference/__init__.py", "from dl_course.inference.tiny import TinyReader"
    )
    course.write("dl_course/commands/runs/tasks/tiny.py", TASK)
    course.write(
        "tests/models/test_models_tiny.py",
        'EXAMPLE = {"build_tiny": {"features": 3, "num_classes": 2}}\n',
    )
    course.run("-m", "docs.generate")
    assert course.touched() == files_of("something to train", NAME="tiny")

    reference = (course.root / "docs" / "commands.md").read_text(encoding="utf-8")
    assert "## dl-course train tiny" in reference
    assert "How bold to be. [at least 1" in reference and "Numbers with commas" in reference
    assert "`dl-course train tiny`" in (course.root / "README.md").read_text(encoding="utf-8")

    row = ",".join(["1"] * 30)
    said = course.commands(
        "train --help",
        "train tiny --help",
        "train tiny --out x --epochs 1 --boldness 5",
        "train tiny --out x --resume",
        "evaluate x",
        f"predict x --row {row}",
    )
    assert "Train a line" in said and "--boldness" in said and "Test accuracy" in said
    assert "breast_cancer: accuracy" in said and f"\n{row}\t" in said
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
