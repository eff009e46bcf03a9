"""What an assignment's function returns, as plain arrays with names: the form that is compared.

A Keras model is described by numbers: shapes, parameter counts, and its output once its weights
have been filled with given values.
"""

from collections import Counter
from typing import Any

import numpy as np

LARGEST = 2**24  # bytes of one answer
OUTPUT_SHAPE, LAYERS = "output shape", "layers"
MOST = 1000  # arrays of one answer
_SHOWN = (
    "units filters kernel_size strides padding dilation_rate depth_multiplier pool_size rate "
    "activation use_bias return_sequences merge_mode epsilon momentum axis input_dim output_dim "
    "kernel_regularizer bias_regularizer"
).split()


class AnswerError(ValueError):
    """The function returned something that cannot be turned into arrays."""


def answers(
    value: object, on: np.ndarray | None = None, layers: bool = False
) -> dict[str, np.ndarray]:
    """Returns what a function returned as arrays, by name.

    Args:
        value: a number, a text, an array or tensor, a list, tuple or dict of these, or a Keras
            model or layer.
        on: the input on which a model or layer is tried.
        layers: whether a model's layers and their hyperparameters are part of the answer.

    Returns:
        Arrays of numbers, truth values or texts, by name. A single array has the name "".

    Raises:
        AnswerError: if it is something else, larger than 16 MiB, or has more than 1000 parts.

    Example:
        >>> answers((1.5, [2, 3]))
        {'[0]': array(1.5), '[1]': array([2, 3])}
    """
    found: dict[str, np.ndarray] = {}
    if _is_model(value):
        found = _model_answers(value, on, layers)
    else:
        _collect("", value, found)
    if sum(array.nbytes for array in found.values()) > LARGEST:
        raise AnswerError("it is larger than 16 MiB")
    if len(found) > MOST:
        raise AnswerError(f"{len(found)} values in lists or dicts; return arrays instead")
    return found


def _collect(name: str, value: object, found: dict[str, np.ndarray]) -> None:
    if isinstance(value, dict):
        for key, item in value.items():
            key = key.item() if isinstance(key, np.generic) else key
            _collect(f"{name}[{key!r}]", item, found)
        return
    array = None if isinstance(value, tuple) else _as_array(value)
    if array is not None:
        found[name] = array
    elif isinstance(value, list | tuple) and value:
        for index, item in enumerate(value):
            _collect(f"{name}[{index}]", item, found)
    elif value is None:
        raise AnswerError("None: a function that ends without `return` gives None")
    else:
        raise AnswerError(f"a {type(value).__name__}, which is not a number, array or text")


def _as_array(value: object) -> np.ndarray | None:
    try:
        array = np.asarray(value)
    except ValueError:  # rows of different lengths
        return None
    return array if array.dtype.kind in "biufcU" else None


def _is_model(value: object) -> bool:
    # Recognized by its methods, so that NumPy assignments are compared without starting Keras.
    offers = all(hasattr(value, name) for name in ("weights", "count_params", "get_config"))
    return offers and not isinstance(value, type)


def _model_answers(model: Any, on: np.ndarray | None, layers: bool) -> dict[str, np.ndarray]:
    if on is None:
        raise AnswerError("a Keras model: the case must say what input to try it on")
    if not getattr(model, "built", False):
        model(on)  # a layer creates its weights when it is first called
    _fill(model.weights)
    output = np.asarray(model(on, training=False))
    found = {
        OUTPUT_SHAPE: np.array(output.shape),
        "trainable parameters": np.array(_size(model.trainable_weights)),
        "non-trainable parameters": np.array(_size(model.non_trainable_weights)),
    }
    if layers:  # before the output: which layer differs helps more than which number
        found[LAYERS] = np.array(
            [_line(layer) for layer in model.layers if type(layer).__name__ != "InputLayer"]
        )
    return found | {"output under given weights": output}


def _size(weights: list) -> int:
    return sum(int(np.prod(weight.shape)) for weight in weights)


def _fill(weights: list) -> None:
    """Gives every weight values that depend on its shape and its place among equal shapes.

    A model that creates the same layers in another order then still gives the same output.
    """
    seen: Counter[tuple] = Counter()
    for weight in weights:
        shape = tuple(weight.shape)
        rng = np.random.default_rng([seen[shape], *shape])
        seen[shape] += 1
        values = 0.4 * rng.standard_normal(shape)
        # A variance is never negative.
        weight.assign(np.abs(values) if "variance" in weight.path else values)


def _line(layer: Any) -> str:
    config = layer.get_config()
    shown = [f"{key}={_short(config[key])}" for key in _SHOWN if config.get(key) is not None]
    return f"{type(layer).__name__}({', '.join(shown)})"


def _short(value: object) -> str:
    if isinstance(value, dict) and "class_name" in value:
        inner = ", ".join(f"{k}={_short(v)}" for k, v in value.get("config", {}).items())
        return f"{value['class_name']}({inner})"
    return f"{value:.6g}" if isinstance(value, float) else str(value)
