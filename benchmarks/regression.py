"""Prices of houses in California: a straight line, and the course's network with and without care.

    python -m benchmarks.regression   # two minutes, three seeds, real data by DL_COURSE_DATA

Each seed makes its own split, network and order. Blanks are filled with the medians of the training
part; the line is scikit-learn's `LinearRegression`, which is the same whatever the scales.
"""

import statistics

import numpy as np
from sklearn.linear_model import LinearRegression

from benchmarks.table import print_table
from dl_course.backend import set_seed
from dl_course.datasets import load
from dl_course.models import build_regressor
from dl_course.scratch import fill_blanks, fit_medians, fit_standardizer, standardize
from dl_course.training import fit, predict, regression_scores

_SEEDS = range(3)


def main() -> None:
    """Prints the table: R^2 and the mean absolute error of each way, over the seeds."""
    runs = [_scores(seed) for seed in _SEEDS]
    rows = []
    for name in runs[0]:
        r2, error = ([run[name][key] for run in runs] for key in ("r2", "mean_absolute_error"))
        spread = f"{min(r2):.3f} to {max(r2):.3f}"
        rows.append((name, f"{statistics.mean(r2):.3f}", spread, f"{statistics.mean(error):,.0f}"))
    print_table(("predicted by", "mean R^2", "range", "mean absolute error, dollars"), rows)


def _scores(seed: int) -> dict[str, dict[str, float]]:
    """Returns the scores on the test part of one split, by way of predicting."""
    (x, y), (x_test, y_test) = load("california_housing", seed=seed)
    medians = fit_medians(x)
    raw, raw_test = (fill_blanks(part, medians) for part in (x, x_test))
    y = y[:, None]
    of_x, of_y = fit_standardizer(raw), fit_standardizer(y)
    x, x_test = standardize(raw, of_x), standardize(raw_test, of_x)
    prices = _network(x, standardize(y, of_y), x_test, seed) * of_y.scale + of_y.mean
    predictions = {
        "LinearRegression": LinearRegression().fit(x, y).predict(x_test),
        "network, dollars and raw inputs": _network(raw, y, raw_test, seed),
        "network, dollars and standardized inputs": _network(x, y, x_test, seed),
        "network, all standardized": prices,
    }
    return {name: regression_scores(y_test, p) for name, p in predictions.items()}


def _network(x: np.ndarray, y: np.ndarray, x_test: np.ndarray, seed: int) -> np.ndarray:
    """Returns what a network says of the test part, trained on the other."""
    set_seed(seed)
    model = build_regressor(x.shape[1:])
    fit(model, ((x, y), None), objective="regression", recipe="table", seed=seed, progress=False)
    return predict(model, x_test.astype("float32"))


if __name__ == "__main__":
    main()
