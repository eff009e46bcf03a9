import numpy as np
import pytest
from examples import LONG, gradients

from dl_course.errors import CourseError
from dl_course.plots import (
    plot_gradient_flow,
    plot_gradient_flow_over_time,
    plot_gradient_summary,
)

LAYERS = ("conv2d", "conv2d_1", "dense", "dense_1")


def named(ax):
    return {line.get_label(): line for line in ax.lines if not line.get_label().startswith("_")}


def test_over_time_there_is_a_line_per_layer_with_its_values():
    records = gradients(LAYERS)
    lines = named(plot_gradient_flow_over_time(records))
    assert tuple(lines) == LAYERS
    for name, line in lines.items():
        own = records["layer"] == name
        assert line.get_xdata().tolist() == records["epoch"][own].tolist()
        assert line.get_ydata().tolist() == records["gradient_norm"][own].tolist()


def test_over_depth_the_first_middle_and_last_observation_are_drawn():
    records = gradients(LAYERS, epochs=9)
    lines = named(plot_gradient_flow(records))
    assert list(lines) == ["epoch 0", "epoch 4", "epoch 8"]
    for epoch, line in zip((0, 4, 8), lines.values(), strict=True):
        assert line.get_xdata().tolist() == [0, 1, 2, 3]
        own = records["epoch"] == epoch
        assert line.get_ydata().tolist() == records["gradient_norm"][own].tolist()


def test_a_gradient_of_exactly_zero_is_shown_at_the_lower_edge_and_explained():
    records = gradients(LAYERS, epochs=1)
    records["gradient_norm"] = np.array([0.0, 0.0, 1e-3, 1e-1])
    ax = plot_gradient_flow(records)
    low = ax.get_ylim()[0]
    marks = [line.get_xydata().tolist() for line in ax.lines if line.get_linestyle() == "None"]
    assert marks == [[[0, low], [1, low]]]
    assert low <= 1e-3
    assert "exactly zero" in ax.get_xlabel()


def test_a_layer_that_is_not_finite_leaves_a_gap_and_no_mark():
    records = gradients(LAYERS, epochs=1)
    records["gradient_norm"] = np.array([np.inf, np.nan, 1e-3, 1e-1])
    ax = plot_gradient_flow(records)
    (line,) = named(ax).values()
    assert np.isnan(line.get_ydata()).tolist() == [True, True, False, False]
    assert "exactly zero" not in ax.get_xlabel()


@pytest.mark.parametrize("size", [1e-6, 1e-3, 1.0])
def test_the_update_ratio_has_its_rule_of_thumb_in_sight(size):
    records = gradients(LAYERS)
    records["update_ratio"] = np.where(records["epoch"] == 0, np.nan, size)
    figure = plot_gradient_summary(records)
    (ax,) = [ax for ax in figure.axes if ax.get_title() == "Update size over time"]
    assert named(ax)["conv2d"].get_ydata()[1:].tolist() == [size] * 4
    low, high = ax.get_ylim()
    assert low < 1e-3 < high
    keys = [t.get_text() for ax in figure.axes if ax.legend_ for t in ax.legend_.get_texts()]
    assert "rule of thumb: 0.001" in keys


def test_several_observations_in_an_epoch_are_drawn_over_the_training_step():
    records = gradients(LAYERS, epochs=3)
    records["epoch"] = np.ones(12, dtype=int)
    ax = plot_gradient_flow_over_time(records)
    assert ax.get_xlabel() == "training step"
    assert named(ax)["conv2d"].get_xdata().tolist() == [0, 40, 80]


def test_of_very_many_layers_all_are_drawn_and_eight_named():
    layers = [f"dense_{i}" for i in range(20)]
    ax = plot_gradient_flow_over_time(gradients(layers))
    assert len(ax.lines) == 20
    texts = [text.get_text() for text in ax.texts]
    assert len(texts) == 8
    assert {"dense_0", "dense_19"} <= set(texts)


def test_no_two_lines_differ_in_colour_alone():
    lines = named(plot_gradient_flow_over_time(gradients([f"dense_{i}" for i in range(8)])))
    assert len({line.get_marker() for line in lines.values()}) == len(lines) == 8


def test_the_summary_shows_depth_time_updates_and_zeros():
    records = gradients(LAYERS)
    titles = [ax.get_title() for ax in plot_gradient_summary(records).axes]
    assert titles[:4] == [
        "Gradient norm over depth",
        "Gradient norm over time",
        "Update size over time",
        "Zero gradients over time",
    ]


def broken(**changes):
    return {k: v for k, v in (gradients(LAYERS) | changes).items() if v is not None}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"gradient_norm": None}, "no column 'gradient_norm'. Found: epoch, step, layer"),
        ({"gradient_norm": [1.0]}, "equally long columns"),
        ({"gradient_norm": ["a"] * 20}, "'gradient_norm' of `records` must hold numbers"),
        ({"gradient_norm": np.ones((20, 2))}, "must have 1 dimension"),
        ({key: [] for key in ("epoch", "step", "layer", "gradient_norm")}, "no rows"),
        ({"epoch": np.ones(20), "step": np.ones(20)}, "in chronological order"),
    ],
)
@pytest.mark.parametrize("draw", [plot_gradient_flow, plot_gradient_flow_over_time])
def test_bad_records_are_named_in_one_line(draw, changes, message):
    with pytest.raises(CourseError) as error:
        draw(broken(**changes))
    assert message in str(error.value)
    assert "\n" not in str(error.value)


PICTURES = {
    "plot_gradient_flow": lambda: plot_gradient_flow(gradients()),
    "plot_gradient_flow, long names": lambda: plot_gradient_flow(gradients(LONG, 100)),
    "plot_gradient_flow_over_time": lambda: plot_gradient_flow_over_time(gradients()),
    "plot_gradient_flow_over_time, long": lambda: plot_gradient_flow_over_time(
        gradients(LONG, 100)
    ),
    "plot_gradient_summary": lambda: plot_gradient_summary(gradients()),
    "plot_gradient_summary, one": lambda: plot_gradient_summary(gradients(epochs=1)),
    "plot_gradient_summary, long": lambda: plot_gradient_summary(gradients(LONG, 100)),
}
