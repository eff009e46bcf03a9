"""Gradients of whatever Keras computes, on every backend."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from dl_course.backend.start_up import keras, name

Arrays = np.ndarray | tuple | list | dict  # one array, or a structure of arrays
Tensor = Any  # the backend's


def weight_gradients(
    model: keras.Model, x: Arrays, y: Arrays, loss: Callable
) -> tuple[float, list[np.ndarray]]:
    """Returns a model's loss on one batch and its gradient with respect to every weight.

    g_w = dL/dw for each trainable weight w. The model runs in inference mode and is left as it
    was: no dropout mask is drawn, no moving average moves.

    Args:
        model: a built model.
        x: inputs, shape `(batch, ...)`; several inputs as a tuple, list or dict of arrays.
        y: targets as `loss` expects them; several as a tuple, list or dict of arrays.
        loss: a function of `(y, outputs)` that returns one number or one per example, such as
            a `keras.losses.Loss`. Several numbers are averaged.

    Returns:
        The loss and a list of arrays, one per entry of `model.trainable_variables`, in float32.

    Example:
        >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
        >>> model.set_weights([np.array([[2.0]])])
        >>> x, y = np.array([[3.0]], "float32"), np.array([[0.0]], "float32")
        >>> loss, gradients = weight_gradients(model, x, y, keras.losses.MeanSquaredError())
        >>> loss, gradients[0].item()  # (2 * 3)^2 and 2 * (2 * 3) * 3
        (36.0, 36.0)

    Reference: D0 3.2, D3 3.2.
    """
    x, y = keras.tree.map_structure(keras.ops.convert_to_tensor, (x, y))

    def mean_loss():
        return keras.ops.mean(_to_float32(loss(y, model(x, training=False))))

    value, gradients = _differentiate(mean_loss, model.trainable_variables, [])
    return float(keras.ops.convert_to_numpy(value)), gradients


def input_gradients(model: keras.Model, x: np.ndarray, score: Callable) -> np.ndarray:
    """Returns the gradient of a score of the model's outputs with respect to its inputs.

    g_x = dS(f(x))/dx: how a change of each input number, say a pixel, would change the score.

    Args:
        model: a built model with one input.
        x: inputs, shape `(batch, ...)`, floating point.
        score: a function of the outputs, for example `lambda outputs: outputs[:, 3]`; several
            numbers are summed, which keeps the examples of a batch apart.

    Returns:
        An array of the shape of `x`, in float32.

    Example:
        >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, use_bias=False)])
        >>> model.set_weights([np.array([[2.0], [-1.0]])])
        >>> input_gradients(model, np.zeros((1, 2), "float32"), lambda outputs: outputs[:, 0])
        array([[ 2., -1.]], dtype=float32)

    Reference: Simonyan et al. 2013, https://arxiv.org/abs/1312.6034; D0 Q1.
    """
    (gradient,) = array_gradients(lambda inputs: score(model(inputs, training=False)), [x])
    return gradient


def array_gradients(function: Callable, arrays: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Returns the gradients of a function with respect to each of its arrays.

    g_i = dF(a_1, ..., a_n)/da_i.

    Args:
        function: takes as many tensors as there are arrays, computes with `keras.ops`, layers
            and models, and returns one number; several numbers are summed.
        arrays: floating point, of any shape.

    Returns:
        One array per array, of its shape, in float32; zeros where the function does not use it.

    Example:
        >>> function = lambda a, b: keras.ops.sum(a * b)
        >>> array_gradients(function, [np.array([1.0, 2.0]), np.array([3.0, 4.0])])
        [array([3., 4.], dtype=float32), array([1., 2.], dtype=float32)]

    Reference: D0 3.2, D4 2.
    """

    def total(*tensors):
        return keras.ops.sum(_to_float32(function(*tensors)))

    return _differentiate(total, [], [keras.ops.convert_to_tensor(array) for array in arrays])[1]


def _differentiate(
    function: Callable, weights: list[keras.Variable], tensors: list[Tensor]
) -> tuple[Tensor, list[np.ndarray]]:
    """Returns the value of `function(*tensors)`, and its gradient for each weight and tensor."""
    backends = {"tensorflow": _on_tensorflow, "jax": _on_jax, "torch": _on_torch}
    value, gradients = backends[name()](function, weights, tensors)
    return value, [
        np.zeros(tuple(place.shape), "float32")
        if gradient is None
        else np.asarray(keras.ops.convert_to_numpy(_to_float32(gradient)))
        for place, gradient in zip([*weights, *tensors], gradients, strict=True)
    ]


def _on_tensorflow(function: Callable, weights: list, tensors: list) -> tuple[Tensor, Sequence]:
    import tensorflow as tf

    with tf.GradientTape() as tape:
        tape.watch(tensors)
        value = function(*tensors)
    return value, tape.gradient(value, [*(weight.value for weight in weights), *tensors])


def _on_jax(function: Callable, weights: list, tensors: list) -> tuple[Tensor, Sequence]:
    import jax

    def value_at(values: list, tensors: list):
        # The loss is inside the scope too: it may use weights, as an L2 penalty does. And what
        # layers note down while they are called does not outlive the scope.
        with keras.StatelessScope(list(zip(weights, values, strict=True)), collect_losses=True):
            return function(*tensors)

    values = [weight.value for weight in weights]
    value, gradients = jax.value_and_grad(value_at, argnums=(0, 1))(values, tensors)
    return value, [*gradients[0], *gradients[1]]


def _on_torch(function: Callable, weights: list, tensors: list) -> tuple[Tensor, Sequence]:
    import torch

    tensors = [tensor.detach().requires_grad_(True) for tensor in tensors]
    sources = [*(weight.value for weight in weights), *tensors]
    value = function(*tensors)
    if not value.requires_grad:  # it uses none of them, which PyTorch takes for a mistake
        return value.detach(), [None] * len(sources)
    gradients = torch.autograd.grad(value, sources, allow_unused=True)
    return value.detach(), gradients


def _to_float32(tensor: Tensor) -> Tensor:
    """Half-precision sums would lose small gradients, and NumPy has no bfloat16."""
    return keras.ops.cast(tensor, "float32")
