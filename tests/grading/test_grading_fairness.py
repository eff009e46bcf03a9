"""Nobody loses points that were earned, or keeps some that were not."""

import json
from dataclasses import replace

import numpy as np
import pytest
from attack_tools import ASKED, RIGHT, assert_honest, cells_of
from test_grading_batch import F, G, code, grade, write_master, write_submission

from dl_course.assignments.masters import Case, answers, read_master
from dl_course.commands import assignments as commands
from dl_course.errors import CourseError
from dl_course.grading import batch
from dl_course.grading.marking import mark
from dl_course.grading.results import read_results, result_path, write_result


def test_a_slow_cell_does_not_cost_the_quick_one_that_comes_after_it(quick):
    slow, fine = "import time\ntime.sleep(0.7)", "import time\ntime.sleep(0.3)"
    told, results = mark(cells_of(slow, f"{fine}\n{RIGHT}"), ASKED, quick)
    assert told == [(3, "Stopped: it ran longer than 0.8 s.")]
    assert results["attacked"].points == 3
    assert_honest(results)


@pytest.mark.parametrize(
    "source",
    [
        "import time\nwhile True: time.sleep(0.1)\n" + RIGHT,
        RIGHT.replace("return", "z = bytearray(2**30); return"),
    ],
    ids=["time", "memory"],
)
def test_what_other_limits_could_mend_is_marked_again_with_them(source, quick):
    result = mark(cells_of(source), ASKED, quick)[1]["attacked"]
    assert (result.state, result.points) == ("graded", 0)
    assert (result.fingerprint, result.limits) == (ASKED[0].fingerprint, quick.limits)


@pytest.mark.parametrize("magic", ["%%time", "%%capture out"])
def test_a_magic_on_top_of_an_answer_does_not_lose_it(magic, sandbox):
    told, results = mark(
        cells_of(f"{magic}\n{RIGHT}", "%time k = 2\nassert k == 2"), ASKED, sandbox
    )
    assert told == [] and results["attacked"].points == 3


def test_the_order_of_a_dict_and_its_keys_kind_do_not_matter():
    case = Case((), {}, answers({"f1": 0.5, 3: 1.0}))
    assert case.is_right(answers({np.int64(3): 1.0, "f1": 0.5}))
    assert not case.is_right(answers({"f1": 0.5}))


@pytest.mark.parametrize("received", [1_000_001, 1_000_000.4, 999_999])
def test_a_count_must_be_exact(received):
    case = Case((), {}, answers(1_000_000))
    assert not case.is_right(answers(received)) and case.is_right(answers(1e6))


@pytest.mark.parametrize("layers", [["Dense(2)", "no more layer"], ["Dense(2)"] * 2, [], 3.0])
def test_forged_layers_are_wrong_and_break_nothing(layers):
    case = Case((), {}, {"layers": np.array(["Dense(2)"])})
    assert case.fault({"layers": np.array(layers)})


def test_a_corrected_solution_counts_for_the_questions_that_use_it(tmp_path):
    paths = []
    for name, solution in (("a", F), ("b", F.replace("2 * x", "3 * x"))):
        write_master(tmp_path / name, f=solution)
        path = tmp_path / name / "small.ipynb"
        path.write_text(path.read_text().replace("return x + 1", "return f(x) + 1"))
        paths.append(read_master(path))
    prints = [[m.fingerprint(q) for q in m.questions] for m in paths]
    assert prints[0][0] != prints[1][0] and prints[0][1] != prints[1][1]


def test_a_question_that_was_dropped_leaves_no_points_behind(warm, tmp_path):
    write_master(tmp_path / "masters")
    write_submission(tmp_path / "in" / "ana.ipynb", "def f(x): return 2 * x\ndef g(x): return x+1")
    assert grade(tmp_path)[1]["ana"].points == 5
    path = tmp_path / "masters" / "small.ipynb"
    notebook = json.loads(path.read_text())
    notebook["cells"] = notebook["cells"][:3]
    path.write_text(json.dumps(notebook))
    assert list(grade(tmp_path)[1]["ana"].questions) == ["f"]
    assert ",g," not in (tmp_path / "out" / "grades.csv").read_text(encoding="utf-8")


def test_the_table_of_grades_tells_a_spreadsheet_its_encoding(warm, tmp_path):
    write_master(tmp_path / "masters")
    write_submission(tmp_path / "in" / "王小明.ipynb", "def f(x): return 2 * x")
    grade(tmp_path)
    data = (tmp_path / "out" / "grades.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbfstudent,") and "王小明".encode() in data


def test_results_that_the_grader_did_not_write_are_left_out(warm, tmp_path):
    write_master(tmp_path / "masters")
    write_submission(tmp_path / "in" / "ana.ipynb", "def f(x): return x")
    _, results = grade(tmp_path)
    out = tmp_path / "out"
    forged = replace(results["ana"], student="bo")
    write_result(out, forged)
    result_path(out, "small", "bo").rename(out / "results" / "small" / "x.json")
    (out / "results" / "small" / "deep.json").write_text("[" * 100_000)
    found, complaints = read_results(out)
    assert [result.student for result in found] == ["ana"] and len(complaints) == 2
    said, results = grade(tmp_path)
    assert "x.json: left out" in said and list(results) == ["ana"]


def test_grades_go_elsewhere_and_one_batch_at_a_time(warm, tmp_path):
    write_master(tmp_path / "masters")
    write_submission(tmp_path / "in" / "ana.ipynb", "def f(x): return x")
    (tmp_path / "out").symlink_to(tmp_path / "in")
    with pytest.raises(CourseError, match="`--out` must be a folder other than"):
        grade(tmp_path)
    (tmp_path / "out").unlink()
    with batch._alone(tmp_path / "out"):
        with pytest.raises(CourseError, match="another batch is being graded"):
            grade(tmp_path)
    assert list(grade(tmp_path)[1]) == ["ana"]


def test_a_release_never_replaces_a_master(tmp_path):
    write_master(tmp_path / "masters")
    folder = tmp_path / "masters"
    for overwrite in (False, True):
        with pytest.raises(CourseError, match="is a master, with its solutions"):
            list(commands.release_lines(["small"], folder, folder, overwrite))
    assert "BEGIN SOLUTION" in (folder / "small.ipynb").read_text()


def test_an_old_notebook_stays_valid(tmp_path):
    nbformat = pytest.importorskip("nbformat")
    folder = tmp_path / "masters"
    folder.mkdir()
    cells = [{"cell_type": "markdown", "metadata": {}, "source": "# Old"}]
    cells += [code(G, grade_id="g", solution=True, grade=False)]
    tests = "case(g, 1)\n### BEGIN HIDDEN TESTS\ncase(g, 2)\n### END HIDDEN TESTS"
    cells += [code(tests, grade_id="test_g", grade=True, points=1)]
    cells = [cell | {"execution_count": None} if "outputs" in cell else cell for cell in cells]
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    (folder / "old.ipynb").write_text(json.dumps(notebook))
    list(commands.release_lines(["old"], tmp_path, folder, False))
    nbformat.validate(nbformat.read(tmp_path / "old.ipynb", as_version=4))
