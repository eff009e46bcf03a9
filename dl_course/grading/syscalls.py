"""What a submission may not ask of the kernel, as a filter that the kernel enforces.

The namespaces of bubblewrap keep a submission from files, networks and other processes. It still
shares its sandbox with the warm process that it was forked from, and would share it with processes
of its own. These calls are refused, so that it stays one process and nothing outlives it.
"""

import ctypes
import functools
import os

from dl_course.errors import CourseError

# A second process would have its own memory limits, and could outlive its submission.
_PROCESSES = ("fork", "vfork", "execve", "execveat")
# These name another process; some could slow or starve the warm one, and so all that follow.
_OTHERS = (
    *("ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "process_mrelease"),
    *("kcmp", "pidfd_open", "pidfd_getfd", "pidfd_send_signal", "setpriority"),
    *("kill", "tkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "ioprio_set", "migrate_pages"),
    *("move_pages", "sched_setaffinity", "sched_setattr", "sched_setparam", "sched_setscheduler"),
)
# Memory outside the process's own, and objects that stay when a process ends.
_KEPT = ("memfd_create", "memfd_secret", "shmget", "semget", "msgget", "mq_open", "add_key")
_KEPT += ("keyctl", "request_key")
# Rarely used doors into the kernel: no assignment needs them, many break-outs did.
_RARE = ("unshare", "setns", "mount", "umount2", "pivot_root", "chroot", "fsopen", "fsmount")
_RARE += ("move_mount", "open_tree", "mount_setattr", "bpf", "perf_event_open", "userfaultfd")
_RARE += ("io_uring_setup", "personality", "name_to_handle_at", "open_by_handle_at")
_RARE += ("fanotify_init", "socket", "socketpair", "quotactl", "syslog", "modify_ldt")
_RARE += ("splice", "tee", "vmsplice", "inotify_init", "inotify_init1", "timer_create")

_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_EPERM, _ENOSYS = 1, 38
_CLONE_THREAD = 0x00010000
_PR_SET_DUMPABLE = 4
_NOT_EQUAL, _MASKED_EQUAL = 1, 7


class _Comparison(ctypes.Structure):
    _fields_ = [
        ("argument", ctypes.c_uint),
        ("operator", ctypes.c_int),
        ("mask", ctypes.c_uint64),
        ("value", ctypes.c_uint64),
    ]


@functools.cache
def system_call_filter(threads: bool) -> bytes:
    """Returns the filter as a program for the kernel (classic BPF, 8 bytes per instruction).

    Args:
        threads: whether threads may be started, as TensorFlow does; processes never may.

    Raises:
        CourseError: if this machine has no libseccomp, which makes it.
    """
    library = _libseccomp()
    context = ctypes.c_void_p(library.seccomp_init(_ALLOW))
    try:
        for name in _PROCESSES + _OTHERS + _KEPT + _RARE:
            _refuse(library, context, name, _EPERM)
        # Python and the C library use this call for their own limits, as process 0.
        _refuse(library, context, "prlimit64", _EPERM, _Comparison(0, _NOT_EQUAL, 0, 0))
        # Otherwise its files in /proc would become its own: through one of them it could slow its
        # whole session, including the warm process. The kernel reads only the lower half of the
        # argument.
        is_dumpable = _Comparison(0, _MASKED_EQUAL, 0xFFFFFFFF, _PR_SET_DUMPABLE)
        _refuse(library, context, "prctl", _EPERM, is_dumpable)
        # A filter cannot see the flags of clone3, which are in memory: the C library falls back to
        # clone when the kernel says that it has no clone3.
        _refuse(library, context, "clone3", _ENOSYS)
        only_processes = _Comparison(0, _MASKED_EQUAL, _CLONE_THREAD, 0)
        _refuse(library, context, "clone", _EPERM, *([only_processes] if threads else []))
        return _exported(library, context)
    finally:
        library.seccomp_release(context)


def _libseccomp() -> ctypes.CDLL:
    try:
        library = ctypes.CDLL("libseccomp.so.2")
    except OSError:
        raise CourseError(
            "libseccomp.so.2: not found; the sandbox needs it. "
            "On Debian or Ubuntu: sudo apt install libseccomp2."
        ) from None
    library.seccomp_init.restype = ctypes.c_void_p
    return library


def _refuse(
    library: ctypes.CDLL, context: ctypes.c_void_p, name: str, error: int, *comparisons: _Comparison
) -> None:
    number = library.seccomp_syscall_resolve_name(name.encode())
    array = (_Comparison * len(comparisons))(*comparisons)
    action, count = ctypes.c_uint32(_ERRNO | error), ctypes.c_uint(len(comparisons))
    # An older library does not know the newest names (-1): the kernel then decides by itself.
    if number != -1 and library.seccomp_rule_add_array(context, action, number, count, array):
        raise CourseError(f"libseccomp cannot refuse the system call {name}.")


def _exported(library: ctypes.CDLL, context: ctypes.c_void_p) -> bytes:
    handle = os.memfd_create("filter")
    try:
        if library.seccomp_export_bpf(context, handle):
            raise CourseError("libseccomp cannot export its filter.")
        return os.pread(handle, 2**20, 0)
    finally:
        os.close(handle)
