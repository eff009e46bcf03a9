"""A small assignment to attack: a question with an attack for an answer, and an honest one."""

import textwrap
from dataclasses import asdict

import numpy as np

from dl_course.assignments.masters import Case, Cases, Mistake, answers
from dl_course.grading.marking import Asked, mark

SECRET = 271828.625  # planted in the hidden inputs; exact in float32 too
OPEN = 1.5
HONEST = "import numpy as np\n\ndef honest(x):\n    return np.mean(x) + 1"
RIGHT = "def attacked(x):\n    return 2 * x"
HINT = "Square, do not double."


def _case(function, number, size=3):
    x = number + np.arange(float(size))
    mistakes = (Mistake(HINT, answers(x**2)),)
    return Case((x,), {}, answers(function(x)), mistakes=mistakes)


def _asked(name, points, function):
    public = (_case(function, OPEN), _case(function, 2 * OPEN, 4))
    hidden = (_case(function, SECRET), _case(function, SECRET + 1000, 5))
    return Asked(name, points, f"of {name}", Cases(public, hidden, (HINT,)))


ATTACKED = _asked("attacked", 3, lambda x: 2 * x)
ASKED = (ATTACKED, _asked("honest", 5, lambda x: np.mean(x) + 1))


def cells_of(*sources):
    """Numbers cells as in a notebook, and adds the honest answer."""
    texts = [*map(textwrap.dedent, sources), HONEST]
    return [(2 * number + 3, text) for number, text in enumerate(texts)]


def function(body):
    """Makes the attacked function of a body."""
    return "import numpy as np\n\ndef attacked(x):\n" + textwrap.indent(
        textwrap.dedent(body), "    "
    )


def attack(sandbox, *sources, spares_honest=True):
    """Marks an attack beside an honest answer; returns what is told and the attack's result.

    Whatever the attack is: it earns nothing, the honest answer of the same submission keeps its
    points (unless its own cells sabotage it), nothing that is shown holds a hidden input, and who
    comes next is marked as ever.
    """
    told, results = mark(cells_of(*sources), ASKED, sandbox)
    if spares_honest:
        assert_honest(results)
    assert results["attacked"].points == 0, results["attacked"]
    assert results["attacked"].state in ("graded", "stopped"), results["attacked"]
    assert_nothing_hidden(told, results)
    assert_next_is_fine(sandbox)
    return told, results["attacked"]


def assert_honest(results):
    result = results["honest"]
    assert (result.state, result.points, set(result.public)) == ("graded", 5, {""}), result


def assert_nothing_hidden(told, results):
    shown = repr(told) + repr([asdict(result) for result in results.values()])
    for text in ("271828", "271829", "272828", "543657", hex(int(SECRET))[2:], SECRET.hex()[4:12]):
        assert text not in shown, shown


def assert_next_is_fine(sandbox):
    told, results = mark(cells_of(RIGHT), ASKED, sandbox)
    assert told == []
    assert_honest(results)
    result = results["attacked"]
    assert (result.state, result.points, set(result.public)) == ("graded", 3, {""}), result
