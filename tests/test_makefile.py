"""`make` on a machine that cannot install: one line that says what to do, and nothing made."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def make(tmp_path):
    """Runs `make .venv/installed` in a copy of the project's set-up: (exit code, lines)."""
    if not shutil.which("make"):
        pytest.skip("needs make")
    for name in ("Makefile", "requirements.txt", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)

    def make(python):
        done = subprocess.run(
            ["make", ".venv/installed", f"PYTHON={python}"],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={name: value for name, value in os.environ.items() if "MAKE" not in name},
        )
        assert not (tmp_path / ".venv").exists()
        lines = done.stdout.splitlines()
        # make adds a line of its own about the target that failed.
        return done.returncode, [line for line in lines if not line.startswith("make")]

    return make


def python_with(folder, module, text):
    """A Python that is this one, but for one module that is imported from a file first."""
    (folder / "hidden").mkdir()
    (folder / "hidden" / f"{module}.py").write_text(text)
    python = folder / "python"
    base = Path(sys.base_prefix) / "bin" / "python3"
    python.write_text(f"#!/bin/sh\nPYTHONPATH='{folder}/hidden' exec '{base}' \"$@\"\n")
    python.chmod(0o755)
    return python


def test_a_python_without_venv(make, tmp_path):
    python = python_with(tmp_path, "ensurepip", "raise ImportError('not installed')\n")
    code, lines = make(python)
    assert code != 0
    (line,) = lines
    assert line.startswith(f"{python} has no working venv module.")
    assert "sudo apt install python3-venv" in line and "PYTHON=/path/to/python3" in line


def test_a_python_that_is_too_old(make, tmp_path):
    python = python_with(
        tmp_path, "sitecustomize", "import sys\nsys.version_info = (3, 9, 0, 'final', 0)\n"
    )
    code, lines = make(python)
    assert code != 0
    (line,) = lines
    assert line.startswith(f"PYTHON must be Python 3.11 to 3.13. Received: PYTHON={python}.")


def test_a_python_that_is_not_there(make):
    code, lines = make("/nowhere/python3")
    assert code != 0
    assert lines[-1].startswith("PYTHON must be Python 3.11 to 3.13. Received: PYTHON=/nowhere/")


def test_no_python_at_all(make):
    code, lines = make("")
    assert code != 0
    (line,) = lines
    assert line.startswith("No Python 3.11 to 3.13 found. Install one, or name it: make ")
