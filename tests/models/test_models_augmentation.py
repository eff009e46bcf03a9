"""Augmentation changes training images, within bounds, and leaves others as they are."""

import numpy as np
import pytest

from dl_course.backend import keras, set_seed
from dl_course.models import build_augmentation, build_cnn

EXAMPLE = {"build_augmentation": {"crop": 0.1, "rotation": 10, "flip": True}}
SHAPE = (21, 21, 1)
pytestmark = pytest.mark.backend


def images(count=64, shape=SHAPE):
    return np.random.default_rng(0).random((count, *shape), "float32")


def dots(count=64):
    """Images with one bright pixel, five pixels right of the middle."""
    x = np.zeros((count, *SHAPE), "float32")
    x[:, 10, 15] = 1.0
    return x


def centres(x):
    """Row and column of each image's centre of light, counted from the middle."""
    light = x[..., 0] / x[..., 0].sum(axis=(1, 2), keepdims=True)
    offset = np.arange(21) - 10
    return (light.sum(axis=2) * offset).sum(axis=1), (light.sum(axis=1) * offset).sum(axis=1)


def augmented(x, training=True, **arguments):
    model = build_augmentation(x.shape[1:], **arguments)
    return keras.ops.convert_to_numpy(model(x, training=training))


@pytest.mark.parametrize("arguments", [{"crop": 0.3}, {"rotation": 30}, {"flip": True}])
def test_augmentation_is_idle_outside_training_and_not_in_it(arguments):
    x = images()
    assert np.array_equal(augmented(x, training=False, **arguments), x)
    changed = (augmented(x, **arguments) != x).any(axis=(1, 2, 3))
    assert changed.mean() > 0.2


def test_a_flip_only_mirrors_some_images_left_to_right():
    x = images(shape=(5, 7, 3))
    out = augmented(x, flip=True)
    kept = (out == x).all(axis=(1, 2, 3))
    mirrored = (out == x[:, :, ::-1]).all(axis=(1, 2, 3))
    assert (kept ^ mirrored).all()
    assert 0.25 < kept.mean() < 0.75


def test_a_rotation_turns_by_at_most_its_angle_either_way():
    row, column = centres(augmented(dots(), rotation=30))
    angle = np.degrees(np.arctan2(row, column))
    # The dot is spread over neighbouring pixels, which shifts its centre by a little.
    assert np.abs(angle).max() < 34
    assert angle.max() > 15 and angle.min() < -15
    np.testing.assert_allclose(np.hypot(row, column), 5, atol=0.5)


def test_a_crop_shifts_by_at_most_its_share_and_fills_with_black():
    out = augmented(dots(), crop=0.2)
    row, column = centres(out)
    assert np.abs(row).max() <= 0.2 * 21 + 1e-3 and np.abs(column - 5).max() <= 0.2 * 21 + 1e-3
    assert np.ptp(row) > 4 and np.ptp(column) > 4
    white = augmented(np.ones((64, *SHAPE), "float32"), crop=0.2)
    assert white.min() == 0 and white[:, 10, 10].min() == pytest.approx(1)


def test_a_seed_repeats_the_draws_and_the_three_changes_draw_apart():
    x = images()
    arguments = {"crop": 0.2, "rotation": 20, "flip": True}
    first = augmented(x, seed=1, **arguments)
    assert np.array_equal(first, augmented(x, seed=1, **arguments))
    assert not np.array_equal(first, augmented(x, seed=2, **arguments))
    row, column = centres(augmented(dots(), crop=0.2, seed=1))
    turned = np.arctan2(*centres(augmented(dots(), rotation=20, seed=1)))
    assert abs(np.corrcoef(row, turned)[0, 1]) < 0.9


def test_each_image_of_each_epoch_is_changed_differently():
    model = build_augmentation(SHAPE, rotation=30)
    first, second = (keras.ops.convert_to_numpy(model(dots(8), training=True)) for _ in range(2))
    assert len(np.unique(first.reshape(8, -1), axis=0)) == 8
    assert not (first == second).all(axis=(1, 2, 3)).any()


def test_a_cnn_takes_augmentation_in_and_shows_it_in_training_only():
    x = images(4)
    set_seed(0)
    plain = build_cnn(SHAPE, 3, filters=(2,), hidden_units=4)
    augmentation = build_augmentation(SHAPE, rotation=40)
    model = build_cnn(SHAPE, 3, filters=(2,), hidden_units=4, augmentation=augmentation)
    model.set_weights(plain.get_weights())
    idle, trained, expected = (
        keras.ops.convert_to_numpy(p)
        for p in (model(x, training=False), model(x, training=True), plain(x))
    )
    assert np.array_equal(idle, expected)
    assert not np.allclose(trained, expected)
