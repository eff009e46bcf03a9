"""Raw images in, probabilities out: files, pictures and arrays."""

import json
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from dl_course import inference
from dl_course.backend import keras
from dl_course.errors import CourseError, DataError
from dl_course.inference import ImageClassifier, Reader
from dl_course.models import build_cnn

pytestmark = pytest.mark.backend
PIXELS = np.random.default_rng(0).integers(0, 256, (3, 12, 14), dtype=np.uint8)
UNIT = PIXELS[..., None] / np.float32(255)


@pytest.fixture(scope="module")
def classifier():
    model = build_cnn((12, 14, 1), 3, filters=(4, 4), hidden_units=8)
    # Clear preferences, the same on every backend: weights from NumPy.
    random = np.random.default_rng(0)
    model.set_weights([random.normal(0, 0.4, w.shape) for w in model.get_weights()])
    return ImageClassifier(model, ("a", "b", "c"))


def test_files_pictures_and_arrays_are_the_same_images(classifier, tmp_path):
    expected = keras.ops.convert_to_numpy(classifier.model(UNIT, training=False))
    assert np.abs(np.diff(expected, axis=0)).max(axis=1).min() > 0.01  # it looks at what it gets
    pictures = [Image.fromarray(image) for image in PIXELS]
    paths = [tmp_path / f"{i}.png" for i in range(3)]
    for path, picture in zip(paths, pictures, strict=True):
        picture.save(path)
    whole = PIXELS[..., None]
    for images in (
        paths,
        [*map(str, paths)],
        pictures,
        [*PIXELS],
        whole,
        UNIT,
        [*UNIT],
        whole / 255,
    ):
        p = classifier.predict(images)
        assert p.dtype == np.float32
        np.testing.assert_allclose(p, expected, atol=1e-5)
    for one in (paths[1], str(paths[1]), pictures[1], PIXELS[1], UNIT[1]):
        np.testing.assert_allclose(classifier.predict(one), expected[1:2], atol=1e-5)
    assert classifier.predict([]).shape == (0, 3)


def test_other_sizes_and_colours_are_brought_to_the_models(classifier):
    photo = Image.fromarray(PIXELS[0]).resize((140, 120), Image.Resampling.NEAREST).convert("RGB")
    small = np.asarray(photo.convert("L").resize((14, 12), Image.Resampling.BICUBIC))
    expected = classifier.predict(small)
    for image in (photo, np.asarray(photo), np.asarray(photo) / 255):
        np.testing.assert_allclose(classifier.predict(image), expected, atol=1e-5)
        with pytest.raises(DataError, match="120 high, 140 wide, colour, the model takes 12 high"):
            classifier.predict([image], resize=False)


@pytest.mark.parametrize(
    ("image", "message"),
    [
        (np.full((12, 14), 2.0), r"uint8 numbers, or floats that lie in \[0, 1\]"),
        (np.full((12, 14), np.nan), r"uint8 numbers, or floats that lie in \[0, 1\]"),
        (np.full((12, 14), 300, np.int64), "uint8"),
        (np.zeros((12, 14, 2), np.uint8), r"\(12, 14, 2\)"),
        (np.zeros((12,), np.uint8), r"\(12,\)"),
        (np.zeros((12, 0), np.uint8), r"\(12, 0"),
        (Image.new("CMYK", (14, 12)), "mode CMYK"),
        ("none.png", "none.png: no such file"),
    ],
)
def test_what_is_not_an_image_is_refused(classifier, image, message):
    with pytest.raises(DataError, match=message):
        classifier.predict([image])


@pytest.mark.parametrize("resize", [True, False])
def test_an_array_of_images_out_of_range_is_refused(classifier, resize):
    for images in (UNIT * 255, UNIT * 2 - 1, UNIT * np.float32("nan")):
        with pytest.raises(DataError, match=r"uint8 numbers, or floats that lie in \[0, 1\]"):
            classifier.predict(images, resize=resize)


def test_another_process_predicts_the_same_and_plain_keras_loads_the_file(classifier, tmp_path):
    path, picture = tmp_path / "model.keras", tmp_path / "a.png"
    classifier.save(path)
    Image.fromarray(PIXELS[0]).save(picture)
    script = """
import json, sys
from dl_course import inference
reader = inference.load(sys.argv[1])
print(json.dumps([reader.class_names, reader.predict(sys.argv[2]).tolist()]))
"""
    command = [sys.executable, "-c", script, path, picture]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    names, p = json.loads(done.stdout.splitlines()[-1])
    assert tuple(names) == classifier.class_names
    np.testing.assert_allclose(p, classifier.predict(picture), atol=1e-6)
    plain = keras.saving.load_model(path, compile=False)
    np.testing.assert_allclose(keras.ops.convert_to_numpy(plain(UNIT[:1])), p, atol=1e-5)


def test_names_must_fit(classifier):
    with pytest.raises(CourseError, match="`class_names` must be 3 names"):
        ImageClassifier(classifier.model, ("a", "b"))


def test_two_readers_of_one_name_are_named(classifier, tmp_path):
    classifier.save(tmp_path / "model.keras")

    class Another(Reader):
        name = "image classifier"

    with pytest.raises(CourseError, match="Two readers are named 'image classifier': .*Another"):
        inference.load(tmp_path / "model.keras")
    del Another
    import gc

    gc.collect()  # a class is gone only when its circles are
    assert isinstance(inference.load(tmp_path / "model.keras"), ImageClassifier)
