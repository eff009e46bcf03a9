"""Augmentation: training images that are cropped, turned and flipped differently in every epoch."""

from collections.abc import Sequence

from dl_course.backend import keras
from dl_course.errors import argument_error, check_share
from dl_course.models._layers import check_image_shape


def build_augmentation(
    input_shape: Sequence[int] = (28, 28, 1),
    *,
    crop: float = 0.0,
    rotation: float = 0.0,
    flip: bool = False,
    seed: int = 0,
) -> keras.Model:
    """Builds a model that changes every training image a little, and no image outside training.

    Each change is drawn at random for every image: crop shifts it by up to `crop` of its size, so
    that an edge is cut off and the gap is black; rotation turns it by up to `rotation` degrees
    either way; flip mirrors half of the images left to right.

    Args:
        input_shape: `(height, width, channels)` of one image.
        crop: largest shift, as a share of the image's size, at least 0 and below 1.
        rotation: largest angle in degrees, from 0 to 180.
        flip: whether to mirror left to right.
        seed: of the random draws.

    Returns:
        A model from images to images of the same shape.

    Raises:
        CourseError: if an argument is out of range, or none asks for a change.

    Example:
        >>> import numpy as np
        >>> augment = build_augmentation(crop=0.1, rotation=15)
        >>> x = np.random.default_rng(0).random((2, 28, 28, 1), "float32")
        >>> bool(np.all(augment(x, training=False) == x))
        True
        >>> bool(np.all(augment(x, training=True) == x))
        False

    Reference: D1 2.2 (data processing).
    """
    check_image_shape(input_shape)
    check_share("crop", crop)
    if not 0 <= rotation <= 180:
        raise argument_error("rotation", "an angle from 0 to 180 degrees", rotation)
    if not (crop or rotation or flip):
        raise argument_error("flip", "True when `crop` and `rotation` are 0", flip)

    inputs = keras.Input(input_shape, name="image")
    x = inputs
    # Seeds differ, so that the draws of the three do not move together.
    if crop:
        x = keras.layers.RandomTranslation(
            crop, crop, fill_mode="constant", seed=seed, name="crop"
        )(x)
    if rotation:
        x = keras.layers.RandomRotation(
            rotation / 360, fill_mode="constant", seed=seed + 1, name="rotation"
        )(x)
    if flip:
        x = keras.layers.RandomFlip("horizontal", seed=seed + 2, name="flip")(x)
    return keras.Model(inputs, x, name="augmentation")
