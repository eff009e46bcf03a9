"""A master that is not of the form is refused in one line that names the cell."""

import json

import pytest

from dl_course.assignments.masters.authoring import run_master
from dl_course.assignments.masters.master import read_master, stub
from dl_course.assignments.masters.releasing import find_masters, masters_named, release_master
from dl_course.errors import CourseError, DataError

SOLUTION = "def f(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION"
TESTS = "case(f, 1)\n### BEGIN HIDDEN TESTS\ncase(f, 2)\n### END HIDDEN TESTS"


def text_cell(text="# Assignment: Small"):
    return {"cell_type": "markdown", "metadata": {}, "source": text}


def code(source, **nbgrader):
    metadata = {"nbgrader": nbgrader} if nbgrader else {}
    cell = {"cell_type": "code", "metadata": metadata, "source": source}
    return cell | {"outputs": [], "execution_count": None}


def solution(source=SOLUTION, name="f"):
    return code(source, grade_id=name, solution=True, grade=False)


def graded(source=TESTS, name="test_f", points=2, **more):
    return code(source, grade_id=name, grade=True, solution=False, points=points, **more)


GOOD = [text_cell(), code("import numpy as np"), solution(), graded()]


def written(tmp_path, cells, **notebook):
    path = tmp_path / "small.ipynb"
    content = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5} | notebook
    path.write_text(json.dumps(content))
    return path


def test_a_small_master_is_read_and_run(tmp_path):
    master = read_master(written(tmp_path, GOOD))
    assert (master.name, master.title, master.points) == ("small", "Small", 2)
    cases = run_master(master)["f"]
    assert [case.args for case in cases.public + cases.hidden] == [(1,), (2,)]


MALFORMED = {  # the cells; what is said
    "no solution region": (
        [text_cell(), solution("def f(x): return 2"), graded()],
        "small.ipynb, cell 2: expected `### BEGIN SOLUTION` and `### END SOLUTION` in turn",
    ),
    "open solution region": (
        [text_cell(), solution(SOLUTION.replace("### END SOLUTION", "")), graded()],
        "cell 2: expected `### BEGIN SOLUTION` and `### END SOLUTION` in turn, each alone on its "
        "line. Received: ### BEGIN SOLUTION.",
    ),
    "marks beside code": (
        [text_cell(), solution("def f(x):\n    return 2 ### BEGIN SOLUTION"), graded()],
        "cell 2: expected `### BEGIN SOLUTION`",
    ),
    "marks in the wrong order": (
        [
            text_cell(),
            solution("def f(x):\n    ### END SOLUTION\n    ### BEGIN SOLUTION"),
            graded(),
        ],
        "cell 2: expected",
    ),
    "no hidden tests": (
        [text_cell(), solution(), graded("case(f, 1)")],
        "cell 3: expected `### BEGIN HIDDEN TESTS` and `### END HIDDEN TESTS` in turn",
    ),
    "open hidden tests": (
        [text_cell(), solution(), graded(TESTS.replace("### END HIDDEN TESTS", ""))],
        "cell 3: expected `### BEGIN HIDDEN TESTS`",
    ),
    "another function than the name": (
        [text_cell(), solution(name="g"), graded(name="test_g")],
        "cell 2: expected the one function that its grade_id names. Received: grade_id='g'.",
    ),
    "a name twice": (
        [text_cell(), solution(), solution(), graded()],
        "cell 3: expected the one function that its grade_id names.",
    ),
    "tests before the solution": (
        [text_cell(), graded(), solution()],
        "cell 2: expected a test cell after its solution",
    ),
    "tests twice": (
        [text_cell(), solution(), graded(), graded()],
        "cell 4: expected a test cell after its solution",
    ),
    "tests of nothing": (
        [text_cell(), solution(), graded(name="test_h")],
        "cell 3: expected a test cell after its solution",
    ),
    "no points": ([text_cell(), solution(), graded(points=0)], "cell 3: expected points above 0."),
    "negative points": ([text_cell(), solution(), graded(points=-1)], "Received: points=-1."),
    "points in words": ([text_cell(), solution(), graded(points="2")], "Received: points='2'."),
    "true points": ([text_cell(), solution(), graded(points=True)], "Received: points=True."),
    "points left out": ([text_cell(), solution(), graded(points=None)], "Received: points=None."),
    "solution without tests": (
        [text_cell(), solution()],
        "expected at least one solution cell, each with a test cell. Without a test cell: f.",
    ),
    "no question": ([text_cell(), code("x = 1")], "Without a test cell: all."),
    "graded by hand": (
        [text_cell(), code("x", grade_id="t", solution=True, grade=True, points=1)],
        "cell 2: must be graded by hand, which this grader does not support.",
    ),
    "task": ([text_cell(), code("x", grade_id="t", task=True)], "cell 2: must be graded by hand"),
    "no cells": ([], "expected"),
    "no title": ([text_cell(""), solution(), graded()], "begin with a title"),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_master_is_refused_in_one_line(name, tmp_path):
    cells, message = MALFORMED[name]
    with pytest.raises(DataError) as caught:
        read_master(written(tmp_path, cells))
    assert message in str(caught.value) and "\n" not in str(caught.value)
    assert str(tmp_path / "small.ipynb") in str(caught.value)


@pytest.mark.parametrize(
    "content",
    [
        "", "{", "[]", "null", '"text"', "{}", '{"cells": 1}', '{"cells": [1]}', '{"cells": {}}',
        '{"cells": [{}]}', '{"cells": [{"source": 5}]}', "[" * 10**5, '{"cells": null}',
        '{"cells": [{"source": "# x"}, 7]}', '{"cells": [{"source": "# x"}, {"metadata": 3}]}',
        '{"cells": [{"source": "# x"}, {"cell_type": "code", "metadata": {}}]}', "\xff",
        '{"cells": [{"source": [1, 2]}]}', '{"cells": [{"source": "# x"}, {"source": null}]}',
    ],
)  # fmt: skip
def test_what_is_no_notebook_is_refused_in_one_line(content, tmp_path):
    path = tmp_path / "broken.ipynb"
    path.write_bytes(content.encode("latin-1"))
    with pytest.raises(DataError) as caught:
        read_master(path)
    assert str(path) in str(caught.value) and "\n" not in str(caught.value)


def test_a_master_that_is_not_there_or_too_large(tmp_path):
    with pytest.raises(DataError, match="found none"):
        read_master(tmp_path / "no.ipynb")
    with pytest.raises(DataError, match="found none"):
        find_masters(tmp_path)
    path = tmp_path / "large.ipynb"
    with path.open("wb") as file:
        file.truncate(11 * 2**20)
    with pytest.raises(DataError, match="larger than 10 MiB"):
        read_master(path)
    with pytest.raises(CourseError, match="There are: large"):
        masters_named(["small"], tmp_path)


RAISING = {  # cells after the title; what is said when the master is run
    "a cell raises": ([code("1 / 0"), solution(), graded()], "small, code cell 1: ZeroDivision"),
    "a cell exits": (
        [code("raise SystemExit(3)"), solution(), graded()],
        "code cell 1: SystemExit",
    ),
    "the solution raises": (
        [solution(SOLUTION.replace("2 * x", "1 / 0")), graded()],
        "small, f, case 1: ZeroDivisionError: division by zero",
    ),
    "the solution returns nothing": (
        [solution(SOLUTION.replace("return 2 * x", "pass")), graded()],
        "small, f, case 1: AnswerError: None",
    ),
    "a case of another function": (
        [solution(), graded(TESTS.replace("case(f, 1)", "case(len, 1)"))],
        "`case` must be given f, which the cell above defines",
    ),
    "an input that cannot be sent": (
        [solution(), graded(TESTS.replace("case(f, 1)", "case(f, {1})"))],
        "f, case 1: PackingError: a set cannot be sent",
    ),
    "a mistake among the public cases": (
        [solution(), graded("@mistake('no')\ndef g(x): pass\n" + TESTS)],
        "`mistake` must be given a hint, and be among the hidden tests",
    ),
    "no public case": (
        [solution(), graded(TESTS.replace("case(f, 1)", ""))],
        "expected public and",
    ),
    "no hidden case": (
        [solution(), graded(TESTS.replace("case(f, 2)", "pass"))],
        "small, f: expected public and hidden cases.",
    ),
    "a syntax error": ([solution(), graded("case(f,\n" + TESTS)], "code cell 2: SyntaxError"),
}


@pytest.mark.parametrize("name", RAISING)
def test_a_master_that_fails_when_it_is_run_is_told_in_one_line(name, tmp_path):
    cells, message = RAISING[name]
    master = read_master(written(tmp_path, [text_cell(), *cells]))
    with pytest.raises(DataError) as caught:
        run_master(master)
    assert message in str(caught.value) and "\n" not in str(caught.value)


def test_a_fingerprint_changes_with_what_decides_the_marks_only(tmp_path):
    def fingerprint(cells):
        master = read_master(written(tmp_path, cells))
        return master.fingerprint(master.questions[0])

    first = fingerprint(GOOD)
    assert fingerprint([text_cell("# Another title"), *GOOD[1:]]) == first
    for cells in (
        [GOOD[0], code("import numpy"), *GOOD[2:]],
        [*GOOD[:2], solution(SOLUTION.replace("2", "3")), graded()],
        [*GOOD[:3], graded(TESTS.replace("2", "3"))],
        [*GOOD[:3], graded(points=3)],
    ):
        assert fingerprint(cells) != first


def test_a_release_keeps_what_a_student_has_solved(tmp_path):
    master = read_master(written(tmp_path, GOOD))
    path = release_master(master, tmp_path / "out")
    text = path.read_text()
    assert "2 * x" not in text and "case(f" not in text and "raise NotImplementedError()" in text
    with pytest.raises(DataError, match="--overwrite"):
        release_master(master, tmp_path / "out")
    assert release_master(master, tmp_path / "out", overwrite=True).read_text() == text


def test_two_regions_in_one_solution_are_both_taken_out():
    text = SOLUTION + "\n    y = 1\n    ### BEGIN SOLUTION\n    secret\n    ### END SOLUTION"
    assert "secret" not in stub(text) and stub(text).count("NotImplementedError") == 2
