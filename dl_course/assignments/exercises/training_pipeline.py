"""Exercises on training pipeline."""

import numpy as np

from dl_course.assignments.exercises.kinds import (
    ChoiceExercise,
    Exercise,
    FunctionExercise,
    NumberExercise,
)


def standardized_test(x_train, x_test):
    """Returns the test part in the measure of the training part."""
    return (x_test - x_train.mean(axis=0)) / x_train.std(axis=0)


def filled_test(x_train, x_test):
    """Returns the test part with its blanks filled with the medians of the training part."""
    return np.where(np.isnan(x_test), np.nanmedian(x_train, axis=0), x_test)


def _together(x_train, x_test):
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
    explanation="Mean and deviation of the training part; each feature has its own.",
    hint="Subtract the mean and divide by the standard deviation, both of x_train, axis=0.",
    mistakes=(
        (
            lambda a, b: (b - b.mean(axis=0)) / b.std(axis=0),
            "That measures the test part with itself. Take the numbers of the training part.",
        ),
        (
            lambda a, b: (b - _together(a, b).mean(axis=0)) / _together(a, b).std(axis=0),
            "The test part has helped to make the ruler: that is a leak. Take x_train alone.",
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
            "Divide by n inside the deviation, as `np.std` does, not by n - 1.",
        ),
        (lambda a, b: b - a.mean(axis=0), "The division by the deviation is missing."),
        (
            lambda a, b: (b - a.min(axis=0)) / (a.max(axis=0) - a.min(axis=0)),
            "That brings the features to the range 0 to 1. Mean and deviation are asked for.",
        ),
        (
            lambda a, b: (a - a.mean(axis=0)) / a.std(axis=0),
            "That is the training part, and right. Return the test part.",
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
    explanation="The medians are learned from the training part, blanks left aside.",
    hint="np.nanmedian(x_train, axis=0) leaves blanks aside; np.where fills with it.",
    mistakes=(
        (
            lambda a, b: np.where(np.isnan(b), np.nanmedian(b, axis=0), b),
            "Those are the medians of the test part. They are learned from the training part.",
        ),
        (
            lambda a, b: np.where(np.isnan(b), np.nanmedian(_together(a, b), axis=0), b),
            "The test part has helped to make the medians: that is a leak.",
        ),
        (
            lambda a, b: np.where(np.isnan(b), np.nanmean(a, axis=0), b),
            "That is the mean, which one wild value pulls far away. The median is asked for.",
        ),
        (
            lambda a, b: np.where(np.isnan(b), np.nanmedian(a), b),
            "That is one median for the whole table. Each feature needs its own: axis=0.",
        ),
        (lambda a, b: np.nan_to_num(b), "A zero is a value like any other, and a wild one here."),
    ),
)

EXERCISES: tuple[Exercise, ...] = (
    NumberExercise(
        id="one-value",
        solution=4 / 5**0.5,
        tolerance=1e-3,
        explanation="The mean is 6, the deviation the root of (9 + 1 + 1 + 9)/4 = 5.",
        hint="Mean of the four squared distances from the mean, then its root: the deviation.",
        mistakes=(
            (4 / (20 / 3) ** 0.5, "Divide by 4 inside the deviation, as `np.std` does, not by 3."),
            (4.0, "That is the distance from the mean. In units of the deviation?"),
            (4 / 5, "You divided by the variance. Its root is the deviation."),
            (4 / 20**0.5, "The squared distances are averaged, not only added up."),
            (4 / 2, "The deviation is not the mean distance, but the root of the mean square."),
            (7 / 6, "That is the range brought to 0 to 1. Use mean and deviation."),
            (
                (10 - 6.8) / float(np.std([3, 5, 7, 9, 10])),
                "The test value has helped to make the ruler: that is a leak.",
            ),
            (-4 / 5**0.5, "The value is above the mean."),
        ),
    ),
    _STANDARDIZE,
    _FILL,
    NumberExercise(
        id="when-to-stop",
        solution=8,
        explanation="The best is epoch 5. Three epochs later nothing better has come.",
        hint="Go through the epochs, and count how far back the lowest loss so far is.",
        mistakes=(
            (5, "That is the epoch whose weights are kept. The training goes on for a while."),
            (4, "One worse epoch is not enough: the patience is 3."),
            (6, "So short is the patience 1. Here it is 3."),
            (7, "The best is only two epochs back there."),
            (9, "The new minimum there comes too late: the training has stopped already."),
            (10, "Somewhere before the end, three epochs in a row bring no new minimum."),
        ),
    ),
    NumberExercise(
        id="fold-size",
        solution=364,
        explanation="455 / 5 = 91 examples are left out, and the other four parts teach.",
        hint="One part of five is left out each time.",
        mistakes=(
            (91, "That is the part left out. The network learns from the others."),
            (455, "One part must be left out, to measure on."),
            (1820, "Count for one network, not for all five together."),
            (5, "That is how many networks are trained."),
        ),
    ),
    ChoiceExercise(
        id="worst-leak",
        solution="select",
        choices=("fill", "standardize", "select"),
        explanation="It looks at the labels of the test part. You saw what that does on noise.",
        hint="Which of the three looks at the labels?",
        mistakes=(
            ("fill", "A median tells little about one row, and nothing about its label."),
            ("standardize", "You measured this leak above: it is small. Another looks at labels."),
        ),
    ),
)
