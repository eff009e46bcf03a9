"""Generated reviews, and IMDB's."""

import re

import numpy as np
import pytest

from dl_course import datasets
from dl_course.datasets import make_reviews, tokenize
from dl_course.datasets.sets import imdb, reviews
from dl_course.errors import CourseError

ADJECTIVES = tuple(set(words) for words in reviews._ADJECTIVES)


@pytest.fixture(scope="module")
def data():
    return make_reviews(2000)


def verdict_of(text):
    """The class of a review, by rules that know the grammar; it reads no label."""
    tokens = tokenize(text)
    found = [
        (k, 1 if t in ADJECTIVES[1] else 0)
        for k, t in enumerate(tokens)
        if t in ADJECTIVES[0] | ADJECTIVES[1]
    ]
    signs = [sign for _, sign in found]
    if len(set(signs)) == 1:  # plain or negated
        negated = re.search(r"not .*at all\.|Not once|Nobody|I never|by no means", text)
        plain = re.search(r"was not only|Anyone who likes", text)
        verdict = signs[0] ^ int(bool(negated) and not plain)
    else:  # a contrast: the main clause counts
        first = re.search(r", although| so \w+, .*hardly matters", text)
        verdict = signs[0] if first else signs[-1]
    return verdict ^ int(bool(re.search(r"it was wrong|the opposite|I take it back", text)))


def test_every_label_follows_from_the_grammar(data):
    for x, y in data:
        assert [verdict_of(text) for text in x] == y.tolist()


def test_the_classes_are_balanced_and_no_review_is_in_both_parts(data):
    assert np.bincount(data.y_train).tolist() == [800, 800]
    assert np.bincount(data.y_test).tolist() == [200, 200]
    assert not set(data.x_train) & set(data.x_test)


def test_they_read_as_sentences_with_everything_filled_in(data):
    for text in data.x_train:
        assert not re.search(r"[{}]|  | [.,]|\bNone\b", text) and text.endswith(".")
        assert all(s[0].isupper() for s in text.rstrip(".").split(". "))
    assert len({word for text in data.x_train for word in tokenize(text)}) > 150


def test_the_same_seed_gives_the_same_reviews_and_another_others():
    one, again, other = (make_reviews(40, seed=seed) for seed in (1, 1, 2))
    assert one.checksum == again.checksum != other.checksum
    assert one.x_train.tolist() == again.x_train.tolist()


def test_word_counts_carry_only_part_of_the_label(data):
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression

    counter = CountVectorizer(analyzer=tokenize)
    x_train = counter.fit_transform(data.x_train.tolist())
    x_test = counter.transform(data.x_test.tolist())
    model = LogisticRegression(max_iter=1000).fit(x_train, data.y_train)
    assert 0.55 < model.score(x_test, data.y_test) <= 0.85


@pytest.mark.parametrize(
    "arguments", [{"examples": 3}, {"examples": 2.5}, {"test_share": 1}, {"seed": -1}]
)
def test_arguments_out_of_range_are_refused(arguments):
    with pytest.raises(CourseError, match=f"`{next(iter(arguments))}` must be"):
        make_reviews(**arguments)


def test_imdb_lines_keep_unusual_line_ends():
    line = '{"label": 0, "text": "one\u2028two\\nthree"}\n'
    assert imdb.parse_reviews(line) == (["one\u2028two\nthree"], [0])


def test_imdb_is_as_published():
    if datasets.locate("imdb") is None:
        pytest.skip("imdb is not at hand: set DL_COURSE_DATA")
    data = datasets.load("imdb")
    for x, y in data:
        assert len(x) == 25_000 and np.bincount(y).tolist() == [12_500, 12_500]
    assert len(set(data.x_train) & set(data.x_test)) == 123
    assert data.x_train[0].startswith("Bromwell High is a cartoon comedy.") and data.y_train[0] == 1
