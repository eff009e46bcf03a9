"""Saved models: loaded only when they can run no code of their own."""

import json
import os
import zipfile
import zlib
from pathlib import Path

from dl_course.backend import keras
from dl_course.errors import DataError

# Keras's own classes, and nothing registered by somebody else's package.
_TRUSTED_MODULES = ("keras", "builtins")
# Keras's own ways to carry code: bytecode, a function by its name, a TensorFlow program.
_CODE = ("Lambda", "__lambda__", "function", "TFSMLayer")
# What zipfile, json, h5py and Keras raise on files with bytes changed or missing.
_DAMAGED = (
    *(ValueError, TypeError, KeyError, AttributeError, EOFError, OSError, RuntimeError),
    *(zipfile.BadZipFile, zlib.error),
)


def load_model(path: str | os.PathLike, *, allow_custom_code: bool = False) -> keras.Model:
    """Loads a `.keras` file that was saved by this course or by plain Keras.

    A model file can carry code: a lambda layer holds Python bytecode, and a custom class names
    a module to import. Both are refused unless asked for.

    Args:
        path: a file written by `model.save("... .keras")`.
        allow_custom_code: load it all the same. Only for a file that you trust as much as a
            program that you would run.

    Returns:
        The model, uncompiled, as the builders return it.

    Raises:
        DataError: if the file is missing, damaged, or carries code that was not allowed.

    Example:
        >>> from dl_course.models import build_mlp
        >>> path = getfixture("tmp_path") / "model.keras"
        >>> build_mlp((2,), 2).save(path)
        >>> load_model(path).count_params()
        8770
    """
    path = Path(path)
    config = _read_config(path)
    if not allow_custom_code:
        found = sorted(_untrusted_classes(config))
        if found:
            raise DataError(
                f"{path}: expected a model of Keras layers only, found {', '.join(found)}, which "
                "could run code. Pass --allow-custom-code (allow_custom_code=True) if you trust "
                "whoever made it as much as a program you would run."
            )
    try:
        return keras.saving.load_model(path, compile=False, safe_mode=not allow_custom_code)
    except _DAMAGED as error:
        reason = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
        raise DataError(
            f"{path}: expected a whole .keras file, Keras cannot load it: {reason}. "
            "Train again, or copy the file anew."
        ) from error


def _read_config(path: Path) -> object:
    """Returns the model's configuration from inside the .keras archive, without loading it."""
    if not path.is_file():
        raise DataError(f"{path}: expected a .keras file, found none. Train one: dl-course train.")
    try:
        with zipfile.ZipFile(path) as archive:
            return json.loads(archive.read("config.json"))
    except _DAMAGED as error:
        raise DataError(
            f"{path}: expected a .keras file as model.save() writes it, received something else "
            "or a damaged one. Train again, or copy the file anew."
        ) from error


def _untrusted_classes(config: object) -> set[str]:
    """Returns the classes in a configuration that are lambdas or do not belong to Keras."""
    found: set[str] = set()
    if isinstance(config, dict):
        name = config.get("class_name")
        if isinstance(name, str):
            module = config.get("module")
            root = module.split(".")[0] if isinstance(module, str) else "keras"
            is_registered = ">" in str(config.get("registered_name"))
            if name in _CODE or root not in _TRUSTED_MODULES or is_registered:
                found.add(f"{name} of {module}" if module else name)
        for value in config.values():
            found |= _untrusted_classes(value)
    elif isinstance(config, list):
        for value in config:
            found |= _untrusted_classes(value)
    return found
