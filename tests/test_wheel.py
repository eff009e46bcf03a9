"""An installed course has its notebooks and its masters, far from any checkout."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """Runs Python with the unpacked wheel and without the checkout, in another folder."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder / "dist"]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = (folder / "dist").glob("*.whl")
    site = folder / "site"
    zipfile.ZipFile(wheel).extractall(site)

    def run(*words):
        done = subprocess.run(
            [sys.executable, "-m", "dl_course", *map(str, words)],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(site), "PYTHONSAFEPATH": "1"},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    where = "import dl_course; print(dl_course.__file__)"
    environment = {**os.environ, "PYTHONPATH": str(site), "PYTHONSAFEPATH": "1"}
    found = subprocess.run(
        [sys.executable, "-c", where], cwd=folder, env=environment, capture_output=True, text=True
    )
    assert found.stdout.startswith(str(site))
    return run


def test_it_writes_the_notebooks_of_the_checkout(installed, tmp_path):
    assert "written" in installed("notebooks", tmp_path)
    names = {path.name for path in (ROOT / "notebooks").glob("*.ipynb")}
    assert names and {path.name for path in tmp_path.glob("*.ipynb")} == names


def test_it_knows_its_chapters_and_releases_an_assignment(installed, tmp_path):
    assert "written" in installed("chapters")
    assert "06_convolution_variations" in installed("assignment", "list")
    installed("assignment", "release", "06_convolution_variations", "--out", tmp_path)
    assert list(tmp_path.rglob("06_convolution_variations.ipynb"))
