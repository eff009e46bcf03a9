"""Exercises on text generation."""

import numpy as np

from dl_course.assignments.exercises.kinds import (
    ArrayExercise,
    ChoiceExercise,
    FunctionExercise,
    NumberExercise,
)
from dl_course.scratch import softmax

_LOGITS = np.array([2.0, 1.0, 0.0])


def with_temperature(logits: np.ndarray, temperature: float) -> np.ndarray:
    """Returns softmax(z / T)."""
    return softmax(logits / temperature)


def cross_entropy(probabilities: np.ndarray, ids: np.ndarray) -> float:
    """Returns -1/n sum_t ln p_t[x_t]."""
    return -np.log(probabilities[np.arange(len(ids)), ids]).mean()


_TEMPERATURE = FunctionExercise(
    id="temperature",
    arguments=("logits", "temperature"),
    cases=(
        (_LOGITS, 0.5),
        (np.array([0.3, -1.2, 0.7, 0.7]), 2.0),
        (np.array([-0.5, 0.25]), 1.0),
    ),
    solution=with_temperature,
    explanation="Low temperatures make the differences between logits larger, high ones smaller.",
    hint="First divide the logits by the temperature; then the softmax: np.exp and a sum.",
    mistakes=(
        (
            lambda z, t: with_temperature(z, 1 / t),
            "The wrong way round: divide the logits by the temperature, do not multiply.",
        ),
        (lambda z, t: with_temperature(z, 1.0), "The temperature is not used."),
        (
            lambda z, t: with_temperature(z, 1.0) / t,
            "The temperature divides the logits before the softmax, not the probabilities.",
        ),
        (lambda z, t: np.exp(z / t), "Divide by the sum: probabilities add up to 1."),
        (lambda z, t: z / t, "The softmax is missing."),
    ),
)

_CROSS_ENTROPY = FunctionExercise(
    id="cross-entropy",
    arguments=("probabilities", "ids"),
    cases=(
        (np.array([[0.5, 0.25, 0.25], [0.1, 0.2, 0.7]]), np.array([0, 2])),
        (np.array([[0.9, 0.1], [0.3, 0.7], [0.6, 0.4]]), np.array([1, 1, 0])),
    ),
    solution=cross_entropy,
    explanation="Only the probability of the character that actually came counts.",
    hint="probabilities[np.arange(len(ids)), ids] picks one from each row. Then log and mean.",
    mistakes=(
        (lambda p, k: np.log(p[np.arange(len(k)), k]).mean(), "The minus sign is missing."),
        (
            lambda p, k: -np.log(p[np.arange(len(k)), k]).sum(),
            "Take the mean over the characters, not the sum.",
        ),
        (
            lambda p, k: -np.log(p[np.arange(len(k)), k].mean()),
            "Take the logarithm of each probability first, then the mean.",
        ),
        (
            lambda p, k: -np.log2(p[np.arange(len(k)), k]).mean(),
            "That is in bits. For nats, take the natural logarithm.",
        ),
        (
            lambda p, k: -(p * np.log(p)).sum(axis=1).mean(),
            "That is the entropy of the predictions: it ignores which characters came.",
        ),
        (lambda p, k: -np.log(p).mean(), "Only the entry of the character that came counts."),
    ),
)

_WINDOWS = ArrayExercise(
    id="targets",
    solution=np.array([2, 6, 4, 4, 3]),
    explanation="The target at each step is the next character: the text, shifted by one.",
    hint="What comes after the first character of the window? After the second?",
    mistakes=(
        (np.array([5, 2, 6, 4, 4]), "That is the window itself. The targets start one later."),
        (np.array([6, 4, 4, 3, 7]), "One too far: the first target is the second character."),
    ),
)

EXERCISES = (
    NumberExercise(
        id="perplexity",
        solution=4.0,
        tolerance=1e-6,
        explanation="2 bits are 2 ln 2 nats, and e^(2 ln 2) = 2^2 = 4.",
        hint="The perplexity is e^L with L in nats, or 2^L with L in bits.",
        mistakes=(
            (float(np.exp(2)), "e^2 would be right for 2 nats. These are bits."),
            (2.0, "That is the loss itself. The perplexity is 2 to that power."),
            (float(2 * np.log(2)), "That is the loss in nats. The perplexity is e to that power."),
            (0.25, "The wrong way round: the perplexity is 1 divided by that probability."),
        ),
    ),
    _TEMPERATURE,
    _CROSS_ENTROPY,
    _WINDOWS,
    NumberExercise(
        id="weights",
        solution=4 * (65 * 128 + 128 * 128 + 128),
        explanation="Four blocks, each with 65 x 128, 128 x 128 and 128 biases.",
        hint="An LSTM has four blocks; each has weights from the input and the state, and biases.",
        mistakes=(
            (65 * 128 + 128 * 128 + 128, "That is one block. An LSTM has four."),
            (3 * (65 * 128 + 128 * 128 + 128), "A GRU has three blocks. An LSTM has four."),
            (4 * (65 * 128 + 128 * 128), "The biases are missing."),
            (4 * (65 * 128 + 128), "The weights from the old state are missing."),
            (4 * (128 * 128 + 128), "The weights from the input are missing."),
        ),
    ),
    ChoiceExercise(
        id="greedy",
        solution="repeats",
        choices=("best", "repeats", "random"),
        explanation="The most probable character is often the most common one. Once a state comes "
        "back, so does everything after it.",
        hint="Look at the text at temperature 0 above.",
        mistakes=(
            ("best", "Each character is the most probable one, but the text is dull. Look at it."),
            ("random", "At temperature 0 nothing is random, so the seed does not matter."),
        ),
    ),
)
