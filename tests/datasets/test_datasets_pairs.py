"""Sentence pairs: number words, files of one's own, Tatoeba."""

import gzip
import re

import numpy as np
import pytest

from dl_course import datasets
from dl_course.datasets import (
    chinese_number,
    english_number,
    group_references,
    load,
    make_number_words,
    short_pairs,
    tokenize,
)
from dl_course.errors import CourseError, DataError

# Known from dictionaries and cheques, the hard ones above all.
NUMBERS = {
    0: ("zero", "零"),
    10: ("ten", "十"),
    11: ("eleven", "十一"),
    21: ("twenty-one", "二十一"),
    101: ("one hundred one", "一百零一"),
    110: ("one hundred ten", "一百一十"),
    111: ("one hundred eleven", "一百一十一"),
    1001: ("one thousand one", "一千零一"),
    1100: ("one thousand one hundred", "一千一百"),
    10_001: ("ten thousand one", "一万零一"),
    10_010: ("ten thousand ten", "一万零一十"),
    10_100: ("ten thousand one hundred", "一万零一百"),
    12_000: ("twelve thousand", "一万二千"),
    100_000: ("one hundred thousand", "十万"),
    105_000: ("one hundred five thousand", "十万五千"),
    120_034: ("one hundred twenty thousand thirty-four", "十二万零三十四"),
    1_000_100: ("one million one hundred", "一百万零一百"),
    1_001_000: ("one million one thousand", "一百万一千"),
    10_000_000: ("ten million", "一千万"),
    20_003_000: ("twenty million three thousand", "二千万三千"),
    100_000_000: ("one hundred million", "一亿"),
    100_000_001: ("one hundred million one", "一亿零一"),
    1_000_000_000: ("one billion", "十亿"),
}


def value_of(chinese):
    """Reads Chinese number words: an inverse that shares nothing with the maker."""
    for unit, size in (("亿", 10**8), ("万", 10**4)):
        if unit in chinese:
            count, rest = chinese.split(unit)
            return value_of(count) * size + value_of(rest)
    value = digit = 0
    for character in chinese:
        if character in "零一二三四五六七八九":
            digit = "零一二三四五六七八九".index(character)
        else:
            value += (digit or 1) * {"十": 10, "百": 100, "千": 1000}[character]
            digit = 0
    return value + digit


@pytest.mark.parametrize("number", NUMBERS)
def test_number_words_as_they_are_written(number):
    assert (english_number(number), chinese_number(number)) == NUMBERS[number]


def test_chinese_number_words_mean_their_number_and_hold_no_needless_zero():
    drawn = np.random.RandomState(0).randint(0, 10**12, 3000) // 10 ** (np.arange(3000) % 12)
    powers = [a * 10**k + b * 10**j for a in (1, 9) for k in range(12) for b in (0, 1, 20, 305)
              for j in range(8)]  # fmt: skip
    for number in {*range(20_000), *drawn.tolist(), *(n for n in powers if n < 10**12)}:
        text = chinese_number(number)
        assert value_of(text) == number
        assert "零零" not in text and (number == 0 or text[-1] != "零")
        assert not any(f"零{unit}" in text for unit in "十百千万亿")


def test_english_number_words_of_every_number_below_a_million_differ():
    words = {english_number(n) for n in range(0, 10**6, 7)}
    assert len(words) == len(range(0, 10**6, 7))


@pytest.mark.parametrize("number", [-1, 10**12, 1.5, True, "7"])
def test_what_is_no_number_is_refused(number):
    for write in (english_number, chinese_number):
        with pytest.raises(CourseError, match="`number` must be an integer from 0"):
            write(number)


def test_no_number_of_the_test_is_in_training_and_every_length_is():
    data = make_number_words(4000, 999_999)
    assert len(data.x_train) + len(data.x_test) == 4000
    assert len({*data.x_train, *data.x_test}) == 4000
    digits = [len(str(value_of(text))) for text in data.y_train]
    counts = np.bincount(digits, minlength=7)[1:]
    assert counts[:2].tolist() == [10, 90]
    assert counts[2:].min() > 600
    assert {*tokenize(" ".join(data.x_test))} <= {*tokenize(" ".join(data.x_train))}
    pairs = zip(data.x_test, data.y_test, strict=True)
    assert all(english_number(value_of(chinese)) == english for english, chinese in pairs)


def test_number_words_depend_on_the_seed_alone():
    one, same, other = (make_number_words(500, 9999, seed=seed) for seed in (1, 1, 2))
    assert one.checksum == same.checksum != other.checksum


def test_all_numbers_can_be_asked_for():
    data = make_number_words(1000, 999, test_share=0.1)
    assert {*map(value_of, [*data.y_train, *data.y_test])} == set(range(1000))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"examples": 101}, "`examples` must be from 102"),
        ({"examples": 1001, "largest": 999}, "`examples` must be from 102 to the 1000"),
        ({"examples": 0}, "`examples`"),
        ({"largest": 99}, "`largest` must be at least 999"),
        ({"largest": 10**12}, "`largest`"),
        ({"test_share": 1}, "`test_share`"),
        ({"seed": -1}, "`seed`"),
    ],
)
def test_number_words_that_cannot_be_made(options, message):
    with pytest.raises(CourseError, match=message):
        make_number_words(**options)


LINES = "".join(f"sentence {'abcdefghij'[i]}\t句子{i}\n" for i in range(10))


def written(path, text=LINES, encoding="utf-8"):
    content = text.encode(encoding)
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


@pytest.mark.parametrize("name", ["pairs.tsv", "pairs.txt", "pairs.tsv.gz"])
def test_a_file_of_ones_own(tmp_path, name):
    data = load(written(tmp_path / name), kind="pairs")
    assert data.name == "pairs" and len(data.x_train) == 8 and len(data.x_test) == 2
    assert data.checksum == load(written(tmp_path / name), kind="pairs").checksum
    pairs = {*zip([*data.x_train, *data.x_test], [*data.y_train, *data.y_test], strict=True)}
    assert pairs == {tuple(line.split("\t")) for line in LINES.splitlines()}


def test_other_columns_empty_lines_and_repeated_pairs_are_left_out(tmp_path):
    text = "\ufeff" + LINES + "\n\r\n" + LINES + "Hi.\t嗨。\tCC-BY 2.0 (France)\n"
    data = load(written(tmp_path / "pairs.tsv", text), kind="pairs")
    assert len(data.x_train) + len(data.x_test) == 11
    assert "嗨。" in {*data.y_train, *data.y_test}
    assert "sentence a" in {*data.x_train, *data.x_test}


def test_no_sentence_of_the_test_was_met_in_training_in_whatever_capitals(tmp_path):
    forms = ("Run {}!", "run {}.", "Run {}?")
    text = "".join(f"{form.format('abcdefghij'[i])}\t跑{i}\n" for form in forms for i in range(10))
    data = load(written(tmp_path / "pairs.tsv", text), test_share=0.3, kind="pairs")
    keys = [{text.lower().strip("!.?") for text in half} for half in (data.x_train, data.x_test)]
    assert not keys[0] & keys[1] and (len(keys[0]), len(keys[1])) == (7, 3)


def test_another_encoding_has_to_be_named(tmp_path):
    path = written(tmp_path / "pairs.tsv", encoding="gb18030")
    with pytest.raises(DataError, match=r"byte 0x.* at position 11, .*--encoding"):
        load(path, kind="pairs")
    assert "句子0" in {
        *(data := load(path, encoding="gb18030", kind="pairs")).y_train,
        *data.y_test,
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a\tb\nc d\n", "line 2: expected a sentence, a tab.* Received: 'c d'"),
        ("a\tb\n\tc\n", "line 2"),
        ("a\tb\nc\t \n", "line 2"),
        ("a\tb\n" + "x" * 500, "line 2.*x…'"),
        ("", "at least 2 different sentences.*Received: 0"),
        ("Hi.\ta\nhi!\tb\n", "at least 2 different sentences.*Received: 1"),
    ],
)
def test_files_that_cannot_be_used(tmp_path, text, message):
    with pytest.raises(DataError, match=f"pairs.*{message}"):
        load(written(tmp_path / "pairs.tsv", text), kind="pairs")


def test_other_sources_are_refused(tmp_path):
    with pytest.raises(DataError, match="digits: expected sentence pairs, received images"):
        load("digits", kind="pairs")
    with pytest.raises(DataError, match="Did you mean 'number_words'"):
        load("number_word", kind="pairs")
    with pytest.raises(DataError, match="no such file"):
        load(tmp_path / "none.tsv", kind="pairs")
    with pytest.raises(CourseError, match="`source`"):
        load(3, kind="pairs")
    with pytest.raises(CourseError, match="`test_share`"):
        load("number_words", test_share=0, kind="pairs")


def test_tatoeba_is_split_by_the_english_sentence():
    if datasets.locate("tatoeba_eng_cmn") is None:
        pytest.skip("tatoeba_eng_cmn is not at hand: set DL_COURSE_DATA")
    data = load("tatoeba_eng_cmn", kind="pairs")
    entry = datasets.info("tatoeba_eng_cmn")
    assert (len(data.x_train), len(data.x_test)) == (entry.train_examples, entry.test_examples)
    halves = (data.x_train, data.x_test)
    words = [{re.sub(r"\W", "", text.lower()) for text in half} for half in halves]
    assert not words[0] & words[1]
    sentences, references = group_references(data.x_test, data.y_test)
    assert sum(map(len, references)) == len(data.y_test) > len(sentences)
    assert max(map(len, references)) > 2


@pytest.mark.parametrize("length", [0, -1, 1.5, "3"])
def test_a_length_out_of_range(length):
    with pytest.raises(CourseError, match="`length` must be a positive integer"):
        short_pairs(np.array(["a b"]), np.array(["c"]), length)


def test_a_length_that_leaves_nothing():
    with pytest.raises(CourseError, match="`length` must be at least 2, the shortest pair"):
        short_pairs(np.array(["a b", "a b c"]), np.array(["c", "c"]), 1)
