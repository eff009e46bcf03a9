"""Tables as dicts of columns of equal length, to and from CSV."""

import csv
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from dl_course.errors import DataError
from dl_course.files import atomic_path

_NUMBERED = re.compile(r"(.+)\[(\d+)\]")


def write_table(
    path: str | os.PathLike, columns: Mapping[str, Sequence], *, encoding: str = "utf-8"
) -> None:
    """Writes columns to a CSV file with a header, whole or not at all.

    A column of shape `(rows, n)` becomes n columns, `name[0]` to `name[n-1]`.

    Args:
        path: the file.
        columns: one sequence per name, all of the same length.
        encoding: "utf-8-sig" for a table that people will open in a spreadsheet.

    Example:
        >>> path = getfixture("tmp_path") / "table.csv"
        >>> write_table(path, {"layer": ["a", "b"], "mean": [0.5, 2.0]})
        >>> print(path.read_text().strip())
        layer,mean
        a,0.5
        b,2.0
    """
    flat: dict[str, list] = {}
    for name, values in columns.items():
        array = np.asarray(values)
        if array.ndim == 2:
            flat.update({f"{name}[{i}]": array[:, i].tolist() for i in range(array.shape[1])})
        else:
            flat[name] = array.tolist()
    with atomic_path(path) as beside, beside.open("w", newline="", encoding=encoding) as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(flat)
        writer.writerows(zip(*flat.values(), strict=True))


def read_table(path: str | os.PathLike) -> dict[str, np.ndarray]:
    """Reads what `write_table` wrote.

    Args:
        path: the CSV file.

    Returns:
        An array for each column: integers, floats or text, whichever fits; numbered columns are
        joined into one of shape `(rows, n)`.

    Raises:
        DataError: the file is missing, or its rows differ in length.

    Example:
        >>> path = getfixture("tmp_path") / "table.csv"
        >>> write_table(path, {"layer": ["a", "b"], "counts": [[1, 2], [3, 4]]})
        >>> read_table(path)["counts"].tolist()
        [[1, 2], [3, 4]]
    """
    path = Path(path)
    try:
        with path.open(newline="", encoding="utf-8") as file:
            header, *rows = csv.reader(file)
        values = list(zip(*rows, strict=True)) or [()] * len(header)
        flat = {name: _typed(column) for name, column in zip(header, values, strict=True)}
    except FileNotFoundError:
        raise DataError(f"{path}: expected a CSV file, found none.") from None
    except (ValueError, csv.Error) as error:
        raise DataError(
            f"{path}: expected a CSV table with a header and equally long rows. Received: {error}."
        ) from error
    columns: dict[str, np.ndarray] = {}
    numbered: dict[str, list[np.ndarray]] = {}
    for name, array in flat.items():
        match = _NUMBERED.fullmatch(name)
        if match:
            numbered.setdefault(match[1], []).append(array)
        else:
            columns[name] = array
    return columns | {name: np.stack(parts, axis=1) for name, parts in numbered.items()}


def _typed(column: Sequence[str]) -> np.ndarray:
    for kind in (int, float):
        try:
            return np.array([kind(text) for text in column], kind)
        except ValueError:
            continue
    return np.array(column, str)
