"""What may import what, what starts no Keras, and what every file of the package must keep to."""

import ast
import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "dl_course"
FILES = sorted(PACKAGE.rglob("*.py"))
BACKENDS = {"keras", "tensorflow", "jax", "torch"}
BASE = {"errors", "files", "tables", "texts"}

# Which parts of the package a part may import, itself aside; a part is a room or a file.
MAY_IMPORT = {
    "__init__": set(),
    "errors": set(),
    "files": set(),
    "texts": set(),
    "tables": {"errors", "files"},
    "backend": {"errors"},
    "syllabus": {"errors", "files"},
    "scratch": {"errors", "files"},
    "plots": {"errors", "files"},
    "datasets": {"errors", "files"},
    "models": {"errors", "files", "backend"},
    "training": BASE | {"backend", "datasets", "plots"},
    "diagnostics": BASE | {"backend"},
    "inference": BASE | {"backend", "datasets", "models", "scratch", "training"},
    "grading": BASE | {"__init__", "assignments", "plots"},
    "cli": BASE | {"__init__", "cli_assignment", "cli_tasks", "commands"},
    "cli_assignment": {"commands"},
    "cli_tasks": {"commands", "texts"},
    "__main__": {"cli"},
}
_ALL = {*MAY_IMPORT, "assignments", "commands"}
MAY_IMPORT["assignments"] = _ALL - {
    *("__main__", "cli", "cli_assignment", "cli_tasks", "commands", "grading")
}
MAY_IMPORT["commands"] = _ALL - {"__main__", "cli", "cli_assignment", "cli_tasks"}
# What a part may import besides the standard library and the package; others may all but BACKENDS.
EXTERNAL = {
    "__init__": set(),
    "__main__": set(),
    "errors": set(),
    "files": set(),
    "texts": set(),
    "tables": {"numpy"},
    "syllabus": set(),
    "backend": {"numpy", *BACKENDS},
    "scratch": {"numpy"},
    "plots": {"numpy", "matplotlib"},
    "datasets": {"numpy", "scipy", "soundfile", "sklearn", "PIL", "pooch", "requests", "tqdm"},
    "models": {"numpy"},
    "diagnostics": {"numpy"},
    "inference": {"numpy", "PIL"},
    "grading": {"numpy", "IPython", "jinja2"},
}


def part_of(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def imported(path: Path) -> set[str]:
    """Dotted names of everything that a file imports, late imports included."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            if node.module == "dl_course":
                # `from dl_course import plots` means the room, __version__ the package itself.
                names = {alias.name for alias in node.names}
                found |= {f"dl_course.{'__init__' if n == '__version__' else n}" for n in names}
            else:
                found.add(node.module)
    return found


@pytest.fixture(params=FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def path(request):
    return request.param


def test_the_rules_name_every_part_of_the_package():
    assert {part_of(path) for path in FILES} == set(MAY_IMPORT)


def test_imports_go_one_way(path):
    part = part_of(path)
    inside = {name.split(".")[1] for name in imported(path) if name.startswith("dl_course.")}
    assert inside - {part} <= MAY_IMPORT[part]


def test_only_the_backend_speaks_to_the_backends(path):
    part = part_of(path)
    tops = {name.split(".")[0] for name in imported(path)}
    outside = tops - set(sys.stdlib_module_names) - {"dl_course"}
    if part in EXTERNAL:
        assert outside <= EXTERNAL[part]
    else:
        assert not outside & BACKENDS


def test_no_file_asserts_hides_errors_or_unpickles(path):
    text = path.read_text(encoding="utf-8")
    nodes = list(ast.walk(ast.parse(text)))
    assert not any(isinstance(node, ast.Assert) for node in nodes)
    assert not any(isinstance(node, ast.ExceptHandler) and node.type is None for node in nodes)
    assert not {name.split(".")[0] for name in imported(path)} & {"pickle", "dill", "joblib"}
    loads = [node for node in nodes if isinstance(node, ast.Call) and is_numpy_load(node.func)]
    for call in loads:
        pickle = {keyword.arg: keyword.value for keyword in call.keywords}.get("allow_pickle")
        assert isinstance(pickle, ast.Constant) and pickle.value is False, ast.unparse(call)


def is_numpy_load(function: ast.expr) -> bool:
    return ast.unparse(function) in ("np.load", "numpy.load")


@pytest.mark.parametrize("folder", ["dl_course", "tests", "benchmarks"])
def test_files_are_small(folder):
    sizes = {
        p: len(p.read_text(encoding="utf-8").splitlines()) for p in ROOT.glob(f"{folder}/**/*.py")
    }
    assert sizes and {str(p.relative_to(ROOT)): n for p, n in sizes.items() if n > 400} == {}


# What these hold is said by their attributes; nobody but the syllabus makes them.
PLAIN_RECORDS = {"Document", "Erratum"}


def public_names() -> list[tuple[str, str]]:
    """Every name that the face of a room imports from it or defines; of a lone file, its own."""
    names = []
    for part in sorted(MAY_IMPORT):
        if part in ("__main__", "cli", "cli_assignment", "cli_tasks", "commands"):
            continue
        module = importlib.import_module(f"dl_course.{part}".removesuffix(".__init__"))
        for name, value in vars(module).items():
            home = f"{getattr(value, '__module__', '')}."
            if home.startswith(f"{module.__name__}.") and not name.startswith("_"):
                names.append((module.__name__, name))
    return names


def test_every_public_name_has_a_docstring_with_an_example():
    checked, without = 0, []
    for module, name in public_names():
        value = getattr(importlib.import_module(module), name)
        if not callable(value) or (isinstance(value, type) and issubclass(value, Exception)):
            continue  # a table of constants, an exception: nothing to call
        checked += 1
        if ">>> " not in (value.__doc__ or "") and name not in PLAIN_RECORDS:
            without.append(f"{module}.{name}")
    assert checked > 50 and without == []


def loaded_by(statement: str) -> set[str]:
    """The top packages that a fresh interpreter has loaded after a statement."""
    code = f"import sys\n{statement}\nprint()\nimport json\nprint(json.dumps(list(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return {name.split(".")[0] for name in json.loads(done.stdout.splitlines()[-1])}


COMMAND = """
from dl_course.cli import main
sys.argv = ["dl-course", {}]
try:
    main()
except SystemExit as stop:
    assert not stop.code, stop.code
"""


@pytest.mark.parametrize(
    "statement",
    [
        "import dl_course",
        "import dl_course.scratch",
        "import dl_course.datasets",
        "import dl_course.plots",
        "import dl_course.syllabus",
        COMMAND.format("'--help'"),
        COMMAND.format("'train', 'cnn', '--help'"),
        COMMAND.format("'predict', '--help'"),
        COMMAND.format("'chapters'"),
        COMMAND.format("'section', 'D1-3.1'"),
        COMMAND.format("'data', 'list'"),
        COMMAND.format("'assignment', 'list'"),
        "import dl_course.assignments",
        "import dl_course.grading",
        "import dl_course.grading.sandbox",
    ],
    ids=lambda statement: " ".join(statement.split("[")[-1].split("]")[0].split("\n")),
)
def test_light_parts_start_no_keras(statement):
    assert loaded_by(statement) & (BACKENDS | {"sklearn"}) == set()
