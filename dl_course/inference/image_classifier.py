"""Images in, the probability of each class out: of a file, a picture or an array."""

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

    AnyImage = str | os.PathLike | Image | np.ndarray


class ImageClassifier(Reader):
    """A trained classifier of images with the names of its classes.

    Args:
        model: as `build_cnn` built it, trained on images in [0, 1].
        class_names: one name per class.

    Attributes:
        input_shape: height, width and channels that the model takes.

    Raises:
        CourseError: model and names do not fit.

    Example:
        >>> from dl_course.models import build_cnn
        >>> classifier = ImageClassifier(build_cnn((12, 12, 1), 2), ("cat", "dog"))
        >>> photo = np.zeros((30, 40, 3), np.uint8)
        >>> classifier.predict([photo]).shape
        (1, 2)

    Reference: D1 2.2, D1 4.1.
    """

    name = "image classifier"

    def __init__(self, model: keras.Model, class_names: Sequence[str]):
        self.model, self.class_names = model, check_class_names(model, class_names)
        self.input_shape = model.input_shape[1:]

    def predict(self, images: AnyImage | Sequence[AnyImage], *, resize: bool = True) -> np.ndarray:
        """Returns the probability of each class.

        Args:
            images: n images, or a single one: paths, PIL images, or arrays of shape
                `(height, width, 1 or 3)` or `(height, width)`, uint8 or float in [0, 1].
            resize: whether to bring images of another size or colour to the model's, as
                `read_image` does; otherwise they are refused.

        Returns:
            float32, shape (n, classes); every row sums to 1.

        Raises:
            DataError: an image cannot be read, or has another form while `resize` is false.
        """
        if isinstance(images, np.ndarray) and images.shape[1:] == self.input_shape:
            x = images
            ...
