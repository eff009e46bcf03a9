"""A picture of the losses that grows while the model trains, in a notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dl_course.backend import keras
from dl_course.training.objectives import loss_label
from dl_course.training.progress import in_notebook

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class LivePlot(keras.callbacks.Callback):
    """Draws the history again after every epoch, in place.

    In `fit` it is the run's history, with the epochs before a `resume`.
    Outside a notebook it does nothing, since there the progress bar says the same.

    Args:
        metric: the key of what to draw beside the loss; None takes the first metric there is.

    Example:
        >>> live = LivePlot()
        >>> live.on_epoch_end(0, {"loss": 0.7, "accuracy": 0.5})
        >>> [ax.get_title() for ax in live.figure().axes]
        ['Loss during training', 'Accuracy during training']
    """

    def __init__(self, metric: str | None = None):
        super().__init__()
        self._metric = metric
        self._history: dict[str, list] = {}
        self._is_shared = False
        self._handle = None

    def follow(self, history: dict[str, list]) -> None:
        """Draws a history that somebody else keeps, such as that of a `Measurements`."""
        self._history, self._is_shared = history, True

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        """Adds the epoch, unless another does, and replaces the picture."""
        for key, value in () if self._is_shared else (logs or {}).items():
            self._history.setdefault(key, []).append(float(value))
        if not in_notebook():
            return
        from IPython.display import display

        figure = self.figure()
        if self._handle is None:
            self._handle = display(figure, display_id=True)
        else:
            self._handle.update(figure)

    def figure(self) -> Figure:
        """Returns the picture so far, with the loss and the metric."""
        from dl_course.plots import plot_histories

        other = ("val_", "loss", "learning_rate", "seconds")
        trained = [key for key in self._history if not key.startswith(other)]
        metric = self._metric or next(iter(trained), None)
        metrics = [name for name in ("loss", metric) if name and name in self._history]
        loss = getattr(self.model, "loss", None)
        labels = {} if loss is None else {"loss": loss_label(loss)}
        return plot_histories(self._history, metrics, labels)
