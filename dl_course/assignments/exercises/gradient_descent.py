"""Exercises on gradient descent."""

import numpy as np

from dl_course.assignments.exercises.kinds import ChoiceExercise, FunctionExercise, NumberExercise


def mse_gradient(weights: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Returns the gradient of the mean squared error of a linear model: 2/m X^T (X w - y)."""
    return 2 * x.T @ _error(weights, x, y) / len(y)


def momentum_once(
    weights: np.ndarray,
    velocity: np.ndarray,
    gradient: np.ndarray,
    learning_rate: float,
    share: float,
) -> np.ndarray:
    """Returns weights and velocity after one step of momentum, shape (2, features)."""
    velocity = share * velocity - learning_rate * gradient
    return np.stack([weights + velocity, velocity])


def _error(weights: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return x @ weights - y


_MSE_GRADIENT = FunctionExercise(
    id="mse-gradient",
    arguments=("weights", "x", "y"),
    cases=(
        (np.array([0.0, 1.0]), np.array([[1.0, 2], [1, 3], [1, 5]]), np.array([1.0, 2, 7])),
        (np.array([2.0]), np.array([[1.0], [2], [4], [-1]]), np.array([3.0, 0, 1, 2])),
        (
            np.array([1.0, -1.0, 0.5]),
            np.array([[1.0, 0, 2], [1, 4, -2], [1, 1, 1], [1, 2, 6], [1, -1, 0]]),
            np.array([0.0, 1, 1, 3, -2]),
        ),
    ),
    solution=mse_gradient,
    explanation="2/m X^T (X w - y): the loss has no factor 1/2, so the 2 of the derivative stays.",
    hint="Write the loss as mean((x @ weights - y)**2) and use the chain rule.",
    mistakes=(
        (
            lambda w, x, y: x.T @ _error(w, x, y) / len(y),
            "That is the gradient of half the mean squared error. This loss has no factor 1/2.",
        ),
        (
            lambda w, x, y: 2 * x.T @ _error(w, x, y),
            "That is the gradient of the sum: divide by the number of examples.",
        ),
        (
            lambda w, x, y: x.T @ _error(w, x, y),
            "Two things are missing: the 2 of the derivative, and the mean over the examples.",
        ),
        (
            lambda w, x, y: -mse_gradient(w, x, y),
            "The sign is wrong: the error is the prediction minus the target.",
        ),
        (
            lambda w, x, y: 2 * x.T @ _error(w, x, y) / x.size,
            "Divide by the number of examples, len(y), not by the number of values in x.",
        ),
        (
            lambda w, x, y: 2 * _error(w, x, y) / len(y),
            "That is one number per example. x.T @ ... gives one number per weight.",
        ),
        (
            lambda w, x, y: np.mean(_error(w, x, y) ** 2),
            "That is the loss. The gradient has one number per weight.",
        ),
        (lambda w, x, y: w - mse_gradient(w, x, y), "That is a step. Return only the gradient."),
    ),
)

_MOMENTUM = FunctionExercise(
    id="momentum",
    arguments=("weights", "velocity", "gradient", "learning_rate", "share"),
    cases=(
        (np.array([1.0, 2.0]), np.array([0.5, -0.25]), np.array([2.0, -1.0]), 0.1, 0.9),
        (np.array([0.0, 4.0, -3.0]), np.array([1.0, 0.0, 2.0]), np.array([1.0, 3.0, 0]), 0.5, 0.5),
        (np.array([3.0]), np.array([0.0]), np.array([6.0]), 0.1, 0.9),
    ),
    solution=momentum_once,
    explanation="The velocity remembers; the weights follow the velocity, not the gradient.",
    hint="First the new velocity, share * velocity - learning_rate * gradient; then add it.",
    mistakes=(
        (
            lambda w, v, g, a, s: [w + s * v + a * g, s * v + a * g],
            "That goes uphill: the gradient is subtracted.",
        ),
        (
            lambda w, v, g, a, s: [w + a * g - s * v, s * v - a * g],
            "The velocity is right. It already points downhill: add it to the weights.",
        ),
        (
            lambda w, v, g, a, s: [w + v, s * v - a * g],
            "The velocity is right. The weights move by the new velocity, not by the old one.",
        ),
        (
            lambda w, v, g, a, s: [s * v - a * g, w + s * v - a * g],
            "Both are right, in the wrong order: first the weights, then the velocity.",
        ),
        (
            lambda w, v, g, a, s: w + s * v - a * g,
            "The weights are right. Return the new velocity too: the next step needs it.",
        ),
        (lambda w, v, g, a, s: s * v - a * g, "The velocity is right. Put the new weights first."),
        (
            lambda w, v, g, a, s: [w + s * v - (1 - s) * a * g, s * v - (1 - s) * a * g],
            "That is a moving average. In momentum the gradient counts in full.",
        ),
        (
            lambda w, v, g, a, s: [w + s * (s * v - a * g) - a * g, s * v - a * g],
            "That is Nesterov's rule. Plain momentum moves by the new velocity.",
        ),
        (
            lambda w, v, g, a, s: [w + v - a * g, v - a * g],
            "Only a share of the old velocity is kept: without friction it never comes to rest.",
        ),
        (lambda w, v, g, a, s: [w - a * g, -a * g], "Plain descent: the old velocity is missing."),
        (
            lambda w, v, g, a, s: [w - a * g, s * v - a * g],
            "The velocity is right. The weights move by it, not by the gradient alone.",
        ),
        (lambda w, v, g, a, s: [w + s * v - g, s * v - g], "The learning rate is missing."),
    ),
)

EXERCISES = (
    NumberExercise(
        id="one-step",
        solution=2.4,
        tolerance=1e-3,
        explanation="The gradient is 2 * 3 = 6, so you are at 3 - 0.1 * 6.",
        hint="Subtract from 3 the learning rate times the derivative of the loss at 3.",
        mistakes=(
            (3.6, "That is uphill. The step is subtracted."),
            (2.7, "The derivative of w^2 is 2 w, not w."),
            (2.1, "Use the gradient, not the loss itself."),
            (0.6, "That is the length of the step. Where are you after it?"),
            (-0.6, "That is the step. Where are you after it?"),
            (2.9, "The step is the learning rate times the gradient."),
            (2.8, "Take the derivative where you are, at 3."),
            (-3.0, "You forgot the learning rate."),
            (5.76, "That is the loss after the step. Where are you?"),
        ),
    ),
    NumberExercise(
        id="border",
        solution=2 / 25,
        tolerance=1e-3,
        explanation="2/25: the steepest direction sets the limit for all of them.",
        hint="Each direction must shrink, |1 - rate * curvature| < 1; take the strictest.",
        mistakes=(
            (1 / 25, "That rate finishes the steepest direction in one step. It may be larger."),
            (2 / 2, "That is the limit of the flattest direction. The steepest has a lower one."),
            (2 / 5, "That is the limit of one direction. All three must shrink."),
            (25 / 2, "Turn the fraction upside down."),
            (2 / 32, "The curvatures do not add up: each direction has a limit of its own."),
            (1 / 2, "Take the steepest direction; there 1 - rate * curvature may go down to -1."),
            (25.0, "That is the curvature. Which learning rate goes with it?"),
        ),
    ),
    _MSE_GRADIENT,
    _MOMENTUM,
    NumberExercise(
        id="adam-first-step",
        solution=0.02,
        tolerance=1e-3,
        explanation="After the correction m is g and v is g^2, and g / sqrt(g^2) is 1.",
        hint="Put t = 1 into the corrected averages: what are they for a single gradient g?",
        mistakes=(
            (20.0, "That is plain descent. Adam divides by the size of the gradient."),
            (2.0, "That is m without its correction for the start, and without the division."),
            (1000.0, "Adam divides by the size of the gradient."),
            (1.0, "That is the ratio of the averages. The learning rate is still missing."),
            (-0.02, "That is the step. A distance has no sign."),
            (
                0.02 * 0.1 / 0.001**0.5,
                "The correction is missing: averages that start at 0 are too small.",
            ),
            (0.00002, "Divide by the root of the squared gradient, not by the square."),
        ),
    ),
    ChoiceExercise(
        id="exploding",
        solution="lower",
        choices=("lower", "raise", "keep"),
        explanation="Each step overshoots by more than the last. Try a tenth of the learning rate.",
        hint="What does a step beyond the border 2/c do to the weights?",
        mistakes=(
            ("raise", "Then the jumps from wall to wall get even larger."),
            ("keep", "There is no way back from nan, and the loss was already growing."),
        ),
    ),
)
