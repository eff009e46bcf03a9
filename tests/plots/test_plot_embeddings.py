"""Maps of words."""

import numpy as np
import pytest
from examples import LONG

from dl_course.errors import CourseError
from dl_course.plots import plot_embedding_map


def test_forty_words_are_named_and_hardly_cover_each_other():
    points = np.random.default_rng(0).normal(size=(40, 2))
    words = [f"word{k}" for k in range(40)]
    ax = plot_embedding_map(points, words)
    ax.figure.draw_without_rendering()
    assert [text.get_text() for text in ax.texts] == words
    # Annotation.get_window_extent includes the line to the point; the text alone does not.
    from matplotlib.text import Text

    boxes = [Text.get_window_extent(text) for text in ax.texts]
    covered = sum(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])
    assert covered <= 2


def test_points_are_where_they_were_given():
    points = np.array([[0.0, 1.0], [2.0, -1.0]])
    ax = plot_embedding_map(points, ["a", "b"], title="Two")
    np.testing.assert_array_equal(ax.lines[0].get_xydata(), points)
    assert ax.get_title() == "Two"


@pytest.mark.parametrize(
    "points, words",
    [(np.zeros((2, 2)), ["a"]), (np.zeros((2, 3)), ["a", "b"]), (np.zeros((61, 2)), ["a"] * 61)],
)
def test_what_does_not_fit_is_refused(points, words):
    with pytest.raises(CourseError):
        plot_embedding_map(points, words)


PICTURES = {
    "plot_embedding_map": lambda: plot_embedding_map(
        np.random.default_rng(0).normal(size=(40, 2)), [f"word{k}" for k in range(40)]
    ),
    "plot_embedding_map, two long": lambda: plot_embedding_map(np.eye(2), LONG[:2]),
}
