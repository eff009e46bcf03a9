"""Splits: nothing lost, nothing twice, the same mixture, the same on every machine."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dl_course.datasets import shuffled_split, stratified_split
from dl_course.errors import CourseError, DataError


@settings(max_examples=50, deadline=None)
@given(
    counts=st.lists(st.integers(2, 30), min_size=1, max_size=6),
    share=st.floats(0.01, 0.99),
    seed=st.integers(0, 2**32 - 1),
)
def test_every_class_is_cut_in_proportion(counts, share, seed):
    y = np.random.RandomState(0).permutation(np.repeat(np.arange(len(counts)), counts))
    first, second = stratified_split(y, share, seed)
    assert sorted([*first, *second]) == list(range(len(y)))
    for label, count in enumerate(counts):
        size = np.sum(y[second] == label)
        assert 1 <= size <= count - 1
        assert abs(size - share * count) <= 0.5 + 1e-9 or size in (1, count - 1)


def test_the_seed_fixes_the_split_for_good():
    # RandomState's stream is frozen, so these numbers may never change.
    first, second = stratified_split(np.arange(10) % 2, 0.4, seed=0)
    assert first.tolist() == [6, 3, 9, 2, 8, 7]
    assert second.tolist() == [0, 1, 5, 4]
    again, _ = stratified_split(np.arange(10) % 2, 0.4, seed=1)
    assert again.tolist() != first.tolist()


def test_both_parts_are_shuffled():
    first, second = stratified_split(np.repeat([0, 1], 50), 0.5, seed=0)
    for part in (first, second):
        assert (np.diff(part) < 0).any()
        assert 5 <= (part[:25] < 50).sum() <= 20


def test_a_class_of_one_is_refused():
    with pytest.raises(DataError, match="class 7 has only 1 example; .* at least 2"):
        stratified_split(np.array([0, 0, 7]), 0.5, seed=0)


def test_no_examples_are_refused():
    with pytest.raises(DataError, match="no examples"):
        stratified_split(np.array([], int), 0.5, seed=0)


@pytest.mark.parametrize("share", [0, 1, -0.1, 1.5, float("nan"), "0.2", None])
def test_an_impossible_share_is_refused(share):
    with pytest.raises(CourseError, match="^`share` must be a share above 0 and below 1. Received"):
        stratified_split(np.array([0, 0, 1, 1]), share, seed=0)


@pytest.mark.parametrize("seed", [-1, 2**32, 0.5, "0", None, True])
def test_an_impossible_seed_is_refused(seed):
    with pytest.raises(CourseError, match="^`seed` must be an integer from 0"):
        stratified_split(np.array([0, 0, 1, 1]), 0.5, seed)


@pytest.mark.parametrize("y", [np.zeros(4), np.zeros((4, 2), int), np.array(["a", "b"])])
def test_labels_of_another_kind_are_refused(y):
    with pytest.raises(CourseError, match="^`y` must be integer labels"):
        stratified_split(y, 0.5, seed=0)


def test_a_shuffled_split_uses_every_example_once():
    first, second = shuffled_split(103, share=0.25, seed=4)
    assert len(second) == 26
    assert sorted([*first, *second]) == list(range(103))
    assert first.tolist() != sorted(first)


def test_a_shuffled_split_leaves_neither_part_empty():
    assert [len(part) for part in shuffled_split(2, share=0.01, seed=0)] == [1, 1]
    with pytest.raises(DataError, match="at least 2 examples. Received: 1"):
        shuffled_split(1, share=0.5, seed=0)
