"""The kinds of exercises: what is asked for, and how an answer is compared."""

from dl_course.assignments.exercises.kinds.exercise import (
    ArrayExercise,
    ChoiceExercise,
    Exercise,
    NumberExercise,
    Unanswered,
)
from dl_course.assignments.exercises.kinds.functions import FunctionExercise
from dl_course.assignments.exercises.kinds.networks import ModelExercise
