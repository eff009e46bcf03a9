"""A sample of text after every epoch: it shows what a falling loss means."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from dl_course.backend import keras
from dl_course.files import write_text

if TYPE_CHECKING:
    from dl_course.inference import TextGenerator

_LENGTH = 300


class Samples(keras.callbacks.Callback):
    """Lets the model write after every epoch, always with the same seed, and keeps it all.

    Args:
        path: the text file.
        reader: makes a `TextGenerator` of a model.
        seed: of the sampling.
    """

    def __init__(self, path: Path, reader: Callable[..., TextGenerator], seed: int):
        super().__init__()
        self._path, self._reader, self._seed = path, reader, seed

    def on_epoch_end(self, epoch: int, logs: dict) -> None:
        """Adds a sample; a resumed run first removes those of later epochs."""
        text = self._reader(self.model).generate("", _LENGTH, temperature=0.8, seed=self._seed)
        head = f"=== epoch {epoch + 1}"
        # A run that was killed after its sample and before its checkpoint repeats the epoch.
        before = self._path.read_text(encoding="utf-8") if epoch and self._path.is_file() else ""
        before = before.partition(f"{head},")[0]
        write_text(self._path, f"{before}{head}, loss {logs['loss']:.3f} ===\n{text}\n\n")
