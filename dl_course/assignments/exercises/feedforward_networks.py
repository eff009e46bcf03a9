"""Exercises on feedforward networks."""

import numpy as np

from dl_course.assignments.exercises.kinds import ChoiceExercise, FunctionExercise, NumberExercise
from dl_course.scratch import sigmoid, softmax


def network(
    x: np.ndarray, kernel1: np.ndarray, bias1: np.ndarray, kernel2: np.ndarray, bias2: np.ndarray
) -> np.ndarray:
    """Returns sigmoid(relu(x W1 + b1) W2 + b2)."""
    return sigmoid(np.maximum(x @ kernel1 + bias1, 0) @ kernel2 + bias2)


def _shares(e: np.ndarray, axis: int | None = None) -> np.ndarray:
    with np.errstate(invalid="ignore"):  # 0/0 and inf/inf are what some mistakes are about
        return e / e.sum(axis=axis, keepdims=axis is not None)


def _shifted(logits: np.ndarray) -> np.ndarray:
    return np.exp(logits - logits.max(axis=1, keepdims=True))


def _exp(logits: np.ndarray) -> np.ndarray:
    with np.errstate(over="ignore"):
        return np.exp(logits)


_KERNEL1 = np.array([[1.0, -1.0, 0.5], [2.0, 0.5, -1.0]])
_KERNEL2 = np.array([[1.0], [-2.0], [0.5]])

_NETWORK = FunctionExercise(
    id="network",
    arguments=("x", "kernel1", "bias1", "kernel2", "bias2"),
    cases=(
        (
            np.array([[1.0, 0.5], [-1.0, 1.0]]),
            _KERNEL1,
            np.array([0.1, -0.2, 0.3]),
            _KERNEL2,
            np.array([0.5]),
        ),
        (np.array([[0.5, -1.0]]), _KERNEL1, np.zeros(3), _KERNEL2, np.array([-0.25])),
    ),
    solution=network,
    explanation="Weighted sum and activation, twice: that is all a forward pass is.",
    hint="For each layer: times the kernel, plus the bias, then its activation.",
    mistakes=(
        (
            lambda x, w1, b1, w2, b2: sigmoid((x @ w1 + b1) @ w2 + b2),
            "The ReLU of the hidden layer is missing.",
        ),
        (
            lambda x, w1, b1, w2, b2: np.maximum(x @ w1 + b1, 0) @ w2 + b2,
            "These are logits: the sigmoid of the output layer is missing.",
        ),
        (lambda x, w1, b1, w2, b2: sigmoid(np.maximum(x @ w1, 0) @ w2), "The biases are missing."),
        (
            lambda x, w1, b1, w2, b2: sigmoid(sigmoid(x @ w1 + b1) @ w2 + b2),
            "The hidden layer has a ReLU, not a sigmoid.",
        ),
        (
            lambda x, w1, b1, w2, b2: np.maximum(np.maximum(x @ w1 + b1, 0) @ w2 + b2, 0),
            "The output layer has a sigmoid, not a ReLU.",
        ),
    ),
)

_SOFTMAX = FunctionExercise(
    id="softmax",
    arguments=("logits",),
    cases=(
        (np.array([[1.0, 2.0, 0.0], [0.0, 0.0, 3.0]]),),
        (np.array([[0.0, 1.0], [1000.0, 1001.0]]),),
    ),
    solution=softmax,
    explanation="The numbers are positive and each row adds up to 1, however large the logits are.",
    hint="Subtract each row's largest logit, take e to the power, divide by the row's sum.",
    mistakes=(
        (
            lambda logits: _shares(_exp(logits - logits.max())),
            "All numbers together add up to 1. Each row has to: axis=1, keepdims=True.",
        ),
        (
            lambda logits: _shares(_shifted(logits)),
            "All numbers together add up to 1. Each row has to: axis=1, keepdims=True.",
        ),
        (
            lambda logits: _shares(_exp(logits), axis=1),
            "e^1000 overflows, and inf/inf is nan: subtract each row's largest logit first.",
        ),
        (
            lambda logits: _shares(_exp(logits - logits.max()), axis=1),
            "Far below the one largest logit all e^z are 0, and 0/0 is nan: subtract each row's "
            "own largest, max(axis=1, keepdims=True).",
        ),
        (
            lambda logits: _shares(_shifted(logits), axis=0),
            "The columns add up to 1. Rows are examples: sum over axis=1.",
        ),
        (_shifted, "Divide by the sum of the row: probabilities add up to 1."),
        (lambda logits: np.log(softmax(logits)), "These are the logarithms of the probabilities."),
        (sigmoid, "A sigmoid looks at each number alone. In a softmax the classes compete."),
    ),
)

EXERCISES = (
    NumberExercise(
        id="neuron-by-hand",
        solution=-0.1,
        tolerance=2e-3,
        explanation="The sum is -0.5, and this leaky ReLU keeps a fifth of it.",
        hint="First the sum: each input times its weight, plus the bias. Then the activation.",
        mistakes=(
            (-0.5, "That is the weighted sum. The activation is missing."),
            (0.0, "That is what a ReLU gives. A leaky one keeps a fifth of a negative number."),
            (-0.2, "You forgot the bias."),
            (7.5, "One weight is negative."),
            (0.1, "A leaky ReLU keeps the sign."),
        ),
    ),
    NumberExercise(
        id="count-the-weights",
        solution=784 * 100 + 100 + 100 * 10 + 10,
        explanation="(784 + 1) * 100 + (100 + 1) * 10: nearly all of them in the first layer.",
        hint="A layer has inputs x units weights, and a bias for each unit. Add up the layers.",
        mistakes=(
            (784 * 100 + 100 * 10, "You forgot the biases: one for each neuron."),
            (785 * 100, "That is the hidden layer. The output layer has weights too."),
            (110, "That is the number of neurons. Each has a weight for each of its inputs."),
            (784 * 100 * 10, "Add the weights of the layers; do not multiply them."),
        ),
    ),
    _NETWORK,
    _SOFTMAX,
    NumberExercise(
        id="cross-entropy",
        solution=float(-np.log(0.25)),
        tolerance=4e-3,
        explanation="Only the probability of the right class counts: -ln 0.25.",
        hint="Minus the natural logarithm of the probability of the right class.",
        mistakes=(
            (0.5625, "That is the squared error, (1 - 0.25)^2."),
            (float(np.log(0.25)), "Check the sign: this loss is never negative."),
            (2.0, "That is the logarithm to base 2. Take the natural one, np.log."),
            (float(-np.log(0.75)), "That would be the loss if the answer were no."),
            (0.75, "That is 1 minus the probability. Take minus the logarithm of the probability."),
        ),
    ),
    NumberExercise(
        id="he-scale",
        solution=0.1,
        tolerance=2e-3,
        explanation="The variance is 2 / 200 = 0.01, and its square root is 0.1.",
        hint="He: the variance of a weight is 2 divided by the number of inputs.",
        mistakes=(
            (0.01, "That is the variance. The standard deviation is its square root."),
            (float(np.sqrt(1 / 200)), "That is for a linear layer. A ReLU needs the 2."),
            (float(np.sqrt(2 / 250)), "He initialization uses the inputs only, not the units."),
            (float(np.sqrt(2 / 50)), "You used the number of units. The sum is over the inputs."),
        ),
    ),
    ChoiceExercise(
        id="output-activation",
        solution="softmax",
        choices=("relu", "sigmoid", "softmax"),
        explanation="Exactly one class is right, so the probabilities must add up to 1.",
        hint="The ten outputs must be probabilities of classes of which exactly one is right.",
        mistakes=(
            ("relu", "A ReLU can give any number from 0 up, which is not a probability."),
            ("sigmoid", "Ten sigmoids answer ten separate questions: all of them may say yes."),
        ),
    ),
)
