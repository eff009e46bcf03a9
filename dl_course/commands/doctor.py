"""`dl-course doctor`: what this machine has, what is missing, and the command that fixes it."""

import shutil
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from dl_course import datasets
from dl_course.commands.data import find

if TYPE_CHECKING:
    from rich.table import Table

_GIB = 2**30
_FREE_DISK = 2.0
_FREE_MEMORY = 2.0


def doctor_table() -> "Table":
    """Returns a table of what was checked, what was found, and what to do about it.

    Example:
        >>> doctor_table().columns[0].header
        'Checked'
    """
    from dl_course.commands.table import FittingTable

    table = FittingTable("Checked", "Found", "To do", yielding=(1, 2))
    for row in (*_software(), *_machine(), *_data()):
        table.add_row(*row)
    return table


def _software() -> list[tuple[str, str, str]]:
    from dl_course import __version__
    from dl_course.backend import device, versions

    rows = [("dl_course", __version__, "")]
    rows += [(name, version, "") for name, version in versions().items()]
    try:
        rows.append(("jupyterlab", metadata.version("jupyterlab"), ""))
    except metadata.PackageNotFoundError:
        rows.append(("jupyterlab", "missing", "pip install jupyterlab ipywidgets"))
    found = device()
    precision = "bfloat16 in hardware" if found.bfloat16 else "float32"
    rows.append(("device", f"{found.count} x {found.name} ({found.kind})", ""))
    rows.append(("precision of the fast recipe", precision, ""))
    return rows


def _machine() -> list[tuple[str, str, str]]:
    disk = shutil.disk_usage(".").free / _GIB
    rows = [
        (
            "free disk here",
            f"{disk:.1f} GiB",
            "" if disk >= _FREE_DISK else f"free {_FREE_DISK:.0f} GiB for data and runs",
        )
    ]
    memory = _available_memory()
    if memory is not None:
        to_do = "" if memory >= _FREE_MEMORY else "close other programs"
        rows.append(("available memory", f"{memory:.1f} GiB", to_do))
    # Only a teacher who grades needs it.
    sandbox = shutil.which("bwrap")
    to_do = "" if sandbox else "to grade assignments: sudo apt install bubblewrap"
    rows.append(("bubblewrap, for grading", sandbox or "missing", to_do))
    return rows


def _available_memory() -> float | None:
    """Returns the GiB that a new program could use; None where the system does not say."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:  # not Linux
        return None
    # Free memory plus what the system would give back; a healthy machine has little free memory.
    kib = [line.split()[1] for line in lines if line.startswith("MemAvailable:")]
    return int(kib[0]) / 2**20 if kib else None


def _data() -> list[tuple[str, str, str]]:
    return [(f"data set {name}", *find(name)) for name in datasets.names()]
