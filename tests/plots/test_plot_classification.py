import numpy as np
import pytest
from examples import DIGITS, LABELS, LONG
from examples import IMAGES as MANY
from sklearn.metrics import accuracy_score, confusion_matrix

from dl_course.errors import CourseError
from dl_course.plots import plot_confusion_matrix, plot_wrong_predictions

RNG = np.random.default_rng(0)
TRUE = RNG.integers(0, 10, 500)
SAID = np.where(RNG.random(500) < 0.8, TRUE, RNG.integers(0, 10, 500))


def test_counts_and_accuracy_agree_with_scikit_learn():
    ax = plot_confusion_matrix(TRUE, SAID, DIGITS)
    written = np.zeros((10, 10), dtype=int)
    for text in ax.texts:
        column, row = text.get_position()
        written[row, column] = int(text.get_text())
    expected = confusion_matrix(TRUE, SAID)
    assert written.tolist() == expected.tolist()
    assert f"accuracy {accuracy_score(TRUE, SAID):.3f} " in ax.get_title()
    normalised = confusion_matrix(TRUE, SAID, normalize="true")
    np.testing.assert_allclose(ax.images[0].get_array(), normalised)


def test_a_class_without_examples_has_an_empty_row():
    ax = plot_confusion_matrix([0, 0, 2], [0, 2, 2], ("a", "b", "c"))
    assert ax.images[0].get_array().tolist() == [[0.5, 0, 0.5], [0, 0, 0], [0, 0, 1]]


@pytest.mark.parametrize(("classes", "each", "written"), [(20, 9, 20), (20, 5000, 0), (100, 1, 0)])
def test_numbers_are_left_out_when_they_do_not_fit(classes, each, written):
    labels = np.arange(classes * each) % classes
    ax = plot_confusion_matrix(labels, labels, [f"{i}" for i in range(classes)])
    assert len(ax.texts) == written


def test_dark_cells_have_white_numbers():
    ax = plot_confusion_matrix([0, 0, 0, 0, 0, 1], [0, 0, 0, 0, 1, 1], ("a", "b"))
    colours = {text.get_position(): text.get_color() for text in ax.texts}
    assert colours == {(0, 0): "white", (1, 0): "black", (1, 1): "white"}


@pytest.mark.parametrize(
    ("true", "said", "message"),
    [
        ([0, 1], [0, 2], "`y_predicted` must hold class numbers from 0 to 1"),
        ([0, -1], [0, 1], "`y_true` must hold class numbers from 0 to 1"),
        ([0, 1, 1], [0, 1], "one entry per example. Received: 3 and 2 entries"),
        ([], [], "n at least 1"),
        ([0, 1], [[0.9, 0.1], [0.2, 0.8]], "take `.argmax(axis=1)`"),
        ([0.0, 1.0], [0, 1], "`y_true.dtype` must be an integer type"),
    ],
)
def test_bad_labels_are_named_in_one_line(true, said, message):
    with pytest.raises(CourseError) as error:
        plot_confusion_matrix(true, said, ("a", "b"))
    assert message in str(error.value)
    assert "\n" not in str(error.value)


IMAGES = RNG.random((4, 8, 8, 1))
PROBABILITIES = np.array([[0.1, 0.9], [0.6, 0.4], [0.2, 0.8], [0.3, 0.7]])


def test_only_mistakes_are_drawn_the_surest_first():
    figure = plot_wrong_predictions(IMAGES, np.array([0, 1, 1, 0]), PROBABILITIES, ("3", "5"))
    assert [ax.get_title() for ax in figure.axes] == [
        "true 3, said 5 (0.90)",
        "true 3, said 5 (0.70)",
        "true 5, said 3 (0.60)",
    ]
    for ax, i in zip(figure.axes, (0, 3, 1), strict=True):
        assert ax.images[0].get_array().tolist() == IMAGES[i, ..., 0].tolist()
    assert figure.get_suptitle() == "3 of 4 wrong (75.0%)"


def test_at_most_max_images_are_drawn_and_the_title_counts_all():
    figure = plot_wrong_predictions(
        IMAGES, np.array([0, 1, 1, 0]), PROBABILITIES, ("3", "5"), max_images=2
    )
    assert len(figure.axes) == 2
    assert figure.get_suptitle() == "3 of 4 wrong (75.0%), the 2 surest"


def test_without_mistakes_the_figure_says_so():
    figure = plot_wrong_predictions(IMAGES, np.array([1, 0, 1, 1]), PROBABILITIES, ("3", "5"))
    assert figure.get_suptitle() == "No mistakes: all 4 examples are right"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"x": IMAGES[:3]}, "Received: 3 and 4 and 4 entries"),
        ({"x": IMAGES[..., 0]}, "with 1 or 3 channels"),
        ({"probabilities": PROBABILITIES[:, :1]}, "one column per class name"),
        ({"probabilities": PROBABILITIES * 3}, "Apply the softmax to logits first"),
        ({"probabilities": PROBABILITIES[0]}, "shape (n, classes)"),
        ({"probabilities": PROBABILITIES * np.nan}, "finite numbers"),
        ({"max_images": 0}, "`max_images` must be a positive integer"),
    ],
)
def test_bad_predictions_are_named_in_one_line(changes, message):
    arguments = {
        "x": IMAGES,
        "y_true": np.array([0, 1, 1, 0]),
        "probabilities": PROBABILITIES,
        "class_names": ("3", "5"),
    }
    with pytest.raises(CourseError) as error:
        plot_wrong_predictions(**arguments | changes)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def confusion(number, name="{}"):
    true = RNG.integers(0, number, 2000)
    said = np.where(RNG.random(2000) < 0.8, true, RNG.integers(0, number, 2000))
    return plot_confusion_matrix(true, said, [name.format(i) for i in range(number)])


def wrong_predictions(names):
    probabilities = np.full((40, 10), 0.02)
    probabilities[np.arange(40), (LABELS + LABELS % 2) % 10] = 0.82
    return plot_wrong_predictions(MANY, LABELS, probabilities, names)


PICTURES = {
    "plot_confusion_matrix, 2": lambda: confusion(2, "a class of {}"),
    "plot_confusion_matrix, 10": lambda: confusion(10),
    "plot_confusion_matrix, 100 long": lambda: confusion(100, "a very long class name {}"),
    "plot_wrong_predictions": lambda: wrong_predictions(DIGITS),
    "plot_wrong_predictions, long": lambda: wrong_predictions(LONG[:10]),
    "plot_wrong_predictions, none": lambda: plot_wrong_predictions(
        MANY, LABELS, np.eye(10)[LABELS], DIGITS
    ),
}
