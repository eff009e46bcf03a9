"""The state of a run after each epoch, in one file that is always whole."""

import dataclasses
import json
import os
import tokenize
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from dl_course.backend import keras
from dl_course.errors import TrainingError
from dl_course.files import atomic_path
from dl_course.training.callbacks import Measurements

# What NumPy, zipfile and JSON raise for a file that was cut off or overwritten somewhere.
_DAMAGED = (
    *(OSError, ValueError, KeyError, TypeError, EOFError, RuntimeError, SyntaxError),
    *(tokenize.TokenError, zipfile.BadZipFile, zlib.error),
)


@dataclasses.dataclass
class Checkpoint:
    """Everything that a run needs to go on as if it had never stopped.

    Attributes:
        epoch: epochs done.
        settings: the run's settings as a dict; a run goes on only with its own.
        history: one list per measured quantity, one number per epoch done.
        variables: every variable of the models, states of dropout seeds included.
        optimizer: every variable of their optimizers.
        best: the models' variables after the best epoch so far.
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
        meta = {"epoch": self.epoch, "settings": self.settings, "history": self.history}
        arrays: dict[str, Any] = {"meta": np.array(json.dumps(meta))}
        for group in ("variables", "optimizer", "best"):
            for i, array in enumerate(getattr(self, group)):
                arrays[f"{group}/{i}"] = array
        for recorder, columns in self.records.items():
            for column, array in columns.items():
                arrays[f"records/{recorder}/{column}"] = array
        with atomic_path(path) as beside, beside.open("wb") as file:
            np.savez(file, **arrays)

    @classmethod
    def load(cls, path: str | os.PathLike) -> "Checkpoint":
        """Reads a checkpoint.

        Raises:
            TrainingError: if there is none, or it is damaged.
        """
        path = Path(path)
        if not path.is_file():
            raise TrainingError(
                f"{path}: expected the checkpoint of a run to continue, found none. "
                "Start without resuming."
            )
        try:
            with np.load(path, allow_pickle=False) as archive:
                arrays = {key: archive[key] for key in archive.files}
            return cls._from_arrays(arrays)
        except _DAMAGED as error:
            raise TrainingError(
                f"{path}: expected a checkpoint, received a damaged file. "
                "Remove the file and start again."
            ) from error

    @classmethod
    def _from_arrays(cls, arrays: dict[str, np.ndarray]) -> "Checkpoint":
        meta = json.loads(str(arrays.pop("meta")))
        records: dict[str, dict[str, np.ndarray]] = {}
        groups: dict[str, Any] = {"variables": [], "optimizer": [], "best": []}
        for key, array in arrays.items():
            group, *rest = key.split("/")
            if group == "records":
                records.setdefault(rest[0], {})[rest[1]] = array
            else:
                groups[group].append(array)
        return cls(**(groups | meta | {"records": records}))


class Checkpointer(keras.callbacks.Callback):
    """Keeps the best weights, and saves the run's state after every epoch if asked to.

    Keras's own `BackupAndRestore` writes several files one after the other; a kill between
    two of them leaves a mixture. Here the state is one file, renamed into place.

    Args:
        models: the models that are trained, each with its optimizer; most runs have one.
        measurements: the owner of the run's history.
        settings: the run's settings; a run goes on only with its own.
        recorders: callbacks with a `name` and `records`, to be saved along with the models.
        path: where to save; None keeps the best weights in memory only.

    Example:
        >>> from dl_course.training import CLASSIFICATION
        >>> path = getfixture("tmp_path") / "checkpoint.npz"
        >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
        >>> model.compile("sgd", "mean_squared_error")
        >>> one = Checkpointer([model], Measurements(CLASSIFICATION), {"seed": 0}, path=path)
        >>> _ = model.fit(np.ones((4, 2)), np.ones(4), epochs=3, verbose=0, callbacks=[one])
        >>> one.resume(path)
        3
    """

    def __init__(
        self,
        models: Sequence[keras.Model],
        measurements: Measurements,
        settings: dict,
        recorders: Sequence = (),
        path: str | os.PathLike | None = None,
    ):
        super().__init__()
        self._models, self._measurements = models, measurements
        self._settings, self._recorders, self._path = settings, recorders, path
        self._best: list[np.ndarray] = []

    def resume(self, path: str | os.PathLike) -> int:
        """Restores models, optimizers, history and recorders; returns the epochs done.

        Raises:
            TrainingError: there is no checkpoint, or it is damaged or of another run.
        """
        checkpoint = Checkpoint.load(path)
        for key, value in self._settings.items():
            if key not in checkpoint.settings:
                raise TrainingError(
                    f"{path}: expected a checkpoint of this version of dl_course, found one that "
                    f"does not say `{key}`. Train again from the start."
                )
            began = checkpoint.settings[key]
            if began != value:
                raise TrainingError(
                    f"`{key}` must be what the run began with, {began!r}, to resume it. "
                    f"Received: {key}={value!r}. Continue with the run's arguments, data and "
                    "hardware, or remove the file and start again."
                )
        for model in self._models:
            model.optimizer.build(model.trainable_variables)
        _assign(self._variables(), checkpoint.variables)
        _assign(self._optimizer_variables(), checkpoint.optimizer)
        self._best = checkpoint.best
        self._measurements.history.update(checkpoint.history)
        for recorder in self._recorders:
            recorder.restore(checkpoint.records.get(recorder.name, {}))
        return checkpoint.epoch

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        """Keeps and saves the state."""
        variables = _values(self._variables())
        if self._measurements.best_epoch == epoch + 1:
            self._best = variables
        if self._path is not None:
            Checkpoint(
                epoch=epoch + 1,
                settings=self._settings,
                history=self._measurements.history,
                variables=variables,
                optimizer=_values(self._optimizer_variables()),
                best=self._best,
                records={recorder.name: recorder.records for recorder in self._recorders},
            ).save(self._path)

    def put_best_back(self) -> None:
        """Gives the models the weights of the best epoch."""
        if self._best:
            _assign(self._variables(), self._best)

    def _variables(self) -> list:
        return [variable for model in self._models for variable in model.variables]

    def _optimizer_variables(self) -> list:
        return [variable for model in self._models for variable in model.optimizer.variables]


def _values(variables: list) -> list[np.ndarray]:
    # Copies: `convert_to_numpy` may return a view of memory that the next step overwrites.
    return [np.array(keras.ops.convert_to_numpy(variable.value)) for variable in variables]


def _assign(variables: list, values: list[np.ndarray]) -> None:
    shapes = [tuple(variable.shape) for variable in variables]
    if shapes != [value.shape for value in values]:
        raise TrainingError(
            "The checkpoint belongs to another model: its variables have other shapes. "
            "Build the model as the run did, or remove the file and start again."
        )
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)
