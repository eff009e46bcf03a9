"""Exercises on machine translation."""

from collections import Counter

import numpy as np

from dl_course.assignments.exercises.kinds import (
    ArrayExercise,
    ChoiceExercise,
    FunctionExercise,
    NumberExercise,
)
from dl_course.scratch import softmax


def look(query: np.ndarray, keys: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Returns the context of one query: the values, weighted by softmax(keys query)."""
    return softmax(keys @ query) @ values


def clipped_precision(translation: list[str], reference: list[str]) -> float:
    """Returns the share of the translation's tokens that the reference has, at most as often."""
    matches = (Counter(translation) & Counter(reference)).total()
    return matches / len(translation)


_LOOK = FunctionExercise(
    id="look",
    arguments=("query", "keys", "values"),
    cases=(
        (
            np.array([1.0, 2.0]),
            np.array([[1.0, 0.0], [0.5, 1.0], [-1.0, 0.5]]),
            np.array([[3.0, 0.0], [1.0, 2.0], [0.0, -4.0]]),
        ),
        (
            np.array([1.0, -0.5, 0.25]),
            np.array([[2.0, 1.0, 0.0], [0.0, 1.0, 3.0]]),
            np.array([[1.0], [-2.0]]),
        ),
    ),
    solution=look,
    explanation="Scores, softmax, weighted sum: that is all of attention.",
    hint="scores = keys @ query, weights = softmax of the scores, then weights @ values.",
    mistakes=(
        (
            lambda q, k, v: (k @ q) @ v,
            "No softmax: the weights must be positive and sum to 1.",
        ),
        (
            lambda q, k, v: np.exp(k @ q) @ v,
            "The weights must sum to 1: divide by the sum of the exponentials.",
        ),
        (lambda q, k, v: softmax(-(k @ q)) @ v, "The largest score gets the largest weight."),
        (
            lambda q, k, v: softmax(k @ q / len(q) ** 0.5) @ v,
            "This chapter's attention does not divide the scores by the square root of the units.",
        ),
        (lambda q, k, v: v.mean(axis=0), "That looks at all steps equally, whatever the query."),
        (
            lambda q, k, v: v[(k @ q).argmax()],
            "That looks only at the best step. The softmax mixes all of them.",
        ),
        (lambda q, k, v: softmax(k @ q), "Those are the weights. Now sum the values with them."),
    ),
)

_CLIPPED = FunctionExercise(
    id="clipped-precision",
    arguments=("translation", "reference"),
    cases=(
        ("the the the the".split(), "the cat is on the mat".split()),
        ("the cat".split(), "the cat is on the mat".split()),
        ("a dog on the mat".split(), "the cat is on the mat".split()),
        ("so very very very good".split(), "very very good".split()),
    ),
    solution=clipped_precision,
    explanation="A token counts at most as often as it occurs in the reference.",
    hint="Count both with collections.Counter; their & keeps the smaller count of each token.",
    mistakes=(
        (
            lambda t, r: sum(token in r for token in t) / len(t),
            "That is not clipped: 'the the the the' must not match four times.",
        ),
        (
            lambda t, r: len(set(t) & set(r)) / len(t),
            "A token that the reference has twice may match twice.",
        ),
        (
            lambda t, r: (Counter(t) & Counter(r)).total() / len(r),
            "That is recall. Precision divides by the tokens of the translation.",
        ),
        (lambda t, r: len(set(t) & set(r)) / len(set(t)), "Count repeated tokens too."),
        (
            lambda t, r: (Counter(t) & Counter(r)).total(),
            "Those are the matches. Divide by the tokens of the translation.",
        ),
    ),
)

_SHIFT = ArrayExercise(
    id="teacher-forcing",
    solution=np.array([[2, 7, 4, 9], [7, 4, 9, 3]]),
    explanation="After the start comes the first token; after the last token, the end.",
    hint="Each column has the token before, and below it the token to predict.",
    mistakes=(
        (np.array([[7, 4, 9, 3], [2, 7, 4, 9]]), "First the given row, then the row to predict."),
        (np.array([[2, 7, 4, 9], [2, 7, 4, 9]]), "The token to predict is not the one just given."),
        (np.array([[7, 4, 9, 3], [7, 4, 9, 3]]), "The input is the token before, not the answer."),
    ),
)

EXERCISES = (
    NumberExercise(
        id="attention-weight",
        solution=float(np.exp(2) / (np.exp(2) + 2)),
        tolerance=5e-3,
        explanation="The scores are 2, 0 and 0: e^2 / (e^2 + 1 + 1).",
        hint="First the three scores, each a dot product; then the softmax of the three.",
        mistakes=(
            (2.0, "That is the score of the first step. Take the softmax of all three."),
            (1.0, "A softmax never gives exactly 1: the other two steps get something too."),
            (
                float(np.exp(2) / (np.exp(2) + 1)),
                "There are three steps: the score 0 occurs twice, and each gets a share.",
            ),
            (1 / 3, "That would be so if all scores were equal."),
            (float(np.exp(2)), "Divide by the sum of all three exponentials."),
        ),
    ),
    _LOOK,
    _SHIFT,
    NumberExercise(
        id="beam-of-two",
        solution=0.36,
        tolerance=1e-3,
        explanation="A beam of 2 also keeps b, and 0.4 times 0.9 is more than 0.6 times 0.5.",
        hint="Multiply along each path, and keep both first tokens.",
        mistakes=(
            (0.3, "That is what greedy search finds: it takes a, and never sees what follows b."),
            (0.9, "Multiply by the probability of the token before."),
            (0.4, "That is the beginning. Multiply by the best token after it."),
            (0.6, "That is the best beginning. Look at the tokens after both beginnings."),
        ),
    ),
    _CLIPPED,
    NumberExercise(
        id="brevity",
        solution=float(np.exp(-0.25)),
        tolerance=2e-3,
        explanation="exp(1 - 10 / 8) = exp(-0.25).",
        hint="The translation is the shorter one: c = 8 and r = 10 in exp(1 - r / c).",
        mistakes=(
            (0.8, "That is 8 / 10. The penalty is an exponential."),
            (1.0, "That would be so for a translation that is long enough."),
            (float(np.exp(0.2)), "You swapped c and r. A penalty is at most 1."),
            (-0.25, "That is the exponent."),
            (float(np.exp(-1.25)), "1 - 10 / 8 is not -10 / 8."),
        ),
    ),
    ChoiceExercise(
        id="what-bleu-misses",
        solution="meaning",
        choices=("order", "length", "meaning"),
        explanation="A right translation gets nothing for words that the reference does not use.",
        hint="Which of the three shows neither in the n-grams nor in the brevity penalty?",
        mistakes=(
            ("order", "Runs of two to four tokens match only in the right order."),
            ("length", "If too short, it gets a penalty; if too long, it loses precision."),
        ),
    ),
)
