"""A module in `sets/` is all that a data set needs; a module in `files/`, a form of your own."""

import importlib
import sys
from pathlib import Path

import numpy as np
import pytest

from dl_course import datasets
from dl_course.commands.data import sets_table
from dl_course.datasets import files, formats, registry, sets
from dl_course.errors import CourseError

SET = """
import dataclasses
import numpy as np
from dl_course.datasets.dataset import from_table
from dl_course.datasets.sets.breast_cancer import INFO
INFO = dataclasses.replace(INFO, name={name!r}, title="Coins that were thrown")

def load(test_share, seed):
    half = np.ones((2, 1)), np.array([0, 1])
    return from_table(INFO.name, half, half, ("heads", "tails"), ("height",))
"""
FORMAT = """
from dl_course.datasets.dataset import from_table
from dl_course.datasets.formats import Format
FORMAT = Format("table", "a .dice file", lambda path: path.suffix == ".dice")

def load(path, test_share, seed):
    import numpy as np
    half = np.ones((2, 1)), np.array([0.5, 1])
    return from_table(path.stem, half, half, (), ("height",))
"""


@pytest.fixture
def add(tmp_path, monkeypatch):
    """Writes a module as if it lay in a package of the room, for the time of a test."""
    added = []

    def add(package, name, text):
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
        monkeypatch.setattr(package, "__path__", [*package.__path__, str(tmp_path)])
        added.append((package, name))
        forget()

    def forget():
        importlib.invalidate_caches()
        registry.modules.cache_clear()
        formats.modules.cache_clear()

    yield add
    monkeypatch.undo()
    forget()
    for package, name in added:
        sys.modules.pop(f"{package.__name__}.{name}", None)
        vars(package).pop(name, None)


def test_a_new_module_is_a_data_set(add):
    add(sets, "coins", SET.format(name="coins"))
    assert "coins" in datasets.names() and datasets.info("coins").kind == "table"
    assert datasets.load("coins", kind="table").class_names == ("heads", "tails")
    assert datasets.locate("coins") == "embedded"
    assert "coins" in list(sets_table().columns[0].cells)


def test_two_modules_with_one_name_are_both_named(add):
    add(sets, "more_digits", SET.format(name="digits"))
    with pytest.raises(CourseError) as caught:
        datasets.load("digits")
    text = str(caught.value)
    assert "Two modules declare the data set 'digits'" in text and "\n" not in text
    assert str(Path(sets.__path__[0]) / "digits.py") in text and "more_digits.py" in text


@pytest.mark.parametrize(
    ("text", "lacks"), [("INFO = 1", "lacks load"), ("", "lacks INFO and load")]
)
def test_a_module_that_is_no_data_set_is_named(add, text, lacks):
    add(sets, "half", text)
    with pytest.raises(CourseError, match=rf"half\.py: expected a module .* It {lacks}\."):
        datasets.names()


def test_a_module_with_an_underscore_is_left_alone(add):
    add(sets, "_helper", "")
    assert datasets.names()


def test_a_new_module_is_a_form_of_your_own_files(add, tmp_path):
    path = tmp_path / "own.dice"
    path.touch()
    with pytest.raises(CourseError, match=r"own\.dice: a table cannot be read from a file of your"):
        datasets.load(path, kind="table")
    add(files, "dice", FORMAT)
    for kind in (None, "table"):
        np.testing.assert_array_equal(datasets.load(path, kind=kind).y_test, [0.5, 1])
    with pytest.raises(CourseError, match=r"or give the path of a \.dice file"):
        datasets.load("digits", kind="table")
