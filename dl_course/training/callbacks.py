"""The watchers of every run: they measure, and stop when a loss breaks or nothing improves."""

import math
import time

import numpy as np

from dl_course.backend import keras
from dl_course.errors import TrainingError, argument_error
from dl_course.training.objectives import Objective

Logs = dict | None


class Measurements(keras.callbacks.Callback):
    """Owns the history of a run: each epoch's losses, metrics, learning rate and seconds.

    It comes first among the callbacks, so that the others see the epoch that has just ended.

    Args:
        objective: what the run is for; it decides which epoch is the best.

    Attributes:
        history: a list per measured quantity, with one number per epoch.

    Example:
        >>> measurements = Measurements(Objective("game", None, monitor="return", mode="max"))
        >>> agent = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
        >>> agent.compile("adam")
        >>> watchers = keras.callbacks.CallbackList([measurements], model=agent)
        >>> for epoch, value in enumerate([10, 30, 20]):  # a loop of your own
        ...     watchers.on_epoch_begin(epoch)
        ...     watchers.on_epoch_end(epoch, {"return": value})
        >>> measurements.history["return"], measurements.best_epoch
        ([10.0, 30.0, 20.0], 2)
    """

    def __init__(self, objective: Objective):
        super().__init__()
        self.objective = objective
        self.history: dict[str, list[float]] = {}

    @property
    def best_epoch(self) -> int:
        """The best epoch so far, counted from 1."""
        return self.objective.best_epoch(self.history)

    def has_stalled(self, patience: int | None) -> bool:
        """Returns whether the best epoch is at least `patience` epochs back."""
        return self.objective.has_stalled(self.history, patience)

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        """Starts the clock."""
        self._start = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        """Adds the epoch; validation and recorders at its last step are within its seconds."""
        seconds = time.perf_counter() - self._start
        row = {key: float(value) for key, value in (logs or {}).items()}
        monitor = self.objective.monitor
        was_validated = any(key.startswith("val_") for key in row)
        if monitor not in row and (was_validated or not monitor.startswith("val_")):
            raise argument_error("monitor", f"one of {', '.join(map(repr, row))}", monitor)
        row["learning_rate"] = float(self.model.optimizer.learning_rate)
        row["seconds"] = seconds
        for key, value in row.items():
            self.history.setdefault(key, []).append(value)


class StopOnBrokenLoss(keras.callbacks.Callback):
    """Ends training with a `TrainingError` as soon as a loss or a weight is inf or nan.

    Args:
        monitor: the key of the measure that decides the best epoch, which must be a number too.
    """

    def __init__(self, monitor: str):
        super().__init__()
        self._monitor = monitor

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        """Remembers the epoch for the message."""
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Logs = None) -> None:
        """Looks at the running loss: once broken it stays so, so the step is exact."""
        self._check("loss", logs, f"epoch {self._epoch + 1}, step {batch + 1}")

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        """Looks at the weights too.

        The last step may have broken them, and a compiled ReLU makes 0 of nan, so that the loss
        stays a number.
        """
        step = f"epoch {epoch + 1}, by step {(self.params or {})['steps']}"
        for weight in self.model.weights:
            values = keras.ops.convert_to_numpy(weight.value)
            broken = values[~np.isfinite(values)]
            if broken.size:
                self._stop(f"weight {weight.path}", broken[0], step)
        for key in ("val_loss", self._monitor):
            self._check(key, logs, step)

    def _check(self, key: str, logs: Logs, where: str) -> None:
        value = float((logs or {}).get(key, 0.0))
        if not math.isfinite(value):
            self._stop(key.replace("val_", "validation ").replace("_", " "), value, where)

    def _stop(self, what: str, value: float, where: str) -> None:
        rate = float(self.model.optimizer.learning_rate)
        raise TrainingError(
            f"The {what} became {value} in {where}. "
            f"Try a learning rate well below {rate:.3g}, inputs scaled to the range 0 to 1 "
            "or standardized, or another `kernel_initializer`."
        )


class EarlyStopping(keras.callbacks.Callback):
    """Stops when there has been no better epoch for `patience` epochs.

    It reads the run's whole history, so that a resumed run stops where an uninterrupted one does;
    Keras's own callback counts from zero after a restart.

    Args:
        measurements: the owner of the run's history.
        patience: epochs to wait for an improvement.
    """

    def __init__(self, measurements: Measurements, patience: int):
        super().__init__()
        self._measurements, self._patience = measurements, patience

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        """Stops if the best epoch is `patience` epochs back."""
        if self._measurements.has_stalled(self._patience):
            self.model.stop_training = True
