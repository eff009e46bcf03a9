"""What the recorders share: when they look, the table that they fill, and the loss they need."""

import contextlib
from collections.abc import Generator, Mapping
from typing import Any

import numpy as np

from dl_course.backend import draws_apart, keras
from dl_course.errors import CourseError, argument_error

# One array or, for several inputs or targets, a tuple or dict of arrays.
Arrays = np.ndarray | tuple[np.ndarray, ...] | dict[str, np.ndarray]


class Recorder(keras.callbacks.Callback):
    """A Keras callback that observes a fixed probe batch and adds rows to a table.

    It looks before training (epoch 0, step 0) and then after every epoch or every so many
    steps. It computes on its own and never takes part in `train_step`.

    Args:
        x: probe inputs, shape `(probe, ...)`; 64 to 128 examples are enough. For a model with
            several inputs, a tuple or dict of arrays.
        every: "epoch", or a number of steps.
    """

    name = "records"  # of the table: a checkpoint and a CSV file keep it by this name

    def __init__(self, x: Arrays, every: str | int = "epoch"):
        super().__init__()
        is_count = isinstance(every, int) and not isinstance(every, bool) and every > 0
        if every != "epoch" and not is_count:
            raise argument_error("every", '"epoch" or a positive number of steps', every)
        self._x = arrays_of(x)
        if 0 in lengths_of(self._x):
            shapes = keras.tree.map_structure(np.shape, self._x)
            raise argument_error("x", "at least one probe example", shapes)
        self._every = None if every == "epoch" else int(every)
        self._columns: dict[str, list] = {}
        self._epoch, self._steps = 0, 1  # steps of an epoch

    @property
    def records(self) -> dict[str, np.ndarray]:
        """The table: a dict of equally long columns, one row per observation and layer."""
        return {name: np.array(values) for name, values in self._columns.items()}

    def restore(self, records: Mapping[str, np.ndarray]) -> None:
        """Continues the table of an earlier run."""
        self._columns = {name: list(values) for name, values in records.items()}

    def observe(self) -> list[dict[str, Any]]:
        """Returns one row per layer; each subclass says what is in it."""
        raise NotImplementedError

    def on_train_begin(self, logs: dict | None = None) -> None:
        """Looks at the untrained model, unless the table continues an earlier run."""
        steps = (self.params or {}).get("steps")
        if steps is None:
            expected = "known, so that the end of an epoch can be seen coming"
            raise argument_error("steps_per_epoch", expected, None, "Pass a number to model.fit.")
        self._steps = steps
        if not self._columns:
            self._look(epoch=0, step=0)

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        """Notes the epoch."""
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        """Looks after every `every` steps."""
        if self._is_due(batch):
            self._look(self._epoch + 1, self._step(batch))

    def _step(self, batch: int) -> int:
        return self._epoch * self._steps + batch + 1

    def _is_due(self, batch: int) -> bool:
        if self._every is None:
            return batch + 1 == self._steps
        return self._step(batch) % self._every == 0

    def _look(self, epoch: int, step: int) -> None:
        with _left_unchanged(self.model):
            rows = self.observe()
        for row in rows:
            for name, value in {"epoch": epoch, "step": step, **row}.items():
                self._columns.setdefault(name, []).append(value)


class LossRecorder(Recorder):
    """A recorder that needs the loss of the probe: the one that the model is compiled with."""

    def __init__(self, x: Arrays, y: Arrays, every: str | int = "epoch"):
        super().__init__(x, every)
        self._y = arrays_of(y)
        x_lengths, y_lengths = lengths_of(self._x), lengths_of(self._y)
        if len(x_lengths | y_lengths) != 1:
            raise argument_error("y", f"of {x_lengths} examples, as `x` is", y_lengths)

    def loss(self, y: Any, outputs: Any) -> Any:
        """Returns the loss of a batch: all that training minimizes, penalties included."""
        if not self.model.compiled:
            raise CourseError(
                "`model` must be compiled with a loss, whose gradient is recorded. Received: model="
                f"{self.model.name}, not compiled. Call model.compile(...) or train with `fit`."
            )
        return self.model.compute_loss(y=y, y_pred=outputs)


def arrays_of(value: Any) -> Arrays:
    """Returns an array, or a tuple or dict of arrays, as NumPy arrays."""
    if isinstance(value, tuple):
        return tuple(map(np.asarray, value))
    if isinstance(value, Mapping):
        return {name: np.asarray(part) for name, part in value.items()}
    return np.asarray(value)


def lengths_of(arrays: Arrays) -> set[int]:
    """Returns the lengths of the arrays: one, if they fit each other."""
    return {len(part) for part in keras.tree.flatten(arrays)}


@contextlib.contextmanager
def _left_unchanged(model: keras.Model) -> Generator[None]:
    """Restores what a model changes even in inference mode.

    A recurrent layer with dropout draws new masks, a stateful one moves its state on, and the
    loss of several outputs keeps their means in metrics.
    """
    variables = [*model.non_trainable_variables, *model.metrics_variables]
    # Copies: on the CPU a NumPy view would change along with the variable.
    values = [np.array(keras.ops.convert_to_numpy(variable.value)) for variable in variables]
    try:
        with draws_apart():
            yield
    finally:
        for variable, value in zip(variables, values, strict=True):
            variable.assign(value)
