"""A task that needs memory: a class is shown, noise follows, then the class is asked for."""

import numpy as np

from dl_course.datasets.dataset import Dataset, from_sequences
from dl_course.datasets.splits import stratified_split
from dl_course.errors import argument_error, check_positive_integer, check_seed, check_share


def make_recall(
    examples: int = 2000,
    length: int = 20,
    classes: int = 4,
    *,
    test_share: float = 0.2,
    seed: int = 0,
) -> Dataset:
    """Makes sequences in which the first step shows the class and the last one asks for it.

    A sequence has `length + 2` steps and `classes + 1` features. Step 0 is the class, one-hot.
    Then come `length` steps of noise, uniform in [0, 1), in the same features. In the last step
    only the last feature is 1: the question. Guessing is right once in `classes` times.

    Args:
        examples: how many sequences, for training and test together; at least 2 of each class.
        length: how many steps of noise the class must be remembered through.
        classes: how many classes, at least 2.
        test_share: the share of each class that is kept for testing.
        seed: the same seed gives the same sequences, on every machine.

    Returns:
        The data set: x float32 of shape (n, length + 2, classes + 1), y int64 of shape (n,).

    Raises:
        CourseError: an argument is out of range.

    Example:
        >>> data = make_recall(examples=8, length=1, classes=2, test_share=0.25)
        >>> data.x_train.shape, int(data.y_train[0])
        ((6, 3, 3), 0)
        >>> data.x_train[0].round(2)  # the class, one step of noise, the question
        array([[1.  , 0.  , 0.  ],
               [0.89, 0.96, 0.  ],
               [0.  , 0.  , 1.  ]], dtype=float32)

    Reference: D1 3.2.3; after Hochreiter and Schmidhuber 1997, "Long short-term memory".
    """
    check_positive_integer("length", length)
    check_positive_integer("classes", classes)
    if classes < 2:
        raise argument_error("classes", "at least 2", classes)
    check_positive_integer("examples", examples)
    if examples < 2 * classes:
        raise argument_error("examples", f"at least {2 * classes}, 2 of each class", examples)
    check_share("test_share", test_share, positive=True)
    check_seed("seed", seed)
    # RandomState, as for the splits: its stream stays the same in every version of NumPy.
    random = np.random.RandomState(seed)
    y = random.permutation(np.arange(examples) % classes)  # (examples,), balanced
    x = np.zeros((examples, length + 2, classes + 1), np.float32)
    x[np.arange(examples), 0, y] = 1
    x[:, 1:-1, :classes] = random.random_sample((examples, length, classes))
    x[:, -1, classes] = 1
    train, test = stratified_split(y, test_share, seed)
    names = tuple(f"class {number}" for number in range(classes))
    return from_sequences("recall", (x[train], y[train]), (x[test], y[test]), names)
