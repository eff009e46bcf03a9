"""Text for a terminal: no name of a file or a class may steer it."""

from dl_course.texts import printable


def say(*lines: object) -> None:
    """Prints lines, each made printable."""
    for line in lines:
        print(printable(line))
