"""Writes a run's folder during training, so that whoever looks in sees the numbers so far."""

from collections.abc import Sequence

import numpy as np

from dl_course.backend import keras
from dl_course.commands.runs.run_folder import RunFolder
from dl_course.commands.runs.tasks import owned_files


class FolderWriter(keras.callbacks.Callback):
    """Makes the run folder when training really begins, and rewrites its tables every epoch.

    A wrong argument is found before that, so it leaves no folder behind.

    Args:
        folder: the run folder.
        config: the content of its config.json.
        recorders: the recorders whose tables are written, each as `NAME.csv`.
        resumed: whether the folder's run is continued.

    Attributes:
        began: whether training began, so that the folder is this run's.
    """

    def __init__(self, folder: RunFolder, config: dict, recorders: Sequence, resumed: bool):
        super().__init__()
        self._folder, self._config = folder, config
        self._recorders, self._resumed = recorders, resumed
        self.began = False

    def on_train_begin(self, logs: dict | None = None) -> None:
        """Clears an earlier run, which was allowed, and writes the configuration."""
        self.began = True
        if self._resumed:
            self._folder.sweep()
        else:
            self._folder.clear(owned_files())
            self._folder.write_config(self._config)

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        """Writes the recorders' tables."""
        self._folder.write_tables(recorded(self._recorders))


def recorded(recorders: Sequence) -> dict[str, dict[str, np.ndarray]]:
    """Returns the tables of the recorders that have recorded something, by name."""
    return {recorder.name: recorder.records for recorder in recorders if recorder.records}
