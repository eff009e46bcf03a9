"""Attacks on what might decide about marks: patches, sabotage, evil objects, loud messages."""

import time

import pytest
from attack_tools import attack, function

PATCHES = {
    "np.isclose": "np.isclose = lambda *a, **k: np.array(True)",
    "np.array_equal": "np.array_equal = lambda *a, **k: True",
    "np.allclose": (
        "np.allclose = lambda *a, **k: True\nnp.testing.assert_allclose = lambda *a, **k: None"
    ),
    "np.asarray": "old = np.asarray\nnp.asarray = lambda x, *a, **k: old(x, *a, **k)",
    "the comparison": (
        "import dl_course.assignments.masters.judging as j\n"
        "j.same = j.equal = lambda *a: True\n"
        "j.Case.is_right = lambda *a: True"
    ),
    "the grader's mark": (
        "import dl_course.grading.marking as m\n"
        "m.mark = m._judge = m._question_result = lambda *a: ('', '')"
    ),
    "the grader's results": (
        "import dl_course.grading.results as r\n"
        "r.QuestionResult = r.write_result = lambda *a, **k: None"
    ),
    "the grader's batch": "import dl_course.grading.sandbox as s\ns.Sandbox.clear = lambda self: 0",
    "check": "import dl_course.assignments as a\na.check = a.checker = lambda *k: (lambda q: True)",
    "answers": (
        "import dl_course.grading.runner as r, dl_course.assignments.masters.answering as a\n"
        "r.answers = a.answers = lambda *k: {'': np.array(True)}"
    ),
    "the limits of messages": (
        "import dl_course.grading.wire as w, dl_course.grading.runner as r\nr.REQUEST_LIMIT = 2**60"
    ),
    "json": "import json\nold = json.dumps\njson.dumps = lambda *a, **k: old(*a, **k) + ' '",
    "trace function": "import sys\nsys.settrace(lambda *a: None)\nsys.setprofile(lambda *a: None)",
    "hooks": (
        "import sys, atexit\n"
        "sys.excepthook = sys.unraisablehook = print\n"
        "atexit.register(lambda: 1 / 0)"
    ),
    "finalizers": (
        "class F:\n    def __del__(self): raise SystemExit\nkeep = F(); keep.me = keep; del keep"
    ),
    "warnings": "import warnings, logging\nwarnings.simplefilter('error')\nlogging.disable()",
    "signals": (
        "import signal\n"
        "for n in range(1, 65):\n"
        "    try: signal.signal(n, signal.SIG_IGN)\n"
        "    except Exception: pass"
    ),
    "recursion": "import sys\nsys.setrecursionlimit(10**9)",
    "modules": (
        "import sys\n"
        "for n in list(sys.modules):\n"
        "    if n.startswith('dl_course'): del sys.modules[n]"
    ),
    "get_ipython": "get_ipython().events.register('post_run_cell', exit)\nget_ipython = None",
    "a context manager": "np.seterr(all='ignore'); np.set_printoptions(threshold=0)",
}


@pytest.mark.parametrize("name", PATCHES)
def test_a_patched_process_decides_nothing(name, sandbox):
    told, result = attack(sandbox, f"import numpy as np\n{PATCHES[name]}", function("return 0 * x"))
    assert result.points == 0


SABOTAGE = {
    "np.ndarray": (
        "class Same(np.ndarray):\n    def __eq__(self, other): return True\nnp.ndarray = Same"
    ),
    "pack": (
        "import dl_course.assignments.masters.packing as p, dl_course.grading.runner as r\n"
        "p._KINDS = 'O'"
    ),
    "any and all": "import builtins\nold = builtins.all\nbuiltins.all = lambda x: old(x) or True",
    "bool": "import builtins\nbuiltins.bool = lambda x=0: True",
    "globals": "globals().clear()",
    "modules": "import sys; sys.modules.clear()",
    "replaced main": "import sys; sys.modules['__main__'] = None",
    "len": "import builtins; builtins.len = lambda x: 3",
    "isinstance": "import builtins; builtins.isinstance = lambda *a: True",
    "exec": "import builtins; builtins.exec = builtins.compile = lambda *a: None",
    "struct": "import struct; struct.Struct.pack = struct.pack = None",
    "json": "import json; json.dumps = json.loads = lambda *a, **k: '1'",
    "send": "from dl_course.grading import wire; wire.send = lambda *a: None",
    "send something": (
        "from dl_course.grading import wire\n"
        "wire.send = lambda job, kind, data=b'': job.sendall(b'V' * 99)"
    ),
    "receive": "from dl_course.grading import wire; wire.receive = lambda *a: 1 / 0",
    "unpack": "import dl_course.grading.runner as r; r.unpack = lambda data: [(1, 'x')]",
    "end of the interpreter": (
        "import os, atexit; atexit._run_exitfuncs(); os._exit = lambda n: None"
    ),
    "slow trace": "import sys, time\nsys.settrace(lambda *a: time.sleep(0.002))",
    "system calls": "import ctypes\nfor h in range(64): ctypes.CDLL(None).close(h)",
    "strict filter": "import ctypes\nctypes.CDLL(None).prctl(22, 1)",
}


@pytest.mark.parametrize("name", SABOTAGE)
def test_a_process_that_sabotages_itself_harms_only_itself(name, quick):
    started = time.monotonic()
    attack(quick, SABOTAGE[name], function("return 0 * x"), spares_honest=False)
    assert time.monotonic() - started < 10


EVIL = {
    "__array__ that raises": "def __array__(self, *a, **k): raise SystemExit",
    "__array__ that lies": "def __array__(self, *a, **k): return np.array([object()])",
    "__array__ that does not end": "def __array__(self, *a, **k):\n        while True: pass",
    "__array_interface__": (
        "__array_interface__ = {'shape': (2**40,), 'typestr': '<f8', 'data': (8, True)}"
    ),
    "__eq__": "def __eq__(self, other): return True\n    __hash__ = None",
    "__len__": "def __len__(self): return 2**62\n    def __getitem__(self, i): return self",
    "__iter__": "def __iter__(self):\n        while True: yield self",
    "__class__": (
        "__class__ = property(lambda self: dict)\n    def items(self): return [('', 1)] * 3"
    ),
    "__getattr__": (
        "def __getattr__(self, name): return self\n    def __call__(self, *a, **k): return self"
    ),
    "__repr__": "def __repr__(self): raise KeyboardInterrupt\n    __str__ = __repr__",
    "__reduce__": "def __reduce__(self): return (exit, ())",
    "a model": (
        "weights = trainable_weights = non_trainable_weights = []\n"
        "    def count_params(self): pass\n"
        "    def get_config(self): pass\n"
        "    def __call__(self, *a, **k): return 1"
    ),
    "a dict": "pass\nclass Evil(dict):\n    def items(self): return [(object(), Evil())] * 2",
    "a list": (
        "pass\n"
        "class Evil(list):\n"
        "    def __iter__(self): return iter([Evil()])\n"
        "    __bool__ = lambda self: True"
    ),
    "an array": (
        "pass\n"
        "class Evil(np.ndarray):\n"
        "    __new__ = lambda c: np.zeros(3).view(c)\n"
        "    nbytes = property(lambda self: -10**9)\n"
        "    __eq__ = lambda *a: True"
    ),
    "a number": "pass\nclass Evil(float):\n    __eq__ = __ge__ = lambda *a: True",
    "a text": "pass\nclass Evil(str):\n    __eq__ = lambda *a: True\n    __hash__ = str.__hash__",
    "a type": (
        "pass\n"
        "class Meta(type):\n"
        "    __name__ = property(lambda c: 1 / 0)\n"
        "class Evil(Exception, metaclass=Meta): pass"
    ),
}


@pytest.mark.parametrize("name", EVIL)
def test_evil_objects_do_not_leave_their_process(name, quick):
    source = f"import numpy as np\nclass Evil:\n    {EVIL[name]}\n"
    attack(quick, source + "def attacked(x): return Evil()")
    if "while True" not in source:
        attack(quick, source + "def attacked(x): return {Evil(): [Evil(), Evil()]}")


def test_an_exception_that_is_evil_is_told_without_harm(sandbox):
    source = """
        class Evil(Exception):
            def __str__(self): raise SystemExit
        def attacked(x): raise Evil
    """
    _, result = attack(sandbox, source)
    assert result.state == "stopped" or "Evil" in result.public[0]


@pytest.mark.parametrize(
    "text", ["\x1b[2J\x1b]0;owned\x07", "\ud800", "\u202egpj.exe", "\r\n\0\x9b"]
)
def test_what_is_told_steers_no_terminal(text, sandbox):
    cells = [f"raise ValueError({text!r})", function(f"return {{{text!r}: 1, {text!r} * 2: 2}}")]
    told, result = attack(sandbox, *cells)
    shown = told[0][1] + "".join(result.public)
    assert shown.replace("\n", "").isprintable()
    shown.encode()
    cells[1] = function(f"raise type({text.replace(chr(0), '')!r}, (Exception,), {{}})({text!r})")
    _, result = attack(sandbox, *cells)
    assert "".join(result.public).replace("\n", "").isprintable()


def test_a_loud_message_is_cut(sandbox):
    told, result = attack(
        sandbox, "raise ValueError('x' * 10**7)", function("return {'y' * 10**5: 1}")
    )
    assert all(len(text) <= 1000 for text in (*result.public, told[0][1]))
