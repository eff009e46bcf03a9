"""Gradient flow: how strong the learning signal is in each layer, and what a step changes."""

import numpy as np

from dl_course.backend import weight_gradients
from dl_course.diagnostics.layers import to_float32, watched_layers
from dl_course.diagnostics.recorder import Recorder
from dl_course.diagnostics.through_time import state_gradients

THROUGH_TIME = "_through_time"
TIME_PROBE = 16  # examples: step by step, a sequence of hundreds of steps takes its time


class GradientFlow(Recorder):
    """Records, per layer, the gradient of the loss on a probe batch, and the size of a step.

    For a layer's weights w (kernel and bias together) and their gradient g = dL/dw:
    `gradient_norm` = ||g||, `mean_abs_gradient` = mean |g|, `zero_share` = share of entries
    with g = 0, and `update_ratio` = ||w_after - w_before|| / ||w_before|| of the training step
    just done (NaN before training). A ratio near 0.001 is usual; far below, a layer hardly
    learns; far above, it may be torn apart.

    For simple RNN, LSTM and GRU layers a second table, `time_records`, tells how the gradient
    goes back through time: for every time step t of a layer, in the order of the sequence,
    `gradient_norm` = ||dL/dh_t||, the mean over the first 16 examples of the probe, each with
    its own loss, padding left out. As a CSV file it is `gradient_flow_through_time.csv`.

    Args:
        x: probe inputs, shape `(probe, ...)`; several inputs as a tuple of arrays.
        y: their labels, as the model is trained with.
        every: "epoch", or a number of steps.

    Example:
        >>> from dl_course.models import build_mlp
        >>> x, y = np.eye(3, dtype="float32"), np.arange(3)
        >>> model = build_mlp((3,), 3, hidden_units=(4,))
        >>> model.compile("adam", "sparse_categorical_crossentropy")
        >>> flow = GradientFlow(x, y)
        >>> _ = model.fit(x, y, epochs=2, verbose=0, callbacks=[flow])
        >>> flow.records["layer"].tolist()[:2], flow.records["epoch"].tolist()
        (['hidden1', 'probabilities'], [0, 0, 1, 1, 2, 2])

        >>> from dl_course.models import build_recurrent
        >>> model = build_recurrent((4, 2), 3, units=5)
        >>> model.compile("adam", "sparse_categorical_crossentropy")
        >>> flow = GradientFlow(np.ones((3, 4, 2), "float32"), y)
        >>> _ = model.fit(np.ones((3, 4, 2)), y, epochs=1, verbose=0, callbacks=[flow])
        >>> flow.time_records["epoch"].tolist(), flow.time_records["time"].tolist()
        ([0, 0, 0, 0, 1, 1, 1, 1], [0, 1, 2, 3, 0, 1, 2, 3])

    Reference: D0 Q1 (visualizing gradients), D0 3.2, D1 3.2.3.
    """

    name = "gradient_flow"
    endings = ("", THROUGH_TIME)

    def __init__(self, x: np.ndarray, y: np.ndarray, every: str | int = "epoch"):
        """Keeps the probe."""
        super().__init__(x, every)
        self._y = np.asarray(y)
        self._before = None

    @property
    def time_records(self) -> dict[str, np.ndarray]:
        """The gradient through time: a row per observation, recurrent layer and time step.

        The columns are `epoch`, `step`, `layer`, `time` and `gradient_norm`; there are none for
        a model without recurrent layers.
        """
        return self._arrays(THROUGH_TIME)

    def on_train_batch_begin(self, batch, logs=None):
        """Remembers the weights before a step that will be observed."""
        if self._is_due(batch):
            self._before = self._weights()

    def observe(self, epoch: int, step: int) -> list[dict]:
        """Returns one row per layer with weights."""
        layers = self._layers()
        _, gradients = weight_gradients(self.model, self._x, self._y, self._loss)
        of_variable = {
            id(variable): gradient
            for variable, gradient in zip(self.model.trainable_variables, gradients, strict=True)
        }
        after = self._weights()
        rows = []
        for layer in layers:
            parts = [of_variable[id(variable)].ravel() for variable in layer.trainable_variables]
            gradient = np.concatenate(parts)
            rows.append(
                {
                    "layer": layer.name,
                    "gradient_norm": float(np.linalg.norm(gradient)),
                    "mean_abs_gradient": float(np.abs(gradient).mean()),
                    "zero_share": float((gradient == 0).mean()),
                    "update_ratio": self._update_ratio(layer.name, after),
                }
            )
        self._before = None
        self._add(THROUGH_TIME, epoch, step, self._time_rows())
        return rows

    def _time_rows(self) -> list[dict]:
        x = self._x
        x = tuple(part[:TIME_PROBE] for part in x) if isinstance(x, tuple) else x[:TIME_PROBE]
        gradients = state_gradients(self.model, x, self._y[:TIME_PROBE], self._loss)
        return [
            {"layer": layer, "time": time, "gradient_norm": float(norm)}
            for layer, of_states in gradients.items()
            for time, norm in enumerate(of_states.norms())
            if of_states.real[:, time].any()  # else every example is padding there
        ]

    def _loss(self, y, outputs):
        return self.model.compute_loss(y=y, y_pred=outputs)

    def _update_ratio(self, layer: str, after: dict[str, np.ndarray]) -> float:
        if self._before is None:
            return float("nan")
        before = self._before[layer]
        size = np.linalg.norm(before)
        return float(np.linalg.norm(after[layer] - before) / size) if size else float("nan")

    def _layers(self):
        return [layer for layer in watched_layers(self.model) if layer.trainable_variables]

    def _weights(self) -> dict[str, np.ndarray]:
        # Copies: on the CPU a NumPy view would change under our hands.
        return {
            layer.name: np.concatenate(
                [to_float32(variable.value).ravel() for variable in layer.trainable_variables]
            )
            for layer in self._layers()
        }
