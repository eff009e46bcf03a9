"""Exercises on backpropagation."""

import numpy as np

from dl_course.assignments.exercises.kinds import (
    ArrayExercise,
    ChoiceExercise,
    Exercise,
    FunctionExercise,
    NumberExercise,
)


def kernel_gradient(x, delta):
    """Returns dL/dW of z = x W + b, for delta = dL/dz."""
    return x.T @ delta


def tanh_backward(upstream, h):
    """Returns dL/dz of h = tanh(z), for upstream = dL/dh."""
    return upstream * (1 - h**2)


def logits_gradient(y, logits):
    """Returns dL/dz of the mean binary cross-entropy of sigmoid(z)."""
    return (_sigmoid(logits) - y) / len(y)


def _sigmoid(z):
    return 1 / (1 + np.exp(-z))


# The layer of the exercise by hand: the values at its left end, the gradients at its right end.
_LEFT, _RIGHT = np.array([1.0, 2.0, 0.0]), np.array([3.0, -1.0])
_BY_HAND = np.outer(_LEFT, _RIGHT)

_KERNEL_BY_HAND = ArrayExercise(
    id="kernel-by-hand",
    solution=_BY_HAND,
    explanation="Value times gradient, for every edge. Behind an input of 0 nothing is learned.",
    hint="Row i, column j: the value of input i times the gradient of unit j.",
    mistakes=(
        (_BY_HAND.T, "Rows and columns are swapped: a kernel has shape (inputs, units)."),
        (-_BY_HAND, "The signs are turned: that is the step against the gradient, not itself."),
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
    hint="From (batch, inputs) and (batch, units) make (inputs, units): sum over the batch.",
    mistakes=(
        (lambda x, delta: delta.T @ x, "That is its transpose: a kernel is (inputs, units)."),
        (
            lambda x, delta: x.T @ delta / len(x),
            "The mean is in delta already, if the loss has one: only sum over the batch.",
        ),
        (lambda x, delta: -(x.T @ delta), "The minus sign belongs to the step of descent."),
        (
            lambda x, delta: np.outer(x[0], delta[0]),
            "That is the first example only. Sum over the batch.",
        ),
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
        (
            lambda upstream, h: upstream * (1 - np.tanh(h) ** 2),
            "h is tanh(z) already: no second tanh.",
        ),
        (lambda upstream, h: upstream * h * (1 - h), "That is the slope of the sigmoid."),
        (lambda upstream, h: upstream * (1 - h), "The square is missing: 1 - h^2."),
        (lambda upstream, h: upstream + 1 - h**2, "The chain rule multiplies, it does not add."),
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
    explanation="What it said, minus what is right. The slope of the sigmoid has cancelled.",
    hint="Turn the logits into y_hat with a sigmoid; the gradient of a mean has a 1/n.",
    mistakes=(
        (lambda y, z: _sigmoid(z) - y, "The loss is a mean: divide by the number of examples."),
        (lambda y, z: (y - _sigmoid(z)) / len(y), "The sign is turned: y_hat - y."),
        (lambda y, z: (z - y) / len(y), "The logits are no probabilities yet: sigmoid first."),
        (
            lambda y, z: (_sigmoid(z) - y) * _sigmoid(z) * (1 - _sigmoid(z)) / len(y),
            "The slope of the sigmoid cancels against the derivative of the logarithm.",
        ),
        (
            lambda y, z: 2 * (_sigmoid(z) - y) / len(y),
            "The 2 belongs to the squared error, not to the cross-entropy.",
        ),
    ),
)

EXERCISES: tuple[Exercise, ...] = (
    NumberExercise(
        id="read-a-weight",
        solution=-0.12,
        tolerance=2e-3,
        explanation="0.6 times -0.2: a larger weight would lower the loss.",
        hint="The gradient of a weight: the value at its left end times the gradient at its right.",
        mistakes=(
            (0.12, "The sign: one of the two factors is negative."),
            (
                -0.36,
                "That is the value times the weight. The gradient does not contain the weight.",
            ),
            (0.072, "The weight itself does not occur in its own gradient."),
            (-0.6, "That is 3 times the gradient: the weight itself does not occur."),
            (0.4, "You added. The chain rule multiplies."),
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
        hint="What is the largest slope of a sigmoid? Every layer multiplies by one.",
        mistakes=(
            (0.25, "That is one sigmoid. There are five, one behind the other."),
            (0.25 * 5, "The layers multiply; they do not add up."),
            (0.5**5, "0.5 is the value of the sigmoid at 0. Its slope there is h (1 - h)."),
            (1.0, "The largest slope of a sigmoid is not 1, that is tanh's."),
            (4.0**5, "That is by how much it shrinks. Asked is what share is left."),
        ),
    ),
    ChoiceExercise(
        id="where-is-the-bug",
        solution="hidden",
        choices=("loss", "output", "hidden"),
        explanation="The error went wrong on its way to the hidden layer; all behind it is right.",
        hint="A gradient flows from the loss back. Which part do only the wrong ones depend on?",
        mistakes=(
            ("loss", "A wrong start of the flow would spoil the gradients of all layers."),
            ("output", "The gradients of the output layer are right, so its delta is."),
        ),
    ),
)
