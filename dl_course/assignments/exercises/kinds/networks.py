"""Exercises that ask for a Keras model: its layers are compared, then what it computes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dl_course.assignments.comparing import show
from dl_course.assignments.exercises.kinds.exercise import Exercise, Fault

if TYPE_CHECKING:
    from dl_course.backend import keras

_ACTIVATION_LAYERS = {"Activation": "", "ReLU": "relu", "Softmax": "softmax"}


@dataclass(frozen=True, kw_only=True)
class ModelExercise(Exercise):
    """Asks for a Keras model. The solution and the mistakes are functions that build one."""

    def fault(self, answer: object) -> Fault | None:
        """Returns the first layer that differs, or that equal weights give other outputs."""
        from dl_course.backend import keras

        if not isinstance(answer, keras.Model):
            hint = "Give the model itself: keras.Sequential([...]) or keras.Model(inputs, outputs)."
            return Fault(f"Expected a Keras model, received {show(answer)}.", hint)
        received = _stages(answer)
        if not received:
            hint = "Build it as keras.Sequential([keras.Input(shape), layer, layer, ...])."
            return Fault("Expected one chain of layers that begins with an input.", hint)
        solution = self.solution()
        expected = _stages(solution)
        for position, (wanted, got) in enumerate(zip(expected, received, strict=False)):
            if wanted != got:
                where = f"layer {position}" if position else "the input"
                return Fault(f"Expected as {where}: {wanted}; received: {got}.")
        if len(expected) != len(received):
            return Fault(
                f"Expected {len(expected) - 1} layers, received {len(received) - 1}; "
                "the layers that both have agree."
            )
        if _compute_the_same(solution, answer):
            return None
        return Fault(
            "Expected the same outputs as the solution with your weights, received different ones.",
            "The shapes agree; look at strides, padding and pool sizes.",
        )

    def is_like(self, answer: keras.Model, wrong: Callable) -> bool:
        """Says whether both models have the same layers."""
        return _stages(answer) == _stages(wrong())


def _stages(model: keras.Model) -> list[str]:
    """Describes a model's input and each layer; empty unless it is one chain of layers.

    An activation written as a layer of its own counts as part of the layer before.
    """
    try:
        if len(model.inputs) != 1 or len(model.outputs) != 1:
            return []
        shape = model.input_shape
        stages = [f"images of shape {tuple(shape[1:])}"]
        for layer in model.layers:
            kind = type(layer).__name__
            function = getattr(getattr(layer, "activation", None), "__name__", "")
            function = _ACTIVATION_LAYERS.get(kind) or function
            if kind in _ACTIVATION_LAYERS and stages[-1].endswith("activation linear"):
                stages[-1] = stages[-1].removesuffix("linear") + function
            elif kind != "InputLayer":
                shape = layer.compute_output_shape(shape)
                text = f"{kind} with output shape {tuple(shape[1:])}"
                text += f", {layer.count_params():,} parameters" if layer.weights else ""
                stages.append(text + (f", activation {function}" if function else ""))
    except (AttributeError, ValueError, TypeError, IndexError):  # no input, or a graph
        return []
    return stages


def _compute_the_same(solution: keras.Model, answer: keras.Model) -> bool:
    """Says whether the solution, given the answer's weights, has the answer's outputs."""
    from dl_course.backend import keras

    solution.set_weights(answer.get_weights())
    x = np.random.default_rng(0).random((2, *solution.input_shape[1:]), "float32")
    a, b = (keras.ops.convert_to_numpy(model(x, training=False)) for model in (solution, answer))
    return bool(np.allclose(a, b, atol=1e-5))
