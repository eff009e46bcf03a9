"""Text to numbers and back: tokens, a vocabulary, padding."""

from __future__ import annotations

import collections
import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from dl_course.errors import DataError, argument_error, check_positive_integer

PADDING, UNKNOWN, START, END = range(4)
SPECIAL = ("", "[UNK]", "[START]", "[END]")
LEVELS = ("word", "character")

_CHINESE = "\u3400-\u9fff\uf900-\ufaff"
# A Chinese character; a word, with its apostrophes; or any other mark.
_WORD = re.compile(rf"[{_CHINESE}]|[^\W{_CHINESE}]+(?:['’][^\W{_CHINESE}]+)*|[^\w\s]")
_TAG = re.compile(r"<[a-zA-Z/][^<>]*>")
_SPACE_BEFORE_MARK = re.compile(r" ([.,!?;:%)\]}。，！？；：、）])")
_SPACE_AFTER_MARK = re.compile(r"([(\[{（]) ")
_SPACE_IN_CHINESE = re.compile(rf"(?<=[{_CHINESE}。，！？；：、]) (?=[{_CHINESE}])")


def clean_text(text: str) -> str:
    """Returns text as a reader sees it: without HTML, one space between words.

    Example:
        >>> clean_text("Good &amp; short.<br /><br />  See it!")
        'Good & short. See it!'
    """
    return " ".join(html.unescape(_TAG.sub(" ", text)).split())


def tokenize(text: str, level: str = "word") -> list[str]:
    """Splits a text into tokens.

    At the level "word" a token is a lower-case word, a punctuation mark, or one Chinese
    character (Chinese is written without spaces); HTML is dropped. At the level "character"
    every character is a token, unchanged.

    Args:
        text: any text.
        level: "word" or "character".

    Returns:
        The tokens, in order.

    Raises:
        CourseError: there is no such level.

    Example:
        >>> tokenize("It wasn't good at all!")
        ['it', "wasn't", 'good', 'at', 'all', '!']
        >>> tokenize("深度 learning")
        ['深', '度', 'learning']
        >>> tokenize("Oh no", level="character")
        ['O', 'h', ' ', 'n', 'o']

    Reference: D2 2.
    """
    _check_level(level)
    if level == "character":
        return list(text)
    return _WORD.findall(clean_text(text).lower())


@dataclass(frozen=True)
class Tokenizer:
    """Turns texts into rows of integers and back, by a vocabulary.

    Id 0 is padding, 1 an unknown token, 2 the start and 3 the end of a sentence; from 4 on come
    the tokens, the most frequent first.

    Args:
        level: "word" or "character".
        vocabulary: the token of each id, the four special ones first.

    Example:
        >>> tokenizer = Tokenizer.fit(["good film", "good plot", "bad film"], vocabulary_size=7)
        >>> tokenizer.vocabulary[4:]
        ('film', 'good', 'bad')
        >>> tokenizer.encode(["a good film", "bad"])
        array([[1, 5, 4],
               [6, 0, 0]], dtype=int32)
        >>> tokenizer.decode([5, 4, 0])
        'good film'

    Reference: D2 2.
    """

    level: str
    vocabulary: tuple[str, ...]
    _ids: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        _check_level(self.level)
        object.__setattr__(self, "vocabulary", tuple(self.vocabulary))
        if self.vocabulary[:4] != SPECIAL or len(set(self.vocabulary)) < len(self.vocabulary):
            expected = f"tokens without repetition that begin with {SPECIAL}"
            raise argument_error("vocabulary", expected, self.vocabulary[:6])
        ids = {token: number for number, token in enumerate(self.vocabulary)}
        # A text that holds "[END]" holds a word, not an end.
        object.__setattr__(self, "_ids", {t: k for t, k in ids.items() if k >= len(SPECIAL)})

    @classmethod
    def fit(
        cls, texts: Iterable[str], *, level: str = "word", vocabulary_size: int = 20_000
    ) -> Tokenizer:
        """Makes a tokenizer whose vocabulary is the most frequent tokens of the given texts.

        Args:
            texts: the training texts, and only those: test texts must stay unseen.
            level: "word" or "character".
            vocabulary_size: how many ids there are at most, the four special ones included.

        Returns:
            The tokenizer. Equally frequent tokens are in alphabetical order.

        Raises:
            CourseError: an argument is out of range.
            DataError: the texts hold no token.

        Example:
            >>> len(Tokenizer.fit(["to be or not to be"], level="character"))
            11
        """
        check_positive_integer("vocabulary_size", vocabulary_size)
        if vocabulary_size <= len(SPECIAL):
            expected = f"at least {len(SPECIAL) + 1}: {len(SPECIAL)} ids are special"
            raise argument_error("vocabulary_size", expected, vocabulary_size)
        counts: collections.Counter[str] = collections.Counter()
        for text in _as_list(texts):
            counts.update(tokenize(text, level))
        for special in SPECIAL:
            counts.pop(special, None)
        if not counts:
            raise DataError("the texts hold no token to make a vocabulary from. Give some text.")
        by_frequency = sorted(counts, key=lambda token: (-counts[token], token))
        return cls(level, (*SPECIAL, *by_frequency[: vocabulary_size - len(SPECIAL)]))

    def __len__(self) -> int:
        """Returns how many ids there are, the special ones included."""
        return len(self.vocabulary)

    def tokens(self, text: str) -> list[str]:
        """Returns the tokens of a text, known or not, in order."""
        return tokenize(text, self.level)

    def encode(
        self, texts: Iterable[str], length: int | None = None, *, ends: bool = False
    ) -> np.ndarray:
        """Returns texts as rows of ids, padded with 0 at the end, cut off at `length`.

        Args:
            texts: n texts.
            length: ids in a row; by default as many as the longest text needs.
            ends: put the start (2) before and the end (3) after each text; a text that is cut
                off loses its end.

        Returns:
            An array int32, shape (n, length).

        Raises:
            CourseError: an argument is out of range.

        Example:
            >>> tokenizer = Tokenizer.fit(["a b"])
            >>> tokenizer.encode(["b", "a b b"], length=3, ends=True)
            array([[2, 5, 3],
                   [2, 4, 5]], dtype=int32)
        """
        if length is not None:
            check_positive_integer("length", length)
        find = self._ids.get
        rows = []
        for text in _as_list(texts):
            row = [find(token, UNKNOWN) for token in self.tokens(text)]
            rows.append([START, *row, END] if ends else row)
        width = length if length is not None else max(map(len, rows), default=0)
        ids = np.zeros((len(rows), width), np.int32)  # 0 is PADDING
        for target, row in zip(ids, rows, strict=True):
            target[: len(row)] = row[:width]
        return ids

    def decode(self, ids: Iterable[int]) -> str:
        """Returns the text of a row of ids, up to the end token, without padding and start.

        Args:
            ids: integers, shape (length,).

        Returns:
            The text. Spaces between the words are restored where the tokens allow it.

        Raises:
            CourseError: an id is not in the vocabulary.

        Example:
            >>> tokenizer = Tokenizer.fit(["Good, I say!"])
            >>> tokenizer.decode(tokenizer.encode(["Good, I say!"], ends=True)[0])
            'good, i say!'
        """
        tokens = []
        for k in map(int, ids):
            if not 0 <= k < len(self.vocabulary):
                raise argument_error("ids", f"from 0 to {len(self.vocabulary) - 1}", k)
            if k == END:
                break
            if k not in (PADDING, START):
                tokens.append(self.vocabulary[k])
        if self.level == "character":
            return "".join(tokens)
        text = _SPACE_BEFORE_MARK.sub(r"\1", " ".join(tokens))
        return _SPACE_IN_CHINESE.sub("", _SPACE_AFTER_MARK.sub(r"\1", text))

    def to_dict(self) -> dict:
        """Returns the tokenizer as plain values for a JSON file; `from_dict` reads them."""
        return {"level": self.level, "vocabulary": list(self.vocabulary)}

    @classmethod
    def from_dict(cls, values: Mapping) -> Tokenizer:
        """Returns the tokenizer that `to_dict` described.

        Raises:
            DataError: the values do not describe a tokenizer.

        Example:
            >>> tokenizer = Tokenizer.fit(["a b"])
            >>> Tokenizer.from_dict(tokenizer.to_dict()) == tokenizer
            True
        """
        try:
            return cls(values["level"], tuple(map(str, values["vocabulary"])))
        except (KeyError, TypeError, ValueError) as error:
            raise DataError(
                f"expected the level and the vocabulary of a tokenizer, received something else "
                f"({error}). Train the model again."
            ) from None


def _check_level(level: str) -> None:
    if level not in LEVELS:
        raise argument_error("level", " or ".join(map(repr, LEVELS)), level)


def _as_list(texts: Iterable[str]) -> list[str]:
    if isinstance(texts, str):
        raise argument_error("texts", "several texts", texts[:40], "Pass [text] for one.")
    return list(texts)
