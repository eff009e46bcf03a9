"""Instant checks of the exercises in the notebooks."""

import difflib
from dataclasses import dataclass

from dl_course.assignments import (
    backpropagation,
    convolution_and_pooling,
    feedforward_networks,
    gradient_descent,
    image_classification,
    lstm_and_gru,
    machine_translation,
    mathematics,
    recurrent_networks,
    speech_recognition,
    start_here,
    text_classification,
    text_generation,
    training_pipeline,
)
from dl_course.assignments.exercise import Exercise, Unanswered
from dl_course.errors import argument_error

EXERCISES: dict[str, Exercise] = {
    exercise.id: exercise
    for chapter in (
        start_here,
        mathematics,
        gradient_descent,
        feedforward_networks,
        backpropagation,
        training_pipeline,
        convolution_and_pooling,
        image_classification,
        recurrent_networks,
        lstm_and_gru,
        text_classification,
        text_generation,
        machine_translation,
        speech_recognition,
    )
    for exercise in chapter.EXERCISES
}


@dataclass(frozen=True, repr=False)
class Result:
    """What a check found. Shown as its message; true when the answer is right.

    Attributes:
        question: the exercise's id, or the name of the function that an assignment asks for.
        passed: whether the answer is right.
        message: what to tell the student.
    """

    question: str
    passed: bool
    message: str

    def __repr__(self) -> str:
        """Returns the message: that is what a notebook shows below the cell."""
        return self.message

    def __bool__(self) -> bool:
        """Returns whether the answer is right."""
        return self.passed


def check(question: str, answer: object) -> Result:
    """Checks the answer to an exercise and says what to look at when it is not right yet.

    Nothing is stored or graded. The check runs the student's function in this process, on public
    cases.

    Args:
        question: the exercise's id, such as "07-output-size".
        answer: a number, a text, an array, a function or a Keras model, as the exercise asks;
            None and `...` stand for no answer yet.

    Returns:
        A `Result`, which shows itself as its message.

    Raises:
        CourseError: there is no such exercise; the message lists the closest ids.

    Example:
        >>> check("00-pixels", 28 * 28)
        Right. Every image is 28 x 28 x 1 = 784 numbers, and all that the model knows of it.
        >>> check("00-pixels", 28)
        Not yet. Expected a larger whole number, received 28, too small by 756. Hint: That is one \
side. How many rows of so many pixels are there?
        >>> check("00-pixels", ...)
        Not answered yet. Replace the ... by your answer and run the cell again.
    """
    exercise = EXERCISES.get(question) if isinstance(question, str) else None
    if exercise is None:
        close = difflib.get_close_matches(str(question), EXERCISES, n=3, cutoff=0.3)
        hint = f"Closest: {', '.join(close or EXERCISES)}."
        raise argument_error("question", "the id of an exercise", question, hint)
    try:
        fault = None if answer is None or answer is ... else exercise.fault(answer)
    except Unanswered:
        answer = ...
    if answer is None or answer is ...:
        text = "Not answered yet. Replace the ... by your answer and run the cell again."
        return Result(question, False, text)
    if fault is None:
        return Result(question, True, f"Right. {exercise.explanation}")
    hint = fault.hint or exercise.hint_for(answer)
    return Result(question, False, f"Not yet. {fault.text} Hint: {hint}")
