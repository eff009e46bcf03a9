"""What the recorders share: when they look, and the table that they fill."""

import contextlib
import os
from collections.abc import Iterator

import numpy as np

from dl_course.backend import draws_apart, keras
from dl_course.errors import argument_error
from dl_course.tables import write_table


class Recorder(keras.callbacks.Callback):
    """A Keras callback that observes a fixed probe batch and adds rows to a table.

    It looks before training (epoch 0, step 0) and then after every epoch or every so many
    steps. It computes on its own and never takes part in `train_step`.

    Args:
        x: probe inputs, shape `(probe, ...)`; 64 to 128 examples are enough. For a model with
            several inputs, a tuple of arrays.
        every: "epoch", or a number of steps.
    """

    name = "records"
    endings: tuple[str, ...] = ("",)  # of the names of its tables

    def __init__(self, x: np.ndarray, every: str | int = "epoch"):
        """Keeps the probe."""
        super().__init__()
        is_count = isinstance(every, int) and not isinstance(every, bool) and every > 0
        if every != "epoch" and not is_count:
            raise argument_error("every", '"epoch" or a positive number of steps', every)
        parts = tuple(np.asarray(part) for part in (x if isinstance(x, tuple) else (x,)))
        if not all(map(len, parts)):
            shapes = [part.shape for part in parts]
            raise argument_error("x", "at least one probe example", shapes)
        self._x = parts if isinstance(x, tuple) else parts[0]
        self._every = every
        # By what follows the recorder's name in the name of the table.
        self._tables: dict[str, dict[str, list]] = {}

    @property
    def records(self) -> dict[str, np.ndarray]:
        """The table: a dict of equally long columns, one row per observation and layer."""
        return self._arrays("")

    @property
    def tables(self) -> dict[str, dict[str, np.ndarray]]:
        """All tables that have rows, by name; a recorder may fill more than its `records`."""
        return {f"{self.name}{ending}": self._arrays(ending) for ending in self._tables}

    def restore(self, tables: dict[str, dict[str, np.ndarray]]) -> None:
        """Goes on from the earlier tables of a resumed run; tables of other names are left."""
        self._tables = {
            table[len(self.name) :]: {name: list(values) for name, values in columns.items()}
            for table, columns in tables.items()
            if table in [f"{self.name}{ending}" for ending in self.endings]
        }

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
        if not self._tables:
            self._look(epoch=0, step=0)

    def on_epoch_begin(self, epoch, logs=None):
        """Notes the epoch."""
        self._epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        """Looks after every `every` steps."""
        if self._is_due(batch):
            self._look(self._epoch + 1, self._step(batch))

    def _step(self, batch: int) -> int:
        return self._epoch * self.params["steps"] + batch + 1

    def _is_due(self, batch: int) -> bool:
        if self._every == "epoch":
            return batch + 1 == self.params["steps"]
        return self._step(batch) % self._every == 0

    def _look(self, epoch: int, step: int) -> None:
        with _left_as_it_is(self.model):
            self._add("", epoch, step, self.observe(epoch, step))

    def _add(self, ending: str, epoch: int, step: int, rows: list[dict]) -> None:
        for row in rows:
            columns = self._tables.setdefault(ending, {})
            for name, value in {"epoch": epoch, "step": step, **row}.items():
                columns.setdefault(name, []).append(value)

    def _arrays(self, ending: str) -> dict[str, np.ndarray]:
        columns = self._tables.get(ending, {})
        return {name: np.array(values) for name, values in columns.items()}


@contextlib.contextmanager
def _left_as_it_is(model: keras.Model) -> Iterator[None]:
    """Puts back what a model changes even in inference mode.

    A recurrent layer with dropout draws its masks anew, a stateful one moves its state on.
    """
    variables = model.non_trainable_variables
    # Copies: on the CPU a NumPy view would change under our hands.
    values = [np.array(keras.ops.convert_to_numpy(variable.value)) for variable in variables]
    try:
        with draws_apart():
            yield
    finally:
        for variable, value in zip(variables, values, strict=True):
            variable.assign(value)
