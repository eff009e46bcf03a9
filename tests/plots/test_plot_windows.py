import numpy as np
import pytest
from examples import LONG

from dl_course.errors import CourseError
from dl_course.plots import plot_kernel_step, plot_kernel_windows, plot_pooling

IMAGE = np.arange(20.0).reshape(4, 5)
KERNEL = np.array([[1, 0], [2, -1]])
OUTPUT = np.array(
    [[(IMAGE[i : i + 2, j : j + 2] * KERNEL).sum() for j in range(4)] for i in range(3)]
)


def panels(figure):
    return {ax.get_title(): ax for ax in figure.axes if ax.images}


def numbers_in(ax):
    return [float(text.get_text()) for text in ax.texts]


def frames(ax):
    return [(p.get_x() + 0.5, p.get_y() + 0.5, p.get_width(), p.get_height()) for p in ax.patches]


def test_image_kernel_and_outputs_are_drawn_and_the_outputs_share_a_scale():
    flipped = -3 * OUTPUT
    drawn = panels(plot_kernel_windows(IMAGE, KERNEL, {"a": OUTPUT, "b": flipped}))
    assert list(drawn) == ["image, 4 × 5", "kernel, 2 × 2", "a, 3 × 4", "b, 3 × 4"]
    for ax, matrix in zip(drawn.values(), (IMAGE, KERNEL, OUTPUT, flipped), strict=True):
        assert ax.images[0].get_array().tolist() == matrix.tolist()
    assert numbers_in(drawn["kernel, 2 × 2"]) == [1, 0, 2, -1]
    largest = np.abs(flipped).max()
    assert drawn["a, 3 × 4"].images[0].get_clim() == (-largest, largest)


def test_a_step_shows_window_products_and_the_sum_that_lands_in_the_output():
    drawn = panels(plot_kernel_step(IMAGE, KERNEL, OUTPUT, 1, 2))
    image, output, window, kernel, products = drawn.values()
    assert frames(image) == [(2, 1, 2, 2)]
    assert frames(output) == [(2, 1, 1, 1)]
    assert numbers_in(window) == [7, 8, 12, 13]
    assert numbers_in(kernel) == [1, 0, 2, -1]
    assert numbers_in(products) == [7, 0, 24, -13]
    assert products.get_title() == "= products, sum 18"
    assert output.get_title() == "output[1, 2] = 18"
    known = ~np.ma.getmaskarray(output.images[0].get_array())
    assert known.ravel().tolist() == [True] * 7 + [False] * 5


@pytest.mark.parametrize(
    ("image", "kernel", "output", "at", "message"),
    [
        (IMAGE, KERNEL, OUTPUT[1:], (0, 0), "(height = 3, width = 4)"),
        (IMAGE, KERNEL, OUTPUT, (3, 0), "`row` must be a position from 0 to 2. Received: row=3"),
        (IMAGE, KERNEL, OUTPUT, (0, -1), "`column` must be a position from 0 to 3"),
        (IMAGE, KERNEL, OUTPUT + 1, (0, 0), "must be the cross-correlation"),
        (IMAGE, np.ones((5, 5)), OUTPUT, (0, 0), "`kernel` must not be larger than the image"),
        (IMAGE[..., None], KERNEL, OUTPUT, (0, 0), "`image` must have shape (height, width)"),
    ],
)
def test_a_bad_step_is_named_in_one_line(image, kernel, output, at, message):
    with pytest.raises(CourseError) as error:
        plot_kernel_step(image, kernel, output, *at)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(("window", "stride"), [(2, 2), (3, 1), (2, 3), (4, 1)])
def test_pooling_frames_every_window_and_marks_where_it_goes(window, stride):
    size = tuple((n - window) // stride + 1 for n in IMAGE.shape)
    figure = plot_pooling(IMAGE, {"maximum": np.ones(size)}, window, stride)
    image, output = panels(figure).values()
    assert frames(image) == [
        (column * stride, row * stride, window, window) for row, column in np.ndindex(size)
    ]
    assert frames(output) == [(column, 0, 1, 1) for column in range(min(size[1], 2))]
    assert image.images[0].get_clim() == output.images[0].get_clim() == (0, 19)


@pytest.mark.parametrize(
    ("shape", "window", "stride", "message"),
    [
        ((2, 2), 0, 2, "`window` must be a positive integer"),
        ((2, 2), 2, 0, "`stride` must be a positive integer"),
        ((2, 2), 5, 1, "`window` must be at most 4, the image's side"),
        ((2, 3), 2, 2, "(height = 2, width = 2). Received: outputs['maximum'] of shape (2, 3)"),
    ],
)
def test_bad_pooling_is_named_in_one_line(shape, window, stride, message):
    with pytest.raises(CourseError) as error:
        plot_pooling(IMAGE, {"maximum": np.ones(shape)}, window, stride)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def digit(size=28):
    """Returns something like a handwritten 3, shape (size, size), values 0 to 1."""
    rows, columns = np.mgrid[:size, :size] / (size - 1)
    stroke = np.full((size, size), 9.0)
    for center in (0.32, 0.66):
        bow = np.abs(np.hypot(columns - 0.45, rows - center) - 0.17)
        stroke = np.minimum(stroke, np.where(columns > 0.4, bow, 9))
    return np.exp(-((stroke / 0.06) ** 2)).round(2)


def correlate(image, kernel):
    windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
    return np.einsum("ijmn,mn->ij", windows, kernel)


SOBEL = np.array([[1, 0, -1], [2, 0, -2], [1, 0, -1]])


def kernel_windows(size=28, kernel=SOBEL, more=()):
    image = digit(size)
    outputs = {
        "true convolution": correlate(image, kernel[::-1, ::-1]),
        "cross-correlation": correlate(image, kernel),
    }
    return plot_kernel_windows(image, kernel, outputs | dict(more))


def kernel_step(size=28, kernel=SOBEL, at=(8, 12)):
    image = digit(size)
    return plot_kernel_step(image, kernel, correlate(image, kernel), *at)


def pooled(image, window, stride, how):
    view = np.lib.stride_tricks.sliding_window_view(image, (window, window))
    return how(view[::stride, ::stride], axis=(2, 3))


def pooling(size, window, stride):
    image = digit(size)
    outputs = {
        "maximum": pooled(image, window, stride, np.max),
        "average": pooled(image, window, stride, np.mean),
    }
    return plot_pooling(image, outputs, window, stride)


RNG = np.random.default_rng(0)
PICTURES = {
    "plot_kernel_windows": kernel_windows,
    "plot_kernel_windows, large": lambda: kernel_windows(
        12, RNG.normal(size=(5, 5)), {name: np.zeros((30, 3)) for name in LONG[:2]}
    ),
    "plot_kernel_step": kernel_step,
    "plot_kernel_step, large": lambda: kernel_step(9, RNG.normal(size=(7, 7)), (2, 2)),
    "plot_kernel_step, 1 by 1": lambda: kernel_step(6, np.array([[0.5]]), (0, 0)),
    "plot_pooling": lambda: pooling(8, 2, 2),
    "plot_pooling, overlapping": lambda: pooling(9, 3, 2),
    "plot_pooling, gaps": lambda: pooling(28, 3, 5),
    "plot_pooling, one window": lambda: pooling(6, 6, 1),
}
