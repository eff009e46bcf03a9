"""Every notebook in a fresh kernel, its seconds beside its budget.

python -m benchmarks.notebooks              # all of them
python -m benchmarks.notebooks 00 07_image  # those whose names begin so

The notebooks on disk stay as they are. Exit code 1 when one fails or takes longer than its
budget, 2 for a name that no notebook has.
"""

import argparse
import re
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

NOTEBOOKS = Path(__file__).parent.parent / "notebooks"
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


class _Client(NotebookClient):
    """A client that leaves sliders alone.

    nbclient answers a widget's messages while its cell still runs. With ipykernel 7 the kernel
    then now and then sleeps over the next cell, for ever. Nobody moves a slider here.
    """

    def handle_comm_msg(self, outs, msg, cell_index):
        """Does nothing."""


@dataclass(frozen=True)
class Outcome:
    """What one execution gave.

    Attributes:
        name: the notebook's file name without its ending.
        seconds: wall time, the kernel's start included.
        budget: the seconds that the notebook promises.
        failure: what went wrong, for a reader; empty when nothing did.
        notebook: the executed copy, with its outputs.
    """

    name: str
    seconds: float
    budget: float
    failure: str
    notebook: nbformat.NotebookNode

    @property
    def ok(self) -> bool:
        """Whether it ran through within its budget."""
        return not self.failure and self.seconds <= self.budget


def execute(path: Path) -> Outcome:
    """Runs a notebook from top to bottom in a kernel of its own, in its own folder.

    Args:
        path: the notebook; it is read only.

    Returns:
        The `Outcome`. A cell that runs for ten times the budget, and a minute, counts as failed.
    """
    notebook = nbformat.read(path, as_version=4)
    budget = float(notebook.metadata.get("dl_course", {}).get("budget_seconds", 120))
    client = _Client(
        notebook,
        timeout=int(max(60, 10 * budget)),
        kernel_name="python3",
        # Its remarks on transport are of no use to a reader of the table.
        extra_arguments=["--log-level=ERROR"],
        resources={"metadata": {"path": str(path.parent)}},
    )
    failure = ""
    start = time.perf_counter()
    try:
        client.execute()
    except CellExecutionError as error:
        failure = f"{_failing_cell(notebook)}\n{error.ename}: {error.evalue}"
    except (CellTimeoutError, DeadKernelError) as error:
        failure = f"{_failing_cell(notebook)}\n{str(error).splitlines()[0]}"
    return Outcome(path.stem, time.perf_counter() - start, budget, failure, notebook)


def _failing_cell(notebook: nbformat.NotebookNode) -> str:
    """Returns the source of the cell that ended an execution, and where in it if that is known."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
    # An unfinished cell has no count, or an error as its last output.
    broken = next(
        (
            (number, cell)
            for number, cell in enumerate(code, start=1)
            if cell.execution_count is None or any(o.output_type == "error" for o in cell.outputs)
        ),
        (len(code), code[-1]),
    )
    number, cell = broken
    lines = [f"in code cell {number} of {len(code)}:"]
    lines += [f"    {line}" for line in cell.source.splitlines()]
    for output in cell.outputs:
        if output.output_type == "error":
            trace = _COLOURS.sub("", "\n".join(output.traceback)).splitlines()
            lines += [f"    {line}" for line in trace if line.startswith("---->")]
    return "\n".join(lines)


def report(outcomes: Sequence[Outcome]) -> str:
    """Returns the table of seconds against budgets.

    Args:
        outcomes: one per notebook.

    Returns:
        A line per notebook: name, seconds, budget, and ok, slow or failed.
    """
    width = max(len("notebook"), *(len(outcome.name) for outcome in outcomes))
    lines = [f"{'notebook':{width}}  seconds  budget  ok"]
    for outcome in outcomes:
        word = "failed" if outcome.failure else "yes" if outcome.ok else "too slow"
        lines.append(
            f"{outcome.name:{width}}  {outcome.seconds:7.1f}  {outcome.budget:6.0f}  {word}"
        )
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None, folder: Path = NOTEBOOKS) -> int:
    """Executes the notebooks of a folder and prints the table.

    Args:
        arguments: beginnings of names; none of them stands for every notebook.
        folder: where the notebooks are.

    Returns:
        The exit code: 0, or 1 when a notebook failed or was too slow, or 2 for an unknown name.
    """
    parser = argparse.ArgumentParser(prog="python -m benchmarks.notebooks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="beginning of a notebook's name")
    names = parser.parse_args(arguments).names
    paths = sorted(folder.glob("*.ipynb"))
    for name in names:
        if not any(path.stem.startswith(name) for path in paths):
            known = ", ".join(path.stem for path in paths)
            print(f"`NAME` must begin a notebook's name: {known}. Received: {name!r}.")
            return 2
    chosen = [path for path in paths if not names or path.stem.startswith(tuple(names))]
    outcomes = []
    for path in chosen:
        print(f"running {path.stem} ...", file=sys.stderr, flush=True)
        outcomes.append(execute(path))
    for outcome in outcomes:
        if outcome.failure:
            print(f"\n{outcome.name} failed {outcome.failure}\n")
    print(report(outcomes))
    return 0 if all(outcome.ok for outcome in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
