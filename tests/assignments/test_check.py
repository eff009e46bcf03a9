import math
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dl_course.assignments import check
from dl_course.assignments.checking import all_exercises
from dl_course.assignments.comparing import show
from dl_course.assignments.exercises.kinds import (
    ArrayExercise,
    ChoiceExercise,
    FunctionExercise,
    ModelExercise,
    NumberExercise,
)
from dl_course.errors import CourseError
from dl_course.syllabus import CHAPTERS

EXERCISES = {name: replace(exercise, id=name) for name, exercise in all_exercises().items()}


def of_kind(kind):
    return [pytest.param(e, id=e.id) for e in EXERCISES.values() if isinstance(e, kind)]


def as_answer(exercise, given):
    """What a student hands in; solutions and mistakes of models are functions that build one."""
    return given() if isinstance(exercise, ModelExercise) else given


EVERY = [pytest.param(exercise, id=exercise.id) for exercise in EXERCISES.values()]
MISTAKES = [
    pytest.param(exercise, wrong, hint, id=f"{exercise.id}: {hint}")
    for exercise in EXERCISES.values()
    for wrong, hint in exercise.mistakes
]


@pytest.mark.parametrize("exercise", EVERY)
def test_the_solution_passes(exercise):
    result = check(exercise.id, as_answer(exercise, exercise.solution))
    assert result.passed and bool(result)
    assert repr(result) == f"Right. {exercise.explanation}"


@pytest.mark.parametrize("exercise", EVERY)
@pytest.mark.parametrize("empty", [None, ...])
def test_no_answer_says_so_and_does_not_raise(exercise, empty):
    result = check(exercise.id, empty)
    assert not result and repr(result).startswith("Not answered yet.")


@pytest.mark.parametrize("exercise", of_kind(FunctionExercise))
def test_the_empty_function_of_the_notebook_is_no_answer(exercise):
    result = check(exercise.id, lambda *arguments: ...)
    assert not result and repr(result).startswith("Not answered yet.")


@pytest.mark.parametrize(("exercise", "wrong", "hint"), MISTAKES)
def test_a_known_mistake_fails_with_its_own_hint(exercise, wrong, hint):
    result = check(exercise.id, as_answer(exercise, wrong))
    assert not result.passed
    assert repr(result).startswith("Not yet. ") and repr(result).endswith(f"Hint: {hint}")


@pytest.mark.parametrize("exercise", EVERY)
@pytest.mark.parametrize(
    "nonsense",
    [math.nan, math.inf, -1, True, "nonsense", [], [[1], [2, 3]], {}, np.zeros((3, 3)), object(),
     1 + 2j, np.array("5"), len, lambda *a: None, lambda *a: "text", lambda *a: math.nan,
     lambda *a: 1 / 0, lambda: 1, lambda *a: [[1], [2, 3]], np.full((2, 2), np.nan)],
)  # fmt: skip
def test_nonsense_of_any_kind_fails_with_a_reason_and_a_hint(exercise, nonsense):
    result = check(exercise.id, nonsense)
    assert not result.passed
    message = repr(result)
    assert message.startswith("Not yet. ")
    assert "xpected" in message and "eceived" in message
    assert message.split(" Hint: ")[1].strip()


@pytest.mark.parametrize("exercise", of_kind(NumberExercise))
@given(answer=st.floats() | st.integers(-(10**20), 10**20))
@settings(max_examples=100, deadline=None)
def test_no_other_number_passes(exercise, answer):
    right = [(exercise.solution, max(exercise.tolerance, 1e-7))]
    if exercise.tolerance:
        right += [(float(f"{exercise.solution:.{digits}g}"), 1e-7) for digits in (2, 3)]
    passes = any(abs(answer - value) <= share * abs(value) for value, share in right)
    assert check(exercise.id, answer).passed == passes


@pytest.mark.parametrize("exercise", of_kind(NumberExercise))
def test_a_number_near_the_right_one_fails_and_a_rounded_one_passes(exercise):
    step = 0.01 * exercise.solution if exercise.tolerance else 1
    assert not check(exercise.id, exercise.solution + step)
    assert not check(exercise.id, exercise.solution - step)
    assert check(exercise.id, np.float32(exercise.solution))
    if exercise.tolerance:
        for digits in (2, 3):
            assert check(exercise.id, float(f"{exercise.solution:.{digits}g}"))


@pytest.mark.parametrize("exercise", of_kind(ArrayExercise))
def test_an_array_with_one_other_value_fails(exercise):
    solution = np.asarray(exercise.solution, float)
    assert check(exercise.id, solution.tolist())
    for place in np.ndindex(solution.shape):
        for value in (solution[place] + 1, math.nan):
            other = solution.copy()
            other[place] = value
            assert not check(exercise.id, other)
    assert not check(exercise.id, solution[None])


@pytest.mark.parametrize("exercise", of_kind(FunctionExercise))
def test_a_function_that_is_wrong_in_one_case_only_fails(exercise):
    for spoiled in range(len(exercise.cases)):
        calls = iter(range(len(exercise.cases)))

        def answer(*arguments, spoiled=spoiled, calls=calls):
            return exercise.solution(*arguments) + (next(calls) == spoiled)

        assert exercise.fault(answer) is not None


@pytest.mark.parametrize("exercise", of_kind(FunctionExercise))
def test_a_function_that_changes_its_inputs_does_not_change_the_cases(exercise):
    def answer(*arguments):
        result = exercise.solution(*arguments)
        for argument in arguments:
            if isinstance(argument, np.ndarray):
                argument[:] = 0
        return result

    assert check(exercise.id, answer) and check(exercise.id, exercise.solution)


@pytest.mark.parametrize("exercise", of_kind(ChoiceExercise))
def test_of_the_choices_only_the_solution_passes(exercise):
    passed = [word for word in exercise.choices if check(exercise.id, f" {word.upper()} ")]
    assert passed == [exercise.solution]


def test_the_message_shows_the_case_and_both_values_with_their_shapes():
    def one_each(probabilities, labels):
        return np.ones(2)

    message = repr(check("07-cross-entropy", one_each))
    assert "one_each(probabilities=[[0.7, 0.2, 0.1], [0.1, 0.3, 0.6]], labels=[0, 1])" in message
    assert "expected 0.780324, received [1, 1] of shape (2,)" in message


def test_an_error_in_the_students_function_is_told_with_its_line():
    def mine(n, pool, stride):
        size = n - pool
        return size / (stride - stride)

    message = repr(check("07-pooled-size", mine))
    line = mine.__code__.co_firstlineno + 2
    assert f"ZeroDivisionError: division by zero in line {line}" in message
    assert "(return size / (stride - stride))" in message


def test_a_function_with_other_arguments_is_told_which_ones():
    message = repr(check("07-pooled-size", lambda n: n))
    assert "It must take 3 arguments: n, pool, stride." in message


@pytest.mark.parametrize("exercise", of_kind(NumberExercise))
def test_a_wrong_number_is_told_the_direction_only(exercise):
    for answer in (exercise.solution * 3 + 1, exercise.solution - 1):
        wanted = "smaller" if answer > exercise.solution else "larger"
        kind = "number" if exercise.tolerance else "whole number"
        told = repr(check(exercise.id, answer)).split(" Hint:")[0]
        assert told == f"Not yet. Expected a {wanted} {kind}, received {show(answer)}."


@pytest.mark.parametrize(
    ("question", "answer"), [("04-five-sigmoids", 0.00098), ("10-what-is-left", 0.12)]
)
def test_a_value_rounded_as_the_text_rounds_passes(question, answer):
    assert check(question, answer)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_softmax_must_subtract_the_largest_of_each_row():
    def one_maximum(logits):
        e = np.exp(logits - logits.max())
        return e / e.sum(axis=1, keepdims=True)

    def none(logits):
        return np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)

    for wrong, hint in ((one_maximum, "each row's own largest"), (none, "inf/inf is nan")):
        assert hint in repr(check("03-softmax", wrong))


def test_an_error_about_shapes_asks_to_print_shapes():
    def mine(x, h, kernel, recurrent_kernel, bias):
        return x @ recurrent_kernel @ x

    assert "Print the shape of each array used in that line" in repr(check("09-step", mine))


def chain(*layers):
    from dl_course.backend import keras

    return keras.Sequential([keras.Input((28, 28, 1)), *layers])


def test_layers_are_compared_one_by_one():
    from dl_course.backend import keras

    layers = keras.layers
    message = repr(check("07-model", chain(layers.MaxPooling2D(2), layers.Flatten())))
    assert "Expected as layer 1: Conv2D with output shape (26, 26, 16), 160 parameters" in message
    assert "received: MaxPooling2D with output shape (14, 14, 1)" in message

    start = layers.Conv2D(16, 3, activation="relu"), layers.MaxPooling2D(2), layers.Flatten()
    message = repr(check("07-model", chain(*start)))
    assert "Expected 4 layers, received 3; the layers that both have agree." in message


def test_an_activation_may_be_a_layer_of_its_own():
    from dl_course.backend import keras

    layers = keras.layers
    start = layers.Conv2D(16, 3), layers.ReLU(), layers.MaxPooling2D(2), layers.Flatten()
    assert check("07-model", chain(*start, layers.Dense(10), layers.Activation("softmax")))
    # The same layers again, as when a cell is run twice.
    assert not check("07-model", chain(*start, layers.Dense(10), layers.Activation("sigmoid")))


def test_models_with_other_shapes_of_graph_fail_kindly():
    from dl_course.backend import keras

    image = keras.Input((28, 28, 1))
    unbuilt = keras.Sequential([keras.layers.Dense(10)])
    two = keras.Model([image, keras.Input((3,))], keras.layers.Flatten()(image))
    added = keras.Model(image, keras.layers.Add()([image, image]))
    for answer in (unbuilt, two, added):
        message = repr(check("07-model", answer))
        assert "Expected one chain of layers that begins with an input" in message


def test_a_model_that_only_has_the_right_shapes_fails():
    from dl_course.backend import keras

    layers = keras.layers
    conv, pool = layers.Conv2D(16, 3, activation="relu"), layers.MaxPooling2D(1, strides=2)
    answer = chain(conv, pool, layers.Flatten(), layers.Dense(10, activation="softmax"))
    assert "look at strides, padding and pool sizes" in repr(check("07-model", answer))


@pytest.mark.parametrize("unknown", ["07-output", "output-size", "banana", "", 7, None])
def test_an_unknown_question_gives_one_line_with_the_closest_ones(unknown):
    with pytest.raises(CourseError) as caught:
        check(unknown, 1)
    message = str(caught.value)
    assert f"Received: question={unknown!r}. Closest: " in message and "\n" not in message


def test_the_closest_question_comes_first():
    with pytest.raises(CourseError, match="Closest: 07-output-size"):
        check("07-outputsize", 1)


def test_ids_begin_with_the_number_of_a_written_chapter():
    from dl_course import syllabus

    for name in EXERCISES:
        assert not syllabus.chapter(name.split("-")[0]).planned


@pytest.fixture
def files(tmp_path, monkeypatch):
    """A folder of exercise files in the place of the course's."""
    monkeypatch.setattr("dl_course.assignments.exercises.__path__", [str(tmp_path)])
    for chapter in CHAPTERS:
        sys.modules.pop(f"dl_course.assignments.exercises.{chapter.slug[3:]}", None)
    return tmp_path


FILE = """
from dl_course.assignments.exercises.kinds import NumberExercise
EXERCISES = (
    NumberExercise(id="classes", solution=10, explanation="Ten.", hint="Count."),
    NumberExercise(id={!r}, solution=7, explanation="Seven.", hint="Count."),
)
"""


def test_a_file_named_after_a_chapter_is_found(files):
    (files / "automl.py").write_text(FILE.format("trials"))
    assert check("22-trials", 7) and not check("22-classes", 7)
    assert list(all_exercises()) == ["22-classes", "22-trials"]


def test_a_file_named_after_no_chapter_is_refused_in_one_line(files):
    (files / "banana.py").write_text(FILE.format("trials"))
    with pytest.raises(CourseError, match="banana.py: expected the name of a chapter's notebook"):
        check("22-trials", 7)


def test_an_id_twice_is_refused_in_one_line(files):
    (files / "automl.py").write_text(FILE.format("classes"))
    with pytest.raises(CourseError, match="automl.py: expected .* Received twice: id='classes'."):
        check("22-classes", 10)


def test_importing_the_room_starts_nothing_heavy():
    heavy = ("keras", "tensorflow", "sklearn", "matplotlib", "pooch", "PIL")
    code = (
        "import sys, dl_course.assignments\n"
        "dl_course.assignments.check('07-output-size', 5)\n"
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
