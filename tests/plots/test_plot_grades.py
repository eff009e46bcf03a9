import numpy as np
import pytest
from examples import LONG

from dl_course.errors import CourseError
from dl_course.plots import plot_grades


def bars(ax):
    """(row, left, width) of each bar, rounded."""
    return [
        (round(bar.get_y() + bar.get_height() / 2), round(bar.get_x()), round(bar.get_width()))
        for bar in ax.patches
    ]


def test_bars_are_the_shares_of_all_half_less_and_none():
    ax = plot_grades([[4, 4, 2, 3, 1, 0, 0, 0, 0, 0], [1, 1]], [4, 1], ["a", "b"])
    assert bars(ax) == [(0, 0, 20), (0, 20, 20), (0, 40, 10), (0, 50, 50), (1, 0, 100)]
    counts = [text.get_text() for text in ax.texts]
    assert counts == ["2", "2", "1", "5", "mean 1.4 of 4", "2", "mean 1.0 of 1"]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["a", "b"]


def test_bars_differ_in_grey_and_are_in_order():
    ax = plot_grades([[4, 3, 1, 0]], [4], ["a"])
    greys = [bar.get_facecolor()[:3] for bar in ax.patches]
    assert all(len(set(grey)) == 1 for grey in greys)
    assert greys == sorted(greys) and np.diff([grey[0] for grey in greys]).min() > 0.15


def test_a_share_too_small_for_its_number_is_drawn_without():
    ax = plot_grades([[1] * 99 + [0]], [1], ["a"])
    assert [text.get_text() for text in ax.texts] == ["99", "mean 1.0 of 1"]
    assert len(ax.patches) == 2


def test_rounded_points_are_all_points_and_a_question_without_points_is_right():
    assert bars(plot_grades([[0.99999]], [1], ["a"])) == [(0, 0, 100)]
    assert bars(plot_grades([[0, 0]], [0], ["a"])) == [(0, 0, 100)]


def test_a_question_that_nobody_has_is_named_without_a_bar():
    ax = plot_grades([[], [1]], [1, 1], ["a", "b"])
    assert ax.texts[0].get_text() == "none graded" and bars(ax) == [(1, 0, 100)]


@pytest.mark.parametrize(
    ("points", "of", "names", "message"),
    [
        ([], [], [], "`len(names)` must be from 1 to 30. Received: len(names)=0"),
        ([[1]] * 31, [1] * 31, ["a"] * 31, "Received: len(names)=31"),
        ([[1]], [1, 2], ["a"], "Received: 1, 2 and 1 entries"),
        ([[-1]], [1], ["a"], "`points[0]` must be at least 0"),
        ([[None]], [1], ["a"], "`points[0]` must hold finite numbers"),
        ([[np.nan]], [1], ["a"], "`points[0]` must hold finite numbers"),
    ],
)
def test_bad_points_are_named_in_one_line(points, of, names, message):
    with pytest.raises(CourseError) as error:
        plot_grades(points, of, names)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def grades(questions, students, name="q{}"):
    points = np.random.default_rng(0).integers(0, 5, (questions, students)) / 2
    return plot_grades(points, [2] * questions, [name.format(k) for k in range(questions)])


PICTURES = {
    "plot_grades": lambda: grades(5, 40),
    "plot_grades, Chinese": lambda: grades(3, 7, "第{}题 卷积"),
    "plot_grades, one": lambda: plot_grades([[1]], [2], ["q"]),
    "plot_grades, none": lambda: plot_grades([[], []], [1, 2], ["q", "r"]),
    "plot_grades, many long": lambda: grades(30, 200, LONG[0] + "{}"),
}
