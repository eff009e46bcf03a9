"""A batch as a teacher runs it: a real process, killed, interrupted, repeated, corrected."""

import csv
import functools
import json
import os
import random
import signal
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import pytest
from process_tools import gone, processes_below

from dl_course.commands import assignments as commands
from dl_course.grading import batch
from dl_course.grading.marking import SandboxFault
from dl_course.grading.results import read_results

F = "def f(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION"
G = "def g(x):\n    ### BEGIN SOLUTION\n    return x + 1\n    ### END SOLUTION"
TESTS = (
    "case({0}, 1.0)\n### BEGIN HIDDEN TESTS\ncase({0}, 2.0)\ncase({0}, 3.0)\n### END HIDDEN TESTS"
)
RIGHT = "def f(x): return 2 * x\ndef g(x): return x + 1"
ANSWERS = {
    "right": RIGHT,
    "half": "def f(x): return 2 * x",
    "wrong": "def f(x): return x\ndef g(x): return 2 if x < 3 else 4",
    "exits": "def g(x): return x + 1\ndef f(x): import os; os._exit(1)",
    "raises": "1 / 0",
}


def code(source, **nbgrader):
    metadata = {"nbgrader": nbgrader} if nbgrader else {}
    return {"cell_type": "code", "metadata": metadata, "source": source, "outputs": []}


def write_master(folder, f=F, hidden="3.0"):
    folder.mkdir(exist_ok=True)
    cells = [{"cell_type": "markdown", "metadata": {}, "source": "# Small"}]
    for name, source, points in (("f", f, 2), ("g", G, 3)):
        cells.append(code(source, grade_id=name, solution=True, grade=False))
        tests = TESTS.format(name).replace("3.0", hidden if name == "f" else "3.0")
        cells.append(code(tests, grade_id=f"test_{name}", grade=True, points=points))
    content = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (folder / "small.ipynb").write_text(json.dumps(content))


def write_submission(path, source, minutes=0):
    path.parent.mkdir(parents=True, exist_ok=True)
    metadata = {"dl_course": {"assignment": "small"}}
    cells = [{"cell_type": "markdown", "source": "# Small", "metadata": {}}, code(source)]
    content = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(content))
    moment = datetime(2026, 11, 20, 12, minutes).timestamp()
    os.utime(path, (moment, moment))


@pytest.fixture
def classroom(tmp_path):
    write_master(tmp_path / "masters")
    for name, source in ANSWERS.items():
        write_submission(tmp_path / "in" / f"{name}.ipynb", source)
    return tmp_path


def command(folder, out="out", *options):
    return [
        *(sys.executable, "-m", "dl_course", "assignment", "grade", str(folder / "in")),
        *("--out", str(folder / out), "--masters", str(folder / "masters"), "--timeout", "2"),
        *("--workers", "2", *options),
    ]


def run(folder, out="out", *options, **settings):
    done = subprocess.run(
        command(folder, out, *options), capture_output=True, text=True, timeout=120, **settings
    )
    return done.returncode, done.stdout, done.stderr


def grade(folder, *, isolated=True, **options):
    """Grades in this process; returns what is said and the results by student."""
    settings = {"folder": folder / "masters", "workers": 1, "seconds": 2.0, "memory_mb": 256}
    settings |= {"due": None, "without_sandbox": not isolated} | options
    said = "\n".join(commands.grade_lines(folder / "in", folder / "out", **settings))
    return said, {result.student: result for result in read_results(folder / "out")[0]}


def contents(folder):
    """Returns the bytes of all files; pages may hold the date."""
    paths = [p for p in folder.rglob("*") if p.is_file() and p.suffix != ".html"]
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def test_a_batch_killed_five_times_ends_as_one_undisturbed(sandbox, tmp_path):
    write_master(tmp_path / "masters")
    for number in range(4):
        for name, source in ANSWERS.items():
            path = tmp_path / "in" / f"王 {name} {number}.ipynb"
            write_submission(path, f"import time; time.sleep(0.05)\n{source}")
    write_submission(tmp_path / "in" / "files.ipynb", "open('/tmp/x', 'w')\n" + RIGHT)
    rng = random.Random(os.getpid())
    kills = 0
    while kills < 5:
        grader = subprocess.Popen(
            command(tmp_path), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        done = len(list(tmp_path.glob("out/results/small/*.json")))
        wait_for = min(done + rng.randrange(5), 19)
        started = time.monotonic()
        while len(list(tmp_path.glob("out/results/small/*.json"))) < wait_for:
            assert time.monotonic() - started < 30 and grader.poll() is None
            time.sleep(0.01)
        time.sleep(rng.random() / 10)
        below = processes_below(grader.pid)
        grader.send_signal(signal.SIGKILL)
        assert grader.wait() == -signal.SIGKILL
        assert gone(below), "a killed batch leaves no process"
        kills += 1
    before = {p: p.stat().st_mtime_ns for p in tmp_path.glob("out/results/small/*.json")}
    code, said, errors = run(tmp_path)
    assert (code, f"{21 - len(before)} to grade" in said) == (0, True), (said, errors)
    assert all(path.stat().st_mtime_ns == date for path, date in before.items())
    assert run(tmp_path, "undisturbed")[0] == 0
    assert contents(tmp_path / "out") == contents(tmp_path / "undisturbed")
    rows = list(csv.DictReader((tmp_path / "out" / "grades.csv").open(encoding="utf-8-sig")))
    assert len(rows) == 42 and {row["state"] for row in rows} == {"graded", "stopped"}
    assert len({row["student"] for row in rows}) == 21


def test_ctrl_c_says_how_to_go_on(sandbox, classroom):
    for number in range(20):
        write_submission(classroom / "in" / f"slow {number}.ipynb", "import time; time.sleep(1)")
    grader = subprocess.Popen(
        command(classroom),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A suite that a shell started in the background would have its children ignore it.
        preexec_fn=functools.partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    )
    while not list(classroom.glob("out/results/small/*.json")):
        assert grader.poll() is None
        time.sleep(0.02)
    below = processes_below(grader.pid)
    grader.send_signal(signal.SIGINT)
    said, errors = grader.communicate(timeout=30)
    assert grader.returncode == 130
    assert "Run the same command again: it continues where it stopped." in errors
    assert "Traceback" not in errors and gone(below)


def test_points_states_and_reasons(warm, classroom):
    said, results = grade(classroom)
    points = {name: result.points for name, result in results.items()}
    right = {"right": 5, "half": 2, "wrong": 1.5, "exits": 3, "raises": 0}
    assert points == right
    assert results["exits"].questions["f"].reason == "It ended the process."
    assert "questions: 9 graded, 1 stopped" in said
    assert "0 to grade" in grade(classroom)[0]


def test_only_a_corrected_question_is_marked_again(warm, classroom):
    _, before = grade(classroom)
    write_master(classroom / "masters", hidden="5.0")
    marked = []
    mark = batch.mark

    def watched(cells, questions, sandbox):
        marked.append([question.name for question in questions])
        return mark(cells, questions, sandbox)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batch, "mark", watched)
        said, after = grade(classroom)
    assert marked == [["f"]] * len(ANSWERS)
    assert "again: small, f: 5 submissions" in said and "small, g" not in said
    for name, result in after.items():
        assert result.questions["g"] == before[name].questions["g"]
        assert list(result.questions) == ["f", "g"]
        assert result.questions["f"].fingerprint != before[name].questions["f"].fingerprint


def test_what_was_stopped_is_tried_again_with_more_time(warm, tmp_path):
    write_master(tmp_path / "masters")
    source = "import time\ndef f(x):\n    time.sleep(0.4)\n    return 2 * x\ndef g(x): return x + 1"
    write_submission(tmp_path / "in" / "slow.ipynb", source)
    said, results = grade(tmp_path, seconds=0.5)
    assert results["slow"].questions["f"].reason == "It ran longer than 0.5 s."
    assert "0 to grade" in grade(tmp_path, seconds=0.5)[0]
    said, results = grade(tmp_path, seconds=4.0)
    assert "again: small, f: 1 submissions" in said and results["slow"].points == 5
    assert "0 to grade" in grade(tmp_path, seconds=0.5)[0]


@pytest.mark.parametrize("error", [SandboxFault("it fell over"), ZeroDivisionError("oh")])
def test_a_fault_of_the_grader_is_no_mark(error, warm, classroom, monkeypatch):
    mark = batch.mark

    def failing(cells, questions, sandbox):
        if "2 if x < 3" in cells[0][1]:
            raise error
        return mark(cells, questions, sandbox)

    monkeypatch.setattr(batch, "mark", failing)
    said, results = grade(classroom)
    assert {q.state for q in results["wrong"].questions.values()} == {"not graded"}
    assert "not graded: wrong.ipynb" in said and results["right"].points == 5
    rows = csv.DictReader((classroom / "out" / "grades.csv").open(encoding="utf-8-sig"))
    rows = [row for row in rows if row["student"] == "wrong"]
    assert [(row["points"], row["state"]) for row in rows] == [("", "not graded")] * 2
    assert all(str(error) in row["reason"] for row in rows)
    monkeypatch.setattr(batch, "mark", mark)
    said, results = grade(classroom)
    assert "1 to grade" in said and results["wrong"].points == 1.5


def test_a_defect_in_writing_a_result_stops_the_batch_and_loses_nobody(
    warm, classroom, monkeypatch
):
    write = batch.write_result

    def failing(out, result):
        raise OSError("disk full")

    monkeypatch.setattr(batch, "write_result", failing)
    with pytest.raises(OSError, match="disk full"):
        grade(classroom)
    monkeypatch.setattr(batch, "write_result", write)
    assert "5 to grade" in grade(classroom)[0]


def test_a_damaged_result_is_made_anew(warm, classroom):
    _, before = grade(classroom)
    for content in ("", "{", "[]", "null", '{"questions": 3}', '{"student": "right"}'):
        (path,) = (classroom / "out" / "results" / "small").glob("right-*.json")
        path.write_text(content)
        said, after = grade(classroom)
        assert "1 to grade" in said and after == before


def test_late_and_duplicate_and_changed_notebooks(warm, tmp_path):
    write_master(tmp_path / "masters")
    write_submission(tmp_path / "in" / "Ana" / "first.ipynb", RIGHT, minutes=1)
    write_submission(tmp_path / "in" / "Ana" / "second.ipynb", ANSWERS["half"], minutes=9)
    write_submission(tmp_path / "in" / "Bo.ipynb", RIGHT, minutes=1)
    _, results = grade(tmp_path, due="2026-11-20T12:05")
    assert (results["Ana"].points, results["Ana"].is_late) == (2, True)
    assert len(results["Ana"].duplicates) == 1 and "first.ipynb" in results["Ana"].duplicates[0]
    assert (results["Bo"].points, results["Bo"].is_late, results["Bo"].duplicates) == (5, False, ())
    write_submission(tmp_path / "in" / "Bo.ipynb", ANSWERS["half"], minutes=2)
    said, results = grade(tmp_path, due="2026-11-20T12:00")
    assert results["Bo"].points == 2 and results["Bo"].is_late


def test_without_the_sandbox_says_so_and_counts_only_then(sandbox, classroom):
    said, results = grade(classroom, isolated=False)
    assert "WITHOUT THE SANDBOX" in said
    assert results["right"].points == 5 and not results["right"].isolated
    said, results = grade(classroom)
    assert "5 to grade" in said and results["right"].isolated
    assert "WITHOUT" not in said


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (["--timeout", "0"], "--timeout"),
        (["--timeout", "nan"], "--timeout"),
        (["--memory", "1"], "--memory"),
        (["--workers", "0"], "--workers"),
        (["--due", "tomorrow"], "--due"),
        (["--masters", "/nowhere"], "expected master notebooks"),
        (["--out", "/proc/grades"], "/proc/grades"),
    ],
)
def test_bad_options_are_refused_in_one_line(options, text, classroom):
    code, said, errors = run(classroom, "out", *options)
    assert code == 2, (said, errors)
    assert text in errors and "Traceback" not in errors and len(errors.splitlines()) <= 2


def test_without_bubblewrap_it_refuses_and_says_what_to_do(classroom):
    code, _, errors = run(classroom, env={"PATH": "", "HOME": str(classroom)})
    assert code == 2 and "apt install bubblewrap" in errors and "--without-sandbox" in errors


def test_submissions_in_sight_of_the_sandbox_are_refused(classroom, monkeypatch):
    from dl_course.grading import sandbox as module

    monkeypatch.setattr(module, "visible_folders", lambda: [Path("/usr"), classroom])
    with pytest.raises(ValueError, match="which submissions can read"):
        grade(classroom)
