import numpy as np
import pytest
from examples import DIGITS, LONG
from examples import IMAGES as MANY
from examples import LABELS as CLASSES

from dl_course.errors import CourseError
from dl_course.plots import plot_feature_maps, plot_filters, plot_images

RNG = np.random.default_rng(0)
IMAGES = RNG.random((30, 8, 6, 1))
LABELS = np.arange(30) % 3


def test_the_first_images_are_drawn_with_their_class_names():
    figure = plot_images(IMAGES, LABELS, ("ant", "bee", "cat"), max_images=4, title="Insects")
    assert [ax.get_title() for ax in figure.axes] == ["ant", "bee", "cat", "ant"]
    assert figure.get_suptitle() == "Insects"
    for ax, image in zip(figure.axes, IMAGES, strict=False):
        assert ax.images[0].get_array().tolist() == image[..., 0].tolist()
        assert ax.images[0].get_clim() == (0, 1)


def test_without_class_names_the_class_numbers_are_written():
    figure = plot_images(IMAGES, LABELS, max_images=3)
    assert [ax.get_title() for ax in figure.axes] == ["0", "1", "2"]


def test_uint8_and_float_images_look_the_same():
    colours = RNG.integers(0, 256, (2, 4, 4, 3), dtype=np.uint8)
    drawn = [plot_images(x).axes[0].images[0].get_array() for x in (colours, colours / 255)]
    np.testing.assert_array_equal(*drawn)


@pytest.mark.parametrize(
    ("x", "y", "names", "message"),
    [
        (IMAGES[0], None, None, "Received: x of shape (8, 6, 1)"),
        (IMAGES[:0], None, None, "Received: x of shape (0, 8, 6, 1)"),
        (np.zeros((1, 8, 8, 2)), None, None, "with 1 or 3 channels"),
        (IMAGES * 255, None, None, "values from 0 (black) to 1"),
        (IMAGES * np.nan, None, None, "values from nan to nan"),
        (IMAGES.astype(str), None, None, "of type <U"),
        (IMAGES, LABELS[:26], None, "Received: 30 and 26 entries"),
        (IMAGES, LABELS, ("ant", "bee"), "from 0 to 1, one per class name. Received: 0 to 2"),
        (IMAGES, np.array(["ant"] * 30), None, "an integer type"),
    ],
)
def test_bad_images_are_named_in_one_line(x, y, names, message):
    with pytest.raises(CourseError) as error:
        plot_images(x, y, names)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_feature_maps_stand_row_by_row_on_one_scale():
    maps = RNG.normal(size=(4, 4, 20))
    figure = plot_feature_maps(IMAGES[0], {"conv2d": maps}, max_maps=10)
    drawn = figure.axes[1].images[0]
    tiles = drawn.get_array().filled(np.nan)
    assert tiles.shape == (2 * 5 - 1, 8 * 5 - 1)
    for i in range(10):
        top, left = i // 8 * 5, i % 8 * 5
        assert tiles[top : top + 4, left : left + 4].tolist() == maps[..., i].tolist()
    assert np.isnan(tiles).sum() == tiles.size - 10 * 16
    assert drawn.get_clim() == (maps.min(), maps.max())
    assert figure.axes[1].get_title() == "conv2d: 10 of 20 maps, 4 × 4"


@pytest.mark.parametrize(
    ("maps", "message"),
    [
        ({}, "a dict of layer name to feature maps, not empty"),
        ({"dense": np.ones(10)}, "Received: maps['dense'] of shape (10,)"),
        ({"conv2d": np.full((4, 4, 2), np.nan)}, "`maps['conv2d']` must hold finite numbers"),
    ],
)
def test_bad_feature_maps_are_named_in_one_line(maps, message):
    with pytest.raises(CourseError) as error:
        plot_feature_maps(IMAGES[0], maps)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_filters_are_drawn_on_a_scale_that_is_even_around_zero():
    kernels = RNG.normal(size=(3, 3, 1, 10))
    kernels[0, 0, 0, 0] = -9
    drawn = plot_filters(kernels).axes[0].images[0]
    assert drawn.get_clim() == (-9, 9)
    tiles = drawn.get_array().filled(np.nan)
    assert tiles[:3, 4:7].tolist() == kernels[:, :, 0, 1].tolist()
    assert tiles[4:7, :3].tolist() == kernels[:, :, 0, 8].tolist()


def test_filters_over_several_channels_have_a_row_per_input_channel():
    kernels = RNG.normal(size=(3, 3, 9, 20))
    ax = plot_filters(kernels).axes[0]
    tiles = ax.images[0].get_array().filled(np.nan)
    assert tiles.shape == (8 * 4 - 1, 16 * 4 - 1)
    assert tiles[4:7, 8:11].tolist() == kernels[:, :, 1, 2].tolist()
    assert ax.get_title() == "16 of 20 filters of 3 × 3 over 8 of 9 input channels"


@pytest.mark.parametrize("kernels", [np.ones((3, 3, 8)), np.full((3, 3, 1, 1), np.inf)])
def test_bad_kernels_are_refused(kernels):
    with pytest.raises(CourseError, match="`kernels` must"):
        plot_filters(kernels)


def feature_maps():
    maps = {"conv2d": RNG.random((26, 26, 32)), LONG[0] * 2: RNG.random((5, 5, 3))}
    return plot_feature_maps(MANY[0], maps | {"dead": np.zeros((5, 5, 8))})


PICTURES = {
    "plot_images": lambda: plot_images(MANY, CLASSES, DIGITS),
    "plot_images, one": lambda: plot_images(MANY[:1]),
    "plot_images, wide in colour": lambda: plot_images(
        RNG.random((7, 20, 40, 3)), CLASSES[:7], LONG
    ),
    "plot_feature_maps": feature_maps,
    "plot_filters": lambda: plot_filters(RNG.normal(size=(3, 3, 1, 32))),
    "plot_filters, channels": lambda: plot_filters(RNG.normal(size=(5, 5, 32, 64))),
    "plot_filters, one": lambda: plot_filters(np.zeros((3, 3, 1, 1))),
}
