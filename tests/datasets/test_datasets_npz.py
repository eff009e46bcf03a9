"""Your own arrays: what is taken, and what is refused in one line."""

import pickle
import zipfile

import numpy as np
import pytest

from dl_course import datasets
from dl_course.errors import CourseError, DataError

PIXELS = np.random.RandomState(0).randint(0, 256, (12, 5, 4)).astype(np.uint8)
LABELS = np.arange(12) % 3


@pytest.fixture
def write(tmp_path):
    def write(**arrays):
        path = tmp_path / "own.npz"
        np.savez(path, **arrays)
        return path

    return write


def refusal(path, **options):
    with pytest.raises(DataError) as caught:
        datasets.load(path, **options)
    text = str(caught.value)
    assert "\n" not in text and text.startswith(f"{path}: ")
    return text


def test_bytes_are_scaled_and_a_channel_is_added(write):
    data = datasets.load(write(x=PIXELS, y=LABELS))
    assert data.name == "own" and data.class_names == ("0", "1", "2")
    assert data.input_shape == (5, 4, 1)
    assert (len(data.y_train), len(data.y_test)) == (9, 3)
    for x, y in data:
        for image, label in zip(x, y, strict=True):
            (number,) = np.flatnonzero(np.isclose(PIXELS / 255, image[..., 0]).all(axis=(1, 2)))
            assert LABELS[number] == label


@pytest.mark.parametrize("dtype", ["float16", "float32", ">f4", "float64"])
def test_floats_are_taken_as_they_are(write, dtype):
    x = (PIXELS / 255).astype(dtype)
    data = datasets.load(write(x_train=x, y_train=LABELS, x_test=x, y_test=LABELS))
    np.testing.assert_array_equal(data.x_train[..., 0], x.astype(np.float32))
    assert data.x_train.dtype == np.float32 and data.x_train.dtype.isnative


def test_your_split_is_kept(write):
    colour = np.repeat(PIXELS[..., None], 3, axis=3)
    path = write(
        x_train=colour, y_train=LABELS, x_test=colour[:4], y_test=LABELS[:4].astype(np.uint8)
    )
    data = datasets.load(path, test_share=0.5)
    assert data.x_train.shape == (12, 5, 4, 3) and data.y_test.tolist() == [0, 1, 2, 0]


def test_names_of_the_classes_are_kept(write):
    names = np.array(["cat", "dog", "鸟"])
    data = datasets.load(write(x=PIXELS, y=LABELS, class_names=names, note="other arrays may be"))
    assert data.class_names == ("cat", "dog", "鸟")


def test_the_split_is_fixed_by_the_seed(write):
    path = write(x=PIXELS, y=LABELS)
    assert datasets.load(path).checksum == datasets.load(str(path), seed=0).checksum
    assert datasets.load(path).checksum != datasets.load(path, seed=1).checksum


def test_the_checksum_sees_every_change(write):
    other = PIXELS.copy()
    other[0, 0, 0] ^= 1
    sums = {
        datasets.load(write(x=x, y=y, class_names=names)).checksum
        for x, y, names in [
            (PIXELS, LABELS, ["a", "b", "c"]),
            (other, LABELS, ["a", "b", "c"]),
            (PIXELS, LABELS[::-1], ["a", "b", "c"]),
            (PIXELS, LABELS, ["a", "b", "d"]),
            (PIXELS.reshape(12, 4, 5), LABELS, ["a", "b", "c"]),
        ]
    }
    assert len(sums) == 5


def replace(array, index, value):
    array = array.copy()
    array[index] = value
    return array


UNUSABLE = {
    "x alone": ({"x": PIXELS}, "Received: x."),
    "other names": ({"images": PIXELS, "labels": LABELS}, "Received: images, labels."),
    "no arrays": ({}, "Received: none."),
    "half a split": (
        {"x_train": PIXELS, "y_train": LABELS, "x_test": PIXELS},
        "Received: x_test, x_train, y_train.",
    ),
    "lengths": ({"x": PIXELS, "y": LABELS[:-1]}, "12 images and `y` 11 labels"),
    "flat images": ({"x": PIXELS.reshape(12, 20), "y": LABELS}, "Received: (12, 20)"),
    "channels first": ({"x": np.zeros((12, 3, 9, 9), np.uint8), "y": LABELS}, "(12, 3, 9, 9)"),
    "no image": ({"x": PIXELS[:0], "y": LABELS[:0]}, "at least one image. Received: (0, 5, 4)"),
    "integer pixels": ({"x": PIXELS.astype(int), "y": LABELS}, "Received: int64"),
    "texts as pixels": ({"x": PIXELS.astype(str), "y": LABELS}, "must be uint8, or floats"),
    "NaN": ({"x": replace(PIXELS / 255, (7, 0, 0), np.nan), "y": LABELS}, "first in image 7"),
    "infinite": ({"x": replace(PIXELS / 255, (3, 4, 3), np.inf), "y": LABELS}, "first in image 3"),
    "too bright": ({"x": PIXELS.astype("f4"), "y": LABELS}, "Received: 0 to 254"),
    "negative": ({"x": PIXELS / 255 - 0.5, "y": LABELS}, "Received: -0.5 to 0.496"),
    "float labels": ({"x": PIXELS, "y": LABELS / 1}, "must hold integers. Received: float64"),
    "truth labels": ({"x": PIXELS, "y": LABELS > 0}, "must hold integers. Received: bool"),
    "text labels": ({"x": PIXELS, "y": LABELS.astype(str)}, "must hold integers"),
    "one-hot labels": ({"x": PIXELS, "y": np.eye(3, dtype=int)[LABELS]}, "Received: (12, 3)"),
    "negative label": ({"x": PIXELS, "y": LABELS - 1}, "negative label -1"),
    "from one": ({"x": PIXELS, "y": LABELS + 1}, "must be 0..2, each present. Received: 1, 2, 3."),
    "a gap": ({"x": PIXELS, "y": LABELS * 2}, "Received: 0, 2, 4."),
    "one class": ({"x": PIXELS, "y": LABELS * 0}, "only one class, label 0"),
    "one class named": ({"x": PIXELS, "y": LABELS * 0, "class_names": ["a"]}, "class, 'a'"),
    "a class of one": ({"x": PIXELS, "y": np.r_[LABELS[:-1], 3]}, "class 3 has only 1 example"),
    "outside the names": (
        {"x": PIXELS, "y": LABELS, "class_names": ["a", "b"]},
        "names 2 classes, so labels must be 0..1, each present. Received: 0, 1, 2.",
    ),
    "a name without images": (
        {"x": PIXELS, "y": LABELS, "class_names": list("abcd")},
        "names 4 classes",
    ),
    "names twice": ({"x": PIXELS, "y": LABELS, "class_names": list("aba")}, "different texts"),
    "no names": ({"x": PIXELS, "y": LABELS, "class_names": []}, "`class_names` must be"),
    "numbers as names": ({"x": PIXELS, "y": LABELS, "class_names": [1, 2, 3]}, "Received: int64"),
    "test sizes": (
        {"x_train": PIXELS, "y_train": LABELS, "x_test": PIXELS[:, 1:], "y_test": LABELS},
        "`x_train` are (5, 4, 1), those of `x_test` (4, 4, 1)",
    ),
    "a class only tested": (
        {"x_train": PIXELS, "y_train": LABELS, "x_test": PIXELS, "y_test": LABELS + 1},
        "`y_test` holds label 3, `y_train` only 0..2",
    ),
    "a test label below": (
        {"x_train": PIXELS, "y_train": LABELS, "x_test": PIXELS, "y_test": LABELS - 1},
        "`y_test` holds the negative label -1",
    ),
    "NaN in the test": (
        {"x_train": PIXELS, "y_train": LABELS, "x_test": PIXELS * np.nan, "y_test": LABELS},
        "`x_test` holds NaN",
    ),
}


@pytest.mark.parametrize("case", UNUSABLE)
def test_unusable_arrays_are_refused(write, case):
    arrays, expected = UNUSABLE[case]
    assert expected in refusal(write(**arrays))


class Bomb:
    def __reduce__(self):
        return (exec, ("raise SystemExit('unpickled')",))


@pytest.mark.parametrize("key", ["x", "y", "class_names"])
def test_nothing_is_unpickled(write, key):
    arrays = {"x": PIXELS, "y": LABELS, "class_names": ["a", "b", "c"]}
    arrays[key] = np.array([Bomb()] * 12, dtype=object)
    assert "unpickled" in refusal(write(**arrays))


def test_a_bare_pickle_is_refused(tmp_path):
    path = tmp_path / "own.npz"
    path.write_bytes(pickle.dumps(Bomb()))
    assert "not an .npz file" in refusal(path)


def test_an_archive_of_other_things_is_refused(tmp_path):
    path = tmp_path / "own.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x", "text")
        archive.writestr("y", "text")
    assert "`x` is not a NumPy array" in refusal(path)


DAMAGES = {
    "empty": (lambda raw: b"", "the file is empty"),
    "truncated": (lambda raw: raw[: len(raw) // 2], "not an .npz file, or cut off"),
    "a text": (lambda raw: b"hello", "not an .npz file, or cut off"),
    "a changed pixel": (lambda raw: raw.replace(PIXELS.tobytes(), bytes(240)), "damaged"),
    "a changed header": (lambda raw: raw.replace(b"'descr'", b"'dexcr'", 1), "damaged"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_refused(write, damage):
    change, expected = DAMAGES[damage]
    path = write(x=PIXELS, y=LABELS)
    raw = path.read_bytes()
    path.write_bytes(change(raw))
    assert path.read_bytes() != raw
    assert expected in refusal(path)


def test_a_missing_file_is_refused(tmp_path):
    assert "no such file or folder" in refusal(tmp_path / "none.npz")
    assert "no such file or folder" in refusal(tmp_path / "none")


def test_a_file_of_another_kind_is_refused(tmp_path):
    path = tmp_path / "own.mat"
    path.write_text("1,2\n")
    assert "ending in '.mat'" in refusal(path)


@pytest.mark.parametrize("source", [3, None, b"digits", ["digits"]])
def test_a_source_of_another_type_is_refused(source):
    with pytest.raises(CourseError, match="^`source` must be the name of a data set or a path"):
        datasets.load(source)


@pytest.mark.parametrize("share", [0, 1, -1, "0.2"])
def test_an_impossible_share_is_refused_by_name(share):
    with pytest.raises(CourseError, match="^`test_share` must be a share above 0 and below 1"):
        datasets.load("digits", test_share=share)
