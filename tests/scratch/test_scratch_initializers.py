"""Initializers: spread as in Keras, and what 20 layers make of a signal."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from dl_course import scratch
from dl_course.backend import keras
from dl_course.errors import CourseError
from dl_course.scratch import orthogonal, relu, tanh, variance_through_depth

NAMES = ("zeros", "small_normal", "glorot_uniform", "he_normal", "orthogonal")


def rng(seed=0):
    return np.random.default_rng(seed)


def drawn(name, shape, seed=0):
    return getattr(scratch, name)(shape, rng(seed))


@pytest.mark.parametrize("name", NAMES)
def test_shape_type_and_seed(name):
    weights = drawn(name, (5, 3))
    assert weights.shape == (5, 3) and weights.dtype == np.float64
    assert_array_equal(weights, drawn(name, (5, 3)))
    assert (weights == drawn(name, (5, 3), seed=1)).all() == (name == "zeros")


@pytest.mark.parametrize("shape", [(300, 200), (3, 3, 32, 64)])
@pytest.mark.parametrize(
    ("name", "theirs"),
    [
        ("glorot_uniform", keras.initializers.GlorotUniform(0)),
        ("he_normal", keras.initializers.HeNormal(0)),
    ],
)
def test_the_spread_is_that_of_keras(name, theirs, shape):
    weights = drawn(name, shape)
    other = keras.ops.convert_to_numpy(theirs(shape))
    assert_allclose(weights.std(), other.std(), rtol=0.02)
    assert_allclose(weights.mean(), 0, atol=3 * weights.std() / np.sqrt(weights.size))


def test_glorots_limit_by_hand():
    weights = drawn("glorot_uniform", (100, 50))
    assert_allclose(np.abs(weights).max(), np.sqrt(6 / 150), rtol=0.01)
    assert np.abs(weights).max() <= np.sqrt(6 / 150)


def test_small_normal_has_the_scale():
    assert_allclose(drawn("small_normal", (200, 200)).std(), 0.01, rtol=0.02)
    assert_allclose(scratch.small_normal((200, 200), rng(), scale=0.3).std(), 0.3, rtol=0.02)


@pytest.mark.parametrize("shape", [(4, 4), (6, 3), (3, 6), (1, 1)])
def test_orthogonal_turns_without_stretching(shape):
    q = orthogonal(shape, rng())
    product = q.T @ q if shape[0] >= shape[1] else q @ q.T
    assert_allclose(product, np.eye(min(shape)), atol=1e-12)


def test_orthogonal_turns_are_all_equally_likely():
    # Without the signs, QR gives -1 only or +1 only for the 1x1 matrix.
    signs = {float(orthogonal((1, 1), rng(seed))[0, 0]) for seed in range(20)}
    assert signs == {-1.0, 1.0}


def through(name, activation, units=200, depth=20):
    x = rng(1).standard_normal((100, units))
    return variance_through_depth(getattr(scratch, name), activation, x, rng(2), depth)


def test_each_initializer_keeps_what_it_is_made_to_keep():
    kept = through("orthogonal", lambda z: z)
    assert_allclose(kept, kept[0], rtol=1e-3)  # lengths are kept exactly, the mean nearly
    assert 0.2 < through("he_normal", relu)[-1] < 5
    assert 0.2 < through("glorot_uniform", lambda z: z)[-1] < 5
    # A ReLU halves the variance, and Glorot's does not make up for it: 2^-20.
    assert_allclose(np.log2(through("glorot_uniform", relu)[-1]), -20, atol=4)
    assert through("small_normal", tanh)[-1] < 1e-30
    assert_array_equal(through("zeros", tanh)[1:], 0)


def test_one_value_before_the_layers_and_one_after_each():
    assert through("he_normal", relu, depth=3).shape == (4,)


@pytest.mark.parametrize("name", ["glorot_uniform", "he_normal"])
def test_a_kernel_has_two_axes_or_more(name):
    with pytest.raises(CourseError, match=r"`shape` must be \(inputs, units\) or .*shape=\(3,\)"):
        drawn(name, (3,))


@pytest.mark.parametrize("name", NAMES)
def test_sizes_are_positive_integers(name):
    with pytest.raises(CourseError, match="`shape` must be .*positive integer.* Received: shape="):
        drawn(name, (0, 3))


def test_other_bad_input_is_named():
    with pytest.raises(CourseError, match=r"`shape` must be \(rows, columns\). Received: shape="):
        orthogonal((2, 2, 2), rng())
    with pytest.raises(CourseError, match="`depth` must be a positive integer. Received: depth=0"):
        through("zeros", tanh, depth=0)
