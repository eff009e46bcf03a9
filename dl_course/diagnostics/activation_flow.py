"""Activation flow: what comes out of each layer while the model learns."""

from typing import Any

import numpy as np

from dl_course.diagnostics.layers import activation_name, outputs_of, watched_layers
from dl_course.diagnostics.recorder import Recorder

BINS = 20
# Where the slope of the function has fallen below a fifth of its maximum.
_SATURATED = {"sigmoid": lambda a: (a < 0.05) | (a > 0.95), "tanh": lambda a: np.abs(a) > 0.9}
_CAN_DIE = ("relu", "relu6")


class ActivationFlow(Recorder):
    """Records, per layer, statistics of the activations on a probe batch.

    For the activations a of a layer over all probe examples and positions: `mean`, `std`; the
    quantiles `q05`, `median` and `q95`, between which 90 % of them lie; for ReLU, `dead_share` =
    share of units (or filters) that are 0 for every example and position; `saturated_share` =
    share of a within 0.05 of an end (sigmoid) or beyond 0.9 (tanh); and a histogram, `counts`
    over 20 equal bins from `low` to `high`. A share that means nothing for a layer is NaN.

    Args:
        x: probe inputs, shape `(probe, ...)`; several inputs as a tuple or dict of arrays.
        every: "epoch", or a number of steps.

    Example:
        >>> from dl_course.models import build_mlp
        >>> x, y = np.eye(3, dtype="float32"), np.arange(3)
        >>> model = build_mlp((3,), 3, hidden_units=(4,))
        >>> model.compile("adam", "sparse_categorical_crossentropy")
        >>> flow = ActivationFlow(x)
        >>> _ = model.fit(x, y, epochs=1, verbose=0, callbacks=[flow])
        >>> flow.records["counts"].shape, flow.records["counts"][0].sum().item()
        ((4, 20), 12)

    Reference: D0 Q1 (visualizing activations), D1 2.1.
    """

    name = "activations"

    def observe(self) -> list[dict[str, Any]]:
        """Returns one row per watched layer."""
        layers = watched_layers(self.model)
        outputs = outputs_of(self.model, layers, self._x)
        return [
            {"layer": layer.name, **_statistics(outputs[layer.name], activation_name(layer))}
            for layer in layers
        ]


def _statistics(values: np.ndarray, activation: str) -> dict:
    units = values.reshape(-1, values.shape[-1])
    low, high = float(values.min()), float(values.max())
    # A layer with a single value still gets a bin of some width.
    counts, _ = np.histogram(values, BINS, (low, high if high > low else low + 1.0))
    dead = float((units == 0).all(axis=0).mean()) if activation in _CAN_DIE else float("nan")
    low_end, median, high_end = np.quantile(values, (0.05, 0.5, 0.95)).tolist()
    saturated = _SATURATED.get(activation, lambda a: np.full(1, np.nan))
    return {
        "mean": float(values.mean(dtype=np.float64)),
        "std": float(values.std(dtype=np.float64)),
        "q05": low_end,
        "median": median,
        "q95": high_end,
        "dead_share": dead,
        "saturated_share": float(saturated(values).mean()),
        "low": low,
        "high": high,
        "counts": counts,
    }
