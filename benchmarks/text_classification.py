"""Classifiers of texts: IMDB beside the Keras documentation's network, and the generated reviews.

    python -m benchmarks.text_classification imdb      # five minutes
    python -m benchmarks.text_classification reviews   # ten minutes, five kinds and three seeds

`imdb` trains the course's CNN and its bag of words, and then the network of the Keras
documentation's example "text classification from scratch" as that trains it: embedding and
Conv1D, three epochs of batches of 32, on the first four fifths of a shuffled training set.
Published for it: 0.864. All three are measured on all 25,000 reviews of the test.

Seconds of training are those of `fit` as a whole, compilation included; busy seconds are the
processor's, shared evenly among its cores, which other programs disturb less. Preparing the data
(to read, cut into tokens, make the vocabulary and number the words) is told apart. A picture of
accuracy over seconds is written to `text_classification_PART.png`.
"""

import argparse
import collections
import os
import re
import statistics
import string
import time

import numpy as np

from benchmarks.table import print_table
from dl_course.backend import device, keras, set_seed
from dl_course.datasets import Tokenizer, load
from dl_course.models import build_text_classifier
from dl_course.plots import save_figure
from dl_course.training import fit, predict, scores

_KINDS = ("bag", "cnn", "rnn", "lstm", "gru")
_VOCABULARY, _LENGTH = 30_000, 600


def main() -> None:
    """Runs the part that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("part", choices=("imdb", "reviews"))
    parser.add_argument("--seeds", type=int, help="runs of each; by default 1 and 3")
    options = parser.parse_args()
    where = device()
    print(f"{where.count} x {where.name} ({where.kind}), bfloat16 in hardware: {where.bfloat16}\n")
    if options.part == "imdb":
        results = imdb(range(options.seeds or 1))
    else:
        results = reviews(range(options.seeds or 3))
    _report(results, options.part)


def imdb(seeds: range) -> dict[str, list[tuple[float, ...]]]:
    """Returns accuracy, seconds and busy seconds, seed by seed, of three networks on IMDB."""
    start = time.perf_counter()
    data = load("imdb")
    loaded = time.perf_counter()
    arrays, tokens = _encoded(data)
    encoded = time.perf_counter()
    keras_arrays = _encoded_as_keras_example(data)
    print(
        f"preparing the data: read {loaded - start:.1f} s, numbered {encoded - loaded:.1f} s "
        f"(as in the Keras example {time.perf_counter() - encoded:.1f} s)\n",
        flush=True,
    )
    results = collections.defaultdict(list)
    for seed in seeds:
        for kind in ("cnn", "bag"):
            _add(results, f"dl_course, {kind}", seed, _train(kind, tokens, arrays, seed))
        _add(results, "Keras example", seed, _train_keras_example(keras_arrays, seed))
    return results


def reviews(seeds: range) -> dict[str, list[tuple[float, ...]]]:
    """Returns accuracy, seconds and busy seconds, seed by seed, of all kinds on made reviews."""
    arrays, tokens = _encoded(load("reviews"))
    results = collections.defaultdict(list)
    for seed in seeds:
        for kind in _KINDS:
            _add(results, kind, seed, _train(kind, tokens, arrays, seed))
    return results


def _encoded(data):
    """Returns ids and labels for training and test, and the size of the vocabulary."""
    tokenizer = Tokenizer.fit(data.x_train, vocabulary_size=_VOCABULARY)
    x_train = tokenizer.encode(data.x_train, _LENGTH)
    x_train = x_train[:, : (x_train != 0).any(axis=0).sum()]  # no longer than the longest
    x_test = tokenizer.encode(data.x_test, x_train.shape[1])
    return ((x_train, data.y_train), (x_test, data.y_test)), len(tokenizer)


def _train(kind: str, tokens: int, arrays, seed: int) -> tuple[float, ...]:
    """Returns test accuracy, seconds and busy seconds of one training of the course's network."""
    set_seed(seed)
    model = build_text_classifier(tokens, 2, kind=kind)
    watch = _stopwatch()
    fit(
        model,
        arrays,
        recipe=f"text {kind}",
        validation_share=0,
        seed=seed,
        progress=False,
    )
    seconds = watch()
    x_test, y_test = arrays[1]
    return scores(y_test, predict(model, x_test))["accuracy"], *seconds


def _encoded_as_keras_example(data):
    """Returns ids as its TextVectorization makes them: 20,000 words, 500 of each text."""
    drop = str.maketrans("", "", string.punctuation)

    def words(text):
        return re.sub("<br />", " ", text.lower()).translate(drop).split()

    counts = collections.Counter(word for text in data.x_train for word in words(text))
    ids = {word: k for k, (word, _) in enumerate(counts.most_common(20_000 - 2), start=2)}

    def encode(texts):
        rows = np.zeros((len(texts), 500), np.int64)
        for row, text in zip(rows, texts, strict=True):
            found = [ids.get(word, 1) for word in words(text)[:500]]
            row[: len(found)] = found
        return rows

    return (encode(data.x_train), data.y_train), (encode(data.x_test), data.y_test)


def _train_keras_example(arrays, seed: int) -> tuple[float, ...]:
    """Returns test accuracy, seconds and busy seconds of the documentation's example."""
    (x, y), (x_test, y_test) = arrays
    set_seed(seed)
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((None,), dtype="int64"),
            layers.Embedding(20_000, 128),
            layers.Dropout(0.5),
            layers.Conv1D(128, 7, padding="valid", activation="relu", strides=3),
            layers.Conv1D(128, 7, padding="valid", activation="relu", strides=3),
            layers.GlobalMaxPooling1D(),
            layers.Dense(128, activation="relu"),
            layers.Dropout(0.5),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
    order = np.random.default_rng(seed).permutation(len(x))
    train, held_out = np.split(order, [len(x) * 4 // 5])
    watch = _stopwatch()
    model.fit(x[train], y[train], validation_data=(x[held_out], y[held_out]), epochs=3, verbose=0)
    seconds = watch()
    return float(model.evaluate(x_test, y_test, verbose=0)[1]), *seconds


def _stopwatch():
    """Starts to count, and returns what gives the seconds, and the busy seconds, since then."""
    wall, busy = time.perf_counter(), time.process_time()
    return lambda: (
        time.perf_counter() - wall,
        (time.process_time() - busy) / os.cpu_count(),
    )


def _add(results, name: str, seed: int, result: tuple[float, ...]) -> None:
    results[name].append(result)
    accuracy, seconds, busy = result
    print(
        f"{name}, seed {seed}: accuracy {accuracy:.4f} in {seconds:.1f} s, busy {busy:.1f} s",
        flush=True,
    )


def _report(results: dict[str, list[tuple[float, ...]]], part: str) -> None:
    """Prints the table and writes the picture."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.3, 3.6), layout="constrained")
    ax = figure.add_subplot()
    rows = []
    for marker, (name, runs) in zip("osD^v", results.items(), strict=False):
        accuracies, seconds, busy = zip(*runs, strict=True)
        spread = f"{min(accuracies):.4f} to {max(accuracies):.4f}"
        mean = statistics.mean(accuracies)
        times = (f"{statistics.mean(column):.1f}" for column in (seconds, busy))
        rows.append((name, f"{mean:.4f}", spread, *times))
        ax.plot(seconds, accuracies, marker, label=name)
    print()
    print_table(
        ("network", "mean test accuracy", "range", "seconds of training", "busy seconds"), rows
    )
    ax.set(
        title=f"Classifiers of texts: {part}",
        xlabel="training (seconds)",
        ylabel="test accuracy (share)",
        xlim=(0, None),
    )
    ax.legend()
    save_figure(figure, f"text_classification_{part}.png")


if __name__ == "__main__":
    main()
