"""Exercises on image classification."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dl_course.assignments.exercises.kinds import (
    ArrayExercise,
    ChoiceExercise,
    FunctionExercise,
    ModelExercise,
    NumberExercise,
)
from dl_course.scratch import softmax

if TYPE_CHECKING:
    from dl_course.backend import keras


def pooled_size(n: int, pool: int, stride: int) -> int:
    """Returns how many windows of size `pool` fit into `n`, one every `stride` places."""
    return (n - pool) // stride + 1


def cross_entropy(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """Returns the mean of -ln of the probability of the right class."""
    return -np.log(_of_the_right_class(probabilities, labels)).mean()


def _of_the_right_class(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    return probabilities[np.arange(len(labels)), labels]


def _cnn(
    *,
    padding: str = "valid",
    activation: str | None = "relu",
    last: str | None = "softmax",
    pooling: str = "MaxPooling2D",
    filters: int = 16,
    size: int = 3,
) -> keras.Model:
    from dl_course.backend import keras

    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(filters, size, padding=padding, activation=activation),
            *([getattr(layers, pooling)(2)] if pooling else []),
            layers.Flatten(),
            layers.Dense(10, activation=last),
        ]
    )


# The picture of the exercise, cut into four blocks of 2 x 2: (row, column, 4 numbers).
_PICTURE = np.array([[1, 3, 8, 1], [2, 4, 4, 5], [0, 7, 5, 2], [1, 2, 9, 5]])
_BLOCKS = _PICTURE.reshape(2, 2, 2, 2).swapaxes(1, 2).reshape(2, 2, 4)
_WINDOWS = np.lib.stride_tricks.sliding_window_view(_PICTURE, (2, 2))

_POOL_BY_HAND = ArrayExercise(
    id="pool-by-hand",
    solution=_BLOCKS.max(axis=2),
    explanation="Each number is the largest of its 2 x 2 block; the others are dropped.",
    hint="Cut the picture into four 2 x 2 blocks and keep the largest number of each.",
    mistakes=(
        (_BLOCKS.mean(axis=2), "That is average pooling. Keep the largest number."),
        (_BLOCKS.sum(axis=2), "That is the sum of each block. Keep the largest number."),
        (_BLOCKS.min(axis=2), "Those are the smallest numbers. Keep the largest."),
        (_BLOCKS[:, :, 0], "Those are the first numbers of the blocks. Keep the largest."),
        (_BLOCKS.max(axis=2).T, "Rows and columns are swapped."),
        (
            _WINDOWS.max(axis=(2, 3)),
            "That is stride 1: with stride 2 the windows lie side by side.",
        ),
        (_BLOCKS.max(axis=2).ravel(), "The numbers are right; give them as two rows of two."),
    ),
)

_POOLED_SIZE = FunctionExercise(
    id="pooled-size",
    arguments=("n", "pool", "stride"),
    cases=((26, 2, 2), (11, 2, 2), (28, 3, 1), (28, 3, 2), (8, 8, 5)),
    solution=pooled_size,
    explanation="The first window starts at 0, the last one at or before n - pool.",
    hint="Write down where the windows start when n = 5, pool = 2, stride = 2, and count them.",
    mistakes=(
        (lambda n, pool, stride: n // 2, "Half the size is right only for window 2 and stride 2."),
        (lambda n, pool, stride: n // stride, "A window needs room: none may stick out."),
        (lambda n, pool, stride: n / stride, "A window needs room, and sizes are whole numbers."),
        (lambda n, pool, stride: n // pool, "That holds only when the stride equals the window."),
        (lambda n, pool, stride: (n - pool) // stride, "The window at place 0 counts too: add 1."),
        (lambda n, pool, stride: n - pool + 1, "That is stride 1: `stride` is not used."),
        (
            lambda n, pool, stride: (n - pool) / stride + 1,
            "A last window that does not fit is left out: round down, with //.",
        ),
        (
            lambda n, pool, stride: -(-(n - pool) // stride) + 1,
            "A last window that does not fit is left out: round down, not up.",
        ),
    ),
)

_CROSS_ENTROPY = FunctionExercise(
    id="cross-entropy",
    arguments=("probabilities", "labels"),
    cases=(
        (np.array([[0.7, 0.2, 0.1], [0.1, 0.3, 0.6]]), np.array([0, 1])),
        (np.array([[0.25, 0.25, 0.25, 0.25]]), np.array([3])),
        (np.array([[0.9, 0.1], [0.5, 0.5], [0.02, 0.98]]), np.array([1, 0, 1])),
    ),
    solution=cross_entropy,
    explanation="Only the probability of the right class counts. Confident mistakes cost a lot.",
    hint="From every row, pick the probability of its label: p[np.arange(len(labels)), labels].",
    mistakes=(
        (lambda p, y: np.log(_of_the_right_class(p, y)).mean(), "The minus sign is missing."),
        (
            lambda p, y: -np.log(_of_the_right_class(p, y)).sum(),
            "That is the sum: divide by the number of examples.",
        ),
        (lambda p, y: -np.log(_of_the_right_class(p, y)), "Take the mean over the examples."),
        (
            lambda p, y: -np.log2(_of_the_right_class(p, y)).mean(),
            "Keras uses the natural logarithm, np.log.",
        ),
        (
            lambda p, y: -np.log10(_of_the_right_class(p, y)).mean(),
            "Keras uses the natural logarithm, np.log.",
        ),
        (
            lambda p, y: -np.log(p.max(axis=1)).mean(),
            "That is the probability of the predicted class. The label says which one is right.",
        ),
        (
            lambda p, y: (-np.eye(p.shape[1])[y] * np.log(p)).mean(),
            "Divide by the number of examples, not by examples times classes.",
        ),
        (lambda p, y: -np.log(p).mean(), "Only the right class counts: use the labels to pick it."),
        (lambda p, y: -_of_the_right_class(p, y).mean(), "Take the logarithm first."),
        (
            lambda p, y: -np.log(_of_the_right_class(softmax(p), y)).mean(),
            "They are already probabilities: no softmax on top.",
        ),
        (
            lambda p, y: -np.log(_of_the_right_class(p, y).mean()),
            "Take the logarithm of each first, then the mean.",
        ),
    ),
)


EXERCISES = (
    NumberExercise(
        id="output-size",
        solution=6,
        explanation="32 - 2 = 30, pooled 15; 15 - 2 = 13, pooled 6: the 13th row is left over.",
        hint="A 3x3 window without padding takes 2 off each side length; pooling rounds down.",
        mistakes=(
            (8, "A 3x3 convolution without padding makes the image smaller too."),
            (6.5, "Sizes are whole numbers: what does not fill a window is left out."),
            (7, "Pooling rounds down: what does not fill a window is left out."),
            (13, "There is one more pooling after that."),
            (15, "That is the size after the first pooling. Go on."),
            (5, "That is the size for images of 28 x 28. These have 32 x 32."),
            (36, "That is the number of places, 6 x 6. Give the side length."),
        ),
    ),
    NumberExercise(
        id="parameters",
        solution=(5 * 5 * 3 + 1) * 16,
        explanation="Each of the 16 filters has 5 x 5 x 3 weights and one bias: 76 numbers.",
        hint="(weights of one filter + its bias) times the number of filters.",
        mistakes=(
            (5 * 5 * 3 * 16, "You forgot the biases: one for each filter."),
            ((5 * 5 + 1) * 16, "A filter looks at all 3 input channels at once."),
            (5 * 5 * 16, "A filter looks at all 3 input channels, and has a bias."),
            (5 * 5 * 3 * 16 + 1, "There is one bias for each filter, not one for the layer."),
            (5 * 5 * 3 + 1, "That is one filter. There are 16."),
            ((5 * 5 + 1) * 3 * 16, "A filter has one bias, not one for each input channel."),
            ((3 * 3 * 3 + 1) * 16, "The window is 5 x 5."),
        ),
    ),
    _POOL_BY_HAND,
    _POOLED_SIZE,
    _CROSS_ENTROPY,
    NumberExercise(
        id="blind-loss",
        solution=float(np.log(10)),
        tolerance=2e-3,
        explanation="-ln(1/10) = ln 10. A first loss far above it hints at bad initial weights.",
        hint="Put the probability 1/10 of the right class into -ln p.",
        mistakes=(
            (0.1, "That is the probability. The loss is -ln of it."),
            (float(-np.log(10)), "The loss is minus the logarithm: it is never negative."),
            (1.0, "That is the logarithm to base 10. Keras uses the natural one, np.log."),
            (float(np.log2(10)), "That is the logarithm to base 2. Keras uses the natural one."),
            (0.9, "That is the share of wrong answers. The loss is -ln of a probability."),
        ),
    ),
    ModelExercise(
        id="model",
        solution=_cnn,
        explanation="Input, convolution with ReLU, pooling, flatten, softmax: a complete CNN.",
        hint="Follow the list in the exercise layer by layer; print(model.layers) shows yours.",
        mistakes=(
            (lambda: _cnn(padding="same"), 'Leave padding at its default, "valid".'),
            (lambda: _cnn(activation=None), 'The convolution needs activation="relu".'),
            (lambda: _cnn(last=None), 'The last layer needs activation="softmax".'),
            (
                lambda: _cnn(last="sigmoid"),
                "A sigmoid looks at each class alone; softmax gives probabilities that sum to 1.",
            ),
            (lambda: _cnn(last="relu"), 'The last layer needs activation="softmax".'),
            (lambda: _cnn(pooling=""), "The pooling layer is missing."),
            (
                lambda: _cnn(pooling="AveragePooling2D"),
                "That is average pooling. The exercise asks for max pooling.",
            ),
            (lambda: _cnn(filters=32), "The exercise asks for 16 filters."),
            (lambda: _cnn(size=5), "The window of the convolution is 3 x 3."),
        ),
    ),
    ChoiceExercise(
        id="augmentation",
        solution="flip",
        choices=("crop", "rotation", "flip"),
        explanation="In the mirror, a left shoe is a right shoe: the label would be wrong.",
        hint="Which change turns one class into the other?",
        mistakes=(
            ("crop", "A left shoe with its toe cut off is still a left shoe."),
            ("rotation", "A tilted left shoe is still a left shoe."),
        ),
    ),
)
