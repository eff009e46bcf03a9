"""Your own images: a folder with one subfolder per class."""

from pathlib import Path

import numpy as np

from dl_course.datasets.dataset import Dataset, from_pixels
from dl_course.datasets.files._class_folders import holds, read_classes
from dl_course.datasets.formats import Format
from dl_course.datasets.image_reading import decode_image, in_words
from dl_course.datasets.splits import stratified_split
from dl_course.errors import DataError

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".gif")
FORMAT = Format(
    kind="images",
    title="a folder with one subfolder of images per class",
    recognizes=lambda path: holds(path, SUFFIXES),
)


def load(folder: Path, test_share: float, seed: int) -> Dataset:
    """Loads a folder with one subfolder of images per class.

    All images have the same size, and are all grey (one channel) or all colour (three). One with
    a palette counts as grey if all that it shows is grey. 16-bit, transparent and animated images
    are refused.

    Raises:
        DataError: fewer than two classes, a class with fewer than two images, a file that is not
            an image or is damaged, or images of different sizes.

    Example:
        >>> from PIL import Image
        >>> folder = getfixture("tmp_path") / "shades"
        >>> for shade in (0, 255):
        ...     (folder / str(shade)).mkdir(parents=True)
        ...     for i in range(3):
        ...         Image.new("L", (6, 4), shade).save(folder / str(shade) / f"{i}.png")
        >>> data = load(folder, test_share=0.2, seed=0)
        >>> data.x_train.shape, data.class_names
        ((4, 4, 6, 1), ('0', '255'))
    """
    names, paths, y = read_classes(folder, SUFFIXES, "images", f"images ({', '.join(SUFFIXES)})")
    x = _read_all(paths)
    train, test = stratified_split(y, test_share, seed)
    return from_pixels(folder.resolve().name, (x[train], y[train]), (x[test], y[test]), names)


def _read_all(paths: list[Path]) -> np.ndarray:
    """Returns all images, uint8, shape (n, height, width, channels)."""
    images = []
    for path in paths:
        pixels = decode_image(path)
        if images and pixels.shape != images[0].shape:
            raise DataError(
                f"{path}: the image is {in_words(pixels.shape)}, but {paths[0]} is "
                f"{in_words(images[0].shape)}. Make all images the same size, all grey or all "
                "colour."
            )
        images.append(pixels)
    return np.stack(images)
