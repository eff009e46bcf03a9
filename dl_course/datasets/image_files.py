"""Your own images: a folder with one subfolder per class, or one picture to classify."""

import os
import struct
import warnings
import zlib
from pathlib import Path

import numpy as np

from dl_course.datasets.dataset import Dataset, from_pixels
from dl_course.datasets.splits import stratified_split
from dl_course.errors import DataError, argument_error

_SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".gif")
_FORMATS = ("PNG", "JPEG", "BMP", "GIF")


def load_folder(folder: Path, test_share: float, seed: int) -> Dataset:
    """Loads a folder with one subfolder of images per class.

    Subfolder names are the class names; labels follow their alphabetical order. Hidden files,
    and files beside the subfolders, are left alone. All images have one size, and all are grey
    (one channel) or all colour (three). An image with a palette counts as grey if all that it
    shows is grey. 16-bit, see-through and moving images are refused.

    Args:
        folder: the folder that holds the subfolders.
        test_share: the share of each class that is kept for the test.
        seed: chooses the split.

    Raises:
        DataError: fewer than two classes, a class without images, a file that is no image or is
            damaged, images of different size.

    Example:
        >>> from PIL import Image
        >>> folder = getfixture("tmp_path") / "shades"
        >>> for shade in (0, 255):
        ...     (folder / str(shade)).mkdir(parents=True)
        ...     for i in range(3):
        ...         Image.new("L", (6, 4), shade).save(folder / str(shade) / f"{i}.png")
        >>> data = load_folder(folder, test_share=0.2, seed=0)
        >>> data.x_train.shape, data.class_names
        ((4, 4, 6, 1), ('0', '255'))
    """
    classes = sorted(p for p in folder.iterdir() if p.is_dir() and not p.name.startswith("."))
    if len(classes) < 2:
        raise DataError(
            f"{folder}: expected one subfolder of images per class, two at least. "
            f"Received: {', '.join(p.name for p in classes) or 'no subfolder'}."
        )
    for one in classes:
        if any("\ud800" <= c <= "\udfff" for c in one.name):  # bytes that are no UTF-8
            raise DataError(f"{one}: a class needs a readable name. Rename the folder.")
    files = [_class_files(one) for one in classes]
    paths = [path for group in files for path in group]
    x = _read_all(paths)
    y = np.repeat(np.arange(len(classes)), [len(group) for group in files])
    train, test = stratified_split(y, test_share, seed)
    names = tuple(one.name for one in classes)
    return from_pixels(folder.resolve().name, (x[train], y[train]), (x[test], y[test]), names)


def read_image(
    path: str | os.PathLike, input_shape: tuple[int, int, int], resize: bool = False
) -> np.ndarray:
    """Reads one picture in the form that a model takes.

    Args:
        path: a PNG, JPEG, BMP or GIF file.
        input_shape: height, width and channels (1 or 3) that the model takes.
        resize: whether to convert a picture of another form: colour to grey or grey to colour,
            then stretched to height and width.

    Returns:
        float32 in [0, 1], of shape `input_shape`.

    Raises:
        DataError: no readable image, or one of another form while `resize` is false.

    Example:
        >>> from PIL import Image
        >>> path = getfixture("tmp_path") / "white.png"
        >>> Image.new("RGB", (40, 30), "white").save(path)
        >>> read_image(path, (28, 28, 1), resize=True).shape
        (28, 28, 1)
    """
    shape = tuple(input_shape)
    if len(shape) != 3 or shape[2] not in (1, 3):
        raise argument_error("input_shape", "(height, width, 1) or (height, width, 3)", shape)
    path = Path(path).expanduser()
    if not path.is_file():
        raise DataError(f"{path}: no such file. Check the path.")
    pixels = _decode(path)
    if pixels.shape != shape and not resize:
        raise DataError(
            f"{path}: the image is {_in_words(pixels.shape)}, the model takes {_in_words(shape)}. "
            "Pass --resize (resize=True) to bring it to size."
        )
    if pixels.shape != shape:
        pixels = _convert(pixels, shape)
    return pixels / np.float32(255)


def _class_files(folder: Path) -> list[Path]:
    """Returns the image files of one class, in alphabetical order."""
    files = sorted(p for p in folder.iterdir() if not p.name.startswith("."))
    for path in files:
        if not path.is_file() or path.suffix.lower() not in _SUFFIXES:
            raise DataError(
                f"{path}: a class folder may hold only images ({', '.join(_SUFFIXES)}). "
                "Move it elsewhere."
            )
    if len(files) < 2:
        raise DataError(
            f"{folder}: a class needs at least 2 images, one to train and one to test. "
            f"Received: {len(files)}. Add images or remove the folder."
        )
    return files


def _read_all(paths: list[Path]) -> np.ndarray:
    """Returns all images, uint8, shape (n, height, width, channels)."""
    images = []
    for path in paths:
        pixels = _decode(path)
        if images and pixels.shape != images[0].shape:
            raise DataError(
                f"{path}: the image is {_in_words(pixels.shape)}, but {paths[0]} is "
                f"{_in_words(images[0].shape)}. Bring all images to one size, all grey or all "
                "colour."
            )
        images.append(pixels)
    return np.stack(images)


def _decode(path: Path) -> np.ndarray:
    """Returns one image as stored: uint8, shape (height, width, channels)."""
    from PIL import Image, ImageOps

    if path.stat().st_size == 0:
        raise DataError(f"{path}: the file is empty. Replace or remove it.")
    # What Pillow's decoders raise on damaged bytes; they share no class of their own.
    faults = (OSError, SyntaxError, ValueError, EOFError, IndexError, struct.error, zlib.error)
    try:
        # Pillow warns of damage in what is not used (a date, a place), and of images so large
        # that they may be an attack on the memory: those are refused.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=_FORMATS) as image:
                # (Phones write a preview as a second picture into a JPEG: that does not move.)
                if image.format in ("GIF", "PNG") and image.is_animated:
                    raise DataError(f"{path}: the image moves. Save one picture of it.")
                # A camera stores how it was held: the image as every viewer shows it.
                return _pixels(ImageOps.exif_transpose(image), path)
    except (DataError, PermissionError):
        raise
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise DataError(f"{path}: the image has too many pixels. Make it smaller.") from None
    except faults:
        raise DataError(
            f"{path}: not an image, or damaged: it cannot be read as PNG, JPEG, BMP or GIF. "
            "Replace or remove it."
        ) from None


def _pixels(image, path: Path) -> np.ndarray:
    """Returns the pixels of an open image: one channel if it is grey, else three."""
    mode = image.mode
    if mode in ("LA", "PA", "RGBA") or "transparency" in image.info:
        if image.convert("RGBA").getchannel("A").getextrema()[0] < 255:
            raise DataError(f"{path}: parts of the image are see-through. Save it without them.")
    if mode in ("1", "L", "LA"):
        return np.asarray(image.convert("L"))[..., None]
    if mode not in ("RGB", "RGBA", "P", "PA"):
        raise DataError(f"{path}: pixels of mode {mode}. Save the image as 8-bit grey or RGB.")
    colour = np.asarray(image.convert("RGB"))
    if mode in ("P", "PA") and (colour == colour[..., :1]).all():
        return colour[..., :1]
    return colour


def _convert(pixels: np.ndarray, shape: tuple[int, int, int]) -> np.ndarray:
    """Returns an image brought to another number of channels, then to another size."""
    from PIL import Image

    image = Image.fromarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels)
    image = image.convert("L" if shape[2] == 1 else "RGB")
    image = image.resize((shape[1], shape[0]), Image.Resampling.BICUBIC)
    return np.asarray(image).reshape(shape)


def _in_words(shape: tuple[int, int, int]) -> str:
    """Returns "28 high, 28 wide, grey" for (28, 28, 1)."""
    return f"{shape[0]} high, {shape[1]} wide, {'grey' if shape[2] == 1 else 'colour'}"
