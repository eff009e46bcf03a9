"""The order of the examples depends on the seed and the epoch alone."""

import numpy as np
import pytest

from dl_course.backend import keras
from dl_course.training.batches import ShuffledBatches


class Seen(keras.callbacks.Callback):
    """Reads from the running mean of the loss which example each step was given."""

    def __init__(self):
        super().__init__()
        self.epochs = []

    def on_epoch_begin(self, epoch, logs=None):
        self._sum = 0.0
        self.epochs.append([])

    def on_train_batch_end(self, batch, logs=None):
        total = float(logs["loss"]) * (batch + 1)
        self.epochs[-1].append(round(total - self._sum))
        self._sum = total


def orders(examples, epochs, seed, first=0):
    """Trains a model that gives back its input, on batches of one; the loss is the example."""
    x = np.arange(examples, dtype="float32")[:, None]
    batches = ShuffledBatches(x, x, batch_size=1, seed=seed, epoch=first)
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
    model.set_weights([np.ones((1, 1))])
    model.compile(keras.optimizers.SGD(0.0), lambda y, outputs: outputs)
    seen = Seen()
    begin = keras.callbacks.LambdaCallback(on_epoch_begin=lambda epoch, logs: batches.begin(epoch))
    model.fit(
        batches,
        shuffle=False,
        epochs=epochs,
        initial_epoch=first,
        verbose=0,
        callbacks=[begin, seen],
    )
    return seen.epochs


@pytest.mark.backend
def test_each_example_is_trained_on_once_an_epoch_in_an_order_of_seed_and_epoch():
    first = orders(13, epochs=3, seed=4)
    assert [sorted(order) for order in first] == [list(range(13))] * 3
    assert first[0] != first[1] != first[2] != first[0]
    expected = [np.random.default_rng((4, e)).permutation(13).tolist() for e in range(3)]
    assert first == expected
    assert orders(13, epochs=3, seed=4, first=2) == first[2:]
    assert orders(13, epochs=1, seed=5) != first[:1]


@pytest.mark.parametrize(("examples", "size"), [(10, 3), (9, 3), (2, 5), (1, 1)])
def test_batches_are_full_but_for_the_last(examples, size):
    x, y = np.arange(examples), -np.arange(examples)
    batches = ShuffledBatches(x, y, batch_size=size, seed=0)
    parts = [batches[i] for i in range(len(batches))]
    assert [len(part) for part, _ in parts[:-1]] == [size] * (
        examples // size - (examples % size == 0)
    )
    assert 0 < len(parts[-1][0]) <= size
    assert sorted(np.concatenate([part for part, _ in parts])) == list(range(examples))
    assert all((labels == -part).all() for part, labels in parts)
