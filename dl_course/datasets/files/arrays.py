"""Your own images as arrays in an .npz file."""

import zipfile
from pathlib import Path
from typing import BinaryIO

import numpy as np

from dl_course.datasets.dataset import Dataset, from_pixels
from dl_course.datasets.formats import Format, ending
from dl_course.datasets.splits import stratified_split
from dl_course.errors import DataError

FORMAT = Format(
    kind="images",
    title="an .npz file of images and labels",
    recognizes=lambda path: path.is_file() and ending(path) == ".npz",
)
_WHOLE = ("x", "y")
_SPLIT = ("x_train", "y_train", "x_test", "y_test")


def load(path: Path, test_share: float, seed: int) -> Dataset:
    """Loads an `.npz` file of images and labels.

    It holds `x` and `y`, which are split here, or `x_train`, `y_train`, `x_test`, `y_test`, which
    keep their split (and are taken when the file holds both forms); `class_names` is optional.
    Images are uint8, or floats in [0, 1]; shape (n, height, width) stands for one grey channel,
    else the last axis holds 1 or 3 channels. Labels are the integers 0..k-1, each present.

    Raises:
        DataError: the file is damaged, lacks an array, or an array cannot be used.

    Example:
        >>> path = getfixture("tmp_path") / "noise.npz"
        >>> x = np.random.default_rng(0).random((10, 8, 8))
        >>> np.savez(path, x=x, y=np.arange(10) % 2, class_names=["even", "odd"])
        >>> data = load(path, test_share=0.2, seed=0)
        >>> data.x_train.shape, data.class_names
        ((8, 8, 8, 1), ('even', 'odd'))
    """
    arrays = _read_arrays(path)
    names = _class_names(path, arrays)
    if "x_train" not in arrays:
        x, y = _images(path, arrays, "x"), _labels(path, arrays, "y")
        names = _match_classes(path, y, names)
        try:
            train, test = stratified_split(y, test_share, seed)
        except DataError as error:
            raise DataError(f"{path}: {error}") from None
        return from_pixels(path.stem, (x[train], y[train]), (x[test], y[test]), names)
    x_train, y_train = _images(path, arrays, "x_train"), _labels(path, arrays, "y_train")
    x_test, y_test = _images(path, arrays, "x_test"), _labels(path, arrays, "y_test")
    if x_train.shape[1:] != x_test.shape[1:]:
        raise DataError(
            f"{path}: images of `x_train` are {x_train.shape[1:]}, those of `x_test` "
            f"{x_test.shape[1:]}. Make all images the same size."
        )
    names = _match_classes(path, y_train, names)
    if y_test.max() >= len(names):
        raise DataError(
            f"{path}: `y_test` holds label {y_test.max()}, `y_train` only 0..{len(names) - 1}. "
            "Every class must be in the training part."
        )
    return from_pixels(path.stem, (x_train, y_train), (x_test, y_test), names)


def _read_arrays(path: Path) -> dict[str, np.ndarray]:
    """Returns the arrays that are used; never unpickles."""
    if path.stat().st_size == 0:
        raise DataError(f"{path}: the file is empty. Write it again with numpy.savez.")
    with path.open("rb") as file:
        if not zipfile.is_zipfile(file):
            raise DataError(
                f"{path}: not an .npz file, or cut off. Write it again with numpy.savez."
            )
        file.seek(0)
        arrays = _unpack(path, file)
    for key, array in arrays.items():
        if not isinstance(array, np.ndarray):
            raise DataError(f"{path}: `{key}` is not a NumPy array. Write it with numpy.savez.")
    return arrays


def _unpack(path: Path, file: BinaryIO) -> dict[str, np.ndarray]:
    """Returns the wanted members of an open archive."""
    try:
        with np.load(file, allow_pickle=False) as archive:
            return {key: archive[key] for key in _wanted(path, archive.files)}
    except DataError:
        raise
    except Exception as error:  # on damaged bytes NumPy raises anything, a TokenError even
        if isinstance(error, ValueError) and "pickle" in str(error):
            raise DataError(
                f"{path}: holds an array of Python objects, which would have to be unpickled, and "
                "that can run arbitrary code. Save plain numbers; class names as "
                "np.array(names, dtype=str)."
            ) from None
        raise DataError(
            f"{path}: damaged: its arrays cannot be read. Write it again or copy it again."
        ) from None


def _wanted(path: Path, found: list[str]) -> list[str]:
    """Returns the names to read, or says which are missing."""
    optional = [key for key in ("class_names",) if key in found]
    for keys in (_SPLIT, _WHOLE):
        if all(key in found for key in keys):
            return [*keys, *optional]
    raise DataError(
        f"{path}: expected the arrays x and y, or {', '.join(_SPLIT)}. "
        f"Received: {', '.join(sorted(found)) or 'none'}."
    )


def _images(path: Path, arrays: dict[str, np.ndarray], key: str) -> np.ndarray:
    """Returns one array of images with a channel axis, after checking that it can be used."""
    x = arrays[key]
    if x.ndim == 3:
        x = x[..., None]
    if x.ndim != 4 or x.shape[-1] not in (1, 3) or 0 in x.shape:
        raise DataError(
            f"{path}: `{key}` must have shape (n, height, width), (n, height, width, 1) or "
            f"(n, height, width, 3), with at least one image. Received: {arrays[key].shape}."
        )
    if x.dtype == np.uint8:
        return x
    if x.dtype.kind != "f":
        raise DataError(
            f"{path}: `{key}` must be uint8, or floats in [0, 1]. Received: {x.dtype.name}. "
            "Save the pixels as uint8."
        )
    finite = np.isfinite(x)
    if not finite.all():
        image = int(np.argmin(finite.all(axis=(1, 2, 3))))
        raise DataError(
            f"{path}: `{key}` holds NaN or infinite values, first in image {image} (counted from "
            "0). Remove or correct those images."
        )
    if x.min() < 0 or x.max() > 1:
        raise DataError(
            f"{path}: floats in `{key}` must lie in [0, 1]. Received: {x.min():g} to {x.max():g}. "
            "Divide them by the largest possible value, or save the pixels as uint8."
        )
    return x


def _labels(path: Path, arrays: dict[str, np.ndarray], key: str) -> np.ndarray:
    """Returns the labels of one part, after checking that they can be used."""
    y = arrays[key]
    images = key.replace("y", "x")
    if y.ndim != 1:
        raise DataError(
            f"{path}: `{key}` must hold one label per image, shape (n,). Received: {y.shape}. "
            "Turn one-hot labels into plain ones with y.argmax(axis=1)."
        )
    if len(y) != len(arrays[images]):
        raise DataError(
            f"{path}: `{images}` holds {len(arrays[images])} images and `{key}` {len(y)} labels. "
            "There must be one label for each image."
        )
    if y.dtype.kind not in "iu":
        raise DataError(
            f"{path}: `{key}` must hold integers. Received: {y.dtype.name}. "
            "Number the classes from 0 and save them as integers."
        )
    if y.min() < 0:
        raise DataError(
            f"{path}: `{key}` holds the negative label {y.min()}. Number the classes from 0."
        )
    return y


def _class_names(path: Path, arrays: dict[str, np.ndarray]) -> tuple[str, ...] | None:
    """Returns the class names of the file, or None if it gives none."""
    if "class_names" not in arrays:
        return None
    names = arrays["class_names"]
    is_row = names.ndim == 1 and names.size > 0 and names.dtype.kind == "U"
    if not is_row or len(set(names.tolist())) != len(names):
        raise DataError(
            f"{path}: `class_names` must be a 1-D array of different texts. "
            f"Received: {names.dtype.name} of shape {names.shape}. "
            "Save them as np.array(names, dtype=str)."
        )
    return tuple(names.tolist())


def _match_classes(path: Path, y: np.ndarray, names: tuple[str, ...] | None) -> tuple[str, ...]:
    """Returns one name per class, if the labels are 0..k-1 and each is present."""
    present = np.unique(y).tolist()
    shown = ", ".join(map(str, present[:12])) + (", ..." if len(present) > 12 else "")
    if names is None and len(present) == 1:
        raise DataError(f"{path}: only one class, label {shown}. At least two are needed.")
    if names is None and present != list(range(len(present))):
        raise DataError(
            f"{path}: labels must be 0..{len(present) - 1}, each present. Received: {shown}. "
            "Number the classes from 0 without gaps."
        )
    if names is None:
        return tuple(map(str, present))
    if len(names) < 2:
        raise DataError(f"{path}: only one class, {names[0]!r}. At least two are needed.")
    if present != list(range(len(names))):
        raise DataError(
            f"{path}: `class_names` names {len(names)} classes, so labels must be "
            f"0..{len(names) - 1}, each present. Received: {shown}."
        )
    return names
