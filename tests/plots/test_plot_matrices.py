import numpy as np
import pytest
from examples import LONG

from dl_course.errors import CourseError
from dl_course.plots import plot_eigenvalues, plot_gates, plot_heatmap

LABELS = {"title": "A title", "x_label": "unit before", "y_label": "unit after"}


def test_a_heat_map_has_a_scale_even_around_zero_and_its_numbers_in_place():
    matrix = np.array([[0.5, -2, 0], [1, 0.25, 1.5]])
    ax = plot_heatmap(matrix, **LABELS)
    assert ax.images[0].get_clim() == (-2, 2)
    written = {text.get_position(): float(text.get_text()) for text in ax.texts}
    assert written == {(j, i): value for (i, j), value in np.ndenumerate(matrix)}


@pytest.mark.parametrize(
    ("matrix", "texts"),
    [
        ([[3, -12]], ["3", "-12"]),
        ([[1e-6, -2.5e-9]], ["1.0e-6", "-2.5e-9"]),
        ([[0.5, -0.001]], ["0.50", "0.00"]),
        ([[0.025, -0.001]], ["0.025", "-0.001"]),
        ([[12345.6, 0]], ["1.2e4", "0"]),
    ],
)
def test_numbers_are_short_and_tiny_ones_do_not_become_zero(matrix, texts):
    ax = plot_heatmap(np.array(matrix), **LABELS)
    assert [text.get_text() for text in ax.texts] == texts


def test_a_large_matrix_has_no_numbers():
    assert not plot_heatmap(np.ones((50, 50)), **LABELS).texts


def test_gates_run_over_time_from_left_to_right_and_share_its_axis():
    gates = {"input": np.random.default_rng(0).random((12, 3)), "state": np.full((12, 3), -3.0)}
    upper, lower = (ax for ax in plot_gates(gates, title="LSTM").axes if ax.images)
    for ax, values in zip((upper, lower), gates.values(), strict=True):
        assert ax.images[0].get_array().tolist() == values.T.tolist()
    assert upper.images[0].get_clim() == (0, 1)  # a gate: closed to open
    assert lower.images[0].get_clim() == (-3, 3)
    assert upper.get_xlim() == lower.get_xlim()
    assert (upper.get_xlabel(), lower.get_xlabel()) == ("", "time step")


def test_panels_of_a_kind_share_their_scale():
    gates = {"a": 0.2, "b": 0.9, "candidate": -0.1, "state": -0.9, "cell": -3.0, "other": 7.0}
    figure = plot_gates({k: np.full((4, 2), v) for k, v in gates.items()}, title="LSTM")
    limits = [ax.images[0].get_clim() for ax in figure.axes if ax.images]
    assert limits == [(0, 1)] * 2 + [(-1, 1)] * 2 + [(-7, 7)] * 2


def test_the_words_that_were_read_stand_below_the_lowest_panel():
    words = ["not", "bad", "for", "$3"]
    gates = {"forget": np.full((4, 2), 0.5), "cell": np.full((4, 2), -2.0)}
    panels = [ax for ax in plot_gates(gates, title="LSTM", labels=words).axes if ax.images]
    texts = [[label.get_text() for label in ax.get_xticklabels()] for ax in panels]
    assert texts == [[], ["not", "bad", "for", r"\$3"]]
    assert panels[1].get_xticks().tolist() == [0, 1, 2, 3]


def test_labels_that_are_not_one_per_step_are_refused():
    with pytest.raises(CourseError, match=r"`len\(labels\)` must be 4, one label for each"):
        plot_gates({"a": np.ones((4, 2))}, title="", labels=["one"])


def test_gates_of_different_shape_are_refused():
    with pytest.raises(
        CourseError, match=r"`gates\['b'\]` must have shape \(time = 4, units = 2\)"
    ):
        plot_gates({"a": np.ones((4, 2)), "b": np.ones((2, 4))}, title="")


def test_eigenvalues_stand_in_the_complex_plane_beside_the_unit_circle():
    turn = np.array([[0.0, -1.0], [1.0, 0.0]])  # a quarter turn: eigenvalues i and -i
    ax = plot_eigenvalues({"turn": turn, "shrink": np.diag([0.5, -0.25])})
    points = [sorted(map(tuple, line.get_xydata().round(9).tolist())) for line in ax.lines[:2]]
    assert points == [[(0, -1), (0, 1)], [(-0.25, 0), (0.5, 0)]]
    np.testing.assert_allclose(np.hypot(*ax.lines[2].get_data()), 1)
    names = [text.get_text() for text in ax.get_legend().get_texts()]
    assert names == ["turn: max |λ| = 1", "shrink: max |λ| = 0.5", "unit circle"]


@pytest.mark.parametrize(
    ("matrix", "message"), [(np.ones((2, 3)), "must be square"), (np.diag([1, np.inf]), "finite")]
)
def test_a_matrix_without_eigenvalues_is_refused(matrix, message):
    with pytest.raises(CourseError, match=message):
        plot_eigenvalues({"a": matrix})


RNG = np.random.default_rng(0)


def gates(units=16, names=("input gate", "forget gate", "output gate")):
    time = np.arange(40)[:, None]
    waves = [1 / (1 + np.exp(-3 * np.sin(time / 6 + RNG.normal(size=units)))) for _ in names]
    state = np.cumsum(waves[0] - 0.5, axis=0)
    every = dict(zip(names, waves, strict=True)) | {"cell state": state}
    return plot_gates(every, title="The gates of an LSTM over one sequence")


def gates_over_words(words):
    time = np.arange(len(words))[:, None] + np.arange(12)
    gates = {"forget": 0.5 + 0.4 * np.sin(time), "cell": 3 * np.cos(time), "state": np.cos(time)}
    return plot_gates(gates, title="An LSTM reads a review", labels=words)


def heatmap(rows, columns, size=1.0):
    matrix = np.random.default_rng(2).normal(size=(rows, columns)) * size
    return plot_heatmap(
        matrix, title="Jacobian of one step", x_label="unit before", y_label="unit after"
    )


def eigenvalues():
    normal = np.random.default_rng(1).normal(size=(24, 24))
    matrices = {
        "small normal": 0.1 * normal,
        "orthogonal": np.linalg.qr(normal)[0],
        "large normal": 0.3 * normal,
    }
    return plot_eigenvalues(matrices)


PICTURES = {
    "plot_heatmap": lambda: heatmap(5, 5),
    "plot_heatmap, tiny numbers": lambda: heatmap(3, 4, 1e-5),
    "plot_heatmap, large": lambda: heatmap(64, 64),
    "plot_heatmap, row": lambda: heatmap(1, 12),
    "plot_heatmap, column": lambda: heatmap(30, 2),
    "plot_gates": gates,
    "plot_gates, eight": lambda: gates(128, LONG[:7]),
    "plot_gates, words": lambda: gates_over_words("not bad at all , and $1 well spent".split()),
    "plot_gates, letters": lambda: gates_over_words(list("to be or not to be ?")),
    "plot_gates, many words": lambda: gates_over_words(LONG[:12] * 10),
    "plot_eigenvalues": eigenvalues,
}
