"""Batches in an order that depends on the seed and the epoch alone."""

from typing import Any

import numpy as np

from dl_course.backend import begin_epoch, keras
from dl_course.training.examples import count, take


class ShuffledBatches(keras.utils.PyDataset):
    """Training batches, shuffled again in every epoch.

    The order of epoch e is a permutation drawn from the seed `(seed, e)`, so that a run that was
    stopped and resumed at epoch e sees what an uninterrupted run would have seen.

    Args:
        x: inputs, shape `(examples, ...)`; several inputs as a tuple of arrays.
        y: targets, shape `(examples, ...)`; several targets as a tuple or dict of arrays.
        batch_size: examples in a batch; the last one of an epoch may be smaller.
        seed: of the order.
        epoch: the first epoch to be run, counted from 0.

    Example:
        >>> batches = ShuffledBatches(np.arange(5), np.arange(5), batch_size=2, seed=0)
        >>> len(batches), sorted(int(x) for i in range(3) for x in batches[i][0])
        (3, [0, 1, 2, 3, 4])
    """

    def __init__(self, x: Any, y: Any, batch_size: int, seed: int, epoch: int = 0):
        super().__init__()
        self._x, self._y, self._batch_size, self._seed = x, y, batch_size, seed
        self.begin(epoch)  # Keras may read ahead before the epoch begins

    def begin(self, epoch: int) -> None:
        """Draws the order of an epoch, counted from 0.

        The trainer says which epoch it is: Keras also calls `on_epoch_end` when it has only
        peeked at the first batches, so counting those calls would count wrong.
        """
        self._order = np.random.default_rng((self._seed, epoch)).permutation(count(self._y))

    def __len__(self) -> int:
        return -(-count(self._y) // self._batch_size)

    def __getitem__(self, index: int) -> tuple:
        chosen = self._order[index * self._batch_size : (index + 1) * self._batch_size]
        return take(self._x, chosen), take(self._y, chosen)


class SeededEpochs(keras.callbacks.Callback):
    """Makes all that is drawn in an epoch depend on the seed and the epoch alone.

    Args:
        batches: to be shuffled.
        seed: of the run.
    """

    def __init__(self, batches: ShuffledBatches, seed: int):
        super().__init__()
        self._batches, self._seed = batches, seed

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        """Shuffles the batches, and seeds the draws that come from no state of the model."""
        self._batches.begin(epoch)
        begin_epoch(self._seed, epoch)
