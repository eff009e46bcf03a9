"""Exercises on the training pipeline."""

import numpy as np

from dl_course.assignments.exercises.kinds import ChoiceExercise, FunctionExercise, NumberExercise


def standardized_test(x_train: np.ndarray, x_test: np.ndarray) -> np.ndarray:
    """Returns the test part, standardized with the training part's mean and deviation."""
    return (x_test - x_train.mean(axis=0)) / x_train.std(axis=0)


def filled_test(x_train: np.ndarray, x_test: np.ndarray) -> np.ndarray:
    """Returns the test part, its blanks filled with the training part's medians."""
    return np.where(np.isnan(x_test), np.nanmedian(x_train, axis=0), x_test)


def _together(x_train: np.ndarray, x_test: np.ndarray) -> np.ndarray:
    return np.concatenate([x_train, x_test])


_STANDARDIZE = FunctionExercise(
    id="standardize",
    arguments=("x_train", "x_test"),
    cases=(
        (np.array([[1.0, 10], [3, 50]]), np.array([[5.0, 30], [2, 10], [0, 70]])),
        (np.array([[2.0], [4], [9], [1]]), np.array([[3.0], [8]])),
        (
            np.array([[0.1, -4, 200], [0.3, 0, 100], [0.8, 7, 900]]),
            np.array([[0.2, 1, 1000], [0.9, -3, 50]]),
        ),
    ),
    solution=standardized_test,
    explanation="Mean and deviation come from the training part; each feature has its own.",
    hint="Subtract the mean and divide by the standard deviation, both of x_train, axis=0.",
    mistakes=(
        (
            lambda a, b: (b - b.mean(axis=0)) / b.std(axis=0),
            "You used the test part's own mean and deviation. Use those of the training part.",
        ),
        (
            lambda a, b: (b - _together(a, b).mean(axis=0)) / _together(a, b).std(axis=0),
            "The test part influenced the mean and deviation: that is a leak. Use x_train alone.",
        ),
        (
            lambda a, b: (b - a.mean()) / a.std(),
            "That is one mean for the whole table. Each feature needs its own: axis=0.",
        ),
        (
            lambda a, b: (b - a.mean(axis=0)) / a.var(axis=0),
            "Divide by the standard deviation, not by its square.",
        ),
        (
            lambda a, b: (b - a.mean(axis=0)) / a.std(axis=0, ddof=1),
            "For the deviation, divide by n, as `np.std` does, not by n - 1.",
        ),
        (lambda a, b: b - a.mean(axis=0), "The division by the deviation is missing."),
        (
            lambda a, b: (b - a.min(axis=0)) / (a.max(axis=0) - a.min(axis=0)),
            "That scales the features to the range 0 to 1. Use mean and deviation.",
        ),
        (
            lambda a, b: (a - a.mean(axis=0)) / a.std(axis=0),
            "That is the training part, standardized. Return the test part.",
        ),
    ),
)

_FILL = FunctionExercise(
    id="fill-blanks",
    arguments=("x_train", "x_test"),
    cases=(
        (
            np.array([[1.0, 10], [2, np.nan], [9, 50], [np.nan, 90]]),
            np.array([[np.nan, 30], [4, np.nan], [7, 20]]),
        ),
        (np.array([[5.0], [1], [2], [np.nan], [60]]), np.array([[np.nan], [8]])),
    ),
    solution=filled_test,
    explanation="The medians come from the training part, without its blanks.",
    hint="np.nanmedian(x_train, axis=0) ignores blanks; np.where fills them in.",
    mistakes=(
        (
            lambda a, b: np.where(np.isnan(b), np.nanmedian(b, axis=0), b),
            "Those are the medians of the test part. Use those of the training part.",
        ),
        (
            lambda a, b: np.where(np.isnan(b), np.nanmedian(_together(a, b), axis=0), b),
            "The test part influenced the medians: that is a leak. Use x_train alone.",
        ),
        (
            lambda a, b: np.where(np.isnan(b), np.nanmean(a, axis=0), b),
            "That is the mean, which a single wild value pulls far away. Use the median.",
        ),
        (
            lambda a, b: np.where(np.isnan(b), np.nanmedian(a), b),
            "That is one median for the whole table. Each feature needs its own: axis=0.",
        ),
        (lambda a, b: np.nan_to_num(b), "Zero is a value like any other, and far off here."),
    ),
)

EXERCISES = (
    NumberExercise(
        id="one-value",
        solution=4 / 5**0.5,
        tolerance=1e-3,
        explanation="The mean is 6, and the deviation is the square root of (9 + 1 + 1 + 9)/4 = 5.",
        hint="The deviation is the square root of the mean of the four squared distances from 6.",
        mistakes=(
            (4 / (20 / 3) ** 0.5, "For the deviation, divide by 4, as `np.std` does, not by 3."),
            (4.0, "That is the distance from the mean. Divide it by the deviation."),
            (4 / 5, "You divided by the variance. The deviation is its square root."),
            (4 / 20**0.5, "The squared distances are averaged, not just added up."),
            (4 / 2, "That is the mean distance. Take the root of the mean squared distance."),
            (7 / 6, "That scales the range to 0 to 1. Use mean and deviation."),
            (
                (10 - 6.8) / float(np.std([3, 5, 7, 9, 10])),
                "The test value influenced the mean and deviation: that is a leak.",
            ),
            (-4 / 5**0.5, "The value is above the mean."),
        ),
    ),
    _STANDARDIZE,
    _FILL,
    NumberExercise(
        id="when-to-stop",
        solution=8,
        explanation="The best is epoch 5, and the three epochs after it are no better.",
        hint="Go through the epochs and count how far back the lowest loss so far is.",
        mistakes=(
            (5, "That is the epoch whose weights are kept. Training goes on for a while."),
            (4, "One worse epoch is not enough: the patience is 3."),
            (6, "That would be a patience of 1. Here it is 3."),
            (7, "There the best epoch is only two epochs back."),
            (9, "The new minimum there comes too late: training has already stopped."),
            (10, "Somewhere before the end, three epochs in a row bring no new minimum."),
        ),
    ),
    NumberExercise(
        id="fold-size",
        solution=364,
        explanation="455 / 5 = 91 examples are left out; the other four parts are for training.",
        hint="One part of five is left out each time.",
        mistakes=(
            (91, "That is the part left out. The network learns from the others."),
            (455, "One part must be left out for measuring."),
            (1820, "Count for one network, not for all five together."),
            (5, "That is how many networks are trained."),
        ),
    ),
    ChoiceExercise(
        id="worst-leak",
        solution="select",
        choices=("fill", "standardize", "select"),
        explanation="It uses the labels of the test part. You saw what that does on pure noise.",
        hint="Which of the three uses the labels?",
        mistakes=(
            ("fill", "A median says little about one row and nothing about its label."),
            ("standardize", "You measured this leak above: it is small. Another uses the labels."),
        ),
    ),
)
