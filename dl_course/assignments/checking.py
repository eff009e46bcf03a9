"""Instant checks of the exercises in the notebooks."""

import difflib
import importlib
import pkgutil

from dl_course.assignments import exercises
from dl_course.assignments.exercises.kinds import Exercise, Unanswered
from dl_course.assignments.verdict import Verdict
from dl_course.errors import CourseError, argument_error
from dl_course.syllabus import CHAPTERS


def check(question: str, answer: object) -> Verdict:
    """Checks the answer to an exercise and says what to look at when it is not right yet.

    Nothing is stored or graded. The check runs the student's function in this process, on public
    cases.

    Args:
        question: the exercise's id: its chapter's number and its name, such as "07-output-size".
        answer: a number, a text, an array, a function or a Keras model, as the exercise asks;
            None and `...` stand for no answer yet.

    Returns:
        A `Verdict`, which shows itself as its message.

    Raises:
        CourseError: there is no such exercise; the message lists the closest ids.

    Example:
        >>> check("00-pixels", 28 * 28)
        Right. Every image is 28 x 28 x 1 = 784 numbers, all that the model sees of it.
        >>> check("00-pixels", 28)
        Not yet. Expected a larger whole number, received 28. Hint: That is one side. How many \
rows of 28 pixels are there?
        >>> check("00-pixels", ...)
        Not answered yet. Replace the ... with your answer and run the cell again.
    """
    exercise = _exercise(question)
    try:
        fault = None if answer is None or answer is ... else exercise.fault(answer)
    except Unanswered:
        answer = ...
    if answer is None or answer is ...:
        text = "Not answered yet. Replace the ... with your answer and run the cell again."
        return Verdict(question, False, text)
    if fault is None:
        return Verdict(question, True, f"Right. {exercise.explanation}")
    hint = fault.hint or exercise.hint_for(answer)
    return Verdict(question, False, f"Not yet. {fault.text} Hint: {hint}")


def all_exercises() -> dict[str, Exercise]:
    """Returns every exercise by its id, in the order of the chapters.

    Raises:
        CourseError: a module of `exercises` is not named after a chapter, or has an id twice.
    """
    return {
        f"{number}-{name}": exercise
        for number, module in _modules().items()
        for name, exercise in _exercises_in(module).items()
    }


def _exercise(question: object) -> Exercise:
    # Only the one chapter's module is imported, unless there is no such exercise.
    number, _, name = str(question).partition("-")
    found = _exercises_in(_modules().get(number, "")).get(name)
    if found is None:
        known = list(all_exercises())
        closest = difflib.get_close_matches(str(question), known, n=3, cutoff=0.3) or known
        hint = f"Closest: {', '.join(closest)}."
        raise argument_error("question", "the id of an exercise", question, hint)
    return found


def _modules() -> dict[str, str]:
    """Returns the names of the modules of exercises, by the number of their chapter, in order."""
    numbers = {chapter.slug[3:]: chapter.slug[:2] for chapter in CHAPTERS}
    names = [module.name for module in pkgutil.iter_modules(exercises.__path__) if not module.ispkg]
    for name in names:
        if name not in numbers:
            raise CourseError(
                f"{exercises.__path__[0]}/{name}.py: expected the name of a chapter's notebook "
                f"without its number, such as {CHAPTERS[0].slug[3:]}.py."
            )
    return dict(sorted((numbers[name], name) for name in names))


def _exercises_in(module: str) -> dict[str, Exercise]:
    if not module:
        return {}
    loaded = importlib.import_module(f"{exercises.__name__}.{module}")
    found: dict[str, Exercise] = {}
    for exercise in loaded.EXERCISES:
        if found.setdefault(exercise.id, exercise) is not exercise:
            raise CourseError(
                f"{loaded.__file__}: expected a different id for each exercise. "
                f"Received twice: id={exercise.id!r}."
            )
    return found
