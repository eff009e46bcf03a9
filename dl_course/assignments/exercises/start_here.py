"""The exercise of the first notebook."""

from dl_course.assignments.exercises.kinds import Exercise, NumberExercise

EXERCISES: tuple[Exercise, ...] = (
    NumberExercise(
        id="pixels",
        solution=784,
        explanation="Every image is 28 x 28 x 1 = 784 numbers, and all that the model knows of it.",
        hint="Multiply the three sizes in x_train.shape that follow the number of images.",
        mistakes=(
            (28, "That is one side. How many rows of so many pixels are there?"),
            (56, "Rows and columns are multiplied, not added."),
            (57, "Rows, columns and channels are multiplied, not added."),
            (1438, "That is the number of images. How many numbers are in one?"),
            (1438 * 784, "Those are all images together. How many numbers are in one?"),
        ),
    ),
)
