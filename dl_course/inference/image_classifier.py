"""Images in, the probability of each class out: for files, pictures or arrays."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from dl_course.backend import keras
from dl_course.datasets import read_image
from dl_course.inference.reader import Reader, check_class_names
from dl_course.training import predict

if TYPE_CHECKING:
    from PIL.Image import Image

    OneImage = str | os.PathLike | Image | np.ndarray
    Images = OneImage | list[OneImage] | tuple[OneImage, ...]


class ImageClassifier(Reader):
    """A trained classifier of images with the names of its classes.

    Args:
        model: as `build_cnn` built it, trained on pixels in [0, 1].
        class_names: one name per class.

    Attributes:
        input_shape: height, width and channels that the model takes.

    Raises:
        CourseError: model and names do not fit.

    Example:
        >>> from dl_course.models import build_cnn
        >>> classifier = ImageClassifier(build_cnn((12, 12, 1), 2), ("cat", "dog"))
        >>> photo = np.zeros((30, 40, 3), np.uint8)
        >>> classifier.predict(photo).shape, classifier.predict([photo, photo]).shape
        ((1, 2), (2, 2))

    Reference: D1 2.2, D1 4.1.
    """

    name = "image classifier"

    def __init__(self, model: keras.Model, class_names: Sequence[str]):
        self.model, self.class_names = model, check_class_names(model, class_names)
        self.input_shape = model.input_shape[1:]

    def predict(self, images: Images, *, resize: bool = True) -> np.ndarray:
        """Returns the probability of each class.

        Args:
            images: one image or n: paths, PIL images, or arrays, uint8 or float in [0, 1], of
                shape `(height, width)` or `(height, width, channels)`; n of them may be one array
                `(n, height, width, channels)`.
            resize: whether to convert images of another size or colour to the model's, as
                `read_image` does; otherwise they are refused.

        Returns:
            float32, shape (n, classes); every row sums to 1.

        Raises:
            DataError: an image cannot be read, or has another form while `resize` is false.
        """
        if isinstance(images, np.ndarray) and images.ndim == 4:
            is_unit = images.dtype == np.float32 and ((images >= 0) & (images <= 1)).all()
            if is_unit and (images.shape[1:] == self.input_shape or not resize):
                return predict(self.model, images)  # as in training: nothing to convert
            images = list(images)
        several = images if isinstance(images, (list, tuple)) else [images]
        if not several:
            return np.zeros((0, len(self.class_names)), np.float32)
        pixels = [read_image(image, self.input_shape, resize=resize) for image in several]
        return predict(self.model, np.stack(pixels))

    def rows(
        self, paths: Sequence[str | os.PathLike], *, resize: bool = False
    ) -> Iterator[tuple[str, ...]]:
        """Gives for each image file: path, class and probability."""
        for path, row in zip(paths, self.predict(list(paths), resize=resize), strict=True):
            yield os.fspath(path), self.class_names[row.argmax()], f"{row.max():.4f}"

    def parts(self) -> dict[str, Any]:
        """Returns the class names; the model itself knows size and channels."""
        return {"class_names": list(self.class_names)}

    @classmethod
    def from_parts(cls, model: keras.Model, parts: dict[str, Any]) -> Self:
        """Returns a classifier made of a model and what `parts` returned."""
        return cls(model, parts["class_names"])
