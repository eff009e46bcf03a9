"""A picture of the losses that grows while the model trains, in a notebook."""

from dl_course.backend import keras
from dl_course.training.progress import in_notebook


class LivePlot(keras.callbacks.Callback):
    """Draws the history anew after every epoch, in place; outside a notebook it does nothing,
    since there the progress bar says the same.

    Args:
        metric: what to draw beside the loss.

    Example:
        >>> live = LivePlot()
        >>> live.on_epoch_end(0, {"loss": 0.7, "accuracy": 0.5})
        >>> [ax.get_xlabel() for ax in live.figure().axes]
        ['epoch', 'epoch']
    """

    def __init__(self, metric: str = "accuracy"):
        """Takes the metric's name."""
        super().__init__()
        self._metric = metric
        self._history: dict[str, list] = {}
        self._handle = None

    def on_epoch_end(self, epoch, logs=None):
        """Adds the epoch and replaces the picture."""
        for key, value in (logs or {}).items():
            self._history.setdefault(key, []).append(float(value))
        if not in_notebook():
            return
        from IPython.display import display

        figure = self.figure()
        if self._handle is None:
            self._handle = display(figure, display_id=True)
        else:
            self._handle.update(figure)

    def figure(self):
        """Returns the picture so far, a matplotlib Figure with the loss and the metric."""
        from dl_course.plots import plot_histories

        metrics = [name for name in ("loss", self._metric) if name in self._history]
        return plot_histories(self._history, metrics)
