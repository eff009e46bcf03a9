"""Finding what a folder of modules declares: a new module is all that an addition needs."""

import importlib
import pkgutil
from types import ModuleType

from dl_course.errors import CourseError


def declared_in(package: ModuleType, *names: str) -> list[ModuleType]:
    """Imports the modules of a package, except those whose name begins with an underscore.

    Args:
        package: the package.
        names: what each module must define.

    Raises:
        CourseError: a module lacks one of the names.

    Example:
        >>> from dl_course.datasets import sets
        >>> "digits" in [module.INFO.name for module in declared_in(sets, "INFO", "load")]
        True
    """
    found = []
    for entry in pkgutil.iter_modules(package.__path__):
        if entry.name.startswith("_"):
            continue
        module = importlib.import_module(f"{package.__name__}.{entry.name}")
        missing = [name for name in names if not hasattr(module, name)]
        if missing:
            raise CourseError(
                f"{module.__file__}: expected a module that defines {' and '.join(names)}. "
                f"It lacks {' and '.join(missing)}. Add it, or begin the module's name with _."
            )
        found.append(module)
    return found
