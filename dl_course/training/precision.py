"""Computing in half precision for the length of a training run."""

import contextlib
from collections.abc import Generator

from dl_course.backend import keras


@contextlib.contextmanager
def computing_in(model: keras.Model, precision: str) -> Generator[None]:
    """Lets a model's inner layers compute in `precision`, and in their own again afterwards.

    The weights stay in float32, and so do the layers that give the outputs: a softmax or a loss
    in bfloat16 has only two or three decimal digits. The layers get
    their own precision back, so a model trained in bfloat16 is saved and used like any other.

    Args:
        model: a built functional or sequential Keras model.
        precision: "float32" (nothing to do) or "mixed_bfloat16".

    Example:
        >>> model = keras.Sequential(
        ...     [keras.Input((2,)), keras.layers.Dense(3), keras.layers.Dense(1)])
        >>> with computing_in(model, "mixed_bfloat16"):
        ...     [layer.compute_dtype for layer in model.layers]
        ['bfloat16', 'float32']
        >>> [layer.compute_dtype for layer in model.layers]
        ['float32', 'float32']

    Reference: Micikevicius et al. 2017, https://arxiv.org/abs/1710.03740.
    """
    if precision == "float32":
        yield
        return
    # Keras tensors remember the layer that made them.
    last = {id(tensor._keras_history.operation) for tensor in keras.tree.flatten(model.outputs)}
    inner = [
        (layer, layer.dtype_policy)
        for layer in model._flatten_layers(include_self=False)
        if id(layer) not in last and layer.dtype_policy.name == "float32"
    ]
    try:
        for layer, _ in inner:
            layer.dtype_policy = keras.DTypePolicy(precision)
        yield
    finally:
        for layer, policy in inner:
            layer.dtype_policy = policy
        # The compiled steps have the half precision built in.
        model.make_train_function(force=True)
        model.make_test_function(force=True)
        model.make_predict_function(force=True)
