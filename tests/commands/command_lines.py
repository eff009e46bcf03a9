"""Small data, and command lines run as processes of their own."""

import contextlib
import re
import signal
import subprocess
import sys

import numpy as np

COMMAND = (sys.executable, "-m", "dl_course")
TABLES = ("history.csv", "gradient_flow.csv", "activations.csv")
EPOCHS = 6
FIGURES = ("loss", "accuracy", "gradient_flow", "activations", "confusion_matrix", "feature_maps")


def stripes(**changes):
    """Arrays of 60 noisy 12x12 images in three classes: a bright stripe left, middle or right."""
    random = np.random.RandomState(0)
    y = np.arange(60) % 3
    x = random.randint(0, 80, (60, 12, 12))
    for image, label in zip(x, y, strict=True):
        image[:, 4 * label : 4 * label + 4] += 150
    return {"x": x.astype(np.uint8), "y": y, **changes}


def files_under(folder):
    """The content of every file below a folder, by path; None for a folder."""
    return {
        path: path.read_bytes() if path.is_file() else None for path in sorted(folder.rglob("*"))
    }


def start(*words, **options):
    """Starts a command line as a process of its own, with its output as text."""
    # A suite that runs in the background ignores Ctrl-C, and its children would inherit that.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return subprocess.Popen(
            [*COMMAND, *map(str, words)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **options,
        )
    finally:
        signal.signal(signal.SIGINT, before)


@contextlib.contextmanager
def started(*words, until, **options):
    """Starts a command line and waits for a line of its output; kills what is left of it."""
    process = start(*words, **options)
    try:
        if not any(re.search(until, line) for line in process.stdout):
            raise AssertionError(f"ended without {until!r}: {process.stderr.read()}")
        yield process
    finally:
        process.kill()
        process.communicate()
