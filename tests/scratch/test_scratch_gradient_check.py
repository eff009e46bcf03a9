"""The gradient check, and the checks of arguments, that every other formula relies on."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from dl_course.errors import CourseError
from dl_course.scratch import check_gradient, numeric_gradient
from dl_course.scratch._checks import as_float, check_shape


def cubes(x):
    return float((x**3).sum())


def test_the_numeric_gradient_of_cubes():
    x = np.random.default_rng(0).normal(size=(2, 3, 4))
    assert_allclose(numeric_gradient(cubes, x), 3 * x**2, atol=1e-8)


def test_the_point_is_left_as_it_was():
    x = np.array([1.0, 2.0])
    numeric_gradient(cubes, x)
    assert x.tolist() == [1, 2]


def test_float32_points_are_moved_in_float64():
    # Next to 1000 a step of 1e-5 is below the resolution of float32.
    assert_allclose(numeric_gradient(cubes, np.float32([1000])), [3e6], rtol=1e-6)


def test_one_number_and_whole_numbers_are_points_too():
    assert_allclose(numeric_gradient(cubes, 2), 12)
    assert check_gradient(cubes, [1, 2], [3, 12]).ok


def test_a_wrong_entry_is_found_and_named():
    x = np.arange(6.0).reshape(2, 3) + 1
    gradient = 3 * x**2
    gradient[1, 2] *= 1.001
    report = check_gradient(cubes, x, gradient)
    assert not report.ok and report.index == (1, 2)
    assert_allclose([report.given, report.numeric], [108 * 1.001, 108])
    assert_allclose(report.error, 0.108 / 108.108, rtol=1e-5)  # relative to the largest entry
    expected = "gradient WRONG: largest relative error 1.0e-03 at index (1, 2): given 108.108, "
    assert repr(report) == expected + "numeric 108"


def test_a_right_one_says_so():
    x = np.array([1.0, 2.0])
    report = check_gradient(cubes, x, 3 * x**2)
    assert report.ok and report.error < 1e-8
    assert repr(report).startswith("gradient right: largest relative error ")


def test_the_tolerance_decides():
    assert check_gradient(cubes, [1.0], [3.01], tolerance=0.01).ok
    assert not check_gradient(cubes, [1.0], [3.01]).ok


def test_a_function_without_a_value_is_never_right():
    with np.errstate(invalid="ignore"):
        report = check_gradient(lambda x: np.log(x).sum(), [1.0, -1.0], [1.0, -1.0])
    assert not report.ok and np.isnan(report.numeric)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: check_gradient(cubes, [1.0, 2.0], [3.0]), r"`gradient` must be of shape \(2,\)"),
        (lambda: check_gradient(cubes, [1.0], [np.nan]), "`gradient` must be free of NaN"),
        (lambda: numeric_gradient(cubes, [1.0], step=0), "`step` must be positive"),
        (
            lambda: numeric_gradient(lambda x: x, [1.0, 2.0]),
            r"`f` must be a function that returns one number. Received: f=\(2,\)",
        ),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(CourseError, match=message):
        call()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (np.float32, np.float32),
        (np.float64, np.float64),
        (np.float16, np.float64),
        (np.uint8, np.float64),
        (np.int64, np.float64),
        (bool, np.float64),
    ],
)
def test_only_float32_is_kept(given, expected):
    assert as_float("x", np.ones(2, given)).dtype == expected


def test_a_float_array_is_not_copied():
    x = np.ones(3)
    assert as_float("x", x) is x


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (np.ones((2, 3)), r"`x` must be an array with 1 axes. Received: x=\(2, 3\)\."),
        (np.ones(0), r"`x` must be not empty. Received: x=\(0,\)"),
        ([np.nan, 1], r"`x` must be free of NaN. Received: x='1 NaN in shape \(2,\)'"),
        (["a"], "`x` must be an array of real numbers. Received: x='str32'"),
        ([1j], "`x` must be an array of real numbers. Received: x='complex128'"),
        ([None], "`x` must be an array of real numbers. Received: x='object'"),
        ([1, [2]], r"rows of equal length. Received: x=\[1, \[2\]\]"),
    ],
)
def test_what_is_no_array_of_numbers_is_refused(value, message):
    with pytest.raises(CourseError, match=message) as caught:
        as_float("x", value, ndim=1)
    assert "\n" not in str(caught.value)


def test_another_shape_is_refused():
    check_shape("bias", np.zeros(3), (3,))
    with pytest.raises(CourseError, match=r"`bias` must be of shape \(4,\). Received: bias=\(3,\)"):
        check_shape("bias", np.zeros(3), (np.int64(4),))


def test_a_small_gradient_is_not_taken_for_zero():
    x = np.array([1.0, 2.0])
    report = check_gradient(lambda v: 1e-8 * (v**2).sum(), x, np.zeros(2))
    assert not report.ok and report.index == (1,)
