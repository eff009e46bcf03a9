"""Keras starts quietly, and what is not noise is passed on."""

import os
import subprocess
import sys

import numpy as np
import pytest

from dl_course.backend import keras, name
from dl_course.backend.start_up import without_start_up_lines

START = """
import os, warnings
from dl_course.backend import keras, set_seed
from dl_course.backend.start_up import without_start_up_lines
import numpy as np
set_seed(0)
keras.ops.convert_to_numpy(keras.ops.ones((2, 2)) @ keras.ops.ones((2, 2)))
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.zeros((4, 2)), np.zeros((4, 1)), verbose=0)
os.write(2, b"== started ==\\n")
with without_start_up_lines():
    os.write(2, b"I0000 00:00:1700000000.123456  123 port.cc:153] oneDNN operations are on\\n")
    os.write(2, b"2026-01-01 00:00:00.1: I tensorflow/core/util/port.cc:1] a notice\\n")
    os.write(2, b"2026-01-01 00:00:00.1: W tensorflow/core/x.cc:1] a real warning\\n")
    os.write(2, b"E0000 00:00:1700000000.123456  123 x.cc:7] a real error\\n")
    os.write(2, b"E0000 00:00:1700000000.1 1 cuda.cc:1] failed call to cuInit: no device\\n")
    warnings.warn("a Python warning")
    print("a line without an end", end="", file=__import__("sys").stderr, flush=True)
"""


@pytest.fixture(scope="module")
def said():
    """What a fresh process writes to standard error, before and after the marker."""
    done = subprocess.run([sys.executable, "-c", START], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stderr.split("== started ==\n")


@pytest.mark.backend
def test_keras_starts_and_trains_without_a_word(said):
    assert said[0] == ""


def test_real_warnings_during_the_start_are_kept(said):
    kept = said[1]
    for text in ("a real warning", "a real error", "a Python warning", "a line without an end"):
        assert kept.count(text) == 1
    assert "oneDNN" not in kept and "a notice" not in kept and "cuInit" not in kept


def test_what_was_held_back_is_shown_when_the_start_fails(capfd):
    with pytest.raises(ImportError), without_start_up_lines():
        os.write(2, b"E0000 00:00:1700000000.1 1 x.cc:7] why it failed\n")
        raise ImportError
    os.write(2, b"and standard error works again\n")
    error = capfd.readouterr().err
    assert "why it failed" in error and "works again" in error


@pytest.mark.skipif(name() != "tensorflow", reason="TensorFlow's own log")
def test_training_many_models_is_no_mistake_to_warn_about(caplog, monkeypatch):
    import tensorflow as tf

    monkeypatch.setattr(tf.get_logger(), "propagate", True)
    for _ in range(7):
        model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
        model.compile("sgd", "mse")
        model.fit(np.zeros((2, 1)), np.zeros((2, 1)), verbose=0)
    tf.get_logger().warning("something else")
    assert [record.message for record in caplog.records] == ["something else"]
