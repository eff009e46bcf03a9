"""What holds for every loader, registered, made or of your own files, and for every record."""

import functools
import inspect

import numpy as np
import pytest
from PIL import Image
from scipy.io import wavfile

from dl_course import datasets

# A registered set is loaded by its name.
MADE = tuple(
    make
    for name, make in vars(datasets).items()
    if name.startswith("make_")
    and inspect.signature(make).return_annotation is datasets.Dataset
    and ".sets." not in make.__module__
)
OWN = {
    "npz": "images",
    "npz with a split": "images",
    "folder of images": "images",
    "texts": "texts",
    "pairs": "pairs",
    "corpus": "corpus",
    "folder of sounds": "sounds",
}


@functools.cache
def loaded_set(name):
    if datasets.locate(name) is None:
        pytest.skip(f"{name} is not at hand: set DL_COURSE_DATA to a folder that holds {name}/")
    return datasets.load(name)


@pytest.fixture(scope="module", params=[*datasets.names(), *OWN, *MADE])
def loaded(request, tmp_path_factory):
    """What loads, and the data, of every loader in turn."""
    if request.param in MADE:
        load = request.param
    elif request.param in OWN:
        source = make_own(request.param, tmp_path_factory.mktemp("own"))
        load = functools.partial(datasets.load, source, kind=OWN[request.param])
    else:
        return functools.partial(datasets.load, request.param), loaded_set(request.param)
    return load, load()


def make_own(form, folder):
    if form == "texts":
        rows = [f"{'good' if i % 2 else 'bad'} film {i},{'+' if i % 2 else '-'}" for i in range(40)]
        return written(folder / "own.csv", "\n".join(["text,label", *rows]))
    if form == "pairs":
        return written(folder / "own.tsv", "".join(f"number {i}\t数{i}\n" for i in range(40)))
    if form == "corpus":
        return written(folder / "own.txt", "To be or not to be. " * 50)
    if form == "folder of sounds":
        for name, pitch in (("high", 900), ("low", 200)):
            (folder / name).mkdir()
            for i in range(10):
                tone = 0.5 * np.sin(2 * np.pi * (pitch + i) * np.arange(3000) / 8000)
                wavfile.write(folder / name / f"{i}.wav", 8000, tone.astype(np.float32))
        return folder
    return make_own_images(form, folder)


def written(path, text):
    path.write_text(text, encoding="utf-8")
    return path


def make_own_images(form, folder):
    random = np.random.RandomState(0)
    x = random.randint(0, 256, (40, 7, 6, 3)).astype(np.uint8)
    y = np.arange(40) // 10 % 4
    if form == "npz":
        np.savez(folder / "own.npz", x=x[..., 0] / 255, y=y)
        return folder / "own.npz"
    if form == "npz with a split":
        np.savez(folder / "own.npz", x_train=x, y_train=y, x_test=x[::5], y_test=y[::5])
        return folder / "own.npz"
    for number, (pixels, label) in enumerate(zip(x, y, strict=True)):
        path = folder / f"class {label}" / f"{number}.png"
        path.parent.mkdir(exist_ok=True)
        Image.fromarray(pixels).save(path)
    return folder


def is_images(x):
    assert x.dtype == np.float32 and x.ndim == 4
    assert 0 <= x.min() < x.max() <= 1


def is_table(x):
    assert x.dtype == np.float64 and x.ndim == 2 and not np.isinf(x).any()


def is_sequences(x):
    assert x.dtype == np.float32 and x.ndim == 3 and np.isfinite(x).all()


def is_texts(x):
    assert x.dtype == np.dtypes.StringDType() and x.ndim == 1 and all(x)


def is_sounds(x):
    assert x.dtype == np.float32 and x.ndim == 2 and np.isfinite(x).all()
    assert -1 <= x.min() < x.max() <= 1


# What the examples of each kind must be; a corpus has none.
FORMS = {
    "images": is_images,
    "table": is_table,
    "sequences": is_sequences,
    "texts": is_texts,
    "pairs": is_texts,
    "sounds": is_sounds,
}


def test_every_kind_is_checked():
    assert {*FORMS, "corpus"} == {*datasets.KINDS}


def test_the_data_have_the_documented_form(loaded):
    _, data = loaded
    if data.kind == "corpus":
        whole = len(data.train) + len(data.test)
        assert data.train and len(data.train) == whole * 9 // 10
        return
    assert len(list(data)) == 2
    assert bool(data.sample_rate) == (data.kind == "sounds")
    assert len(set(data.feature_names)) == (data.x_train.shape[1] if data.kind == "table" else 0)
    for x, y in data:
        FORMS[data.kind](x)
        assert x.shape[1:] == data.input_shape and y.shape == (len(x),)
        if data.kind == "pairs":
            is_texts(y)
        elif data.num_classes:
            assert y.dtype == np.int64
        else:
            assert y.dtype == np.float64 and np.isfinite(y).all()


def test_every_class_is_in_both_halves(loaded):
    _, data = loaded
    if data.kind != "corpus" and data.num_classes:
        assert len(set(data.class_names)) == data.num_classes
        for _, y in data:
            assert np.unique(y).tolist() == list(range(data.num_classes))


def test_both_halves_hold_the_same_mixture(loaded):
    _, data = loaded
    if data.kind in ("corpus", "pairs"):
        return
    if data.num_classes:
        shares = [np.bincount(y) / len(y) for _, y in data]
        np.testing.assert_allclose(shares[0], shares[1], atol=0.02)
    else:
        error = data.y_train.std() / len(data.y_test) ** 0.5
        assert abs(data.y_train.mean() - data.y_test.mean()) < 3 * error


def test_no_source_sentence_is_in_both_halves(loaded):
    _, data = loaded
    if data.kind == "pairs":
        assert not set(data.x_train) & set(data.x_test)


def test_loading_again_gives_the_same_data_and_checksum(loaded):
    load, data = loaded
    again = load()
    assert again.checksum == data.checksum and len(data.checksum) == 32
    if data.kind == "corpus":
        assert again == data
    else:
        assert again.class_names == data.class_names
        np.testing.assert_array_equal(again.x_test, data.x_test)
        np.testing.assert_array_equal(again.y_train, data.y_train)


@pytest.mark.parametrize("name", datasets.names())
def test_the_record_tells_the_truth(name):
    # Another checksum changes every published figure that was measured on the set.
    record, data = datasets.info(name), loaded_set(name)
    assert (record.name, record.kind) == (data.name, data.kind)
    parts = (data.train, data.test) if data.kind == "corpus" else (data.y_train, data.y_test)
    counts = record.train_examples, record.test_examples
    if record.checksum:
        assert record.checksum == data.checksum and counts == tuple(map(len, parts))
    else:
        assert counts == (0, 0)
    if data.kind != "corpus":
        assert record.input_shape == data.input_shape and record.class_names == data.class_names


@pytest.mark.parametrize("name", datasets.names())
def test_the_share_and_the_seed_choose_the_split_where_the_record_says_so(name):
    record, data = datasets.info(name), loaded_set(name)
    other = datasets.load(name, test_share=0.4, seed=3)
    assert (other.checksum != data.checksum) == record.is_split_here
    if record.is_split_here:
        counts = len(other.y_train), len(other.y_test)
        assert sum(counts) == record.train_examples + record.test_examples
        assert counts[1] / sum(counts) == pytest.approx(0.4, abs=0.01)
        assert datasets.load(name, test_share=0.4, seed=4).checksum != other.checksum


@pytest.mark.parametrize("name", datasets.names())
def test_records_are_complete(name):
    record = datasets.info(name)
    assert record.name == name and record.kind in datasets.KINDS
    texts = record.title, record.split, record.licence, record.authors
    assert all(texts) and not any("|" in text for text in (*texts, record.notes))
    assert record.source.startswith("http")
    if record.embedded:
        assert record.alternative is None
    else:
        alternative = datasets.info(record.alternative)
        assert alternative.embedded and alternative.kind == record.kind
        # Two mirrors, or nobody who offers the file in this form.
        assert record.files and all(len(file.urls) != 1 for file in record.files)


def test_the_halves_share_no_image_of_the_digits():
    data = datasets.load("digits")
    train = {x.tobytes() for x in data.x_train}
    assert not any(x.tobytes() in train for x in data.x_test)


def test_the_digits_are_placed_like_those_of_mnist():
    x = np.concatenate([half for half, _ in datasets.load("digits")])[..., 0]
    rows = x.mean(axis=(0, 2))
    assert rows[:3].max() < 0.01 and rows[-3:].max() < 0.01
    assert rows[4:24].min() > 0.1


def test_a_published_split_stays_as_it_is(tiny):
    data = datasets.load("tiny", test_share=0.5, seed=3)
    assert len(data.y_train) == 12
    assert data.checksum == datasets.load("tiny").checksum
