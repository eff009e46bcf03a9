"""BLEU: equal to sacrebleu on any text, and by hand."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dl_course.errors import CourseError
from dl_course.scratch import bleu_tokens, corpus_bleu

sacrebleu = pytest.importorskip("sacrebleu")

# Few characters, so that n-grams repeat and match; also the marks that both tokenizations know.
TEXT = st.text("今天我是很好a1,.-? “…。，！％Ａ㐀", max_size=12)
CORPUS = st.lists(st.tuples(TEXT, st.lists(TEXT, min_size=1, max_size=3)), min_size=1, max_size=4)


def theirs(translations, references):
    width = max(map(len, references))
    streams = [[row[k] if k < len(row) else None for row in references] for k in range(width)]
    return sacrebleu.metrics.BLEU(tokenize="zh").corpus_score(translations, streams)


@given(CORPUS)
@settings(deadline=None, max_examples=300)
def test_equals_sacrebleu(corpus):
    translations, references = map(list, zip(*corpus, strict=True))
    ours, expected = corpus_bleu(translations, references), theirs(translations, references)
    assert ours.score == pytest.approx(expected.score, rel=1e-12)
    assert ours.precisions == pytest.approx(expected.precisions, rel=1e-12)
    assert list(ours.matches) == expected.counts and list(ours.totals) == expected.totals
    assert (ours.length, ours.reference_length) == (expected.sys_len, expected.ref_len)
    assert ours.brevity_penalty == pytest.approx(expected.bp, rel=1e-12)


@given(st.text(max_size=30) | TEXT)
@settings(deadline=None, max_examples=300)
def test_tokens_equal_those_of_sacrebleu(text):
    from sacrebleu.tokenizers.tokenizer_zh import TokenizerZh

    assert bleu_tokens(text) == TokenizerZh()(text).split()


@pytest.mark.parametrize("start", range(0, 0x10000, 0x1000))
def test_every_character_is_cut_as_by_sacrebleu(start):
    from sacrebleu.tokenizers.tokenizer_zh import TokenizerZh

    characters = [chr(k) for k in range(start, start + 0x1000) if not 0xD800 <= k < 0xE000]
    text = "".join(f"a{character}b" for character in characters)
    assert bleu_tokens(text) == TokenizerZh()(text).split()


def test_english_is_cut_as_by_the_usual_tokenization():
    from sacrebleu.tokenizers.tokenizer_13a import Tokenizer13a

    text = "It's 1,234.5 km (or 3-4) - isn't it, Tom? \"Yes.\""
    assert bleu_tokens(text) == Tokenizer13a()(text).split()


def test_by_hand():
    # 6, 5, 4, 3 n-grams; "a b c" and "e f" match, so 5, 3, 1 and 0 n-grams, the last one half.
    bleu = corpus_bleu(["a b c x e f"], [["a b c y e f"]])
    expected = 100 * (5 / 6 * 3 / 5 * 1 / 4 * 0.5 / 3) ** 0.25
    assert bleu.score == pytest.approx(expected, rel=1e-12)


def test_a_short_translation_is_fined():
    bleu = corpus_bleu(["a b c d"], [["a b c d e f g h"]])
    assert bleu.score == pytest.approx(100 * math.exp(-1), rel=1e-12)


def test_the_best_reference_counts():
    references = [["他打网球。", "他在打网球。", "他打了网球。"]]
    assert corpus_bleu(["他打了网球。"], references).score == pytest.approx(100)


@pytest.mark.parametrize("translation", ["", " ", "x"])
def test_no_match_at_all_is_0_and_not_nan(translation):
    bleu = corpus_bleu([translation], [["今天"]])
    assert bleu.score == 0 and bleu.precisions == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("translations", "references", "message"),
    [
        ([], [], "a list of sentences"),
        ("好", [["好"]], "a list of sentences"),
        (["好"], [["好"], ["好"]], "2 lists for 1 translations"),
        (["好"], ["好"], r"references\[0\]='好'"),
        (["好", "好"], [["好"], []], r"references\[1\]=\[\]"),
    ],
)
def test_unusable_arguments(translations, references, message):
    with pytest.raises(CourseError, match=message):
        corpus_bleu(translations, references)
