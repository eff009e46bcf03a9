"""What the recorders share: when they look, and the table that they fill."""

import os

import numpy as np

from dl_course.backend import keras
from dl_course.errors import argument_error
from dl_course.tables import write_table


class Recorder(keras.callbacks.Callback):
    """A Keras callback that observes a fixed probe batch and adds rows to a table.

    It looks before training (epoch 0, step 0) and then after every epoch or every so many
    steps. It computes on its own and never takes part in `train_step`.

    Args:
        x: probe inputs, shape `(probe, ...)`; 64 to 128 examples are enough.
        every: "epoch", or a number of steps.
    """

    name = "records"

    def __init__(self, x: np.ndarray, every: str | int = "epoch"):
        """Keeps the probe."""
        super().__init__()
        is_count = isinstance(every, int) and not isinstance(every, bool) and every > 0
        if every != "epoch" and not is_count:
            raise argument_error("every", '"epoch" or a positive number of steps', every)
        if len(x) == 0:
            raise argument_error("x", "at least one probe example", np.shape(x))
        self._x = np.asarray(x)
        self._every = every
        self._columns: dict[str, list] = {}

    @property
    def records(self) -> dict[str, np.ndarray]:
        """The table: a dict of equally long columns, one row per observation and layer."""
        return {name: np.array(values) for name, values in self._columns.items()}

    def restore(self, records: dict[str, np.ndarray]) -> None:
        """Goes on from an earlier table, of a resumed run."""
        self._columns = {name: list(values) for name, values in records.items()}

    def to_csv(self, path: str | os.PathLike) -> None:
        """Writes the table to a CSV file."""
        write_table(path, self.records)

    def observe(self, epoch: int, step: int) -> list[dict]:
        """Returns one row per layer; the subclasses say what is in it."""
        raise NotImplementedError

    def on_train_begin(self, logs=None):
        """Looks at the untrained model, unless the table goes on from an earlier run."""
        if self.params["steps"] is None:
            expected = "known, so that the end of an epoch is seen coming"
            raise argument_error("steps_per_epoch", expected, None, "Pass a number to model.fit.")
        if not self._columns:
            self._add(epoch=0, step=0)

    def on_epoch_begin(self, epoch, logs=None):
        """Notes the epoch."""
        self._epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        """Looks after every `every` steps."""
        if self._is_due(batch):
            self._add(self._epoch + 1, self._step(batch))

    def _step(self, batch: int) -> int:
        return self._epoch * self.params["steps"] + batch + 1

    def _is_due(self, batch: int) -> bool:
        if self._every == "epoch":
            return batch + 1 == self.params["steps"]
        return self._step(batch) % self._every == 0

    def _add(self, epoch: int, step: int) -> None:
        for row in self.observe(epoch, step):
            for name, value in {"epoch": epoch, "step": step, **row}.items():
                self._columns.setdefault(name, []).append(value)
