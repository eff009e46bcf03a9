"""Gradient flow: how strong the learning signal is in each layer, and at each time step."""

from typing import Any

import numpy as np

from dl_course.backend import keras, weight_gradients
from dl_course.diagnostics.layers import to_float32, watched_layers
from dl_course.diagnostics.recorder import Arrays, LossRecorder
from dl_course.diagnostics.through_time import state_gradients

TIME_PROBE = 16  # examples: step by step, a sequence of hundreds of steps takes its time


class GradientFlow(LossRecorder):
    """Records, per layer, the gradient of the loss on a probe batch, and the size of a step.

    For a layer's weights w (kernel and bias together) and their gradient g = dL/dw:
    `gradient_norm` = ||g||, `mean_abs_gradient` = mean |g|, `zero_share` = share of entries
    with g = 0, and `update_ratio` = ||w_after - w_before|| / ||w_before|| of the training step
    just done (NaN before training). A ratio near 0.001 is usual; far below, a layer hardly
    learns; far above, training may be unstable.

    Args:
        x: probe inputs, shape `(probe, ...)`; several inputs as a tuple or dict of arrays.
        y: their targets, as the model is trained with; several as a tuple or dict of arrays.
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

    Reference: D0 Q1 (visualizing gradients), D0 3.2.
    """

    name = "gradient_flow"

    def __init__(self, x: Arrays, y: Arrays, every: str | int = "epoch"):
        super().__init__(x, y, every)
        self._before: dict[str, np.ndarray] = {}

    def on_train_batch_begin(self, batch: int, logs: dict | None = None) -> None:
        """Remembers the weights before a step that will be observed."""
        if self._is_due(batch):
            self._before = self._weights()

    def observe(self) -> list[dict[str, Any]]:
        """Returns one row per layer with weights."""
        layers = self._layers()
        _, gradients = weight_gradients(self.model, self._x, self._y, self.loss)
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
                    "update_ratio": self._update_ratio(layer.name, after[layer.name]),
                }
            )
        self._before = {}
        return rows

    def _update_ratio(self, layer: str, after: np.ndarray) -> float:
        before = self._before.get(layer, np.zeros(1))
        size = np.linalg.norm(before)
        return float(np.linalg.norm(after - before) / size) if size else float("nan")

    def _layers(self) -> list[keras.layers.Layer]:
        return [layer for layer in watched_layers(self.model) if layer.trainable_variables]

    def _weights(self) -> dict[str, np.ndarray]:
        # Concatenated, so copied: on the CPU a NumPy view would change along with the variable.
        return {
            layer.name: np.concatenate(
                [to_float32(variable.value).ravel() for variable in layer.trainable_variables]
            )
            for layer in self._layers()
        }


class GradientThroughTime(LossRecorder):
    """Records the gradient at every time step of the recurrent layers.

    For every time step t of a simple RNN, LSTM or GRU layer, in the order of the sequence:
    `gradient_norm` = ||dL/dh_t||, the mean over the first 16 examples of the probe, each with
    its own loss, padding left out. A model without such layers has no records.

    Args:
        x: probe inputs, shape `(probe, time, ...)`; several inputs as a tuple or dict of arrays.
        y: their targets, as the model is trained with; several as a tuple or dict of arrays.
        every: "epoch", or a number of steps.

    Example:
        >>> from dl_course.models import build_recurrent
        >>> x, y = np.ones((3, 4, 2), "float32"), np.arange(3)
        >>> model = build_recurrent((4, 2), 3, units=5)
        >>> model.compile("adam", "sparse_categorical_crossentropy")
        >>> flow = GradientThroughTime(x, y)
        >>> _ = model.fit(x, y, epochs=1, verbose=0, callbacks=[flow])
        >>> flow.records["epoch"].tolist(), flow.records["time"].tolist()
        ([0, 0, 0, 0, 1, 1, 1, 1], [0, 1, 2, 3, 0, 1, 2, 3])

    Reference: D1 3.2.3.
    """

    name = "gradient_flow_through_time"

    def observe(self) -> list[dict[str, Any]]:
        """Returns one row per recurrent layer and time step."""
        x, y = keras.tree.map_structure(lambda part: part[:TIME_PROBE], (self._x, self._y))
        return [
            {"layer": layer, "time": time, "gradient_norm": float(norm)}
            for layer, of_states in state_gradients(self.model, x, y, self.loss).items()
            for time, norm in enumerate(of_states.norms())
            if of_states.real[:, time].any()  # else every example is padding there
        ]
