"""The document's CNN on MNIST with both recipes, and what watching it costs, in one run.

    python -m benchmarks.mnist_cnn [--seeds 3] [--skip-document]

Prints two tables: test accuracy and training time of the recipes `document` and `fast`, seed by
seed in turn, and the time of an epoch of the `fast` recipe with both recorders on against both
off. The recipes' times are of `fit` as a whole, compilation included; the recorders' are of the
epochs after the first, from end to end, so that nothing the recorders do is left out.
"""

import argparse
import statistics
import time

from benchmarks.table import print_table
from dl_course import datasets
from dl_course.backend import device, keras, set_seed
from dl_course.diagnostics import ActivationFlow, GradientFlow
from dl_course.models import build_cnn
from dl_course.training import fit, predict, scores

_PROBE = 64


def main() -> None:
    """Runs both comparisons."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=3, help="runs of each recipe")
    parser.add_argument(
        "--skip-document", action="store_true", help="leave out the long recipe, half an hour"
    )
    options = parser.parse_args()
    data = datasets.load("mnist")
    where = device()
    print(f"{where.count} x {where.name} ({where.kind}), bfloat16 in hardware: {where.bfloat16}\n")

    seeds = range(options.seeds)
    recipes = ("fast",) if options.skip_document else ("fast", "document")
    results = {recipe: [] for recipe in recipes}
    for seed in seeds:
        for recipe in recipes:
            results[recipe].append(_train(data, recipe, seed))
            accuracy, seconds = results[recipe][-1]
            print(f"{recipe}, seed {seed}: accuracy {accuracy:.4f} in {seconds:.1f} s", flush=True)
    _print_recipes(results)
    _print_watching(data, seeds)


def _train(data, recipe: str, seed: int) -> tuple[float, float]:
    """Returns test accuracy and seconds of one training on all of the training data."""
    set_seed(seed)
    model = build_cnn()
    start = time.perf_counter()
    fit(model, data, recipe=recipe, seed=seed, validation_share=0, progress=False)
    seconds = time.perf_counter() - start
    return scores(data.y_test, predict(model, data.x_test))["accuracy"], seconds


class _EpochEnds(keras.callbacks.Callback):
    """Notes when each epoch ended, after every recorder that was given before it."""

    def on_train_begin(self, logs=None):
        self.times = []

    def on_epoch_end(self, epoch, logs=None):
        self.times.append(time.perf_counter())


def _epoch_seconds(data, seed: int, watched: bool) -> float:
    """Returns the mean seconds of an epoch after the first, with or without both recorders."""
    set_seed(seed)
    x, y = data.x_train[:_PROBE], data.y_train[:_PROBE]
    ends = _EpochEnds()
    fit(
        build_cnn(),
        data,
        recipe="fast",
        epochs=3,
        seed=seed,
        validation_share=0,
        recorders=[GradientFlow(x, y), ActivationFlow(x)] if watched else [],
        callbacks=[ends],
        progress=False,
    )
    return (ends.times[-1] - ends.times[0]) / (len(ends.times) - 1)


def _print_recipes(results: dict[str, list[tuple[float, float]]]) -> None:
    rows = []
    for recipe, runs in results.items():
        accuracies, seconds = zip(*runs, strict=True)
        rows.append(
            (
                recipe,
                f"{statistics.mean(accuracies):.4f}",
                f"{min(accuracies):.4f} to {max(accuracies):.4f}",
                f"{statistics.mean(seconds):.1f}",
            )
        )
    print_table(("recipe", "mean test accuracy", "range", "mean seconds"), rows)
    if "document" in results:
        ratios = [
            fast[1] / document[1]
            for fast, document in zip(results["fast"], results["document"], strict=True)
        ]
        print(f"time of fast / document: {statistics.mean(ratios):.3f}\n")


def _print_watching(data, seeds) -> None:
    """Compares pairs that follow one another, since the machine's speed drifts."""
    ratios = []
    for seed in seeds:
        off, on = (_epoch_seconds(data, seed, watched) for watched in (False, True))
        ratios.append(on / off)
    print_table(
        ("seconds of an epoch, recorders on / off", "median", "range"),
        [
            (
                "GradientFlow and ActivationFlow",
                f"{statistics.median(ratios):.3f}",
                f"{min(ratios):.3f} to {max(ratios):.3f}",
            )
        ],
    )


if __name__ == "__main__":
    main()
