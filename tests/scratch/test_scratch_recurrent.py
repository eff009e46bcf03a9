"""What holds for every recurrent layer: the simple one, the LSTM and the GRU in two forms."""

import functools
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dl_course import scratch
from dl_course.backend import input_gradients, keras, weight_gradients
from dl_course.errors import CourseError
from dl_course.scratch import check_gradient

WEIGHTS = ("kernel", "recurrent_kernel", "bias")


class Cell(NamedTuple):
    """One kind of layer: our functions by name, Keras's layer, and how many gates it has."""

    kind: str
    keras_layer: Callable
    gates: int
    states: tuple[str, ...] = ("initial_h",)
    bias_rows: tuple[int, ...] = ()
    z_sign: int = 1

    def layer(self, *arguments, **named):
        return getattr(scratch, self.kind)(*arguments, **named)

    def step(self, *arguments):
        result = getattr(scratch, f"{self.kind}_step")(*arguments)
        return result if isinstance(result, tuple) else (result,)

    def backward(self, upstream, cache):
        return getattr(scratch, f"{self.kind}_backward")(upstream, cache)

    def jacobians(self, cache):
        return getattr(scratch, f"{self.kind}_jacobians")(cache)

    def drawn(self, batch, time, features, units, seed=0, dtype=np.float64):
        """All arguments by name, random."""
        columns = self.gates * units
        shapes = {
            "x": (batch, time, features),
            "kernel": (features, columns),
            "recurrent_kernel": (units, columns),
            "bias": (*self.bias_rows, columns),
            **{state: (batch, units) for state in self.states},
        }
        random = np.random.default_rng(seed)
        return {name: random.normal(size=size).astype(dtype) for name, size in shapes.items()}

    def as_keras(self, weights, units):
        """The same weights, or gradients, for Keras: 1 - sigmoid(a) is sigmoid(-a)."""
        weights = [weight.copy() for weight in weights]
        for weight in weights:
            weight[..., :units] *= self.z_sign
        return weights

    def model(self, arguments):
        """Keras's model and layer with our weights, in float64; its outputs are all states."""
        units = len(arguments["recurrent_kernel"])
        layer = self.keras_layer(units, return_sequences=True, dtype="float64")
        model = keras.Sequential([keras.Input(arguments["x"].shape[1:], dtype="float64"), layer])
        model.set_weights(self.as_keras([arguments[name] for name in WEIGHTS], units))
        return model, layer


# The documents' GRU is Keras's with `reset_after=False`, but for the signs of the weights of z.
RESET_BEFORE = functools.partial(keras.layers.GRU, reset_after=False)
CELLS = [
    Cell("rnn", keras.layers.SimpleRNN, 1),
    Cell("lstm", keras.layers.LSTM, 4, states=("initial_h", "initial_c")),
    Cell("gru", RESET_BEFORE, 3, z_sign=-1),
    Cell("keras_gru", keras.layers.GRU, 3, bias_rows=(2,)),
]

every_cell = pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.kind)
with_jacobians = pytest.mark.parametrize(
    "cell", [cell for cell in CELLS if cell.kind != "gru"], ids=lambda cell: cell.kind
)
sizes = st.integers(1, 5)
several = settings(max_examples=8, deadline=None, derandomize=True)


@every_cell
@several
@given(batch=sizes, time=sizes, features=sizes, units=sizes)
def test_the_states_are_those_of_keras(cell, batch, time, features, units):
    arguments = cell.drawn(batch, time, features, units)
    model, layer = cell.model(arguments)
    h, _ = cell.layer(**arguments)
    x = keras.ops.convert_to_tensor(arguments["x"])
    initial = [keras.ops.convert_to_tensor(arguments[state]) for state in cell.states]
    expected = keras.ops.convert_to_numpy(layer(x, initial_state=initial))
    np.testing.assert_allclose(h, expected, atol=1e-9)
    from_zeros, _ = cell.layer(*[arguments[name] for name in ("x", *WEIGHTS)])
    np.testing.assert_allclose(from_zeros, keras.ops.convert_to_numpy(model(x)), atol=1e-9)


@every_cell
@several
@given(batch=sizes, time=sizes, features=sizes, units=sizes)
def test_every_gradient_is_that_of_keras(cell, batch, time, features, units):
    arguments = cell.drawn(batch, time, features, units)
    h, cache = cell.layer(*[arguments[name] for name in ("x", *WEIGHTS)])
    upstream = np.random.default_rng(1).normal(size=h.shape)
    model, _ = cell.model(arguments)
    # The gradient of this loss with respect to the outputs is the upstream gradient.
    _, expected = weight_gradients(
        model, arguments["x"], upstream, lambda y, outputs: keras.ops.sum(outputs * y)
    )
    by_input = input_gradients(model, arguments["x"], lambda outputs: outputs * upstream)
    gradients = cell.backward(upstream, cache)
    np.testing.assert_allclose(gradients.x, by_input, rtol=1e-5, atol=1e-5)
    ours = cell.as_keras([getattr(gradients, name) for name in WEIGHTS], units)
    for gradient, wanted in zip(ours, expected, strict=True):
        np.testing.assert_allclose(gradient, wanted, rtol=1e-5, atol=1e-5)


@every_cell
@pytest.mark.parametrize("time", [1, 6])
def test_every_gradient_passes_the_check(cell, time):
    arguments = cell.drawn(3, time, 2, 4)
    h, cache = cell.layer(**arguments)
    upstream = np.random.default_rng(1).normal(size=h.shape)
    gradients = cell.backward(upstream, cache)
    assert set(gradients._fields) == set(arguments)
    for name, argument in arguments.items():

        def loss(value, name=name):
            return np.sum(upstream * cell.layer(**{**arguments, name: value})[0])

        report = check_gradient(loss, argument, getattr(gradients, name))
        assert report.ok, (name, report)


@every_cell
def test_the_layer_is_the_step_repeated(cell):
    arguments = cell.drawn(2, 5, 3, 4)
    states, _ = cell.layer(**arguments)
    state = [arguments[name] for name in cell.states]
    for t in range(5):
        state = cell.step(arguments["x"][:, t], *state, *[arguments[name] for name in WEIGHTS])
        np.testing.assert_allclose(states[:, t], state[0], rtol=1e-12)


@every_cell
def test_float32_stays_float32(cell):
    arguments = cell.drawn(2, 3, 2, 4, dtype=np.float32)
    h, cache = cell.layer(**arguments)
    gradients = cell.backward(h.tolist(), cache)
    state = [arguments[name] for name in cell.states]
    step = cell.step(arguments["x"][:, 0], *state, *[arguments[name] for name in WEIGHTS])
    results = [h, *gradients, *step]
    assert {result.dtype for result in results} == {np.dtype(np.float32)}


@with_jacobians
def test_the_jacobians_of_float32_are_float32(cell):
    _, cache = cell.layer(**cell.drawn(2, 3, 2, 4, dtype=np.float32))
    assert cell.jacobians(cache).dtype == np.float32


@every_cell
def test_bytes_do_not_overflow(cell):
    arguments = cell.drawn(2, 3, 2, 4)
    arguments["x"] = np.full(arguments["x"].shape, 255, np.uint8)
    h, _ = cell.layer(**arguments)
    arguments["x"] = arguments["x"].astype(np.float64)
    np.testing.assert_array_equal(h, cell.layer(**arguments)[0])
    assert h.dtype == np.float64


@every_cell
def test_sums_of_a_thousand_stay_finite(cell):
    arguments = cell.drawn(2, 3, 2, 4)
    arguments["x"] *= 1e4
    h, cache = cell.layer(**arguments)
    with np.errstate(all="raise", under="ignore"):
        gradients = cell.backward(np.ones_like(h), cache)
    assert all(np.isfinite(gradient).all() for gradient in (h, *gradients))


@every_cell
def test_the_arguments_are_left_as_they_were(cell):
    arguments = cell.drawn(2, 3, 2, 4)
    copies = {name: argument.copy() for name, argument in arguments.items()}
    h, cache = cell.layer(**arguments)
    cell.backward(h, cache)
    for name, argument in arguments.items():
        np.testing.assert_array_equal(argument, copies[name])


@every_cell
@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("x", (2, 3)),
        ("x", (2, 3, 7)),
        ("x", (2, 0, 2)),
        ("kernel", (2, 5)),
        ("recurrent_kernel", (4, 5)),
        ("bias", (5,)),
        ("initial_h", (1, 4)),
    ],
)
def test_a_shape_that_does_not_fit_is_named(cell, name, shape):
    arguments = {**cell.drawn(2, 3, 2, 4), name: np.ones(shape)}
    with pytest.raises(CourseError) as caught:
        cell.layer(**arguments)
    message = str(caught.value)
    assert message.startswith(f"`{name}` must ")
    assert str(shape) in message and "\n" not in message


@every_cell
def test_a_missing_number_is_named(cell):
    arguments = cell.drawn(2, 3, 2, 4)
    arguments["x"][1, 2, 0] = np.nan
    with pytest.raises(CourseError, match="`x`.*NaN"):
        cell.layer(**arguments)
    with pytest.raises(CourseError, match="`x`"):
        cell.layer(**{**arguments, "x": [[["a"]]]})


@every_cell
def test_an_upstream_of_another_shape_is_named(cell):
    h, cache = cell.layer(**cell.drawn(2, 3, 2, 4))
    for wrong in (h[:, -1], h[:, 1:]):
        with pytest.raises(CourseError, match="`upstream`"):
            cell.backward(wrong, cache)


@with_jacobians
def test_each_jacobian_is_the_derivative_of_a_step(cell):
    arguments = cell.drawn(1, 1, 2, 3)
    _, cache = cell.layer(**arguments)
    x, weights = arguments["x"][:, 0], [arguments[name] for name in WEIGHTS]
    start = np.concatenate([arguments[name] for name in cell.states], axis=1)

    def step(state):
        return np.concatenate(cell.step(x, *np.split(state, len(cell.states), axis=1), *weights), 1)

    nudges = np.eye(start.shape[1]) * 1e-6
    numeric = [(step(start + n[None]) - step(start - n[None]))[0] / 2e-6 for n in nudges]
    np.testing.assert_allclose(cell.jacobians(cache)[0, 0], np.transpose(numeric), atol=1e-8)


@with_jacobians
def test_the_product_of_jacobians_carries_the_gradient_back(cell):
    arguments = cell.drawn(2, 6, 2, 3)
    h, cache = cell.layer(**arguments)
    upstream = np.zeros_like(h)
    upstream[:, -1] = np.random.default_rng(1).normal(size=(2, 3))
    gradients = cell.backward(upstream, cache)
    products = scratch.jacobian_products(cell.jacobians(cache))
    # The loss depends on the last h alone: the first rows of ds_T/ds_0.
    carried = np.einsum("bi,bij->bj", upstream[:, -1], products[:, 6, :3])
    expected = np.concatenate([getattr(gradients, name) for name in cell.states], axis=1)
    np.testing.assert_allclose(carried, expected, rtol=1e-10)
