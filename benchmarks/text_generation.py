"""The text generator of D1 4.2: what makes it slow, what each form costs, and how far it gets.

    python -m benchmarks.text_generation speed    # two minutes
    python -m benchmarks.text_generation forms    # six minutes
    python -m benchmarks.text_generation target   # ten minutes

`speed` trains the two-layer LSTM for a few seconds in each of several ways, and counts windows
and predicted characters per second. The first row is the listing of D1 4.2 as printed, in plain
Keras; every other row differs from the printed one, or from the course's form, in what it names.
`forms` gives four forms of the network the same time and draws their losses over the seconds.
`target` trains on tiny Shakespeare from scratch and measures on its last tenth.

Pictures are written to `text_generation_forms.png` and `text_generation_target.png`.
"""

import argparse
import itertools
import time

import numpy as np

from benchmarks.table import print_table
from dl_course import plots
from dl_course.backend import device, keras, set_seed
from dl_course.datasets import Tokenizer, load, make_windows
from dl_course.inference import TextGenerator
from dl_course.models import build_text_generator
from dl_course.scratch import nats_to_bits, perplexity
from dl_course.training import computing_in, fit, predict

_LENGTH, _BATCH = 40, 64  # of the windows of the comparisons
_SECONDS = 6  # to measure a speed


def main() -> None:
    """Runs the part that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("part", choices=("speed", "forms", "target"))
    parser.add_argument("--data", default="tiny_shakespeare", help="name or .txt file")
    parser.add_argument("--seconds", type=int, default=75, help="for each of the forms")
    options = parser.parse_args()
    corpus = load(options.data, kind="corpus")
    tokenizer = Tokenizer.fit([corpus.train], level="character")
    where = device()
    print(f"{where.count} x {where.name} ({where.kind}), bfloat16 in hardware: {where.bfloat16}")
    print(f"{corpus.name}: {len(corpus.train):,} characters, {len(tokenizer)} ids\n", flush=True)
    if options.part == "speed":
        speed(corpus, tokenizer)
    elif options.part == "forms":
        forms(corpus, tokenizer, options.seconds)
    else:
        target(corpus, tokenizer)


def printed(vocabulary_size: int, **layer) -> keras.Model:
    """Returns the listing of D1 4.2, of one-hot vectors, in plain Keras."""
    return keras.Sequential(
        [
            keras.Input((_LENGTH, vocabulary_size)),
            keras.layers.LSTM(128, return_sequences=True, **layer),
            keras.layers.LSTM(128, return_sequences=False, **layer),
            keras.layers.Dense(vocabulary_size),
            keras.layers.Activation("softmax"),
        ]
    )


def with_gru(model: keras.Model) -> keras.Model:
    """Returns the same network with GRU layers for its LSTM layers."""
    return keras.models.clone_model(
        model,
        clone_function=lambda layer: (
            keras.layers.GRU(layer.units, return_sequences=layer.return_sequences)
            if isinstance(layer, keras.layers.LSTM)
            else layer.__class__.from_config(layer.get_config())
        ),
    )


def speed(corpus, tokenizer) -> None:
    """Counts windows and predicted characters per second."""
    size = len(tokenizer)
    ids = tokenizer.encode([corpus.train])[0]
    last = make_windows(ids, _LENGTH, every_step=False)
    each = {length: make_windows(ids, length) for length in (_LENGTH, 100)}

    def one_hot(count=8 * 512):
        rows = np.eye(size, dtype=np.float32)
        return rows[last[0][:count]], rows[last[1][:count]]

    def course(**options):
        return build_text_generator(size, **options)

    half, xla = "mixed_bfloat16", {"jit_compile": True}
    rows = (
        ("as printed, plain Keras", printed(size), one_hot(), {}),
        ("- jit_compile=True (XLA)", printed(size, use_cudnn=False), one_hot(), xla),
        ("- unroll=True", printed(size, unroll=True), one_hot(), {}),
        ("- batch 256", printed(size), one_hot(), {"batch": 256}),
        ("- embedding", course(every_step=False), last, {}),
        ("- target at every step", course(embedding_units=None), each[_LENGTH], {}),
        ("embedding, every step", course(), each[_LENGTH], {}),
        ("- bfloat16", course(), each[_LENGTH], {"precision": half}),
        ("- batch 256", course(), each[_LENGTH], {"batch": 256}),
        ("- batch 256, bfloat16", course(), each[_LENGTH], {"batch": 256, "precision": half}),
        ("- window 100", course(), each[100], {}),
        ("- GRU", with_gru(course()), each[_LENGTH], {}),
        ("one LSTM of 512", course(units=(512,)), each[_LENGTH], {}),
        ("- bfloat16", course(units=(512,)), each[_LENGTH], {"precision": half}),
    )
    table = []
    for name, model, (x, y), options in rows:
        windows, compiling = _windows_per_second(model, x, y, **options)
        targets = y.shape[1] if y.ndim == 2 and x.ndim == 2 else 1
        table.append((name, f"{compiling:.1f}", f"{windows:,.0f}", f"{windows * targets:,.0f}"))
        print(*table[-1], sep="  ", flush=True)
    print()
    print_table(("form", "compiles (s)", "windows/s", "characters predicted/s"), table)


def _windows_per_second(
    model, x, y, batch=_BATCH, precision="float32", jit_compile="auto"
) -> tuple[float, float]:
    """Trains for some seconds; returns windows per second, and the seconds of the first step."""
    loss = "categorical_crossentropy" if x.ndim == 3 else "sparse_categorical_crossentropy"
    model.compile("rmsprop", loss=loss, metrics=["accuracy"], jit_compile=jit_compile)
    with computing_in(model, precision):
        start = time.perf_counter()
        model.fit(x[: 2 * batch], y[: 2 * batch], batch_size=batch, verbose=0)
        compiling = time.perf_counter() - start
        trained, start, rows = 0, time.perf_counter(), min(len(x), 8 * batch)
        while (seconds := time.perf_counter() - start) < _SECONDS:
            model.fit(x[:rows], y[:rows], batch_size=batch, verbose=0)
            trained += rows
    return trained / seconds, compiling


class _Clock(keras.callbacks.Callback):
    """Measures the loss after a window every few seconds, off the clock, and stops in time."""

    def __init__(self, seconds: float, measure, every: float):
        super().__init__()
        self._seconds, self._measure, self._every = seconds, measure, every
        self.curve: list[tuple[float, float]] = []

    def on_train_begin(self, logs=None):
        self._spent, self._next = 0.0, 0.0

    def on_train_batch_begin(self, batch, logs=None):
        self._start = time.perf_counter()

    def on_train_batch_end(self, batch, logs=None):
        self._spent += time.perf_counter() - self._start
        if self._spent >= self._next or self._spent >= self._seconds:
            self.curve.append((self._spent, self._measure(self.model)))
            self._next = self._spent + self._every
        if self._spent >= self._seconds:
            self.model.stop_training = True


def forms(corpus, tokenizer, seconds: int) -> None:
    """Gives four forms of one network the same time; the optimizer is D1 4.2's for all."""
    size = len(tokenizer)
    ids, test = (tokenizer.encode([text])[0] for text in (corpus.train, corpus.test))
    x_test, y_test = make_windows(test, _LENGTH, every_step=False, stride=len(test) // 2000)

    def after_a_window(model):
        p = predict(model, x_test)
        p = p[:, -1] if p.ndim == 3 else p
        return float(-np.log(np.maximum(p[np.arange(len(y_test)), y_test], 1e-7)).mean())

    curves, rows = {}, []
    for embedding, every_step in itertools.product((None, 64), (False, True)):
        name = f"{'embedding' if embedding else 'one-hot'}, {'each' if every_step else 'last'} step"
        set_seed(0)
        model = build_text_generator(size, embedding_units=embedding, every_step=every_step)
        model.compile("rmsprop", loss="sparse_categorical_crossentropy")
        clock = _Clock(seconds, after_a_window, every=seconds / 15)
        x, y = make_windows(ids, _LENGTH, every_step=every_step)
        model.fit(x, y, batch_size=_BATCH, epochs=1000, callbacks=[clock], verbose=0)
        curves[name] = np.array(clock.curve)
        rows.append((name, f"{curves[name][-1, 0]:.0f}", f"{curves[name][-1, 1]:.3f}"))
        print(*rows[-1], sep="  ", flush=True)
    print()
    print_table(("form", "seconds", "test loss (nats)"), rows)
    reached = curves["one-hot, last step"][-1, 1]
    for name, curve in curves.items():
        below = curve[curve[:, 1] <= reached, 0]
        print(
            f"{name}: {reached:.3f} nats after " + (f"{below[0]:.0f} s" if len(below) else "more")
        )
    grid = np.linspace(0, seconds, 61)[1:]
    plots.save_figure(
        plots.plot_curves(
            grid,
            {name: np.interp(grid, *curve.T) for name, curve in curves.items()},
            title=f"{corpus.name}: the same network, trained in four forms",
            x_label="seconds of training",
            y_label=f"test loss after {_LENGTH} characters (nats)",
        ),
        "text_generation_forms.png",
    )


def target(corpus, tokenizer) -> None:
    """Trains one model as far as ten minutes go, and measures it on the last tenth."""
    set_seed(0)
    model = build_text_generator(len(tokenizer), units=(512,), dropout=0.1)
    windows = make_windows(tokenizer.encode([corpus.train])[0], 64)
    start = time.perf_counter()
    run = fit(model, (windows, None), recipe="text generator", validation_share=0.02)
    seconds = time.perf_counter() - start
    writer = TextGenerator(model, tokenizer)
    nats = writer.cross_entropy(corpus.test)
    speed_ = run.examples_per_second * windows[1].shape[1]
    print_table(
        ("epochs", "seconds", "characters/s", "nats/character", "bits/character", "perplexity"),
        [
            (
                str(len(run.history["loss"])),
                f"{seconds:.0f}",
                f"{speed_:,.0f}",
                f"{nats:.4f}",
                f"{nats_to_bits(nats):.4f}",
                f"{perplexity(nats):.3f}",
            )
        ],
    )
    print(f"\n{writer.generate('ROMEO:', 400, temperature=0.8, seed=0)}")
    elapsed = np.cumsum(run.history["seconds"])
    curves = {"training": run.history["loss"], "validation": run.history["val_loss"]}
    plots.save_figure(
        plots.plot_curves(
            elapsed,
            {name: np.array(curve) for name, curve in curves.items()},
            title=f"{corpus.name}: one LSTM of 512 units",
            x_label="seconds of training",
            y_label="loss (nats per character)",
        ),
        "text_generation_target.png",
    )


if __name__ == "__main__":
    main()
