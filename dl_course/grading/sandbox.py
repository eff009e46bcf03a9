"""The sandbox: bubblewrap around a warm process, from which each submission is forked.

What is inside: the Python installation, the packages and this package, read-only; a temporary disk
of limited size; no network, no home, no environment, no other process, no master assignment.
"""

import contextlib
import itertools
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import dl_course
from dl_course.errors import CourseError
from dl_course.grading import wire
from dl_course.grading.runner import STATUS
from dl_course.grading.syscalls import system_call_filter

# A model's answers must not depend on whose machine computes them. Without oneDNN, whose choice of
# kernels takes longer than tiny models run, a class is graded faster, too.
KERAS_SETTINGS = {
    "KERAS_BACKEND": "tensorflow",
    "CUDA_VISIBLE_DEVICES": "-1",
    "TF_ENABLE_ONEDNN_OPTS": "0",
}
_START_SECONDS = 180.0
# Of the range that systemd lends to services for a while: no file belongs to any of them.
_FIRST_USER, _USERS = 61184, 4096
_MODULES = ("numpy", "matplotlib.pyplot", "IPython.core.inputtransformer2", "dl_course.assignments")
_KERAS_MODULES = (*_MODULES, "keras", "dl_course.backend")
_counter = itertools.count()


@dataclass(frozen=True)
class Limits:
    """What one submission may use.

    Attributes:
        seconds: wall time of all cells together, and again of each question.
        memory_mb: memory beyond what Python and the packages take, MiB.
        disk_mb: of the temporary disk, MiB.
    """

    seconds: float = 10.0
    memory_mb: int = 1024
    disk_mb: int = 64


def find_bubblewrap() -> str:
    """Returns the path of bubblewrap's program.

    Raises:
        CourseError: if it is not installed.
    """
    program = shutil.which("bwrap")
    if program is None:
        raise CourseError(
            "bubblewrap: not found; students' code runs inside of it. Install it: "
            "sudo apt install bubblewrap (Debian, Ubuntu) or sudo dnf install bubblewrap."
        )
    return program


def visible_folders() -> list[Path]:
    """Returns the folders of this machine that a submission can read."""
    package = Path(dl_course.__file__).parent
    folders = [Path("/usr"), Path(sys.base_prefix), Path(sys.prefix), package]
    return list(dict.fromkeys(Path(os.path.abspath(folder)) for folder in folders))


class Sandbox:
    """A warm process to fork submissions from, started anew whenever one left a trace.

    Args:
        limits: what each submission may use.
        keras: whether to have Keras ready; it takes some seconds and 700 MB.
        isolated: False runs the same without bubblewrap, for a teacher who asked for it.

    Raises:
        CourseError: if the sandbox cannot be made on this machine.

    Example:
        >>> with Sandbox(Limits(), isolated=False) as sandbox:
        ...     job = sandbox.open()
        ...     job.close()
        ...     _ = sandbox.clear()
    """

    def __init__(self, limits: Limits, *, keras: bool = False, isolated: bool = True):
        """Keeps what `start` needs."""
        self.limits = limits
        self.keras = keras
        self.isolated = isolated
        self._number = next(_counter)
        self._user = _unused_user(self._number) if isolated and os.geteuid() == 0 else None
        self._process: subprocess.Popen | None = None
        self._control: socket.socket | None = None

    def __enter__(self) -> "Sandbox":
        """Starts the warm process."""
        self.start()
        return self

    def __exit__(self, *exception) -> None:
        """Ends it."""
        self.stop()

    def start(self) -> None:
        """Starts the warm process and waits until it is warm."""
        ours, theirs = socket.socketpair()
        with tempfile.TemporaryFile() as complaints, theirs:
            self._process = subprocess.Popen(
                self._command(theirs.fileno()),
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=complaints,
                start_new_session=True,
                env=_environment(),
            )
            theirs.close()
            self._control = ours
            ours.settimeout(_START_SECONDS)
            try:
                is_warm = ours.recv(1) == b"w"
            except OSError:
                is_warm = False
            if not is_warm:
                self.stop()
                complaints.seek(0)
                lines = complaints.read().decode(errors="replace").strip().splitlines()
                reason = lines[-1][:300] if lines else "no reason given"
                raise CourseError(f"The sandbox does not start here: {reason}.")

    def open(self) -> socket.socket:
        """Returns a connection to a new fork of the warm process, which has run nothing yet."""
        if self._process is None:
            self.start()
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                self._control.settimeout(_START_SECONDS)
                socket.send_fds(self._control, [b"f"], [theirs.fileno()])
            except OSError:
                ours.close()
                self.stop()
                raise wire.Closed from None
        return ours

    def clear(self) -> int | None:
        """Ends the fork, whatever it does; returns its exit status, as `os.waitpid` gives it.

        A fork that wrote to the disk spoils the sandbox: the next one gets a new one.
        """
        try:
            self._control.settimeout(_START_SECONDS)
            self._control.sendall(b"e")
            is_clean, status = STATUS.unpack(self._control.recv(STATUS.size))
        except (OSError, ValueError, AttributeError):
            self.stop()
            return None
        except Exception:
            self.stop()
            raise
        if not is_clean:
            self.stop()
        return status

    def stop(self) -> None:
        """Ends the warm process and everything in its sandbox."""
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            self._process.wait()
        self._process = self._control = None

    def _command(self, control: int) -> list[str]:
        options = {
            "control": control,
            "user": self._user,
            "processor": self._processor() if self.keras else None,
            "isolated": self.isolated,
            "modules": _KERAS_MODULES if self.keras else _MODULES,
            "memory": self.limits.memory_mb * 2**20,
            "disk": self.limits.disk_mb * 2**20,
            "cpu_seconds": int(20 * self.limits.seconds) + 10,
            "tasks": 64 if self.isolated else 4096,
            "filter": system_call_filter(threads=self.keras).hex(),
        }
        program = os.path.abspath(sys.executable)  # it may have been called by way of `..`
        run = [program, "-I", "-m", "dl_course.grading.runner", json.dumps(options)]
        return [*self._bubblewrap(), *run] if self.isolated else run

    def _processor(self) -> int | None:
        """Returns the processor for submissions that may have threads.

        The threads of one then cannot take the time of those that run side by side with it.
        """
        if not hasattr(os, "sched_getaffinity"):
            return None
        processors = sorted(os.sched_getaffinity(0))
        return processors[self._number % len(processors)]

    def _bubblewrap(self) -> list[str]:
        command = [
            find_bubblewrap(),
            "--die-with-parent",
            "--as-pid-1",
            "--new-session",
            "--clearenv",
        ]
        command += ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts"]
        command += ["--unshare-cgroup-try", "--hostname", "sandbox"]
        if self._user is None:
            command += ["--unshare-user"]
        else:
            # Started by root: the warm process becomes a user that owns nothing, before it imports
            # anything. Of a mere name in a namespace, the kernel would not count the tasks.
            command += ["--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
        for name, value in _environment().items():
            command += ["--setenv", name, value]
        command += ["--proc", "/proc", "--dev", "/dev"]
        size = str(self.limits.disk_mb * 2**20)
        command += ["--size", size, "--perms", "1777", "--tmpfs", "/tmp"]
        for link in ("/bin", "/lib", "/lib64", "/lib32", "/sbin"):
            if os.path.islink(link):
                command += ["--symlink", os.readlink(link), link]
            else:
                command += ["--ro-bind-try", link, link]
        return [*command, *_shown(visible_folders()), "--chdir", "/tmp", "--"]


def _shown(folders: list[Path]) -> list[str]:
    """Returns the options that show folders, read-only as all but the disk in /tmp.

    A way to a folder that leads through /tmp would be a part of the disk: it is made a place of
    its own, so that it can neither be written to nor taken for what a submission left there.
    """
    ways = {f"/tmp/{f.parts[2]}" for f in folders if f.is_relative_to("/tmp") and len(f.parts) > 3}
    command = []
    for way in ways:
        command += ["--perms", "0755", "--tmpfs", way]
    for folder in folders:
        for parent in reversed(folder.parents[:-1]):
            command += ["--perms", "0755", "--dir", str(parent)]
        command += ["--ro-bind", str(folder), str(folder)]
    for place in (*ways, "/dev", "/"):
        command += ["--remount-ro", place]
    return command


def _unused_user(number: int) -> int:
    """Returns a user of this sandbox's own, since the kernel counts a user's tasks together."""
    return _FIRST_USER + (16 * os.getpid() + number) % _USERS


def _environment() -> dict[str, str]:
    """Returns all that a submission's environment holds."""
    one = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    one += ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")
    return {
        **dict.fromkeys(one, "1"),
        "PATH": "/usr/bin:/bin",
        "HOME": "/tmp",
        "LANG": "C.UTF-8",
        "MPLBACKEND": "agg",
        "MPLCONFIGDIR": "/tmp/matplotlib",
        **KERAS_SETTINGS,
        "KERAS_HOME": "/tmp/keras",
    }
