"""A master assignment: what its author wrote, and the notebook that its students get.

The syntax is nbgrader's: solution cells with `### BEGIN SOLUTION`, test cells with points and
`### BEGIN HIDDEN TESTS`. A test cell says `case(function, inputs...)` where nbgrader has `assert`:
the answers are compared by the grader, in another process.
"""

import copy
import hashlib
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path

from dl_course.errors import DataError

PLACEHOLDER = ("# YOUR CODE HERE", "raise NotImplementedError()")
BEGIN_SOLUTION, _END_SOLUTION = "### BEGIN SOLUTION", "### END SOLUTION"
_BEGIN_HIDDEN, _END_HIDDEN = "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"
_LARGEST = 10 * 2**20


@dataclass(frozen=True)
class Question:
    """One question of a master.

    Attributes:
        name: the function that is asked for.
        points: for a right answer.
        solution: the source of the solution's cell.
        tests: the source of the test cell.
    """

    name: str
    points: float
    solution: str
    tests: str


@dataclass(frozen=True)
class Master:
    """A master notebook, read and checked.

    Attributes:
        name: the file's name without `.ipynb`.
        title: of its first heading.
        questions: in order.
        cells: of the notebook, as JSON has them.
        notebook: the rest of the notebook.
    """

    name: str
    title: str
    questions: tuple[Question, ...]
    cells: tuple[dict, ...]
    notebook: dict

    @property
    def points(self) -> float:
        """The points of all questions."""
        return sum(question.points for question in self.questions)

    @property
    def uses_keras(self) -> bool:
        """Whether its code speaks of Keras, which then is warm before a submission runs."""
        return any("keras" in source(cell) for cell in self.cells if is_code(cell))

    def fingerprint(self, question: Question) -> str:
        """Returns a short text that changes when what decides a question's marks is changed."""
        shared = [
            source(cell)
            for cell in self.cells
            if is_code(cell) and not _nbgrader(cell).get("solution") and not is_test(cell)
        ]
        own = f"{question.solution}\n{question.tests}"
        others = [q.solution for q in self.questions if re.search(rf"\b{q.name}\b", own)]
        parts = [*shared, *others, question.name, str(question.points), own]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def read_master(path: str | os.PathLike) -> Master:
    """Reads a master and checks its form.

    Args:
        path: the notebook.

    Returns:
        The master.

    Raises:
        DataError: if it is no notebook, or a cell is not of the form; the message names the cell.

    Example:
        >>> master = read_master("notebooks/assignments/06_convolution_variations.ipynb")
        >>> [question.name for question in master.questions][0]
        'average_pool_inside'
    """
    path = Path(path)
    try:
        if path.stat().st_size > _LARGEST:
            raise ValueError("larger than 10 MiB")
        notebook = json.loads(path.read_text(encoding="utf-8"))
        cells = notebook["cells"]
        if not isinstance(cells, list) or not all(map(source, cells[:1])):
            raise ValueError("no list of cells that begins with a title")
        for cell in cells:
            _ = source(cell), _nbgrader(cell)  # raise where there is none
    except FileNotFoundError:
        raise DataError(f"{path}: expected a master notebook, found none.") from None
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise DataError(f"{path}: expected a notebook of format 4. Received: {reason}.") from None
    heading = re.search(r"^# +(.+)$", "\n".join(source(c) for c in cells if not is_code(c)), re.M)
    title = heading[1].removeprefix("Assignment:").strip() if heading else path.stem
    return Master(path.stem, title, _questions(path, cells), tuple(cells), notebook)


def _questions(path: Path, cells: list[dict]) -> tuple[Question, ...]:
    solutions: dict[str, str] = {}
    questions = []
    for number, cell in enumerate(cells, 1):
        settings = _nbgrader(cell)
        where = f"{path}, cell {number}"
        if settings.get("task") or (settings.get("grade") and settings.get("solution")):
            raise DataError(
                f"{where}: graded by hand, which this grader does not do. "
                "Ask for a function, with a solution cell and a test cell."
            )
        name = str(settings.get("grade_id", ""))
        if settings.get("solution"):
            _region(where, source(cell), BEGIN_SOLUTION, _END_SOLUTION)
            if name in solutions or not re.search(rf"^def {re.escape(name)}\(", source(cell), re.M):
                raise DataError(
                    f"{where}: expected the function that its grade_id names, once. "
                    f"Received: grade_id={name!r}."
                )
            solutions[name] = source(cell)
        elif is_test(cell):
            _region(where, source(cell), _BEGIN_HIDDEN, _END_HIDDEN)
            name = name.removeprefix("test_")
            points = settings.get("points")
            if name not in solutions or name in [question.name for question in questions]:
                raise DataError(
                    f"{where}: expected a test cell after the solution it tests, with that one's "
                    f"grade_id after `test_`. Received: grade_id={settings.get('grade_id')!r}."
                )
            if isinstance(points, bool) or not isinstance(points, int | float) or points <= 0:
                raise DataError(f"{where}: expected points above 0. Received: points={points!r}.")
            questions.append(Question(name, points, solutions[name], source(cell)))
    missing = solutions.keys() - {question.name for question in questions}
    if missing or not questions:
        raise DataError(
            f"{path}: expected a test cell for every solution cell, and one at least. "
            f"Without: {', '.join(sorted(missing)) or 'all'}."
        )
    return tuple(questions)


def is_code(cell: dict) -> bool:
    """Tells whether a cell holds code."""
    return cell.get("cell_type") == "code"


def is_test(cell: dict) -> bool:
    """Tells whether a cell is a master's test cell."""
    return is_code(cell) and bool(_nbgrader(cell).get("grade"))


def source(cell: dict) -> str:
    """Returns the text of a cell, which JSON has as one text or as a list of lines."""
    text = cell["source"]
    return text if isinstance(text, str) else "".join(text)


def segments(tests: str) -> list[tuple[str, bool]]:
    """Splits a test cell into parts of its code, each with whether its cases are hidden.

    Example:
        >>> cell = "case(f, 1)\\n### BEGIN HIDDEN TESTS\\ncase(f, 2)\\n### END HIDDEN TESTS"
        >>> segments(cell)
        [('case(f, 1)', False), ('case(f, 2)', True)]
    """
    parts, lines, hidden = [], [], False
    for line in [*tests.splitlines(), _END_HIDDEN if _BEGIN_HIDDEN in tests else ""]:
        if line.strip() in (_BEGIN_HIDDEN, _END_HIDDEN):
            if any(map(str.strip, lines)):
                parts.append(("\n".join(lines), hidden))
            lines, hidden = [], line.strip() == _BEGIN_HIDDEN
        else:
            lines.append(line)
    return parts


def student_notebook(master: Master, packed: str) -> dict:
    """Returns the notebook for students: no solution, no test, no hidden case.

    Args:
        master: the master.
        packed: the public cases, as `release` packs them.

    Returns:
        A notebook as a dict, to be written as JSON.
    """
    notebook = copy.deepcopy(master.notebook)
    notebook["metadata"] = {
        key: value for key, value in notebook["metadata"].items() if key != "celltoolbar"
    } | {"dl_course": {"assignment": master.name}}
    cells = [_released(copy.deepcopy(cell)) for cell in notebook["cells"]]
    place = next(i for i, cell in enumerate(cells) if is_code(cell))
    checker = _checker_cell(packed)
    if notebook.get("nbformat_minor", 0) < 5:  # cells had no ids then, and may have none
        del checker["id"]
    notebook["cells"] = [*cells[:place], checker, *cells[place:]]
    return notebook


def stub(solution: str) -> str:
    """Returns a solution's cell as students get it.

    Example:
        >>> text = "def f(x):\\n    ### BEGIN SOLUTION\\n    return x\\n    ### END SOLUTION"
        >>> print(stub(text))
        def f(x):
            # YOUR CODE HERE
            raise NotImplementedError()
    """
    lines, inside = [], False
    for line in solution.splitlines():
        if line.strip() == BEGIN_SOLUTION:
            indent = line[: len(line) - len(line.lstrip())]
            lines += [indent + text for text in PLACEHOLDER]
            inside = True
        elif line.strip() == _END_SOLUTION:
            inside = False
        elif not inside:
            lines.append(line)
    return "\n".join(lines)


def _released(cell: dict) -> dict:
    if is_code(cell):
        cell |= {"outputs": [], "execution_count": None}
    if _nbgrader(cell).get("solution"):
        cell["source"] = stub(source(cell))
    elif is_test(cell):
        cell["source"] = f'check("{_nbgrader(cell)["grade_id"].removeprefix("test_")}")'
    return cell


def _checker_cell(packed: str) -> dict:
    lines = "\n".join(f'    "{packed[i : i + 92]}"' for i in range(0, len(packed), 92))
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": "checker",
        "metadata": {"jupyter": {"source_hidden": True}},
        "outputs": [],
        "source": "# The public cases, packed so that their hints do not give anything away.\n"
        f"from dl_course.assignments import checker\n\ncheck = checker(\n{lines}\n)",
    }


def _nbgrader(cell: dict) -> dict:
    settings = cell.get("metadata", {}).get("nbgrader", {})
    return settings if isinstance(settings, dict) else {}


def _region(where: str, text: str, begin: str, end: str) -> None:
    """Raises unless each region that begins also ends: else a solution would be given away."""
    marks = [line.strip() for line in text.splitlines() if line.strip() in (begin, end)]
    pairs = len(marks) // 2
    in_order = pairs > 0 and marks == [begin, end] * pairs
    if not in_order or text.count(begin) + text.count(end) != len(marks):
        raise DataError(
            f"{where}: expected `{begin}` and `{end}` in turn, each alone on its line. "
            f"Received: {', '.join(marks) or 'none'}."
        )
