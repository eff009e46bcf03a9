import numpy as np
import pytest
from examples import LONG

from dl_course.errors import CourseError
from dl_course.plots import plot_activations, plot_curves

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
        (X, {"a": [1, 2]}, {}, "`curves['a']` must have shape (points = 5,)"),
        (X, {"a": ["b"] * 5}, {}, "must hold numbers"),
        (X[::-1], {"a": X}, {}, "`x` must increase"),
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
    with pytest.raises(
        CourseError, match=r"`functions\['a'\]` must have shape \(curves = 2, points = 5\)"
    ):
        plot_activations(X, {"a": (X[1:], X[1:])})


def curves(**changes):
    steps = np.arange(60)
    lines = {"RNN": 0.5**steps, "LSTM": 0.97**steps, "GRU": 0.95**steps}
    labels = {
        "title": "Gradient against time distance",
        "x_label": "steps back",
        "y_label": "gradient norm (log scale)",
        "log_y": True,
    }
    labels |= changes
    return plot_curves(labels.pop("x", steps), labels.pop("curves", lines), **labels)


def finite_differences():
    step = 10.0 ** np.arange(-15, 0)
    slope = {"forward": np.exp(1 + step) - np.e, "central": np.sinh(step) * np.e}
    errors = {
        "forward": np.abs(slope["forward"] / step - np.e),
        "central": np.abs((np.exp(1 + step) - np.exp(1 - step)) / (2 * step) - np.e),
    }
    return curves(
        x=step,
        curves=errors,
        log_x=True,
        title="Error of a finite difference",
        x_label="step (log scale)",
        y_label="error (log scale)",
    )


def activations(names=("sigmoid", "tanh", "ReLU", "leaky ReLU", "linear")):
    x = np.linspace(-5, 5, 201)
    s, t = 1 / (1 + np.exp(-x)), np.tanh(x)
    pairs = [
        (s, s * (1 - s)),
        (t, 1 - t**2),
        (np.maximum(x, 0), (x > 0) * 1.0),
        (np.where(x > 0, x, 0.1 * x), np.where(x > 0, 1, 0.1)),
        (x, np.ones_like(x)),
    ]
    return plot_activations(x, dict(zip(names, pairs, strict=False)))


PICTURES = {
    "plot_curves": curves,
    "plot_curves, zeros": lambda: curves(curves={"RNN": np.zeros(60), "LSTM": np.ones(60)}),
    "plot_curves, long": lambda: curves(
        log_y=False,
        x=np.linspace(0, 1, 300),
        curves={n: np.sin(np.linspace(0, i, 300)) for i, n in enumerate(LONG[:12])},
    ),
    "plot_curves, NaN": lambda: curves(curves={"diverged": np.full(60, np.nan)}, log_y=False),
    "plot_curves, finite differences": finite_differences,
    "plot_activations": activations,
    "plot_activations, one": lambda: activations(("sigmoid",)),
    "plot_activations, two long": lambda: activations(LONG[:2]),
}
