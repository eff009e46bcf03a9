"""Prices of houses in California: a real table with blanks, text and a number to predict."""

import csv

import numpy as np

from dl_course.datasets.dataset import Dataset, from_table
from dl_course.datasets.records import DataFile, DatasetInfo
from dl_course.datasets.splits import shuffled_split
from dl_course.datasets.store import read_files

INFO = DatasetInfo(
    name="california_housing",
    title="20,640 Californian districts in 1990, with blanks, and their median house prices",
    kind="table",
    notes="8 numbers and a text (as 5 columns of 0 and 1); the price in dollars",
    input_shape=(13,),
    train_examples=16_512,
    test_examples=4_128,
    split="random",
    is_split_here=True,
    checksum="731245fc4269545eede653bec64adcbb",
    files=(
        DataFile(
            "california_housing.csv",
            (
                "https://raw.githubusercontent.com/ageron/handson-ml2/master/datasets/housing/housing.csv",
                "https://raw.githubusercontent.com/ageron/handson-ml/master/datasets/housing/housing.csv",
            ),
            "d1c47305887e2252bf1ccbd74ff159a6",
            1_423_529,
        ),
    ),
    megabytes=1.4,
    alternative="breast_cancer",
    licence="Apache-2.0",
    authors="Pace, Barry 1997; this copy: Géron",
    source="https://github.com/ageron/handson-ml2/tree/master/datasets/housing",
)
_TARGET = "median_house_value"
_TEXT = "ocean_proximity"


def load(test_share: float, seed: int) -> Dataset:
    """Loads the districts as they were published; cleaning them is left to you.

    Each of the 20,640 rows is a district of the 1990 census; `y` is the median value of a house
    there in dollars. What to know before training:

    - 207 districts have no `total_bedrooms`: the blank is NaN in `x`. Fill it in with a number
      found in the training part only, or drop the rows.
    - The text column becomes five columns of 0 and 1, such as "ocean_proximity=INLAND".
    - Values above 500,000 dollars were cut off at the source: 965 districts have 500,001.
    """
    [(_, content)] = read_files(INFO)
    x, y, feature_names = parse_housing(content.decode("ascii"))
    train, test = shuffled_split(len(y), test_share, seed)
    return from_table(INFO.name, (x[train], y[train]), (x[test], y[test]), (), feature_names)


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
