"""What holds for every picture: it is labelled, legible, and leaves no trace behind."""

import dataclasses
import importlib
import io
import itertools
import subprocess
import sys
import warnings
from pathlib import Path

import matplotlib
import matplotlib.pyplot
import numpy as np
import pytest
from examples import activations, history
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

from dl_course import plots

# The test file of each plot says what to draw, by the plot's name: usual and extreme pictures.
FILES = sorted(Path(__file__).parent.glob("test_plot_*.py"))
PICTURES = {
    name: draw
    for file in FILES
    for name, draw in getattr(importlib.import_module(file.stem), "PICTURES", {}).items()
}


def test_every_plot_is_among_the_pictures():
    drawn = {name.split(",")[0] for name in PICTURES}
    assert drawn == {name for name in vars(plots) if name.startswith("plot_")}


@dataclasses.dataclass
class Drawn:
    result: Axes | Figure
    figure: Figure
    png: bytes
    rc_changed: bool


@pytest.fixture(scope="module", params=PICTURES)
def drawn(request):
    """Each picture once for all tests: drawing is what takes the time."""
    before = dict(matplotlib.rcParams)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = PICTURES[request.param]()
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


def test_a_notebook_shows_axes_and_figures_as_pictures():
    for result in (plots.plot_history(history()), plots.plot_activation_statistics(activations())):
        assert result._repr_png_().startswith(b"\x89PNG")
