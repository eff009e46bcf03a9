"""Recurrent layers, one step at a time."""

import contextlib
from collections.abc import Callable, Iterator

from dl_course.backend import keras

RNN = keras.layers.SimpleRNN | keras.layers.LSTM | keras.layers.GRU


def recurrent_layers(model: keras.Model) -> dict[str, RNN]:
    """Returns the simple RNN, LSTM and GRU layers of a model by name, in order.

    Those within a `Bidirectional` are named behind it: "bidirectional/forward_lstm".

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
def watched_steps(layers: dict[str, RNN], at_step: Callable) -> Iterator[None]:
    """Calls `at_step` at every step of the layers, while the context is open.

    Inside, the layers compute step by step, by Keras's own loop and not by a fused kernel;
    outside they are as they were. For calls of a model in inference mode.

    Args:
        layers: as from `recurrent_layers`.
        at_step: a function of the layer's name, the position of the step in the sequence, the
            inputs x_t `(batch, features)`, the states before the step (h, or h and c), the
            hidden state h_t after it `(batch, units)`, and which examples have a step there,
            `(batch,)`, or None for all. It returns the hidden state to go on with. A state at
            a masked step is computed too; Keras does not use it.

    Example:
        >>> import numpy as np
        >>> lstm = keras.layers.LSTM(2)
        >>> times = []
        >>> def note(name, time, x, states, h, real):
        ...     times.append(time)
        ...     return h
        >>> with watched_steps({"lstm": lstm}, note):
        ...     _ = lstm(np.ones((1, 3, 4), "float32"))
        >>> times
        [0, 1, 2]
    """
    with contextlib.ExitStack() as stack:
        for name, layer in layers.items():
            call = _stepwise(name, layer, at_step)
            # With `unroll` Keras's loop calls the cell once for every step, on every backend.
            for attribute, value in (("call", call), ("unroll", True), ("use_cudnn", False)):
                stack.enter_context(_set(layer, attribute, value))
        yield


def _stepwise(name: str, layer: RNN, at_step: Callable) -> Callable:
    """Returns the layer's `call` with `at_step` after every step."""
    call, cell = layer.call, layer.cell

    def call_with_steps(sequences, initial_state=None, mask=None, training=False):
        length = sequences.shape[1]
        order = range(length - 1, -1, -1) if layer.go_backwards else range(length)
        times, step = iter(order), cell.call

        def step_and_look(inputs, states, training=False):
            time = next(times)
            _, after = step(inputs, states, training=training)
            h, *others = after if isinstance(after, list | tuple) else [after]
            h = at_step(name, time, inputs, states, h, None if mask is None else mask[:, time])
            return h, [h, *others]

        with _set(cell, "call", step_and_look):
            return call(sequences, initial_state=initial_state, mask=mask, training=training)

    return call_with_steps


@contextlib.contextmanager
def _set(layer: keras.layers.Layer, name: str, value) -> Iterator[None]:
    """Gives a layer an attribute for a while."""
    own = vars(layer)
    before = {name: own[name]} if name in own else {}
    setattr(layer, name, value)
    try:
        yield
    finally:
        delattr(layer, name)
        if before:
            setattr(layer, name, before[name])
