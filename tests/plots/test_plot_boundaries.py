import numpy as np
import pytest
from matplotlib.contour import QuadContourSet

from dl_course.errors import CourseError
from dl_course.plots import plot_decision_boundaries, plot_decision_boundary

X, Y = np.array([[0, 0], [0.5, 1], [1, 0.5]]), np.array([0, 1, 1])
COLUMNS, ROWS = np.linspace(-1, 2, 31), np.linspace(0, 1, 11)
# Class 1 is right of 0.25, whatever the second feature.
PROBABILITIES = np.tile(np.clip((COLUMNS - 0.25) / 4 + 0.5, 0, 1), (11, 1))


def boundary_of(ax):
    _, line = [drawn for drawn in ax.collections if isinstance(drawn, QuadContourSet)]
    return line.get_paths()[0].vertices


def test_the_line_is_where_the_probability_is_one_half():
    ax = plot_decision_boundary(X, Y, COLUMNS, ROWS, PROBABILITIES)
    line = boundary_of(ax)
    np.testing.assert_allclose(line[:, 0], 0.25)
    assert np.ptp(line[:, 1]) == 1


def test_examples_of_each_class_have_a_mark_of_their_own():
    ax = plot_decision_boundary(X, Y, COLUMNS, ROWS, PROBABILITIES)
    first, second = ax.collections[-2:]
    assert first.get_offsets().tolist() == [[0, 0]]
    assert second.get_offsets().tolist() == [[0.5, 1], [1, 0.5]]
    shapes = [len(c.get_paths()[0].vertices) for c in (first, second)]
    assert shapes[0] != shapes[1]


def test_a_network_that_knows_nothing_has_no_boundary():
    ax = plot_decision_boundary(X, Y, COLUMNS, ROWS, np.full((11, 31), 0.5))
    assert len(ax.collections) == 3  # shades and two classes


def test_snapshots_stand_in_their_order_and_of_many_nine_are_drawn():
    moments = {f"epoch {i}": PROBABILITIES for i in range(17)}
    titles = [a.get_title() for a in plot_decision_boundaries(X, Y, COLUMNS, ROWS, moments).axes]
    assert titles[:9] == [f"epoch {i}" for i in range(0, 17, 2)]
    assert titles[9:] == [""]  # the scale


@pytest.mark.parametrize(
    ("x", "y", "p", "message"),
    [
        (X[:, :1], Y, PROBABILITIES, "`x` must have shape (n, features = 2)"),
        (X, Y[:2], PROBABILITIES, "Received: 3 and 2 entries"),
        (X, Y + 1, PROBABILITIES, "the classes 0 and 1. Received: 1 to 2"),
        (X, Y, PROBABILITIES.T, "(rows = 11, columns = 31)"),
        (X, Y, PROBABILITIES * 5, "Apply the sigmoid to logits first"),
    ],
)
def test_bad_boundaries_are_named_in_one_line(x, y, p, message):
    for draw, value in (
        (plot_decision_boundary, p),
        (plot_decision_boundaries, {"epoch 1": p}),
    ):
        with pytest.raises(CourseError) as error:
            draw(x, y, COLUMNS, ROWS, value)
        assert message in str(error.value)
        assert "\n" not in str(error.value)


XOR = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
XOR_CLASSES = np.array([0, 1, 1, 0])
GRID = np.linspace(-0.5, 1.5, 41)


def xor_probabilities(sharpness):
    a, b = GRID, GRID[:, None]
    return 1 / (1 + np.exp(-sharpness * (0.25 - (a - 0.5) * (b - 0.5) * 4 - 0.25)))


def spirals(number=100):
    t = np.linspace(0.3, 3, number)
    arm = np.stack([t * np.cos(3 * t), t * np.sin(3 * t)], axis=1)
    return np.concatenate([arm, -arm]), np.repeat([0, 1], number)


def boundary():
    return plot_decision_boundary(
        XOR, XOR_CLASSES, GRID, GRID, xor_probabilities(8), title="XOR after 500 epochs"
    )


def spiral_boundary():
    x, y = spirals()
    axis = np.linspace(-3.3, 3.3, 80)
    radius, angle = np.hypot(axis, axis[:, None]), np.arctan2(axis[:, None], axis)
    return plot_decision_boundary(
        x, y, axis, axis, 1 / (1 + np.exp(6 * np.cos(angle - 3 * radius)))
    )


def boundaries(number):
    moments = {f"epoch {100 * i}": xor_probabilities(1.5 * i) for i in range(number)}
    return plot_decision_boundaries(XOR, XOR_CLASSES, GRID, GRID, moments)


PICTURES = {
    "plot_decision_boundary": boundary,
    "plot_decision_boundary, spirals": spiral_boundary,
    "plot_decision_boundaries, one": lambda: boundaries(1),
    "plot_decision_boundaries, four": lambda: boundaries(4),
    "plot_decision_boundaries, twelve": lambda: boundaries(12),
}
