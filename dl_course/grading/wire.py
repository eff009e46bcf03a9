"""Messages between the grader and the sandbox: a kind, a size, and so many bytes.

The other side may be a student's code. A size is checked before anything is read, and a deadline
holds for a whole message, however slowly its bytes drip.
"""

import socket
import struct
import time

HEADER = struct.Struct(">cQ")


class WireError(Exception):
    """The other side has gone, is too slow, or sends what no honest side would send."""


class TooSlow(WireError):
    """The deadline passed."""


class TooLarge(WireError):
    """A message says that it is larger than allowed."""


class Closed(WireError):
    """The other side has closed the connection, as the end of its process does."""


def send(
    connection: socket.socket, kind: bytes, payload: bytes = b"", seconds: float | None = None
):
    """Sends one message.

    Args:
        connection: a connected socket.
        kind: one byte.
        payload: the content.
        seconds: how long to try; None for as long as it takes.

    Raises:
        TooSlow: if the other side does not read.
        Closed: if it has gone.
    """
    try:
        connection.settimeout(seconds)
        connection.sendall(HEADER.pack(kind, len(payload)) + payload)
    except TimeoutError:
        raise TooSlow from None
    except OSError:
        raise Closed from None


def receive(
    connection: socket.socket, limit: int, deadline: float | None = None
) -> tuple[bytes, bytes]:
    """Returns the kind and the content of the next message.

    Args:
        connection: a connected socket.
        limit: largest content in bytes.
        deadline: the `time.monotonic()` until which the message must be whole; None for never.

    Raises:
        TooSlow, TooLarge, Closed: what went wrong.
    """
    kind, size = HEADER.unpack(_exactly(connection, HEADER.size, deadline))
    if size > limit:
        raise TooLarge
    return kind, _exactly(connection, size, deadline)


def _exactly(connection: socket.socket, size: int, deadline: float | None) -> bytes:
    data = bytearray()
    while len(data) < size:
        left = None if deadline is None else deadline - time.monotonic()
        if left is not None and left <= 0:
            raise TooSlow
        try:
            connection.settimeout(left)
            part = connection.recv(min(size - len(data), 2**20))
        except TimeoutError:
            raise TooSlow from None
        except OSError:
            raise Closed from None
        if not part:
            raise Closed
        data += part
    return bytes(data)
