"""Exercises on mathematics."""

import numpy as np

from dl_course.assignments.exercises.kinds import (
    ArrayExercise,
    ChoiceExercise,
    FunctionExercise,
    NumberExercise,
)
from dl_course.scratch import sigmoid, sigmoid_derivative


def slope_of_weight(w: float, b: float, x: float) -> np.ndarray:
    """Returns dp/dw of p = sigmoid(w x + b)."""
    return sigmoid_derivative(w * x + b) * x


def log_sum_exp(z: np.ndarray) -> float:
    """Returns ln sum_k e^(z_k), without overflow."""
    largest = np.max(z)
    return largest + np.log(np.exp(z - largest).sum())


def _log_sum_exp_as_printed(z: np.ndarray) -> float:
    with np.errstate(over="ignore", divide="ignore"):
        return np.log(np.exp(z).sum())


_KERNEL_SHAPE = ArrayExercise(
    id="kernel-shape",
    solution=[20, 5],
    explanation="(64, 20) times (20, 5): the inner 20 agree and are summed away.",
    hint="The inner numbers must agree; the outer ones remain.",
    mistakes=(
        ([5, 20], "Rows and columns are swapped: (64, 20) times (5, 20) does not fit."),
        ([64, 5], "That is the shape of z. The kernel does not depend on the number of examples."),
        ([20, 64], "The kernel does not depend on the number of examples. What has 5 numbers?"),
        ([20, 20], "That would give z 20 columns. It has 5."),
        (100, "That is how many weights there are. Give the two sides, as a list."),
    ),
)

_CHAIN_RULE = FunctionExercise(
    id="chain-rule",
    arguments=("w", "b", "x"),
    cases=((0.5, -1.0, 2.0), (-0.4, 0.5, -3.0), (2.0, 0.25, 0.5)),
    solution=slope_of_weight,
    explanation="Two links: the slope of the sigmoid, times x.",
    hint="Let z = w x + b. Multiply dp/dz = p (1 - p) by dz/dw.",
    mistakes=(
        (
            lambda w, b, x: sigmoid_derivative(w * x + b),
            "That is dp/dz. One link is missing: z changes with w.",
        ),
        (
            lambda w, b, x: sigmoid_derivative(w * x + b) * w,
            "That is dp/dx. The question is about w: dz/dw = x.",
        ),
        (lambda w, b, x: sigmoid(w * x + b), "That is p itself. Take its derivative."),
        (lambda w, b, x: sigmoid(w * x + b) * x, "The sigmoid's slope is p (1 - p)."),
        (lambda w, b, x: x, "That is dz/dw. Multiply by the slope of the sigmoid."),
    ),
)

_LOG_SUM_EXP = FunctionExercise(
    id="logsumexp",
    arguments=("z",),
    cases=(
        (np.array([1.0, 2.0, 3.0]),),
        (np.array([1000.0, 1000.0]),),
        (np.array([-1000.0, -1001.0, -1003.0]),),
    ),
    solution=log_sum_exp,
    explanation="Once the largest is subtracted, no exponential is above 1, and one of them is 1.",
    hint="ln sum e^z = m + ln sum e^(z - m), for any m. Which m is safe?",
    mistakes=(
        (_log_sum_exp_as_printed, "e^1000 overflows: subtract the largest number first."),
        (
            lambda z: np.log(np.exp(z - z.max()).sum()),
            "You subtracted the largest. Add it back, outside the logarithm.",
        ),
        (
            lambda z: z.max() * np.log(np.exp(z - z.max()).sum()),
            "What was subtracted must be added back, not multiplied.",
        ),
        (lambda z: np.max(z), "That comes close, but the other numbers count too."),
        (
            lambda z: z - np.max(z),
            "Go on: exponentials, sum, logarithm, then add the largest back.",
        ),
        (lambda z: np.sum(z), "The logarithm of a sum of exponentials is not the sum of z."),
    ),
)

EXERCISES = (
    _KERNEL_SHAPE,
    NumberExercise(
        id="vanishing",
        solution=0.9**50,
        tolerance=2e-3,
        explanation="0.9 to the power of 50: about half a percent is left.",
        hint="Every step multiplies by 0.9.",
        mistakes=(
            (0.9 * 50, "Every step multiplies: take a power of 0.9, not 50 times 0.9."),
            (0.9 / 50, "Every step multiplies: take a power of 0.9."),
            (50**0.9, "The other way round: 0.9 is the base, 50 the exponent."),
            (0.9**49, "That is one step too few."),
            (0.9**51, "That is one step too many."),
            (0.1**50, "A tenth is what each step takes away; nine tenths are left."),
            (1 / 0.9**50, "That is how much it would grow in the other direction."),
            (1 - 0.9**50, "That is what is lost. Give what is left."),
        ),
    ),
    _CHAIN_RULE,
    NumberExercise(
        id="cross-entropy",
        solution=float(-np.log(0.5 * 0.25 * 0.8) / 3),
        tolerance=2e-3,
        explanation="The likelihood is 0.1; -ln 0.1, divided by 3.",
        hint="-ln of each probability, then the mean.",
        mistakes=(
            (float(-np.log(0.1)), "That is the sum. Take the mean over the three images."),
            (0.1, "That is the likelihood. Take -ln of it, and divide by 3."),
            (float(np.log(0.1) / 3), "Check the sign: the loss is minus the logarithm."),
            (float(-np.log(1.55 / 3)), "Take the logarithms first, then the mean."),
            (1 / 3, "That is the logarithm to base 10. Keras uses the natural one, np.log."),
            (float(-np.log2(0.1) / 3), "That is base 2. Keras uses the natural logarithm."),
            (1.55 / 3, "That is the mean of the probabilities. The loss is -ln of each."),
        ),
    ),
    _LOG_SUM_EXP,
    NumberExercise(
        id="gap",
        solution=2.0**-7,
        tolerance=2e-3,
        explanation="Binary 1.0000000 has seven digits after the point; the last is worth 2^-7.",
        hint="Write 1 with 8 binary digits. What is the last of them worth?",
        mistakes=(
            (2.0**-8, "The first of the 8 digits is before the point, so 7 are after it."),
            (1 + 2.0**-7, "That is the next number. The question is about the gap."),
            (2.0**-23, "That is the gap of float32."),
            (2.0**-52, "That is the gap of float64."),
            (1e-7, "The digits are binary: a power of 2."),
            (1e-8, "The digits are binary: a power of 2."),
            (2.0**-16, "bfloat16 has 16 bits, but only 8 of them hold the digits."),
            (128, "That is 2^7. The last digit is after the point: its exponent is negative."),
        ),
    ),
    ChoiceExercise(
        id="step",
        solution="rounding",
        choices=("overflow", "rounding", "vanishing"),
        explanation="Near 1 the gap of float32 is 1.2e-7: 1 + 1e-9 is rounded to 1.",
        hint="What is 1 + 1e-9 in float32?",
        mistakes=(
            ("overflow", "No number became too large here."),
            ("vanishing", "The true gradient may be large: it is the nudge that was lost."),
        ),
    ),
)
