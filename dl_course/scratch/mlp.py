"""The multilayer perceptron: dense layers, forward and backward, of any depth.

Weights are one list as Keras's `get_weights` gives it: kernel, bias, kernel, bias, ...; a kernel
has shape (inputs, units), a bias (units,).
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from dl_course.errors import argument_error, check_positive_integer
from dl_course.scratch._checks import as_float, check_shape
from dl_course.scratch.activations import (
    leaky_relu,
    leaky_relu_derivative,
    relu,
    relu_derivative,
    sigmoid,
    sigmoid_derivative,
    softmax,
    tanh,
    tanh_derivative,
)
from dl_course.scratch.initializers import glorot_uniform

# Activation and derivative by name. Each output of softmax depends on all inputs of its row, so it
# has no such derivative: `_activation_backward` has the product with its Jacobian.
_ACTIVATIONS: dict[str, tuple[Callable, Callable | None]] = {
    "leaky_relu": (leaky_relu, leaky_relu_derivative),
    "linear": (lambda z: z, np.ones_like),
    "relu": (relu, relu_derivative),
    "sigmoid": (sigmoid, sigmoid_derivative),
    "softmax": (softmax, None),
    "tanh": (tanh, tanh_derivative),
}


class DenseCache(NamedTuple):
    """What `dense_backward` needs from the forward pass.

    Args:
        x: inputs, shape (batch, inputs).
        kernel: W, shape (inputs, units).
    """

    x: np.ndarray
    kernel: np.ndarray


class DenseGradients(NamedTuple):
    """The gradient of the loss with respect to each argument of `dense`, in its shape."""

    x: np.ndarray
    kernel: np.ndarray
    bias: np.ndarray


class MLPCache(NamedTuple):
    """What `mlp_backward` needs from the forward pass; also all values in the network, to look at.

    Args:
        layers: the `DenseCache` of each layer: its inputs and its kernel.
        pre_activations: z = x W + b of each layer, shape (batch, units).
        outputs: f(z) of each layer, shape (batch, units).
        activations: the name of f in each layer.
    """

    layers: tuple[DenseCache, ...]
    pre_activations: tuple[np.ndarray, ...]
    outputs: tuple[np.ndarray, ...]
    activations: tuple[str, ...]


class MLPGradients(NamedTuple):
    """The gradient of the loss with respect to each argument of `mlp_forward`, in its shape.

    Args:
        x: with respect to the inputs, shape (batch, inputs).
        weights: with respect to each kernel and bias, in the order of the weights.
        pre_activations: with respect to each layer's z, shape (batch, units): the "delta" that
            flows back through the network.
    """

    x: np.ndarray
    weights: list[np.ndarray]
    pre_activations: tuple[np.ndarray, ...]


def initialize_mlp(
    units: Sequence[int], rng: np.random.Generator, initializer: Callable = glorot_uniform
) -> list[np.ndarray]:
    """Draws the weights of an MLP; the biases start at 0.

    Args:
        units: the number of inputs, then the units of each layer, such as (2, 4, 1).
        rng: draws the weights.
        initializer: draws a kernel, called as `initializer(shape, rng)`.

    Returns:
        Kernel and bias of each layer in turn.

    Raises:
        CourseError: fewer than two numbers, or one that is not a positive integer.

    Example:
        >>> [w.shape for w in initialize_mlp((2, 4, 1), np.random.default_rng(0))]
        [(2, 4), (4,), (4, 1), (1,)]

    Reference: D2 3, step 3.
    """
    if len(units) < 2:
        raise argument_error("units", "the number of inputs and of each layer's units", units)
    for count in units:
        check_positive_integer("units", count)
    weights = []
    for shape in zip(units[:-1], units[1:], strict=True):
        weights += [initializer(shape, rng), np.zeros(shape[1])]
    return weights


def dense(x: ArrayLike, kernel: ArrayLike, bias: ArrayLike) -> tuple[np.ndarray, DenseCache]:
    """Computes a layer of neurons without their activation: weighted sums of the inputs.

    z_j = sum_i x_i w_ij + b_j, for a batch z = x W + b

    Args:
        x: inputs, shape (batch, inputs).
        kernel: W, shape (inputs, units).
        bias: b, shape (units,).

    Returns:
        z, shape (batch, units), and the cache for `dense_backward`.

    Raises:
        CourseError: the shapes do not fit, or there is a NaN.

    Example:
        >>> dense([[1, 2]], kernel=[[1, 0], [0, 3]], bias=[0.5, 0])[0]
        array([[1.5, 6. ]])

    Reference: D3 3.1, D4 3.
    """
    x, kernel = as_float("x", x, ndim=2), as_float("kernel", kernel, ndim=2)
    bias = as_float("bias", bias, ndim=1)
    check_shape("x", x, (len(x), len(kernel)))
    check_shape("bias", bias, (kernel.shape[1],))
    return x @ kernel + bias, DenseCache(x, kernel)  # (batch, units)


def dense_backward(upstream: ArrayLike, cache: DenseCache) -> DenseGradients:
    """Computes the gradients of `dense`.

    dL/dW = x^T u,  dL/db = sum over the batch of u,  dL/dx = u W^T,  with u = dL/dz

    Args:
        upstream: u, shape (batch, units).
        cache: from `dense`.

    Returns:
        The gradient with respect to x, kernel and bias.

    Raises:
        CourseError: the shape of `upstream` is not that of z, or there is a NaN.

    Example:
        >>> _, cache = dense([[1, 2]], kernel=[[1, 0], [0, 3]], bias=[0.5, 0])
        >>> dense_backward([[1, 10]], cache).kernel
        array([[ 1., 10.],
               [ 2., 20.]])

    Reference: D0 3.2, D3 3.2.
    """
    x, kernel = cache
    upstream = as_float("upstream", upstream, ndim=2).astype(kernel.dtype, copy=False)
    check_shape("upstream", upstream, (len(x), kernel.shape[1]))
    return DenseGradients(
        x=upstream @ kernel.T,  # (batch, inputs)
        kernel=x.T @ upstream,  # (inputs, units)
        bias=upstream.sum(axis=0),  # (units,)
    )


def mlp_forward(
    x: ArrayLike, weights: Sequence[ArrayLike], activations: Sequence[str]
) -> tuple[np.ndarray, MLPCache]:
    """Computes the outputs of an MLP, layer after layer.

    h_0 = x,  z_l = h_{l-1} W_l + b_l,  h_l = f_l(z_l)

    Args:
        x: inputs, shape (batch, inputs).
        weights: kernel and bias of each layer in turn.
        activations: f_l of each layer: "leaky_relu" (slope 0.2), "linear", "relu", "sigmoid",
            "softmax" or "tanh".

    Returns:
        The last h, shape (batch, units), and the cache for `mlp_backward`.

    Raises:
        CourseError: the shapes do not fit, there is a NaN, or an activation is unknown.

    Example:
        >>> xor = [[[20, -20], [20, -20]], [-10, 30], [[20], [20]], [-30]]
        >>> y, _ = mlp_forward([[0, 0], [0, 1], [1, 0], [1, 1]], xor, ["sigmoid", "sigmoid"])
        >>> y.ravel().round(3)
        array([0., 1., 1., 0.])

    Reference: D3 3.1, D4 3.
    """
    activations = _check_layers(weights, activations)
    layers, pre_activations, outputs = [], [], []
    h = x
    for kernel, bias, name in zip(weights[::2], weights[1::2], activations, strict=True):
        z, layer = dense(h, kernel, bias)  # (batch, units)
        h = _ACTIVATIONS[name][0](z)  # (batch, units)
        layers.append(layer)
        pre_activations.append(z)
        outputs.append(h)
    return outputs[-1], MLPCache(tuple(layers), tuple(pre_activations), tuple(outputs), activations)


def mlp_backward(upstream: ArrayLike, cache: MLPCache) -> MLPGradients:
    """Computes the gradients of an MLP by the chain rule, from the last layer to the first.

    delta_l = dL/dh_l * f_l'(z_l),  dL/dW_l = h_{l-1}^T delta_l,  dL/dh_{l-1} = delta_l W_l^T

    Args:
        upstream: dL/dh of the last layer, shape (batch, units).
        cache: from `mlp_forward`.

    Returns:
        The gradient with respect to x, every weight and every pre-activation.

    Raises:
        CourseError: the shape of `upstream` is not that of the outputs, or there is a NaN.

    Example:
        >>> y, cache = mlp_forward([[1, 2]], [[[3], [4]], [0]], ["relu"])
        >>> gradients = mlp_backward([[1]], cache)
        >>> gradients.x, gradients.weights[0].ravel()
        (array([[3., 4.]]), array([1., 2.]))

    Reference: D0 3.2, D3 3.2, D4 3; Rumelhart, Hinton, Williams 1986.
    """
    upstream = as_float("upstream", upstream, ndim=2)
    check_shape("upstream", upstream, cache.outputs[-1].shape)
    weights, deltas = [], []
    for layer, z, h, name in zip(*(reversed(field) for field in cache), strict=True):
        delta = _activation_backward(upstream, z, h, name)  # (batch, units)
        gradients = dense_backward(delta, layer)
        upstream = gradients.x  # (batch, inputs)
        deltas.insert(0, delta)
        weights[:0] = [gradients.kernel, gradients.bias]
    return MLPGradients(upstream, weights, tuple(deltas))


def _activation_backward(
    upstream: np.ndarray, z: np.ndarray, h: np.ndarray, name: str
) -> np.ndarray:
    """Returns dL/dz of h = f(z) for dL/dh = upstream."""
    _, derivative = _ACTIVATIONS[name]
    if derivative is None:  # softmax: dh_i/dz_j = h_i (1[i = j] - h_j)
        return h * (upstream - (upstream * h).sum(axis=-1, keepdims=True))
    return upstream * derivative(z)


def _check_layers(weights: Sequence[ArrayLike], activations: Sequence[str]) -> tuple[str, ...]:
    """Returns the activations as a tuple; there must be one for each kernel and bias."""
    if isinstance(activations, str) or not set(activations) <= set(_ACTIVATIONS):
        names = ", ".join(_ACTIVATIONS)
        raise argument_error("activations", f"one of {names} for each layer", activations)
    if not activations or len(weights) != 2 * len(activations):
        raise argument_error(
            "weights",
            "kernel and bias of each layer in turn, for as many layers as activations",
            [np.shape(w) for w in weights],
            f"There are {len(activations)} activations.",
        )
    return tuple(activations)
