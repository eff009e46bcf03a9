"""A multilayer perceptron that predicts numbers."""

from collections.abc import Sequence

from dl_course.backend import keras
from dl_course.errors import check_positive_integer
from dl_course.models._layers import check_sizes

layers = keras.layers


def build_regressor(
    input_shape: Sequence[int],
    outputs: int = 1,
    *,
    hidden_units: Sequence[int] = (64, 64),
    activation: str = "relu",
) -> keras.Model:
    """Builds a multilayer perceptron that ends in plain numbers: dense layers, no softmax.

    h_l = f(W_l h_(l-1) + b_l), h_0 the input, y = W h_L + b.

    Args:
        input_shape: shape of one example, such as `(features,)`.
        outputs: how many numbers to predict.
        hidden_units: units of each hidden layer.
        activation: Keras activation f of the hidden layers.

    Returns:
        An uncompiled model from `(batch, *input_shape)` to `(batch, outputs)`, to be trained with
        `fit(..., objective="regression")`.

    Raises:
        CourseError: an argument is out of range.

    Example:
        >>> build_regressor((13,), hidden_units=(64,)).count_params()  # 13 * 64 + 64 and 64 + 1
        961

    Reference: D2 3, D4 3.
    """
    check_sizes("input_shape", input_shape, "Pass e.g. input_shape=(13,).")
    check_positive_integer("outputs", outputs, "Pass e.g. 1.")
    check_sizes("hidden_units", hidden_units, "Pass e.g. hidden_units=(64, 64).")
    inputs = keras.Input(input_shape, name="input")
    x = layers.Flatten(name="flatten")(inputs)
    for i, units in enumerate(hidden_units, start=1):
        x = layers.Dense(units, activation, name=f"hidden{i}")(x)
    # In float32, whatever the precision of the layers below.
    numbers = layers.Dense(outputs, dtype="float32", name="numbers")(x)
    return keras.Model(inputs, numbers, name="regressor")
