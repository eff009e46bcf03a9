"""Sequence classifiers: one recurrent layer, so that the three cells can be compared."""

from collections.abc import Sequence

from dl_course.backend import keras
from dl_course.errors import argument_error, check_choice, check_positive_integer
from dl_course.models._layers import (
    CELLS,
    check_num_classes,
    check_sizes,
    class_probabilities,
)


def build_recurrent(
    input_shape: Sequence[int],
    num_classes: int,
    *,
    kind: str = "lstm",
    units: int = 64,
    recurrent_initializer: str | keras.initializers.Initializer = "orthogonal",
) -> keras.Model:
    """Builds a sequence classifier: one recurrent layer, then a softmax on its last state.

    p = softmax(h_T W + b), where h_T is the state after the last of the T steps.

    Args:
        input_shape: `(time, features)` of one sequence.
        num_classes: number of classes, at least 2.
        kind: the cell: "rnn" (simple), "lstm" or "gru".
        units: size of the state.
        recurrent_initializer: Keras initializer of the matrix from state to state; its
            eigenvalues decide whether gradients vanish or explode at the start.

    Returns:
        An uncompiled model from `(batch, time, features)` to probabilities
        `(batch, num_classes)`.

    Raises:
        CourseError: if an argument is out of range.

    Example:
        >>> [build_recurrent((22, 5), 4, kind=kind, units=8).count_params()
        ...  for kind in ("rnn", "lstm", "gru")]  # 1, 4 and 3 blocks of weights, and the softmax
        [148, 484, 396]

    Reference: D1 3.2, D1 3.3, D0 3.5, D0 3.6.
    """
    check_sizes("input_shape", input_shape, "Pass e.g. input_shape=(22, 5).")
    if len(input_shape) != 2:
        raise argument_error("input_shape", "(time, features)", tuple(input_shape))
    check_num_classes(num_classes)
    check_choice("kind", kind, CELLS)
    check_positive_integer("units", units)

    inputs = keras.Input(input_shape, name="sequence")
    layer = CELLS[kind](units, recurrent_initializer=recurrent_initializer, name="recurrent")
    outputs = class_probabilities(layer(inputs), num_classes)
    return keras.Model(inputs, outputs, name=kind)
