"""Exercises on convolution and pooling."""

import math

import numpy as np

from dl_course.assignments.exercises.kinds import (
    ArrayExercise,
    ChoiceExercise,
    FunctionExercise,
    NumberExercise,
)


def correlate(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """Returns the cross-correlation: one number for each place of the kernel on the image."""
    windows = np.lib.stride_tricks.sliding_window_view(image, np.shape(kernel))
    return (windows * kernel).sum(axis=(2, 3))


def places(n: int, window: int, stride: int, dilation: int) -> int:
    """Returns how many places there are for a window whose pixels lie `dilation` apart."""
    return (n - ((window - 1) * dilation + 1)) // stride + 1


# The picture and kernel of the first two exercises, and the picture of the pooling exercise.
_PICTURE = np.array([[1, 2, 0], [0, 3, 1], [2, 0, 4]])
_KERNEL = np.array([[1, 0], [2, -1]])
_POOLED = np.array([[1, 5, 2, 2], [3, 4, 0, 7]])
_UPSTREAM = np.array([10, 20])

_TURNED = correlate(_PICTURE, _KERNEL[::-1, ::-1])
_AS_IT_IS = correlate(_PICTURE, _KERNEL)
_BY_WINDOW = np.kron(_UPSTREAM, np.ones((2, 2)))  # (2, 4)
_MAX_GRADIENT = np.array([[0, 10, 0, 0], [0, 0, 0, 20]])

_BY_HAND = (
    ArrayExercise(
        id="cross-correlation",
        solution=_AS_IT_IS,
        explanation="The kernel lies on the picture as it is: four places, four sums.",
        hint="At the upper left: 1*1 + 2*0 + 0*2 + 3*(-1). Then move one column to the right.",
        mistakes=(
            (_TURNED, "That is the true convolution. Do not turn the kernel."),
            (_AS_IT_IS.T, "Rows and columns of the result are swapped."),
            (correlate(_PICTURE, _KERNEL.T), "Rows and columns of the kernel are swapped."),
            (
                _PICTURE[:2, :2] * _KERNEL,
                "Those are the products at the first place. Their sum is one number.",
            ),
            (_AS_IT_IS.ravel(), "The numbers are right; give them as two rows of two."),
        ),
    ),
    ArrayExercise(
        id="true-convolution",
        solution=_TURNED,
        explanation="Turned by 180 degrees, the kernel is [[-1, 2], [0, 1]]; then slide it.",
        hint="Turn the kernel by 180 degrees, kernel[::-1, ::-1]. Then do as in exercise 1.",
        mistakes=(
            (_AS_IT_IS, "That is the cross-correlation. Turn the kernel first."),
            (correlate(_PICTURE, _KERNEL[::-1]), "You flipped only the rows. Flip the columns."),
            (correlate(_PICTURE, _KERNEL[:, ::-1]), "You flipped only the columns. Flip the rows."),
            (correlate(_PICTURE, np.rot90(_KERNEL)), "You turned by 90 degrees, not by 180."),
            (_TURNED.T, "Rows and columns of the result are swapped."),
            (_TURNED.ravel(), "The numbers are right; give them as two rows of two."),
        ),
    ),
)

_RNG = np.random.default_rng(6)
_CORRELATE = FunctionExercise(
    id="correlate",
    arguments=("image", "kernel"),
    cases=(
        (_PICTURE.astype(float), _KERNEL.astype(float)),
        (_RNG.integers(-3, 4, (5, 4)).astype(float), _RNG.integers(-3, 4, (2, 3)).astype(float)),
        (_RNG.integers(-3, 4, (3, 3)).astype(float), _RNG.integers(-3, 4, (3, 3)).astype(float)),
    ),
    solution=correlate,
    explanation="The kernel visits every place where all of it lies on the image.",
    hint="result[i, j] is the sum of image[i:i+rows, j:j+columns] * kernel.",
    mistakes=(
        (
            lambda image, kernel: correlate(image, kernel[::-1, ::-1]),
            "That is the true convolution. Do not turn the kernel.",
        ),
        (
            lambda image, kernel: correlate(image, kernel)[:-1, :-1],
            "The last row and the last column are missing: there are n - k + 1 places.",
        ),
        (
            lambda image, kernel: correlate(image, kernel) / kernel.size,
            "That is the mean of the products. Take the sum.",
        ),
        (
            lambda image, kernel: correlate(np.pad(image, 1), kernel),
            "Do not put zeros around the image: the kernel stays inside.",
        ),
    ),
)

_PLACES = FunctionExercise(
    id="places",
    arguments=("n", "window", "stride", "dilation"),
    cases=((28, 3, 1, 1), (28, 3, 1, 2), (28, 3, 2, 3), (11, 5, 3, 2), (9, 2, 4, 3)),
    solution=places,
    explanation="A dilated window covers (window - 1) * dilation + 1 pixels.",
    hint="How many pixels lie between the first and the last of a dilated window?",
    mistakes=(
        (
            lambda n, window, stride, dilation: (n - window) // stride + 1,
            "`dilation` is not used: it makes the window cover more pixels.",
        ),
        (
            lambda n, window, stride, dilation: (n - window * dilation) // stride + 1,
            "Between 3 pixels there are 2 gaps: the window covers (window - 1) * dilation + 1.",
        ),
        (
            lambda n, window, stride, dilation: n - (window - 1) * dilation,
            "That is stride 1: `stride` is not used.",
        ),
        (
            lambda n, window, stride, dilation: (n - (window - 1) * dilation - 1) // stride,
            "The place at 0 counts too: add 1.",
        ),
        (
            lambda n, window, stride, dilation: (n - (window - 1) * dilation - 1) / stride + 1,
            "A last window that does not fit is left out: round down, with //.",
        ),
        (
            lambda n, window, stride, dilation: (
                math.ceil((n - (window - 1) * dilation - 1) / stride) + 1
            ),
            "A last window that does not fit is left out: round down, not up.",
        ),
    ),
)

_POOL_GRADIENT = ArrayExercise(
    id="pool-gradient",
    solution=_MAX_GRADIENT,
    explanation="Only the largest pixel of a window determines the output, so it gets everything.",
    hint="Which pixel of each 2 x 2 window would change the output if it changed a little?",
    mistakes=(
        (_BY_WINDOW / 4, "That is average pooling: every pixel gets a share. Here one gets all."),
        (_BY_WINDOW, "Not every pixel gets it: only the largest one in its window."),
        (
            (_MAX_GRADIENT > 0).astype(float),
            "The places are right. What arrives there is the gradient of the window's output.",
        ),
        (_POOLED * (_MAX_GRADIENT > 0), "Those are the largest pixels. Give their gradients."),
        (_POOLED * _MAX_GRADIENT, "Do not multiply by the pixel: there y = x, so the slope is 1."),
    ),
)

EXERCISES = (
    *_BY_HAND,
    _CORRELATE,
    _PLACES,
    NumberExercise(
        id="sees",
        solution=5,
        explanation="It sees three outputs of the first layer side by side, and the outer two each "
        "see one pixel more.",
        hint="Draw a row of pixels. Which does the first layer use for three neighbouring outputs?",
        mistakes=(
            (3, "That is one layer. The second looks at three places of the first."),
            (6, "The windows of neighbours overlap: do not add their sizes."),
            (9, "The windows of neighbours overlap: do not multiply their sizes."),
            (25, "That is the number of pixels of the square. Give its side."),
            (7, "That would be three layers."),
        ),
    ),
    _POOL_GRADIENT,
    NumberExercise(
        id="dense-weights",
        solution=100 * 64,
        explanation="Each of the 64 outputs has a weight for each of the 100 pixels. The kernel "
        "has 9.",
        hint="How many outputs are there? Each has a weight for every pixel.",
        mistakes=(
            (9, "That is the kernel. A dense layer has a weight for every pixel and output."),
            (64, "That is the number of outputs. Each has a weight for every pixel."),
            (100, "That is the number of pixels, the weights of a single output."),
            (164, "Multiply the pixels by the outputs; do not add them."),
            (100 * 100, "The output is smaller than the image: 10 - 3 + 1 on each side."),
            (64 * 9, "Those are the products of a convolution. A dense layer uses all pixels."),
            (101 * 64, "The question says without biases."),
        ),
    ),
    ChoiceExercise(
        id="same-result",
        solution="blur",
        choices=("blur", "edge", "corner"),
        explanation="Nine equal numbers stay the same when they are turned by 180 degrees.",
        hint="Turn each of the three kernels by 180 degrees. Which one stays the same?",
        mistakes=(
            ("edge", "Turned by 180 degrees, its dark side is on the right."),
            ("corner", "Turned by 180 degrees, it looks for the opposite corner."),
        ),
    ),
)
