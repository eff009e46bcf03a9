"""What goes wrong by mistake: a fault costs its own question or cell, and the reason is told."""

import time

import pytest
from attack_tools import ASKED, HONEST, RIGHT, assert_honest, attack, cells_of, function

from dl_course.grading.marking import mark

SLOW = "It ran longer than 0.8 s."
CRASHED, ENDED = "It crashed the process.", "It ended the process."
TOO_MUCH = "It was ended by the system: too much time or memory."

ENDINGS = {
    "infinite loop": ("while True: pass", SLOW),
    "sleep": ("import time; time.sleep(99)", SLOW),
    "os._exit": ("import os; os._exit(0)", ENDED),
    "os.abort": ("import os; os.abort()", CRASHED),
    "segmentation fault": ("import ctypes; ctypes.string_at(8)", CRASHED),
    "real-time signal": ("import signal; signal.raise_signal(40)", CRASHED),
    "SIGKILL": ("import signal; signal.raise_signal(9)", TOO_MUCH),
}

LOOPS_THAT_HOLD_ON = """
    import signal
    for number in range(1, 65):
        try: signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError): pass
    while True:
        try:
            while True: pass
        except BaseException: pass
"""


@pytest.mark.parametrize("name", ENDINGS)
def test_a_function_that_does_not_come_back_is_stopped(name, quick):
    body, reason = ENDINGS[name]
    told, result = attack(quick, function(body))
    assert (told, result.state, result.reason) == ([], "stopped", reason)


@pytest.mark.parametrize("name", ENDINGS)
def test_a_cell_that_does_not_come_back_costs_only_itself(name, quick):
    body, reason = ENDINGS[name]
    told, results = mark(cells_of(body, RIGHT), ASKED, quick)
    assert told == [(3, f"Stopped: {reason[0].lower()}{reason[1:]}")]
    assert_honest(results)
    assert results["attacked"].points == 3


def test_a_loop_that_ignores_signals_and_exceptions_is_stopped(quick):
    _, result = attack(quick, function(LOOPS_THAT_HOLD_ON))
    assert (result.state, result.reason) == ("stopped", SLOW)


def test_many_bad_cells_are_given_up_in_bounded_time(sandbox):
    started = time.monotonic()
    cells = [(number, "import os; os._exit(1)") for number in range(30)] + [(99, HONEST)]
    told, results = mark(cells, ASKED, sandbox)
    assert len(told) == 8
    for result in results.values():
        assert (result.state, result.reason) == ("stopped", "It broke off again and again.")
    assert time.monotonic() - started < 10


def test_a_question_is_not_stopped_for_what_another_left_behind(sandbox):
    """Its timer goes off while the honest function runs, which is then tried anew."""
    alarm = "import signal; signal.signal(14, 0); signal.setitimer(0, 0.02); return 0"
    slow = "import time\nimport numpy as np\ndef honest(x):\n    time.sleep(0.1)\n"
    cells = [(3, function(alarm)), (9, slow + "    return np.mean(x) + 1")]
    told, results = mark(cells, ASKED, sandbox)
    assert_honest(results)
    assert (results["attacked"].state, results["attacked"].points) == ("graded", 0)


def test_five_questions_that_crash_do_not_take_the_sixth_with_them(sandbox):
    from dataclasses import replace

    asked = [replace(ASKED[0], name=f"f{number}") for number in range(5)]
    crash = "\n".join(
        f"def f{number}(x):\n    if x[0] > 100: import os; os._exit(1)\n    return 2 * x"
        for number in range(5)
    )
    told, results = mark(cells_of(crash), [*asked, ASKED[1]], sandbox)
    assert_honest(results)
    assert {results[each.name].reason for each in asked} == {ENDED}


RAISES = {  # a body; what is told of the public cases
    "sys.exit": ("import sys; sys.exit(3)", "received SystemExit: 3 in line"),
    "exit": ("raise SystemExit('bye')", "received SystemExit: bye in line"),
    "KeyboardInterrupt": ("raise KeyboardInterrupt", "received KeyboardInterrupt in line"),
    "GeneratorExit": ("raise GeneratorExit", "received GeneratorExit in line"),
    "recursion": ("return attacked(x)", "received RecursionError: maximum recursion"),
    "the stub": ("raise NotImplementedError()", "Not answered."),
    "division": ("return 1 / 0", "ZeroDivisionError: division by zero in line 4 of cell 3."),
    "MemoryError": ("return np.zeros(10**12)", "received"),
    "wrong shapes": ("return x @ np.eye(9)", "ValueError: matmul"),
    "an error without a text": (
        "class Odd(Exception):\n    def __str__(self): raise ValueError\nraise Odd",
        "received Odd in line",
    ),
    "None": ("pass", "received None: a function that ends without `return` gives None."),
    "an object": ("return object()", "received a object, which is not a number, array or text."),
    "a generator": ("yield 1", "received a generator"),
    "an array of objects": ("return np.array([None, object()])", "received a ndarray"),
    "dates": ("return np.array(['2026-01-01'], 'datetime64[D]')", "received a ndarray"),
    "nan": ("return np.nan * x", "nan comes from 0/0"),
    "infinity": ("return np.inf * x", "received [inf, inf, inf]"),
    "huge numbers": ("return 1e308 * x * [1, -1, 1, 1][: len(x)]", "Expected [3, 5, 7]"),
    "texts": ("return ['a', 'b', 'c', 'd'][: len(x)]", "received ['a', 'b', 'c']"),
    "a text": ("return 'abc'", "received 'abc'."),
    "complex": ("return 2 * x + 1j * x", "Expected [3, 5, 7]"),
    "truth values": ("return x > 0", "Expected [3, 5, 7]"),
    "a huge integer": ("return 10**400", "received"),
    "another shape": ("return 2 * x[:, None]", "Expected shape (3,), received shape (3, 1)."),
    "no elements": ("return []", "Expected shape (3,), received shape (0,)."),
    "too large": ("return np.zeros((3, 2**20))", "received it is larger than 16 MiB."),
    "too many parts": ("return [[0] * (n % 9) for n in range(5000)]", "values in lists or dicts"),
    "nested deeply": ("y = 1\nfor _ in range(10**5): y = [y, (1, 2)]\nreturn y", "received"),
    "holds itself": ("y = {}; y['y'] = y; return y", "received RecursionError"),
    "a dict": ("return {'a': x, 'b': 1}", "received 2 values, ['a'], ['b']."),
    "a class": ("return np.ndarray", "received a type"),
    "a function": ("return attacked", "received a function"),
    "a masked array": ("return np.ma.masked_array(3 * x, True)", "Expected [3, 5, 7]"),
    "a matrix": ("return np.matrix(2 * x)", "received shape (1, 3)."),
    "wrong signature": ("", "received TypeError: attacked() takes 0 positional arguments"),
    "keyword only": ("", "received TypeError: attacked() takes 0 positional arguments"),
}


@pytest.mark.parametrize("name", RAISES)
def test_what_a_function_returns_or_raises_is_told(name, sandbox):
    body, message = RAISES[name]
    arguments = {"wrong signature": "()", "keyword only": "(*, x)"}.get(name, "(x)")
    source = function(body or "pass").replace("(x)", arguments, 1)
    told, result = attack(sandbox, source)
    assert (told, result.state, result.hidden) == ([], "graded", (False, False))
    assert all(message in text for text in result.public[:1]), result.public
    assert all(result.public)


CELLS = {  # a cell; what is told of it, and of the function
    "syntax error": ("def attacked(x:\n    return 2 * x", "SyntaxError", "There is no function"),
    "indentation": ("def attacked(x):\nreturn 2 * x", "IndentationError", "There is no function"),
    "null character": ("x = '\0'", "Error", "There is no function"),
    "half a character": ("x = '\ud800'", "Error", "There is no function"),
    "deep brackets": ("x = " + "(" * 5000 + ")" * 5000, "Error", "There is no function"),
    "deep signs": ("x = " + "-" * 10**5 + "1", "Error", "There is no function"),
    "exit": ("exit()", "SystemExit", "There is no function"),
    "SystemExit": ("raise SystemExit", "SystemExit in line 1 of cell 3", "There is no function"),
    "KeyboardInterrupt": ("raise KeyboardInterrupt", "KeyboardInterrupt", "There is no function"),
    "missing import": ("import no_such_package", "ModuleNotFoundError", "There is no function"),
    "data file": ("open('/data/mnist.npz')", "FileNotFoundError", "There is no function"),
    "no function": ("attacked = 5", "", "There is no function attacked."),
    "deleted": ("", "", "There is no function attacked."),
    "another name": ("def attaked(x): return 2 * x", "", "There is no function attacked."),
    "shell and magics": ("%matplotlib inline\n!rm -rf /\n%%time\n", "", "There is no function"),
}


@pytest.mark.parametrize("name", CELLS)
def test_what_is_wrong_with_a_cell_is_told(name, sandbox):
    source, of_cell, of_function = CELLS[name]
    told, result = attack(sandbox, source)
    assert [number for number, _ in told] == ([3] if of_cell else [])
    assert of_cell in "".join(text for _, text in told)
    assert result.state == "graded" and all(of_function in text for text in result.public)


def test_copied_cells_and_cells_out_of_order_are_no_fault(sandbox):
    cells = [(5, RIGHT), (3, RIGHT), (1, HONEST), (7, RIGHT), (9, HONEST)]
    told, results = mark(cells, ASKED, sandbox)
    assert told == [] and results["attacked"].points == 3
    assert_honest(results)


def test_a_notebook_without_cells_is_graded_as_nothing(sandbox):
    told, results = mark([], ASKED, sandbox)
    assert told == []
    for result in results.values():
        assert (result.state, result.points) == ("graded", 0)


def test_part_of_the_hidden_cases_gives_part_of_the_points(sandbox):
    source = function("return 2 * x if len(x) < 5 else x")
    told, results = mark(cells_of(source), ASKED, sandbox)
    assert (results["attacked"].points, results["attacked"].hidden) == (1.5, (True, False))
    assert results["attacked"].hints == ()
    _, results = mark(cells_of(function("return x**2")), ASKED, sandbox)
    assert results["attacked"].hints == ("Square, do not double.",)


def test_a_function_may_change_its_inputs(sandbox):
    _, results = mark(cells_of(function("x *= 2\nreturn x")), ASKED, sandbox)
    assert results["attacked"].points == 3


def test_right_answers_of_other_types_are_right(sandbox):
    values = ("list(2 * x)", "(2 * x).astype(np.float32)", "(2 * x).astype('>f8')", "2 * x + 0j")
    bodies = [f"return {value}" for value in values]
    for body in [*bodies, "class A(np.ndarray): pass\nreturn (2 * x).view(A)"]:
        _, results = mark(cells_of(function(body)), ASKED, sandbox)
        assert results["attacked"].points == 3, body
