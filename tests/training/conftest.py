"""Small data and small models, seeded, and a callback that stops a run in the middle."""

import numpy as np
import pytest

from dl_course.backend import keras, set_seed
from dl_course.models import build_augmentation, build_mlp
from dl_course.training import fit


@pytest.fixture(scope="session")
def blobs():
    """Three clouds of points in four dimensions, 60 for training, 30 for testing."""
    rng = np.random.default_rng(0)
    y = np.arange(90) % 3
    x = (rng.normal(size=(90, 4)) + 3 * np.eye(4)[y]).astype("float32")
    return (x[:60], y[:60]), (x[60:], y[60:])


@pytest.fixture(scope="session")
def noise():
    """Images and labels without a pattern: what is learned from them does not generalize."""
    rng = np.random.default_rng(0)
    x, y = rng.random((60, 6, 6, 1), "float32"), np.arange(60) % 3
    return (x, y), (x, y)


@pytest.fixture
def small():
    """Builds a small classifier of the blobs, the same one every time."""

    def build():
        set_seed(0)
        return build_mlp((4,), 3, hidden_units=(8,))

    return build


@pytest.fixture
def restless():
    """Builds a classifier of the noise with everything that draws or moves in training."""

    def build():
        set_seed(0)
        return keras.Sequential(
            [
                keras.Input((6, 6, 1)),
                build_augmentation((6, 6, 1), rotation=20, flip=True),
                keras.layers.Conv2D(2, 3, activation="relu", name="convolution"),
                keras.layers.BatchNormalization(name="normalization"),
                keras.layers.Flatten(),
                keras.layers.Dropout(0.3),
                keras.layers.Dense(3, activation="softmax", name="probabilities"),
            ]
        )

    return build


class Interrupt(keras.callbacks.Callback):
    """Presses Ctrl-C at one batch of one epoch, both counted from 0."""

    def __init__(self, epoch, batch):
        super().__init__()
        self._when = epoch, batch

    def on_epoch_begin(self, epoch, logs=None):
        self._epoch = epoch

    def on_train_batch_begin(self, batch, logs=None):
        if (self._epoch, batch) == self._when:
            raise KeyboardInterrupt


@pytest.fixture
def interrupt():
    return Interrupt


@pytest.fixture
def quick():
    """`fit` with few epochs of the document's recipe and no progress bar."""

    def quick_fit(model, data, **arguments):
        return fit(
            model, data, **({"recipe": "document", "epochs": 2, "progress": False} | arguments)
        )

    return quick_fit


@pytest.fixture
def same_run():
    """Asserts that two runs are the same bit by bit, except for the seconds."""

    def check(a, b, tolerance=0.0):
        assert a.history.keys() == b.history.keys()
        for key in a.history.keys() - {"seconds"}:
            np.testing.assert_allclose(a.history[key], b.history[key], rtol=0, atol=tolerance)
        for one, other in zip(a.model.variables, b.model.variables, strict=True):
            one, other = (keras.ops.convert_to_numpy(v.value) for v in (one, other))
            np.testing.assert_allclose(one, other, rtol=0, atol=tolerance)

    return check
