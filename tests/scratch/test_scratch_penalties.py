"""Penalties and dropout: equal to Keras, D4's form and Keras's."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from dl_course import scratch
from dl_course.backend import keras
from dl_course.errors import CourseError
from dl_course.scratch import check_gradient, dropout, dropout_backward, l2_penalty

PENALTIES = {"l1_penalty": keras.regularizers.L1, "l2_penalty": keras.regularizers.L2}
every_penalty = pytest.mark.parametrize("name", PENALTIES)


@every_penalty
@settings(max_examples=15, deadline=None, derandomize=True)
@given(
    rows=st.integers(1, 4),
    columns=st.integers(1, 4),
    strength=st.floats(0.001, 10),
    seed=st.integers(0, 2**32 - 1),
)
def test_penalties_equal_keras(name, rows, columns, strength, seed):
    weights = np.random.default_rng(seed).normal(size=(rows, columns))
    theirs = PENALTIES[name](strength)(keras.ops.convert_to_tensor(weights, "float64"))
    # Keras keeps the strength in float32.
    assert_allclose(getattr(scratch, name)(weights, strength), float(theirs), rtol=1e-6)


@every_penalty
def test_penalty_gradients_pass_the_gradient_check(name):
    weights = np.array([[0.5, -2.0], [3.0, 0.25]])
    gradient = getattr(scratch, f"{name}_gradient")(weights, 0.3)
    assert check_gradient(lambda w: getattr(scratch, name)(w, 0.3), weights, gradient).ok


def test_d4s_penalty_is_lambda_over_2m_and_keras_has_that_as_l2():
    weights, strength, m = np.array([1.0, -2.0, 3.0]), 0.7, 20
    by_hand = strength / (2 * m) * (1 + 4 + 9)
    assert_allclose(l2_penalty(weights, strength, examples=m), by_hand)
    keras_l2 = keras.regularizers.L2(strength / (2 * m))
    assert_allclose(float(keras_l2(keras.ops.convert_to_tensor(weights, "float64"))), by_hand, 1e-6)
    gradient = scratch.l2_penalty_gradient(weights, strength, examples=m)
    assert_allclose(gradient, strength * weights / m)
    assert check_gradient(lambda w: l2_penalty(w, strength, examples=m), weights, gradient).ok


def test_l1_does_not_push_a_weight_that_is_0():
    assert_array_equal(scratch.l1_penalty_gradient([0, 2, -3], 0.5), [0, 0.5, -0.5])


@pytest.mark.parametrize("rate", [0, 0.25, 0.9])
def test_dropout_drops_the_share_and_keeps_the_mean(rate):
    x = np.full((400, 500), 3.0)
    y, mask = dropout(x, rate, np.random.default_rng(0))
    assert_allclose((y == 0).mean(), rate, atol=0.005)
    assert_allclose(y.mean(), 3, rtol=0.02)
    assert_allclose(np.unique(mask[mask > 0]), 1 / (1 - rate))
    assert_array_equal(y, x * mask)


def test_dropout_has_the_numbers_that_keras_has():
    y, _ = dropout(np.ones((20, 20)), 0.25, np.random.default_rng(0))
    theirs = keras.layers.Dropout(0.25, seed=0)(np.ones((20, 20), "float32"), training=True)
    assert_allclose(np.unique(y), np.unique(keras.ops.convert_to_numpy(theirs)), rtol=1e-6)


def test_dropout_backward_passes_the_gradient_check():
    x, upstream = np.random.default_rng(1).normal(size=(2, 3, 4))

    def drop(x):  # the same seed draws the same mask
        return dropout(x, 0.5, np.random.default_rng(2))

    _, mask = drop(x)
    gradient = dropout_backward(upstream, mask)
    assert check_gradient(lambda x: (upstream * drop(x)[0]).sum(), x, gradient).ok
    assert (gradient == 0).any() and (gradient != 0).any()


def test_the_seed_decides_the_mask():
    first, again, other = (
        dropout(np.ones(50), 0.5, np.random.default_rng(s))[1] for s in (1, 1, 2)
    )
    assert_array_equal(first, again)
    assert (first != other).any()


def test_float32_stays_float32():
    weights = np.ones(3, np.float32)
    assert scratch.l1_penalty_gradient(weights, 0.1).dtype == np.float32
    assert scratch.l2_penalty_gradient(weights, 0.1, examples=3).dtype == np.float32
    y, mask = dropout(weights, 0.5, np.random.default_rng(0))
    assert y.dtype == mask.dtype == dropout_backward(y, mask).dtype == np.float32


@pytest.mark.parametrize("rate", [1, -0.1, np.nan])
def test_a_rate_out_of_range_is_refused(rate):
    with pytest.raises(CourseError, match="`rate` must be a share of at least 0 and below 1"):
        dropout([1.0], rate, np.random.default_rng(0))


@pytest.mark.parametrize("strength", [-1, np.nan, np.inf])
@pytest.mark.parametrize(
    "name", ["l1_penalty", "l1_penalty_gradient", "l2_penalty", "l2_penalty_gradient"]
)
def test_a_strength_below_0_is_refused(name, strength):
    with pytest.raises(CourseError, match="`strength` must be a number of at least 0. Received"):
        getattr(scratch, name)([1.0], strength)


def test_other_bad_input_is_named():
    with pytest.raises(CourseError, match="`examples` must be a positive integer. Received: ex"):
        l2_penalty([1.0], 0.1, examples=0)
    with pytest.raises(CourseError, match=r"`mask` must be of shape \(2,\). Received: mask=\(1,\)"):
        dropout_backward([1, 2], [1])
