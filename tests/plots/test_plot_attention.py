import importlib.util
import io
import warnings

import matplotlib
import numpy as np
import pytest
from examples import LONG

from dl_course import plots
from dl_course.errors import CourseError
from dl_course.plots import _fonts, plot_attention

SOURCE = ["twenty", "-", "one"]
TARGET = ["二", "十", "一", "。"]
WEIGHTS = np.array([[1, 0, 0], [0.25, 0.73, 0.02], [0, 0.044, 0.956], [0, 0, 1]])


@pytest.fixture
def no_font(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(_fonts, "_INSTALLED", ())
    _fonts._family.cache_clear()
    yield
    _fonts._family.cache_clear()


def drawn(figure):
    """The picture's points; a warning, such as of a glyph that is missing, is an error."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        content = io.BytesIO()
        figure.savefig(content, format="rgba", dpi=100)
    return np.frombuffer(content.getvalue(), np.uint8)


def labels(ax):
    return [
        [text.get_text() for text in side] for side in (ax.get_xticklabels(), ax.get_yticklabels())
    ]


def test_a_row_for_each_token_written_and_a_column_for_each_read():
    ax = plot_attention(SOURCE, TARGET, WEIGHTS)
    np.testing.assert_array_equal(ax.images[0].get_array(), WEIGHTS)
    assert ax.images[0].get_clim() == (0, 1)
    assert labels(ax) == [SOURCE, TARGET]
    assert ax.get_ylim()[0] > ax.get_ylim()[1]  # the first token written is on top


def test_weights_that_can_be_seen_are_written_in_their_cells():
    ax = plot_attention(SOURCE, TARGET, WEIGHTS)
    texts = {text.get_position(): text.get_text() for text in ax.texts}
    assert texts == {(0, 0): "1.00", (0, 1): ".25", (1, 1): ".73", (2, 2): ".96", (2, 3): "1.00"}


def test_long_sentences_name_some_of_their_tokens():
    count = 150
    tokens = [f"token{i}" for i in range(count)]
    ax = plot_attention(tokens, tokens[:90], np.eye(count)[:90])
    named = labels(ax)[0]
    assert len(named) == 30 and named[0] == "token0" and named[-1] == "token149"
    assert not ax.texts
    drawn(ax.figure)


def test_a_token_is_no_formula_and_no_novel():
    ax = plot_attention(["$x$", "y" * 30], ["a"], np.array([[0.5, 0.5]]))
    assert labels(ax)[0] == [r"\$x\$", "y" * 13 + "…"]
    drawn(ax.figure)


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        (WEIGHTS.T, r"\(target = 4, source = 3\)"),
        (WEIGHTS * 2, "between 0 and 1. Received: 0 to 2"),
        (WEIGHTS - 1, "between 0 and 1"),
        (WEIGHTS * np.nan, "finite"),
    ],
)
def test_weights_that_are_none(weights, message):
    with pytest.raises(CourseError, match=message):
        plot_attention(SOURCE, TARGET, weights)


def test_nothing_written_is_refused():
    with pytest.raises(CourseError, match="`weights`"):
        plot_attention(SOURCE, [], np.zeros((0, 3)))


def test_chinese_characters_are_drawn_and_differ():
    pictures = [drawn(plot_attention(["a"], [token], np.ones((1, 1))).figure) for token in "猫狗□"]
    for k in range(3):
        assert (pictures[k] != pictures[k - 1]).any()


def test_chinese_characters_are_drawn_everywhere_in_a_picture_of_the_course():
    before = dict(matplotlib.rcParams)
    ax = plots.plot_confusion_matrix([0, 1], [0, 1], ("猫", "狗"))
    ax.set_title("一只猫")
    drawn(ax.figure)
    assert "Noto Sans SC" in ax.title.get_fontfamily()
    assert "Noto Sans SC" not in ax.xaxis.label.get_fontfamily()
    assert dict(matplotlib.rcParams) == before


def test_without_a_font_a_character_is_a_box_and_nothing_warns(no_font):
    ax = plot_attention(SOURCE, TARGET, WEIGHTS)
    assert drawn(ax.figure).size and _fonts._family() is None


def test_an_installed_font_serves_where_the_package_is_missing(no_font, monkeypatch):
    monkeypatch.setattr(_fonts, "_INSTALLED", ("No Such Font", "DejaVu Serif"))
    assert _fonts._family() == "DejaVu Serif"


def attention(columns, rows):
    weights = np.random.default_rng(0).dirichlet(np.ones(columns), rows)
    source, target = (LONG * 2)[:columns], ("一二三四五六七八九十" * 6)[:rows]
    return plot_attention(source, target, weights)


PICTURES = {
    "plot_attention": lambda: attention(13, 15),
    "plot_attention, one": lambda: attention(1, 1),
    "plot_attention, wide": lambda: attention(60, 4),
    "plot_attention, high": lambda: attention(5, 60),
}
