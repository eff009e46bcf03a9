"""Exercises on LSTM and GRU."""

import numpy as np

from dl_course.assignments.exercises.kinds import (
    ArrayExercise,
    ChoiceExercise,
    FunctionExercise,
    NumberExercise,
)


def lstm_state(
    i: np.ndarray, f: np.ndarray, o: np.ndarray, g: np.ndarray, c: np.ndarray
) -> np.ndarray:
    """Returns h_t of an LSTM from its gates, its candidate and c_{t-1}."""
    return o * np.tanh(f * c + i * g)


def gru_state(z: np.ndarray, h: np.ndarray, candidate: np.ndarray) -> np.ndarray:
    """Returns h_t of a GRU in which z is the share that is kept, as in Keras."""
    return z * h + (1 - z) * candidate


# The cell of the exercise by hand: three units, each with gates of its own.
_INPUT, _FORGET = np.array([0.0, 1.0, 0.5]), np.array([1.0, 0.0, 0.5])
_CANDIDATE, _CELL = np.array([0.8, -0.6, 0.4]), np.array([2.0, 2.0, 3.0])
_NEXT_CELL = _FORGET * _CELL + _INPUT * _CANDIDATE

_CELL_BY_HAND = ArrayExercise(
    id="cell-by-hand",
    solution=_NEXT_CELL,
    explanation="The first unit keeps its cell, the second overwrites it, the third mixes.",
    hint="c_t = f * c_{t-1} + i * g, unit by unit.",
    mistakes=(
        (
            _INPUT * _CELL + _FORGET * _CANDIDATE,
            "i and f are swapped: f multiplies the old cell, i the candidate.",
        ),
        (_FORGET * _CELL, "The part that the input gate lets in is missing."),
        (_INPUT * _CANDIDATE, "The part that the forget gate keeps is missing."),
        (_CELL + _INPUT * _CANDIDATE, "The old cell must be multiplied by the forget gate."),
        (np.tanh(_NEXT_CELL), "No tanh yet: it comes with the output gate."),
    ),
)

_LSTM_STATE = FunctionExercise(
    id="lstm-state",
    arguments=("i", "f", "o", "g", "c"),
    cases=(
        (np.array([0.2]), np.array([0.9]), np.array([0.5]), np.array([-0.7]), np.array([1.5])),
        (
            np.array([1.0, 0.3]),
            np.array([0.4, 0.8]),
            np.array([0.9, 0.1]),
            np.array([0.6, -0.2]),
            np.array([-2.0, 0.5]),
        ),
    ),
    solution=lstm_state,
    explanation="Keep, add, squeeze, show: these are the two lines of D1 3.3.1.2.",
    hint="First the new cell, f * c + i * g; then o times the tanh of it.",
    mistakes=(
        (lambda i, f, o, g, c: f * c + i * g, "That is the new cell. Now h is o times its tanh."),
        (lambda i, f, o, g, c: o * (f * c + i * g), "The tanh around the new cell is missing."),
        (lambda i, f, o, g, c: np.tanh(f * c + i * g), "The output gate is missing."),
        (
            lambda i, f, o, g, c: np.tanh(o * (f * c + i * g)),
            "The output gate is outside the tanh.",
        ),
        (lambda i, f, o, g, c: o * np.tanh(c), "That uses the old cell, not the new one."),
        (
            lambda i, f, o, g, c: o * np.tanh(i * c + f * g),
            "i and f are swapped: f multiplies the old cell.",
        ),
        (
            lambda i, f, o, g, c: o * np.tanh(f * c + i * np.tanh(g)),
            "g is already the candidate, after its tanh.",
        ),
    ),
)

_GRU_STATE = FunctionExercise(
    id="gru-state",
    arguments=("z", "h", "candidate"),
    cases=(
        (np.array([0.9]), np.array([0.5]), np.array([-1.0])),
        (np.array([0.25, 0.0, 1.0]), np.array([0.8, 0.3, -0.4]), np.array([0.4, -0.9, 0.1])),
    ),
    solution=gru_state,
    explanation="The shares add up to 1: one gate does the work of the LSTM's i and f.",
    hint="z * old + (1 - z) * new.",
    mistakes=(
        (
            lambda z, h, candidate: (1 - z) * h + z * candidate,
            "That is the documents' z. In Keras z is the share that is kept.",
        ),
        (lambda z, h, candidate: z * h + candidate, "The candidate gets the rest: 1 - z."),
        (lambda z, h, candidate: z * h, "The candidate's part is missing: add (1 - z) times it."),
        (
            lambda z, h, candidate: np.tanh(z * h + (1 - z) * candidate),
            "No tanh here: the candidate already contains it.",
        ),
        (
            lambda z, h, candidate: z * h + (1 - z) * np.tanh(candidate),
            "No second tanh: the candidate already contains it.",
        ),
    ),
)

_COUNTED = 3 * (5 + 32 + 2) * 32

EXERCISES = (
    NumberExercise(
        id="what-is-left",
        solution=0.9**20,
        tolerance=5e-3,
        explanation="About an eighth is left. The gradient of the cell shrinks by the same factor.",
        hint="Every step multiplies by the forget gate.",
        mistakes=(
            (0.9, "That is one step. There are twenty."),
            (1 - 0.9**20, "That is what is lost. What is left?"),
            (0.1**20, "The forget gate is the share that is kept, despite its name."),
            (0.9 * 20, "Every step multiplies: take a power of 0.9."),
        ),
    ),
    _CELL_BY_HAND,
    _LSTM_STATE,
    _GRU_STATE,
    NumberExercise(
        id="parameters",
        solution=_COUNTED,
        explanation="Three blocks, each with (5 + 32) x 32 weights and two biases for every unit.",
        hint="Three blocks; each has a kernel, a recurrent kernel and, in Keras, two biases.",
        mistakes=(
            (3 * (5 + 32 + 1) * 32, "Keras's default has two rows of biases (`reset_after`)."),
            (3 * (5 + 32) * 32, "The biases are missing: two rows by default."),
            (4 * (5 + 32 + 1) * 32, "That is an LSTM. A GRU has three blocks."),
            ((5 + 32 + 1) * 32, "That is a simple RNN. A GRU has three blocks of weights."),
            ((5 + 32 + 2) * 32, "That is one block. There are three: for z, r and the candidate."),
            (3 * 5 * 32, "Those are the kernels only. Add the recurrent kernels and the biases."),
        ),
    ),
    NumberExercise(
        id="open-the-gate",
        solution=float(np.log(9)),
        tolerance=2e-3,
        explanation="It is ln(0.9 / 0.1). So with a bias of 2 a gate starts at almost 0.9.",
        hint="Solve 1 / (1 + exp(-b)) = 0.9 for b.",
        mistakes=(
            (float(-np.log(9)), "Check the sign: that bias closes the gate to 0.1."),
            (0.9, "That is the gate. The bias is inside its sigmoid."),
            (float(1 / (1 + np.exp(-0.9))), "That is sigmoid(0.9). You need the inverse."),
            (float(np.log(0.9)), "The inverse of the sigmoid is ln(p / (1 - p))."),
            (float(np.arctanh(0.9)), "That is the inverse of the tanh. A gate is a sigmoid."),
        ),
    ),
    ChoiceExercise(
        id="documents-z",
        solution="0",
        choices=("0", "1"),
        explanation="h_t = (1 - z) h + z h~, so with z = 0 all of the old state stays.",
        hint="Put both values into the documents' h_t = (1 - z) h_{t-1} + z h~.",
        mistakes=(("1", "That is Keras's z. In the documents, z lets the candidate in."),),
    ),
)
