"""Attacks on what submissions must not know: hidden cases, other work, the grader, the machine."""

import os
import struct
import textwrap
import time
from pathlib import Path

import pytest
from attack_tools import ASKED, SECRET, assert_nothing_hidden, attack, cells_of, function

import dl_course
from dl_course.grading import sandbox as sandbox_file
from dl_course.grading.marking import mark
from dl_course.grading.sandbox import Sandbox, check_sandbox, visible_folders

ROOT = Path(dl_course.__file__).parents[1]


def probe(sandbox, body, *cells):
    """Runs a body that sets `found`, and returns its text, as told of the first public case."""
    body = textwrap.dedent(body)
    _, result = attack(sandbox, *cells, function(f"{body}\nreturn {{str(found): 1}}"))
    return result.public[0].split("received 1 values, ")[1]


def list_of_successes(attempts):
    """Returns a body that makes attempts, and finds the names of those that raised nothing."""
    lines = ["import ctypes, os, signal, socket, subprocess, resource, fcntl", "found = []"]
    lines += ["libc = ctypes.CDLL(None, use_errno=True)"]
    lines += ["def call(number, *a):", "    if libc.syscall(number, *a) == -1: raise OSError"]
    for name, attempt in attempts.items():
        lines += ["try:", *(f"    {line}" for line in attempt.split("\n"))]
        lines += ["except Exception: pass", f"else: found.append({name!r})"]
    return "\n".join(lines)


OTHER_PROCESSES = {
    **{
        f"/proc/1/{name}": f"open('/proc/1/{name}', 'rb').read(1)"
        for name in ("mem", "environ", "maps", "smaps", "auxv", "stack", "syscall", "pagemap", "io")
    },
    **{f"list /proc/1/{name}": f"os.listdir('/proc/1/{name}')" for name in ("fd", "fdinfo", "ns")},
    **{
        f"link /proc/1/{name}": f"os.readlink('/proc/1/{name}')"
        for name in ("root", "cwd", "exe", "ns/pid")
    },
    "write oom": "os.write(os.open('/proc/1/oom_score_adj', 1), b'1000')",
    "write autogroup": "os.write(os.open('/proc/1/autogroup', 1), b'19')",
    "write comm": "os.write(os.open('/proc/1/comm', 1), b'x')",
    "clear refs": "os.write(os.open('/proc/1/clear_refs', 1), b'1')",
    "ptrace": "call(101, 16, 1, 0, 0)",
    "seize": "call(101, 0x4206, 1, 0, 0)",
    "process_vm_readv": "call(310, 1, 0, 0, 0, 0, 0)",
    "process_vm_writev": "call(311, 1, 0, 0, 0, 0, 0)",
    "pidfd_open": "call(434, 1, 0)",
    "kill": "os.kill(1, 9)",
    "kill all": "os.kill(-1, 9)",
    "kill with a value": "call(129, 1, 9, b'x' * 128)",
    "stop the group": "os.killpg(0, signal.SIGSTOP)",
    "prlimit": "resource.prlimit(1, resource.RLIMIT_NOFILE, (0, 0))",
    "priority": "os.setpriority(os.PRIO_PROCESS, 1, 19)",
    "priority of the user": "os.setpriority(os.PRIO_USER, os.getuid(), 19)",
    "affinity": "os.sched_setaffinity(1, [0])",
    "scheduler": "os.sched_setscheduler(1, os.SCHED_IDLE, os.sched_param(0))",
    "io priority": "call(251, 1, 1, 3 << 13)",
    "move pages": "call(279, 1, 0, 0, 0, 0, 0)",
    "join namespaces": "os.setns(os.open('/proc/1/ns/mnt', 0))",
    "another user": "os.setuid(0)",
    "another user's files": "call(122, 0)\nif call(122, -1) != 0: raise OSError",
}


def test_the_warm_process_cannot_be_read_stopped_or_slowed(sandbox):
    body = list_of_successes(OTHER_PROCESSES)
    assert probe(sandbox, body) in ("['[]'].", "[\"['setfsuid']\"].")


def test_signals_of_threads_and_of_files_do_not_end_the_warm_process(sandbox):
    process = sandbox._process
    body = """
        import ctypes, fcntl, os, time
        libc = ctypes.CDLL(None)
        for number in (1, 2, 3, 9, 11, 15, 17, 19, 20, 23, 29, 34, 64):
            libc.syscall(234, 1, 1, number)
            try:
                read, write = os.pipe()
                fcntl.fcntl(read, fcntl.F_SETOWN, 1)
                fcntl.fcntl(read, fcntl.F_SETSIG, number)
                fcntl.fcntl(read, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
                os.write(write, b'x')
            except OSError: pass
            finally: os.close(read); os.close(write)
        return 0
    """
    _, result = attack(sandbox, function(body))
    assert result.state == "graded"
    assert sandbox._process is process and process.poll() is None


NETWORK_AND_KERNEL = {
    **{
        f"socket {family}": f"socket.socket(socket.{family}, socket.{kind})"
        for family, kind in {
            "AF_INET": "SOCK_STREAM",
            "AF_INET6": "SOCK_DGRAM",
            "AF_UNIX": "SOCK_STREAM",
            "AF_NETLINK": "SOCK_RAW",
            "AF_PACKET": "SOCK_RAW",
            "AF_ALG": "SOCK_SEQPACKET",
            "AF_VSOCK": "SOCK_STREAM",
        }.items()
    },
    "socket pair": "socket.socketpair()",
    "names": "socket.getaddrinfo('localhost', 80)",
    "loopback": "socket.create_connection(('127.0.0.1', 9), 1)",
    "page": "import urllib.request\nurllib.request.urlopen('http://127.0.0.1:9/', timeout=1)",
    "shared memory": "call(29, 0, 4096, 0o1600)",
    "semaphores": "call(64, 0, 1, 0o1600)",
    "message queue": "call(68, 0, 0o1600)",
    "POSIX queue": "call(240, b'x', 66, 0o600, 0)",
    "POSIX shared memory": "from multiprocessing import shared_memory\n"
    "shared_memory.SharedMemory('x', True, 9)",
    "key": "call(248, b'user', b'x', b'y', 1, -4)",
    "keyring": "call(250, 0, -4, 1)",
    "userfaultfd": "call(323, 0)",
    "bpf": "call(321, 0, 0, 0)",
    "io_uring": "call(425, 1, b'x' * 120)",
    "perf": "call(298, b'x' * 120, 0, -1, -1, 0)",
    "namespaces": "call(272, 0x10000000)",
    "mount": "call(165, b'x', b'/tmp', b'tmpfs', 0, 0)",
    "chroot": "os.chroot('/tmp')",
    "syslog": "call(103, 3, b'x' * 9, 9)",
    "kernel messages": "open('/dev/kmsg')",
    "memory": "open('/dev/mem')",
    "kernel memory": "open('/proc/kcore', 'rb').read(1)",
    "trigger": "open('/proc/sysrq-trigger', 'w')",
    "kernel settings": "open('/proc/sys/kernel/hostname', 'w')",
    "clock": "call(227, 0, b'x' * 16)",
    "device": "os.mknod('/tmp/x', 0o60600, 2048)",
    "set-user program": "os.execv('/usr/bin/su', ['su'])",
    "file handles": "call(304, -100, b'x' * 99, 0)",
}


def test_neither_network_nor_rare_doors_of_the_kernel_are_open(sandbox):
    assert probe(sandbox, list_of_successes(NETWORK_AND_KERNEL)) == "['[]']."


def test_other_system_call_tables_are_closed(sandbox):
    """The calls of 32-bit programs have other numbers, which the filter must not let through."""
    body = """
        import ctypes, mmap
        code = {}  # mov eax, N; int 0x80; ret
        page = mmap.mmap(-1, 4096, prot=7)
        page.write(bytes.fromhex('b814000000cd80c3'))
        address = ctypes.addressof(ctypes.c_char.from_buffer(page))
        return ctypes.CFUNCTYPE(ctypes.c_int)(address)()
    """
    _, result = attack(sandbox, function(body))
    assert result.state == "stopped"
    x32 = "import ctypes\nreturn ctypes.CDLL(None).syscall(0x40000000 + 39)"
    _, result = attack(sandbox, function(x32))
    assert result.state == "stopped"


def test_it_is_a_user_without_rights_in_a_box_of_its_own(sandbox):
    body = """
        import os
        status = dict(line.split()[:2] for line in open('/proc/self/status') if line.split()[1:])
        found = [int(status[k + ':'], 16) for k in ('CapPrm', 'CapEff', 'CapAmb')]
        found += [status['NoNewPrivs:'], status['Seccomp:'], 0 in (os.getuid(), os.geteuid())]
        found += [sorted(p for p in os.listdir('/proc') if p.isdigit()) == ['1', str(os.getpid())]]
        found += [os.getgroups(), sorted(os.listdir('/proc/self/task')) == [str(os.getpid())]]
        found += [len(os.listdir('/proc/self/fd'))]
    """
    groups = "[]" if os.geteuid() == 0 else "[65534]"
    text = probe(sandbox, body)
    assert f"[0, 0, 0, '1', '2', False, True, {groups}, True, 5]" in text, text


def test_neither_home_nor_environment_nor_masters_are_there(sandbox, tmp_path):
    (tmp_path / "grades.csv").write_text("a grade")
    paths = [
        *("/etc/passwd", "/etc/shadow", "/home", "/var", "/run", "/sys", "/boot", "/opt", "/srv"),
        *(ROOT / "notebooks", ROOT / "tests", ROOT / ".git", ROOT / "README.md", ROOT / "shared"),
        *(Path.home() / ".bashrc", Path.home() / ".ssh", Path.home() / ".config", tmp_path),
        *(tmp_path / "grades.csv", os.environ.get("SSH_AUTH_SOCK", "/nowhere")),
    ]
    # Where Python itself lies there, its parents are there too, and empty but for it.
    paths = [p for p in map(Path, paths) if not any(f.is_relative_to(p) for f in visible_folders())]
    body = f"import os\nfound = [p for p in {[str(p) for p in paths]} if os.path.exists(p)]"
    assert probe(sandbox, body) == "['[]']."
    body = "import os\nfound = sorted(set(os.environ))"
    for name in set(os.environ) - {"PATH", "HOME", "LANG", "PWD", "MPLBACKEND", "KERAS_BACKEND"}:
        assert f"'{name}'" not in probe(sandbox, body) or name.endswith("_NUM_THREADS")


def test_no_word_of_a_master_lies_in_a_file_that_can_be_read(sandbox):
    """What stands in a solution is looked for in all that is visible of this project."""
    body = """
        import os
        found = []
        for top, folders, files in os.walk(%r):
            if '.venv' in folders: folders.remove('.venv')
            for name in files:
                path = os.path.join(top, name)
                text = open(path, 'rb').read()
                if name.endswith('.ipynb') or b'### BEGIN ' + b'SOLUTION' in text:
                    found.append(name)
    """
    found = probe(sandbox, body % str(ROOT))
    assert found.replace("master.py", "").replace("master.cpython", "").count("master") == 0
    assert ".ipynb" not in found and found.count(",") <= 1, found


def scanner(number):
    """Returns a cell that looks for a number in all of its process's memory that can be written."""
    pattern = "".join(f"\\x{byte:02x}" for byte in struct.pack("<d", number))
    return f"""
        import ctypes, re
        what = re.compile({pattern.encode()!r})
        counts = 0
        for line in open('/proc/self/maps').readlines():
            place, rights = line.split()[:2]
            if rights.startswith('rw'):
                start, end = (int(n, 16) for n in place.split('-'))
                for at in range(start, end, 2**22):
                    counts += len(what.findall(ctypes.string_at(at, min(2**22, end - at))))
    """


def test_hidden_inputs_are_not_in_memory_before_their_time(sandbox):
    """A submission was just asked the hidden cases; the next finds no trace of them."""
    mark(cells_of(function("global kept\nkept = x\nreturn 2 * x")), ASKED, sandbox)
    keep = "import numpy as np\nkept = np.array([1234567.0]) + 0.5"
    assert int(probe(sandbox, "found = counts", keep, scanner(1234567.5))[2:-3]) > 0
    for number in (SECRET, SECRET + 1, 2 * SECRET, SECRET + 1000):
        assert probe(sandbox, "found = counts", scanner(number)) == "['0']."


# Each says the hidden input `x` in its own way; most end the process, so that the cells run again.
LEAKS = {
    "text of an error": "raise ValueError(str(x))",
    "kind of error": "raise type(f'E{x[0]:.0f}', (Exception,), {})",
    "text of a refusal": "return {str(x): object()}",
    "return value": "return str(x)",
    "names of values": "return {str(x): 1}",
    "shape": "return np.zeros((int(x[0]),), bool)",
    "print": "print(x, flush=True); import sys; sys.stderr.write(str(x))",
    "warning": "import warnings; warnings.warn(str(x))",
    "exit status": "import os; os._exit(int(x[0]) % 256)",
    "signal": "import signal; signal.raise_signal(int(x[0]) % 31 + 1)",
    "assertion": "assert False, x",
    "file": "open('/tmp/x', 'w').write(str(x)); os._exit(0)",
    "date of a folder": "os.mkdir('/tmp/x'); os.rmdir('/tmp/x'); os._exit(0)",
    "date set": "os.utime('/tmp', (x[0], x[0])); os._exit(0)",
    "rights of a folder": "os.chmod('/tmp', int(x[0]) % 512 + 512); os._exit(0)",
    "attribute": "os.setxattr('/tmp', 'user.x', str(x).encode()); os._exit(0)",
    "forged error of a cell": "wire.send(job(), b'R', pack([[3, 'other', str(x)]])); os._exit(0)",
    "forged cell": "wire.send(job(), b'C', pack(int(x[0]))); os._exit(0)",
    "forged answer": "wire.send(job(), b'M', pack([number(), str(x)])); os._exit(0)",
}
CELL = """
import os, sys
import numpy as np
from dl_course.assignments.masters import pack
from dl_course.grading import wire

def frame():
    frame = sys._getframe()
    while not hasattr(frame.f_locals.get("self"), "job"):
        frame = frame.f_back
    return frame

def job(): return frame().f_locals["self"].job
def number(): return frame().f_locals["number"]

def trace():
    found = [os.listdir('/tmp'), os.getpid(), os.stat('/tmp'), os.times()]
    for name in os.listdir('/tmp'):
        if os.path.isfile(f'/tmp/{name}'): found.append(open(f'/tmp/{name}').read())
    try: found.append(os.getxattr('/tmp', 'user.x'))
    except OSError: pass
    return repr(found[-1]) + repr(found)
"""


# But for the way to a course that is installed below it.
ON_DISK = "[name for name in os.listdir('/tmp') if not os.path.ismount(f'/tmp/{name}')]"


@pytest.mark.parametrize("name", LEAKS)
def test_nothing_that_is_shown_tells_a_hidden_input(name, sandbox):
    body = f"if x[0] < 1000: return 2 * x\n{LEAKS[name]}"
    told, result = attack(sandbox, CELL, "if os.getpid() % 1 == 0: trace()", function(body))
    assert told == []
    assert result.public == ("", "")
    assert "SIG" not in result.reason


@pytest.mark.parametrize("name", ["file", "date of a folder", "exit status"])
def test_a_cell_that_runs_again_after_a_hidden_case_tells_nothing(name, sandbox):
    """It raises only then; that alone would be a message, and its text a longer one."""
    again = "if " + ON_DISK + " or os.getpid() > %d + 1: raise ValueError(trace())"
    mark(cells_of(), ASKED, sandbox)
    body = f"if x[0] < 1000: return 2 * x\n{LEAKS[name]}"
    first = int(probe(sandbox, "import os\nfound = os.getpid()")[2:-3])
    told, results = mark(cells_of(CELL, again % (first + 1), function(body)), ASKED, sandbox)
    assert_nothing_hidden(told, results)
    assert all("ValueError" not in text for _, text in told)


LEFT_BEHIND = (
    *("open('/tmp/x', 'w').write('secret')", "open('/tmp/.x', 'w').write('secret')"),
    "os.close(os.open('/tmp/no rights', 66, 0))",
    "os.makedirs('/tmp/a/' + '/'.join('y' * 99)); os.chmod('/tmp/a', 0)",
    *("os.mkfifo('/tmp/pipe')", "os.symlink('/proc/1', '/tmp/link')"),
    *("job().bind('/tmp/socket')", "open(b'/tmp/\\xff\\n', 'w')"),
)
CAME_AND_WENT = ("open('/tmp/x', 'w'); os.unlink('/tmp/x')",)


@pytest.mark.parametrize("lines", [LEFT_BEHIND, CAME_AND_WENT], ids=["files", "came and went"])
def test_what_is_left_on_the_disk_is_gone_for_the_next(lines, sandbox):
    before = sandbox._process
    tries = "\n".join(f"try: {line}\nexcept OSError: pass" for line in lines)
    attack(sandbox, CELL, function(f"{tries}\nreturn 0"))
    assert sandbox._process is not before
    body = f"import os\nfound = [{ON_DISK}, os.listdir('/dev/shm')]"
    assert probe(sandbox, body) == "['[[], []]']."


def test_nothing_else_is_left_behind(sandbox):
    started = time.monotonic()
    body = """
        import atexit, ctypes, os, signal
        os.open('/tmp', os.O_TMPFILE | os.O_RDWR)
        signal.setitimer(signal.ITIMER_REAL, 0.05, 0.05)
        signal.signal(signal.SIGALRM, signal.SIG_IGN)
        atexit.register(print, 1)
        ctypes.CDLL(None).prctl(1, 9)
        os.umask(0o777); os.chdir('/'); os.setsid() if os.getpid() != os.getsid(0) else None
        return 0
    """
    process = sandbox._process
    attack(sandbox, function(body))
    assert sandbox._process is process
    look = "import os\nfound = [os.getcwd(), os.umask(0o22)]"
    assert probe(sandbox, look) == "[\"['/tmp', 18]\"]."
    assert time.monotonic() - started < 5


def test_the_masters_of_an_installed_course_are_hidden(sandbox, monkeypatch):
    # Installed, the notebooks lie in the package; here another folder of it stands for them.
    inside = Path(dl_course.__file__).parent / "grading" / "templates"
    monkeypatch.setattr(sandbox_file, "notebooks_folder", lambda: inside)
    check_sandbox(inside / "assignments")  # what is hidden may lie in a visible folder
    with Sandbox(sandbox.limits) as installed:
        assert probe(installed, f"import os; found = os.listdir({str(inside)!r})") == "['[]']."
        writing = f"""
        try: open({str(inside / "x")!r}, "w"); found = "written"
        except OSError: found = "refused"
        """
        assert "refused" in probe(installed, writing)
    assert (inside / "class.html").is_file()
