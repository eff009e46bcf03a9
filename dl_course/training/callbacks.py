"""The small watchers of every run: measurements, a stop for a broken loss, and for no progress."""

import math
import time

import numpy as np

from dl_course.backend import keras
from dl_course.errors import TrainingError


class Measurements(keras.callbacks.Callback):
    """Adds each finished epoch's numbers to a history: losses, metrics, rate, seconds.

    Args:
        history: a dict of lists, filled in place.
    """

    def __init__(self, history: dict[str, list]):
        """Takes the history to fill."""
        super().__init__()
        self._history = history

    def on_epoch_begin(self, epoch, logs=None):
        """Starts the clock."""
        self._start = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        """Adds the epoch; validation and recorders at its last step are within its seconds."""
        seconds = time.perf_counter() - self._start
        row = {key: float(value) for key, value in (logs or {}).items()}
        row["learning_rate"] = float(self.model.optimizer.learning_rate)
        row["seconds"] = seconds
        for key, value in row.items():
            self._history.setdefault(key, []).append(value)


class StopOnBrokenLoss(keras.callbacks.Callback):
    """Ends training with a `TrainingError` as soon as a loss or a weight is inf or nan."""

    def on_epoch_begin(self, epoch, logs=None):
        """Remembers the epoch for the message."""
        self._epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        """Looks at the running loss: once it is broken it stays so, hence the step is exact."""
        self._check("loss", logs, "loss", f"epoch {self._epoch + 1}, step {batch + 1}")

    def on_epoch_end(self, epoch, logs=None):
        """Looks at the weights too: the last step may have broken them, and a compiled ReLU
        makes 0 of nan, so that the loss goes on as a number.
        """
        step = f"epoch {epoch + 1}, by step {self.params['steps']}"
        for weight in self.model.weights:
            values = keras.ops.convert_to_numpy(weight.value)
            broken = values[~np.isfinite(values)]
            if broken.size:
                self._stop(f"weight {weight.path}", broken[0], step)
        self._check("validation loss", logs, "val_loss", step)

    def _check(self, what, logs, key, where):
        loss = float((logs or {}).get(key, 0.0))
        if not math.isfinite(loss):
            self._stop(what, loss, where)

    def _stop(self, what, value, where):
        rate = float(self.model.optimizer.learning_rate)
        raise TrainingError(
            f"The {what} became {value} in {where}. "
            f"Try a learning rate well below {rate:.3g}, inputs scaled to the range 0 to 1, "
            "or another `kernel_initializer`."
        )


class EarlyStopping(keras.callbacks.Callback):
    """Stops when the validation loss has not improved for `patience` epochs.

    It reads the run's whole history, so that a resumed run stops where the undisturbed one does;
    Keras's own callback counts from zero after a restart.

    Args:
        history: the run's history, filled by an earlier callback.
        patience: epochs to wait for an improvement.
    """

    def __init__(self, history: dict[str, list], patience: int):
        """Takes the history to read."""
        super().__init__()
        self._history, self._patience = history, patience

    def on_epoch_end(self, epoch, logs=None):
        """Stops if the best epoch is `patience` epochs back."""
        if has_stalled(self._history, self._patience):
            self.model.stop_training = True


def has_stalled(history: dict[str, list], patience: int | None) -> bool:
    """Tells whether the best validation loss is at least `patience` epochs back.

    Example:
        >>> has_stalled({"val_loss": [3, 1, 2, 2]}, patience=2)
        True
        >>> has_stalled({"val_loss": [3, 2, 1]}, patience=2)
        False
    """
    losses = history.get("val_loss", [])
    if not losses or patience is None:
        return False
    return len(losses) - 1 - losses.index(min(losses)) >= patience
