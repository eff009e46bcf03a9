"""Messages between the grader and the sandbox: a kind, a size, and that many bytes.

The other side may be a student's code. A size is checked before anything is read, and a deadline
covers a whole message, however slowly its bytes arrive.
"""

import enum
import socket
import struct
import time

HEADER = struct.Struct(">cQ")
STATUS = struct.Struct("?i")  # after a submission: is the sandbox still clean, how did it end


class Kind(bytes, enum.Enum):
    """What a message says: the first two come from the grader, the others from a submission."""

    CELLS = b"L"  # the number and the source of each code cell
    CALL = b"A"  # a function's name and inputs, and the number of the call
    CELL = b"C"  # the number of the cell that runs now
    READY = b"R"  # all cells have run; of those that raised: number, cause, text
    VALUE = b"V"  # number of the call, what the function returned
    NO_FUNCTION = b"M"  # number of the call, nothing
    UNUSABLE = b"W"  # number of the call, why what was returned cannot be compared
    RAISED = b"E"  # number of the call; cause and text of the exception


class Cause(enum.StrEnum):
    """What was raised, where the grader treats it in a way of its own."""

    UNANSWERED = "unanswered"  # NotImplementedError, which the released notebook raises
    MEMORY = "memory"
    OTHER = "other"


class WireError(Exception):
    """The other side is gone, is too slow, or sends what no honest side would send."""


class TooSlow(WireError):
    """The deadline has passed."""


class TooLarge(WireError):
    """A message claims to be larger than allowed."""


class Closed(WireError):
    """The other side has closed the connection, as the end of its process does."""


def send(
    connection: socket.socket, kind: bytes, payload: bytes = b"", seconds: float | None = None
) -> None:
    """Sends one message, of a kind of one byte, within some seconds or however long it takes.

    Raises:
        TooSlow: if the other side does not read.
        Closed: if it is gone.
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
        deadline: the `time.monotonic()` by which the message must be complete; None for never.
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
