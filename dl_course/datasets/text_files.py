"""Your own texts: a table with a column of texts and one of labels."""

import csv
import io
import json
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from dl_course.datasets import registry
from dl_course.datasets.dataset import Dataset, from_texts
from dl_course.datasets.registered import load_registered
from dl_course.datasets.splits import check_split, stratified_split
from dl_course.datasets.text_decoding import read_text
from dl_course.datasets.tokenizer import tokenize
from dl_course.errors import DataError, argument_error

_SEPARATORS = {".csv": ",", ".tsv": "\t"}
_ENDINGS = (*_SEPARATORS, ".jsonl")


def load_texts(
    source: str | os.PathLike,
    *,
    text_column: str = "text",
    label_column: str = "label",
    encoding: str = "utf-8",
    test_share: float = 0.2,
    seed: int = 0,
) -> Dataset:
    """Loads labelled texts: a registered set of texts, or your own file.

    Your file is a `.csv` or `.tsv` table with a first line of names, or a `.jsonl` file with one
    JSON object per line; each may be packed as `.gz`. A label may be a word or a number; its text
    is the name of the class, and the classes are numbered in the order of their names (in that of
    their numbers, if all are numbers).

    Args:
        source: the name of a set of texts, such as "reviews", or the path of a file.
        text_column: the name of the column of texts.
        label_column: the name of the column of labels.
        encoding: of your file.
        test_share: the share of each class that is kept for the test, where the data have no
            split of their own.
        seed: chooses that split.

    Returns:
        The data set: x texts, y int64, shape (n,).

    Raises:
        CourseError: an argument is out of range.
        DataError: the file is missing or damaged, lacks a column, holds a text without content,
            only one class, or a class with only one text.

    Example:
        >>> path = getfixture("tmp_path") / "mail.csv"
        >>> rows = ["label,text", "spam,Buy now!", "mail,See you.", "mail,Ok.", 'spam,"Win, now"']
        >>> _ = path.write_text("\\n".join(rows), encoding="utf-8")
        >>> data = load_texts(path, test_share=0.5)
        >>> data.class_names, sorted(zip(data.x_train.tolist(), data.y_train.tolist()))
        (('mail', 'spam'), [('See you.', 0), ('Win, now', 1)])

    Reference: D1 2.2, D2 2.
    """
    check_split(test_share, seed, share_name="test_share")
    if not isinstance(source, (str, os.PathLike)):
        raise argument_error("source", "the name of a data set or a path", source)
    if isinstance(source, str) and source in registry.REGISTRY:
        return load_registered(source, test_share, seed, kind="texts")
    path = Path(source).expanduser()
    if isinstance(source, str) and path.name == source and not path.suffix and not path.exists():
        raise registry.unknown(source)
    texts, labels = parse_texts(
        read_text(path, encoding), path, text_column=text_column, label_column=label_column
    )
    names = _class_names(path, labels, label_column)
    y = np.array([names.index(label) for label in labels])
    train, test = stratified_split(y, test_share, seed)
    x = np.array(texts, dtype=object)
    name = path.name.split(".")[0] or path.name
    return from_texts(name, (x[train], y[train]), (x[test], y[test]), names)


def parse_texts(
    content: str, path: str | os.PathLike, *, text_column: str, label_column: str
) -> tuple[list[str], list[str]]:
    """Returns the texts and the labels of a table, as they stand there.

    Args:
        content: the whole file.
        path: where it comes from; its ending tells the form.
        text_column: the name of the column of texts.
        label_column: the name of the column of labels.

    Raises:
        DataError: unknown ending, a broken line, a missing column, an empty text or label.

    Example:
        >>> parse_texts('{"text": "Fine.", "label": 1}', "mine.jsonl", text_column="text",
        ...             label_column="label")
        (['Fine.'], ['1'])
    """
    texts, labels = [], []
    for line, row in _rows(content, path, (text_column, label_column)):
        text, label = row[text_column], row[label_column]
        if not text.strip() or not label.strip():
            empty = text_column if not text.strip() else label_column
            raise DataError(
                f"{path}, line {line}: column {empty!r} is empty. Fill it in or remove the line."
            )
        if not tokenize(text):
            raise DataError(
                f"{path}, line {line}: column {text_column!r} holds no word or mark. "
                "Correct or remove the line."
            )
        texts.append(text)
        labels.append(label.strip())
    if not texts:
        raise DataError(f"{path}: holds no text. Add lines of text and label.")
    return texts, labels


def _rows(
    content: str, path: str | os.PathLike, columns: tuple[str, str]
) -> Iterator[tuple[int, dict[str, str]]]:
    """Gives the number of a line, from 1, and its cells by the name of their column."""
    name = os.fspath(path).lower().removesuffix(".gz")
    ending = Path(name).suffix
    if ending not in _ENDINGS:
        raise DataError(
            f"{path}: expected a file ending in {', '.join(_ENDINGS)} or one of them with .gz. "
            f"Received: {ending or 'no ending'}. Save the table as .csv."
        )
    if ending == ".jsonl":
        return _json_rows(content, path, columns)
    return _table_rows(content, path, columns, _SEPARATORS[ending])


def _json_rows(content, path, columns):
    # Not splitlines: a text may hold other line ends than the newline.
    for number, line in enumerate(content.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            reason = f"{error.msg} at character {error.pos + 1}" if hasattr(error, "msg") else error
            raise _broken(path, number, f"no JSON: {reason}") from None
        if not isinstance(row, dict):
            raise _broken(path, number, "not an object with names")
        _check_columns(path, columns, tuple(row), number)
        cells = {column: row[column] for column in columns}
        for column, cell in cells.items():
            if not isinstance(cell, (str, int, float)) or cell != cell:
                raise _broken(path, number, f"no text or number in {column!r}")
            if any("\ud800" <= c <= "\udfff" for c in str(cell)):
                raise _broken(path, number, f"half a character in {column!r}")
        yield number, {column: str(cell) for column, cell in cells.items()}


def _table_rows(content, path, columns, separator):
    # Tab-separated files are seldom quoted: a quotation mark in them is part of the text.
    quoting = csv.QUOTE_MINIMAL if separator == "," else csv.QUOTE_NONE
    reader = csv.reader(
        io.StringIO(content, newline=""), delimiter=separator, quoting=quoting, strict=True
    )
    try:
        header = [name.strip() for name in next(reader, [])]
        _check_columns(path, columns, header, 1)
        for cells in reader:
            if not any(cells):
                continue
            if len(cells) != len(header):
                raise _broken(path, reader.line_num, f"{len(cells)} cells, not {len(header)}")
            yield reader.line_num, dict(zip(header, cells, strict=True))
    except csv.Error as error:
        reason = str(error)
        if "field limit" in reason:
            limit = f"{csv.field_size_limit():,}"
            reason = f"a text of more than {limit} characters (.jsonl has no such limit)"
        raise _broken(path, reader.line_num, reason) from None


def _check_columns(path, wanted, found, line: int) -> None:
    missing = [column for column in wanted if column not in found]
    if missing:
        raise DataError(
            f"{path}, line {line}: expected the columns {wanted[0]} and {wanted[1]}. "
            f"Received: {', '.join(map(str, found)) or 'none'}. Say which is which: "
            "--text-column and --label-column (text_column=..., label_column=...)."
        )


def _broken(path, line: int, reason: str) -> DataError:
    return DataError(f"{path}, line {line}: broken: {reason}. Correct or remove the line.")


def _class_names(path: Path, labels: list[str], label_column: str) -> tuple[str, ...]:
    """Returns the different labels in order, once a classifier can learn them."""
    counts = dict(zip(*np.unique(np.array(labels, dtype=object), return_counts=True), strict=True))
    if len(counts) < 2:
        raise DataError(
            f"{path}: expected at least 2 classes in column {label_column!r}. Received: only "
            f"{next(iter(counts))!r}. Add texts of another class."
        )
    for label, count in counts.items():
        if count < 2:
            raise DataError(
                f"{path}: class {label!r} has only 1 text; a split needs at least 2 of every "
                "class. Add texts of it or remove it."
            )
    try:
        return tuple(sorted(counts, key=float))
    except ValueError:
        return tuple(sorted(counts))
