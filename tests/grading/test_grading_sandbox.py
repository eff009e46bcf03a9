"""The sandbox itself: how it starts, what it shows, what it leaves, and what it says without."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pytest
from attack_tools import ASKED, RIGHT, assert_honest, assert_next_is_fine, cells_of, function
from process_tools import gone, processes_below

import dl_course
from dl_course.assignments.masters import pack, unpack
from dl_course.errors import CourseError
from dl_course.grading import sandbox as module
from dl_course.grading import wire
from dl_course.grading.marking import SandboxFault, mark
from dl_course.grading.runner import _described
from dl_course.grading.sandbox import Limits, Sandbox, visible_folders
from dl_course.grading.syscalls import system_call_filter

LIMITS = Limits(seconds=2.0, memory_mb=256, disk_mb=8)


def kill_all(sandbox):
    for process in processes_below(sandbox._process.pid):
        os.kill(process, signal.SIGKILL)
    sandbox._process.wait()


def loop_in(sandbox):
    """Opens a job that loops, and waits until it does."""
    job = sandbox.open()
    wire.send(job, b"L", pack([(1, "while True: pass")]))
    assert wire.receive(job, 100, time.monotonic() + 5)[0] == b"C"
    return job


def test_the_warm_process_needs_nothing_heavy():
    code = "import sys, dl_course.grading.runner; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.split(".")[0] for name in done.stdout.split()}
    assert not loaded & {"keras", "tensorflow", "jinja2", "matplotlib", "IPython"}


def test_stop_leaves_no_process_even_of_a_loop(sandbox):
    with Sandbox(LIMITS) as mine:
        loop_in(mine)
        below = processes_below(mine._process.pid)
        assert len(below) >= 2
    assert gone(below)


@pytest.mark.parametrize("isolated", [True, False])
def test_a_killed_grader_leaves_no_process(isolated, sandbox):
    """Also one that runs without the sandbox, as a teacher may ask for."""
    code = (
        "import sys, time; sys.path.insert(0, 'tests/grading')\n"
        "from test_grading_sandbox import LIMITS, Sandbox, loop_in\n"
        f"sandbox = Sandbox(LIMITS, isolated={isolated}); sandbox.start(); loop_in(sandbox)\n"
        "print('loops', flush=True); time.sleep(60)"
    )
    root = Path(dl_course.__file__).parents[1]
    grader = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=root
    )
    assert grader.stdout.readline() == "loops\n"
    below = processes_below(grader.pid)
    assert len(below) >= 2
    grader.kill()
    grader.wait()
    grader.stdout.close()
    assert gone(below)


def test_the_warm_process_killed_from_outside_is_started_anew(sandbox):
    with Sandbox(LIMITS) as mine:
        kill_all(mine)
        _, results = mark(cells_of(RIGHT), ASKED, mine)
        assert_honest(results)


def test_a_sandbox_that_fails_twice_is_no_fault_of_the_submission(sandbox, monkeypatch):
    with Sandbox(LIMITS) as mine:
        opened = mine.open

        def open_and_die():
            job = opened()
            kill_all(mine)
            return job

        monkeypatch.setattr(mine, "open", open_and_die)
        with pytest.raises(SandboxFault, match="twice"):
            mark(cells_of("import time; time.sleep(1)"), ASKED, mine)


def test_without_bubblewrap_one_line_says_how_to_install_it(monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(CourseError) as caught:
        Sandbox(LIMITS).start()
    assert "\n" not in str(caught.value)
    assert "bubblewrap: not found" in str(caught.value) and "apt install" in str(caught.value)


def test_a_bubblewrap_that_fails_is_quoted_in_one_line(monkeypatch, tmp_path):
    program = tmp_path / "bwrap"
    program.write_text("#!/bin/sh\necho first >&2; echo 'No permissions to create namespace' >&2\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(CourseError) as caught:
        Sandbox(LIMITS).start()
    text = "The sandbox does not start here: No permissions to create namespace."
    assert str(caught.value) == text


def test_without_libseccomp_one_line_says_how_to_install_it(monkeypatch):
    system_call_filter.cache_clear()
    monkeypatch.setattr("ctypes.CDLL", lambda *a, **k: (_ for _ in ()).throw(OSError))
    with pytest.raises(CourseError, match="libseccomp2"):
        system_call_filter(threads=False)
    monkeypatch.undo()
    assert len(system_call_filter(threads=False)) % 8 == 0
    assert system_call_filter(threads=False) != system_call_filter(threads=True)


def test_what_is_visible_holds_no_master_and_no_home():
    folders = visible_folders()
    root = Path(dl_course.__file__).parents[1]
    assert Path(dl_course.__file__).parent in folders and Path("/usr") in folders
    for hidden in (root, root / "notebooks", root / "tests", Path.home(), Path("/etc"), Path("/")):
        assert not any(hidden.is_relative_to(folder) for folder in folders), hidden
    assert all(folder.is_absolute() and ".." not in folder.parts for folder in folders)


def test_a_python_called_by_a_winding_path_starts(sandbox, monkeypatch):
    folder = Path(sys.executable).parent
    monkeypatch.setattr(sys, "executable", str(folder / ".." / folder.name / "python"))
    with Sandbox(LIMITS) as mine:
        assert mark(cells_of(RIGHT), ASKED, mine)[1]["attacked"].points == 3


def test_without_isolation_the_marks_are_the_same_and_the_limits_hold():
    with Sandbox(LIMITS, isolated=False) as mine:
        assert mark(cells_of(RIGHT), ASKED, mine)[1]["attacked"].points == 3
        for body in ("import os; os.fork()", "return bytearray(2**31)", "import os; os._exit(3)"):
            _, results = mark(cells_of(function(body)), ASKED, mine)
            assert_honest(results)
            assert results["attacked"].points == 0


UNPRIVILEGED = """
from attack_tools import *
from dl_course.grading.sandbox import Limits, Sandbox

with Sandbox(Limits(2.0, 256, 8)) as sandbox:
    assert sandbox._user is None
    # Here /tmp is the submission's own: its rights and dates could tell the next one something.
    for body in ("open('/tmp/x', 'w')", "os.chmod('/tmp', 0o700)", "os.utime('/tmp')"):
        process = sandbox._process
        attack(sandbox, "import os", function(body))
        assert process is not sandbox._process, body
    for body in ("os.fork()", "os.kill(1, 9)", "os.listdir('/etc')", "open('/proc/1/environ')",
                 "open('/proc/1/mem')", "os.unshare(0x10000000)", "open('/x', 'w')",
                 "os.write(os.open('/proc/self/uid_map', 1), b'0 0 1')", "os.setuid(0)",
                 "os.listdir(%r)"):
        _, result = attack(sandbox, "import os", function(body))
        assert "Error" in result.public[0], body
print("same")
"""  # fmt: skip


@pytest.mark.skipif(os.geteuid() != 0, reason="the other tests are of an unprivileged user already")
def test_an_unprivileged_teacher_has_the_same_sandbox(sandbox):
    """As most are: then bubblewrap makes a user namespace, where the system allows it."""
    # This very tree, seen by user 1000: another user may not be able to read this Python.
    become = ["bwrap", "--unshare-user", "--uid", "1000", "--gid", "1000", "--dev-bind", "/", "/"]
    root = Path(dl_course.__file__).parents[1]
    run = subprocess.run(
        [*become, "--", sys.executable, "-c", UNPRIVILEGED % str(root / "tests")],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        timeout=120,
    )
    if "namespace" in run.stderr:
        pytest.skip(f"no user namespaces here: {run.stderr[-100:]}")
    assert run.stdout == "same\n", run.stderr[-2000:]


def test_ctrl_c_is_left_to_the_grader(sandbox):
    with Sandbox(LIMITS) as mine:
        for process in processes_below(mine._process.pid):
            os.kill(process, signal.SIGINT)
        assert mark(cells_of(RIGHT), ASKED, mine)[1]["attacked"].points == 3


def test_each_sandbox_of_root_has_a_user_of_its_own():
    users = {Sandbox(LIMITS)._user for _ in range(3)}
    assert len(users) == 3 if os.geteuid() == 0 else users == {None}
    assert all(61184 <= user < 65534 for user in users if user is not None)


def test_users_do_not_run_out():
    """A batch that renews its sandboxes does not count up to a user who is somebody."""
    mine = Sandbox(LIMITS)
    before = mine._user
    mine.stop()
    assert mine._user == before


def test_the_environment_holds_nothing_of_the_teachers(monkeypatch):
    monkeypatch.setenv("SECRET_TOKEN", "x")
    assert "SECRET_TOKEN" not in module._environment()
    assert "SECRET_TOKEN" not in " ".join(Sandbox(LIMITS)._bubblewrap())


def test_an_error_is_told_on_one_line_with_its_place():
    try:
        exec(compile("x = 1\n1 / 0", "<cell 4>", "exec"), {})
    except ZeroDivisionError as error:
        assert _described(error) == [
            "other",
            "ZeroDivisionError: division by zero in line 2 of cell 4",
        ]
    try:
        compile("x = (", "<cell 4>", "exec")
    except SyntaxError as error:
        _, text = _described(error)
        assert text.startswith("SyntaxError") and "in line 1" in text


def test_the_loop_of_a_job_is_as_documented(sandbox):
    job = sandbox.open()
    wire.send(job, b"L", pack([(7, "def f(x): return x"), (9, "1 / 0")]))
    seen = [wire.receive(job, 2**20, time.monotonic() + 5) for _ in range(3)]
    assert [kind for kind, _ in seen] == [b"C", b"C", b"R"]
    assert unpack(seen[2][1])[0][0] == 9
    request = {"number": 1, "function": "f", "args": (np.eye(2),), "kwargs": {}}
    wire.send(job, b"A", pack(request | {"on": None, "layers": False}))
    kind, payload = wire.receive(job, 2**20, time.monotonic() + 5)
    assert kind == b"V" and np.array_equal(unpack(payload)[1][""], np.eye(2))
    job.close()
    assert sandbox.clear() is not None


def test_a_course_below_tmp_is_neither_emptied_nor_writable(sandbox, monkeypatch):
    place = Path(tempfile.mkdtemp(dir="/tmp", prefix="course-"))
    place.chmod(0o755)
    course = place / "inner"
    course.mkdir()
    (course / "kept").write_text("kept")
    folders = [*visible_folders(), course]
    monkeypatch.setattr(module, "visible_folders", lambda: folders)
    writes = "def attacked(x):\n    open({!r}, 'w').write('x')\n    return 2 * x"
    points = {}
    try:
        with Sandbox(LIMITS) as other:
            for path in ("/tmp/x", f"{course}/x", f"{place}/x"):
                results = mark(cells_of(writes.format(path)), ASKED, other)[1]
                points[path] = results["attacked"].points
                assert_next_is_fine(other)
        assert list(points.values()) == [3, 0, 0]
        assert [path.name for path in course.iterdir()] == ["kept"]
    finally:
        shutil.rmtree(place)
