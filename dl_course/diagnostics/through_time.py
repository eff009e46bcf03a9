"""The gradient of the loss at every time step of a recurrent layer."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from dl_course.backend import array_gradients, keras
from dl_course.diagnostics.recorder import Arrays
from dl_course.diagnostics.recurrent_steps import (
    RNN,
    Tensor,
    recurrent_layers,
    replaced_loops,
    watched_steps,
)


class StateGradients(NamedTuple):
    """The gradient with respect to the hidden states of one layer.

    Args:
        values: dL/dh_t, shape (batch, time, units), in float32.
        real: which steps are not masked, as padding is; shape (batch, time).
    """

    values: np.ndarray
    real: np.ndarray

    def norms(self) -> np.ndarray:
        """Returns the length of the gradient at every step, as the mean over the examples.

        With L the mean loss of m examples, m dL/dh is the gradient of an example's own loss:
        norm_t = mean_i ||m dL/dh_it||, over the examples that have a step there.

        Returns:
            An array (time,), 0 where no example has a step.

        Example:
            >>> values, real = np.array([[[3.0, 4.0]], [[0.0, 1.0]]]), np.ones((2, 1), bool)
            >>> StateGradients(values, real).norms()  # the mean of 2 * 5 and 2 * 1
            array([6.])
        """
        own = len(self.values) * np.linalg.norm(self.values.astype(np.float64), axis=2)
        count = self.real.sum(axis=0)  # (time,)
        return np.where(self.real, own, 0).sum(axis=0) / np.maximum(count, 1)


def state_gradients(
    model: keras.Model, x: Arrays, y: Arrays, loss: Callable
) -> dict[str, StateGradients]:
    """Returns the gradient of the loss with respect to every hidden state.

    g_t = dL/dh_t: through the output of step t, and through all later steps. A zero is added to
    every h_t, and the loss is differentiated with respect to these zeros.

    Args:
        model: a built functional or sequential model.
        x: inputs, shape `(batch, time, ...)`; several inputs as a tuple or dict of arrays.
        y: targets as `loss` expects them.
        loss: a function of `(y, outputs)` that returns one number.

    Returns:
        The gradients for each simple RNN, LSTM and GRU layer; in the order of the sequence even
        for a layer that goes backwards through it.

    Example:
        >>> model = keras.Sequential([keras.Input((3, 1)), keras.layers.SimpleRNN(1, name="rnn")])
        >>> model.set_weights([np.zeros((1, 1)), np.full((1, 1), 0.5), np.zeros(1)])
        >>> x = np.zeros((1, 3, 1), "float32")
        >>> gradients = state_gradients(model, x, None, lambda y, h: h)
        >>> gradients["rnn"].values.ravel().tolist()  # half is lost in every step
        [0.25, 0.5, 1.0]

    Reference: D1 3.2.3; Pascanu et al. 2013, https://arxiv.org/abs/1211.5063.
    """
    layers = recurrent_layers(model)
    if not layers:
        return {}
    shapes = _shapes_of(model, x, layers)
    # One array for each step: slicing a single one would cost the square of the number of steps.
    places = [(name, t) for name, (_, real) in shapes.items() for t in range(real.shape[1])]
    zeros = [np.zeros(shapes[name][0], "float32") for name, _ in places]

    def loss_at(*zeros: Tensor) -> Tensor:
        zero_at = dict(zip(places, zeros, strict=True))

        def add_zero(
            name: str, time: int, inputs: Tensor, before: list, after: list, real: Tensor
        ) -> Tensor:
            return after[0] + keras.ops.cast(zero_at[name, time], after[0].dtype)

        with watched_steps(layers, add_zero):
            return loss(y, model(x, training=False))

    gradient_at = dict(zip(places, array_gradients(loss_at, zeros), strict=True))
    return {
        name: StateGradients(
            np.stack([gradient_at[name, t] for t in range(real.shape[1])], axis=1), real
        )
        for name, (_, real) in shapes.items()
    }


def _shapes_of(
    model: keras.Model, x: Arrays, layers: dict[str, RNN]
) -> dict[str, tuple[tuple[int, int], np.ndarray]]:
    """Returns each layer's shape of a state, (batch, units), and its real steps, (batch, time)."""
    shapes = {}

    def loop_of(name: str, layer: RNN) -> Callable:
        def loop(
            sequences: Tensor, initial_state: Any, mask: Tensor, training: bool = False
        ) -> tuple:
            # Only the shapes matter: no step is computed.
            batch, time = sequences.shape[:2]
            real = np.ones((batch, time), bool)
            shapes[name] = (
                (batch, layer.units),
                real if mask is None else keras.ops.convert_to_numpy(mask),
            )
            outputs = keras.ops.zeros((batch, time, layer.units), layer.compute_dtype)
            return outputs[:, -1], outputs, list(initial_state)

        return loop

    with replaced_loops(layers, loop_of):
        model(x, training=False)
    return shapes
