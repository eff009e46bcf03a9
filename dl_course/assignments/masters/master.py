"""A master assignment: what its author wrote, and the notebook that its students get.

The syntax is nbgrader's: solution cells with `### BEGIN SOLUTION`, test cells with points and
`### BEGIN HIDDEN TESTS`. Where nbgrader has `assert`, a test cell has `case(function, inputs...)`:
the grader compares the answers in another process. A master belongs to the chapter whose number
its file name begins with.
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
        name: the function to write.
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
    """A master notebook that was read and checked.

    Attributes:
        name: the file's name without `.ipynb`.
        title: its first heading, without "Assignment:".
        questions: in order.
        cells: the notebook's cells as JSON.
        notebook: the whole notebook as JSON.
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
        """Whether its code mentions Keras, which is then started before a submission runs."""
        return any("keras" in source(cell) for cell in self.cells if is_code(cell))

    def fingerprint(self, question: Question) -> str:
        """Returns a short text that changes with whatever decides the question's marks."""
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
        DataError: if it is not a notebook, or a cell is malformed; the message names the cell.

    Example:
        >>> from dl_course.assignments.masters import find_masters
        >>> master = read_master(find_masters()["06_convolution_variations"])
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
            raise ValueError("its cells do not begin with a title")
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
                f"{where}: must be graded by hand, which this grader does not support. "
                "Ask for a function, with a solution cell and a test cell."
            )
        name = str(settings.get("grade_id", ""))
        if settings.get("solution"):
            _region(where, source(cell), BEGIN_SOLUTION, _END_SOLUTION)
            if name in solutions or not re.search(rf"^def {re.escape(name)}\(", source(cell), re.M):
                raise DataError(
                    f"{where}: expected the one function that its grade_id names. "
                    f"Received: grade_id={name!r}."
                )
            solutions[name] = source(cell)
        elif is_test(cell):
            _region(where, source(cell), _BEGIN_HIDDEN, _END_HIDDEN)
            name = name.removeprefix("test_")
            points = settings.get("points")
            if name not in solutions or name in [question.name for question in questions]:
                raise DataError(
                    f"{where}: expected a test cell after its solution, with `test_` before the "
                    f"solution's grade_id. Received: grade_id={settings.get('grade_id')!r}."
                )
            if isinstance(points, bool) or not isinstance(points, int | float) or points <= 0:
                raise DataError(f"{where}: expected points above 0. Received: points={points!r}.")
            questions.append(Question(name, points, solutions[name], source(cell)))
    missing = solutions.keys() - {question.name for question in questions}
    if missing or not questions:
        raise DataError(
            f"{path}: expected at least one solution cell, each with a test cell. "
            f"Without a test cell: {', '.join(sorted(missing)) or 'all'}."
        )
    return tuple(questions)


def is_code(cell: dict) -> bool:
    """Says whether a cell holds code."""
    return cell.get("cell_type") == "code"


def is_test(cell: dict) -> bool:
    """Says whether a cell is a master's test cell."""
    return is_code(cell) and bool(_nbgrader(cell).get("grade"))


def source(cell: dict) -> str:
    """Returns the text of a cell, which in JSON is one text or a list of lines."""
    text = cell["source"]
    return text if isinstance(text, str) else "".join(text)


def segments(tests: str) -> list[tuple[str, bool]]:
    """Splits a test cell into its parts, each with whether it is hidden.

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
        packed: the public cases, from `pack_cases`.

    Returns:
        The notebook, to be written as JSON.
    """
    notebook = copy.deepcopy(master.notebook)
    notebook["metadata"] = {
        key: value for key, value in notebook["metadata"].items() if key != "celltoolbar"
    } | {"dl_course": {"assignment": master.name}}
    cells = [_released(copy.deepcopy(cell)) for cell in notebook["cells"]]
    place = next(i for i, cell in enumerate(cells) if is_code(cell))
    checker = _checker_cell(packed)
    if notebook.get("nbformat_minor", 0) < 5:  # before nbformat 4.5 cells may not have ids
        del checker["id"]
    notebook["cells"] = [*cells[:place], checker, *cells[place:]]
    return notebook


def stub(solution: str) -> str:
    """Returns a solution cell as students get it.

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
        "source": "# The public cases, packed so that their hints give nothing away.\n"
        f"from dl_course.assignments import checker\n\ncheck = checker(\n{lines}\n)",
    }


def _nbgrader(cell: dict) -> dict:
    settings = cell.get("metadata", {}).get("nbgrader", {})
    return settings if isinstance(settings, dict) else {}


def _region(where: str, text: str, begin: str, end: str) -> None:
    """Raises unless every region that begins also ends: else a solution would be given away."""
    marks = [line.strip() for line in text.splitlines() if line.strip() in (begin, end)]
    pairs = len(marks) // 2
    in_order = pairs > 0 and marks == [begin, end] * pairs
    if not in_order or text.count(begin) + text.count(end) != len(marks):
        raise DataError(
            f"{where}: expected `{begin}` and `{end}` in turn, each alone on its line. "
            f"Received: {', '.join(marks) or 'none'}."
        )
