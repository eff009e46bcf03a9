import numpy as np
import pytest
from examples import gradients
from hypothesis import given
from hypothesis import strategies as st

from dl_course.errors import CourseError
from dl_course.plots import plot_gradient_summary, plot_history, save_figure
from dl_course.plots._style import evenly, short_names, spread

PNG, PDF, SVG = b"\x89PNG", b"%PDF", b"<?xml"


@pytest.mark.parametrize(("suffix", "magic"), [(".png", PNG), (".pdf", PDF), (".svg", SVG)])
def test_the_suffix_decides_the_format(tmp_path, suffix, magic):
    path = tmp_path / f"figures/loss{suffix}"
    assert save_figure(plot_history({"loss": [2, 1]}), path) == path
    assert path.read_bytes().startswith(magic)
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_axes_of_a_part_of_a_figure_save_the_whole_figure(tmp_path):
    figure = plot_gradient_summary(gradients())
    whole = save_figure(figure, tmp_path / "whole.png").read_bytes()
    part = save_figure(figure.axes[0], tmp_path / "part.png").read_bytes()
    assert np.frombuffer(whole[16:24], ">u4").tolist() == [945, 1170]
    assert part[16:24] == whole[16:24]


@pytest.mark.parametrize("name", ["loss", "loss.jpg", "loss.PNG.txt", ".png"])
def test_another_suffix_is_refused_and_nothing_is_written(tmp_path, name):
    with pytest.raises(CourseError, match="ending in .png, .pdf or .svg"):
        save_figure(plot_history({"loss": [2, 1]}), tmp_path / name)
    assert not list(tmp_path.iterdir())


@given(st.lists(st.floats(-1, 2), min_size=1, max_size=12), st.floats(0, 0.2))
def test_spread_keeps_order_distance_and_frame(positions, gap):
    placed = spread(positions, gap)
    order = np.argsort(positions, kind="stable")
    gap = min(gap, 1 / max(len(positions) - 1, 1))
    assert np.diff(placed[order]).min(initial=1) >= gap - 1e-9
    assert -1e-9 <= placed.min() and placed.max() <= 1 + 1e-9


def test_spread_leaves_positions_alone_that_are_far_enough_apart():
    np.testing.assert_allclose(spread([0.9, 0.1, 0.5], 0.1), [0.9, 0.1, 0.5])


@given(st.lists(st.text("ab_", min_size=1, max_size=40), unique=True, max_size=30))
def test_short_names_are_short_and_different(names):
    short = short_names(names, 12)
    assert all(len(name) <= 12 for name in short)
    assert len(set(short)) == len(names)


@given(st.integers(1, 200), st.integers(2, 20))
def test_evenly_takes_the_first_and_the_last_and_no_more_than_wanted(count, wanted):
    taken = evenly(count, wanted)
    assert taken[0] == 0 and taken[-1] == count - 1
    assert len(taken) == min(count, wanted)
