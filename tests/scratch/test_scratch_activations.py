"""Activation functions: equal to Keras, right at plus and minus 1000, with true derivatives."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from dl_course import scratch
from dl_course.backend import keras
from dl_course.errors import CourseError
from dl_course.scratch import check_gradient, numeric_jacobian, softmax, softmax_jacobian

ELEMENTWISE = ("sigmoid", "tanh", "relu", "leaky_relu")
ROWWISE = ("softmax", "log_softmax")
few = settings(max_examples=15, deadline=None, derandomize=True)


def inputs(shape, seed):
    """Numbers of every size that a network meets, the corner at 0 and 1000 among them."""
    random = np.random.default_rng(seed)
    x = random.normal(size=shape) * random.choice([0.01, 1, 30], size=shape)
    x.flat[0] = random.choice([0, 1000, -1000])
    return x


@pytest.mark.parametrize("name", ELEMENTWISE + ROWWISE)
@few
@given(batch=st.integers(1, 4), units=st.integers(1, 5), seed=st.integers(0, 2**32 - 1))
def test_equals_keras(name, batch, units, seed):
    x = inputs((batch, units), seed)
    theirs = getattr(keras.activations, name)(keras.ops.convert_to_tensor(x, "float64"))
    # Keras keeps the slope 0.2 of the leaky ReLU in float32.
    tolerance = 1e-7 if name == "leaky_relu" else 1e-13
    assert_allclose(
        getattr(scratch, name)(x), keras.ops.convert_to_numpy(theirs), tolerance, tolerance
    )


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_derivatives_pass_the_gradient_check(name):
    x = np.array([[-3.0, -0.5, -1e-3], [1e-3, 0.5, 3.0]])
    function, derivative = getattr(scratch, name), getattr(scratch, f"{name}_derivative")
    assert check_gradient(lambda x: function(x).sum(), x, derivative(x)).ok


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_derivatives_are_finite_where_the_function_is_flat(name):
    slopes = getattr(scratch, f"{name}_derivative")([-1000, 1000])
    expected = {"relu": [0, 1], "leaky_relu": [0.2, 1]}.get(name, [0, 0])
    assert_array_equal(slopes, expected)


def test_the_relus_have_the_slope_of_the_left_side_at_0_as_in_keras():
    assert scratch.relu_derivative(0) == 0
    assert scratch.leaky_relu_derivative(0, negative_slope=0.3) == 0.3


def test_leaky_relu_takes_a_slope():
    assert_array_equal(scratch.leaky_relu([-2, 2], negative_slope=0.5), [-1, 2])


def test_the_plain_formula_overflows_where_ours_does_not():
    with np.errstate(over="ignore", invalid="ignore"):
        e = np.exp(np.array([1000.0, 0.0]))
        assert np.isnan(e / e.sum()).any()
    assert_array_equal(softmax([1000, 0]), [1, 0])
    assert_array_equal(scratch.log_softmax([1000, 0]), [0, -1000])
    with np.errstate(all="raise", under="ignore"):
        assert_array_equal(scratch.sigmoid([-1000, 1000]), [0, 1])


def test_small_sigmoids_keep_their_digits():
    # 1 - sigmoid(40) would be 0; e^-40 is not.
    assert_allclose(scratch.sigmoid(-40), np.exp(-40), rtol=1e-12)


@few
@given(classes=st.integers(1, 6), shift=st.floats(-500, 500), seed=st.integers(0, 2**32 - 1))
def test_softmax_gives_probabilities_that_a_shift_does_not_change(classes, shift, seed):
    x = np.random.default_rng(seed).normal(size=(3, classes))
    p = softmax(x)
    assert (p > 0).all()
    assert_allclose(p.sum(axis=-1), 1)
    assert_allclose(softmax(x + shift), p, rtol=1e-9)


def test_softmax_jacobian_equals_differences_for_every_row():
    x = np.random.default_rng(0).normal(size=(2, 4))
    jacobians = softmax_jacobian(x)
    assert jacobians.shape == (2, 4, 4)
    for row, jacobian in zip(x, jacobians, strict=True):
        assert_allclose(jacobian, numeric_jacobian(softmax, row), atol=1e-9)


@pytest.mark.parametrize(
    "name", [*ELEMENTWISE, *(f"{name}_derivative" for name in ELEMENTWISE), *ROWWISE]
)
def test_float32_stays_and_integers_become_float64(name):
    function = getattr(scratch, name)
    assert function(np.ones((2, 3), np.float32)).dtype == np.float32
    assert function(np.ones((2, 3), np.uint8)).dtype == np.float64


@pytest.mark.parametrize("name", ELEMENTWISE + ROWWISE)
@pytest.mark.parametrize(
    ("x", "message"),
    [
        ([], "`x` must be not empty"),
        ([1.0, np.nan], r"`x` must be free of NaN. Received: x='1 NaN in shape \(2,\)'"),
        (["a"], "`x` must be an array of real numbers"),
        ([[1], [1, 2]], "`x` must be an array of numbers with rows of equal length"),
    ],
)
def test_bad_input_is_named(name, x, message):
    with pytest.raises(CourseError, match=message):
        getattr(scratch, name)(x)
