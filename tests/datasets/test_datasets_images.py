"""Your own pictures: a folder per class, or one picture to classify."""

import numpy as np
import pytest
from PIL import Image

from dl_course import datasets
from dl_course.datasets.files.images import SUFFIXES
from dl_course.errors import CourseError, DataError

GREY = np.random.RandomState(0).randint(0, 256, (6, 5)).astype(np.uint8)
COLOUR = np.random.RandomState(1).randint(0, 256, (6, 5, 3)).astype(np.uint8)


def save(path, pixels, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    image = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    image.save(path, **options)
    return path


@pytest.fixture
def folder(tmp_path):
    """Two classes of three grey images."""
    root = tmp_path / "pets"
    for name in ("dog", "cat"):
        for number in range(3):
            save(root / name / f"{number}.png", GREY + np.uint8(number))
    return root


def refusal(call, *args, **options):
    with pytest.raises(DataError) as caught:
        call(*args, **options)
    text = str(caught.value)
    assert "\n" not in text
    return text


def test_subfolders_are_the_classes(folder):
    (folder / "README.txt").write_text("beside the classes")
    (folder / ".git").mkdir()
    (folder / "cat" / ".DS_Store").write_text("hidden")
    data = datasets.load(str(folder))
    assert data.name == "pets" and data.class_names == ("cat", "dog")
    assert data.input_shape == (6, 5, 1)
    assert data.y_train.tolist().count(0) == 2 and sorted(data.y_test) == [0, 1]
    np.testing.assert_allclose(np.sort(data.x_test[0].ravel() * 255)[:-1] % 1, 0, atol=1e-4)


def test_labels_belong_to_their_images(tmp_path):
    for name, shade in (("dark", 0), ("light", 255)):
        for number in range(4):
            save(tmp_path / name / f"{number}.png", np.full((3, 3), shade, np.uint8))
    for x, y in datasets.load(tmp_path):
        np.testing.assert_array_equal(x.max(axis=(1, 2, 3)), y)


@pytest.mark.parametrize("suffix", [*SUFFIXES, ".PNG"])
@pytest.mark.parametrize("pixels", [GREY, COLOUR], ids=["grey", "colour"])
def test_every_format_keeps_its_channels(tmp_path, suffix, pixels):
    for name in "ab":
        for number in range(2):
            save(tmp_path / name / f"{number}{suffix}", pixels)
    data = datasets.load(tmp_path)
    assert data.input_shape == (6, 5, 1 if pixels.ndim == 2 else 3)
    if suffix.lower() in (".png", ".bmp"):
        np.testing.assert_array_equal(np.round(data.x_train[0] * 255).squeeze(), pixels)


FORMS = {
    "black and white": (Image.fromarray(GREY).convert("1"), 1),
    "grey palette": (Image.fromarray(GREY).quantize(8), 1),
    "colour palette": (Image.fromarray(COLOUR).quantize(8), 3),
    "grey, opaque": (Image.fromarray(GREY).convert("LA"), 1),
    "colour, opaque": (Image.fromarray(COLOUR).convert("RGBA"), 3),
}


@pytest.mark.parametrize("form", FORMS)
def test_other_stored_forms_of_grey_and_colour(tmp_path, form):
    image, channels = FORMS[form]
    path = save(tmp_path / "a.png", image)
    pixels = datasets.read_image(path, (6, 5, channels))
    expected = np.asarray(image.convert("L" if channels == 1 else "RGB"))
    np.testing.assert_array_equal(np.round(pixels * 255).squeeze(), expected)


def test_a_photo_is_read_as_it_was_held(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90 degrees to see it upright
    path = save(tmp_path / "a.png", GREY, exif=exif)
    np.testing.assert_allclose(
        datasets.read_image(path, (5, 6, 1))[..., 0], np.rot90(GREY, -1) / 255, atol=1e-6
    )


SEE_THROUGH = Image.fromarray(np.dstack([COLOUR, GREY]), "RGBA")
UNUSABLE = {
    "see-through": (SEE_THROUGH, {}, "transparent"),
    "see-through colour": (Image.fromarray(COLOUR).quantize(8), {"transparency": 0}, "transparent"),
    "16 bits": (Image.fromarray(GREY.astype(np.uint16) * 257), {}, "mode I;16"),
    "moving": (
        Image.fromarray(GREY),
        {"save_all": True, "append_images": [Image.fromarray(255 - GREY)]},
        "animated",
    ),
}


@pytest.mark.parametrize("case", UNUSABLE)
def test_forms_with_no_one_meaning_are_refused(folder, case):
    image, options, expected = UNUSABLE[case]
    path = save(folder / "cat" / "x.png", image, **options)
    text = refusal(datasets.load, folder)
    assert text.startswith(f"{path}: ") and expected in text
    assert expected in refusal(datasets.read_image, path, (6, 5, 1), resize=True)


def test_print_colours_are_refused(tmp_path):
    path = save(tmp_path / "a.jpg", Image.fromarray(COLOUR).convert("CMYK"))
    assert "mode CMYK" in refusal(datasets.read_image, path, (6, 5, 3))


BROKEN = {
    "empty": (lambda raw: b"", "the file is empty"),
    "truncated": (lambda raw: raw[: len(raw) - 30], "not an image, or damaged"),
    "a text": (lambda raw: b"hello", "not an image, or damaged"),
    "a changed byte": (lambda raw: raw[:20] + b"\xff" + raw[21:], "not an image, or damaged"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_image_is_refused(folder, case):
    change, expected = BROKEN[case]
    path = folder / "dog" / "1.png"
    path.write_bytes(change(path.read_bytes()))
    text = refusal(datasets.load, folder)
    assert text.startswith(f"{path}: ") and expected in text
    assert text == refusal(datasets.read_image, path, (6, 5, 1))


@pytest.mark.parametrize(
    "pixels, words",
    [(GREY[:, :4], "6 high, 4 wide, grey"), (COLOUR, "6 high, 5 wide, colour")],
    ids=["size", "channels"],
)
def test_images_of_mixed_form_are_refused(folder, pixels, words):
    path = save(folder / "dog" / "2.png", pixels)
    text = refusal(datasets.load, folder)
    assert str(path) in text and words in text
    assert str(folder / "cat" / "0.png") in text and "6 high, 5 wide, grey" in text


def test_an_empty_class_is_refused(folder):
    (folder / "bird").mkdir()
    text = refusal(datasets.load, folder)
    assert text.startswith(f"{folder / 'bird'}: ") and "Received: 0." in text


def test_a_class_of_one_image_is_refused(folder):
    save(folder / "bird" / "only.png", GREY)
    text = refusal(datasets.load, folder)
    assert text.startswith(f"{folder / 'bird'}: ") and "Received: 1." in text


def test_one_class_is_refused(folder):
    for path in (folder / "dog").iterdir():
        path.unlink()
    (folder / "dog").rmdir()
    assert "Received: cat." in refusal(datasets.load, folder)


def test_a_folder_without_subfolders_is_refused(folder):
    assert "Received: no subfolder." in refusal(datasets.load, folder / "dog")


def test_other_files_in_a_class_are_refused(folder):
    path = folder / "dog" / "notes.txt"
    path.write_text("not an image")
    text = refusal(datasets.load, folder)
    assert text.startswith(f"{path}: ") and "only images" in text
    path.unlink()
    save(folder / "dog" / "more" / "a.png", GREY)
    assert str(folder / "dog" / "more") in refusal(datasets.load, folder)


def test_read_image_gives_what_a_model_takes(tmp_path):
    pixels = datasets.read_image(str(save(tmp_path / "a.png", GREY)), (6, 5, 1))
    assert pixels.dtype == np.float32 and pixels.shape == (6, 5, 1)
    np.testing.assert_allclose(pixels[..., 0], GREY / 255, atol=1e-7)


@pytest.mark.parametrize("shape", [(28, 28, 1), (6, 5, 3), (5, 6, 1)])
def test_another_form_is_refused_unless_asked(tmp_path, shape):
    path = save(tmp_path / "a.png", GREY)
    text = refusal(datasets.read_image, path, shape)
    assert "6 high, 5 wide, grey" in text and f"{shape[0]} high, {shape[1]} wide" in text
    assert "--resize" in text
    pixels = datasets.read_image(path, shape, resize=True)
    assert pixels.shape == shape and pixels.dtype == np.float32
    assert 0 <= pixels.min() < pixels.max() <= 1


def test_resizing_keeps_the_picture(tmp_path):
    half = np.zeros((40, 60, 3), np.uint8)
    half[:, 30:] = (255, 255, 255)
    pixels = datasets.read_image(save(tmp_path / "a.png", half), (8, 8, 1), resize=True)
    np.testing.assert_allclose(pixels[:, :3], 0, atol=0.05)
    np.testing.assert_allclose(pixels[:, 5:], 1, atol=0.05)


def test_a_missing_picture_is_refused(tmp_path):
    assert "no such file" in refusal(datasets.read_image, tmp_path / "a.png", (6, 5, 1))
    assert "no such file" in refusal(datasets.read_image, tmp_path, (6, 5, 1))


@pytest.mark.parametrize("shape", [(28, 28), (28, 28, 4), (3, 28, 28)])
def test_an_impossible_input_shape_is_refused(tmp_path, shape):
    path = save(tmp_path / "a.png", GREY)
    with pytest.raises(CourseError, match="^`input_shape` must be"):
        datasets.read_image(path, shape)
