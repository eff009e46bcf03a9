"""The state of a run after each epoch, in one file that is always whole."""

import dataclasses
import json
import os
import tokenize
import zipfile
import zlib
from pathlib import Path

import numpy as np

from dl_course.backend import keras
from dl_course.errors import TrainingError
from dl_course.files import atomic_path

# What NumPy, zipfile and JSON raise for a file cut off or overwritten, depending on where.
_DAMAGED = (
    *(OSError, ValueError, KeyError, TypeError, EOFError, RuntimeError, SyntaxError),
    *(tokenize.TokenError, zipfile.BadZipFile, zlib.error),
)


@dataclasses.dataclass
class Checkpoint:
    """All that a run needs to go on as if it had never stopped.

    Attributes:
        epoch: epochs done.
        settings: the run's settings as a dict; a run goes on only with its own.
        history: one list per measured quantity, one number per epoch done.
        variables: every variable of the model, states of dropout seeds included.
        optimizer: every variable of the optimizer.
        best: the model's variables after its best epoch so far.
        records: for each recorder, by name, the columns of its table.
    """

    epoch: int
    settings: dict
    history: dict[str, list]
    variables: list[np.ndarray]
    optimizer: list[np.ndarray]
    best: list[np.ndarray]
    records: dict[str, dict[str, np.ndarray]]

    def save(self, path: str | os.PathLike) -> None:
        """Writes the checkpoint to `path`, whole or not at all.

        One file, so that weights, optimizer and history can never be of different epochs.

        Example:
            >>> path = getfixture("tmp_path") / "checkpoint.npz"
            >>> Checkpoint(1, {}, {"loss": [0.5]}, [np.ones(2)], [], [], {}).save(path)
            >>> Checkpoint.load(path).history
            {'loss': [0.5]}
        """
        arrays = {}
        for group in ("variables", "optimizer", "best"):
            for i, array in enumerate(getattr(self, group)):
                arrays[f"{group}/{i}"] = array
        for recorder, columns in self.records.items():
            for column, array in columns.items():
                arrays[f"records/{recorder}/{column}"] = array
        meta = {"epoch": self.epoch, "settings": self.settings, "history": self.history}
        with atomic_path(path) as beside, beside.open("wb") as file:
            np.savez(file, meta=np.array(json.dumps(meta)), **arrays)

    @classmethod
    def load(cls, path: str | os.PathLike) -> "Checkpoint":
        """Reads a checkpoint.

        Raises:
            TrainingError: if there is none, or it is damaged.
        """
        path = Path(path)
        if not path.is_file():
            raise TrainingError(
                f"{path}: expected the checkpoint of a run to go on with, found none. "
                "Start the run anew without --resume."
            )
        try:
            with np.load(path, allow_pickle=False) as archive:
                arrays = {key: archive[key] for key in archive.files}
            return cls._from_arrays(arrays)
        except _DAMAGED as error:
            raise TrainingError(
                f"{path}: expected a checkpoint, received a damaged file. "
                "Start the run anew with --overwrite."
            ) from error

    @classmethod
    def _from_arrays(cls, arrays: dict[str, np.ndarray]) -> "Checkpoint":
        meta = json.loads(str(arrays.pop("meta")))
        records: dict[str, dict[str, np.ndarray]] = {}
        groups: dict[str, list] = {"variables": [], "optimizer": [], "best": []}
        for key, array in arrays.items():
            group, *rest = key.split("/")
            if group == "records":
                records.setdefault(rest[0], {})[rest[1]] = array
            else:
                groups[group].append(array)
        return cls(records=records, **groups, **meta)


class Checkpointer(keras.callbacks.Callback):
    """Keeps the best weights, and saves the run's state after every epoch if asked to.

    Keras's own `BackupAndRestore` writes several files one after the other; a kill between
    two of them leaves a mixture. Here the state is one file, renamed into place.

    Args:
        history: the run's history, filled by an earlier callback.
        settings: the run's settings.
        recorders: callbacks with a `name` and `records`, to be saved along.
        path: where to save; None keeps the best weights in memory only.
    """

    def __init__(self, history: dict[str, list], settings: dict, recorders, path=None):
        """Takes note of what to save, and where."""
        super().__init__()
        self._history, self._settings = history, settings
        self._recorders, self._path = recorders, path
        self._best: list[np.ndarray] = []

    def restore(self, model: keras.Model, checkpoint: Checkpoint) -> None:
        """Puts a checkpoint's state back into the model, its optimizer, history and recorders."""
        model.optimizer.build(model.trainable_variables)
        _assign(model.variables, checkpoint.variables)
        _assign(model.optimizer.variables, checkpoint.optimizer)
        self._best = checkpoint.best
        self._history.update(checkpoint.history)
        for recorder in self._recorders:
            recorder.restore(checkpoint.records.get(recorder.name, {}))

    def on_epoch_end(self, epoch, logs=None):
        """Keeps and saves the state."""
        variables = _values(self.model.variables)
        if best_epoch(self._history) == epoch + 1:
            self._best = variables
        if self._path is not None:
            Checkpoint(
                epoch=epoch + 1,
                settings=self._settings,
                history=self._history,
                variables=variables,
                optimizer=_values(self.model.optimizer.variables),
                best=self._best,
                records={recorder.name: recorder.records for recorder in self._recorders},
            ).save(self._path)

    def put_best_back(self, model: keras.Model) -> None:
        """Gives the model the weights of its best epoch."""
        if self._best:
            _assign(model.variables, self._best)


def best_epoch(history: dict[str, list]) -> int:
    """Returns the epoch, counted from 1, with the lowest validation loss; the last without one.

    Example:
        >>> best_epoch({"loss": [3, 2, 1], "val_loss": [3, 1, 2]}), best_epoch({"loss": [1, 2]})
        (2, 2)
    """
    if "val_loss" not in history:
        return len(history.get("loss", []))
    return int(np.argmin(history["val_loss"])) + 1


def _values(variables) -> list[np.ndarray]:
    return [np.array(keras.ops.convert_to_numpy(variable.value)) for variable in variables]


def _assign(variables, values: list[np.ndarray]) -> None:
    shapes = [tuple(variable.shape) for variable in variables]
    if shapes != [value.shape for value in values]:
        raise TrainingError(
            "The checkpoint belongs to another model: its variables have other shapes. "
            "Build the model as the run did, or start anew with --overwrite."
        )
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)
