"""The structure, file by file: no circle, no foreign private name, rooms entered by their face."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "dl_course"
FILES = sorted(PACKAGE.rglob("*.py"))

# Rooms whose files are entered directly: a face of `commands` would import all verbs for one.
WITHOUT_FACE = {"dl_course.commands", "dl_course.commands.runs"}


def module_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_of(path): path for path in FILES}
FACES = {module for module, path in MODULES.items() if path.name == "__init__.py"}


def is_type_checking(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def statements(node: ast.AST) -> Iterator[ast.AST]:
    """Everything in a file that runs: late imports too, imports for the type checker not."""
    for child in ast.iter_child_nodes(node):
        if not is_type_checking(child):
            yield child
            yield from statements(child)


@cache
def bound_in(face: str) -> set[str]:
    """The names that a face imports: `training.fit` is a function there, and a file besides."""
    nodes = ast.parse(MODULES[face].read_text(encoding="utf-8")).body
    return {a.name for node in nodes if isinstance(node, ast.ImportFrom) for a in node.names}


@cache
def imports(module: str) -> tuple[tuple[str, str], ...]:
    """Every (module, name) that a file imports from the package; name is "" for a whole module."""
    found = []
    for node in statements(ast.parse(MODULES[module].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [(alias.name, "") for alias in node.names if alias.name in MODULES]
        elif isinstance(node, ast.ImportFrom) and node.module in MODULES:
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                is_file = whole in MODULES and alias.name not in bound_in(node.module)
                found.append((whole, "") if is_file else (node.module, alias.name))
    return tuple(found)


def folder(module: str) -> str:
    """The folder that a file lies in; a face lies in its own."""
    return module if module in FACES else module.rpartition(".")[0]


def room(module: str) -> str:
    """The room of the design that a file belongs to; within it, folders are open to each other."""
    return ".".join(folder(module).split(".")[:2])


every_file = pytest.mark.parametrize("module", sorted(MODULES))


@every_file
def test_a_room_is_entered_by_its_face(module):
    for target, _ in imports(module):
        inside = room(target) in (room(module), "dl_course")
        entered = target in FACES or folder(target) in WITHOUT_FACE
        assert inside or entered, f"{target} from {module}"


@every_file
def test_no_private_name_of_another_file_is_used(module):
    for target, name in imports(module):
        private_file = target.rpartition(".")[2].startswith("_")
        assert not (private_file and room(target) != room(module)), target
        assert not name.startswith("_") or name == "__version__", f"{target}.{name}"


def test_no_file_imports_itself_by_way_of_others():
    # Depth first; a file that is met again while it is still open closes a circle.
    done: set[str] = set()

    def visit(module: str, way: tuple[str, ...]) -> None:
        assert module not in way, " imports ".join((*way[way.index(module) :], module))
        if module not in done:
            for target in {target for target, _ in imports(module)}:
                visit(target, (*way, module))
            done.add(module)

    for module in MODULES:
        visit(module, ())


def test_the_exceptions_are_few_and_used():
    assert len(WITHOUT_FACE) <= 3
    entered = {folder(target) for module in MODULES for target, _ in imports(module)}
    assert WITHOUT_FACE <= entered
