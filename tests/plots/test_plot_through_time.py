import numpy as np
import pytest
from examples import LONG

from dl_course.errors import CourseError
from dl_course.plots import plot_gradient_through_time


def through_time(layers=("lstm",), epochs=(0, 5, 10), steps=40, zeros=0):
    """A gradient that falls to the left, later less."""
    rows = [(e, name, t) for e in epochs for name in layers for t in range(steps)]
    decay = {name: 0.3 + 0.5 * i / len(layers) for i, name in enumerate(layers)}
    norms = [decay[name] ** ((steps - 1 - t) / (1 + e)) * (t >= zeros) for e, name, t in rows]
    epoch, layer, time = map(list, zip(*rows, strict=True))
    return {
        "epoch": epoch,
        "step": [10 * e for e in epoch],
        "layer": layer,
        "time": time,
        "gradient_norm": norms,
    }


def named(ax):
    return {line.get_label(): line for line in ax.lines if not line.get_label().startswith("_")}


def test_there_is_a_panel_per_layer_with_its_first_middle_and_last_observation():
    records = {k: np.array(v) for k, v in through_time(("a", "b"), epochs=(0, 1, 2, 3, 4)).items()}
    panels = plot_gradient_through_time(records).axes
    assert [ax.get_title() for ax in panels] == ["a", "b"]
    for ax in panels:
        assert list(named(ax)) == ["epoch 0", "epoch 2", "epoch 4"] and ax.get_yscale() == "log"
        for epoch, line in zip((0, 2, 4), named(ax).values(), strict=True):
            own = (records["layer"] == ax.get_title()) & (records["epoch"] == epoch)
            assert line.get_xdata().tolist() == [*range(40)]
            assert line.get_ydata().tolist() == records["gradient_norm"][own].tolist()


def test_several_observations_in_an_epoch_are_told_by_the_training_step():
    records = through_time(epochs=(0, 1, 2))
    records["epoch"] = [min(epoch, 1) for epoch in records["epoch"]]
    (ax,) = plot_gradient_through_time(records).axes
    assert list(named(ax)) == ["training step 0", "training step 10", "training step 20"]


def test_a_gradient_of_exactly_zero_is_shown_at_the_lower_edge_and_explained():
    (ax,) = plot_gradient_through_time(through_time(epochs=(0,), zeros=2)).axes
    low = ax.get_ylim()[0]
    marks = [line.get_xydata().tolist() for line in ax.lines if line.get_linestyle() == "None"]
    assert marks == [[[0, low], [1, low]]] and "exactly zero" in ax.get_xlabel()


def test_layers_over_sequences_of_different_length_have_axes_of_their_own():
    encoder, decoder = through_time(("encoder",), steps=30), through_time(("decoder",), steps=5)
    records = {name: encoder[name] + decoder[name] for name in encoder}
    panels = plot_gradient_through_time(records).axes
    assert [ax.get_xlabel() for ax in panels] == ["time step"] * 2
    same = plot_gradient_through_time(through_time(("a", "b"))).axes
    assert [ax.get_xlabel() for ax in same] == ["", "time step"]


def test_of_many_layers_six_are_drawn_and_the_title_says_so():
    figure = plot_gradient_through_time(through_time(LONG[:12], steps=3))
    assert len(figure.axes) == 6 and "(6 of 12 layers)" in figure.get_suptitle()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"time": None}, "no column 'time'"),
        ({"gradient_norm": ["a"] * 120}, "must hold numbers"),
        ({name: [] for name in through_time()}, "no rows"),
    ],
)
def test_bad_records_are_named(changes, message):
    records = {k: v for k, v in (through_time() | changes).items() if v is not None}
    with pytest.raises(CourseError, match=message):
        plot_gradient_through_time(records)


PICTURES = {
    "plot_gradient_through_time": lambda: plot_gradient_through_time(through_time()),
    "plot_gradient_through_time, zeros": lambda: plot_gradient_through_time(through_time(zeros=12)),
    "plot_gradient_through_time, one": lambda: plot_gradient_through_time(
        through_time(epochs=(0,), steps=1)
    ),
    "plot_gradient_through_time, two": lambda: plot_gradient_through_time(
        through_time(("both/forward_lstm", "both/backward_lstm"), steps=400)
    ),
    "plot_gradient_through_time, many": lambda: plot_gradient_through_time(through_time(LONG[:12])),
}
