"""Cleaning, splitting, standardizing, batches and folds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dl_course.errors import CourseError
from dl_course.scratch import (
    fill_blanks,
    fit_medians,
    fit_standardizer,
    k_folds,
    minibatches,
    split,
    standardize,
)


def rng(seed=0):
    return np.random.default_rng(seed)


def test_blanks_get_the_median_of_the_training_part():
    train = np.array([[1.0, 10.0], [np.nan, 20.0], [5.0, 90.0]])
    medians = fit_medians(train)
    assert medians.tolist() == [3.0, 20.0]
    test = np.array([[np.nan, 7.0]])
    assert fill_blanks(test, medians).tolist() == [[3.0, 7.0]]
    assert np.isnan(test[0, 0])  # what was given stays as it was


@settings(max_examples=20, deadline=None, derandomize=True)
@given(st.integers(2, 40), st.floats(0.01, 0.99), st.integers(0, 99))
def test_a_split_uses_every_example_once_and_keeps_pairs_together(count, share, seed):
    x = np.arange(count)
    (x_train, y_train), (x_test, y_test) = split(x, -x, share, rng(seed))
    assert sorted([*x_train, *x_test]) == list(range(count))
    assert len(x_train) >= 1 and len(x_test) >= 1
    assert abs(len(x_test) - share * count) <= 1
    np.testing.assert_array_equal(x_train, -y_train)
    np.testing.assert_array_equal(x_test, -y_test)


def test_a_split_keeps_blanks_and_texts():
    x = np.array([[np.nan], [1.0]])
    (x_train, _), (x_test, _) = split(x, ["a", "b"], 0.5, rng())
    assert np.isnan([x_train, x_test]).sum() == 1


def test_the_training_part_gets_mean_0_and_deviation_1():
    x = rng(1).normal(5, 3, size=(200, 4)) * [1, 10, 100, 1e-3]
    z = standardize(x, fit_standardizer(x))
    np.testing.assert_allclose(z.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(z.std(axis=0), 1, atol=1e-12)


def test_the_test_part_is_measured_by_the_training_part():
    standardizer = fit_standardizer([[0.0], [2.0]])
    assert standardize([[11.0], [11.0]], standardizer).tolist() == [[10.0], [10.0]]


def test_standardizing_agrees_with_scikit_learn():
    from sklearn.preprocessing import StandardScaler

    x, other = rng(2).normal(size=(30, 3)), rng(3).normal(size=(5, 3))
    expected = StandardScaler().fit(x).transform(other)
    np.testing.assert_allclose(standardize(other, fit_standardizer(x)), expected)


def test_a_feature_that_never_changes_becomes_0():
    x = np.full((7, 1), 0.1)
    assert not standardize(x, fit_standardizer(x)).round(12).any()


def test_float32_stays_float32():
    x = np.ones((3, 2), np.float32)
    assert standardize(x, fit_standardizer(x)).dtype == np.float32


@settings(max_examples=20, deadline=None, derandomize=True)
@given(st.integers(1, 20), st.integers(1, 25))
def test_batches_use_every_example_once(count, batch_size):
    batches = list(minibatches(np.arange(count), -np.arange(count), batch_size, rng()))
    assert len(batches) == -(-count // batch_size)
    assert {len(x) for x, _ in batches[:-1]} <= {batch_size}
    np.testing.assert_array_equal([*np.concatenate([x + y for x, y in batches])], 0)
    assert sorted(np.concatenate([x for x, _ in batches])) == list(range(count))


def test_each_epoch_has_another_order_and_a_seed_repeats_it():
    generator = rng()
    first, second = (
        np.concatenate([x for x, _ in minibatches(range(20), range(20), 6, generator)])
        for _ in range(2)
    )
    assert first.tolist() != second.tolist()
    again = np.concatenate([x for x, _ in minibatches(range(20), range(20), 6, rng())])
    assert first.tolist() == again.tolist()


@settings(max_examples=20, deadline=None, derandomize=True)
@given(st.integers(2, 30), st.data())
def test_each_example_is_validated_on_once(count, data):
    k = data.draw(st.integers(2, count))
    folds = k_folds(count, k, rng())
    assert len(folds) == k
    assert sorted(np.concatenate([part for _, part in folds])) == list(range(count))
    for train, validation in folds:
        assert sorted([*train, *validation]) == list(range(count))
        assert len(validation) in (count // k, count // k + 1)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: fit_medians([[np.nan], [np.nan]]), "column 0 is blank in all 2 rows"),
        (lambda: fit_medians([["a"]]), "`x` must be numbers of shape"),
        (lambda: fit_medians([1.0]), "`x` must be numbers of shape"),
        (lambda: fit_medians(np.ones((0, 2))), "`x` must be numbers of shape"),
        (lambda: fill_blanks([[1.0]], [1.0, 2.0]), "`medians` must "),
        (lambda: fit_standardizer([[np.nan]]), "`x` must "),
        (lambda: standardize([[1.0, 2.0]], fit_standardizer([[1.0]])), "`x` must "),
        (lambda: split([1, 2], [1], 0.5, rng()), "equally many examples, at least 2"),
        (lambda: split([1], [1], 0.5, rng()), "equally many examples, at least 2"),
        (
            lambda: split([1, 2], [1, 2], 1, rng()),
            "`test_share` must be a share above 0 and below 1",
        ),
        (lambda: list(minibatches([1], [1], 0, rng())), "`batch_size` must be a positive integer"),
        (lambda: list(minibatches([], [], 1, rng())), "equally many examples, at least 1"),
        (lambda: k_folds(5, 1, rng()), "`k` must be from 2 to the 5 examples. Received: k=1"),
        (lambda: k_folds(5, 6, rng()), "`k` must be from 2 to the 5 examples. Received: k=6"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(CourseError, match=message):
        call()
