"""The exercise of the first notebook."""

from dl_course.assignments.exercises.kinds import NumberExercise

EXERCISES = (
    NumberExercise(
        id="pixels",
        solution=784,
        explanation="Every image is 28 x 28 x 1 = 784 numbers, all that the model sees of it.",
        hint="Multiply the three sizes that follow the number of images in x_train.shape.",
        mistakes=(
            (28, "That is one side. How many rows of 28 pixels are there?"),
            (56, "Multiply rows and columns; do not add them."),
            (57, "Multiply rows, columns and channels; do not add them."),
            (1438, "That is the number of images. How many numbers are in one?"),
            (1438 * 784, "That is all images together. How many numbers are in one?"),
        ),
    ),
)
