"""What students write into the cells of an assignment: right, mistaken, and hostile answers.

Every answer is made from the master's own text, so that the mark it deserves is known.
"""

import ast
import random
import textwrap
from collections.abc import Callable

from dl_course.assignments.masters import PLACEHOLDER, Cases, Question, segments, stub

Cells = list[str]


def right_answer(question: Question, chance: random.Random) -> Cells:
    """Returns cells with the master's solution, as one of many students may have written it."""
    ways = (_plain, _renamed, _in_two_cells, _commented, _talkative, _drawn, _tried_out, _typed)
    return chance.choice(ways)(question)


def untouched(question: Question) -> Cells:
    """Returns the cell as it was handed out."""
    return [stub(question.solution)]


def unfinished(question: Question) -> Cells:
    """Returns a cell that somebody began and left: a result of None, or a line that stops."""
    text = stub(question.solution)
    return [text.replace(PLACEHOLDER[0], "result = 0").replace(PLACEHOLDER[1], "# to do")]


def mistaken_answers(question: Question, cases: Cases) -> list[tuple[str, Cells, float]]:
    """Returns the common mistakes of a master's test cell as a student would have written them.

    Returns:
        For each mistake its hint, the cells, and the share of the hidden cases that it gets right.
    """
    module = ast.parse("\n".join(text for text, _ in segments(question.tests)))
    defined = {name: node for node in module.body for name in _defined(node)}
    found = []
    for number, (name, statement) in enumerate(_mistakes(module)):
        statement = ast.fix_missing_locations(statement)
        text = "\n\n".join([*_needed(statement, defined, {name}), ast.unparse(statement)])
        # Many a mistake is the right answer with a wrong step after it.
        text = f"{_as(question, 'my_' + question.name)}\n\n\n{_rename(text, question.name)}"
        right = [
            case.mistakes[number].answer is not None and case.is_right(case.mistakes[number].answer)
            for case in cases.hidden
        ]
        cells = [text, f"{question.name} = {name}"]
        found.append((cases.hints[number], cells, sum(right) / len(right)))
    return found


def _mistakes(module: ast.Module):
    """Yields the name and the definition of each `@mistake(...)` and `mistake(...)(function)`."""
    for node in module.body:
        if isinstance(node, ast.FunctionDef) and node.decorator_list:
            node.decorator_list = []
            yield node.name, node
        elif (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Call)
            and isinstance(node.value.func, ast.Call)
            and getattr(node.value.func.func, "id", "") == "mistake"
        ):
            target = ast.Name("my_answer", ast.Store())
            yield "my_answer", ast.Assign([target], node.value.args[0])


def _defined(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef):
        return [] if node.decorator_list else [node.name]
    if isinstance(node, ast.Import | ast.ImportFrom):
        return [(alias.asname or alias.name).split(".")[0] for alias in node.names]
    return [n.id for n in ast.walk(node) if isinstance(n, ast.Name) and _is_stored(n)]


def _needed(node: ast.AST, defined: dict[str, ast.stmt], seen: set[str]) -> list[str]:
    """Returns the texts of a test cell's own functions that a mistake calls, deepest first."""
    texts = []
    for name in [n.id for n in ast.walk(node) if isinstance(n, ast.Name) and not _is_stored(n)]:
        if name in defined and name not in seen:
            seen.add(name)
            texts += [*_needed(defined[name], defined, seen), ast.unparse(defined[name])]
    return texts


def solution_of(question: Question) -> str:
    """Returns the solution's cell without the marks around it."""
    lines = question.solution.splitlines()
    return "\n".join(line for line in lines if not line.strip().startswith("### "))


def _as(question: Question, name: str) -> str:
    """Returns the solution under another name."""
    return solution_of(question).replace(f"def {question.name}(", f"def {name}(", 1)


def _rename(text: str, name: str) -> str:
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id == name:
            node.id = f"my_{name}"
    return ast.unparse(tree)


def _is_stored(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Store)


# Right answers.


def _plain(question: Question) -> Cells:
    return [solution_of(question)]


def _renamed(question: Question) -> Cells:
    tree = ast.parse(solution_of(question))
    for function in [n for n in tree.body if isinstance(n, ast.FunctionDef)]:
        inside = list(ast.walk(function))
        given = {n.arg for n in inside if isinstance(n, ast.arg)}
        names = [n for n in inside if isinstance(n, ast.Name)]
        own = {n.id for n in names if _is_stored(n)} - given
        for name in names:
            name.id = f"the_{name.id}" if name.id in own else name.id
    return [ast.unparse(tree)]


def _in_two_cells(question: Question) -> Cells:
    own = f"{question.name}_step"
    call = f"def {question.name}(*args, **kwargs):\n    return {own}(*args, **kwargs)"
    return [_as(question, own), call]


def _commented(question: Question) -> Cells:
    lines = solution_of(question).splitlines()
    noted = [x if x.endswith("\\") else f"{x}  # 第{n}行" for n, x in enumerate(lines, 1)]
    return ["\n".join(["# My answer. 我的答案。", *noted])]


def _talkative(question: Question) -> Cells:
    call = (
        f"def {question.name}(*args, **kwargs):\n"
        f"    print('called with', args, kwargs)\n"
        f"    result = my_{question.name}(*args, **kwargs)\n"
        f"    print('result', result)\n"
        f"    return result\n\nprint('defined', {question.name})"
    )
    return [_as(question, f"my_{question.name}"), call]


def _drawn(question: Question) -> Cells:
    draw = """
        %matplotlib inline
        import matplotlib.pyplot as plt
        fig, ax = plt.subplots(figsize=(5, 3))
        ax.plot(np.linspace(0, 1, 50), np.sin(np.linspace(0, 6, 50)), label="try")
        ax.set_title("a look at it")
        ax.legend()
        plt.show()
        """
    return [solution_of(question), textwrap.dedent(draw).strip()]


def _tried_out(question: Question) -> Cells:
    tries = f"%timeit np.ones(3)\n!pip list\nhelp({question.name})\n{question.name}?"
    return [solution_of(question), tries, "name = input('Your name? ')", "1 / 0"]


def _typed(question: Question) -> Cells:
    imports = (
        "from typing import Any\nfrom dl_course import plots\nfrom dl_course.scratch import relu"
    )
    return [imports, solution_of(question), f"assert callable({question.name})\nreturned: Any = 0"]


# Attacks and faults in an answer: each is worth nothing, and costs nothing else.


def _instead(body: str) -> Callable[[Question], Cells]:
    """Returns what answers with a body of its own."""
    body = textwrap.indent(textwrap.dedent(body).strip(), "    ")
    return lambda question: [f"def {question.name}(*args, **kwargs):\n{body}"]


def _before(cell: str) -> Callable[[Question], Cells]:
    """Returns what runs a cell first, and answers 0 then."""
    cell = textwrap.dedent(cell).strip()
    return lambda question: [cell, f"def {question.name}(*args, **kwargs):\n    return 0.0"]


ATTACKS: dict[str, Callable[[Question], Cells]] = {
    "endless loop": _instead("while True: pass"),
    "endless loop in a cell": lambda question: [
        f"while True: pass\n\n\n{solution_of(question)}",
    ],
    "loop that ignores signals": _instead(
        """
        import signal
        for number in range(1, 32):
            try: signal.signal(number, signal.SIG_IGN)
            except (OSError, ValueError): pass
        while True: pass
        """
    ),
    "memory bomb": _instead("kept = []\nwhile True: kept.append(bytearray(2**26))"),
    "os._exit": _instead("import os\nos._exit(0)"),
    "sys.exit": _instead("import sys\nsys.exit(0)"),
    "fork bomb": _instead("import os\nwhile True: os.fork()"),
    "syntax error": lambda question: [f"def {question.name}(x:\n    return x +"],
    "deleted cell": lambda question: [],
    "no end of recursion": lambda question: [
        f"def {question.name}(*args, **kwargs):\n    return {question.name}(*args, **kwargs)"
    ],
    "wrong signature": _instead("raise TypeError('what is this?')"),
    "huge print": _instead("while True: print('x' * 2**20)"),
    "huge answer": _instead("return np.zeros((2**14, 2**12))"),
    "disk fill": _instead(
        "with open('/tmp/full', 'wb') as file:\n    while True: file.write(bytes(2**20))"
    ),
    "forged reply": _instead(
        """
        import os, struct
        for handle in range(3, 64):
            try: os.write(handle, struct.pack(">cQ", b"V", 2) + b"{}")
            except OSError: pass
        return 0.0
        """
    ),
    "patched NumPy": _before(
        """
        import dl_course.assignments.masters.judging as judging
        np.isclose = np.allclose = np.array_equal = lambda *args, **kwargs: True
        judging.same = judging.equal = lambda *args: True
        judging.Case.is_right = lambda self, received: True
        """
    ),
    "search for the answers": _instead(
        """
        import os
        for top in ("/home", "/srv", "/root", "/tmp", "/proc", os.getcwd()):
            for path, _, files in os.walk(top):
                for name in files:
                    if name.endswith(("ipynb", "json", "environ")):
                        try: text = open(os.path.join(path, name)).read()
                        except OSError: continue
                        if "BEGIN HIDDEN" in text: return text
        return 0.0
        """
    ),
    "equal to everything": _instead(
        """
        class Same(np.ndarray):
            def __eq__(self, other): return True
            __array_priority__ = 1e9
        return np.zeros(3).view(Same)
        """
    ),
    "killing all": _instead("import os, signal\nos.kill(-1, signal.SIGKILL)\nreturn 0.0"),
}
