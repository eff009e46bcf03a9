"""What the gates of recurrent layers do while they read one sequence."""

from collections.abc import Callable

import numpy as np

from dl_course.backend import keras
from dl_course.diagnostics.layers import to_float32
from dl_course.diagnostics.recurrent_steps import Tensor, recurrent_layers, watched_steps
from dl_course.errors import CourseError, argument_error


def gate_activations(
    model: keras.Model, x: np.ndarray | tuple[np.ndarray, ...]
) -> dict[str, dict[str, np.ndarray]]:
    """Returns the gates and states of every recurrent layer while it reads one sequence.

    An LSTM has the gates "input", "forget" and "output", the "candidate", the "cell" and the
    hidden "state"; a GRU has the gates "update", the share of the old state that is kept, and
    "reset", the "candidate" and the "state"; a simple RNN has only the "state".

    Args:
        model: a built functional or sequential model.
        x: one sequence, `(time,)` ids or `(time, features)`; for a model with several inputs,
            a tuple of arrays.

    Returns:
        For each simple RNN, LSTM and GRU layer, by name, arrays `(time, units)` by name, in the
        order of the sequence even for a layer that goes backwards through it. Masked steps, such
        as padding, are left out.

    Raises:
        CourseError: if the model has no such layer, or the sequence has no step.

    Example:
        >>> from dl_course.models import build_recurrent
        >>> model = build_recurrent((7, 3), 4, kind="gru", units=5)
        >>> gates = gate_activations(model, np.zeros((7, 3), "float32"))
        >>> list(gates["recurrent"]), gates["recurrent"]["update"].shape
        (['update', 'reset', 'candidate', 'state'], (7, 5))

    Reference: D0 3.5, D0 3.6, D1 3.3.
    """
    layers = recurrent_layers(model)
    if not layers:
        expected = "a SimpleRNN, LSTM or GRU layer"
        raise CourseError(f"`model` must have {expected}. Received: model={model.name}.")
    parts = [np.asarray(part)[None] for part in (x if isinstance(x, tuple) else (x,))]
    for part in parts:
        if part.ndim < 2 or part.shape[1] == 0:
            raise argument_error("x", "one sequence of at least one step", part.shape[1:])
    seen: dict[str, dict[int, list]] = {name: {} for name in layers}

    def note(
        name: str, time: int, inputs: Tensor, before: list, after: list, real: Tensor
    ) -> Tensor:
        if real is None or bool(keras.ops.convert_to_numpy(real)[0]):
            seen[name][time] = [to_float32(value)[0] for value in (inputs, before[0], *after)]
        return after[0]

    with watched_steps(layers, note):
        model(parts if len(parts) > 1 else parts[0], training=False)
    return {name: _gates_of(layers[name].cell, steps) for name, steps in seen.items()}


def _gates_of(cell: keras.layers.Layer, steps: dict[int, list]) -> dict[str, np.ndarray]:
    """Returns gates and states by name, from x_t, h_{t-1} and the new states at each time."""
    if not steps:
        raise CourseError("`x` must have at least one step that is not padding.")
    # The columns of `steps` over time: inputs, states before, states, and cells of an LSTM.
    x, h_before, h, *c = map(np.stack, zip(*(steps[t] for t in sorted(steps)), strict=True))
    if isinstance(cell, keras.layers.LSTMCell):
        return _lstm_gates(cell, x, h_before) | {"cell": c[0], "state": h}
    gates = _gru_gates(cell, x, h_before) if isinstance(cell, keras.layers.GRUCell) else {}
    return gates | {"state": h}


def _lstm_gates(
    cell: keras.layers.LSTMCell, x: np.ndarray, h_before: np.ndarray
) -> dict[str, np.ndarray]:
    kernel, recurrent_kernel, bias = _weights(cell)
    i, f, g, o = np.split(x @ kernel + h_before @ recurrent_kernel + bias, 4, axis=1)
    sigma, tanh = _numpy(cell.recurrent_activation), _numpy(cell.activation)
    return {"input": sigma(i), "forget": sigma(f), "candidate": tanh(g), "output": sigma(o)}


def _gru_gates(
    cell: keras.layers.GRUCell, x: np.ndarray, h_before: np.ndarray
) -> dict[str, np.ndarray]:
    kernel, recurrent_kernel, bias = _weights(cell)
    units = cell.units
    x_bias, h_bias = bias if cell.reset_after and cell.use_bias else (bias, 0)
    from_x = x @ kernel + x_bias  # (time, 3 units)
    from_h = h_before @ recurrent_kernel + h_bias  # (time, 3 units)
    sigma, tanh = _numpy(cell.recurrent_activation), _numpy(cell.activation)
    z, r = np.split(sigma((from_x + from_h)[:, : 2 * units]), 2, axis=1)  # each (time, units)
    if cell.reset_after:
        product = r * from_h[:, 2 * units :]  # (time, units)
    else:
        product = (r * h_before) @ recurrent_kernel[:, 2 * units :]  # (time, units)
    return {"update": z, "reset": r, "candidate": tanh(from_x[:, 2 * units :] + product)}


def _weights(
    cell: keras.layers.LSTMCell | keras.layers.GRUCell,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Returns kernel, recurrent kernel and bias; 0 for the bias of a cell without one."""
    kernel, recurrent_kernel = to_float32(cell.kernel), to_float32(cell.recurrent_kernel)
    return kernel, recurrent_kernel, to_float32(cell.bias) if cell.use_bias else np.zeros(1)


def _numpy(activation: Callable) -> Callable[[np.ndarray], np.ndarray]:
    """Returns a Keras activation as a function of arrays."""
    return lambda values: to_float32(activation(keras.ops.convert_to_tensor(values)))
