"""What the builders share: recurrent layers, a classifier's last layer, checks of arguments."""

from collections.abc import Sequence

from dl_course.backend import keras
from dl_course.errors import argument_error, check_positive_integer

CELLS = {"rnn": keras.layers.SimpleRNN, "lstm": keras.layers.LSTM, "gru": keras.layers.GRU}


def class_probabilities(
    x: keras.KerasTensor,
    num_classes: int,
    kernel_initializer: str | keras.initializers.Initializer = "glorot_uniform",
) -> keras.KerasTensor:
    """Ends a classifier: a softmax in float32, whatever the precision of the layers below.

    p = softmax(x W + b)

    Args:
        x: a Keras tensor `(batch, units)`, or `(batch, time, units)` for a class at each step.
        num_classes: number of classes.
        kernel_initializer: Keras initializer of W.

    Returns:
        The probabilities, a Keras tensor `(batch, num_classes)` or `(batch, time, num_classes)`.

    Example:
        >>> class_probabilities(keras.Input((8,), dtype="bfloat16"), 3).dtype
        'float32'
    """
    return keras.layers.Dense(
        num_classes,
        activation="softmax",
        kernel_initializer=kernel_initializer,
        dtype="float32",
        name="probabilities",
    )(x)


def check_num_classes(num_classes: int) -> None:
    """Raises a `CourseError` unless there are at least two classes to choose from."""
    check_positive_integer("num_classes", num_classes)
    if num_classes < 2:
        raise argument_error("num_classes", "at least 2", num_classes)


def check_sizes(name: str, sizes: Sequence[int], hint: str) -> None:
    """Raises a `CourseError` unless `sizes` is a sequence of positive integers."""
    if not hasattr(sizes, "__len__"):
        raise argument_error(name, "a sequence of positive integers", sizes, hint)
    for size in sizes:
        check_positive_integer(name, size, hint)


def check_image_shape(input_shape: Sequence[int]) -> None:
    """Raises a `CourseError` unless `input_shape` is that of one image."""
    check_sizes("input_shape", input_shape, "Pass e.g. input_shape=(28, 28, 1).")
    if len(input_shape) != 3:
        raise argument_error(
            "input_shape",
            "(height, width, channels)",
            tuple(input_shape),
            "A grey image has 1 channel: (28, 28, 1).",
        )
