"""Progress of a long training: a bar with the time left, wherever it is watched."""

import sys
import time
from typing import Any

from dl_course.backend import keras


class ProgressBar(keras.callbacks.Callback):
    """Shows how far training has got and how much longer it will take.

    In a terminal it is a moving bar, in a notebook one line that is replaced, and in a log
    file one line per epoch.

    Args:
        epochs: of the whole run.
        done: epochs finished before, in a resumed run.
        measure: the key of the measure that is shown along with the loss.
    """

    def __init__(self, epochs: int, done: int, measure: str):
        super().__init__()
        self._epochs, self._done, self._measure = epochs, done, measure
        self._show: Any = None  # a display, from the beginning of training on

    def on_train_begin(self, logs: dict | None = None) -> None:
        """Opens the display that fits the place."""
        self._steps = (self.params or {})["steps"]
        self._start = time.perf_counter()
        self._show = _choose_display(self._epochs * self._steps, self._done * self._steps)

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        """Remembers the epoch."""
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        """Moves the bar."""
        done = self._epoch * self._steps + batch + 1
        self._show.step(done, self._text(self._epoch + 1, done, logs))

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        """Says how the epoch ended, with validation."""
        done = (epoch + 1) * self._steps
        self._show.epoch(done, self._text(epoch + 1, done, logs))

    def close(self) -> None:
        """Leaves the last state on the screen, even after Ctrl-C."""
        if self._show is not None:
            self._show.close()

    def _text(self, epoch: int, done: int, logs: dict | None) -> str:
        # A dict, since the measure may be the loss itself.
        keys = dict.fromkeys((self._measure, "loss", f"val_{self._measure}"))
        numbers = [
            f"{key.replace('val_', 'validation ').replace('_', ' ')} {float(logs[key]):.4f}"
            for key in keys
            if logs and key in logs
        ]
        elapsed = time.perf_counter() - self._start
        steps_here = done - self._done * self._steps
        left = elapsed / steps_here * (self._epochs * self._steps - done)
        remaining = "done" if done == self._epochs * self._steps else f"{left:.0f} s left"
        return "  ".join([f"epoch {epoch}/{self._epochs}", *numbers, remaining])


class _Terminal:
    """A rich progress bar."""

    def __init__(self, total: int, done: int):
        from rich.progress import BarColumn, Progress, TextColumn

        self._bar = Progress(BarColumn(bar_width=24), TextColumn("{task.description}"))
        self._task = self._bar.add_task("starting", total=total, completed=done)
        self._bar.start()

    def step(self, done: int, text: str) -> None:
        self._bar.update(self._task, completed=done, description=text)

    epoch = step

    def close(self) -> None:
        self._bar.stop()


class _Notebook:
    """One line of output, replaced at most five times a second."""

    def __init__(self, total: int, done: int):
        from IPython.display import display

        self._last = 0.0
        self._handle = display({"text/plain": "starting"}, raw=True, display_id=True)

    def step(self, done: int, text: str) -> None:
        if time.perf_counter() - self._last > 0.2:
            self.epoch(done, text)

    def epoch(self, done: int, text: str) -> None:
        self._last = time.perf_counter()
        self._handle.update({"text/plain": text}, raw=True)

    def close(self) -> None:
        pass


class _Log:
    """One line per epoch."""

    def __init__(self, total: int, done: int):
        pass

    def step(self, done: int, text: str) -> None:
        pass

    def epoch(self, done: int, text: str) -> None:
        print(text, flush=True)

    def close(self) -> None:
        pass


def in_notebook() -> bool:
    """Returns whether this process is the kernel of a notebook.

    Example:
        >>> in_notebook()
        False
    """
    if "IPython" not in sys.modules:
        return False
    shell = sys.modules["IPython"].get_ipython()
    return shell is not None and "IPKernelApp" in shell.config


def _choose_display(total: int, done: int) -> "_Terminal | _Notebook | _Log":
    if in_notebook():
        return _Notebook(total, done)
    return _Terminal(total, done) if sys.stdout.isatty() else _Log(total, done)
