"""Exercises on text generation."""

import numpy as np

from dl_course.assignments.exercises.kinds import (
    ArrayExercise,
    ChoiceExercise,
    Exercise,
    FunctionExercise,
    NumberExercise,
)

_LOGITS = np.array([2.0, 1.0, 0.0])


def with_temperature(logits, temperature):
    """Returns softmax(z / T)."""
    e = np.exp(logits / temperature - (logits / temperature).max())
    return e / e.sum()


def cross_entropy(probabilities, ids):
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
    explanation="Small temperatures make differences between logits larger, large ones smaller.",
    hint="Divide the logits by the temperature first, then the softmax: np.exp and a sum.",
    mistakes=(
        (
            lambda z, t: with_temperature(z, 1 / t),
            "Turned round: the logits are divided by the temperature, not multiplied.",
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
    explanation="Only the probability of the character that came counts.",
    hint="probabilities[np.arange(len(ids)), ids] picks the one of each row. Then log and mean.",
    mistakes=(
        (lambda p, k: np.log(p[np.arange(len(k)), k]).mean(), "The minus sign is missing."),
        (
            lambda p, k: -np.log(p[np.arange(len(k)), k]).sum(),
            "The mean over the characters, not their sum.",
        ),
        (
            lambda p, k: -np.log(p[np.arange(len(k)), k].mean()),
            "First the logarithm of each probability, then the mean.",
        ),
        (
            lambda p, k: -np.log2(p[np.arange(len(k)), k]).mean(),
            "That is in bits. In nats the logarithm is the natural one.",
        ),
        (
            lambda p, k: -(p * np.log(p)).sum(axis=1).mean(),
            "That is the entropy of the predictions: it does not look at what came.",
        ),
        (lambda p, k: -np.log(p).mean(), "Only the entry of the character that came counts."),
    ),
)

_WINDOWS = ArrayExercise(
    id="targets",
    solution=np.array([2, 6, 4, 4, 3]),
    explanation="The target at each step is the character that comes next: the row, moved by one.",
    hint="What comes after the first character of the window? After the second?",
    mistakes=(
        (np.array([5, 2, 6, 4, 4]), "That is the window itself. The targets come one later."),
        (np.array([6, 4, 4, 3, 7]), "One too far: the first target is the second character."),
    ),
)

EXERCISES: tuple[Exercise, ...] = (
    NumberExercise(
        id="perplexity",
        solution=4.0,
        tolerance=1e-6,
        explanation="2 bits are 2 ln 2 nats, and e^(2 ln 2) = 2^2 = 4.",
        hint="The perplexity is e^L with L in nats, or 2^L with L in bits.",
        mistakes=(
            (float(np.exp(2)), "e^2 would be right for 2 nats. These are bits."),
            (2.0, "That is the loss itself. The perplexity is 2 to its power."),
            (float(2 * np.log(2)), "That is the loss in nats. Take e to its power."),
            (0.25, "Turned round: the perplexity is 1 divided by that mean probability."),
        ),
    ),
    _TEMPERATURE,
    _CROSS_ENTROPY,
    _WINDOWS,
    NumberExercise(
        id="weights",
        solution=4 * (65 * 128 + 128 * 128 + 128),
        explanation="Four blocks, each with 65 x 128, 128 x 128 and 128 biases.",
        hint="An LSTM has four blocks of weights: from the input, from the state, and a bias each.",
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
        explanation="The most probable is often the most usual. Once a state comes back, so does "
        "all that follows.",
        hint="Look at the text at temperature 0 above.",
        mistakes=(
            ("best", "Each character is the most probable one, but the text is dull. Look at it."),
            ("random", "At 0 nothing is drawn: the seed does not matter."),
        ),
    ),
)
