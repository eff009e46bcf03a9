"""What holds for every loader of images and tables, and for every record of a set."""

import functools

import numpy as np
import pytest
from PIL import Image

from dl_course import datasets

REGISTERED = tuple(n for n in datasets.names() if datasets.info(n).kind in ("images", "table"))
OWN = ("npz", "npz with a split", "folder")
MADE = (datasets.make_line, datasets.make_spirals, datasets.make_xor)


@pytest.fixture(scope="module", params=[*REGISTERED, *OWN, *MADE])
def loaded(request, tmp_path_factory):
    """What loads, and the data, of every loader in turn."""
    if request.param in MADE:
        load = request.param
    elif request.param in REGISTERED:
        load = functools.partial(datasets.load, at_hand(request.param))
    else:
        source = make_own(request.param, tmp_path_factory.mktemp("own"))
        load = functools.partial(datasets.load, source)
    return load, load()


def at_hand(name):
    if datasets.locate(name) is None:
        pytest.skip(f"{name} is not at hand: set DL_COURSE_DATA to a folder that holds {name}/")
    return name


def make_own(kind, folder):
    random = np.random.RandomState(0)
    x = random.randint(0, 256, (40, 7, 6, 3)).astype(np.uint8)
    y = np.arange(40) // 10 % 4
    if kind == "npz":
        np.savez(folder / "own.npz", x=x[..., 0] / 255, y=y)
        return folder / "own.npz"
    if kind == "npz with a split":
        np.savez(folder / "own.npz", x_train=x, y_train=y, x_test=x[::5], y_test=y[::5])
        return folder / "own.npz"
    for number, (pixels, label) in enumerate(zip(x, y, strict=True)):
        path = folder / f"class {label}" / f"{number}.png"
        path.parent.mkdir(exist_ok=True)
        Image.fromarray(pixels).save(path)
    return folder


def test_arrays_have_the_documented_form(loaded):
    _, data = loaded
    assert len(list(data)) == 2
    for x, y in data:
        assert x.shape[1:] == data.input_shape
        assert y.shape == (len(x),)
        assert y.dtype == (np.int64 if data.num_classes else np.float64)
        if data.feature_names:
            assert x.dtype == np.float64 and x.ndim == 2
            assert len(set(data.feature_names)) == x.shape[1]
            assert np.isfinite(y).all() and not np.isinf(x).any()
        else:
            assert x.dtype == np.float32 and x.ndim == 4
            assert 0 <= x.min() < x.max() <= 1


def test_every_class_is_in_both_halves(loaded):
    _, data = loaded
    classes = list(range(data.num_classes))
    if classes:
        assert np.unique(data.y_train).tolist() == classes
        assert np.unique(data.y_test).tolist() == classes
    assert len(set(data.class_names)) == data.num_classes


def test_both_halves_hold_the_same_mixture(loaded):
    _, data = loaded
    if data.num_classes:
        shares = [np.bincount(y) / len(y) for _, y in data]
        np.testing.assert_allclose(shares[0], shares[1], atol=0.01)
    else:
        error = data.y_train.std() / len(data.y_test) ** 0.5
        assert abs(data.y_train.mean() - data.y_test.mean()) < 3 * error


def test_loading_again_gives_the_same_arrays_and_checksum(loaded):
    load, data = loaded
    again = load()
    assert again.checksum == data.checksum and len(data.checksum) == 32
    assert again.class_names == data.class_names
    np.testing.assert_array_equal(again.x_test, data.x_test)
    np.testing.assert_array_equal(again.y_train, data.y_train)


@pytest.mark.parametrize("name", REGISTERED)
def test_the_record_tells_the_truth(name):
    record, data = datasets.info(name), datasets.load(at_hand(name))
    assert record.input_shape == data.input_shape
    assert (record.train_examples, record.test_examples) == (len(data.y_train), len(data.y_test))
    assert record.class_names == data.class_names


@pytest.mark.parametrize("name", datasets.names())
def test_records_are_complete(name):
    record = datasets.info(name)
    assert record.name == name and record.title and record.licence
    assert record.source.startswith("http")
    if record.embedded:
        assert record.alternative is None
    else:
        alternative = datasets.info(record.alternative)
        assert alternative.embedded and alternative.kind == record.kind
        # Two mirrors, or nobody who offers the file in this form.
        assert all(len(file.urls) != 1 for file in record.files)


def test_the_halves_share_no_image_of_the_digits():
    data = datasets.load("digits")
    train = {x.tobytes() for x in data.x_train}
    assert not any(x.tobytes() in train for x in data.x_test)


def test_the_digits_are_the_same_on_every_machine():
    # A change here changes every published figure that was measured on the digits.
    assert datasets.load("digits").checksum == "0b6115d553fb5caba68f803df00d8bbe"


def test_the_digits_lie_like_those_of_mnist():
    x = np.concatenate([half for half, _ in datasets.load("digits")])[..., 0]
    rows = x.mean(axis=(0, 2))
    assert rows[:3].max() < 0.01 and rows[-3:].max() < 0.01
    assert rows[4:24].min() > 0.1


def test_seed_and_share_choose_the_split():
    data = datasets.load("digits", test_share=0.5, seed=1)
    assert abs(len(data.y_test) - 1797 / 2) <= 10
    other = datasets.load("digits", test_share=0.5, seed=2)
    assert other.checksum != data.checksum
    assert not np.array_equal(other.y_test, data.y_test)


def test_a_published_split_is_not_cut_anew(tiny):
    data = datasets.load("tiny", test_share=0.5, seed=3)
    assert len(data.y_train) == 12
    assert data.checksum == datasets.load("tiny").checksum
