"""Recurrent layers, one step at a time."""

import contextlib
from collections.abc import Callable, Generator
from typing import Any

from dl_course.backend import keras

RNN = keras.layers.SimpleRNN | keras.layers.LSTM | keras.layers.GRU
Tensor = Any  # of the backend


def recurrent_layers(model: keras.Model) -> dict[str, RNN]:
    """Returns the simple RNN, LSTM and GRU layers of a model by name, in order.

    The name of one within a `Bidirectional` follows that one's: "bidirectional/forward_lstm".

    Example:
        >>> lstm = keras.layers.LSTM(2, name="lstm")
        >>> both = keras.layers.Bidirectional(lstm, name="both")
        >>> model = keras.Sequential([keras.Input((3, 1)), both, keras.layers.Dense(2)])
        >>> list(recurrent_layers(model))
        ['both/forward_lstm', 'both/backward_lstm']
    """
    found = {}
    for layer in model.layers:
        if isinstance(layer, keras.layers.Bidirectional):
            for inner in (layer.forward_layer, layer.backward_layer):
                found[f"{layer.name}/{inner.name}"] = inner
        else:
            found[layer.name] = layer
    return {name: layer for name, layer in found.items() if isinstance(layer, RNN)}


@contextlib.contextmanager
def watched_steps(layers: dict[str, RNN], at_step: Callable) -> Generator[None]:
    """Calls `at_step` at every step of the layers, while the context is open.

    Inside, the layers compute step by step, in inference mode; afterwards they are as before.

    Args:
        layers: as from `recurrent_layers`.
        at_step: a function of the layer's name, the position of the step in the sequence, the
            inputs x_t `(batch, features)`, the states before the step (h, or h and c), those
            after it, each `(batch, units)`, and which examples have a step there, `(batch,)`,
            or None for all. It returns the hidden state h_t to go on with. At a masked step the
            states after it are computed too, but not used.

    Example:
        >>> import numpy as np
        >>> lstm = keras.layers.LSTM(2)
        >>> times = []
        >>> def note(name, time, inputs, before, after, real):
        ...     times.append(time)
        ...     return after[0]
        >>> with watched_steps({"lstm": lstm}, note):
        ...     _ = lstm(np.ones((1, 3, 4), "float32"))
        >>> times
        [0, 1, 2]
    """
    with replaced_loops(layers, lambda name, layer: _loop(name, layer, at_step)):
        yield


@contextlib.contextmanager
def replaced_loops(layers: dict[str, RNN], loop_of: Callable) -> Generator[None]:
    """Gives each layer another loop over its steps, while the context is open.

    Args:
        layers: as from `recurrent_layers`.
        loop_of: a function of a layer's name and the layer. It returns the new loop, a function
            of `sequences, initial_state, mask, training` that returns the last output, the
            outputs `(batch, time, units)` and the last states.

    Example:
        >>> rnn = keras.layers.SimpleRNN(2)
        >>> with replaced_loops({"rnn": rnn}, lambda name, layer: None):
        ...     print(rnn.inner_loop)
        None
        >>> callable(rnn.inner_loop)
        True
    """
    # An attribute of the layer itself hides the method of its class until it is deleted.
    for name, layer in layers.items():
        layer.inner_loop = loop_of(name, layer)
    try:
        yield
    finally:
        for layer in layers.values():
            del layer.inner_loop


def _loop(name: str, layer: RNN, at_step: Callable) -> Callable:
    """Returns the replacement for a layer's loop, which may be a single fused operation."""

    def inner_loop(
        sequences: Tensor, initial_state: Any, mask: Tensor, training: bool = False
    ) -> tuple[Tensor, Tensor, list[Tensor]]:
        inputs = keras.ops.unstack(sequences, axis=1)
        times = range(len(inputs))
        states, outputs = list(initial_state), []
        for time in reversed(times) if layer.go_backwards else times:
            # Not `layer.cell(...)`: what a layer does around its `call` takes longer still.
            _, after = layer.cell.call(inputs[time], states)
            after = list(after) if isinstance(after, list | tuple) else [after]
            real = None if mask is None else mask[:, time]
            after[0] = output = at_step(name, time, inputs[time], states, after, real)
            if real is not None:  # elsewhere the state and the output stay as they were
                seen = real[:, None]
                after = [keras.ops.where(seen, *pair) for pair in zip(after, states, strict=True)]
                no_output = layer.zero_output_for_mask or not outputs
                previous = keras.ops.zeros_like(output) if no_output else outputs[-1]
                output = keras.ops.where(seen, output, previous)
            states = after
            outputs.append(output)
        return outputs[-1], keras.ops.stack(outputs, axis=1), states

    return inner_loop
