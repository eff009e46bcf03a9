"""Keras, imported once and without TensorFlow's start-up lines."""

import contextlib
import logging
import os
import re
import sys
import tempfile
from collections.abc import Generator

# What TensorFlow's C++ prints while it starts on any machine without a GPU, and its one hint
# about oneDNN. Everything else is passed on.
_START_UP_NOISE = re.compile(
    rb"^(I\d{4} |\d{4}-\d\d-\d\d .*: I |WARNING: All log messages before absl"
    rb"|To enable the following instructions: |E\d{4} .*oneDNN supports DT_BOOL only)"
    rb"|failed call to cuInit|Could not find cuda drivers|Unable to register cu\w+ factory"
)


@contextlib.contextmanager
def without_start_up_lines() -> Generator[None]:
    """Holds back what C++ writes to standard error, then passes on all but the known noise.

    `TF_CPP_MIN_LOG_LEVEL` alone is not enough: some lines come before TensorFlow reads it, and
    level 3 would hide real errors too.
    """
    with tempfile.TemporaryFile() as held:
        saved = os.dup(2)
        os.dup2(held.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(saved, 2)
            os.close(saved)
            held.seek(0)
            for line in held:
                if not _START_UP_NOISE.search(line):
                    sys.stderr.write(line.decode(errors="replace"))


def _is_not_about_retracing(record: logging.LogRecord) -> bool:
    """Every model compiles its own training step; TensorFlow takes the fifth for a mistake."""
    return "triggered tf.function retracing" not in record.getMessage()


os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "1")
with without_start_up_lines():
    import keras

    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        # The rest of the noise comes when devices are first listed, when the first array is
        # placed (cuInit) and when the first mask is transposed (oneDNN): do it here.
        tf.config.list_physical_devices()
        tf.transpose(tf.zeros((2, 3), tf.bool))
        tf.get_logger().addFilter(_is_not_about_retracing)


def name() -> str:
    """Returns the backend in use: "tensorflow", "jax" or "torch".

    Example:
        >>> name() in {"tensorflow", "jax", "torch"}
        True
    """
    return keras.backend.backend()
