"""`dl-course assignment`: what a teacher lists and hands out, and the guide's own example."""

import csv
import inspect
import json
import re
import shutil
from datetime import datetime
from pathlib import Path

import pytest
from command_lines import files_under, start

from dl_course.assignments.masters import find_masters
from dl_course.cli_assignment import assignment_grade
from dl_course.commands.assignments import _as_date
from dl_course.grading import Limits

GUIDE = Path(__file__).parents[2] / "notebooks" / "assignments" / "README.md"
NAME = "06_convolution_variations"


def cells_of_the_guide():
    """The cells of the master that the guide writes, in order."""
    text = GUIDE.read_text(encoding="utf-8").split("## Writing a master")[1]
    cells = []
    for kind, block in re.findall(r"^```(\w+)\n(.*?)^```", text, re.M | re.S):
        if kind == "json":
            cells[-1]["metadata"] = json.loads(block)
        elif kind in ("markdown", "python"):
            code = {"outputs": [], "execution_count": None} if kind == "python" else {}
            kind = "code" if code else "markdown"
            cells.append({"cell_type": kind, "metadata": {}, "source": block.rstrip(), **code})
    return cells


def write_notebook(path, cells, **metadata):
    path.parent.mkdir(parents=True, exist_ok=True)
    notebook = {"nbformat": 4, "nbformat_minor": 4, "metadata": metadata, "cells": cells}
    path.write_text(json.dumps(notebook), encoding="utf-8")


@pytest.fixture
def mine(here):
    """A folder with the guide's master."""
    write_notebook(here / "mine" / "first_steps.ipynb", cells_of_the_guide())
    return here / "mine"


def test_lists_every_assignment_with_its_title(done):
    out = done("assignment", "list")
    for name in find_masters():
        assert name in out
    assert "Variations on convolution and pooling" in out


def test_releases_by_name_in_a_process_of_its_own(here):
    process = start("assignment", "release", NAME, "--out", "handout", cwd=here)
    out, err = process.communicate(timeout=120)
    assert (process.returncode, err) == (0, "")
    assert out == f"handout/{NAME}.ipynb: 5 questions, 15 points\n"
    notebook = json.loads((here / "handout" / f"{NAME}.ipynb").read_text(encoding="utf-8"))
    assert notebook["metadata"]["dl_course"] == {"assignment": NAME}
    assert [path.name for path in (here / "handout").iterdir()] == [f"{NAME}.ipynb"]


def test_releases_all_masters_of_a_folder(done, mine, here):
    shutil.copy(mine / "first_steps.ipynb", mine / "second.ipynb")
    out = done("assignment", "release", "--masters", mine)
    assert out.splitlines() == [
        f"assignments/{name}.ipynb: 1 questions, 3 points" for name in ("first_steps", "second")
    ]


def test_replaces_a_notebook_only_when_told(done, refused, mine, here):
    words = ("assignment", "release", "first_steps", "--masters", mine, "--out", "out")
    (here / "out").mkdir()
    (here / "out" / "first_steps.ipynb").write_text("solved")
    assert "exists already, and may hold answers. Pass --overwrite" in refused(*words)
    done(*words, "--overwrite")
    assert 'check(\\"centre_rows\\")' in (here / "out" / "first_steps.ipynb").read_text()


WRONG = {
    "a name": (
        ["release", "first_step", "--masters", "mine"],
        ["NAME='first_step'", "There are: first_steps"],
    ),
    "a folder of masters": (["list", "--masters", "nothing"], ["nothing: expected master"]),
    "an empty folder": (["release", "--masters", "empty"], ["empty: expected master notebooks"]),
    "a released notebook": (["list", "--masters", "handed"], ["cell 3: expected `### BEGIN SOL"]),
    "no notebook": (["list", "--masters", "broken"], ["first.ipynb: expected a notebook of"]),
    "an unsolved master": (
        ["release", "--masters", "raising"],
        ["first, centre_rows, case 1: NameError"],
    ),
    "no folder for grades": (["grade", "mine"], ["Missing option '--out'"]),
    "no submissions": (["grade", "empty", "--out", "g"], ["found none"]),
    "submissions that are not there": (["grade", "nothing", "--out", "g"], ["nothing: expected"]),
    "workers": (["grade", "mine", "--out", "g", "--workers", "0"], ["--workers=0"]),
    "seconds": (["grade", "mine", "--out", "g", "--timeout", "0"], ["between 0.1 and 3600"]),
    "memory": (["grade", "mine", "--out", "g", "--memory", "8"], ["between 64 and"]),
    "a date": (["grade", "mine", "--out", "g", "--due", "soon"], ["2026-11-20 for the whole day"]),
}


@pytest.mark.parametrize("what", WRONG)
def test_says_in_one_line_what_is_wrong(what, refused, mine, here, monkeypatch):
    monkeypatch.setattr("dl_course.grading.sandbox.find_bubblewrap", lambda: "/usr/bin/bwrap")
    (here / "empty").mkdir()
    (here / "broken").mkdir()
    (here / "broken" / "first.ipynb").write_text("[1, 2]")
    cells = cells_of_the_guide()
    cells[2]["source"] = cells[2]["source"].replace("x.mean", "y.mean")
    write_notebook(here / "raising" / "first.ipynb", cells)
    cells[2]["source"] = "def centre_rows(x):\n    raise NotImplementedError()"
    write_notebook(here / "handed" / "first.ipynb", cells)
    words, expected = WRONG[what]
    text = refused("assignment", *words)
    assert [part for part in expected if part not in text] == []


def test_without_bubblewrap_nothing_is_graded(refused, mine, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    text = refused("assignment", "grade", mine, "--masters", mine, "--out", "grades")
    assert "bubblewrap: not found" in text and "apt install" in text and "--without-sandbox" in text


def test_the_guides_master_is_released_solved_and_graded(done, course, mine, here):
    done("assignment", "release", "first_steps", "--masters", mine, "--out", "handout")
    released = json.loads((here / "handout" / "first_steps.ipynb").read_text(encoding="utf-8"))
    right, wrong = cells_of_the_guide()[2]["source"], "x - x.mean(axis=0)"
    answers = {"王小明": right, "Ana": f"def centre_rows(x):\n    return {wrong}"}
    for student, answer in answers.items():
        cells = [
            cell | {"source": answer} if "def centre_rows" in "".join(cell["source"]) else cell
            for cell in released["cells"]
        ]
        write_notebook(here / "in" / f"{student}.ipynb", cells, **released["metadata"])
    words = ("assignment", "grade", "in", "--masters", mine, "--out", "grades", "--workers", 1)
    code, out, _ = course(*words, "--without-sandbox")
    assert code == 0 and "2 submissions of 2 students, 2 to grade" in out
    assert "WITHOUT THE SANDBOX" in out
    with open(here / "grades" / "grades.csv", encoding="utf-8-sig") as file:
        points = {row["student"]: (row["points"], row["of"]) for row in csv.DictReader(file)}
    assert points == {"王小明": ("3", "3"), "Ana": ("0", "3")}
    (page,) = (here / "grades" / "feedback" / "first_steps").glob("Ana*.html")
    assert "The mean of each row is along axis 1." in page.read_text(encoding="utf-8")
    before = files_under(here / "grades" / "results")
    code, out, _ = course(*words, "--without-sandbox")
    assert code == 0 and "0 to grade" in out
    assert files_under(here / "grades" / "results") == before


def test_the_default_limits_are_those_of_the_sandbox():
    options = inspect.signature(assignment_grade).parameters
    assert Limits(options["timeout"].default, options["memory"].default) == Limits()


@pytest.mark.parametrize(
    ("due", "is_late"), [("2026-11-20", False), ("2026-11-20T12:00", True), ("2026-11-19", True)]
)
def test_a_day_without_a_time_is_the_whole_day(due, is_late):
    assert (datetime(2026, 11, 20, 22, 30).astimezone() > _as_date(due)) is is_late
