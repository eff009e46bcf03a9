"""Sentences and their translations: reading the lines, splitting, gathering."""

import os
from collections.abc import Sequence

import numpy as np

from dl_course.datasets.dataset import Dataset, from_pairs
from dl_course.datasets.splits import shuffled_split
from dl_course.datasets.tokenizer import tokenize
from dl_course.errors import DataError, argument_error, check_positive_integer

Pair = tuple[str, str]


def parse_pairs(text: str, path: str | os.PathLike) -> list[Pair]:
    """Returns the sentence pairs of a tab-separated text, each different pair once.

    Args:
        text: the lines.
        path: where they come from, for the errors.

    Raises:
        DataError: a line has no tab, or nothing before or after it.

    Example:
        >>> parse_pairs("Hi.\\t嗨。\\nHi.\\t嗨。\\n", "greetings.tsv")
        [('Hi.', '嗨。')]
        >>> parse_pairs("Hi. 嗨。", "greetings.tsv")
        Traceback (most recent call last):
        ...
        dl_course.errors.DataError: greetings.tsv, line 1: expected a sentence, a tab and its \
translation. Received: 'Hi. 嗨。'. Put a tab between them.
    """
    pairs: dict[Pair, None] = {}  # a set that keeps the order
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        columns = [column.strip() for column in line.split("\t")]
        if len(columns) < 2 or not columns[0] or not columns[1]:
            shown = line if len(line) <= 60 else f"{line[:59]}…"
            raise DataError(
                f"{path}, line {number}: expected a sentence, a tab and its translation. "
                f"Received: {shown!r}. Put a tab between them."
            )
        pairs[columns[0], columns[1]] = None
    return list(pairs)


def split_pairs(name: str, pairs: Sequence[Pair], test_share: float, seed: int) -> Dataset:
    """Splits pairs so that no test sentence was seen in training.

    All translations of a sentence stay on one side; a plain random split would put one translation
    of "Hi." into training and ask for the other. Sentences that differ only in capitals and
    punctuation count as one.

    Args:
        name: the data set's name.
        pairs: sentence and translation, each pair once.
        test_share: the share of the different sentences that is kept for testing.
        seed: chooses them.

    Raises:
        DataError: there are fewer than two different sentences.

    Example:
        >>> pairs = [("Hello!", "你好。"), ("hello.", "您好。"), ("Run.", "你用跑的。")]
        >>> split_pairs("mine", pairs, test_share=0.5, seed=0).x_train.tolist()
        ['Hello!', 'hello.']
    """
    groups: dict[tuple[str, ...], list[Pair]] = {}
    for pair in pairs:
        words = [token for token in tokenize(pair[0]) if token[0].isalnum()]
        groups.setdefault(tuple(words or [pair[0]]), []).append(pair)
    try:
        train, test = shuffled_split(len(groups), test_share, seed)
    except DataError:
        raise DataError(
            f"{name}: expected at least 2 different sentences to split. Received: {len(groups)}. "
            "Add sentences."
        ) from None
    sentences = list(groups.values())
    halves = [[pair for k in part for pair in sentences[k]] for part in (train, test)]
    columns = [([x for x, _ in half], [y for _, y in half]) for half in halves]
    return from_pairs(name, *columns)


def group_references(x: Sequence[str], y: Sequence[str]) -> tuple[list[str], list[list[str]]]:
    """Returns each different sentence once, with all of its translations, as BLEU wants them.

    Args:
        x: sentences, of which some may repeat.
        y: one translation of each.

    Returns:
        The different sentences in order, and for each the list of its translations.

    Example:
        >>> group_references(["Hi.", "Run.", "Hi."], ["嗨。", "跑。", "你好。"])
        (['Hi.', 'Run.'], [['嗨。', '你好。'], ['跑。']])
    """
    references: dict[str, list[str]] = {}
    for sentence, translation in zip(x, y, strict=True):
        references.setdefault(str(sentence), []).append(str(translation))
    return list(references), list(references.values())


def short_pairs(x: np.ndarray, y: np.ndarray, length: int | None) -> tuple[np.ndarray, np.ndarray]:
    """Returns the pairs in which both sentences have at most `length` tokens; all pairs for None.

    Every training batch is as wide as the longest sentence of all: a few long ones cost much time.

    Args:
        x: n sentences.
        y: a translation of each.
        length: the most tokens of a sentence.

    Raises:
        CourseError: `length` is not a positive integer, or no pair is left.

    Example:
        >>> short_pairs(np.array(["one", "one two"]), np.array(["一", "一二"]), 1)[1].tolist()
        ['一']
    """
    if length is None:
        return x, y
    check_positive_integer("length", length, "Pass e.g. 20.")
    counts = [max(len(tokenize(a)), len(tokenize(b))) for a, b in zip(x, y, strict=True)]
    is_short = np.array(counts) <= length
    if not is_short.any():
        raise argument_error("length", f"at least {min(counts)}, the shortest pair", length)
    return x[is_short], y[is_short]
