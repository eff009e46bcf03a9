"""A model's layers and what comes out of each."""

from typing import Any

import numpy as np

from dl_course.backend import keras
from dl_course.errors import CourseError, argument_error


def watched_layers(model: keras.Model) -> list[keras.layers.Layer]:
    """Returns the layers worth watching, in order: those with weights, and activation layers.

    Raises:
        CourseError: if the model is not functional or sequential, or nests one with weights.

    Example:
        >>> model = keras.Sequential([keras.Input((4, 4, 1)), keras.layers.Conv2D(2, 3),
        ...                           keras.layers.ReLU(), keras.layers.Flatten()])
        >>> [type(layer).__name__ for layer in watched_layers(model)]
        ['Conv2D', 'ReLU']
    """
    if not hasattr(model, "layers") or not getattr(model, "inputs", None):
        raise CourseError(
            "`model` must be a built functional or sequential model, whose layers can be seen. "
            f"Received: model={type(model).__name__}. Build it with keras.Model(inputs, outputs)."
        )
    nested = [x.name for x in model.layers if isinstance(x, keras.Model) and x.trainable_variables]
    if nested:
        raise CourseError(
            "`model` must hold its layers itself. "
            f"Received: a model with the model {nested[0]!r} inside. Watch model.get_layer"
            f"({nested[0]!r}), or build the layers in one model."
        )
    kinds = (keras.layers.Activation, keras.layers.ReLU, keras.layers.LeakyReLU)
    return [x for x in model.layers if x.trainable_variables or isinstance(x, kinds)]


def activation_name(layer: keras.layers.Layer) -> str:
    """Returns the name of a layer's activation function, "linear" where it has none.

    Example:
        >>> activation_name(keras.layers.Dense(3, activation="tanh"))
        'tanh'
    """
    if isinstance(layer, keras.layers.ReLU):
        return "relu"
    return getattr(getattr(layer, "activation", None), "__name__", "linear")


def outputs_of(
    model: keras.Model, layers: list[keras.layers.Layer], x: Any
) -> dict[str, np.ndarray]:
    """Returns the outputs of layers for the inputs `x` of a model, by layer, in float32."""
    # A Sequential has `input` only once it was called; `inputs` of others lose names of a dict.
    inputs = model.inputs[0] if isinstance(model, keras.Sequential) else model.input
    # A recurrent layer may also give its last states: its sequence comes first.
    outputs = {layer.name: keras.tree.flatten(layer.output)[0] for layer in layers}
    given = keras.Model(inputs, outputs)(x, training=False)
    return {layer.name: to_float32(given[layer.name]) for layer in layers}


def to_float32(tensor: Any) -> np.ndarray:
    """Returns a tensor as a NumPy array in float32, whatever precision it was computed in."""
    return keras.ops.convert_to_numpy(keras.ops.cast(keras.ops.stop_gradient(tensor), "float32"))


def feature_maps(model: keras.Model, image: np.ndarray) -> dict[str, np.ndarray]:
    """Returns what each layer whose output is a picture makes of one image.

    Args:
        model: a functional or sequential image model.
        image: one image, shape `(height, width, channels)`.

    Returns:
        For each convolution and pooling layer's name, in order, an array
        `(height, width, channels)`.

    Raises:
        CourseError: if the image does not fit the model, or no layer outputs pictures.

    Example:
        >>> from dl_course.models import build_cnn
        >>> maps = feature_maps(build_cnn(), np.zeros((28, 28, 1), "float32"))
        >>> {name: array.shape for name, array in maps.items()}["pool2"]
        (5, 5, 64)

    Reference: D0 Q1 (visualizing activations), D1 3.1.
    """
    image = np.asarray(image)
    if image.shape != model.input_shape[1:]:
        expected = f"one image of shape {model.input_shape[1:]}"
        raise argument_error("image", expected, image.shape)
    layers = [
        layer
        for layer in model.layers
        if not isinstance(layer, keras.Model | keras.layers.InputLayer)
        and len(layer.output.shape) == 4
    ]
    if not layers:
        raise CourseError(
            "`model` must have a layer whose output is a picture, such as Conv2D. "
            f"Received: model={model.name}."
        )
    return {name: output[0] for name, output in outputs_of(model, layers, image[None]).items()}
