"""Pooling: equal to Keras, gradients, the documents' forms, bad input."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dl_course.backend import input_gradients, keras
from dl_course.errors import CourseError
from dl_course.scratch import (
    average_pool2d,
    average_pool2d_backward,
    check_gradient,
    max_pool2d,
    max_pool2d_backward,
    output_size,
)

PAIRS = [(max_pool2d, max_pool2d_backward), (average_pool2d, average_pool2d_backward)]
both = pytest.mark.parametrize(("pool", "backward"), PAIRS, ids=["max", "average"])


@st.composite
def poolings(draw):
    """Draws images, window and stride: also one window in all, and strides beyond the window."""
    pool_size = draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    stride = draw(st.integers(1, 6))
    size = [window + draw(st.integers(0, 7)) for window in pool_size]
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    x = rng.uniform(-1, 1, (draw(st.integers(1, 3)), *size, draw(st.integers(1, 3))))
    # Rounded, there are equals in a window, as behind a ReLU.
    return draw(st.sampled_from([x, x.round()])), pool_size, stride


@pytest.mark.backend
@given(poolings())
@settings(deadline=None, max_examples=15, derandomize=True)
def test_equal_to_keras_in_outputs_and_gradients(drawn):
    x, pool_size, stride = drawn
    layers = (keras.layers.MaxPooling2D, keras.layers.AveragePooling2D)
    for (pool, backward), make in zip(PAIRS, layers, strict=True):
        model = keras.Sequential([keras.Input(x.shape[1:]), make(pool_size, stride)])
        y, cache = pool(x, pool_size, stride)
        np.testing.assert_allclose(y, keras.ops.convert_to_numpy(model(x)), rtol=1e-5, atol=1e-6)
        upstream = np.random.default_rng(0).uniform(-1, 1, y.shape).astype("float32")
        theirs = input_gradients(model, x, lambda out, g=upstream: keras.ops.multiply(out, g))
        np.testing.assert_allclose(backward(upstream, cache), theirs, rtol=1e-5, atol=1e-6)


@both
@pytest.mark.parametrize(("pool_size", "strides"), [(2, 2), (3, 1), ((2, 3), (1, 2)), (2, 4)])
@pytest.mark.parametrize("shape", [(2, 6, 7, 2), (6, 7)])
def test_gradients_by_finite_differences(pool, backward, pool_size, strides, shape):
    rng = np.random.default_rng(0)
    x = rng.permutation(np.prod(shape)).reshape(shape) / 10  # no two are closer than the step
    y, cache = pool(x, pool_size, strides)
    g = rng.normal(size=y.shape)
    report = check_gradient(
        lambda v: (g * pool(v, pool_size, strides)[0]).sum(), x, backward(g, cache)
    )
    assert report.ok, report


def test_known_values():
    image = [[1, 5, 2], [3, 4, 9], [0, 8, 7]]
    assert max_pool2d(image, 2, 1)[0].tolist() == [[5, 9], [8, 9]]
    assert average_pool2d(image, 2, 1)[0].tolist() == [[3.25, 5], [3.75, 7]]
    assert max_pool2d(image, 3, 3)[0].tolist() == [[9]]
    assert max_pool2d(image, 1, 2)[0].tolist() == [[1, 2], [0, 7]]


def test_the_first_of_equals_gets_the_whole_gradient():
    _, cache = max_pool2d(np.zeros((2, 2)), 2, 2)
    assert max_pool2d_backward([[1.0]], cache).tolist() == [[1, 0], [0, 0]]


@both
def test_the_output_is_no_view_of_the_input(pool, backward):
    x = np.ones((2, 2))
    y, _ = pool(x, 1, 1)
    y += 1
    assert x.tolist() == [[1, 1], [1, 1]]


@both
def test_number_types(pool, backward):
    y, cache = pool(np.ones((4, 4), "float32"), 2, 2)
    assert y.dtype == "float32"
    assert backward(np.ones((2, 2)), cache).dtype == "float32"
    assert pool(np.full((4, 4), 255, "uint8"), 2, 2)[0].tolist() == [[255.0, 255], [255, 255]]


# In the documents.


@both
def test_the_listing_of_d0_44_ignores_its_stride(pool, backward):
    def printed(image, pool_size, stride):
        rows, columns = image.shape
        output = np.zeros((rows - pool_size + 1, columns - pool_size + 1))
        for i, j in np.ndindex(*output.shape):
            output[i, j] = np.max(image[i : i + pool_size, j : j + pool_size])
        return output

    image = np.random.default_rng(0).normal(size=(6, 8))
    assert printed(image, 2, 2).shape == printed(image, 2, 1).shape == (5, 7)
    assert pool(image, 2, 2)[0].shape == ((6 - 2) // 2 + 1, (8 - 2) // 2 + 1) == (3, 4)
    np.testing.assert_array_equal(max_pool2d(image, 2, 1)[0], printed(image, 2, 1))
    np.testing.assert_array_equal(max_pool2d(image, 2, 2)[0], printed(image, 2, 2)[::2, ::2])


@both
@pytest.mark.parametrize(
    ("pool_size", "strides", "halved"), [(2, 2, True), (3, 2, False), (3, 3, False), (2, 1, False)]
)
def test_d1_312_pooling_halves_only_with_window_2_and_stride_2(
    pool, backward, pool_size, strides, halved
):
    y, _ = pool(np.ones((28, 28)), pool_size, strides)
    assert y.shape == (output_size(28, pool_size, strides),) * 2
    assert (y.shape == (14, 14)) == halved


# Bad input.


@both
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"pool_size": 0}, ["`pool_size`", "pool_size=0"]),
        ({"pool_size": (2, 9)}, ["`pool_size`", "(4, 5)", "(2, 9)"]),
        ({"strides": 0}, ["`strides`", "strides=0"]),
        ({"strides": True}, ["`strides`", "strides=True"]),
        ({"x": np.ones((4, 5, 3))}, ["`x`", "(height, width)", "(4, 5, 3)"]),
        ({"x": np.ones((0, 5))}, ["`x`", "(0, 5)"]),
        ({"x": np.full((4, 5), np.nan)}, ["`x`", "NaN"]),
    ],
)
def test_bad_arguments_are_named(pool, backward, change, words):
    arguments = {"x": np.ones((4, 5)), "pool_size": 2, "strides": 2} | change
    with pytest.raises(CourseError) as error:
        pool(**arguments)
    assert all(word in str(error.value) for word in words), error.value


@both
def test_an_upstream_gradient_of_another_shape_is_named(pool, backward):
    _, cache = pool(np.ones((4, 5)), 2, 2)
    with pytest.raises(CourseError, match=r"`upstream`.*\(2, 2\).*\(2, 3\)"):
        backward(np.ones((2, 3)), cache)
