"""Speech classifiers: the embedded sounds, and spoken digits of known and of unheard speakers.

    python -m benchmarks.speech            # seven runs, about twelve minutes
    python -m benchmarks.speech --all-pairs   # nineteen runs

Trains the course's speech classifier, each time from scratch and on all of the training part:

- on the embedded sounds, CNN and GRU;
- on the Free Spoken Digit Dataset split at random: a tenth for the test, and a third, which leaves
  as many sounds to train with as the split by speaker does;
- on the same set split by speaker: each two speakers are the test, and four are heard in
  training. The three pairs hold every speaker once; `--all-pairs` takes all fifteen choices.

Prints a table, and draws the accuracy on each digit of each unheard speaker to `speech.png`.
"""

import argparse
import itertools
import statistics

import numpy as np

from benchmarks.table import print_table
from dl_course import datasets, plots
from dl_course.backend import device, keras, set_seed
from dl_course.datasets import fsdd
from dl_course.models import build_speech_classifier
from dl_course.training import fit, predict

_PICTURE = "speech.png"


def main() -> None:
    """Runs all trainings."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--all-pairs", action="store_true", help="every choice of two speakers")
    parser.add_argument("--seed", type=int, default=0, help="of weights, order and random splits")
    options = parser.parse_args()
    where = device()
    print(f"{where.count} x {where.name} ({where.kind}), bfloat16 in hardware: {where.bfloat16}\n")

    seed = options.seed
    sounds = datasets.load("sounds", seed=seed)
    rows = [run("embedded sounds", sounds, kind, seed)[0] for kind in ("cnn", "gru")]
    for share, words in ((0.1, "a tenth"), (1 / 3, "a third")):
        data = fsdd.load_at_random(test_share=share, seed=seed)
        rows.append(run(f"digits, {words} at random", data, "cnn", seed)[0])

    every = itertools.combinations(fsdd.SPEAKERS, 2)
    # The last of the three is the registered split.
    pairs = list(
        every if options.all_pairs else zip(fsdd.SPEAKERS[::2], fsdd.SPEAKERS[1::2], strict=True)
    )
    right = {speaker: [] for speaker in fsdd.SPEAKERS}  # of each time that it was unheard
    accuracies = []
    for pair in pairs:
        data = fsdd.load_by_speaker(pair)
        row, is_right = run(f"digits, unheard {' and '.join(pair)}", data, "cnn", seed)
        rows.append(row)
        accuracies.append(is_right.mean())
        # In the order of the files' names: digit, speaker, number.
        by_digit = is_right.reshape(data.num_classes, len(pair), -1).mean(axis=2)
        for speaker, part in zip(pair, by_digit.T, strict=True):
            right[speaker].append(part)
    print()
    print_table(("data", "network", "trained on", "test accuracy", "seconds of training"), rows)
    print(
        f"unheard speakers, mean of {len(pairs)} choices: {statistics.mean(accuracies):.4f}, "
        f"from {min(accuracies):.4f} to {max(accuracies):.4f}"
    )
    _draw(right)


def run(name: str, data: datasets.Dataset, kind: str, seed: int) -> tuple[tuple, np.ndarray]:
    """Trains and tests once; returns a row of the table, and which test sounds were right."""
    set_seed(seed)
    model = build_speech_classifier(
        *data.input_shape, data.num_classes, sample_rate=data.sample_rate, kind=kind
    )
    done = fit(model, data, recipe="speech", seed=seed, validation_share=0, progress=False)
    is_right = predict(model, data.x_test).argmax(axis=1) == data.y_test
    row = (
        name,
        kind,
        f"{len(data.y_train):,}",
        f"{is_right.mean():.4f}",
        f"{done.train_seconds:.0f}",
    )
    print(*row, sep="  ", flush=True)
    keras.backend.clear_session()
    return row, is_right


def _draw(right: dict[str, list[np.ndarray]]) -> None:
    """Draws the accuracy on each digit (columns) of each speaker (rows)."""
    shares = np.array([np.mean(parts, axis=0) for parts in right.values()])
    ax = plots.plot_heatmap(
        shares,
        title="Accuracy on speakers that were not heard in training",
        x_label="digit",
        y_label="speaker",
    )
    ax.set_yticks(range(len(right)), list(right))
    plots.save_figure(ax, _PICTURE)
    print(f"{_PICTURE}: the same by speaker and digit")


if __name__ == "__main__":
    main()
