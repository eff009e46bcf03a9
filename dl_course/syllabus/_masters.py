"""Which assignment goes with which chapter: the masters' file names say so."""

import re

from dl_course.errors import CourseError
from dl_course.files import masters_folder


def assignments_by_chapter() -> dict[int, str]:
    """Returns the names of the assignments by chapter: each name begins with its number.

    Raises:
        CourseError: two masters begin with the same number.
    """
    names: dict[int, str] = {}
    for path in sorted(masters_folder().glob("*.ipynb")):
        number = re.match(r"(\d\d)_", path.name)
        if number is None:
            continue
        other = names.setdefault(int(number[1]), path.stem)
        if other != path.stem:
            raise CourseError(
                f"{path.parent}: expected one assignment for chapter {number[1]}. "
                f"Received: {other}.ipynb and {path.name}. Rename one or move it elsewhere."
            )
    return names
