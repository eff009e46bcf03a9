import numpy as np
import pytest

from dl_course.errors import CourseError
from dl_course.plots import plot_network

HIDDEN = np.array([[1.0, -2.0, 0.5, 0.25], [-1.0, 2.0, 4.0, -0.75]])
OUTPUT = np.array([[1.5], [-2.5], [0.1], [0.9]])
VALUES = [[0, 1], [0.11, 0.22, 0.33, 0.44], [0.87]]
GRADIENTS = [[-0.15, 0.25, -0.35, 0.45], [-0.13]]


def texts(figure):
    return [text.get_text() for text in figure.axes[0].texts]


def test_an_edge_is_as_wide_as_its_weight_and_dashed_if_negative():
    lines = plot_network([HIDDEN, OUTPUT]).axes[0].lines
    weights = np.concatenate([HIDDEN.ravel(), OUTPUT.ravel()])
    assert len(lines) == len(weights)
    widths = [line.get_linewidth() for line in lines]
    assert np.argsort(widths).tolist() == np.argsort(np.abs(weights)).tolist()
    assert [line.get_linestyle() == "--" for line in lines] == (weights < 0).tolist()


def test_the_edge_of_each_weight_joins_its_input_with_its_unit():
    lines = plot_network([HIDDEN, OUTPUT]).axes[0].lines
    starts = [tuple(line.get_xydata()[0]) for line in lines[:8]]
    ends = [tuple(line.get_xydata()[1]) for line in lines[:8]]
    assert starts[:4] == starts[:1] * 4 and starts[4:] == starts[4:5] * 4
    assert ends[:4] == ends[4:] and len(set(ends)) == 4
    assert starts[0][1] > starts[4][1]  # the first node is on top


def test_values_gradients_and_weights_are_written():
    shown = texts(plot_network([HIDDEN, OUTPUT], values=VALUES, gradients=GRADIENTS))
    for text in ("0.11", "0.87", "← -0.15", "← -0.13", "-0.75", "-2.50", "input", "hidden"):
        assert text in shown


def test_without_values_and_gradients_only_the_weights_are_written():
    shown = texts(plot_network([HIDDEN, OUTPUT]))
    assert len(shown) == 3 + HIDDEN.size + OUTPUT.size
    assert not any("←" in text for text in shown)


def test_crowded_edges_carry_no_numbers():
    assert texts(plot_network([np.ones((10, 10))])) == ["input", "output"]


@pytest.mark.parametrize(
    ("layers", "flows", "message"),
    [
        ([], {}, "a list of 1 to 6 weight matrices"),
        (HIDDEN, {}, "a list of 1 to 6 weight matrices. Received: layers='one array'"),
        ([HIDDEN, HIDDEN], {}, "`layers[1]` must have shape (inputs = 4, units)"),
        ([np.ones((2, 11))], {}, "at most 10 nodes each"),
        ([HIDDEN * np.nan], {}, "`layers[0]` must hold finite numbers"),
        ([HIDDEN], {"values": VALUES}, "`len(values)` must be 2, one array for the inputs and"),
        ([HIDDEN], {"gradients": VALUES}, "`len(gradients)` must be 1, one array for each layer"),
        ([HIDDEN], {"gradients": [[1, 2]]}, "`gradients[0]` must have shape (nodes = 4,)"),
    ],
)
def test_a_bad_network_is_named_in_one_line(layers, flows, message):
    with pytest.raises(CourseError) as error:
        plot_network(layers, **flows)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def network(*sizes, flows=True):
    rng = np.random.default_rng(0)
    kernels = [rng.normal(size=pair) for pair in zip(sizes, sizes[1:], strict=False)]
    if not flows:
        return plot_network(kernels)
    values = [rng.integers(0, 2, sizes[0])]
    for kernel in kernels:
        values.append(np.tanh(values[-1] @ kernel))
    gradients = [1 - values[-1]]
    for kernel, value in zip(kernels[:0:-1], values[-2:0:-1], strict=False):
        gradients.insert(0, kernel @ gradients[0] * (1 - value**2))
    return plot_network(kernels, values=values, gradients=gradients)


PICTURES = {
    "plot_network, 2-2-1": lambda: network(2, 2, 1),
    "plot_network, 2-4-1": lambda: network(2, 4, 1),
    "plot_network, 1-1": lambda: network(1, 1),
    "plot_network, large": lambda: network(10, 8, 8, 6, 4, 3, 1),
    "plot_network, weights alone": lambda: network(3, 5, 2, flows=False),
}
