"""Writes a run's folder while it trains, so that whoever watches sees the numbers so far."""

from dl_course.backend import keras
from dl_course.commands.run_folder import RunFolder
from dl_course.tables import write_table


class FolderWriter(keras.callbacks.Callback):
    """Makes the run folder when training really begins, and renews its tables every epoch.

    A wrong argument is found before that, so that it leaves no folder behind.

    Args:
        folder: the run folder.
        config: what goes into its config.json.
        recorders: watchers whose tables are written, each as `NAME.csv`.
        resumed: whether the folder's run goes on.

    Attributes:
        began: whether training began, so that the folder is this run's.
    """

    def __init__(self, folder: RunFolder, config: dict, recorders, resumed: bool):
        """Takes the folder."""
        super().__init__()
        self._folder, self._config = folder, config
        self._recorders, self._resumed = recorders, resumed
        self.began = False

    def on_train_begin(self, logs=None):
        """Clears an earlier run, which was allowed, and writes the configuration."""
        self.began = True
        if self._resumed:
            self._folder.sweep()
        else:
            self._folder.clear()
            self._folder.write_config(self._config)

    def on_epoch_end(self, epoch, logs=None):
        """Writes the watchers' tables."""
        write_records(self._folder, self._recorders)


def write_records(folder: RunFolder, recorders) -> None:
    """Writes what the watchers have recorded so far, a table each."""
    for recorder in recorders:
        if recorder.records:
            write_table(folder.file(f"{recorder.name}.csv"), recorder.records)


def write_history(folder: RunFolder, history: dict[str, list]) -> None:
    """Writes `history.csv`, one row per epoch."""
    epochs = range(1, len(history["loss"]) + 1)
    write_table(folder.file("history.csv"), {"epoch": list(epochs), **history})
