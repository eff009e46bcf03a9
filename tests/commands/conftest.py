"""Command lines run in this process, data, and a trained run that tests may copy."""

import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from command_lines import EPOCHS, files_under, stripes

from dl_course import cli


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    """Every test works in an empty folder of its own, with no data set but the embedded one."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DL_COURSE_DATA", raising=False)
    monkeypatch.setattr("dl_course.datasets.store.data_home", lambda: tmp_path / "cache")
    return tmp_path


@pytest.fixture
def course(capfd):
    """Runs one command line: `course("doctor")` gives exit code, standard output and error."""

    def course(*words):
        capfd.readouterr()
        code = cli.run([str(word) for word in words])
        return (code, *capfd.readouterr())

    return course


@pytest.fixture
def done(course):
    """Runs a command line that must succeed, silent on standard error; gives its output."""

    def done(*words):
        code, out, err = course(*words)
        assert (code, err) == (0, "")
        return out

    return done


@pytest.fixture
def refused(course, here):
    """Runs a command line that must be refused: one line, exit code 2, no file changed."""

    def refused(*words):
        before = files_under(here)
        code, out, err = course(*words)
        assert code == 2 and out == "", err
        assert err.startswith("dl-course: ") and err.count("\n") == 1
        assert files_under(here) == before
        return err.removeprefix("dl-course: ").strip()

    return refused


@pytest.fixture
def stripes_file(here):
    """The file `stripes.npz` in the test's folder."""
    np.savez(here / "stripes.npz", **stripes())
    return here / "stripes.npz"


@pytest.fixture(scope="session")
def finished_run(tmp_path_factory):
    """A run of `EPOCHS` epochs on `stripes.npz`, which lies beside it."""
    folder = tmp_path_factory.mktemp("finished")
    np.savez(folder / "stripes.npz", **stripes())
    (folder / "x").mkdir()
    (folder / "x" / ".part-left-by-a-kill.csv").touch()
    words = f"train cnn --data {folder}/stripes.npz --out {folder}/x --epochs {EPOCHS}".split()
    assert cli.run(words) == 0
    return folder / "x"


@pytest.fixture
def run(finished_run, here):
    """A copy of that run, `x` in the test's folder."""
    shutil.copytree(finished_run, here / "x")
    return Path("x")


@pytest.fixture
def small_disk(here):
    """Mounts a small file system: `small_disk("500k")` gives its folder, again changes it."""
    folder = here / "disk"
    folder.mkdir()
    mounted = []

    def mount(size, *options):
        how = ",".join([f"size={size}", *options, *(["remount"] if mounted else [])])
        try:
            command = ["mount", "-t", "tmpfs", "-o", how, "tmpfs", folder]
            subprocess.run(command, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            pytest.skip("a small file system can only be mounted by root, on Linux")
        mounted.append(folder)
        return folder

    yield mount
    if mounted:
        os.chdir("/")
        subprocess.run(["umount", folder], check=True)
