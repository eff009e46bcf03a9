"""BLEU: how much a translation has in common with human ones, by sacrebleu's definition."""

import dataclasses
import math
import re
from collections import Counter
from collections.abc import Sequence

from dl_course.errors import CourseError

ORDERS = 4
# What counts as a Chinese character, with full-width marks, as in sacrebleu's tokenization "zh".
_CHINESE = re.compile(
    "([\u2001-\u2a6d\u2e80-\u2eff\u2f00-\u2fdf\u2ff0-\u303f\u3100-\u312f\u31a0-\u31bf\u31c0-\u31ef"
    "\u3200-\u4db5\u4e00-\u9fbb\uf900-\ufa2d\ufa30-\ufa6a\ufa70-\ufad9\ufe10-\ufe1f\ufe30-\ufe4f"
    "\uff00-\uffef\u2f81-\u2fa1])"
)
# The rest is tokenized as English, by the rules of the mteval-v13a script.
_LATIN = (
    (re.compile(r"([{-~\[-` -&(-+:-@/])"), r" \1 "),  # marks
    (re.compile(r"([^0-9])([.,])"), r"\1 \2 "),  # period and comma, but not in 1,234.5
    (re.compile(r"([.,])([^0-9])"), r" \1 \2"),
    (re.compile(r"([0-9])(-)"), r"\1 \2 "),  # a dash after a digit
)


@dataclasses.dataclass(frozen=True)
class Bleu:
    """A BLEU score and what it is made of.

    Attributes:
        score: 0 to 100; 100 means that every sentence equals one of its references.
        precisions: of n-grams of 1 to 4 tokens, in percent, smoothed where nothing matches.
        matches: n-grams of the translations that a reference contains, for each n.
        totals: all n-grams of the translations, for each n.
        brevity_penalty: factor for translations that are too short, 0 to 1.
        length: tokens of the translations.
        reference_length: tokens of the references: for each sentence, the one nearest in length.

    Example:
        >>> corpus_bleu(["他打了网球。"], [["他打了网球。"]]).precisions
        (100.0, 100.0, 100.0, 100.0)
    """

    score: float
    precisions: tuple[float, ...]
    matches: tuple[int, ...]
    totals: tuple[int, ...]
    brevity_penalty: float
    length: int
    reference_length: int


def bleu_tokens(text: str) -> list[str]:
    """Splits a text into Chinese characters and words, as sacrebleu does with tokenize="zh".

    Args:
        text: Chinese, English or both; case matters.

    Returns:
        The tokens.

    Example:
        >>> bleu_tokens("我有1,000本书, Tom.")
        ['我', '有', '1,000', '本', '书', ',', 'Tom', '.']
    """
    text = _CHINESE.sub(r" \1 ", text.strip())
    for pattern, replacement in _LATIN:
        text = pattern.sub(replacement, text)
    return text.split()


def ngrams(tokens: Sequence[str], n: int) -> Counter[tuple[str, ...]]:
    """Counts the runs of n tokens.

    Args:
        tokens: the tokens, in order.
        n: length of a run, at least 1.

    Returns:
        How often each run occurs.

    Example:
        >>> ngrams("to be or to be".split(), 2)[("to", "be")]
        2
    """
    return Counter(tuple(tokens[i : i + n]) for i in range(len(tokens) - n + 1))


def clipped_matches(
    tokens: Sequence[str], references: Sequence[Sequence[str]], n: int
) -> tuple[int, int]:
    """Counts the n-grams of a translation that a reference also contains.

    matches = sum_g min(count of g in the translation, largest count of g in one reference)

    The clipping keeps "the the the" from matching three times.

    Args:
        tokens: the tokens of the translation.
        references: the tokens of each reference.
        n: length of the n-grams.

    Returns:
        The matches, and how many n-grams the translation has.

    Example:
        >>> clipped_matches("the the the".split(), ["the cat".split(), "a cat".split()], 1)
        (1, 3)
    """
    allowed: Counter[tuple[str, ...]] = Counter()
    for reference in references:
        allowed |= ngrams(reference, n)
    found = ngrams(tokens, n)
    return (found & allowed).total(), found.total()


def brevity_penalty(length: int, reference_length: int) -> float:
    """Returns the factor that lowers the score of translations that are too short.

    BP = 1 if c >= r, else exp(1 - r / c)

    Args:
        length: c, tokens of all translations.
        reference_length: r, tokens of the references nearest in length.

    Returns:
        The factor, 0 to 1; 0 if there are no tokens.

    Example:
        >>> brevity_penalty(9, 10), brevity_penalty(11, 10)  # doctest: +ELLIPSIS
        (0.8948..., 1.0)
    """
    if length >= reference_length:
        return 1.0
    return math.exp(1 - reference_length / length) if length else 0.0


def corpus_bleu(translations: Sequence[str], references: Sequence[Sequence[str]]) -> Bleu:
    """Compares translations with human ones, with sacrebleu's defaults for Chinese.

    BLEU = 100 BP (p_1 p_2 p_3 p_4)^(1/4)

    Matches and totals are summed over all sentences before dividing: it measures a corpus.
    Where no n-gram of an order matches, p_n = 1 / (2^k total_n) for the k-th such order ("exp"
    smoothing). Without any match, or without any run of four tokens, the score is 0.

    Args:
        translations: n sentences.
        references: for each of them, one or more correct translations.

    Returns:
        A `Bleu`; its `score` equals that of sacrebleu with tokenize="zh", which tokenizes
        English as its default does.

    Raises:
        CourseError: there are no sentences, or one has no reference.

    Example:
        >>> bleu = corpus_bleu(["他打了网球。"], [["他打网球。", "他打过网球。"]])
        >>> round(bleu.score, 2), bleu.matches, bleu.totals
        (37.99, (5, 3, 1, 0), (6, 5, 4, 3))

    Reference: Papineni et al. 2002, https://aclanthology.org/P02-1040; Post 2018,
    https://aclanthology.org/W18-6319.
    """
    if isinstance(translations, str) or not len(translations):
        raise CourseError("`translations` must be a list of sentences. Received: none, or a text.")
    if len(translations) != len(references):
        raise CourseError(
            "`references` must hold a list of references for each of the translations. "
            f"Received: {len(references)} lists for {len(translations)} translations."
        )
    matches, totals = [0] * ORDERS, [0] * ORDERS
    length = reference_length = 0
    for row, (translation, right) in enumerate(zip(translations, references, strict=True)):
        if isinstance(right, str) or not len(right):
            raise CourseError(
                "`references` must hold a list of references for each of the translations. "
                f"Received: references[{row}]={right!r}."
            )
        tokens, others = bleu_tokens(translation), [bleu_tokens(text) for text in right]
        length += len(tokens)
        reference_length += _nearest([len(other) for other in others], len(tokens))
        for n in range(ORDERS):
            matched, total = clipped_matches(tokens, others, n + 1)
            matches[n] += matched
            totals[n] += total
    penalty = brevity_penalty(length, reference_length)
    precisions = _smoothed(matches, totals)
    score = 0.0
    if min(precisions) > 0:
        score = penalty * math.exp(sum(map(math.log, precisions)) / ORDERS)
    return Bleu(score, precisions, tuple(matches), tuple(totals), penalty, length, reference_length)


def _nearest(lengths: list[int], length: int) -> int:
    """Returns the nearest length; of two equally near ones, the shorter."""
    return min(lengths, key=lambda other: (abs(other - length), other))


def _smoothed(matches: list[int], totals: list[int]) -> tuple[float, ...]:
    """Returns the precisions in percent; the k-th order without a match counts as 1/2^k matches."""
    precisions = [0.0] * ORDERS
    if not any(matches):
        return tuple(precisions)
    part = 1.0
    for n, (matched, total) in enumerate(zip(matches, totals, strict=True)):
        if total == 0:
            break
        if matched == 0:
            part /= 2
        precisions[n] = 100 * (matched or part) / total
    return tuple(precisions)
