import gzip
import importlib
import os
import sys

import numpy as np
import pytest

from dl_course import datasets
from dl_course.datasets import load, make_windows
from dl_course.errors import CourseError, DataError

LINE = "To be, or not to be, that is the question.\n"


@pytest.fixture
def written(tmp_path):
    def write(content, name="play.txt"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def test_the_help_of_this_python_in_keyboard_characters():
    corpus = datasets.load("python_help")
    topics = importlib.import_module("pydoc_data.topics").topics
    text = corpus.train + corpus.test
    assert len(text) > 0.95 * sum(map(len, topics.values())) > 300_000
    assert text.count('The "for" statement\n*******************\n') == 1
    assert not set("‘’“”—–…\r\t") & set(text) and " \n" not in text
    assert len(corpus.test) == pytest.approx(len(text) / 10, abs=1)
    assert load("python_help", kind="corpus") == corpus


def test_a_python_without_its_help_says_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "pydoc_data.topics", None)
    with pytest.raises(DataError, match="python_help: this Python came without `pydoc_data`"):
        datasets.load("python_help")


@pytest.mark.skipif("DL_COURSE_DATA" not in os.environ, reason="DL_COURSE_DATA is not set")
def test_tiny_shakespeare_is_the_published_text():
    corpus = load("tiny_shakespeare", kind="corpus")
    assert (len(corpus.train), len(corpus.test)) == (1_003_854, 111_540)
    assert corpus.train.startswith("First Citizen:\nBefore we proceed")
    assert len(set(corpus.train)) == 65 and set(corpus.test) <= set(corpus.train)


@pytest.mark.parametrize(
    ("name", "pack"), [("play.txt", bytes), ("play.TXT", bytes), ("play.txt.gz", gzip.compress)]
)
def test_your_own_text_packed_or_not(written, name, pack):
    text = LINE.replace("\n", "\r\n") * 100
    corpus = load(written(pack(text.encode()), name), kind="corpus")
    assert corpus.train + corpus.test == LINE * 100
    assert corpus.name.lower() in ("play", "play.txt") and len(corpus.test) == len(LINE) * 10


def test_chinese_in_another_encoding(written):
    path = written(("深度学习" * 300).encode("gb18030"))
    assert load(path, encoding="gb18030", kind="corpus").train.startswith("深度")
    with pytest.raises(DataError, match="byte 0x.. at position 0.*--encoding"):
        load(path, kind="corpus")


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        ("", "play.txt", "at least 1,000 characters. Received: an empty file"),
        (" \n" * 10, "play.txt", "an empty file"),
        (LINE, "play.txt", "Received: 43 characters"),
        (b"\xff\xfe" * 600, "play.txt", "byte 0xff at position 0"),
        (b"ab\0" * 600, "play.txt", "a zero byte at character 2"),
        (b"\x1f\x8bbroken", "play.txt.gz", "a damaged one"),
        (LINE * 100, "play.docx", "ending in '.docx'"),
    ],
)
def test_what_is_no_corpus_is_said(written, content, name, said):
    path = written(content, name)
    with pytest.raises(DataError, match=name) as caught:
        load(path, kind="corpus")
    assert said in str(caught.value)


def test_names_and_places_that_are_no_corpus(tmp_path):
    for source, said in (
        ("digits", "digits: expected a long text, received images. Choose python_help"),
        ("python_halp", "python_help"),
        (tmp_path / "none.txt", "no such file"),
        (tmp_path, "received a folder"),
        (3, "`source` must be"),
    ):
        with pytest.raises(CourseError) as caught:
            load(source, kind="corpus")
        assert said in str(caught.value)


def test_windows_make_each_id_a_target_once():
    ids = np.arange(23)
    x, y = make_windows(ids, 5)
    assert x.shape == y.shape == (4, 5) and x.dtype == y.dtype == np.int32
    np.testing.assert_array_equal(y, x + 1)
    assert sorted(y.ravel()) == list(range(1, 21))
    x, y = make_windows(ids, 5, every_step=False)
    assert x.shape == (18, 5) and y.tolist() == list(range(5, 23))
    np.testing.assert_array_equal(x[:, -1] + 1, y)


def test_windows_may_overlap_or_leave_gaps():
    x, _ = make_windows(np.arange(23), 5, stride=2)
    assert x[:, 0].tolist() == list(range(0, 18, 2))
    x, y = make_windows(np.arange(23), 5, every_step=False, stride=7)
    assert x[:, 0].tolist() == [0, 7, 14] and y.tolist() == [5, 12, 19]


def test_the_shortest_text_has_one_window():
    assert make_windows(np.arange(6), 5)[0].shape == (1, 5)
    with pytest.raises(DataError, match="longer than a window of 5. Received: 5 ids"):
        make_windows(np.arange(5), 5)


@pytest.mark.parametrize(
    ("name", "value"), [("length", 0), ("length", 2.0), ("stride", 0), ("ids", np.zeros((2, 2)))]
)
def test_bad_windows_are_refused(name, value):
    arguments = {"ids": np.arange(9), "length": 3, name: value}
    with pytest.raises(CourseError, match=f"`{name}` must be"):
        make_windows(**arguments)
