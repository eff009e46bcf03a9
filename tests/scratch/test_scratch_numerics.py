"""Numerical analysis of chapter 01: every effect it shows is there, with its true size."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from dl_course.backend import keras
from dl_course.errors import CourseError
from dl_course.scratch import (
    difference_errors,
    logsumexp,
    numeric_jacobian,
    orthogonal,
    power_norms,
    round_to_bfloat16,
    variance_two_ways,
)


def test_the_jacobian_of_a_dense_layer_is_its_kernel():
    kernel = np.random.default_rng(0).normal(size=(3, 2))
    assert_allclose(numeric_jacobian(lambda x: x @ kernel, np.ones(3)), kernel.T, atol=1e-9)


def test_jacobians_multiply_along_a_chain():
    random = np.random.default_rng(0)
    w, x = random.normal(size=(3, 3)), random.normal(size=3)
    whole = numeric_jacobian(lambda x: np.tanh(w @ x), x)
    assert_allclose(whole, np.diag(1 - np.tanh(w @ x) ** 2) @ w, atol=1e-9)


@settings(max_examples=15, deadline=None, derandomize=True)
@given(rows=st.integers(1, 4), columns=st.integers(1, 5), seed=st.integers(0, 2**32 - 1))
def test_logsumexp_equals_keras(rows, columns, seed):
    x = 1000 * np.random.default_rng(seed).normal(size=(rows, columns))
    theirs = keras.ops.logsumexp(keras.ops.convert_to_tensor(x, "float64"), axis=-1)
    assert_allclose(logsumexp(x), keras.ops.convert_to_numpy(theirs), rtol=1e-13)


def test_logsumexp_keeps_float32():
    assert logsumexp(np.ones((2, 3), np.float32)).dtype == np.float32


@settings(max_examples=20, deadline=None, derandomize=True)
@given(st.lists(st.floats(width=32, allow_nan=False), min_size=1, max_size=50))
def test_bfloat16_rounds_as_keras_does(numbers):
    x = np.array(numbers, np.float32)
    theirs = keras.ops.cast(keras.ops.cast(x, "bfloat16"), "float32")
    assert_array_equal(round_to_bfloat16(x), keras.ops.convert_to_numpy(theirs))


def test_bfloat16_by_hand():
    # 8 bits: from 256 on, only even whole numbers; a tie goes to the even last bit.
    assert_array_equal(round_to_bfloat16([256, 257, 258, 259, 260]), [256, 256, 258, 260, 260])
    assert round_to_bfloat16(1 + 2**-8) == 1 and round_to_bfloat16(1 + 2**-7) > 1
    assert_array_equal(round_to_bfloat16([np.inf, -np.inf]), [np.inf, -np.inf])
    assert round_to_bfloat16(0.1).shape == () and round_to_bfloat16([[0.1]]).shape == (1, 1)
    # It holds what float16 cannot.
    assert_allclose(round_to_bfloat16(1e38), 1e38, rtol=2**-8)


def test_the_differences_err_as_their_order_says():
    steps = np.array([1e-2, 1e-3])
    errors = difference_errors(np.exp, np.e, 1.0, steps)
    # A step 10 times smaller: 10 times better forward, 100 times better central.
    assert_allclose(errors["forward"][0] / errors["forward"][1], 10, rtol=0.02)
    assert_allclose(errors["central"][0] / errors["central"][1], 100, rtol=0.02)
    assert_allclose(errors["forward"], np.e * steps / 2, rtol=0.01)
    assert_allclose(errors["central"], np.e * steps**2 / 6, rtol=0.01)


def test_a_step_too_small_is_worse_again():
    steps = np.logspace(-15, -1, 15)
    errors = difference_errors(np.exp, np.e, 1.0, steps)
    best = {name: steps[error.argmin()] for name, error in errors.items()}
    assert 1e-9 < best["forward"] < 1e-6 and 1e-8 < best["central"] < 1e-3
    assert errors["central"][0] > 1e4 * errors["central"].min()


def test_cancellation_loses_the_variance_of_large_numbers():
    x = 1e8 + np.array([-1, 0, 1.0])
    right, cancelled = variance_two_ways(x)
    assert_allclose(right, 2 / 3)
    assert abs(cancelled - 2 / 3) > 0.1
    assert_allclose(variance_two_ways(x - 1e8), 2 / 3)


@pytest.mark.parametrize("radius", [0.8, 1.0, 1.1])
def test_powers_grow_like_the_largest_eigenvalue(radius):
    w = radius * orthogonal((6, 6), np.random.default_rng(0))
    assert_allclose(power_norms(w, np.ones(6), powers=30), np.sqrt(6) * radius ** np.arange(31))
    symmetric = np.diag([radius, 0.3, -0.2])
    norms = power_norms(symmetric, np.ones(3), powers=30)
    assert_allclose(norms[-1] / norms[-2], radius)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: numeric_jacobian(np.exp, [1.0], step=0), "`step` must be positive"),
        (lambda: numeric_jacobian(np.exp, [[1.0]]), r"`x` must be an array with 1 axes.*\(1, 1\)"),
        (lambda: difference_errors(np.sin, 1, 0, [0.1, 0]), "`steps` must be positive"),
        (lambda: difference_errors(np.sin, 1, 0, []), "`steps` must be not empty"),
        (lambda: power_norms(np.ones((2, 3)), [1, 1], 2), r"`matrix` must be of shape \(2, 2\)"),
        (lambda: power_norms(np.eye(2), [1, 1], 0), "`powers` must be a positive integer"),
        (lambda: round_to_bfloat16([np.nan]), "`x` must be free of NaN"),
        (lambda: logsumexp([]), "`x` must be not empty"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(CourseError, match=message):
        call()
