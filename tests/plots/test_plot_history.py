import numpy as np
import pytest
from examples import history

from dl_course.errors import CourseError
from dl_course.plots import plot_histories, plot_history

HISTORY = {
    "loss": [0.9, 0.4, 0.2, 0.1],
    "val_loss": [0.8, 0.5, 0.6, 0.5],
    "accuracy": [0.5, 0.7, 0.9, 1.0],
    "val_accuracy": [0.4, 0.8, 0.7, 0.8],
    "seconds": [2.0, 1.0, 1.0, 1.0],
}


@pytest.mark.parametrize("metric", ["loss", "accuracy"])
def test_the_lines_hold_both_curves_over_epochs_counted_from_one(metric):
    lines = {line.get_label(): line for line in plot_history(HISTORY, metric).lines}
    for label, key in (("training", metric), ("validation", f"val_{metric}")):
        assert lines[label].get_xdata().tolist() == [1, 2, 3, 4]
        assert lines[label].get_ydata().tolist() == HISTORY[key]


@pytest.mark.parametrize(
    ("metric", "values", "text"),
    [
        ("loss", [0.8, 0.5, 0.6, 0.5], "best: epoch 2 (0.500)"),
        ("accuracy", [0.4, 0.8, 0.9, 0.9], "best: epoch 3 (0.900)"),
        ("loss", [np.nan, 0.8, 0.7, np.nan], "best: epoch 3 (0.700)"),
        ("mean_absolute_error", [0.9, 0.2, 0.3, 0.2], "best: epoch 2 (0.200)"),
        ("box_loss", [0.9, 0.2, 0.3, 0.2], "best: epoch 2 (0.200)"),
        ("mAP", [0.1, 0.3, 0.2, 0.3], "best: epoch 2 (0.300)"),
    ],
)
def test_the_best_validation_epoch_is_marked(metric, values, text):
    ax = plot_history({metric: [0.5] * 4, f"val_{metric}": values}, metric)
    assert text in [t.get_text() for t in ax.texts]
    epoch = int(text.split()[2])
    ring = [line for line in ax.lines if line.get_markersize() == 10]
    assert [r.get_xydata().tolist() for r in ring] == [[[epoch, values[epoch - 1]]]]


def test_the_mode_says_which_epoch_is_the_best():
    history = {"regret": [3, 2, 1], "val_regret": [0.8, 0.5, 0.6]}
    for mode, text in ((None, "epoch 1 (0.8"), ("max", "epoch 1 (0.8"), ("min", "epoch 2 (0.5")):
        ax = plot_history(history, "regret", mode=mode)
        assert any(text in t.get_text() for t in ax.texts)
    with pytest.raises(CourseError, match="`mode` must be"):
        plot_history(history, "regret", mode="lowest")


@pytest.mark.parametrize(
    ("metric", "label"),
    [
        ("loss", "loss"),
        ("accuracy", "accuracy (share)"),
        ("seconds", "time per epoch (seconds)"),
    ],
)
def test_the_y_axis_states_the_unit(metric, label):
    assert plot_history(HISTORY, metric).get_ylabel() == label


@pytest.mark.parametrize(
    ("metric", "title", "label"),
    [
        ("mean_squared_error", "Mean squared error during training", "mean squared error"),
        ("mAP", "mAP during training", "mAP"),
        ("box_loss", "Box loss during training", "box loss"),
    ],
)
def test_any_measure_is_named_as_it_is(metric, title, label):
    ax = plot_history({metric: [0.5, 0.4]}, metric)
    assert (ax.get_title(), ax.get_ylabel()) == (title, label)


def test_a_panel_for_each_metric():
    figure = plot_histories(HISTORY, ["loss", "accuracy", "seconds"])
    assert [ax.get_ylabel() for ax in figure.axes] == [
        "loss",
        "accuracy (share)",
        "time per epoch (seconds)",
    ]
    lines = {line.get_label(): line for line in figure.axes[1].lines}
    assert lines["validation"].get_ydata().tolist() == HISTORY["val_accuracy"]
    assert [text.get_text() for text in figure.axes[0].texts][1:] == ["training", "validation"]


@pytest.mark.parametrize(
    ("metrics", "message"),
    [([], "`metrics` must be a list of at least one"), (["loss", "error"], "no metric 'error'")],
)
def test_bad_metrics_are_named(metrics, message):
    with pytest.raises(CourseError, match=message):
        plot_histories(HISTORY, metrics)


def test_the_loss_of_a_regression_has_a_label_of_its_own():
    assert plot_history(HISTORY, y_label="squared error (m²)").get_ylabel() == "squared error (m²)"


def test_the_epoch_axis_has_whole_numbers_only():
    ax = plot_history(HISTORY)
    assert all(float(tick).is_integer() for tick in ax.get_xticks())


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"loss": [1.0], "seconds": [2.0]}, "no metric 'accuracy'. Found: loss, seconds"),
        ({}, "no metric 'accuracy'. Found: none"),
        ({"accuracy": []}, "at least one epoch. Received: 0 values"),
        ({"accuracy": [1], "val_accuracy": [1, 2]}, "Received: 1 and 2 values"),
        (object(), "pass its attribute `history`"),
    ],
)
def test_bad_input_is_named_in_one_line(given, message):
    with pytest.raises(CourseError) as error:
        plot_history(given, "accuracy")
    assert message in str(error.value)
    assert "\n" not in str(error.value)


PICTURES = {
    "plot_history": lambda: plot_history(history()),
    "plot_history, one epoch": lambda: plot_history(history(1), "accuracy"),
    "plot_history, 100 epochs": lambda: plot_history(history(100)),
    "plot_history, no validation": lambda: plot_history({"loss": [3, 2, 1]}),
    "plot_history, all NaN": lambda: plot_history({"loss": [np.nan]}),
    "plot_histories": lambda: plot_histories(history(), ["loss", "accuracy"]),
    "plot_histories, one epoch": lambda: plot_histories(history(1), ["loss", "accuracy"]),
    "plot_histories, three": lambda: plot_histories(
        history(30) | {"mean_absolute_error": [0.5] * 30},
        ["loss", "accuracy", "mean_absolute_error"],
    ),
}
