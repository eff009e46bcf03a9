"""Exercises on backpropagation."""

import numpy as np

from dl_course.assignments.exercises.kinds import (
    ArrayExercise,
    ChoiceExercise,
    FunctionExercise,
    NumberExercise,
)
from dl_course.scratch import sigmoid


def kernel_gradient(x: np.ndarray, delta: np.ndarray) -> np.ndarray:
    """Returns dL/dW of z = x W + b, for delta = dL/dz."""
    return x.T @ delta


def tanh_backward(upstream: np.ndarray, h: np.ndarray) -> np.ndarray:
    """Returns dL/dz of h = tanh(z), for upstream = dL/dh."""
    return upstream * (1 - h**2)


def logits_gradient(y: np.ndarray, logits: np.ndarray) -> np.ndarray:
    """Returns dL/dz of the mean binary cross-entropy of sigmoid(z)."""
    return (sigmoid(logits) - y) / len(y)


# The layer of the exercise by hand: the values at its left end, the gradients at its right end.
_LEFT, _RIGHT = np.array([1.0, 2.0, 0.0]), np.array([3.0, -1.0])
_BY_HAND = np.outer(_LEFT, _RIGHT)

_KERNEL_BY_HAND = ArrayExercise(
    id="kernel-by-hand",
    solution=_BY_HAND,
    explanation="Value times gradient, for every edge. An input of 0 teaches its weights nothing.",
    hint="Row i, column j: the value of input i times the gradient of unit j.",
    mistakes=(
        (_BY_HAND.T, "Rows and columns are swapped: a kernel has shape (inputs, units)."),
        (-_BY_HAND, "The signs are wrong: that is the descent step. Give the gradient."),
        (np.add.outer(_LEFT, _RIGHT), "You added. Multiply the value by the gradient."),
        (_BY_HAND.ravel(), "The numbers are right; give them as three rows of two."),
    ),
)

_KERNEL_GRADIENT = FunctionExercise(
    id="kernel-gradient",
    arguments=("x", "delta"),
    cases=(
        (np.array([[1.0, 2.0], [0.0, -1.0]]), np.array([[0.5, 1.0], [-2.0, 0.25]])),
        (np.array([[1.0, -2.0, 0.5]]), np.array([[2.0, 3.0]])),
        (np.array([[1.0], [2.0], [3.0]]), np.array([[1.0], [0.0], [-1.0]])),
    ),
    solution=kernel_gradient,
    explanation="The product adds up the outer products of all examples of the batch.",
    hint="Make (inputs, units) from (batch, inputs) and (batch, units): sum over the batch.",
    mistakes=(
        (lambda x, delta: delta.T @ x, "That is its transpose: a kernel is (inputs, units)."),
        (
            lambda x, delta: x.T @ delta / len(x),
            "If the loss is a mean, delta already contains it: only sum over the batch.",
        ),
        (lambda x, delta: -(x.T @ delta), "The minus sign belongs to the descent step."),
        (lambda x, delta: np.outer(x[0], delta[0]), "That is one example: sum over the batch."),
    ),
)

_TANH_BACKWARD = FunctionExercise(
    id="tanh-backward",
    arguments=("upstream", "h"),
    cases=(
        (np.array([[1.0, -2.0]]), np.array([[0.5, -0.9]])),
        (np.array([[3.0], [0.5]]), np.array([[0.0], [0.99]])),
    ),
    solution=tanh_backward,
    explanation="The slope is 1 at h = 0 and falls to 0 where tanh is saturated.",
    hint="tanh'(z) = 1 - tanh(z)^2, and h is tanh(z). Then the chain rule: multiply.",
    mistakes=(
        (lambda upstream, h: 1 - h**2, "That is the slope alone. Multiply by `upstream`."),
        (lambda upstream, h: upstream * (1 - np.tanh(h) ** 2), "h already is tanh(z)."),
        (lambda upstream, h: upstream * h * (1 - h), "That is the slope of the sigmoid."),
        (lambda upstream, h: upstream * (1 - h), "The square is missing: 1 - h^2."),
        (lambda upstream, h: upstream + 1 - h**2, "The chain rule multiplies; it does not add."),
    ),
)

_LOGITS_GRADIENT = FunctionExercise(
    id="error-at-the-logits",
    arguments=("y", "logits"),
    cases=(
        (np.array([[0.0], [1.0], [1.0]]), np.array([[2.0], [-1.0], [0.5]])),
        (np.array([[1.0], [0.0]]), np.array([[3.0], [0.0]])),
    ),
    solution=logits_gradient,
    explanation="Prediction minus target, over n. The slope of the sigmoid has cancelled.",
    hint="Turn the logits into y_hat with a sigmoid; the gradient of a mean has a factor 1/n.",
    mistakes=(
        (lambda y, z: sigmoid(z) - y, "The loss is a mean: divide by the number of examples."),
        (lambda y, z: (y - sigmoid(z)) / len(y), "The sign is wrong: it is y_hat - y."),
        (lambda y, z: (z - y) / len(y), "Logits are not probabilities: first the sigmoid."),
        (
            lambda y, z: (sigmoid(z) - y) * sigmoid(z) * (1 - sigmoid(z)) / len(y),
            "The slope of the sigmoid cancels against the derivative of the logarithm.",
        ),
        (
            lambda y, z: 2 * (sigmoid(z) - y) / len(y),
            "The 2 belongs to the squared error, not to the cross-entropy.",
        ),
    ),
)

EXERCISES = (
    NumberExercise(
        id="read-a-weight",
        solution=-0.12,
        tolerance=2e-3,
        explanation="0.6 times -0.2 is negative: a larger weight would lower the loss.",
        hint="Multiply the value at the weight's left end by the delta at its right end.",
        mistakes=(
            (0.12, "Check the sign: one of the two factors is negative."),
            (
                1.8,
                "That is the value times the weight: what flows forward. Use the delta instead of "
                "the weight.",
            ),
            (
                -0.6,
                "That is the weight times the delta: what flows back to the value. Use the value "
                "instead of the weight.",
            ),
            (-0.36, "That is all three multiplied. The weight is not part of its own gradient."),
            (0.4, "You added. The chain rule multiplies."),
            (0.8, "You subtracted. The chain rule multiplies."),
        ),
    ),
    _KERNEL_BY_HAND,
    _KERNEL_GRADIENT,
    _TANH_BACKWARD,
    _LOGITS_GRADIENT,
    NumberExercise(
        id="five-sigmoids",
        solution=0.25**5,
        tolerance=2e-3,
        explanation="A quarter, five times: about a thousandth is left, at best.",
        hint="What is the largest slope of a sigmoid? Every sigmoid multiplies by its slope.",
        mistakes=(
            (0.25, "That is one sigmoid. There are five, one after the other."),
            (0.25 * 5, "The slopes multiply; they do not add up."),
            (0.5**5, "0.5 is the value of the sigmoid at 0. Its slope there is h (1 - h)."),
            (1.0, "The largest slope of a sigmoid is not 1; that is the tanh's."),
            (4.0**5, "That is the factor by which it shrinks. What share is left?"),
        ),
    ),
    ChoiceExercise(
        id="where-is-the-bug",
        solution="hidden",
        choices=("loss", "output", "hidden"),
        explanation="The error goes wrong on its way to the hidden layer; all else is right.",
        hint="Gradients flow back from the loss. Which part do only the wrong ones depend on?",
        mistakes=(
            ("loss", "A mistake there would spoil the gradients of all layers."),
            ("output", "The gradients of the output layer are right, so its delta is right too."),
        ),
    ),
)
