"""The class of `benchmarks.grading`: one seed, one class; its marks are what it wrote."""

import csv

import pytest

from benchmarks import _answers, _classroom
from dl_course.assignments.masters import (
    MASTERS,
    AnswerError,
    answers,
    read_master,
    release_master,
    run_master,
)


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    """A master of two questions, its cases, and the notebook for students."""
    folder = tmp_path_factory.mktemp("masters")
    whole = read_master(MASTERS / "06_convolution_variations.ipynb")
    path = folder / "two.ipynb"
    path.write_text(_classroom.first_questions(whole, 2, "Two"), encoding="utf-8")
    master = read_master(path)
    return master, run_master(master), release_master(master, folder / "released")


def make(two, **changes):
    master, cases, released = two
    how = {"count": 60, "shares": {**_classroom.REAL, "attack": 0.4}, "seed": 0, **changes}
    return _classroom.make_class(master, cases, released, **how)


def test_the_same_seed_makes_the_same_class(two):
    assert make(two) == make(two)
    assert make(two) != make(two, seed=1)
    assert len({student.name for student in make(two)}) == 60


def test_everything_that_happens_in_a_class_happens(two):
    students = make(two)
    kinds = {student.kind for student in students}
    assert kinds >= {"right", "mistake", "untouched", "unfinished", *_answers.ATTACKS}
    assert any(student.is_late for student in students)
    assert any(len(student.files) > 1 for student in students)
    assert any(name.endswith(".zip") for student in students for name in student.files)
    full = {"average_pool_inside": 2.0, "circular_correlate": 3.0}
    assert all((s.deserves == full) is (s.kind == "right") for s in students)


def run(cells, setup, name):
    namespace = {}
    for cell in (setup, *cells):
        exec(cell, namespace)
    return namespace[name]


@pytest.mark.parametrize("number", [0, 1])
def test_answers_deserve_what_the_class_says(two, number):
    master, cases, _ = two
    question, setup = master.questions[number], master.cells[1]["source"]
    setup = "".join(setup)
    group = cases[question.name]

    def right(cells):
        function = run(cells, setup, question.name)
        found = []
        for case in group.hidden:
            try:
                found.append(case.is_right(answers(function(*case.args, **case.kwargs))))
            except (AnswerError, ValueError):
                found.append(False)
        return sum(found) / len(found)

    for way in (_answers._plain, _answers._renamed, _answers._in_two_cells, _answers._commented):
        assert right(way(question)) == 1
    mistakes = _answers.mistaken_answers(question, group)
    assert [hint for hint, _, _ in mistakes] == list(group.hints)
    assert all(right(cells) == share < 1 for _, cells, share in mistakes)
    assert right(_answers.unfinished(question)) == 0


def test_an_unfair_mark_is_found(two, tmp_path):
    students = make(two, count=3, shares={"untouched": 0.34})

    def grades(rows):
        with open(tmp_path / "grades.csv", "w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([("student", "question", "points", "late"), *rows])
        return _classroom.unfair_marks(students, tmp_path / "grades.csv")

    fair = [
        (student.name, question, f"{points:g}", "yes" if student.is_late else "")
        for student in students
        for question, points in student.deserves.items()
    ]
    assert grades(fair) == []
    assert len(grades(fair[1:])) == 1
    assert len(grades([(*fair[0][:2], "1", ""), *fair[1:]])) == 1
    assert len(grades([*fair, ("Nobody", "average_pool_inside", "2", "")])) == 1
