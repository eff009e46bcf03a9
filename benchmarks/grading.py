"""Grading a class: how long it takes, and whether everybody gets the mark they deserve.

    python -m benchmarks.grading numpy    # 200 submissions of two NumPy questions
    python -m benchmarks.grading keras    # 60 submissions of an assignment with Keras questions
    python -m benchmarks.grading mixed    # 200 as in a real class: right, mistaken, hostile, late
    python -m benchmarks.grading floor    # what a warm process and the sandbox cost

Each makes a class from a notebook that `dl-course assignment release` wrote, runs
`dl-course assignment grade` on it as a teacher would, and compares `grades.csv` with the marks that
the class was made to deserve. It prints a table and draws the progress of the grading to
`grading_PART.png`. `floor` prints ratios of times that were measured in turn, in one run.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks import _classroom as classroom
from benchmarks._answers import solution_of
from benchmarks.table import print_table
from dl_course.assignments.masters import MASTERS, Master, read_master, run_master
from dl_course.grading import Limits, Sandbox, default_workers, mark, questions_of

_NUMPY, _KERAS = "06_convolution_variations", "07_convolution_blocks"
_TWO = "06_two_questions"
_COUNTS = {"numpy": 200, "keras": 60, "mixed": 200}
_AIMS = {("numpy", 200): 20.0, ("keras", 60): 60.0}  # seconds on two cores


def main() -> None:
    """Runs the requested part."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("part", choices=(*_COUNTS, "floor"))
    parser.add_argument("--students", type=int, help="default: 200, for Keras 60")
    parser.add_argument("--seed", type=int, default=0, help="makes the class")
    parser.add_argument("--keep", type=Path, help="a new folder for the class and its grades")
    options = parser.parse_args()
    print(f"{default_workers()} processors, Python {sys.version.split()[0]}\n", flush=True)
    if options.part == "floor":
        floor()
        return
    students = options.students or _COUNTS[options.part]
    with tempfile.TemporaryDirectory(prefix="class-") as folder:
        folder = options.keep or Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        unfair = grade_class(options.part, students, options.seed, folder)
    if unfair:
        sys.exit(f"{len(unfair)} students did not get what they deserve")


def grade_class(part: str, count: int, seed: int, folder: Path) -> list[str]:
    """Makes a class, has the command grade it, and reports; returns who was treated unfairly.

    Args:
        part: "numpy", "keras" or "mixed".
        count: how many students.
        seed: makes the class.
        folder: an empty folder to work in.
    """
    master, masters = _master(part, folder)
    cases = run_master(master)
    _run("release", master.name, "--out", folder / "released", "--masters", masters)
    students = classroom.make_class(
        master,
        cases,
        folder / "released" / f"{master.name}.ipynb",
        count=count,
        shares=classroom.REAL if part == "mixed" else classroom.HONEST,
        seed=seed,
    )
    classroom.write_class(students, folder / "submitted")
    due = classroom.DUE.isoformat()
    started = time.time()
    said = _run(
        *("grade", folder / "submitted", "--out", folder / "grades"),
        *("--masters", masters, "--due", due),
    )
    seconds = time.time() - started
    (folder / "grade.txt").write_text(said, encoding="utf-8")
    results = [path.stat().st_mtime for path in (folder / "grades" / "results").rglob("*.json")]
    times = np.sort(results) - started
    unfair = classroom.unfair_marks(students, folder / "grades" / "grades.csv")
    _report(part, students, len(master.questions), seconds, times, unfair)
    return unfair


def _master(part: str, folder: Path) -> tuple[Master, Path]:
    """Returns the master, and the folder it is in."""
    if part != "numpy":
        name = _KERAS if part == "keras" else _NUMPY
        return read_master(MASTERS / f"{name}.ipynb"), MASTERS
    whole = read_master(MASTERS / f"{_NUMPY}.ipynb")
    path = folder / "masters" / f"{_TWO}.ipynb"
    path.parent.mkdir()
    path.write_text(classroom.first_questions(whole, 2, "two questions"), encoding="utf-8")
    return read_master(path), path.parent


def _run(*words: object) -> str:
    """Runs a verb of `dl-course assignment`, as a process of its own; returns what it printed."""
    command = [sys.executable, "-m", "dl_course", "assignment", *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def _report(
    part: str,
    students: list[classroom.Student],
    questions: int,
    seconds: float,
    times: np.ndarray,
    unfair: list[str],
) -> None:
    """Prints the tables and draws the picture."""
    count, aim = len(students), _AIMS.get((part, len(students)))
    print_table(
        ("class", "submissions", "questions", "seconds", "each", "aim", "ok"),
        [
            (
                part,
                str(count),
                str(questions),
                f"{seconds:.1f}",
                f"{seconds / count:.3f}",
                f"{aim:.0f}" if aim else "",
                ("yes" if seconds <= aim else "NO") if aim else "",
            )
        ],
    )
    phases = {
        "to the first result (start, warm up)": times[0],
        "first to last result": times[-1] - times[0],
        "pages, tables, similarity": seconds - times[-1],
    }
    print_table(("time goes to", "seconds"), [(k, f"{v:.1f}") for k, v in phases.items()])
    kinds = Counter(student.kind for student in students)
    print_table(("who", "students"), [(kind, str(n)) for kind, n in sorted(kinds.items())])
    late = sum(student.is_late for student in students)
    print(f"late: {late}; students whose mark differs from what they deserve: {len(unfair)}")
    for complaint in unfair[:20]:
        print(f"  {complaint}")
    _draw(part, seconds, times, aim)


def _draw(part: str, seconds: float, times: np.ndarray, aim: float | None) -> None:
    """Draws how many were graded over time, and what came before and after."""
    from matplotlib.figure import Figure

    from dl_course.plots import save_figure

    figure = Figure(figsize=(6.3, 3.6), layout="constrained")
    ax = figure.add_subplot()
    ax.step(times, np.arange(1, len(times) + 1), where="post")
    ax.axvspan(0, times[0], color="0.9", label="start and warm up")
    ax.axvspan(times[-1], seconds, color="0.75", label="pages, tables, similarity")
    if aim:
        ax.axvline(aim, color="C1", linestyle="--", label=f"aim: {aim:.0f} s")
    ax.set(
        title=f"Grading {len(times)} submissions ({part})",
        xlabel="time (seconds)",
        ylabel="submissions graded",
        xlim=(0, None),
        ylim=(0, None),
    )
    ax.legend()
    name = f"grading_{part}.png"
    save_figure(figure, name)
    print(f"{name}: the same over time")


def floor(rounds: int = 5) -> None:
    """Prints what a submission costs with and without a warm process, and without a sandbox."""
    rows = []
    for what, name in (("NumPy", _NUMPY), ("Keras", _KERAS)):
        master = read_master(MASTERS / f"{name}.ipynb")
        keras = master.uses_keras
        asked = list(questions_of(master).values())
        setup = next(text for text in master.cells if text.get("id") == "setup")["source"]
        texts = ["".join(setup), *map(solution_of, master.questions)]
        cells = list(enumerate(texts, 1))
        with (
            Sandbox(Limits(), keras=keras) as warm,
            Sandbox(Limits(), keras=keras, isolated=False) as bare,
        ):

            def fresh(cells=cells, asked=asked, keras=keras):
                with Sandbox(Limits(), keras=keras) as sandbox:
                    mark(cells, asked, sandbox)

            ways = {
                "warm": lambda cells=cells, asked=asked, warm=warm: mark(cells, asked, warm),
                "fresh": fresh,
                "bare": lambda cells=cells, asked=asked, bare=bare: mark(cells, asked, bare),
            }
            seconds = _in_turn(ways, rounds)
        rows += [
            _ratio(f"{what}: new sandbox for each / fork of a warm one", seconds, "fresh", "warm"),
            _ratio(f"{what}: sandbox / without it, both warm", seconds, "warm", "bare"),
        ]
    print_table(("seconds for a submission", "first", "second", "ratio", "range"), rows)


def _in_turn(ways: dict[str, Callable], rounds: int) -> dict[str, list[float]]:
    """Times each way once a round, since the speed of a shared machine drifts."""
    seconds = {name: [] for name in ways}
    for _ in range(rounds + 1):
        for name, way in ways.items():
            time.sleep(0.3)  # what the way before left behind is cleaned up by the system
            start = time.perf_counter()
            way()
            seconds[name].append(time.perf_counter() - start)
    return {name: values[1:] for name, values in seconds.items()}  # the first round warms up


def _ratio(what: str, seconds: dict[str, list[float]], a: str, b: str) -> tuple[str, ...]:
    ratios = [x / y for x, y in zip(seconds[a], seconds[b], strict=True)]
    medians = (f"{statistics.median(seconds[name]):.3f}" for name in (a, b))
    spread = f"{min(ratios):.2f} to {max(ratios):.2f}"
    return (what, *medians, f"{statistics.median(ratios):.2f}", spread)


if __name__ == "__main__":
    main()
