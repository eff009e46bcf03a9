"""Convolution: equal to Keras and SciPy, gradients, the documents' forms, bad input."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal

from dl_course.backend import input_gradients, keras, weight_gradients
from dl_course.errors import CourseError
from dl_course.scratch import (
    check_gradient,
    conv2d,
    conv2d_backward,
    convolve2d,
    cross_correlate2d,
    cross_correlate2d_backward,
    output_size,
)

few = settings(deadline=None, max_examples=15, derandomize=True)


def double_loop(image, kernel):
    """The listing of D0 4.3, which runs: cross-correlation, pixel by pixel."""
    rows, columns = image.shape
    p, q = kernel.shape
    output = np.zeros((rows - p + 1, columns - q + 1))
    for i in range(rows - p + 1):
        for j in range(columns - q + 1):
            output[i, j] = np.sum(image[i : i + p, j : j + q] * kernel)
    return output


# One image, one kernel.


@given(st.tuples(*[st.integers(1, 40)] * 4), st.integers(0, 99))
@settings(deadline=None, max_examples=50, derandomize=True)
def test_one_image_equals_scipy(sizes, seed):
    rng = np.random.default_rng(seed)
    p, q, more_rows, more_columns = sizes
    kernel = rng.normal(size=(p, q))
    image = rng.normal(size=(p + more_rows - 1, q + more_columns - 1))
    y = cross_correlate2d(image, kernel)
    assert y.shape == (more_rows, more_columns)
    np.testing.assert_allclose(y, signal.correlate2d(image, kernel, mode="valid"), atol=1e-12)
    turned = convolve2d(image, kernel)
    np.testing.assert_allclose(turned, signal.convolve2d(image, kernel, mode="valid"), atol=1e-12)


@pytest.mark.parametrize("shape", [(512, 512), (3, 20_000), (20_000, 3)])
def test_an_image_of_several_strips_equals_scipy(shape):
    rng = np.random.default_rng(0)
    image, kernel = rng.normal(size=shape), rng.normal(size=(3, 2))
    expected = signal.correlate2d(image, kernel, mode="valid")
    np.testing.assert_allclose(cross_correlate2d(image, kernel), expected, atol=1e-12)


def test_gradients_of_one_image():
    rng = np.random.default_rng(0)
    image, kernel, g = rng.normal(size=(6, 5)), rng.normal(size=(3, 2)), rng.normal(size=(4, 4))
    gradients = cross_correlate2d_backward(g, image, kernel)
    by_image = check_gradient(
        lambda x: (g * cross_correlate2d(x, kernel)).sum(), image, gradients[0]
    )
    by_kernel = check_gradient(
        lambda k: (g * cross_correlate2d(image, k)).sum(), kernel, gradients[1]
    )
    assert by_image.ok, by_image
    assert by_kernel.ok, by_kernel


# The layer.


@st.composite
def layers(draw):
    """Draws images, weights and options that Keras takes too, the extreme ones included."""
    p, q = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    batch, channels, filters = (draw(st.integers(1, 3)) for _ in range(3))
    padding = draw(st.sampled_from(["valid", "same"]))
    strides = draw(st.tuples(st.integers(1, 5), st.integers(1, 5)))
    # Keras refuses strides and dilation together.
    dilation = draw(st.integers(1, 2)) if strides == (1, 1) else 1
    height = (p - 1) * dilation + 1 + draw(st.integers(0, 6))
    width = (q - 1) * dilation + 1 + draw(st.integers(0, 6))
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    x = rng.uniform(-1, 1, (batch, height, width, channels))
    kernel = rng.uniform(-1, 1, (p, q, channels, filters))
    bias = rng.uniform(-1, 1, filters)
    return x, kernel, bias, {"strides": strides, "padding": padding, "dilation": dilation}


# Not marked `backend`: PyTorch's own backward pass raises on some kernels of one filter.
@given(layers())
@few
def test_the_layer_equals_keras_in_outputs_and_gradients(drawn):
    x, kernel, bias, options = drawn
    p, q, _, filters = kernel.shape
    layer = keras.layers.Conv2D(
        filters,
        (p, q),
        strides=options["strides"],
        padding=options["padding"],
        dilation_rate=options["dilation"],
    )
    model = keras.Sequential([keras.Input(x.shape[1:]), layer])
    layer.set_weights([kernel, bias])

    y, cache = conv2d(x, kernel, bias, **options)
    np.testing.assert_allclose(y, keras.ops.convert_to_numpy(model(x)), rtol=1e-5, atol=1e-5)

    upstream = np.random.default_rng(0).uniform(-1, 1, y.shape).astype("float32")
    ours = conv2d_backward(upstream, cache)
    _, theirs = weight_gradients(model, x, upstream, lambda g, out: keras.ops.sum(g * out))
    np.testing.assert_allclose(ours.kernel, theirs[0], rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(ours.bias, theirs[1], rtol=1e-5, atol=1e-5)
    by_x = input_gradients(model, x, lambda out: keras.ops.multiply(out, upstream))
    np.testing.assert_allclose(ours.x, by_x, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"strides": (3, 1), "padding": "same"},
        {"strides": 4},
        {"strides": 2, "dilation": (1, 2)},
    ],
    ids=str,
)
@pytest.mark.parametrize("argument", ["x", "kernel", "bias"])
def test_gradients_of_the_layer_by_finite_differences(options, argument):
    rng = np.random.default_rng(0)
    arguments = {
        "x": rng.normal(size=(2, 6, 7, 2)),
        "kernel": rng.normal(size=(3, 2, 2, 3)),
        "bias": rng.normal(size=3),
    }
    y, cache = conv2d(**arguments, **options)
    g = rng.normal(size=y.shape)

    def loss(value):
        return (g * conv2d(**(arguments | {argument: value}), **options)[0]).sum()

    gradient = getattr(conv2d_backward(g, cache), argument)
    report = check_gradient(loss, arguments[argument], gradient)
    assert report.ok, report


def test_the_layer_on_one_channel_is_the_cross_correlation_of_each_image():
    rng = np.random.default_rng(0)
    images, kernel = rng.normal(size=(2, 6, 5)), rng.normal(size=(3, 2))
    y, _ = conv2d(images[..., None], kernel[:, :, None, None], [0.5])
    for image, output in zip(images, y[..., 0], strict=True):
        np.testing.assert_allclose(output, cross_correlate2d(image, kernel) + 0.5)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((28, 3), 26),
        ((28, 2, 2), 14),
        ((7, 2, 2), 3),
        ((5, 5), 1),
        ((5, 2, 7), 1),
        ((7, 3, 2, "same"), 4),
        ((2, 5, 1, "same"), 2),
        ((7, 3, 1, "valid", 3), 1),
    ],
)
def test_output_size_is_that_of_the_layer(arguments, expected):
    assert output_size(*arguments) == expected
    size, window, stride, padding, dilation = (*arguments, *(1, "valid", 1)[len(arguments) - 2 :])
    y, _ = conv2d(
        np.ones((1, size, size, 1)),
        np.ones((window, window, 1, 1)),
        [0],
        strides=stride,
        padding=padding,
        dilation=dilation,
    )
    assert y.shape == (1, expected, expected, 1)


# Number types.


def test_float32_stays_float32():
    rng = np.random.default_rng(0)
    image, kernel = rng.normal(size=(5, 5)).astype("float32"), np.ones((2, 2), "float32")
    assert cross_correlate2d(image, kernel).dtype == "float32"
    assert convolve2d(image, kernel).dtype == "float32"
    y, cache = conv2d(image[None, :, :, None], kernel[:, :, None, None], np.zeros(1, "float32"))
    assert y.dtype == "float32"
    gradients = conv2d_backward(np.ones(y.shape), cache)
    assert {gradient.dtype for gradient in gradients} == {np.dtype("float32")}


def test_uint8_images_do_not_overflow_as_in_the_double_loop():
    image, kernel = np.full((2, 2), 255, "uint8"), np.full((2, 2), 2, "uint8")
    assert double_loop(image, kernel).item() == 4 * (255 * 2 % 256)
    assert cross_correlate2d(image, kernel).item() == 4 * 255 * 2
    y, _ = conv2d(image[None, :, :, None], kernel[:, :, None, None], np.zeros(1, "uint8"))
    assert y.item() == 4 * 255 * 2


# In the documents.


def test_the_formula_of_d0_33_is_another_operation_than_the_code_of_d0_43():
    image, kernel = np.arange(12.0).reshape(3, 4), np.array([[1.0, 2.0], [3.0, 4.0]])
    printed = np.zeros((2, 3))
    for i, j in np.ndindex(2, 3):  # the formula counts from 1: its i is i + 2, its k is p + 1
        printed[i, j] = sum(image[i + 1 - p, j + 1 - q] * kernel[p, q] for p, q in np.ndindex(2, 2))
    np.testing.assert_array_equal(convolve2d(image, kernel), printed)
    np.testing.assert_array_equal(cross_correlate2d(image, kernel), double_loop(image, kernel))
    assert not np.allclose(printed, double_loop(image, kernel))
    np.testing.assert_array_equal(double_loop(image, kernel), convolve2d(image, kernel[::-1, ::-1]))


def test_the_formula_of_d2_3_without_offsets_gives_one_number_everywhere():
    image, kernel = np.arange(12.0).reshape(3, 4), np.array([[1.0, 2.0], [3.0, 4.0]])
    printed = np.zeros((2, 3))
    for i, j in np.ndindex(2, 3):  # x_kl has neither i nor j in it
        printed[i, j] = sum(image[p, q] * kernel[p, q] for p, q in np.ndindex(2, 2))
    indexed = cross_correlate2d(image, kernel)
    assert np.unique(printed).tolist() == [indexed[0, 0]]
    assert len(np.unique(indexed)) == indexed.size


# Bad input.

X, KERNEL, BIAS = np.ones((1, 4, 5, 2)), np.ones((3, 3, 2, 6)), np.ones(6)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"x": np.ones((4, 5, 2))}, ["`x`", "(4, 5, 2)"]),
        ({"x": np.ones((0, 4, 5, 2))}, ["`x`", "(0, 4, 5, 2)"]),
        ({"x": np.full((1, 4, 5, 2), np.nan)}, ["`x`", "NaN"]),
        ({"x": np.ones((1, 2, 5, 2))}, ["`kernel`", "(2, 5)", "(3, 3)"]),
        ({"kernel": np.ones((3, 3, 1, 6))}, ["`kernel`", "(3, 3, 2, 6)", "(3, 3, 1, 6)"]),
        ({"kernel": np.ones((3, 3))}, ["`kernel`", "(3, 3)"]),
        ({"bias": np.ones(5)}, ["`bias`", "(6,)", "(5,)"]),
        ({"strides": 0}, ["`strides`", "strides=0"]),
        ({"strides": (1, 1, 1)}, ["`strides`", "strides=(1, 1, 1)"]),
        ({"dilation": 1.5}, ["`dilation`", "dilation=1.5"]),
        ({"dilation": 2}, ["`kernel`", "(4, 5)", "(5, 5)"]),
        ({"padding": "full"}, ["`padding`", '"valid" or "same"', "padding='full'"]),
    ],
)
def test_bad_arguments_of_the_layer_are_named(change, words):
    arguments = {"x": X, "kernel": KERNEL, "bias": BIAS} | change
    with pytest.raises(CourseError) as error:
        conv2d(**arguments)
    assert all(word in str(error.value) for word in words), error.value


@pytest.mark.parametrize("function", [cross_correlate2d, convolve2d])
@pytest.mark.parametrize(
    ("image", "kernel", "words"),
    [
        (np.ones((4, 5)), np.ones((5, 5)), ["`kernel`", "(4, 5)", "(5, 5)"]),
        (np.ones((4, 5, 3)), np.ones((2, 2)), ["`image`", "(4, 5, 3)"]),
        (np.ones((4, 5)), np.ones(3), ["`kernel`", "(3,)"]),
        (np.ones((0, 5)), np.ones((2, 2)), ["`image`", "(0, 5)"]),
        (np.ones((4, 5)), np.full((2, 2), np.nan), ["`kernel`", "NaN"]),
    ],
)
def test_bad_arguments_of_one_image_are_named(function, image, kernel, words):
    with pytest.raises(CourseError) as error:
        function(image, kernel)
    assert all(word in str(error.value) for word in words), error.value


def test_an_upstream_gradient_of_another_shape_is_named():
    y, cache = conv2d(X, KERNEL, BIAS)
    with pytest.raises(CourseError, match=r"`upstream`.*\(1, 2, 3, 6\).*\(1, 2, 3, 5\)"):
        conv2d_backward(np.ones((1, 2, 3, 5)), cache)
    with pytest.raises(CourseError, match=r"`upstream`.*\(3, 4\).*\(1, 4\)"):
        cross_correlate2d_backward(np.ones((1, 4)), np.ones((4, 5)), np.ones((2, 2)))


@pytest.mark.parametrize(
    ("arguments", "name"),
    [((0, 1), "size"), ((4, 0), "window"), ((4, 5), "window"), ((4, 2, 0), "stride")],
)
def test_bad_arguments_of_output_size_are_named(arguments, name):
    with pytest.raises(CourseError, match=f"`{name}`"):
        output_size(*arguments)
