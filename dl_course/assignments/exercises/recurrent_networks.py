"""Exercises on recurrent networks."""

import numpy as np

from dl_course.assignments.exercises.kinds import ChoiceExercise, FunctionExercise, NumberExercise


def step(
    x: np.ndarray, h: np.ndarray, kernel: np.ndarray, recurrent_kernel: np.ndarray, bias: np.ndarray
) -> np.ndarray:
    """Returns the next state, tanh(x W_xh + h W_hh + b)."""
    return np.tanh(x @ kernel + h @ recurrent_kernel + bias)


def jacobian(h: np.ndarray, recurrent_kernel: np.ndarray) -> np.ndarray:
    """Returns diag(1 - h^2) W_hh^T: row a, column b is dh_t[a] / dh_{t-1}[b]."""
    return np.diag(1 - h**2) @ recurrent_kernel.T


_STEP = FunctionExercise(
    id="step",
    arguments=("x", "h", "kernel", "recurrent_kernel", "bias"),
    cases=(
        (
            np.array([[1.0, -2.0]]),
            np.array([[0.5, 0.25]]),
            np.array([[0.1, 0.4], [0.2, -0.3]]),
            np.array([[0.5, -1.0], [2.0, 0.3]]),
            np.array([0.1, -0.2]),
        ),
        (
            np.array([[0.5], [2.0]]),
            np.array([[0.1, -0.9], [0.8, 0.3]]),
            np.array([[1.0, -1.5]]),
            np.array([[0.0, 1.0], [-0.5, 0.25]]),
            np.array([0.5, 0.0]),
        ),
    ),
    solution=step,
    explanation="Input and old state, each times its own matrix, are added before the tanh.",
    hint="Two matrix products with @, plus the bias, and np.tanh around all of it.",
    mistakes=(
        (lambda x, h, w, u, b: x @ w + h @ u + b, "The tanh is missing."),
        (lambda x, h, w, u, b: np.tanh(x @ w + h @ u), "The bias is missing."),
        (lambda x, h, w, u, b: np.tanh(x @ w + b), "The old state is not used: add h @ W_hh."),
        (lambda x, h, w, u, b: np.tanh(x @ w + h @ u.T + b), "h @ W_hh needs no transpose."),
        (lambda x, h, w, u, b: np.tanh(x @ w + b) + h @ u, "The tanh goes around the whole sum."),
        (
            lambda x, h, w, u, b: np.tanh(x @ w + h * u.sum(axis=0) + b),
            "The old state needs a matrix product, @, not *.",
        ),
        (
            lambda x, h, w, u, b: 1 / (1 + np.exp(-(x @ w + h @ u + b))),
            "That is the sigmoid. The step has a tanh.",
        ),
    ),
)

_JACOBIAN = FunctionExercise(
    id="jacobian",
    arguments=("h", "recurrent_kernel"),
    cases=(
        (np.array([0.0, 0.5]), np.array([[1.0, 2.0], [3.0, 4.0]])),
        (np.array([0.9, -0.2, 0.4]), np.arange(9.0).reshape(3, 3) / 4 - 1),
    ),
    solution=jacobian,
    explanation="The slope of the tanh, 1 - h^2, stands in front of the matrix: the chain rule.",
    hint="The chain rule: the slope of each unit's tanh, times how its sum depends on the old h.",
    mistakes=(
        (
            lambda h, w: np.diag(1 - h**2) @ w,
            "In Keras's layout, W_hh[b, a] leads from unit b to unit a: transpose it.",
        ),
        (lambda h, w: w.T, "The slope of the tanh is missing: 1 - h^2 for each unit."),
        (
            lambda h, w: w.T * (1 - h**2),
            "The slope belongs to the new unit, so it multiplies rows, not columns.",
        ),
        (lambda h, w: np.diag(1 - np.tanh(h) ** 2) @ w.T, "h is the tanh: its slope is 1 - h^2."),
        (lambda h, w: np.diag(1 - h) @ w.T, "The slope of the tanh is 1 - h^2, not 1 - h."),
        (
            lambda h, w: np.diag(h * (1 - h)) @ w.T,
            "That is the slope of the sigmoid. That of the tanh is 1 - h^2.",
        ),
    ),
)

EXERCISES = (
    NumberExercise(
        id="weights",
        solution=5 * 32 + 32 * 32 + 32,
        explanation="5 x 32 from the input, 32 x 32 from state to state, 32 biases.",
        hint="Two matrices and a bias: f n + n^2 + n.",
        mistakes=(
            (5 * 32 + 32 * 32, "You forgot the biases: one for each unit."),
            (5 * 32 + 32, "The matrix from state to state is missing."),
            (32 * 32 + 32, "The matrix from the input to the state is missing."),
            (32 * 32, "The matrix from the input and the biases are missing."),
            (5 * 32 + 32 * 32 + 2 * 32, "There is one bias for each unit, not two."),
            (5 * 32 + 32 + 32, "From state to state, every unit sees all 32 units."),
        ),
    ),
    NumberExercise(
        id="step-by-hand",
        solution=float(np.tanh(0.5)),
        tolerance=2e-3,
        explanation="tanh(2 * 0.25 - 1 * 0.5 + 0.5) = tanh(0.5).",
        hint="Put the numbers into tanh(x W_xh + h W_hh + b_h).",
        mistakes=(
            (0.5, "That is the sum inside. Take its tanh."),
            (0.0, "The bias is missing."),
            (float(np.tanh(1.0)), "The old state has a weight too: W_hh = -1."),
            (float(np.tanh(1.5)), "W_hh is negative."),
            (float(1 / (1 + np.exp(-0.5))), "That is the sigmoid. The step has a tanh."),
            (float(np.tanh(1.25)), "Input and old state are swapped."),
        ),
    ),
    _STEP,
    NumberExercise(
        id="vanished",
        solution=int(np.ceil(np.log(1e-3) / np.log(0.9))),
        explanation="0.9^k < 0.001 for k above ln(0.001) / ln(0.9) = 65.6: the next whole number.",
        hint="Solve 0.9^k = 0.001 for k with logarithms, then take the next whole number.",
        mistakes=(
            (65, "After 65 steps it is still a little above a thousandth."),
            (float(np.log(1e-3) / np.log(0.9)), "Steps are whole numbers: take the next one."),
            (999, "It shrinks by a factor at every step, not by an amount."),
            (9, "It shrinks by a factor at every step, not by a tenth of the first value."),
            (10, "It shrinks by a factor at every step, not by a tenth of the first value."),
            (3, "That would be a factor of 0.1 per step."),
        ),
    ),
    _JACOBIAN,
    ChoiceExercise(
        id="explodes",
        solution="explodes",
        choices=("vanishes", "stays", "explodes"),
        explanation="Near 0 the tanh has slope 1, so every step makes the gradient 3 times longer.",
        hint="What is the slope of the tanh at 0? How much longer does the matrix make a vector?",
        mistakes=(
            ("vanishes", "It would for large states, where the tanh is flat. These are near 0."),
            ("stays", "It would for an orthogonal matrix. This one is 3 times as large."),
        ),
    ),
)
