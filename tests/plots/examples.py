"""Records that look like those of a real run, small and seeded, for the tests of several plots."""

import numpy as np

LONG = [f"hidden_layer_number_{i:02d}_with_a_very_long_name" for i in range(30)]
DIGITS = tuple("0123456789")
IMAGES = np.random.default_rng(0).random((40, 28, 28, 1)).astype("float32")
LABELS = np.arange(40) % 10


def gradients(layers=("conv2d", "conv2d_1", "dense", "dense_1"), epochs=5, first=0):
    rows = [(epoch, name) for epoch in range(first, first + epochs) for name in layers]
    rng = np.random.default_rng(0)
    size = len(rows)
    epoch = np.array([epoch for epoch, _ in rows])
    return {
        "epoch": epoch,
        "step": epoch * 40,
        "layer": np.array([name for _, name in rows]),
        "gradient_norm": 10 ** rng.uniform(-3, 0, size),
        "mean_abs_gradient": 10 ** rng.uniform(-6, -3, size),
        "zero_share": rng.uniform(0, 1, size),
        "update_ratio": np.where(epoch == first, np.nan, 10 ** rng.uniform(-4, -2, size)),
    }


def activations(layers=("conv2d", "max_pooling2d", "dense", "dense_1"), epochs=5, first=0):
    table = gradients(layers, epochs, first)
    rng = np.random.default_rng(1)
    size = len(table["epoch"])
    relu = table["layer"] == layers[0]
    softmax = table["layer"] == layers[-1]
    low, median, high = np.sort(rng.uniform(0, 1, (3, size)), axis=0)
    return {key: table[key] for key in ("epoch", "step", "layer")} | {
        "mean": rng.uniform(0, 1, size),
        "std": rng.uniform(0.1, 0.5, size),
        "q05": low,
        "median": median,
        "q95": high,
        "dead_share": np.where(relu, rng.uniform(0, 1, size), np.nan),
        "saturated_share": np.where(softmax, rng.uniform(0, 1, size), np.nan),
        "low": np.zeros(size),
        "high": rng.uniform(1, 3, size),
        "counts": rng.integers(0, 100, (size, 20)),
    }


def history(epochs=5):
    fall = 2.3 * np.exp(-np.arange(epochs) / 3)
    return {
        "loss": list(fall + 0.01),
        "accuracy": list(1 - fall / 3),
        "val_loss": list(fall + 0.05),
        "val_accuracy": list(0.98 - fall / 3),
    }
