"""Prices of houses in California: a real table with blanks, text and a number to predict."""

import csv

import numpy as np

from dl_course.datasets import store
from dl_course.datasets.dataset import Dataset, from_table
from dl_course.datasets.records import DatasetInfo
from dl_course.datasets.splits import shuffled_split

_TARGET = "median_house_value"
_TEXT = "ocean_proximity"


def load_california_housing(entry: DatasetInfo, test_share: float, seed: int) -> Dataset:
    """Loads the districts as they were published; cleaning them is left to you.

    Each of the 20,640 rows is a district of the 1990 census; `y` is the median value of a house
    there in dollars. What a reader should know before training:

    - 207 districts have no `total_bedrooms`: the blank is NaN in `x`. Fill it in with a number
      found in the training half only, or drop the rows.
    - The text column becomes five columns of 0 and 1, such as "ocean_proximity=INLAND".
    - Values above 500,000 dollars were cut off at the source: 965 districts have 500,001.

    Returns:
        The data set: x float64, shape (n, 13), y float64, shape (n,); cut in two at random.

    Raises:
        DataError: the file is damaged, or it is missing and cannot be downloaded.

    Example:
        >>> from dl_course.datasets import info, load, locate
        >>> data = load("california_housing") if locate("california_housing") else None
    """
    [(_, content)] = store.read_files(entry)
    x, y, feature_names = parse_housing(content.decode("ascii"))
    train, test = shuffled_split(len(y), test_share, seed)
    return from_table(entry.name, (x[train], y[train]), (x[test], y[test]), (), feature_names)


def parse_housing(text: str) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    """Returns features, values and names of the features in the text of the csv file.

    Args:
        text: the whole file, a line of names first.

    Returns:
        x, float64, shape (n, features), NaN for a blank, one column of 0 and 1 for each
        different text, in alphabetical order; y, float64, shape (n,); the names of the columns.

    Example:
        >>> lines = ["rooms,ocean_proximity,median_house_value", "3,INLAND,9e4", ",ISLAND,2e5"]
        >>> x, y, names = parse_housing("\\n".join(lines))
        >>> x
        array([[ 3.,  1.,  0.],
               [nan,  0.,  1.]])
        >>> names
        ('rooms', 'ocean_proximity=INLAND', 'ocean_proximity=ISLAND')
    """
    header, *rows = csv.reader(text.splitlines())
    columns = dict(zip(header, zip(*rows, strict=True), strict=True))
    texts = np.array(columns.pop(_TEXT))
    numbers = {
        name: np.array([float(cell) if cell else np.nan for cell in cells])
        for name, cells in columns.items()
    }
    y = numbers.pop(_TARGET)
    for place in np.unique(texts):
        numbers[f"{_TEXT}={place}"] = (texts == place).astype(np.float64)
    return np.stack(list(numbers.values()), axis=1), y, tuple(numbers)
