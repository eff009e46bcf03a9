import os
import shutil

import pytest

from dl_course.grading import batch
from dl_course.grading.sandbox import Limits, Sandbox

LIMITS = Limits(seconds=2.0, memory_mb=512, disk_mb=16)


def need_bubblewrap():
    """Skips on a developer's machine; where the suite decides, its absence is a failure."""
    if shutil.which("bwrap") is None:
        if os.environ.get("CI"):
            pytest.fail("bubblewrap is not installed: the isolation was not tested")
        pytest.skip("bubblewrap is not installed: sudo apt install bubblewrap")


@pytest.fixture(scope="session")
def sandbox():
    need_bubblewrap()
    with Sandbox(LIMITS) as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def quick(sandbox):
    """For attacks that use up their time or memory."""
    with Sandbox(Limits(seconds=0.8, memory_mb=96, disk_mb=16)) as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def keras_sandbox():
    need_bubblewrap()
    with Sandbox(Limits(seconds=20.0, memory_mb=2048), keras=True) as sandbox:
        yield sandbox


@pytest.fixture
def warm(sandbox, monkeypatch):
    """Lends the tests' own sandbox to batches in this process: to start one takes a second."""

    class Lent:
        def __init__(self, limits, **options):
            self.limits, self.open, self.clear = limits, sandbox.open, sandbox.clear

        def start(self): ...

        def stop(self): ...

    monkeypatch.setattr(batch, "Sandbox", Lent)
