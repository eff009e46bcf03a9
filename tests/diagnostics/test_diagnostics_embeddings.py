"""Neighbours and maps of an embedding."""

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.metrics.pairwise import cosine_similarity

from dl_course.datasets import SPECIAL
from dl_course.diagnostics import embedding_map, embeddings, nearest_tokens, telling_tokens
from dl_course.errors import CourseError
from dl_course.models import translator

EMBEDDING = np.random.default_rng(0).normal(size=(20, 5))
WORDS = ("", "[UNK]", "[START]", "[END]", *(f"w{k}" for k in range(4, 20)))


def test_the_special_ids_are_those_of_the_tokenizer():
    assert embeddings.SPECIAL == translator.SPECIAL == len(SPECIAL)


def test_neighbours_are_those_of_scikit_learn():
    cosines = cosine_similarity(EMBEDDING)[7]
    order = [k for k in np.argsort(-cosines) if k >= 4 and k != 7][:6]
    found = nearest_tokens(EMBEDDING, WORDS, "w7", count=6)
    assert [word for word, _ in found] == [WORDS[k] for k in order]
    np.testing.assert_allclose([cosine for _, cosine in found], cosines[order])


def test_a_vector_of_zeros_is_near_to_none():
    embedding = EMBEDDING.copy()
    embedding[7] = 0
    assert {cosine for _, cosine in nearest_tokens(embedding, WORDS, "w7")} == {0.0}


def test_the_map_is_that_of_scikit_learn_up_to_signs():
    pca = PCA(2).fit(EMBEDDING)
    points, kept = embedding_map(EMBEDDING)
    np.testing.assert_allclose(np.abs(points), np.abs(pca.transform(EMBEDDING)), atol=1e-9)
    assert kept == pytest.approx(pca.explained_variance_ratio_.sum())


@pytest.mark.parametrize("embedding", [np.ones((3, 4)), np.arange(3.0)[:, None]])
def test_maps_of_too_few_dimensions_are_finite(embedding):
    points, kept = embedding_map(embedding)
    assert points.shape == (3, 2) and np.isfinite(points).all() and kept == pytest.approx(1)


def test_telling_tokens_are_the_farthest_and_never_special():
    embedding = EMBEDDING.copy()
    embedding[:4] = 100
    embedding[11] = 50
    chosen = telling_tokens(embedding, 5)
    assert chosen[0] == 11 and len(chosen) == 5 and chosen.min() >= 4
    assert len(telling_tokens(embedding, 99)) == 16


@pytest.mark.parametrize(
    "call, name",
    [
        (lambda: nearest_tokens(EMBEDDING, WORDS, "none"), "token"),
        (lambda: nearest_tokens(EMBEDDING, WORDS, "[UNK]"), "token"),
        (lambda: nearest_tokens(EMBEDDING, WORDS[:9], "w7"), "vocabulary"),
        (lambda: nearest_tokens(EMBEDDING, WORDS, "w7", count=0), "count"),
        (lambda: embedding_map(EMBEDDING[:1]), "embedding"),
        (lambda: embedding_map(np.full((3, 2), np.nan)), "embedding"),
        (lambda: telling_tokens(EMBEDDING, 0), "count"),
    ],
)
def test_arguments_out_of_range_are_refused(call, name):
    with pytest.raises(CourseError, match=f"`{name}` must be"):
        call()
