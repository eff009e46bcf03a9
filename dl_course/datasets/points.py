"""Made data that can be drawn in a plane: a noisy line, the four points of XOR, spirals."""

import numpy as np

from dl_course.datasets.dataset import Dataset, from_table
from dl_course.datasets.splits import shuffled_split, stratified_split
from dl_course.errors import argument_error, check_positive_integer, check_seed, check_share


def make_line(
    examples: int = 100,
    slope: float = 2.0,
    intercept: float = 1.0,
    noise: float = 0.5,
    *,
    test_share: float = 0.2,
    seed: int = 0,
) -> Dataset:
    """Makes points along a line: y = slope x + intercept + noise e, with e ~ N(0, 1).

    Args:
        examples: how many points, for training and test together, at least 2.
        slope: of the line.
        intercept: its value at x = 0.
        noise: standard deviation of the noise, at least 0.
        test_share: the share that is kept for testing.
        seed: the same seed gives the same points, on every machine.

    Returns:
        The data set: x float64, uniform in [-1, 1), shape (n, 1), y float64, shape (n,).

    Raises:
        CourseError: an argument is out of range.

    Example:
        >>> data = make_line(examples=5, noise=0)
        >>> bool(np.allclose(data.y_train, 2 * data.x_train[:, 0] + 1))
        True

    Reference: D0 4.1.
    """
    _check_examples(examples, at_least=2)
    _check_noise(noise)
    check_share("test_share", test_share, positive=True)
    check_seed("seed", seed)
    # RandomState, as for the splits: its stream stays the same in every version of NumPy.
    random = np.random.RandomState(seed)
    x = random.uniform(-1, 1, (examples, 1))
    y = slope * x[:, 0] + intercept + noise * random.standard_normal(examples)
    train, test = shuffled_split(examples, test_share, seed)
    return from_table("line", (x[train], y[train]), (x[test], y[test]), (), ("x",))


def make_xor() -> Dataset:
    """Makes the four points of exclusive or: the class is 1 where exactly one of two inputs is.

    No straight line separates the classes, so one layer cannot learn them. There are only four
    points: training and test are the same.

    Returns:
        The data set: x float64, shape (4, 2), y int64, shape (4,).

    Example:
        >>> data = make_xor()
        >>> np.column_stack([data.x_train, data.y_train])
        array([[0., 0., 0.],
               [0., 1., 1.],
               [1., 0., 1.],
               [1., 1., 0.]])

    Reference: D3 4, D4 4; Minsky and Papert 1969, "Perceptrons".
    """
    x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    half = x, np.array([0, 1, 1, 0])
    return from_table("xor", half, half, ("equal", "different"), ("a", "b"))


def make_spirals(
    examples: int = 300,
    arms: int = 2,
    noise: float = 0.03,
    *,
    test_share: float = 0.2,
    seed: int = 0,
) -> Dataset:
    """Makes points on spiral arms that wind around the origin, one class for each arm.

    x = r (cos a, sin a) + noise e, with r uniform in [0.1, 1), e ~ N(0, I) and
    a = 2 pi (1.25 r + k / arms) on arm k: a little more than one turn.

    Args:
        examples: how many points, for training and test together, at least 2 on each arm.
        arms: how many arms, at least 2.
        noise: standard deviation of each coordinate around the arm, at least 0; the outer
            radius is 1.
        test_share: the share of each arm that is kept for testing.
        seed: the same seed gives the same points, on every machine.

    Returns:
        The data set: x float64, shape (n, 2), about in [-1, 1]; y int64, shape (n,).

    Raises:
        CourseError: an argument is out of range.

    Example:
        >>> data = make_spirals(examples=90, arms=3)
        >>> data.x_train.shape, data.num_classes, np.bincount(data.y_test)
        ((72, 2), 3, array([6, 6, 6]))
    """
    check_positive_integer("arms", arms)
    if arms < 2:
        raise argument_error("arms", "at least 2", arms)
    _check_examples(examples, at_least=2 * arms)
    _check_noise(noise)
    check_share("test_share", test_share, positive=True)
    check_seed("seed", seed)
    random = np.random.RandomState(seed)
    y = np.arange(examples) % arms  # (examples,), balanced
    radius = random.uniform(0.1, 1, examples)
    angle = 2 * np.pi * (1.25 * radius + y / arms)
    x = radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)  # (examples, 2)
    x += noise * random.standard_normal(x.shape)
    train, test = stratified_split(y, test_share, seed)
    names = tuple(f"arm {k}" for k in range(arms))
    halves = (x[train], y[train]), (x[test], y[test])
    return from_table("spirals", *halves, names, ("x", "y"))


def _check_examples(examples: int, at_least: int) -> None:
    check_positive_integer("examples", examples)
    if examples < at_least:
        raise argument_error("examples", f"at least {at_least}", examples)


def _check_noise(noise: float) -> None:
    if not isinstance(noise, (int, float, np.integer, np.floating)) or not 0 <= noise < np.inf:
        raise argument_error("noise", "a number of at least 0", noise)
