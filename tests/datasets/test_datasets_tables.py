"""Tables and points: breast cancer, housing, and the made sets."""

import numpy as np
import pytest

from dl_course import datasets
from dl_course.datasets.sets.california_housing import parse_housing
from dl_course.errors import CourseError


@pytest.fixture(scope="module")
def housing():
    if datasets.locate("california_housing") is None:
        pytest.skip("set DL_COURSE_DATA to a folder that holds california_housing/")
    return datasets.load("california_housing")


def test_the_tumours_are_benign_more_often_than_not():
    data = datasets.load("breast_cancer")
    assert data.class_names == ("malignant", "benign")
    assert np.bincount(data.y_train).tolist() == [170, 286]


def test_a_small_mean_radius_is_benign():
    data = datasets.load("breast_cancer")
    radius = data.x_train[:, data.feature_names.index("mean radius")]
    assert radius[data.y_train == 1].mean() < 13 < 17 < radius[data.y_train == 0].mean()


def test_blanks_of_the_housing_stay_blank(housing):
    x = np.concatenate([housing.x_train, housing.x_test])
    blanks = np.isnan(x).sum(axis=0)
    assert dict(zip(housing.feature_names, blanks, strict=True))["total_bedrooms"] == 207
    assert blanks.sum() == 207


def test_the_text_of_the_housing_is_one_hot(housing):
    x = np.concatenate([housing.x_train, housing.x_test])
    columns = [name.startswith("ocean_proximity=") for name in housing.feature_names]
    counts = dict(zip(housing.feature_names, x.sum(axis=0), strict=True))
    assert counts["ocean_proximity=INLAND"] == 6551 and counts["ocean_proximity=ISLAND"] == 5
    np.testing.assert_array_equal(x[:, columns].sum(axis=1), 1)


def test_the_housing_asks_for_dollars(housing):
    y = np.concatenate([housing.y_train, housing.y_test])
    assert len(y) == 20_640 and (y == 500_001).sum() == 965
    assert housing.num_classes == 0 and housing.class_names == ()


def test_the_column_to_predict_is_not_among_the_features():
    text = "a,median_house_value,ocean_proximity\n1,7,X\n2,8,Y\n"
    x, y, names = parse_housing(text)
    assert names == ("a", "ocean_proximity=X", "ocean_proximity=Y")
    assert y.tolist() == [7, 8] and x.tolist() == [[1, 1, 0], [2, 0, 1]]


@pytest.mark.parametrize("arms", [2, 3, 5])
def test_points_without_noise_lie_on_their_own_arm(arms):
    data = datasets.make_spirals(examples=20 * arms, arms=arms, noise=0)
    x, y = data.x_train, data.y_train
    radius = np.linalg.norm(x, axis=1)
    angle = np.arctan2(x[:, 1], x[:, 0]) / (2 * np.pi) - 1.25 * radius
    np.testing.assert_allclose(np.exp(2j * np.pi * (angle - y / arms)), 1, atol=1e-9)
    assert radius.min() >= 0.1 and radius.max() < 1


def test_noise_spreads_the_points_as_much_as_it_says():
    still, noisy = (datasets.make_spirals(2000, noise=noise, seed=3) for noise in (0, 0.05))
    np.testing.assert_array_equal(still.y_train, noisy.y_train)
    assert abs((noisy.x_train - still.x_train).std() - 0.05) < 0.003


def test_least_squares_finds_the_line_again():
    data = datasets.make_line(examples=2000, slope=-3, intercept=0.5, noise=0.2, seed=1)
    slope, intercept = np.polyfit(data.x_train[:, 0], data.y_train, 1)
    assert abs(slope + 3) < 0.03 and abs(intercept - 0.5) < 0.03


@pytest.mark.parametrize("make", [datasets.make_line, datasets.make_spirals])
def test_the_seed_chooses_the_points(make):
    assert make(seed=1).checksum == make(seed=1).checksum != make(seed=2).checksum


@pytest.mark.parametrize(
    ("make", "arguments", "message"),
    [
        (datasets.make_spirals, {"arms": 1}, "`arms` must be at least 2. Received: arms=1."),
        (datasets.make_spirals, {"examples": 5, "arms": 3}, "`examples` must be at least 6."),
        (datasets.make_spirals, {"noise": -1}, "`noise` must be a number of at least 0."),
        (datasets.make_line, {"examples": 1}, "`examples` must be at least 2."),
        (datasets.make_line, {"noise": float("nan")}, "`noise` must be a number of at least 0."),
        (
            datasets.make_line,
            {"test_share": 1},
            "`test_share` must be a share above 0 and below",
        ),
        (datasets.make_line, {"seed": -1}, "`seed` must be an integer from 0"),
    ],
)
def test_bad_arguments_are_named(make, arguments, message):
    with pytest.raises(CourseError) as caught:
        make(**arguments)
    assert message in str(caught.value)
