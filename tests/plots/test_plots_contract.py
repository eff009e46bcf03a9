"""What holds for every picture: it is labelled, legible, and leaves no trace behind."""

import dataclasses
import io
import itertools
import subprocess
import sys
import warnings

import matplotlib
import matplotlib.pyplot
import numpy as np
import pytest
import scratch_pictures
import sound_pictures
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

from dl_course import plots

LONG = [f"hidden_layer_number_{i:02d}_with_a_very_long_name" for i in range(30)]
RNG = np.random.default_rng(0)
IMAGES = RNG.random((40, 28, 28, 1)).astype("float32")
LABELS = np.arange(40) % 10
DIGITS = tuple("0123456789")


def wrong_predictions(names):
    probabilities = np.full((40, 10), 0.02)
    probabilities[np.arange(40), (LABELS + LABELS % 2) % 10] = 0.82
    return plots.plot_wrong_predictions(IMAGES, LABELS, probabilities, names)


def confusion(number, name="{}"):
    true = RNG.integers(0, number, 2000)
    predicted = np.where(RNG.random(2000) < 0.8, true, RNG.integers(0, number, 2000))
    names = [name.format(i) for i in range(number)]
    return plots.plot_confusion_matrix(true, predicted, names)


def feature_maps():
    maps = {"conv2d": RNG.random((26, 26, 32)), LONG[0] * 2: RNG.random((5, 5, 3))}
    return plots.plot_feature_maps(IMAGES[0], maps | {"dead": np.zeros((5, 5, 8))})


def attention(columns, rows):
    weights = RNG.dirichlet(np.ones(columns), rows)
    source, target = (LONG * 2)[:columns], ("一二三四五六七八九十" * 6)[:rows]
    return plots.plot_attention(source, target, weights)


def grades(questions, students, name="q{}", ax=None):
    points = np.random.default_rng(0).integers(0, 5, (questions, students)) / 2
    names = [name.format(k) for k in range(questions)]
    return plots.plot_grades(points, [2] * questions, names, ax=ax)


def nan_column(table, *columns):
    return table | {column: np.full(len(table["epoch"]), np.nan) for column in columns}


PICTURES = {
    "history": lambda g, a, h: plots.plot_history(h()),
    "history, one epoch": lambda g, a, h: plots.plot_history(h(1), "accuracy"),
    "history, 100 epochs": lambda g, a, h: plots.plot_history(h(100)),
    "history, no validation": lambda g, a, h: plots.plot_history({"loss": [3, 2, 1]}),
    "history, all NaN": lambda g, a, h: plots.plot_history({"loss": [np.nan]}),
    "gradient flow": lambda g, a, h: plots.plot_gradient_flow(g()),
    "gradient flow, long names": lambda g, a, h: plots.plot_gradient_flow(g(LONG, 100)),
    "over time": lambda g, a, h: plots.plot_gradient_flow_over_time(g()),
    "over time, long": lambda g, a, h: plots.plot_gradient_flow_over_time(g(LONG, 100)),
    "update ratio": lambda g, a, h: plots.plot_gradient_flow_over_time(g(), "update_ratio"),
    "zero share": lambda g, a, h: plots.plot_gradient_flow_over_time(g(), "zero_share"),
    "gradient summary": lambda g, a, h: plots.plot_gradient_summary(g()),
    "gradient summary, one": lambda g, a, h: plots.plot_gradient_summary(g(epochs=1)),
    "gradient summary, long": lambda g, a, h: plots.plot_gradient_summary(g(LONG, 100)),
    "statistics": lambda g, a, h: plots.plot_activation_statistics(a()),
    "statistics, NaN": lambda g, a, h: plots.plot_activation_statistics(
        nan_column(a(), "mean", "std", "dead_share", "saturated_share")
    ),
    "histograms": lambda g, a, h: plots.plot_activation_histograms(a()),
    "histograms, NaN": lambda g, a, h: plots.plot_activation_histograms(
        nan_column(a(), "low", "high")
    ),
    "activation summary": lambda g, a, h: plots.plot_activation_summary(a()),
    "activation summary, one": lambda g, a, h: plots.plot_activation_summary(a(epochs=1)),
    "activation summary, long": lambda g, a, h: plots.plot_activation_summary(a(LONG, 100)),
    "feature maps": lambda g, a, h: feature_maps(),
    "embedding map": lambda g, a, h: plots.plot_embedding_map(
        RNG.normal(size=(40, 2)), [f"word{k}" for k in range(40)]
    ),
    "embedding map, two long": lambda g, a, h: plots.plot_embedding_map(np.eye(2), LONG[:2]),
    "filters": lambda g, a, h: plots.plot_filters(RNG.normal(size=(3, 3, 1, 32))),
    "filters over channels": lambda g, a, h: plots.plot_filters(RNG.normal(size=(5, 5, 32, 64))),
    "filters, one": lambda g, a, h: plots.plot_filters(np.zeros((3, 3, 1, 1))),
    "confusion, 2": lambda g, a, h: confusion(2, "a class of {}"),
    "confusion, 10": lambda g, a, h: confusion(10),
    "confusion, 100 long": lambda g, a, h: confusion(100, "a very long class name {}"),
    "wrong predictions": lambda g, a, h: wrong_predictions(DIGITS),
    "wrong predictions, long": lambda g, a, h: wrong_predictions(LONG[:10]),
    "no wrong predictions": lambda g, a, h: plots.plot_wrong_predictions(
        IMAGES, LABELS, np.eye(10)[LABELS], DIGITS
    ),
    "grades": lambda g, a, h: grades(5, 40),
    "grades, Chinese": lambda g, a, h: grades(3, 7, "第{}题 卷积"),
    "grades, one": lambda g, a, h: plots.plot_grades([[1]], [2], ["q"]),
    "grades, none": lambda g, a, h: plots.plot_grades([[], []], [1, 2], ["q", "r"]),
    "grades, many long": lambda g, a, h: grades(30, 200, LONG[0] + "{}"),
    "images": lambda g, a, h: plots.plot_images(IMAGES, LABELS, DIGITS),
    "one image": lambda g, a, h: plots.plot_images(IMAGES[:1]),
    "attention": lambda g, a, h: attention(13, 15),
    "attention, one": lambda g, a, h: attention(1, 1),
    "attention, wide": lambda g, a, h: attention(60, 4),
    "attention, high": lambda g, a, h: attention(5, 60),
    "wide colour images": lambda g, a, h: plots.plot_images(
        RNG.random((7, 20, 40, 3)), LABELS[:7], LONG
    ),
} | {
    name: lambda g, a, h, draw=draw: draw()
    for name, draw in (scratch_pictures.PICTURES | sound_pictures.PICTURES).items()
}


@dataclasses.dataclass
class Drawn:
    result: Axes | Figure
    figure: Figure
    png: bytes
    rc_changed: bool


@pytest.fixture(scope="module", params=PICTURES)
def drawn(request, gradients, activations, history):
    """Each picture once for all tests: drawing is what takes the time."""
    before = dict(matplotlib.rcParams)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = PICTURES[request.param](gradients, activations, history)
        figure = result.figure.figure
        png = io.BytesIO()
        figure.set_dpi(150)
        figure.savefig(png, dpi=150)
    return Drawn(result, figure, png.getvalue(), dict(matplotlib.rcParams) != before)


def test_pyplot_and_the_global_style_are_left_alone(drawn):
    assert matplotlib.pyplot.get_fignums() == []
    assert not drawn.rc_changed


def test_axes_or_a_figure_with_a_title_is_returned(drawn):
    assert isinstance(drawn.result, Axes | Figure)
    titles = [drawn.figure.get_suptitle(), *(ax.get_title() for ax in drawn.figure.axes)]
    assert any(titles)


def test_every_axis_with_numbers_has_a_label(drawn):
    for ax in drawn.figure.axes:
        if ax.axison and len(ax.get_yticks()) and ax.get_label() != "<colorbar>":
            assert ax.get_ylabel()
            # In a column of panels only the lowest names the axis that they share.
            assert ax.get_xlabel() or not any(
                tick.label1.get_visible() for tick in ax.xaxis.get_major_ticks()
            )


def test_the_picture_is_160_mm_wide_and_fits_a_page(drawn):
    width, height = np.frombuffer(drawn.png[16:24], ">u4")
    assert width == 945
    assert height <= 1400


def test_text_is_at_least_8_points_and_inside_the_picture(drawn):
    page = drawn.figure.bbox.padded(1)
    for text in texts_of(drawn.figure):
        box = Text.get_window_extent(text)
        assert text.get_fontsize() >= 8, text
        assert page.x0 <= box.x0 and box.x1 <= page.x1, text
        assert page.y0 <= box.y0 and box.y1 <= page.y1, text


def test_no_texts_overlap(drawn):
    # The box of a slanted text is larger than the text: slanted ones are not compared.
    upright = [t for t in texts_of(drawn.figure) if t.get_rotation() % 90 == 0]
    # An annotation's own extent would include its arrow.
    boxes = [(t.get_text(), Text.get_window_extent(t).padded(-1)) for t in upright]
    overlaps = [(a, b) for (a, x), (b, y) in itertools.combinations(boxes, 2) if x.overlaps(y)]
    assert overlaps == []


def texts_of(figure):
    """The texts that are drawn: all but the labels of ticks outside their axis."""
    hidden = set()
    for ax in figure.axes:
        for axis in (ax.xaxis, ax.yaxis):
            # On a logarithmic axis a margin counts in decades.
            scale = axis.get_transform().transform
            low, high = sorted(scale(axis.get_view_interval()))
            for tick in axis.get_major_ticks() + axis.get_minor_ticks():
                inside = low - 1e-9 <= scale(tick.get_loc()) <= high + 1e-9
                if not (inside and ax.axison and axis.get_visible()):
                    hidden |= {tick.label1, tick.label2}
    found = figure.findobj(Text)
    return [t for t in found if t.get_visible() and t.get_text().strip() and t not in hidden]


def test_the_room_imports_no_library_before_something_is_drawn():
    heavy = "matplotlib", "PIL", "tensorflow", "keras", "sklearn", "pooch"
    script = f"import sys, dl_course.plots; print([m for m in {heavy} if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert found.stdout.strip() == "[]", found.stderr


@pytest.mark.parametrize(
    "draw",
    [
        lambda g, h, ax: plots.plot_history(h(), ax=ax),
        lambda g, h, ax: plots.plot_gradient_flow(g(), ax=ax),
        lambda g, h, ax: plots.plot_gradient_flow_over_time(g(), ax=ax),
        lambda g, h, ax: plots.plot_confusion_matrix([0, 1], [0, 1], ("a", "b"), ax=ax),
        lambda g, h, ax: grades(3, 7, ax=ax),
        lambda g, h, ax: scratch_pictures.curves(ax=ax),
        lambda g, h, ax: scratch_pictures.descent_picture(scratch_pictures.PATHS, ax=ax),
        lambda g, h, ax: scratch_pictures.boundary(ax=ax),
        lambda g, h, ax: scratch_pictures.heatmap(4, 4, ax=ax),
        lambda g, h, ax: scratch_pictures.eigenvalues(ax=ax),
        lambda g, h, ax: sound_pictures.waveform(ax=ax),
        lambda g, h, ax: sound_pictures.spectrogram(ax=ax),
        lambda g, h, ax: sound_pictures.filters(ax=ax),
    ],
)
def test_given_axes_are_drawn_on_and_can_be_cleared_and_drawn_again(draw, gradients, history):
    left, right = Figure(layout="constrained").subplots(1, 2)
    assert draw(gradients, history, left) is left
    first = [line.get_xydata().tolist() for line in left.lines], len(left.texts)
    assert not right.lines
    left.clear()
    draw(gradients, history, left)
    assert ([line.get_xydata().tolist() for line in left.lines], len(left.texts)) == first


def test_a_notebook_shows_axes_and_figures_as_pictures(history, activations):
    for result in (plots.plot_history(history()), plots.plot_activation_statistics(activations())):
        assert result._repr_png_().startswith(b"\x89PNG")
