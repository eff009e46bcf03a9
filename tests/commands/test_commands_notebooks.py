"""Notebooks of one's own: written once, brought up to date, and never overwritten once changed."""

import json

import pytest

from dl_course.commands import notebooks
from dl_course.errors import CourseError


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course of two notebooks, whose versions a test can change."""
    folder = tmp_path / "course"
    folder.mkdir()
    for name in ("00_start_here", "01_mathematics"):
        (folder / f"{name}.ipynb").write_text(f"{name}, version 1")
    monkeypatch.setattr(notebooks, "notebooks_folder", lambda: folder)
    return folder


def contents(folder):
    return {path.name: path.read_text() for path in folder.glob("*.ipynb")}


def test_every_chapter_is_written_and_a_second_time_nothing_changes(course, tmp_path):
    own = tmp_path / "own"
    (line,) = notebooks.write_notebooks(own)
    assert contents(own) == contents(course) and "2 notebooks written" in line
    times = {path: path.stat().st_mtime_ns for path in own.iterdir() if path.suffix == ".ipynb"}
    (line,) = notebooks.write_notebooks(own)
    assert "0 notebooks written" in line
    assert all(path.stat().st_mtime_ns == time for path, time in times.items())


def test_an_untouched_notebook_is_brought_up_to_date(course, tmp_path):
    own = tmp_path / "own"
    notebooks.write_notebooks(own)
    (course / "00_start_here.ipynb").write_text("version 2")
    notebooks.write_notebooks(own)
    assert contents(own) == contents(course)


def test_a_changed_notebook_stays_and_a_newer_version_is_written_beside_it(course, tmp_path):
    own = tmp_path / "own"
    notebooks.write_notebooks(own)
    (own / "00_start_here.ipynb").write_text("my answers")
    (line,) = notebooks.write_notebooks(own)
    assert (
        "1 that you changed are kept" in line and len(contents(own)) == 2
    )  # nothing newer to show

    (course / "00_start_here.ipynb").write_text("version 2")
    for _ in range(2):  # the second time finds its own file beside
        first, _ = notebooks.write_notebooks(own)
        assert "00_start_here.new.ipynb" in first
        assert contents(own)["00_start_here.ipynb"] == "my answers"
        assert contents(own)["00_start_here.new.ipynb"] == "version 2"
        assert len(contents(own)) == 3


def test_a_changed_newer_version_is_kept_too(course, tmp_path):
    own = tmp_path / "own"
    own.mkdir()
    (own / "00_start_here.ipynb").write_text("there before the course was")
    notebooks.write_notebooks(own)
    (own / "00_start_here.new.ipynb").write_text("also changed")
    (course / "00_start_here.ipynb").write_text("version 2")
    notebooks.write_notebooks(own)
    found = contents(own)
    assert found.pop("00_start_here.new2.ipynb") == "version 2"
    assert found["00_start_here.ipynb"] == "there before the course was"
    assert found["00_start_here.new.ipynb"] == "also changed"


@pytest.mark.parametrize("record", ["", "[]", "{broken", json.dumps({"00_start_here.ipynb": 3})])
def test_a_damaged_record_costs_no_work(course, tmp_path, record):
    own = tmp_path / "own"
    notebooks.write_notebooks(own)
    (own / "00_start_here.ipynb").write_text("my answers")
    (own / ".dl_course.json").write_text(record)
    notebooks.write_notebooks(own)
    assert contents(own)["00_start_here.ipynb"] == "my answers"


def test_the_course_s_own_folder_and_a_file_are_refused(course, tmp_path):
    with pytest.raises(CourseError, match="the course's own notebooks"):
        notebooks.write_notebooks(course)
    (tmp_path / "file").touch()
    with pytest.raises(CourseError, match="expected a folder, found a file"):
        notebooks.write_notebooks(tmp_path / "file")
