"""What holds for every loader of texts, sentence pairs, corpora and sounds."""

import functools

import numpy as np
import pytest
from scipy.io import wavfile

from dl_course import datasets

LANGUAGE = tuple(n for n in datasets.names() if datasets.info(n).kind not in ("images", "table"))
OWN = ("texts", "pairs", "corpus", "sounds")


@pytest.fixture(scope="module", params=[*LANGUAGE, *OWN])
def loaded(request, tmp_path_factory):
    """Kind, what loads, and the data, of every loader in turn."""
    if request.param in OWN:
        kind, load = request.param, make_own(request.param, tmp_path_factory.mktemp("own"))
    else:
        if datasets.locate(request.param) is None:
            pytest.skip(f"{request.param} is not at hand: set DL_COURSE_DATA")
        kind = datasets.info(request.param).kind
        load = functools.partial(datasets.load, request.param)
    return kind, load, load()


def make_own(kind, folder):
    if kind == "texts":
        rows = [f"{'good' if i % 2 else 'bad'} film {i},{'+' if i % 2 else '-'}" for i in range(40)]
        (folder / "own.csv").write_text("\n".join(["text,label", *rows]))
        return functools.partial(datasets.load, folder / "own.csv", kind="texts")
    if kind == "pairs":
        (folder / "own.tsv").write_text("".join(f"number {i}\t数{i}\n" for i in range(40)))
        return functools.partial(datasets.load, folder / "own.tsv", kind="pairs")
    if kind == "corpus":
        (folder / "own.txt").write_text("To be or not to be. " * 50)
        return functools.partial(datasets.load, folder / "own.txt", kind="corpus")
    for name, pitch in (("high", 900), ("low", 200)):
        (folder / name).mkdir()
        for i in range(10):
            tone = 0.5 * np.sin(2 * np.pi * (pitch + i) * np.arange(3000) / 8000)
            wavfile.write(folder / name / f"{i}.wav", 8000, tone.astype(np.float32))
    return functools.partial(datasets.load, folder)


def test_the_data_have_the_documented_form(loaded):
    kind, _, data = loaded
    if kind == "corpus":
        assert isinstance(data, datasets.Corpus)
        whole = len(data.train) + len(data.test)
        assert data.train and len(data.train) == whole * 9 // 10
        return
    for x, y in data:
        assert len(x) == len(y) > 0
        if kind == "sounds":
            assert x.dtype == np.float32 and x.ndim == 2 and data.sample_rate > 0
            assert np.isfinite(x).all() and -1 <= x.min() < x.max() <= 1
        else:
            assert x.dtype == np.dtypes.StringDType() and x.ndim == 1 and all(x)
        if kind == "pairs":
            assert y.dtype == np.dtypes.StringDType() and all(y)
        else:
            assert y.dtype == np.int64
            assert np.unique(y).tolist() == list(range(data.num_classes))


def test_loading_again_gives_the_same_data_and_checksum(loaded):
    kind, load, data = loaded
    again = load()
    assert again.checksum == data.checksum and len(data.checksum) == 32
    if kind == "corpus":
        assert again.test == data.test
    else:
        np.testing.assert_array_equal(again.x_test, data.x_test)
        np.testing.assert_array_equal(again.y_train, data.y_train)


def test_no_source_sentence_is_in_both_halves(loaded):
    kind, _, data = loaded
    if kind == "pairs":
        assert not set(data.x_train) & set(data.x_test)


@pytest.mark.parametrize("name", LANGUAGE)
def test_the_record_tells_the_truth(name):
    if datasets.locate(name) is None:
        pytest.skip(f"{name} is not at hand: set DL_COURSE_DATA")
    record, data = datasets.info(name), datasets.load(name)
    if record.kind == "corpus":
        found = len(data.train), len(data.test)
    else:
        found = len(data.y_train), len(data.y_test)
        assert record.class_names == data.class_names and record.input_shape == data.input_shape
    told = record.train_examples, record.test_examples
    assert told == (found if any(told) else (0, 0))
    # Only Python's own help differs from one version of Python to the next.
    assert any(told) or name == "python_help"
