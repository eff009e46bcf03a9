"""The data sets that have a name."""

import functools
from types import ModuleType

from dl_course.datasets import formats, sets
from dl_course.datasets.discovery import declared_in
from dl_course.datasets.records import DatasetInfo
from dl_course.errors import CourseError, DataError


@functools.cache
def modules() -> dict[str, ModuleType]:
    """Returns the module of each registered set by the set's name, the embedded ones first.

    Raises:
        CourseError: two modules declare one name.
    """
    found: dict[str, ModuleType] = {}
    for module in declared_in(sets, "INFO", "load"):
        other = found.setdefault(module.INFO.name, module)
        if other is not module:
            raise CourseError(
                f"Two modules declare the data set {module.INFO.name!r}: {other.__file__} and "
                f"{module.__file__}. Rename one of the two sets."
            )
    return dict(sorted(found.items(), key=lambda item: (not item[1].INFO.embedded, item[0])))


def names() -> tuple[str, ...]:
    """Returns the names of the registered data sets, the embedded ones first.

    Example:
        >>> names().index("sounds") < names().index("fashion_mnist")
        True
    """
    return tuple(modules())


def info(name: str) -> DatasetInfo:
    """Returns what is known of a registered data set.

    Args:
        name: one of `names()`.

    Raises:
        DataError: there is no such data set; the closest name is suggested.

    Example:
        >>> info("fashion_mnist").class_names[9]
        'ankle boot'
    """
    if name not in modules():
        raise unknown(name)
    return modules()[name].INFO


def unknown(name: str) -> DataError:
    """Returns the error for a name that is not registered.

    Example:
        >>> print(unknown("mnits"))  # doctest: +ELLIPSIS
        There is no data set 'mnits'. Did you mean 'mnist'? ...
    """
    from difflib import get_close_matches

    close = get_close_matches(str(name).lower(), names(), n=1)
    guess = f" Did you mean {close[0]!r}?" if close else ""
    return DataError(
        f"There is no data set {name!r}.{guess} Choose one of {', '.join(names())}, or give the "
        f"path of your own: {formats.own_files()}."
    )
