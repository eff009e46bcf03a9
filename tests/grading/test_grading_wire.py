import random
import socket
import threading
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dl_course.grading import wire


@pytest.fixture
def pair():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


@given(kind=st.binary(min_size=1, max_size=1), payload=st.binary(max_size=4096))
@settings(max_examples=50, deadline=None)
def test_what_is_sent_is_received(kind, payload):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        wire.send(theirs, kind, payload)
        assert wire.receive(ours, 4096) == (kind, payload)


def test_messages_larger_than_the_buffers_arrive_whole(pair):
    ours, theirs = pair
    payload = random.Random(1).randbytes(5 * 2**20)
    thread = threading.Thread(target=wire.send, args=(theirs, b"V", payload))
    thread.start()
    assert wire.receive(ours, len(payload), time.monotonic() + 10) == (b"V", payload)
    thread.join()


@pytest.mark.parametrize("size", [11, 2**25, 2**63, 2**64 - 1])
def test_a_size_above_the_limit_is_refused_before_anything_is_read(pair, size):
    ours, theirs = pair
    theirs.sendall(wire.HEADER.pack(b"V", size))
    with pytest.raises(wire.TooLarge):
        wire.receive(ours, 10)


@given(data=st.binary(max_size=64))
@settings(max_examples=100, deadline=None)
def test_any_bytes_give_a_message_or_one_of_the_named_errors(data):
    ours, theirs = socket.socketpair()
    with ours:
        with theirs:
            theirs.sendall(data)
        try:
            kind, payload = wire.receive(ours, 1000, time.monotonic() + 5)
        except (wire.Closed, wire.TooLarge):
            return
        assert data.startswith(wire.HEADER.pack(kind, len(payload)) + payload)


@pytest.mark.parametrize(
    "sent", [b"", b"V", wire.HEADER.pack(b"V", 9), wire.HEADER.pack(b"V", 9) + b"1"]
)
def test_a_message_that_does_not_come_whole_is_given_up_in_time(pair, sent):
    ours, theirs = pair
    theirs.sendall(sent)
    started = time.monotonic()
    with pytest.raises(wire.TooSlow):
        wire.receive(ours, 10, started + 0.1)
    assert time.monotonic() - started < 1
    with pytest.raises(wire.TooSlow):
        wire.receive(ours, 10, started)


def test_a_drip_does_not_move_the_deadline(pair):
    ours, theirs = pair
    stop = threading.Event()

    def drip():
        theirs.sendall(wire.HEADER.pack(b"V", 999))
        while not stop.wait(0.02):
            theirs.send(b"x")

    thread = threading.Thread(target=drip)
    thread.start()
    started = time.monotonic()
    with pytest.raises(wire.TooSlow):
        wire.receive(ours, 1000, started + 0.2)
    assert time.monotonic() - started < 1
    stop.set()
    thread.join()


def test_who_does_not_read_is_given_up_in_time(pair):
    started = time.monotonic()
    with pytest.raises(wire.TooSlow):
        wire.send(pair[0], b"A", bytes(2**24), 0.1)
    assert time.monotonic() - started < 1


def test_who_has_gone_is_told(pair):
    ours, theirs = pair
    theirs.close()
    with pytest.raises(wire.Closed):
        wire.receive(ours, 10)
    with pytest.raises(wire.Closed):
        wire.send(ours, b"A", bytes(10))
    ours.close()
    with pytest.raises(wire.Closed):
        wire.send(ours, b"A", bytes(10))
