"""Answers that are nearly the same: something to look at, not a verdict.

A program is compared as its sequence of words and symbols. Names, comments, the content of strings
and the layout do not count, so changing them hides nothing. Neither does what everybody was given,
nor what many have, which is the obvious solution, unless the whole of a long program is the same.
Students' code is never parsed by Python here, only split into words.
"""

import builtins
import keyword
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

LEAST_SHARE = 0.8  # in common, from which a pair is named
LENGTH = 8  # words and signs of one chain
FEWEST = 30  # chains of its own that an answer needs to be compared
WHOLE = 250  # chains of a program so long that several students cannot have written it alike
LARGEST_SHARE, SMALLEST_GROUP = 0.25, 5  # a chain that more students have is the obvious solution
_BLOCK = 4096  # chains that are compared at a time: a hostile answer may have very many

_WORDS = re.compile(
    r"""
    (?P<text>[rbfuRBFU]{0,2}+(?:
        (?P<long>\"{3}|'{3})(?s:(?!(?P=long))(?:\\.?+|[^\\]))*+(?:(?P=long)|\Z)
        | "(?:[^"\\\n]|\\(?s:.))*+"?+ | '(?:[^'\\\n]|\\(?s:.))*+'?+ ))
    | (?P<drop> \#[^\n]*+ | [^\S\n]++ | \\\n | ; )
    | (?P<line> \n )
    | (?P<name> [^\W\d]\w*+ )
    | (?P<sign> \d[\w.]*+ | . )
    """,
    re.VERBOSE,
)
_FIXED = {*keyword.kwlist, *dir(builtins), "self"}


@dataclass(frozen=True)
class Pair:
    """Two students whose answers are very similar.

    Attributes:
        a, b: their names, in order.
        share: how much of the shorter answer, beyond what everybody has, is in the other; 0 to 1.
    """

    a: str
    b: str
    share: float


def similar_answers(answers: Mapping[str, str], released: str) -> list[Pair]:
    """Finds the pairs of students whose answers to one assignment are nearly the same.

    Args:
        answers: the text of all code cells, by student.
        released: the text of all code cells of the notebook that was handed out.

    Returns:
        The pairs, most similar first.

    Example:
        >>> ana = "def mean(values):\\n    total = 0\\n" + "".join(
        ...     f"    total = total * {k} + values[{k}] / len(values)\\n" for k in range(9))
        >>> bo = ana.replace("total", "s").replace("values", "x").replace(" * ", "*")
        >>> similar_answers({"Ana": ana, "Bo": bo, "Cem": "x = 1"}, "def mean(values): ...")
        [Pair(a='Ana', b='Bo', share=1.0)]
    """
    numbers: dict[str, int] = {}
    given = _chains(released, numbers)
    students = sorted(answers)
    chains = [_chains(answers[name], numbers) for name in students]
    owners = np.repeat(np.arange(len(chains)), [len(part) for part in chains])
    values, places, counts = np.unique(
        np.concatenate([*chains, given[:0]]), return_inverse=True, return_counts=True
    )
    most = max(SMALLEST_GROUP, LARGEST_SHARE * len(students))
    is_own = (counts <= most) & ~np.isin(values, given)
    sizes = np.bincount(owners[is_own[places]], minlength=len(students))
    is_shared = (is_own & (counts > 1))[places]
    shared = _shared(owners[is_shared], places[is_shared], len(students))
    # A long program that is the same chain by chain is not just obvious, however many have it.
    wholes = [np.setdiff1d(part, given, assume_unique=True) for part in chains]
    contents = [whole.tobytes() for whole in wholes]
    pairs = []
    for a, b in zip(*np.triu_indices(len(students), 1), strict=True):
        smaller = min(sizes[a], sizes[b])
        if len(wholes[a]) >= WHOLE and contents[a] == contents[b]:
            pairs.append(Pair(students[a], students[b], 1.0))
        elif smaller >= FEWEST and shared[a, b] >= LEAST_SHARE * smaller:
            share = round(float(shared[a, b] / smaller), 3)
            pairs.append(Pair(students[a], students[b], share))
    return sorted(pairs, key=lambda pair: (-pair.share, pair.a, pair.b))


def _shared(owners: np.ndarray, columns: np.ndarray, number: int) -> np.ndarray:
    """Returns how many columns each pair of `number` owners has in common."""
    order = np.argsort(columns, kind="stable")
    owners, columns = owners[order], np.unique(columns[order], return_inverse=True)[1]
    shared = np.zeros((number, number))
    for start in range(0, columns[-1] + 1 if len(columns) else 0, _BLOCK):
        low, high = np.searchsorted(columns, (start, start + _BLOCK))
        has = np.zeros((number, _BLOCK), np.float32)
        has[owners[low:high], columns[low:high] - start] = 1
        shared += has @ has.T
    return shared


def _chains(text: str, numbers: dict[str, int]) -> np.ndarray:
    """Returns the different chains of a text, each as one number, sorted.

    A name counts only as how far back in the chain it occurred before. That is the same however
    things are named, and does not depend on what comes before the chain.

    Args:
        text: a program.
        numbers: those of the words and signs so far; new ones are added.
    """
    words, back, seen = [], [], {}
    for place, (word, is_name) in enumerate(_words(text)):
        words.append(0 if is_name else numbers.setdefault(word, len(numbers) + 1))
        back.append(place - seen.get(word, place) if is_name else 0)
        if is_name:
            seen[word] = place
    if len(words) < LENGTH:
        return np.empty(0, np.uint64)
    window = np.lib.stride_tricks.sliding_window_view
    far = window(np.array(back), LENGTH)
    far = np.where(far <= np.arange(LENGTH), far, 0)  # before the chain: new in it
    factors = np.random.default_rng(0).integers(2**63, size=(2, LENGTH), dtype=np.uint64) * 2 + 1
    words = window(np.array(words, np.uint64), LENGTH)
    return np.unique((words * factors[0] + far.astype(np.uint64) * factors[1]).sum(axis=1))


def _words(text: str) -> Iterator[tuple[str, bool]]:
    """Yields the words and signs of a program, and whether each is a name that may be changed."""
    before = "\n"
    held = ""  # a string that begins a line: a docstring if the line ends after it
    for match in _WORDS.finditer(text):
        kind, word = match.lastgroup, match[0]
        if kind == "drop":
            continue
        if held and kind != "line":
            yield held, False
        held = ""
        if kind in ("text", "long"):
            word = "''"
            if before == "\n":
                held = word
            else:
                yield word, False
        elif kind == "name":
            yield word, before != "." and word not in _FIXED
        elif kind == "sign" and word != ",":
            yield word, False
        before = word
