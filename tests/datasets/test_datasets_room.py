"""The room itself: light to import, and a catalogue that tells the truth."""

import json
import subprocess
import sys

HEAVY = (
    "tensorflow",
    "keras",
    "sklearn",
    "scipy",
    "PIL",
    "pooch",
    "requests",
    "matplotlib",
    "tqdm",
)


def import_once():
    """CPU seconds of the import in a fresh interpreter, and the top packages it brought."""
    code = (
        "import json, sys, time; start = time.process_time(); import dl_course.datasets; "
        "seconds = time.process_time() - start; "
        "print(json.dumps([seconds, sorted({name.split('.')[0] for name in sys.modules})]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_the_import_is_light():
    seconds, packages = import_once()
    assert not set(HEAVY) & set(packages)
    foreign = {
        name
        for name in packages
        if name not in sys.stdlib_module_names and not name.startswith("__")
    }
    assert foreign <= {"numpy", "dl_course", "sitecustomize", "_distutils_hack"}
    # CPU time, and the best of a few: the machine may be busy with something else.
    assert min([seconds, *(import_once()[0] for _ in range(4))]) < 0.3
