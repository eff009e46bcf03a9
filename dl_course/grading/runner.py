"""Runs inside the sandbox: one warm process, and a fork of it for every submission.

The warm process (process 1 of the sandbox) imports what notebooks import, once, and never runs a
line of theirs. A fork of it gives up what it does not need, runs the cells, and then answers
calls: a function's name and inputs come in, plain arrays go out. Nothing here is secret from the
submission, and the grader believes nothing that a submission could change in its own process.
"""

import contextlib
import copy
import ctypes
import gc
import importlib
import json
import os
import resource
import select
import shutil
import signal
import socket
import struct
import sys
import traceback
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from dl_course.assignments.masters import AnswerError, PackingError, answers, pack, unpack
from dl_course.grading import wire
from dl_course.grading.wire import Cause, Kind

REQUEST_LIMIT = 2**28  # bytes of one message from the grader, who is trusted
_DISK = "/tmp"
_MOST_FILES, _GLANCE = 10_000, 0.05  # on the disk; seconds between two looks at it
_PR_SET_DUMPABLE, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 4, 22, 38
_SECCOMP_MODE_FILTER = 2
_libc = ctypes.CDLL(None, use_errno=True)


def main(arguments: list[str]) -> None:
    """Warms up, then forks once per message on the control socket, until it is closed."""
    options = json.loads(arguments[0])
    control = socket.socket(fileno=options["control"])
    if options["user"] is not None:
        os.setgroups([])
        os.setresgid(*[options["user"]] * 3)
        os.setresuid(*[options["user"]] * 3)
    for name in options["modules"]:
        importlib.import_module(name)
    if options["isolated"]:
        # Forks are of the same user: now they can neither read nor trace it, nor see its files.
        _prctl(_PR_SET_DUMPABLE, 0)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        _empty(_DISK)
    gc.collect()
    gc.freeze()
    base = _size_now()
    changed = os.stat(_DISK).st_ctime_ns
    control.sendall(b"w")
    while True:
        message, handles, _, _ = socket.recv_fds(control, 1, 1)
        if not message:
            return
        child = os.fork()
        if child == 0:
            _serve(socket.socket(fileno=handles[0]), options, base)
        os.close(handles[0])
        _wait(control, child, options["isolated"])
        status = _end(child, options["isolated"])
        # A file that was made and removed has changed the folder too: even its date could tell
        # the next submission something.
        is_clean = not options["isolated"] or os.stat(_DISK).st_ctime_ns == changed
        control.sendall(wire.STATUS.pack(is_clean, status))


def _wait(control: socket.socket, child: int, isolated: bool) -> None:
    """Waits until the grader has all it wants, or has waited long enough.

    Meanwhile it ends a fork that floods the disk with empty files, which take the kernel's memory
    and count towards no limit.
    """
    while not select.select([control], [], [], _GLANCE)[0]:
        disk = os.statvfs(_DISK)
        if isolated and disk.f_files - disk.f_ffree > _MOST_FILES:
            os.kill(child, signal.SIGKILL)
    control.recv(1)


def _end(child: int, isolated: bool) -> int:
    """Ends a fork, and in a sandbox every process but this one; returns how it had ended."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(-1 if isolated else child, signal.SIGKILL)
    return os.waitpid(child, 0)[1]


def _empty(folder: str) -> None:
    """Removes what the imports left on the disk: anything there later is a submission's."""
    for entry in os.scandir(folder):
        if os.path.ismount(entry):  # leads to a course that is installed below /tmp
            continue
        if entry.is_dir(follow_symlinks=False):
            shutil.rmtree(entry)
        else:
            os.unlink(entry)


def _size_now() -> int:
    """Returns the bytes of this process's address space."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")


def _prctl(option: int, *values: object) -> None:
    if _libc.prctl(option, *values, *[0] * (4 - len(values))):
        raise OSError(ctypes.get_errno(), "prctl")


def _serve(job: socket.socket, options: dict, base: int) -> None:
    """Is one submission's process, from its fork to its end."""
    try:
        _confine(job, options, base)
        _Submission(job).run()
    except wire.WireError:
        pass
    finally:
        os._exit(0)


def _confine(job: socket.socket, options: dict, base: int) -> None:
    """Gives up, for good, what a submission does not need."""
    null = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(null, stream)  # what it prints goes nowhere
    for handle in map(int, os.listdir("/proc/self/fd")):
        if handle > 2 and handle != job.fileno():
            with contextlib.suppress(OSError):
                os.close(handle)
    memory = base + options["memory"]
    for name, limit in {
        "AS": memory,
        "CPU": options["cpu_seconds"],
        "FSIZE": options["disk"],
        "NOFILE": 64,
        "NPROC": options["tasks"],
        "CORE": 1,  # 0 would still give a dump to the program that some systems pipe it to
        "MEMLOCK": 0,
        "MSGQUEUE": 0,
    }.items():
        resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (limit, limit))
    if options["processor"] is not None:
        os.sched_setaffinity(0, {options["processor"]})
    program = bytes.fromhex(options["filter"])
    buffer = ctypes.create_string_buffer(program)
    # struct sock_fprog: how many instructions of 8 bytes, and where they are.
    pointer = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(buffer))
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    _prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.create_string_buffer(pointer))


class _Shell:
    """Stands in for IPython's shell: magics whose code would define names run that code.

    All others are accepted and do nothing.
    """

    def __init__(self, execute: Callable[[str], None]):
        self._execute = execute

    def run_cell_magic(self, name: str, line: str, body: str) -> None:
        if name in ("time", "capture"):
            self._execute(body)

    def run_line_magic(self, name: str, line: str, _stack_depth: int = 1) -> None:
        if name == "time":
            self._execute(line)

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *args, **kwargs: None


class _Submission:
    """The cells' namespace, and the calls into it."""

    def __init__(self, job: socket.socket):
        from IPython.core.inputtransformer2 import TransformerManager

        self.job = job
        self.transform = TransformerManager().transform_cell
        module = types.ModuleType("__main__")
        sys.modules["__main__"] = module
        self.namespace = vars(module)
        self.index = 0  # of the cell that runs
        shell = _Shell(self._execute)
        self.namespace |= {"get_ipython": lambda: shell, "display": lambda *a, **k: None}

    def run(self) -> None:
        """Runs the cells, then answers calls until the grader closes the connection."""
        cells = self._receive()
        _silence_checks()
        errors = []
        for index, source in cells:
            wire.send(self.job, Kind.CELL, pack(index))
            self.index = index
            try:
                self._execute(source)
            except BaseException as error:  # SystemExit too: it costs this cell only
                errors.append([index, *_described(error)])
        wire.send(self.job, Kind.READY, pack(errors))
        while True:
            self._answer(**self._receive())

    def _receive(self) -> Any:
        """Returns what the grader sends, which is trusted."""
        return unpack(wire.receive(self.job, REQUEST_LIMIT)[1])

    def _execute(self, source: str) -> None:
        exec(compile(self.transform(source), f"<cell {self.index}>", "exec"), self.namespace)

    def _answer(
        self,
        number: int,
        function: str,
        args: tuple,
        kwargs: dict,
        on: np.ndarray | None,
        layers: bool,
    ) -> None:
        """Calls a function and sends what it returns, or why it returned nothing."""
        called = self.namespace.get(function)
        if not callable(called):
            wire.send(self.job, Kind.NO_FUNCTION, pack([number, None]))
            return
        try:
            # The arrays that came in are read-only, their copies are not.
            returned = called(*copy.deepcopy(args), **copy.deepcopy(kwargs))
            reply = Kind.VALUE, pack([number, answers(returned, on, layers)])
        except (AnswerError, PackingError) as error:
            reply = Kind.UNUSABLE, pack([number, str(error)[:500]])
        except BaseException as error:
            reply = Kind.RAISED, pack([number, _described(error)])
        wire.send(self.job, *reply)


def _silence_checks() -> None:
    """Makes a notebook's own checks do nothing: here they would take the questions' time."""
    import dl_course.assignments

    vars(dl_course.assignments).update(
        checker=lambda packed: lambda question: None, check=lambda question, answer=None: None
    )


def _described(error: BaseException) -> list[str]:
    """Returns an error's cause, and its text on one line with the line of the notebook."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if frame.filename.startswith("<cell ")]
    place = f" in line {own[-1].lineno} of {own[-1].filename[1:-1]}" if own else ""
    if isinstance(error, SyntaxError) and not place:
        place = f" in line {error.lineno}"
    try:
        text = str(error)[:300]
    except Exception:  # a student's own exception may not even have a text
        text = ""
    # Not `isinstance`, which would ask the student's own exception.
    kinds = {NotImplementedError: Cause.UNANSWERED, MemoryError: Cause.MEMORY}
    cause = next((kinds[k] for k in kinds if issubclass(type(error), k)), Cause.OTHER)
    return [cause.value, f"{type(error).__name__}{': ' if text else ''}{text}{place}"]


if __name__ == "__main__":
    main(sys.argv[1:])
