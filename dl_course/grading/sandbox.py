"""The sandbox: bubblewrap around a warm process, from which each submission is forked.

Inside are the Python installation, the packages and this package, read-only, and a temporary disk
of limited size; no network, no home, no environment, no other process, no master assignment.
"""

import contextlib
import importlib
import itertools
import json
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import dl_course
from dl_course.errors import CourseError
from dl_course.files import notebooks_folder
from dl_course.grading import wire
from dl_course.grading.syscalls import system_call_filter

# A model's answers must not depend on whose machine computes them. Grading is also faster without
# oneDNN, which takes longer to choose its kernels than tiny models run.
KERAS_SETTINGS = {
    "KERAS_BACKEND": "tensorflow",
    "CUDA_VISIBLE_DEVICES": "-1",
    "TF_ENABLE_ONEDNN_OPTS": "0",
}
_START_SECONDS = 180.0
# From the range that systemd lends to services for a while: none of them owns a file.
_FIRST_USER, _USERS = 61184, 4096
_MODULES = ("numpy", "matplotlib.pyplot", "IPython.core.inputtransformer2", "dl_course.assignments")
_KERAS_MODULES = (*_MODULES, "keras", "dl_course.backend")
_counter = itertools.count()

_START = (
    "import runpy, sys; sys.path.append(sys.argv.pop(1)); "
    "runpy.run_module('dl_course.grading.runner', run_name='__main__', alter_sys=True)"
)


@dataclass(frozen=True)
class Limits:
    """What one submission may use.

    Attributes:
        seconds: wall time of all cells together, and again of each question.
        memory_mb: memory beyond what Python and the packages take, MiB.
        disk_mb: of the temporary disk, MiB.

    Example:
        >>> Limits(seconds=60.0)
        Limits(seconds=60.0, memory_mb=1024, disk_mb=64)
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
            "bubblewrap: not found; students' code runs inside it. Install it: "
            "sudo apt install bubblewrap (Debian, Ubuntu) or sudo dnf install bubblewrap. Or pass "
            "--without-sandbox: then their code can read and change everything that you can."
        )
    return program


def check_sandbox(*paths: Path) -> None:
    """Raises without bubblewrap, or if submissions could read one of these paths.

    Raises:
        CourseError: what is missing, or where the path lies.
    """
    find_bubblewrap()
    hidden = [folder.resolve() for folder in hidden_folders()]
    for path in map(Path.resolve, paths):
        if any(path.is_relative_to(folder) for folder in hidden):
            continue
        for folder in visible_folders():
            if path.is_relative_to(folder.resolve()):
                raise CourseError(
                    f"{path}: lies in {folder}, which submissions can read. Move it elsewhere."
                )


def prepare_keras() -> None:
    """Starts Keras in this process as the sandbox does, so that both compute the same answers.

    Example:
        >>> KERAS_SETTINGS["CUDA_VISIBLE_DEVICES"]  # as in the sandbox, no GPU
        '-1'
    """
    os.environ.update(KERAS_SETTINGS)
    importlib.import_module("dl_course.backend")  # silences TensorFlow's messages at start-up


def visible_folders() -> list[Path]:
    """Returns the folders of this machine that a submission can read."""
    package = Path(dl_course.__file__).parent
    folders = [Path("/usr"), Path(sys.base_prefix), Path(sys.prefix), package]
    return list(dict.fromkeys(Path(os.path.abspath(folder)) for folder in folders))


def hidden_folders() -> list[Path]:
    """Returns the folders within the visible ones that a submission must not read.

    When the course is installed from a wheel, the masters and their solutions lie in its package.
    """
    notebooks = Path(os.path.abspath(notebooks_folder()))
    return [notebooks] if any(map(notebooks.is_relative_to, visible_folders())) else []


class Sandbox:
    """A warm process to fork submissions from, replaced whenever one has left a trace.

    Args:
        limits: what each submission may use.
        keras: whether to have Keras ready; it takes some seconds and 700 MB.
        isolated: False does the same without bubblewrap, for a teacher who asks for it.

    Raises:
        CourseError: if the sandbox cannot be made on this machine.

    Example:
        >>> with Sandbox(Limits(), isolated=False) as sandbox:
        ...     job = sandbox.open()
        ...     job.close()
        ...     os.WIFSIGNALED(sandbox.clear())
        True
    """

    def __init__(self, limits: Limits, *, keras: bool = False, isolated: bool = True):
        self.limits = limits
        self.keras = keras
        self.isolated = isolated
        self._number = next(_counter)
        self._user = _unused_user(self._number) if isolated and os.geteuid() == 0 else None
        self._process: subprocess.Popen | None = None
        self._control: socket.socket | None = None

    def __enter__(self) -> "Sandbox":
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()

    def start(self) -> socket.socket:
        """Starts the warm process, waits until it is warm, and returns the connection to it."""
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
            return ours

    def open(self) -> socket.socket:
        """Returns a connection to a new fork of the warm process, which has run nothing yet."""
        control = self._control or self.start()
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                control.settimeout(_START_SECONDS)
                socket.send_fds(control, [b"f"], [theirs.fileno()])
            except OSError:
                ours.close()
                self.stop()
                raise wire.Closed from None
        return ours

    def clear(self) -> int | None:
        """Ends the fork, whatever it does; returns its exit status as `os.waitpid` gives it.

        The status is None if the sandbox itself has failed. After a fork that wrote to the disk,
        the next one gets a new sandbox.
        """
        if self._control is None:
            return None
        try:
            self._control.settimeout(_START_SECONDS)
            self._control.sendall(b"e")
            is_clean, status = wire.STATUS.unpack(self._control.recv(wire.STATUS.size))
        except (OSError, struct.error):  # it has ended
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
        program = os.path.abspath(sys.executable)  # its path may contain `..`
        # The course that runs inside is the one that runs here, wherever it lies.
        course = os.path.abspath(Path(dl_course.__file__).parent.parent)
        run = [program, "-I", "-c", _START, course, json.dumps(options)]
        return [*self._bubblewrap(), *run] if self.isolated else run

    def _processor(self) -> int | None:
        """Returns the processor for submissions that may have threads.

        This way the threads of one cannot take the time of those that run beside it.
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
            # anything. The kernel would not count the tasks of a user in a namespace of its own.
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
        return [*command, *_mounts(visible_folders()), "--chdir", "/tmp", "--"]


def _mounts(folders: list[Path]) -> list[str]:
    """Returns bubblewrap's options that show folders, read-only like all but the disk in /tmp.

    The way to a folder below /tmp would be part of the disk: it gets a file system of its own, so
    that it can neither be written to nor mistaken for something that a submission left there.
    """
    ways = {f"/tmp/{f.parts[2]}" for f in folders if f.is_relative_to("/tmp") and len(f.parts) > 3}
    command = []
    for way in ways:
        command += ["--perms", "0755", "--tmpfs", way]
    for folder in folders:
        for parent in reversed(folder.parents[:-1]):
            command += ["--perms", "0755", "--dir", str(parent)]
        command += ["--ro-bind", str(folder), str(folder)]
    hidden = list(map(str, hidden_folders()))
    for folder in hidden:
        command += ["--perms", "0755", "--tmpfs", folder]
    for place in (*ways, *hidden, "/dev", "/"):
        command += ["--remount-ro", place]
    return command


def _unused_user(number: int) -> int:
    """Returns a user for this sandbox alone, since the kernel counts tasks per user."""
    return _FIRST_USER + (16 * os.getpid() + number) % _USERS


def _environment() -> dict[str, str]:
    """Returns everything in a submission's environment."""
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
