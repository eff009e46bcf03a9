"""Exercises on text classification."""

import numpy as np

from dl_course.assignments.exercises.kinds import ChoiceExercise, FunctionExercise, NumberExercise


def encode(tokens: list[str], ids: dict[str, int], length: int) -> list[int]:
    """Returns the tokens' numbers, 1 for an unknown one, cut or padded with 0 to `length`."""
    row = [ids.get(token, 1) for token in tokens][:length]
    return row + [0] * (length - len(row))


def mean_of_words(vectors: np.ndarray, ids: np.ndarray) -> np.ndarray:
    """Returns the mean of the vectors whose id is not 0."""
    return vectors[ids != 0].mean(axis=0)


def cosine(a: np.ndarray, b: np.ndarray) -> float:
    """Returns a . b / (||a|| ||b||)."""
    return a @ b / (np.linalg.norm(a) * np.linalg.norm(b))


_ENCODE = FunctionExercise(
    id="encode",
    arguments=("tokens", "ids", "length"),
    cases=(
        (["not", "bad"], {"bad": 4, "not": 5}, 4),
        (["a", "truly", "bad", "film", "!"], {"a": 4, "film": 5, "bad": 6, "!": 7}, 4),
    ),
    solution=encode,
    explanation="Unknown words share the number 1; padding is 0 and comes at the end.",
    hint="ids.get(token, 1) for each token, then cut, then add zeros.",
    mistakes=(
        (
            lambda tokens, ids, length: (
                [ids.get(t, 0) for t in tokens][:length] + [0] * (length - len(tokens))
            ),
            "An unknown word is still a word: its number is 1. 0 means that there is no word.",
        ),
        (
            lambda tokens, ids, length: (
                [0] * (length - len(tokens)) + [ids.get(t, 1) for t in tokens][:length]
            ),
            "Here the zeros come at the end.",
        ),
        (
            lambda tokens, ids, length: [ids.get(t, 1) for t in tokens],
            "All rows must have `length` numbers: cut long ones, pad short ones with 0.",
        ),
        (
            lambda tokens, ids, length: (
                [ids.get(t, 1) for t in tokens] + [0] * (length - len(tokens))
            ),
            "A text that is too long must be cut at `length`.",
        ),
        (
            lambda tokens, ids, length: (
                [ids[t] for t in tokens if t in ids][:length]
                + [0] * (length - len([t for t in tokens if t in ids]))
            ),
            "An unknown word is not left out: it becomes 1.",
        ),
    ),
)

_MEAN = FunctionExercise(
    id="mean-of-words",
    arguments=("vectors", "ids"),
    cases=(
        (np.array([[1.0, 2.0], [3.0, 0.0], [9.0, 9.0]]), np.array([5, 4, 0])),
        (np.array([[0.5, -1.0], [4.0, 4.0], [4.0, 4.0], [4.0, 4.0]]), np.array([7, 0, 0, 0])),
    ),
    solution=mean_of_words,
    explanation="Otherwise the answer would depend on how much padding a text happens to have.",
    hint="Choose the rows with ids != 0, then take the mean over axis 0.",
    mistakes=(
        (
            lambda vectors, ids: vectors.mean(axis=0),
            "That counts padding as if it were words. Leave out the rows whose id is 0.",
        ),
        (
            lambda vectors, ids: (vectors * (ids != 0)[:, None]).mean(axis=0),
            "The sum is right, but divide it by the number of words, not of rows.",
        ),
        (
            lambda vectors, ids: vectors[ids != 0].sum(axis=0),
            "That is the sum. Divide it by the number of words.",
        ),
        (
            lambda vectors, ids: vectors[ids != 0].mean(axis=1),
            "That is the mean of each word. Average over the words: axis 0.",
        ),
        (lambda vectors, ids: vectors[ids != 0].mean(), "Give one mean for each column: axis=0."),
    ),
)

_COSINE = FunctionExercise(
    id="cosine",
    arguments=("a", "b"),
    cases=(
        (np.array([1.0, 0.0]), np.array([2.0, 2.0])),
        (np.array([3.0, -4.0, 1.0]), np.array([-1.0, 2.0, 0.5])),
    ),
    solution=cosine,
    explanation="Only directions count, so a rare word with a short vector has neighbours too.",
    hint="The dot product, divided by the product of the two lengths.",
    mistakes=(
        (lambda a, b: a @ b, "Divide by both lengths; else a long vector is close to all others."),
        (lambda a, b: a @ b / np.linalg.norm(a), "The length of b is missing."),
        (
            lambda a, b: a @ b / (np.linalg.norm(a) * np.linalg.norm(b)) ** 2,
            "Do not square the lengths: the norm already is a length.",
        ),
        (lambda a, b: np.linalg.norm(a - b), "That is the distance. Return the cosine."),
        (
            lambda a, b: 1 - a @ b / (np.linalg.norm(a) * np.linalg.norm(b)),
            "That is the cosine distance, 1 minus the cosine.",
        ),
    ),
)

EXERCISES = (
    _ENCODE,
    NumberExercise(
        id="weights",
        solution=20_000 * 32 + 32 * 2 + 2,
        explanation="All but 66 of them are in the embedding: a row of 32 for each word.",
        hint="A table of 20,000 rows, then a dense layer from 32 to 2 with biases.",
        mistakes=(
            (20_000 * 32, "The softmax layer after it has weights and biases too."),
            (20_000 * 32 + 32 * 2, "The two biases are missing."),
            (20_000 * 32 + 32 + 32 * 2 + 2, "An embedding has no biases."),
            (32 * 2 + 2, "That is the softmax layer alone. The embedding is learned too."),
            (
                100 * 20_000 * 32 + 32 * 2 + 2,
                "Every place in the text uses the same table, so the length does not matter.",
            ),
        ),
    ),
    _MEAN,
    ChoiceExercise(
        id="same-words",
        solution="bag",
        choices=("bag", "rnn", "gru", "cnn"),
        explanation="Both contain the same words equally often, so they have the same mean.",
        hint="Which of them would not notice if the words of a text were shuffled?",
        mistakes=(
            ("rnn", "Its state depends on what came before: another order, another state."),
            ("gru", "Its state depends on what came before: another order, another state."),
            ("cnn", "It sees three neighbours at once, and the neighbours are different."),
        ),
    ),
    NumberExercise(
        id="how-many-layers",
        solution=4,
        explanation="Each layer lets a number see 2 more words: 3, 5, 7, and 9 with the fourth.",
        hint="One layer sees 3 words in a row. A second sees 3 neighbouring results, so 5 words.",
        mistakes=(
            (3, "Three layers see 7 words in a row. From the first to the ninth word it is 9."),
            (8, "A layer adds 2 words, one on each side, not one."),
            (9, "A layer adds 2 words, one on each side, not one."),
            (2, "Windows of 3 overlap: a layer adds 2 words; it does not multiply by 3."),
            (5, "The first layer already sees 3 words, and each further one adds 2: 3, 5, 7, 9."),
        ),
    ),
    _COSINE,
)
