"""Image classifiers: the documents' convolutional network, and an MLP to compare it with."""

from collections.abc import Sequence

from dl_course.backend import keras
from dl_course.errors import argument_error, check_positive_integer
from dl_course.models._layers import (
    check_image_shape,
    check_num_classes,
    check_sizes,
    class_probabilities,
)

layers = keras.layers


def build_cnn(
    input_shape: Sequence[int] = (28, 28, 1),
    num_classes: int = 10,
    *,
    filters: Sequence[int] = (32, 64),
    hidden_units: int = 128,
    kernel_initializer: str | keras.initializers.Initializer = "glorot_uniform",
    augmentation: keras.Model | None = None,
) -> keras.Model:
    """Builds the documents' convolutional network.

    For each entry of `filters`: a 3x3 convolution with ReLU, then 2x2 max pooling. After that a
    dense layer with ReLU, and a softmax over the classes:
    p = softmax(W2 relu(W1 flatten(pool(relu(conv(x)))) + b1) + b2).

    The defaults are D1 4.1; `hidden_units=64` is D2 4. The two documents train it with two
    losses that compute the same number from different labels: `categorical_crossentropy` (D1)
    wants one-hot rows, `sparse_categorical_crossentropy` (D2) wants class indices.

    Args:
        input_shape: `(height, width, channels)` of one image.
        num_classes: number of classes, at least 2.
        filters: filters of each convolution.
        hidden_units: units of the dense layer.
        kernel_initializer: Keras initializer of every kernel.
        augmentation: a model that changes training images, such as one of
            `build_augmentation`.

    Returns:
        An uncompiled model from `(batch, height, width, channels)` to class probabilities
        `(batch, num_classes)`.

    Raises:
        CourseError: if an argument is out of range, or the image is too small for the layers.

    Example:
        >>> build_cnn().count_params(), build_cnn(hidden_units=64).count_params()
        (225034, 121930)

    Reference: D1 3.1, D1 4.1, D2 4.
    """
    check_image_shape(input_shape)
    check_num_classes(num_classes)
    check_sizes("filters", filters, "Pass e.g. filters=(32, 64).")
    check_positive_integer("hidden_units", hidden_units)
    _check_large_enough(input_shape, len(filters))

    inputs = keras.Input(input_shape, name="image")
    x = inputs if augmentation is None else augmentation(inputs)
    for i, count in enumerate(filters, start=1):
        x = layers.Conv2D(
            count, 3, activation="relu", kernel_initializer=kernel_initializer, name=f"conv{i}"
        )(x)
        x = layers.MaxPooling2D(2, name=f"pool{i}")(x)
    x = layers.Flatten(name="flatten")(x)
    x = layers.Dense(
        hidden_units, activation="relu", kernel_initializer=kernel_initializer, name="hidden"
    )(x)
    return keras.Model(inputs, class_probabilities(x, num_classes, kernel_initializer), name="cnn")


def build_mlp(
    input_shape: Sequence[int] = (28, 28, 1),
    num_classes: int = 10,
    *,
    hidden_units: Sequence[int] = (128, 64),
    activation: str = "relu",
    kernel_initializer: str | keras.initializers.Initializer = "glorot_uniform",
) -> keras.Model:
    """Builds a multilayer perceptron: flatten, dense layers, softmax.

    h_l = f(W_l h_(l-1) + b_l), h_0 the flattened input, p = softmax(W h_L + b).

    Args:
        input_shape: shape of one example; an image `(height, width, channels)` is flattened.
        num_classes: number of classes, at least 2.
        hidden_units: units of each hidden layer.
        activation: Keras activation f of the hidden layers.
        kernel_initializer: Keras initializer of every kernel.

    Returns:
        An uncompiled model from `(batch, *input_shape)` to probabilities `(batch, num_classes)`.

    Raises:
        CourseError: if an argument is out of range.

    Example:
        >>> build_mlp((28, 28, 1), 10, hidden_units=(128,)).count_params()
        101770

    Reference: D3 3.1, D4 3.
    """
    check_sizes("input_shape", input_shape, "Pass e.g. input_shape=(28, 28, 1).")
    check_num_classes(num_classes)
    check_sizes("hidden_units", hidden_units, "Pass e.g. hidden_units=(128, 64).")

    inputs = keras.Input(input_shape, name="image" if len(input_shape) == 3 else "input")
    x = layers.Flatten(name="flatten")(inputs)
    for i, units in enumerate(hidden_units, start=1):
        x = layers.Dense(
            units, activation, kernel_initializer=kernel_initializer, name=f"hidden{i}"
        )(x)
    return keras.Model(inputs, class_probabilities(x, num_classes, kernel_initializer), name="mlp")


def _check_large_enough(input_shape: Sequence[int], depth: int) -> None:
    """Each stage takes 2 pixels off (3x3, no padding) and halves what is left, rounded down."""
    side = min(input_shape[:2])
    for _ in range(depth):
        side = (side - 2) // 2
    if side < 1:
        # Backwards through the stages, starting from one pixel: s -> 2 s + 2.
        smallest = 3 * 2**depth - 2
        raise argument_error(
            "input_shape",
            f"at least {smallest} pixels high and wide for {depth} convolutions and poolings",
            tuple(input_shape),
            "Enlarge the images or pass fewer filters.",
        )
