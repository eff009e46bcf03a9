"""Your own texts: a table with a column of texts and one of labels."""

import csv
import io
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from dl_course.datasets.dataset import Dataset, from_texts
from dl_course.datasets.formats import Format, ending
from dl_course.datasets.splits import stratified_split
from dl_course.datasets.text_reading import read_text
from dl_course.datasets.tokenizer import tokenize
from dl_course.errors import DataError

_SEPARATORS = {".csv": ",", ".tsv": "\t"}
_ENDINGS = (*_SEPARATORS, ".jsonl")
FORMAT = Format(
    kind="texts",
    title="a .csv, .tsv or .jsonl table of texts and labels",
    recognizes=lambda path: ending(path) in _ENDINGS,
    options=("text_column", "label_column", "encoding"),
)
Rows = Iterator[tuple[int, dict[str, str]]]  # the number of a line, and its cells by column


def load(
    path: Path,
    test_share: float,
    seed: int,
    *,
    text_column: str = "text",
    label_column: str = "label",
    encoding: str = "utf-8",
) -> Dataset:
    """Loads a table of labelled texts.

    It is a `.csv` or `.tsv` table with a header line, or a `.jsonl` file with one JSON
    object per line; each may be packed as `.gz`. A label may be a word or a number. The classes
    are named by the labels and in their order: that of the numbers if all are numbers.

    Raises:
        CourseError: Python does not know the encoding.
        DataError: the file is damaged, lacks a column, holds an empty text, only one class, or a
            class with only one text.

    Example:
        >>> path = getfixture("tmp_path") / "mail.csv"
        >>> rows = ["label,text", "spam,Buy now!", "mail,See you.", "mail,Ok.", 'spam,"Win, now"']
        >>> _ = path.write_text("\\n".join(rows), encoding="utf-8")
        >>> data = load(path, test_share=0.5, seed=0)
        >>> data.class_names, sorted(zip(data.x_train.tolist(), data.y_train.tolist()))
        (('mail', 'spam'), [('See you.', 0), ('Win, now', 1)])

    Reference: D1 2.2, D2 2.
    """
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
        path: where it comes from; its ending says which form it has.
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
                f"{path}, line {line}: column {text_column!r} holds no word or symbol. "
                "Correct or remove the line."
            )
        texts.append(text)
        labels.append(label.strip())
    if not texts:
        raise DataError(f"{path}: the table is empty. Add lines of text and label.")
    return texts, labels


def _rows(content: str, path: str | os.PathLike, columns: tuple[str, str]) -> Rows:
    """Gives the number of a line, from 1, and its cells by the name of their column."""
    form = ending(Path(path))
    if form not in _ENDINGS:
        raise DataError(
            f"{path}: expected a file ending in {', '.join(_ENDINGS)} or one of them with .gz. "
            f"Received: {form or 'no ending'}. Save the table as .csv."
        )
    if form == ".jsonl":
        return _json_rows(content, path, columns)
    return _table_rows(content, path, columns, _SEPARATORS[form])


def _json_rows(content: str, path: str | os.PathLike, columns: tuple[str, str]) -> Rows:
    # Not splitlines: a text may hold line endings other than the newline.
    for number, line in enumerate(content.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            is_json = isinstance(error, json.JSONDecodeError)
            reason = f"{error.msg} at character {error.pos + 1}" if is_json else error
            raise _broken(path, number, f"not JSON: {reason}") from None
        if not isinstance(row, dict):
            raise _broken(path, number, "not an object with names")
        _check_columns(path, columns, tuple(row), number)
        cells = {column: row[column] for column in columns}
        for column, cell in cells.items():
            if not isinstance(cell, (str, int, float)) or cell != cell:
                raise _broken(path, number, f"no text or number in {column!r}")
            if any("\ud800" <= c <= "\udfff" for c in str(cell)):
                raise _broken(path, number, f"an incomplete character in {column!r}")
        yield number, {column: str(cell) for column, cell in cells.items()}


def _table_rows(
    content: str, path: str | os.PathLike, columns: tuple[str, str], separator: str
) -> Rows:
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


def _check_columns(
    path: str | os.PathLike, wanted: tuple[str, str], found: Sequence[Any], line: int
) -> None:
    missing = [column for column in wanted if column not in found]
    if missing:
        raise DataError(
            f"{path}, line {line}: expected the columns {wanted[0]} and {wanted[1]}. "
            f"Received: {', '.join(map(str, found)) or 'none'}. Say which is which: "
            "--text-column and --label-column (text_column=..., label_column=...)."
        )


def _broken(path: str | os.PathLike, line: int, reason: str) -> DataError:
    return DataError(f"{path}, line {line}: broken: {reason}. Correct or remove the line.")


def _class_names(path: Path, labels: list[str], label_column: str) -> tuple[str, ...]:
    """Returns the different labels in order, after checking that a classifier can learn them."""
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
                "class. Add texts of that class, or remove it."
            )
    try:
        return tuple(sorted(counts, key=float))
    except ValueError:
        return tuple(sorted(counts))
