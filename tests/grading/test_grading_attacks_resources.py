"""Attacks on what submissions share: memory, processes, disk, time. Sizes stay harmless."""

import os
import time

import pytest
from attack_tools import ASKED, HONEST, RIGHT, assert_honest, attack, cells_of, function

from dl_course.grading.marking import mark

SLOW = "It ran longer than 0.8 s."
TOO_MUCH = "It was ended by the system: too much time or memory."
PREPARE = "import ctypes, mmap, os, threading, multiprocessing, subprocess\nimport numpy as np\n"

REFUSED = {  # a body that raises; a part of what is told
    "bytearray": ("x = [bytearray(2**26) for _ in range(64)]", "MemoryError"),
    "many small objects": ("x = []\nwhile True: x.append([None] * 99_999)", "MemoryError"),
    "one array": ("x = np.ones(2**30)", "MemoryError"),
    "shared memory map": ("x = [mmap.mmap(-1, 2**26) for _ in range(64)]", "OSError"),
    "memfd": ("os.memfd_create('x')", "PermissionError"),
    "higher limits": (
        "import resource; resource.setrlimit(resource.RLIMIT_AS, (-1, -1))",
        "ValueError",
    ),
    "memory from the disk": (
        "f = open('/tmp/x', 'wb'); os.posix_fallocate(f.fileno(), 0, 2**23)\n"
        "g = open('/tmp/y', 'wb'); os.posix_fallocate(g.fileno(), 0, 2**24)",
        "No space left",
    ),
    "one large file": ("open('/tmp/x', 'wb').write(bytes(2**25))", "OSError"),
    "many files": (
        "for i in range(99): open(f'/tmp/{i}', 'wb').write(bytes(2**20))",
        "No space left",
    ),
    "large sparse file": ("os.truncate(os.open('/tmp/x', 66), 2**40)", "File too large"),
    "os.fork": ("os.fork()", "PermissionError"),
    "vfork": ("os.posix_spawn('/bin/true', ['true'], {})", "PermissionError"),
    "exec": ("os.execv('/bin/true', ['true'])", "PermissionError"),
    "subprocess": ("subprocess.run(['true'])", "PermissionError"),
    "os.system": ("raise OSError(os.system('true'))", "OSError: 32512"),
    "multiprocessing": ("multiprocessing.Pool(2)", "Error"),
    "threads": ("threading.Thread(target=print).start()", "can't start new thread"),
    "clone": (
        "libc = ctypes.CDLL(None, use_errno=True)\n"
        "for flags in (17, 0x100 | 17, 0x4100 | 17, 0x8000 | 17, 0x10D00, 0x10000000 | 17):\n"
        "    if libc.syscall(56, flags, 0, 0, 0, 0) == 0: os._exit(0)\n"
        "raise OSError(ctypes.get_errno())",
        "OSError: 1 in",
    ),
    "clone3": (
        "libc = ctypes.CDLL(None, use_errno=True)\n"
        "a = ctypes.create_string_buffer(bytes(32) + (17).to_bytes(8, 'little') + bytes(48))\n"
        "if libc.syscall(435, a, 88) == 0: os._exit(0)\n"
        "raise OSError(ctypes.get_errno())",
        "OSError: 38 in",
    ),
    "open files": ("x = [open('/dev/null') for _ in range(99)]", "Too many open files"),
    "pipes": ("x = [os.pipe() for _ in range(99)]", "Too many open files"),
    "pseudo terminals": ("x = [os.openpty() for _ in range(99)]", "Error"),
    "lock memory": ("raise OSError(ctypes.CDLL(None).mlockall(1))", "OSError: -1"),
    "timers": (
        "raise OSError(ctypes.CDLL(None).timer_create(1, None, b'12345678'))",
        "OSError: -1",
    ),
    "watches of files": ("raise OSError(ctypes.CDLL(None).inotify_init())", "OSError: -1"),
    "own slowness": ("os.nice(5)", "Error"),
    "other processors": ("os.sched_setaffinity(0, [0])", "PermissionError"),
    "real-time priority": ("os.sched_setscheduler(0, 1, os.sched_param(9))", "PermissionError"),
    "whole session's slowness": ("os.write(os.open('/proc/self/autogroup', 1), b'19')", "Error"),
    "whole session's slowness, made its own before": (
        "ctypes.CDLL(None).prctl(ctypes.c_ulong(2**32 + 4), 1)\n"
        "os.write(os.open('/proc/self/autogroup', 1), b'19')",
        "Error",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_more_than_its_share_is_refused(name, quick):
    body, message = REFUSED[name]
    told, result = attack(quick, PREPARE, function(body))
    assert (told, result.state) == ([], "graded")
    assert all(message in text for text in result.public), result.public


@pytest.mark.parametrize("where", ["cell", "function"])
@pytest.mark.parametrize(
    "name",
    ["bytearray", "many small objects", "many files", "os.fork", "threads", "memory from the disk"],
)
def test_catching_the_error_and_going_on_is_of_no_use(name, where, quick):
    body, _ = REFUSED[name]
    loop = f"for _ in range(5):\n    try:\n        {body.replace(chr(10), chr(10) + ' ' * 8)}\n"
    loop += "    except BaseException: pass"
    attack(quick, PREPARE, *((loop,) if where == "cell" else (function(loop),)))


WRITES = (
    *("/", "/usr", "/usr/lib", "/bin", "/dev", "/dev/shm", "/dev/mqueue", "/etc", "/home", "/var"),
    *("/run", "/root", "/proc", "/proc/sys/kernel", "/proc/1", "/sys", "/mnt"),
    *(os.path.expanduser("~"), os.path.dirname(os.__file__), pytest.__file__),
    *(os.getcwd(), os.path.join(os.getcwd(), "dl_course"), os.path.join(os.getcwd(), "notebooks")),
)


def test_nothing_can_be_written_outside_of_the_temporary_disk(sandbox):
    body = f"""
        import os
        wrote = []
        for folder in {WRITES}:
            for path in (os.path.join(folder, 'attack.txt'), folder):
                for flags in (os.O_CREAT | os.O_WRONLY, os.O_WRONLY):
                    try: os.close(os.open(path, flags))
                    except OSError: continue
                    wrote.append(path)
            try: os.mkdir(os.path.join(folder, 'attack'))
            except OSError: pass
            else: wrote.append(folder)
        raise ValueError(f"wrote {{wrote}}")
    """
    _, result = attack(sandbox, function(body))
    assert all("wrote []" in text for text in result.public), result.public


@pytest.mark.parametrize("kind", ["files", "folders", "links", "hard links"])
def test_a_flood_of_empty_files_is_ended_before_it_takes_memory(kind, sandbox):
    make = {
        "files": "os.close(os.open(f'/tmp/{i}', 65))",
        "folders": "os.mkdir(f'/tmp/{i}')",
        "links": "os.symlink('x' * 100, f'/tmp/{i}')",
        "hard links": "os.link('/tmp/x', f'/tmp/{i}')",
    }[kind]
    flood = f"import os, itertools\nopen('/tmp/x', 'w')\nfor i in range(400_000): {make}"
    started = time.monotonic()
    _, result = attack(sandbox, function(flood))
    assert (result.state, result.reason) == ("stopped", TOO_MUCH)
    assert time.monotonic() - started < 6


def test_what_it_prints_goes_nowhere(sandbox, capfd):
    flood = """
        import os, sys
        for _ in range(20):
            print('x' * 2**20); print('y' * 2**20, file=sys.stderr)
            for handle in (0, 1, 2): os.write(handle, bytes(2**20))
        sys.stdout.flush()
        return 0
    """
    _, result = attack(sandbox, function(flood))
    assert result.state == "graded"
    assert capfd.readouterr() == ("", "")


def test_closed_streams_are_its_own_affair(sandbox):
    cell = "import os, sys\nos.closerange(0, 3)\nsys.stdout = sys.stderr = None"
    told, results = mark(cells_of(cell, RIGHT), ASKED, sandbox)
    assert results["attacked"].points == 3


def test_a_monster_to_compile_is_stopped_like_a_loop(quick):
    monster = "x = " + "+".join(["(1, 2)"] * 200_000)
    told, results = mark([(3, monster), (5, RIGHT), (7, HONEST)], ASKED, quick)
    assert_honest(results)
    assert results["attacked"].points == 3


class TestKeras:
    """Threads are allowed here, processes are not."""

    def test_the_threads_are_counted(self, keras_sandbox):
        body = """
            import threading, time
            started = 0
            while started < 500:
                threading.Thread(target=time.sleep, args=(9,), daemon=True).start()
                started += 1
        """
        _, result = attack(keras_sandbox, function(body))
        assert all("can't start new thread" in text for text in result.public)

    @pytest.mark.parametrize("name", ["os.fork", "vfork", "subprocess", "clone3"])
    def test_processes_are_refused(self, name, keras_sandbox):
        body, message = REFUSED[name]
        _, result = attack(keras_sandbox, PREPARE, function(body))
        assert all(message in text for text in result.public)

    def test_a_clone_that_is_no_thread_is_refused(self, keras_sandbox):
        body = """
            import ctypes, os
            libc = ctypes.CDLL(None, use_errno=True)
            for flags in (17, 0x100 | 17, 0x4100 | 17, 0x8000 | 17, 0xF00 | 17, 0x10000000 | 17):
                if libc.syscall(56, flags, 0, 0, 0, 0) != -1 or ctypes.get_errno() != 1: os._exit(0)
            raise OSError('refused')
        """
        _, result = attack(keras_sandbox, function(body))
        assert all("refused" in text for text in result.public)

    def test_busy_threads_keep_to_one_processor(self, keras_sandbox):
        """Else they would take the time of the submissions that run side by side."""
        body = """
            import os, threading
            seen = set()
            def look():
                seen.update(os.sched_getaffinity(0))
            threads = [threading.Thread(target=look) for _ in range(8)]
            for thread in threads: thread.start()
            for thread in threads: thread.join()
            raise ValueError(f"on {len(seen)}")
        """
        _, result = attack(keras_sandbox, function(body))
        assert all("on 1 in" in text for text in result.public)
