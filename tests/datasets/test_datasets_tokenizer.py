"""Texts become rows of ids and come back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dl_course.datasets import Tokenizer, clean_text, tokenize
from dl_course.datasets.tokenizer import END, PADDING, SPECIAL, START, UNKNOWN
from dl_course.errors import CourseError, DataError

TEXTS = ["The cat sat.", "The dog sat, too!", "don't"]


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("It's 3 o'clock", ["it's", "3", "o'clock"]),
        ("rock 'n' roll", ["rock", "'", "n", "'", "roll"]),
        ("a<br />b &lt; c", ["a", "b", "<", "c"]),
        ("1 < 2 and 3 > 2", ["1", "<", "2", "and", "3", ">", "2"]),
        ("我爱NLP。", ["我", "爱", "nlp", "。"]),
        ("café naïve", ["café", "naïve"]),
        (" \n\t ", []),
    ],
)
def test_words(text, tokens):
    assert tokenize(text) == tokens


def test_characters_are_kept_as_they_are():
    assert tokenize("A <b>\n", "character") == ["A", " ", "<", "b", ">", "\n"]


def test_cleaning_leaves_comparisons_alone():
    assert clean_text("x<br/>y  a < b") == "x y a < b"


def test_the_most_frequent_tokens_come_first_and_ties_in_order():
    tokenizer = Tokenizer.fit(["b b a c"], vocabulary_size=6)
    assert tokenizer.vocabulary == (*SPECIAL, "b", "a")
    assert tokenizer.encode(["c a b"]).tolist() == [[UNKNOWN, 5, 4]]


def test_rows_are_padded_and_cut_at_the_end():
    tokenizer = Tokenizer.fit(TEXTS)
    ids = tokenizer.encode(["cat", "the cat sat. the", ""], length=3)
    assert ids.dtype == np.int32 and ids.shape == (3, 3)
    assert ids[0, 1:].tolist() == [PADDING, PADDING] and not ids[2].any()
    assert (ids[1] > UNKNOWN).all()


def test_ends_mark_a_sentence_and_a_cut_one_has_none():
    tokenizer = Tokenizer.fit(TEXTS)
    whole, cut = tokenizer.encode(["cat"], ends=True)[0], tokenizer.encode(["cat"], 2, ends=True)[0]
    assert whole[0] == START and whole[-1] == END
    assert cut[0] == START and END not in cut


def test_a_special_sign_in_a_text_is_no_special_id():
    tokenizer = Tokenizer.fit(["[END] a", "a"])
    assert END not in tokenizer.encode(["[END] a"])
    by_character = Tokenizer.fit(["ab"], level="character")
    assert by_character.encode(["[END]"]).tolist() == [[UNKNOWN] * 5]


@given(st.lists(st.text(max_size=30), max_size=5))
def test_known_characters_come_back_exactly(texts):
    if not "".join(texts):
        with pytest.raises(DataError, match="no token"):
            Tokenizer.fit(texts, level="character")
        return
    tokenizer = Tokenizer.fit(texts, level="character")
    for text, row in zip(texts, tokenizer.encode(texts, ends=True), strict=True):
        assert tokenizer.decode(row) == text


@given(st.text(max_size=80))
def test_any_text_is_tokenized_into_tokens_without_space(text):
    tokens = tokenize(text)
    assert all(token and not token.isspace() and token == token.strip() for token in tokens)


@pytest.mark.parametrize("text", ["good film.", "no, (really) good!", "你好，世界。", "a: b; c?"])
def test_decoding_puts_words_together_as_they_are_written(text):
    tokenizer = Tokenizer.fit([text])
    assert tokenizer.decode(tokenizer.encode([text])[0]) == text


def test_it_travels_as_json():
    tokenizer = Tokenizer.fit(["深度 learning"])
    again = Tokenizer.from_dict(tokenizer.to_dict())
    assert again == tokenizer
    np.testing.assert_array_equal(again.encode(["深 度"]), tokenizer.encode(["深 度"]))


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: Tokenizer.fit(TEXTS, level="sentence"), "`level`"),
        (lambda: Tokenizer.fit(TEXTS, vocabulary_size=4), "at least 5"),
        (lambda: Tokenizer.fit(TEXTS, vocabulary_size=0), "`vocabulary_size`"),
        (lambda: Tokenizer.fit("a text"), r"Pass \[text\]"),
        (lambda: Tokenizer.fit([]), "no token"),
        (lambda: Tokenizer.fit(TEXTS).encode(["a"], length=0), "`length`"),
        (lambda: Tokenizer.fit(TEXTS).decode([99]), "`ids`"),
        (lambda: Tokenizer("word", ("a", "b")), "`vocabulary`"),
        (lambda: Tokenizer.from_dict({"level": "word"}), "Train the model again"),
    ],
)
def test_what_cannot_be_used_is_said(call, said):
    with pytest.raises(CourseError, match=said):
        call()
