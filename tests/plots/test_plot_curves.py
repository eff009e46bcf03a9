import numpy as np
import pytest

from dl_course.errors import CourseError
from dl_course.plots import plot_activations, plot_curves, plot_descent

X = np.arange(1, 6)
LABELS = {"title": "A title", "x_label": "x", "y_label": "y"}


def test_curves_hold_their_values_and_are_named_at_their_ends():
    ax = plot_curves(X, {"square": X**2, "cube": X**3}, **LABELS)
    assert [line.get_ydata().tolist() for line in ax.lines] == [
        [1, 4, 9, 16, 25],
        [1, 8, 27, 64, 125],
    ]
    assert [text.get_text() for text in ax.texts] == ["square", "cube"]
    assert ax.get_xscale() == ax.get_yscale() == "linear"


def test_a_diverged_curve_is_drawn_as_far_as_it_is_finite():
    ax = plot_curves(X, {"loss": [1, 10, 1e200, np.inf, np.nan]}, log_y=True, **LABELS)
    assert np.isnan(ax.lines[0].get_ydata()).tolist() == [False] * 3 + [True] * 2
    assert ax.texts[0].xy == (3, 1e200)


def test_on_log_axes_all_values_lie_strictly_inside_and_zero_at_the_edge():
    ax = plot_curves(X, {"a": [1, 1, 0, 10, 10]}, log_x=True, log_y=True, **LABELS)
    assert ax.get_xscale() == ax.get_yscale() == "log"
    low, high = ax.get_ylim()
    assert low < 1 < 10 < high
    assert ax.lines[0].get_ydata().tolist() == [1, 1, low, 10, 10]
    assert "exactly zero" in ax.get_xlabel()


@pytest.mark.parametrize(
    ("x", "curves", "logs", "message"),
    [
        (X, {}, {}, "`curves` must be a dict of name to values, not empty"),
        (X, [1, 2], {}, "Received: curves='list'"),
        (X, {"a": [1, 2]}, {}, "`curves['a']` must have shape (points,) = (5,)"),
        (X, {"a": ["b"] * 5}, {}, "must hold numbers"),
        (X[::-1], {"a": X}, {}, "`x` must grow"),
        (X, {"a": -X}, {"log_y": True}, "must not be negative on a logarithmic axis"),
        (X - 1, {"a": X}, {"log_x": True}, "`x` must be positive on a logarithmic axis"),
    ],
)
def test_bad_curves_are_named_in_one_line(x, curves, logs, message):
    with pytest.raises(CourseError) as error:
        plot_curves(x, curves, **LABELS, **logs)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_an_activation_is_drawn_with_its_derivative_and_steepest_slope():
    x = np.linspace(-4, 4, 81)
    sigmoid = 1 / (1 + np.exp(-x))
    pair = (sigmoid, sigmoid * (1 - sigmoid))
    (ax,) = plot_activations(x, {"sigmoid": pair}).axes
    assert ax.get_title() == "sigmoid: slope up to 0.25"
    for label, values, line in zip(("function", "derivative"), pair, ax.lines, strict=False):
        assert line.get_label() == label
        assert line.get_ydata().tolist() == values.tolist()


def test_activations_of_another_length_are_refused():
    with pytest.raises(CourseError, match=r"`functions\['a'\]` must have shape .* = \(2, 5\)"):
        plot_activations(X, {"a": (X[1:], X[1:])})


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
        (BOWL[1:], {"a": [[0, 0]]}, "one per grid point = (9, 9)"),
        (BOWL * np.nan, {"a": [[0, 0]]}, "`z` must hold finite numbers"),
        (BOWL, {"a": [0, 0]}, "`paths['a']` must have shape (steps, 2)"),
        (BOWL, {"a": np.zeros((0, 2))}, "`paths['a']` must have shape (steps, 2)"),
        (BOWL, {i: [[0, 0]] for i in range(9)}, "at most 8, to be told apart"),
    ],
)
def test_a_bad_descent_is_named_in_one_line(z, paths, message):
    with pytest.raises(CourseError) as error:
        plot_descent(GRID, GRID, z, paths)
    assert message in str(error.value)
    assert "\n" not in str(error.value)
