"""Reading one picture: as it was stored, or in the form that a model takes."""

import os
import struct
import warnings
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from dl_course.errors import DataError, argument_error

if TYPE_CHECKING:
    from PIL import Image

_FORMATS = ("PNG", "JPEG", "BMP", "GIF")


def read_image(
    image: "str | os.PathLike | Image.Image | np.ndarray",
    input_shape: tuple[int, int, int],
    resize: bool = False,
) -> np.ndarray:
    """Reads one picture in the form that a model takes.

    Args:
        image: a PNG, JPEG, BMP or GIF file; a PIL image; or an array, uint8 or float in [0, 1], of
            shape `(height, width)` or `(height, width, 1 or 3)`.
        input_shape: height, width and channels (1 or 3) that the model takes.
        resize: whether to convert a picture of another form: colour to grey or grey to colour,
            then stretched to height and width, in 8 bits.

    Returns:
        float32 in [0, 1], of shape `input_shape`.

    Raises:
        DataError: not a readable image, or one of another form while `resize` is false.

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
    name, pixels = _stored(image)
    if pixels.shape != shape and not resize:
        raise DataError(
            f"{name}: the image is {in_words(pixels.shape)}, the model takes {in_words(shape)}. "
            "Pass --resize (resize=True) to convert it."
        )
    if pixels.shape != shape:
        pixels = _convert(pixels, shape)
    return pixels / np.float32(255) if pixels.dtype == np.uint8 else pixels.astype(np.float32)


def _stored(image: "str | os.PathLike | Image.Image | np.ndarray") -> tuple[object, np.ndarray]:
    """Returns what to call an image, and its pixels as given, (height, width, channels)."""
    if isinstance(image, (str, os.PathLike)):
        path = Path(image).expanduser()
        if not path.is_file():
            raise DataError(f"{path}: no such file. Check the path.")
        return path, decode_image(path)
    if not isinstance(image, np.ndarray):
        return "image", _pixels(image, "image")
    pixels = image[..., None] if image.ndim == 2 else image
    if pixels.ndim != 3 or pixels.shape[2] not in (1, 3) or not pixels.size:
        raise DataError(
            "`image` must be of shape (height, width) or (height, width, 1 or 3). "
            f"Received: image.shape={image.shape}."
        )
    is_unit = image.dtype.kind == "f" and bool(((image >= 0) & (image <= 1)).all())
    if image.dtype != np.uint8 and not is_unit:
        raise DataError(
            "`image` must hold uint8 numbers, or floats that lie in [0, 1]. "
            f"Received: {image.dtype} from {image.min():g} to {image.max():g}."
        )
    return "image", pixels


def decode_image(path: Path) -> np.ndarray:
    """Returns one image as stored: uint8, shape (height, width, channels)."""
    from PIL import Image, ImageOps

    if path.stat().st_size == 0:
        raise DataError(f"{path}: the file is empty. Replace or remove it.")
    # What Pillow's decoders raise on damaged bytes; they share no class of their own.
    faults = (OSError, SyntaxError, ValueError, EOFError, IndexError, struct.error, zlib.error)
    try:
        # Pillow warns of damage in metadata that is not used here (a date, a place), and of images
        # so large that they may be an attack on the memory: only those are refused.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=_FORMATS) as image:
                # (Phones write a preview as a second picture into a JPEG: that is no animation.)
                if image.format in ("GIF", "PNG") and getattr(image, "is_animated", False):
                    raise DataError(f"{path}: the image is animated. Save one frame of it.")
                # A camera stores how it was held; this turns the image as every viewer shows it.
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


def _pixels(image: "Image.Image", path: Path | str) -> np.ndarray:
    """Returns the pixels of an open image: one channel if it is grey, else three."""
    mode = image.mode
    if mode in ("LA", "PA", "RGBA") or "transparency" in image.info:
        if np.asarray(image.convert("RGBA"))[..., 3].min() < 255:
            raise DataError(f"{path}: parts of the image are transparent. Make it opaque.")
    if mode in ("1", "L", "LA"):
        return np.asarray(image.convert("L"))[..., None]
    if mode not in ("RGB", "RGBA", "P", "PA"):
        raise DataError(f"{path}: the pixels have mode {mode}. Save it as 8-bit grey or RGB.")
    colour = np.asarray(image.convert("RGB"))
    if mode in ("P", "PA") and (colour == colour[..., :1]).all():
        return colour[..., :1]
    return colour


def _convert(pixels: np.ndarray, shape: tuple[int, int, int]) -> np.ndarray:
    """Returns an image converted to another number of channels, then to another size."""
    from PIL import Image

    if pixels.dtype != np.uint8:
        pixels = np.round(pixels * 255).astype(np.uint8)
    image = Image.fromarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels)
    image = image.convert("L" if shape[2] == 1 else "RGB")
    image = image.resize((shape[1], shape[0]), Image.Resampling.BICUBIC)
    return np.asarray(image).reshape(shape)


def in_words(shape: tuple[int, int, int]) -> str:
    """Returns "28 high, 28 wide, grey" for (28, 28, 1)."""
    return f"{shape[0]} high, {shape[1]} wide, {'grey' if shape[2] == 1 else 'colour'}"
