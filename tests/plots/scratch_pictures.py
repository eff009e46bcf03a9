"""Small real computations for the pictures of the scratch chapters, in NumPy alone."""

import numpy as np

from dl_course import plots

RNG = np.random.default_rng(0)
XOR = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
XOR_CLASSES = np.array([0, 1, 1, 0])
GRID = np.linspace(-0.5, 1.5, 41)
LONG = [f"hidden_layer_number_{i:02d}_with_a_very_long_name" for i in range(12)]


def bowl(a, b):
    return 0.5 * a**2 + 5 * b**2


def descent(rate, momentum=0.0, steps=40):
    """Returns the path of gradient descent in the bowl, shape (steps + 1, 2)."""
    place, velocity = np.array([-4.0, 1.5]), np.zeros(2)
    path = [place]
    for _ in range(steps):
        velocity = momentum * velocity - rate * np.array([1, 10]) * place
        place = place + velocity
        path.append(place)
    return np.array(path)


PATHS = {
    "SGD": descent(0.05),
    "momentum": descent(0.03, 0.8),
    "small rate": descent(0.005),
    "large rate": descent(0.19),
    "too large": descent(0.21, steps=60),
}


def descent_picture(paths, ax=None):
    a, b = np.linspace(-5, 5, 81), np.linspace(-2, 2, 61)
    return plots.plot_descent(a, b, bowl(a, b[:, None]), paths, ax=ax)


def curves(ax=None, **changes):
    steps = np.arange(60)
    lines = {"RNN": 0.5**steps, "LSTM": 0.97**steps, "GRU": 0.95**steps}
    labels = {
        "title": "Gradient against time distance",
        "x_label": "steps back",
        "y_label": "gradient norm (log scale)",
        "log_y": True,
    }
    labels |= changes
    return plots.plot_curves(labels.pop("x", steps), labels.pop("curves", lines), **labels, ax=ax)


def finite_differences():
    step = 10.0 ** np.arange(-15, 0)
    slope = {"forward": np.exp(1 + step) - np.e, "central": np.sinh(step) * np.e}
    errors = {
        "forward": np.abs(slope["forward"] / step - np.e),
        "central": np.abs((np.exp(1 + step) - np.exp(1 - step)) / (2 * step) - np.e),
    }
    return curves(
        x=step,
        curves=errors,
        log_x=True,
        title="Error of a finite difference",
        x_label="step (log scale)",
        y_label="error (log scale)",
    )


def activations(names=("sigmoid", "tanh", "ReLU", "leaky ReLU", "linear")):
    x = np.linspace(-5, 5, 201)
    s, t = 1 / (1 + np.exp(-x)), np.tanh(x)
    pairs = [
        (s, s * (1 - s)),
        (t, 1 - t**2),
        (np.maximum(x, 0), (x > 0) * 1.0),
        (np.where(x > 0, x, 0.1 * x), np.where(x > 0, 1, 0.1)),
        (x, np.ones_like(x)),
    ]
    return plots.plot_activations(x, dict(zip(names, pairs, strict=False)))


def network(*sizes, flows=True):
    kernels = [RNG.normal(size=pair) for pair in zip(sizes, sizes[1:], strict=False)]
    if not flows:
        return plots.plot_network(kernels)
    values = [RNG.integers(0, 2, sizes[0])]
    for kernel in kernels:
        values.append(np.tanh(values[-1] @ kernel))
    gradients = [1 - values[-1]]
    for kernel, value in zip(kernels[:0:-1], values[-2:0:-1], strict=False):
        gradients.insert(0, kernel @ gradients[0] * (1 - value**2))
    return plots.plot_network(kernels, values=values, gradients=gradients)


def xor_probabilities(sharpness):
    a, b = GRID, GRID[:, None]
    return 1 / (1 + np.exp(-sharpness * (0.25 - (a - 0.5) * (b - 0.5) * 4 - 0.25)))


def spirals(number=100):
    t = np.linspace(0.3, 3, number)
    arm = np.stack([t * np.cos(3 * t), t * np.sin(3 * t)], axis=1)
    return np.concatenate([arm, -arm]), np.repeat([0, 1], number)


def boundary(ax=None):
    return plots.plot_decision_boundary(
        XOR, XOR_CLASSES, GRID, GRID, xor_probabilities(8), ax=ax, title="XOR after 500 epochs"
    )


def spiral_boundary():
    x, y = spirals()
    axis = np.linspace(-3.3, 3.3, 80)
    radius, angle = np.hypot(axis, axis[:, None]), np.arctan2(axis[:, None], axis)
    return plots.plot_decision_boundary(
        x, y, axis, axis, 1 / (1 + np.exp(6 * np.cos(angle - 3 * radius)))
    )


def boundaries(number):
    moments = {f"epoch {100 * i}": xor_probabilities(1.5 * i) for i in range(number)}
    return plots.plot_decision_boundaries(XOR, XOR_CLASSES, GRID, GRID, moments)


def digit(size=28):
    """Returns something like a handwritten 3, shape (size, size), values 0 to 1."""
    rows, columns = np.mgrid[:size, :size] / (size - 1)
    stroke = np.full((size, size), 9.0)
    for center in (0.32, 0.66):
        bow = np.abs(np.hypot(columns - 0.45, rows - center) - 0.17)
        stroke = np.minimum(stroke, np.where(columns > 0.4, bow, 9))
    return np.exp(-((stroke / 0.06) ** 2)).round(2)


def correlate(image, kernel):
    windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
    return np.einsum("ijmn,mn->ij", windows, kernel)


SOBEL = np.array([[1, 0, -1], [2, 0, -2], [1, 0, -1]])


def kernel_windows(size=28, kernel=SOBEL, more=()):
    image = digit(size)
    outputs = {
        "true convolution": correlate(image, kernel[::-1, ::-1]),
        "cross-correlation": correlate(image, kernel),
    }
    return plots.plot_kernel_windows(image, kernel, outputs | dict(more))


def kernel_step(size=28, kernel=SOBEL, at=(8, 12)):
    image = digit(size)
    return plots.plot_kernel_step(image, kernel, correlate(image, kernel), *at)


def pooled(image, window, stride, how):
    view = np.lib.stride_tricks.sliding_window_view(image, (window, window))
    return how(view[::stride, ::stride], axis=(2, 3))


def pooling(size, window, stride):
    image = digit(size)
    outputs = {
        "maximum": pooled(image, window, stride, np.max),
        "average": pooled(image, window, stride, np.mean),
    }
    return plots.plot_pooling(image, outputs, window, stride)


def gates(units=16, names=("input gate", "forget gate", "output gate")):
    time = np.arange(40)[:, None]
    waves = [1 / (1 + np.exp(-3 * np.sin(time / 6 + RNG.normal(size=units)))) for _ in names]
    state = np.cumsum(waves[0] - 0.5, axis=0)
    every = dict(zip(names, waves, strict=True)) | {"cell state": state}
    return plots.plot_gates(every, title="The gates of an LSTM over one sequence")


def gates_over_words(words):
    time = np.arange(len(words))[:, None] + np.arange(12)
    gates = {"forget": 0.5 + 0.4 * np.sin(time), "cell": 3 * np.cos(time), "state": np.cos(time)}
    return plots.plot_gates(gates, title="An LSTM reads a review", labels=words)


def through_time(layers=("lstm",), epochs=(0, 5, 10), steps=40, zeros=0):
    """A gradient that falls to the left, later less."""
    rows = [(e, name, t) for e in epochs for name in layers for t in range(steps)]
    decay = {name: 0.3 + 0.5 * i / len(layers) for i, name in enumerate(layers)}
    norms = [decay[name] ** ((steps - 1 - t) / (1 + e)) * (t >= zeros) for e, name, t in rows]
    epoch, layer, time = map(list, zip(*rows, strict=True))
    return {
        "epoch": epoch,
        "step": [10 * e for e in epoch],
        "layer": layer,
        "time": time,
        "gradient_norm": norms,
    }


def heatmap(rows, columns, size=1.0, ax=None):
    matrix = np.random.default_rng(2).normal(size=(rows, columns)) * size
    return plots.plot_heatmap(
        matrix, title="Jacobian of one step", x_label="unit before", y_label="unit after", ax=ax
    )


def eigenvalues(ax=None):
    normal = np.random.default_rng(1).normal(size=(24, 24))
    matrices = {
        "small normal": 0.1 * normal,
        "orthogonal": np.linalg.qr(normal)[0],
        "large normal": 0.3 * normal,
    }
    return plots.plot_eigenvalues(matrices, ax=ax)


PICTURES = {
    "descent": lambda: descent_picture(PATHS),
    "descent, eight long": lambda: descent_picture(
        {name: descent(0.01 * (i + 1)) for i, name in enumerate(LONG[:8])}
    ),
    "descent, one": lambda: descent_picture({"SGD": PATHS["SGD"]}),
    "curves": curves,
    "curves, zeros": lambda: curves(curves={"RNN": np.zeros(60), "LSTM": np.ones(60)}),
    "curves, long": lambda: curves(
        log_y=False,
        x=np.linspace(0, 1, 300),
        curves={n: np.sin(np.linspace(0, i, 300)) for i, n in enumerate(LONG)},
    ),
    "curves, NaN": lambda: curves(curves={"diverged": np.full(60, np.nan)}, log_y=False),
    "finite differences": finite_differences,
    "activation functions": activations,
    "activation functions, one": lambda: activations(("sigmoid",)),
    "activation functions, two long": lambda: activations(LONG[:2]),
    "network 2-2-1": lambda: network(2, 2, 1),
    "network 2-4-1": lambda: network(2, 4, 1),
    "network 1-1": lambda: network(1, 1),
    "network, large": lambda: network(10, 8, 8, 6, 4, 3, 1),
    "network, weights alone": lambda: network(3, 5, 2, flows=False),
    "boundary": boundary,
    "boundary, spirals": spiral_boundary,
    "boundaries, one": lambda: boundaries(1),
    "boundaries, four": lambda: boundaries(4),
    "boundaries, twelve": lambda: boundaries(12),
    "kernel windows": kernel_windows,
    "kernel windows, large": lambda: kernel_windows(
        12, RNG.normal(size=(5, 5)), {name: np.zeros((30, 3)) for name in LONG[:2]}
    ),
    "kernel step": kernel_step,
    "kernel step, large": lambda: kernel_step(9, RNG.normal(size=(7, 7)), (2, 2)),
    "kernel step, 1 by 1": lambda: kernel_step(6, np.array([[0.5]]), (0, 0)),
    "pooling": lambda: pooling(8, 2, 2),
    "pooling, overlapping": lambda: pooling(9, 3, 2),
    "pooling, gaps": lambda: pooling(28, 3, 5),
    "pooling, one window": lambda: pooling(6, 6, 1),
    "gates": gates,
    "gates, eight": lambda: gates(128, LONG[:7]),
    "gates over words": lambda: gates_over_words("not bad at all , and $1 well spent".split()),
    "gates over letters": lambda: gates_over_words(list("to be or not to be ?")),
    "gates over many words": lambda: gates_over_words(LONG * 10),
    "through time": lambda: plots.plot_gradient_through_time(through_time()),
    "through time, zeros": lambda: plots.plot_gradient_through_time(through_time(zeros=12)),
    "through time, one": lambda: plots.plot_gradient_through_time(
        through_time(epochs=(0,), steps=1)
    ),
    "through time, two": lambda: plots.plot_gradient_through_time(
        through_time(("both/forward_lstm", "both/backward_lstm"), steps=400)
    ),
    "through time, many": lambda: plots.plot_gradient_through_time(through_time(LONG)),
    "heatmap": lambda: heatmap(5, 5),
    "heatmap, tiny numbers": lambda: heatmap(3, 4, 1e-5),
    "heatmap, large": lambda: heatmap(64, 64),
    "heatmap, row": lambda: heatmap(1, 12),
    "heatmap, column": lambda: heatmap(30, 2),
    "eigenvalues": eigenvalues,
}
