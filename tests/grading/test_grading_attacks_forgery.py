"""Attacks on the connection to the grader: what is sent there in place of an honest answer."""

import pickle
import struct
import time

import pytest
from attack_tools import attack, function

NO_ANSWER = "It sent something that is not an answer."
TOO_LARGE = "It gave an answer larger than 32 MiB."
ENDED = "It was ended by the system: too much time or memory."
SLOW = "It ran longer than 0.8 s."
PICKLE = pickle.dumps(struct.error)

# Finds the runner's own connection in the frames of whoever called.
TOOLS = """
import os, socket, struct, sys, time
import numpy as np
from dl_course.assignments.masters import pack
from dl_course.grading import wire

def find():
    frame = sys._getframe()
    while not hasattr(frame.f_locals.get("self"), "job"):
        frame = frame.f_back
    return frame.f_locals["self"].job, frame.f_locals.get("number")

def begin(kind, size):
    job.sendall(struct.pack(">cQ", kind, size))

def say(kind, content):
    wire.send(job, kind, pack([number, content]))

def raw(*parts):
    sized = b"".join(struct.pack(">Q", len(part)) + part for part in parts)
    wire.send(job, b"V", b"DLC1" + sized)

def text(content):
    raw(b"[%d, %s]" % (number, content))

def blob(*blobs):
    raw(b'[%d, {"dict": [["", {"array": 0}]]}]' % number, *blobs)

def npy(descr, shape, data=b"", header=None):
    header = header or repr({"descr": descr, "fortran_order": False, "shape": shape}).encode()
    return b"\\x93NUMPY\\x01\\x00" + struct.pack("<H", len(header)) + header + data
"""

FORGED = {  # what is sent, and what is then said of the question; "" when that may vary
    "noise": ("job.sendall(os.urandom(64))", ""),
    "no such kind": ("say(b'Z', None)", NO_ANSWER),
    "the kind that ends the cells": ("say(b'R', [])", NO_ANSWER),
    "a cell's number": ("say(b'C', 3)", NO_ANSWER),
    "a size beyond everything": ("begin(b'V', 2**64 - 1)", TOO_LARGE),
    "a size just beyond the limit": ("begin(b'V', 2**25 + 1)", TOO_LARGE),
    "less than its size": ("begin(b'V', 99); time.sleep(9)", SLOW),
    "drip": ("begin(b'V', 999)\nwhile True: job.send(b'x'); time.sleep(0.05)", SLOW),
    "half a header": ("job.send(b'V\\0\\0'); time.sleep(9)", SLOW),
    "32 MiB of nothing": ("wire.send(job, b'V', bytes(2**25))", NO_ANSWER),
    "empty": ("wire.send(job, b'V')", NO_ANSWER),
    "pickle": (f"wire.send(job, b'V', {PICKLE!r})", NO_ANSWER),
    "pickle in the structure": (f"text({PICKLE!r})", NO_ANSWER),
    "pickle for an array": (f"blob({PICKLE!r})", NO_ANSWER),
    "array of objects": (f"blob(npy('|O', (1,), {PICKLE!r}))", NO_ANSWER),
    "structured array": ("blob(npy([('a', '|O')], (1,), bytes(8)))", NO_ANSWER),
    "dates": ("blob(npy('<M8[s]', (1,), bytes(8)))", NO_ANSWER),
    "shape that overflows": ("blob(npy('<f8', (2**61, 8)))", NO_ANSWER),
    "shape beyond integers": ("blob(npy('<f8', (0, 10**99)))", NO_ANSWER),
    "negative shape": ("blob(npy('<f8', (-1, -3), bytes(24)))", NO_ANSWER),
    "shape of truth": ("blob(npy('<f8', (True,), bytes(8)))", ""),
    "too many dimensions": ("blob(npy('<f8', (1,) * 99, bytes(8)))", NO_ANSWER),
    "characters that there are not": ("blob(npy('<U3', (), b'\\xff' * 12))", NO_ANSWER),
    "characters of the other order": ("blob(npy('>U1', (), b'a\\0\\0\\0'))", NO_ANSWER),
    "characters of no size": ("blob(npy('<U0', (10**9,)))", NO_ANSWER),
    "code in a header": ("blob(npy(0, 0, header=b'__import__(\"os\").abort()'))", NO_ANSWER),
    "deep header": ("blob(npy(0, 0, header=b'-' * 900 + b'1'))", NO_ANSWER),
    "long header": ("blob(npy(0, 0, header=b' ' * 60000))", NO_ANSWER),
    "another version of npy": ("blob(b'\\x93NUMPY\\x03\\x00' + bytes(80))", NO_ANSWER),
    "a million arrays": ("blob(*[npy('<f8', (0,))] * 300_000)", NO_ANSWER),
    "a million lists": ("text(b'[%s[]]' % (b'[],' * 10**6))", NO_ANSWER),
    "deep structure": ("text(b'[' * 10**5 + b']' * 10**5)", NO_ANSWER),
    "deep tuples": ("text(b'{\"tuple\":[' * 500 + b'1' + b']}' * 500)", NO_ANSWER),
    "long number": ("text(b'9' * 10**5)", NO_ANSWER),
    "array that is not there": ("text(b'{\"array\": 7}')", NO_ANSWER),
    "a list for a name": ("text(b'{\"dict\": [[[], 1]]}')", NO_ANSWER),
    "a number for a name": ("say(b'V', {1: x})", NO_ANSWER),
    "no arrays": ("say(b'V', {'': 'text'})", NO_ANSWER),
    "no dict": ("say(b'V', [x])", NO_ANSWER),
    "None": ("say(b'V', None)", NO_ANSWER),
    "an array for an error": ("say(b'E', x)", NO_ANSWER),
    "a dict for a reason": ("say(b'W', {})", NO_ANSWER),
    "an error without its cause": ("say(b'E', 'x')", NO_ANSWER),
    "an unknown cause": ("say(b'E', ['mercy', 'x'])", NO_ANSWER),
    "a list for a cause": ("say(b'E', [[], 'x'])", NO_ANSWER),
    "a long error": ("say(b'E', ['other', 'x' * 10**6])", ""),
    "another's number": ("number += 1; say(b'V', {'': 2 * x})", NO_ANSWER),
    "an array for a number": ("number = x; say(b'V', {'': 2 * x})", NO_ANSWER),
    "handles": ("socket.send_fds(job, [b'V'], [0, 1, 2] * 20)", ""),
    "closes": ("job.close(); time.sleep(9)", ENDED),
    "closes its handle": ("os.close(job.fileno()); time.sleep(9)", ENDED),
    "closes one way": ("job.shutdown(socket.SHUT_WR); time.sleep(9)", ENDED),
    "flood of answers": ("while True: say(b'V', {'': 0 * x})", ""),
    "flood of cell numbers": ("while True: say(b'C', 3)", NO_ANSWER),
    "flood of noise": ("while True: job.sendall(os.urandom(2**16))", ""),
}


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_answer_is_worth_nothing(name, quick):
    body, reason = FORGED[name]
    started = time.monotonic()
    source = function(f"global job, number\njob, number = find()\n{body}\nos._exit(0)")
    told, result = attack(quick, TOOLS, source)
    assert told == []
    if reason:
        assert (result.state, result.reason) == ("stopped", reason)
    assert time.monotonic() - started < 6


EARLY = {
    "noise": "job.sendall(os.urandom(64))",
    "flood of noise": "while True: job.sendall(os.urandom(2**16))",
    "a size beyond everything": "begin(b'C', 2**64 - 1)",
    "answers": "for number in range(1, 20): say(b'V', {'': np.zeros(3)})",
    "the end": "wire.send(job, b'R', pack([]))",
    "odd errors of cells": (
        "wire.send(job, b'R', pack([3, [3], [3, 4], [3, 'x'], [3, [], ''], [3, 'mercy', 'x'],"
        " [{}, 'other', ''], [[3], 'other', 'x'], [9, 'other', 'x']]))"
    ),
    "loud errors of cells": (
        "wire.send(job, b'R', pack([[3, 'other', 'y' * 9999], [5, 'memory', '\\x1b[2J']]))"
    ),
    "errors of cells that are none": "wire.send(job, b'R', pack({'a': 1}))",
    "odd cells": "for n in ([], {}, 'x', x, None, 9, 3.0, True): wire.send(job, b'C', pack(n))",
    "blame for the honest cell": "wire.send(job, b'C', pack(7)); os._exit(1)",
    "closes": "job.close()",
}  # fmt: skip


@pytest.mark.parametrize("name", EARLY)
def test_what_is_sent_before_anything_was_asked_is_worth_nothing(name, quick):
    cell = f"{TOOLS}\njob, number = *find()[:1], 1\nx = np.zeros(3)\n{EARLY[name]}"
    told, _ = attack(quick, cell, function("return 0"), spares_honest=False)
    assert all(number in (3, 5, 7) and len(text) <= 1000 for number, text in told)
    assert repr(told).isprintable() and "\\x1b" not in repr(told).replace("\\\\x1b", "")


def test_an_answer_sent_twice_is_not_taken_for_the_next_question(quick):
    body = "global job, number\njob, number = find()\nsay(b'V', {'': 0 * x})\nreturn 0"
    attack(quick, TOOLS, function(body))


def test_noise_behind_a_good_answer_does_not_cost_the_next_question(quick):
    body = "global job, number\njob, number = find()\nsay(b'V', {'': 0 * x})\n"
    attack(quick, TOOLS, function(body + "job.sendall(os.urandom(99))\nreturn 0"))
