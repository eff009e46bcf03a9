import numpy as np
import pytest
from examples import LONG, activations

from dl_course.errors import CourseError
from dl_course.plots import plot_activation_statistics, plot_activation_summary
from dl_course.plots.activations import rebin

LAYERS = ("conv2d", "max_pooling2d", "dense", "dense_1")


def panels(figure, y_label):
    return [ax for ax in figure.axes if ax.get_ylabel() == y_label]


@pytest.mark.parametrize("draw", [plot_activation_statistics, plot_activation_summary])
def test_each_layer_has_its_median_and_a_band_of_nine_tenths(draw):
    records = activations(LAYERS)
    panels_of_values = [ax for ax in panels(draw(records), "value") if ax.lines]
    assert len(panels_of_values) == len(LAYERS)
    for name, ax in zip(LAYERS, panels_of_values, strict=True):
        own = records["layer"] == name
        assert ax.lines[0].get_ydata().tolist() == records["median"][own].tolist()
        (band,) = ax.collections
        drawn = band.get_paths()[0].vertices[:, 1]
        assert drawn.max() == records["q95"][own].max()
        assert drawn.min() == records["q05"][own].min() >= 0


@pytest.mark.parametrize("draw", [plot_activation_statistics, plot_activation_summary])
def test_dead_and_saturated_shares_are_drawn_where_they_apply(draw):
    records = activations(LAYERS)
    relu, softmax = panels(draw(records), "share")
    own = records["layer"] == "conv2d"
    assert [line.get_ydata().tolist() for line in relu.lines] == [
        records["dead_share"][own].tolist()
    ]
    own = records["layer"] == "dense_1"
    assert [line.get_ydata().tolist() for line in softmax.lines] == [
        records["saturated_share"][own].tolist()
    ]


def test_the_lowest_panel_of_each_column_has_the_axis():
    records = activations(LAYERS)
    records["saturated_share"] = np.full(20, np.nan)  # only the first layer has a share
    figure = plot_activation_statistics(records)
    labelled = [ax for ax in figure.axes if ax.get_xlabel() == "epoch"]
    assert [ax.get_ylabel() for ax in labelled] == ["share", "value"]
    assert [key.get_label() for key in figure.legends[0].legend_handles] == [
        "dead: a ReLU unit that is always zero"
    ]


@pytest.mark.parametrize("draw", [plot_activation_statistics, plot_activation_summary])
def test_without_any_share_there_is_no_column_for_it(draw):
    nothing = np.full(20, np.nan)
    figure = draw(activations(LAYERS) | {"dead_share": nothing, "saturated_share": nothing})
    assert not panels(figure, "share") and not figure.legends


def histogram_of(records):
    (ax,) = [a for a in plot_activation_summary(records).axes if a.get_title() == "Distribution"]
    return ax.collections[0]


def test_histograms_show_the_shares_of_the_counts():
    records = activations(("dense",), epochs=2)
    records |= {"low": np.array([0.0, 0.0]), "high": np.array([2.0, 1.0])}
    shares = histogram_of(records).get_array()
    assert shares.shape == (40, 2)
    # The old bins of the first observation are two new ones high, those of the second one.
    first, second = records["counts"] / records["counts"].sum(axis=1, keepdims=True)
    np.testing.assert_allclose(shares[::2, 0] + shares[1::2, 0], first)
    np.testing.assert_allclose(shares[:20, 1], second)
    np.testing.assert_allclose(shares[20:, 1], 0)


def test_a_layer_that_is_constant_at_one_observation_is_one_dark_cell():
    records = activations(("dense",), epochs=2)
    records |= {"low": np.array([0.0, 0.0]), "high": np.array([4.0, 0.0])}
    shares = histogram_of(records).get_array()
    assert shares[:, 1].tolist() == [1.0] + [0.0] * 39


def test_of_very_many_layers_eight_are_drawn_and_the_title_says_so():
    records = activations([f"dense_{i}" for i in range(20)])
    for draw in (plot_activation_statistics, plot_activation_summary):
        assert "(8 of 20 layers)" in draw(records).get_suptitle()


def test_rebin_keeps_every_value_whatever_the_new_bins():
    rng = np.random.default_rng(0)
    for new_bins in (1, 7, 20, 333):
        shares = rebin(rng.integers(0, 50, 20), -1.0, 2.0, np.linspace(-1.5, 3.0, new_bins + 1))
        np.testing.assert_allclose(shares.sum(), 1)
        assert shares.min() >= 0


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"counts": None}, "no column 'counts'"),
        ({"counts": np.ones(20)}, "must have 2 dimension"),
        ({"median": None}, "no column 'median'. Found: epoch, step, layer, mean, std, q05, q95"),
    ],
)
def test_bad_records_are_named_in_one_line(changes, message):
    records = {k: v for k, v in (activations(LAYERS) | changes).items() if v is not None}
    with pytest.raises(CourseError) as error:
        plot_activation_summary(records)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def nan_column(table, *columns):
    return table | {column: np.full(len(table["epoch"]), np.nan) for column in columns}


VALUES = ("q05", "median", "q95", "dead_share", "saturated_share")
PICTURES = {
    "plot_activation_statistics": lambda: plot_activation_statistics(activations()),
    "plot_activation_statistics, NaN": lambda: plot_activation_statistics(
        nan_column(activations(), *VALUES)
    ),
    "plot_activation_summary": lambda: plot_activation_summary(activations()),
    "plot_activation_summary, NaN": lambda: plot_activation_summary(
        nan_column(activations(), *VALUES, "low", "high")
    ),
    "plot_activation_summary, one": lambda: plot_activation_summary(activations(epochs=1)),
    "plot_activation_summary, long": lambda: plot_activation_summary(activations(LONG, 100)),
}
