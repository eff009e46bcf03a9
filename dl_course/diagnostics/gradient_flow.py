"""Gradient flow: how strong the learning signal is in each layer, and what a step changes."""

import numpy as np

from dl_course.backend import weight_gradients
from dl_course.diagnostics.layers import to_float32, watched_layers
from dl_course.diagnostics.recorder import Recorder


class GradientFlow(Recorder):
    """Records, per layer, the gradient of the loss on a probe batch, and the size of a step.

    For a layer's weights w (kernel and bias together) and their gradient g = dL/dw:
    `gradient_norm` = ||g||, `mean_abs_gradient` = mean |g|, `zero_share` = share of entries
    with g = 0, and `update_ratio` = ||w_after - w_before|| / ||w_before|| of the training step
    just done (NaN before training). A ratio near 0.001 is usual; far below, a layer hardly
    learns; far above, it may be torn apart.

    Args:
        x: probe inputs, shape `(probe, ...)`.
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

    Reference: D0 Q1 (visualizing gradients), D0 3.2.
    """

    name = "gradient_flow"

    def __init__(self, x: np.ndarray, y: np.ndarray, every: str | int = "epoch"):
        """Keeps the probe."""
        super().__init__(x, every)
        self._y = np.asarray(y)
        self._before = None

    def on_train_batch_begin(self, batch, logs=None):
        """Remembers the weights before a step that will be observed."""
        if self._is_due(batch):
            self._before = self._weights()

    def observe(self, epoch: int, step: int) -> list[dict]:
        """Returns one row per layer with weights."""
        model, layers = self.model, self._layers()
        _, gradients = weight_gradients(
            model, self._x, self._y, lambda y, outputs: model.compute_loss(y=y, y_pred=outputs)
        )
        of_variable = {
            id(variable): gradient
            for variable, gradient in zip(model.trainable_variables, gradients, strict=True)
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
        return rows

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
