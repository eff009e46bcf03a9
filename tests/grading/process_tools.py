"""Who runs below whom, and who has ended."""

import os
import time
from pathlib import Path


def processes_below(root):
    """Returns the ids of the processes that descend from one."""
    parents = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            text = Path(f"/proc/{name}/stat").read_text()
        except OSError:
            continue
        parents[int(name)] = int(text.rpartition(")")[2].split()[1])
    found = {root}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {root}


def gone(processes, seconds=3.0):
    """Waits until processes have ended; a zombie has."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if not any(map(is_alive, processes)):
            return True
        time.sleep(0.02)
    return False


def is_alive(process):
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
