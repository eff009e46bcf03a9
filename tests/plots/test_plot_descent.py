import numpy as np
import pytest
from examples import LONG

from dl_course.errors import CourseError
from dl_course.plots import plot_descent

GRID = np.linspace(-2, 2, 9)
BOWL = GRID**2 + GRID[:, None] ** 2


def test_each_path_runs_from_a_ring_to_a_large_mark():
    path = np.array([[-1, 1], [-0.5, 0.5], [0.25, 0]])
    ax = plot_descent(GRID, GRID, BOWL, {"SGD": path})
    line, start, end = ax.lines
    assert line.get_xydata().tolist() == path.tolist()
    assert start.get_xydata().tolist() == [[-1, 1]] and start.get_markerfacecolor() == "white"
    assert end.get_xydata().tolist() == [[0.25, 0]]
    assert ax.get_xlim() == ax.get_ylim() == (-2, 2)


@pytest.mark.parametrize("end", [[1e300, 0], [np.nan, np.nan], [-2.1, 0]])
def test_a_path_that_leaves_the_surface_says_so(end):
    ax = plot_descent(GRID, GRID, BOWL, {"fast": [[1, 1], end], "slow": [[1, 1], [0, 0]]})
    names = [text.get_text() for text in ax.get_legend().get_texts()]
    assert names == ["fast (leaves)", "slow", "start", "end"]
    ax.figure.draw_without_rendering()


def test_no_two_paths_differ_in_colour_alone():
    ax = plot_descent(GRID, GRID, BOWL, {str(i): [[1, i / 9], [0, 0]] for i in range(8)})
    assert len({line.get_marker() for line in ax.lines[::3]}) == 8


@pytest.mark.parametrize(
    ("z", "paths", "message"),
    [
        (BOWL[1:], {"a": [[0, 0]]}, "`z` must have shape (rows = 9, columns = 9)"),
        (BOWL * np.nan, {"a": [[0, 0]]}, "`z` must hold finite numbers"),
        (BOWL, {"a": [0, 0]}, "`paths['a']` must have shape (steps, parameters = 2)"),
        (BOWL, {"a": np.zeros((0, 2))}, "`paths['a']` must have shape (steps, parameters = 2)"),
        (BOWL, {i: [[0, 0]] for i in range(9)}, "at most 8, to be distinguishable"),
    ],
)
def test_a_bad_descent_is_named_in_one_line(z, paths, message):
    with pytest.raises(CourseError) as error:
        plot_descent(GRID, GRID, z, paths)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def bowl(a, b):
    return 0.5 * a**2 + 5 * b**2


def descent(rate, momentum=0.0, steps=40):
    """Returns the path of gradient descent in the bowl, shape (steps + 1, 2)."""
    place, velocity = np.array([-4.0, 1.5]), np.zeros(2)
    path = [place]
    for _ in range(steps):
        velocity = momentum * velocity - rate * np.array([1, 10]) * place
        place = place + velocity
        path.append(place)
    return np.array(path)


PATHS = {
    "SGD": descent(0.05),
    "momentum": descent(0.03, 0.8),
    "small rate": descent(0.005),
    "large rate": descent(0.19),
    "too large": descent(0.21, steps=60),
}


def descent_picture(paths):
    a, b = np.linspace(-5, 5, 81), np.linspace(-2, 2, 61)
    return plot_descent(a, b, bowl(a, b[:, None]), paths)


PICTURES = {
    "plot_descent": lambda: descent_picture(PATHS),
    "plot_descent, eight long": lambda: descent_picture(
        {name: descent(0.01 * (i + 1)) for i, name in enumerate(LONG[:8])}
    ),
    "plot_descent, one": lambda: descent_picture({"SGD": PATHS["SGD"]}),
}
