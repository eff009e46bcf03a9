import numpy as np
import pytest

from dl_course.errors import CourseError
from dl_course.plots import (
    plot_activation_histograms,
    plot_activation_statistics,
    plot_activation_summary,
)
from dl_course.plots.activations import rebin

LAYERS = ("conv2d", "max_pooling2d", "dense", "dense_1")


def panels(figure, y_label):
    return [ax for ax in figure.axes if ax.get_ylabel() == y_label]


@pytest.mark.parametrize("draw", [plot_activation_statistics, plot_activation_summary])
def test_each_layer_has_its_mean_and_a_band_of_one_standard_deviation(activations, draw):
    records = activations(LAYERS)
    means = [ax for ax in panels(draw(records), "value") if ax.lines]
    assert len(means) == len(LAYERS)
    for name, ax in zip(LAYERS, means, strict=True):
        own = records["layer"] == name
        mean, std = records["mean"][own], records["std"][own]
        assert ax.lines[0].get_ydata().tolist() == mean.tolist()
        (band,) = ax.collections
        drawn = band.get_paths()[0].vertices[:, 1]
        assert drawn.max() == (mean + std).max()
        assert drawn.min() == (mean - std).min()


@pytest.mark.parametrize("draw", [plot_activation_statistics, plot_activation_summary])
def test_dead_and_saturated_shares_are_drawn_where_they_apply(activations, draw):
    records = activations(LAYERS)
    relu, pooling, _, softmax = panels(draw(records), "share")
    own = records["layer"] == "conv2d"
    assert [line.get_ydata().tolist() for line in relu.lines] == [
        records["dead_share"][own].tolist()
    ]
    own = records["layer"] == "dense_1"
    assert [line.get_ydata().tolist() for line in softmax.lines] == [
        records["saturated_share"][own].tolist()
    ]
    assert not pooling.lines
    assert [text.get_text() for text in pooling.texts] == ["does not apply"]


def test_histograms_show_the_shares_of_the_counts(activations):
    records = activations(("dense",), epochs=2)
    records |= {"low": np.array([0.0, 0.0]), "high": np.array([2.0, 1.0])}
    (ax,) = [a for a in plot_activation_histograms(records).axes if a.get_title() == "dense"]
    (mesh,) = ax.collections
    shares = mesh.get_array()
    assert shares.shape == (40, 2)
    # The old bins of the first observation are two new ones high, those of the second one.
    first, second = records["counts"] / records["counts"].sum(axis=1, keepdims=True)
    np.testing.assert_allclose(shares[::2, 0] + shares[1::2, 0], first)
    np.testing.assert_allclose(shares[:20, 1], second)
    np.testing.assert_allclose(shares[20:, 1], 0)


def test_a_layer_that_is_constant_at_one_observation_is_one_dark_cell(activations):
    records = activations(("dense",), epochs=2)
    records |= {"low": np.array([0.0, 0.0]), "high": np.array([4.0, 0.0])}
    shares = plot_activation_histograms(records).axes[0].collections[0].get_array()
    assert shares[:, 1].tolist() == [1.0] + [0.0] * 39


def test_histograms_of_chosen_layers_only(activations):
    figure = plot_activation_histograms(activations(LAYERS), layers=["dense", "conv2d"])
    titles = [ax.get_title() for ax in figure.axes if ax.get_title()]
    assert titles == ["dense", "conv2d"]


def test_of_very_many_layers_eight_are_drawn_and_the_title_says_so(activations):
    records = activations([f"dense_{i}" for i in range(20)])
    for draw in (
        plot_activation_statistics,
        plot_activation_histograms,
        plot_activation_summary,
    ):
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
        ({"mean": None}, "no column 'mean'. Found: epoch, step, layer, std"),
    ],
)
def test_bad_records_are_named_in_one_line(activations, changes, message):
    records = {k: v for k, v in (activations(LAYERS) | changes).items() if v is not None}
    with pytest.raises(CourseError) as error:
        plot_activation_summary(records)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_an_unknown_layer_is_refused_with_those_that_exist(activations):
    with pytest.raises(CourseError, match="names among conv2d, .*layers='conv'"):
        plot_activation_histograms(activations(LAYERS), layers=["conv"])
