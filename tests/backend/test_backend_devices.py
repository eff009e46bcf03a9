"""What the machine says about itself is what the course reports."""

import os
import sys
from pathlib import Path

import pytest

from dl_course import backend
from dl_course.backend import keras


@pytest.mark.backend
@pytest.mark.jax
def test_the_device_and_versions_are_those_of_this_machine():
    device = backend.device()
    assert device.name and device.count >= 1
    if device.kind == "cpu":
        assert device.count == os.cpu_count()
    assert backend.versions()["backend"] == keras.backend.backend()
    assert backend.versions()["keras"] == keras.__version__


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc/cpuinfo")
def test_bfloat16_is_what_the_processor_says():
    text = Path("/proc/cpuinfo").read_text()
    device = backend.device()
    if device.kind == "cpu" and keras.backend.backend() != "jax":
        assert device.bfloat16 == ("avx512_bf16" in text or "amx_bf16" in text)
