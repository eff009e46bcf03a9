"""Tables of texts and labels of one's own."""

import gzip
import json

import pytest

from dl_course.datasets import load
from dl_course.errors import CourseError, DataError

ROWS = [("good film", "+"), ("bad, very bad", "-"), ('a "fine" one', "+"), ("好电影", "-")] * 3


def as_csv(rows):
    cells = [[cell.replace('"', '""') for cell in row] for row in rows]
    return "\n".join(["text,label", *(f'"{text}","{label}"' for text, label in cells)])


def as_tsv(rows):
    return "\n".join(["text\tlabel", *("\t".join(row) for row in rows)])


def as_jsonl(rows):
    return "\n".join(json.dumps({"text": text, "label": label}) for text, label in rows)


FORMS = {".csv": as_csv, ".tsv": as_tsv, ".jsonl": as_jsonl}


@pytest.fixture
def write(tmp_path):
    def write(content, name="own.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("ending", FORMS)
def test_every_form_gives_the_same_data(write, ending, packed):
    content = FORMS[ending](ROWS).encode()
    name = f"own{ending}.gz" if packed else f"own{ending}"
    data = load(write(gzip.compress(content) if packed else content, name), kind="texts")
    assert data.name == "own" and data.class_names == ("+", "-")
    found = [(x, data.class_names[y]) for half in data for x, y in zip(*half, strict=True)]
    assert sorted(found) == sorted(ROWS)


def test_columns_of_other_names_and_more_of_them(write):
    lines = ["id,body,stars", *(f"{i},text {i},{10 - i % 3 * 4}" for i in range(9))]
    data = load(write("\n".join(lines)), text_column="body", label_column="stars", kind="texts")
    assert data.class_names == ("2", "6", "10")  # in the order of the numbers


def test_a_text_may_hold_line_ends_and_labels_may_be_numbers(write):
    data = load(write('text,label\n"one\ntwo",1\nb,0\nc,1\nd,0\n'), kind="texts")
    assert "one\ntwo" in [*data.x_train, *data.x_test] and data.class_names == ("0", "1")


def test_an_encoding_that_is_named(write):
    path = write(as_csv(ROWS).encode("gb18030"))
    assert "好电影" in load(path, encoding="gb18030", kind="texts").x_train
    with pytest.raises(DataError, match=r"received byte 0x\w+ at position \d+.*--encoding"):
        load(path, kind="texts")


BROKEN = {
    "a missing column": ("own.csv", "body,label\na,1\n", "Received: body, label. Say which"),
    "a missing column in a later line": (
        "own.jsonl",
        '{"text": "a", "label": 1}\n{"text": "b"}\n',
        "line 2: expected the columns text and label. Received: text.",
    ),
    "a broken line": ("own.jsonl", '{"text": "a", "label": 1}\n\n{"text":\n', "line 3: broken"),
    "a line that is no object": ("own.jsonl", "[1, 2]\n", "line 1: broken: not an object"),
    "a label that is a list": ("own.jsonl", '{"text": "a", "label": [1]}', "in 'label'"),
    "a cell too many": ("own.csv", "text,label\na,1\nb,0,c\n", "line 3: broken: 3 cells, not 2"),
    "an open quotation mark": ("own.csv", 'text,label\n"a,1\n', "broken: unexpected end"),
    "an empty text": ("own.csv", "text,label\na,1\n  ,0\n", "line 3: column 'text' is empty"),
    "an empty label": ("own.csv", "text,label\na,\n", "line 2: column 'label' is empty"),
    "one class": ("own.csv", "text,label\na,1\nb,1\n", "at least 2 classes.*only '1'"),
    "a class with one text": ("own.csv", "text,label\na,1\nb,1\nc,0\n", "class '0' has only 1"),
    "no lines": ("own.csv", "text,label\n", "the table is empty"),
    "nothing": ("own.csv", "", "Received: none"),
    "another ending": ("own.xlsx", "text,label\na,1\n", "Received: .xlsx"),
}


@pytest.mark.parametrize("name, content, said", BROKEN.values(), ids=BROKEN)
def test_what_cannot_be_used_is_said(write, name, content, said):
    path = write(content, name)
    with pytest.raises(DataError, match=said) as error:
        load(path, kind="texts")
    assert str(error.value).startswith(str(path)) and "\n" not in str(error.value)


def test_other_kinds_and_unknown_names_are_refused(tmp_path):
    with pytest.raises(DataError, match="digits: expected labelled texts.*reviews"):
        load("digits", kind="texts")
    with pytest.raises(DataError, match="Did you mean 'reviews'"):
        load("review", kind="texts")
    with pytest.raises(DataError, match="no such file"):
        load(tmp_path / "none.csv", kind="texts")
    with pytest.raises(CourseError, match="`source` must be"):
        load(3, kind="texts")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"text": "\\ud83d", "label": "+"}', "line 2: broken: an incomplete character in 'text'"),
        ('{"text": "a", "label": ' + "9" * 5000 + "}", "line 2: broken: not JSON"),
        ('{"text": "<br />", "label": "+"}', "line 2: column 'text' holds no word or symbol"),
    ],
)
def test_a_line_that_no_model_can_read_is_refused(write, line, said):
    path = write('{"text": "a", "label": "-"}\n' + line, "own.jsonl")
    with pytest.raises(DataError, match=said):
        load(path, kind="texts")
