"""Saved models: with their preprocessing, and loaded only if they can run no code of their own."""

import json
import os
import zipfile
import zlib
from pathlib import Path

from dl_course.backend import keras
from dl_course.errors import DataError
from dl_course.files import atomic_path

# Keras's own classes, and nothing that another package has registered.
_TRUSTED_MODULES = ("keras", "builtins")
# Keras's own ways to carry code: bytecode, a function by its name, a TensorFlow program.
_CODE = (
    *("Lambda", "__lambda__", "function", "TFSMLayer"),
    *("TorchModuleWrapper", "JaxLayer", "FlaxLayer"),
)
_LARGEST = 2**28  # bytes of a configuration or vocabulary, unpacked
# What zipfile, json, h5py and Keras raise on files with bytes changed or missing.
_DAMAGED = (
    *(ValueError, TypeError, KeyError, AttributeError, EOFError, OSError, RuntimeError),
    *(zipfile.BadZipFile, zlib.error),
)
# What the course adds to Keras's archive. Keras reads the members that it knows, by name.
_PREPROCESSING = "preprocessing.json"


def save_model(model: keras.Model, path: str | os.PathLike, preprocessing: dict) -> None:
    """Writes a `.keras` file that also says how raw text or sound becomes the model's input.

    Plain Keras loads it as any other; `load_preprocessing` reads the rest.

    Args:
        model: a Keras model.
        path: the file, ending in `.keras`; it appears whole or not at all.
        preprocessing: vocabularies, class names and the like, of types that JSON can hold.

    Example:
        >>> from dl_course.models import build_mlp
        >>> path = getfixture("tmp_path") / "model.keras"
        >>> save_model(build_mlp((2,), 2), path, {"class_names": ["no", "yes"]})
        >>> load_preprocessing(path), load_model(path).name
        ({'class_names': ['no', 'yes']}, 'mlp')
    """
    with atomic_path(path) as beside:
        model.save(beside)
        with zipfile.ZipFile(beside, "a", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(_PREPROCESSING, json.dumps(preprocessing, ensure_ascii=False))


def load_preprocessing(path: str | os.PathLike) -> dict:
    """Returns the preprocessing that `save_model` wrote with the model.

    Args:
        path: a `.keras` file.

    Returns:
        The dict.

    Raises:
        DataError: the file is missing or damaged, or holds only a model.

    Example:
        >>> load_preprocessing("none.keras")
        Traceback (most recent call last):
        ...
        dl_course.errors.DataError: none.keras: expected a .keras file, found none. Train one: \
dl-course train.
    """
    found = _read_json(Path(path), _PREPROCESSING)
    if not isinstance(found, dict):
        raise DataError(
            f"{path}: expected a model with its preprocessing, found only a model. "
            "Train one: dl-course train."
        )
    return found


def load_model(path: str | os.PathLike, *, allow_custom_code: bool = False) -> keras.Model:
    """Loads a `.keras` file that was saved by this course or by plain Keras.

    A model file can carry code: a lambda layer holds Python bytecode, and a custom class names
    a module to import. Both are refused unless asked for.

    Args:
        path: a file written by `model.save("... .keras")`.
        allow_custom_code: load it anyway. Only for a file that you trust as much as a program
            that you would run.

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
    if path.suffix != ".keras":  # Keras would choose another format by another ending
        raise DataError(f"{path}: expected a file ending in .keras. Train one: dl-course train.")
    config = _read_json(path, "config.json")
    if isinstance(config, dict):
        # Losses and metrics; Keras does not read them either when it loads without compiling.
        config.pop("compile_config", None)
    if not allow_custom_code:
        try:
            found = sorted(_untrusted_classes(config))
        except RecursionError:
            found = ["layers nested without end"]
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
            f"{path}: expected an intact .keras file, but Keras cannot load it: {reason}. "
            "Train again, or copy the file again."
        ) from error


def _read_json(path: Path, member: str) -> object:
    """Returns a member of the .keras archive without loading the model; None if it has none."""
    if not path.is_file():
        raise DataError(f"{path}: expected a .keras file, found none. Train one: dl-course train.")
    try:
        with zipfile.ZipFile(path) as archive:
            if member == _PREPROCESSING and member not in archive.namelist():
                return None
            if archive.getinfo(member).file_size > _LARGEST:
                raise ValueError(f"{member} is too large")
            return json.loads(archive.read(member))
    except _DAMAGED as error:
        raise DataError(
            f"{path}: expected a .keras file as model.save() writes it, received something else "
            "or a damaged one. Train again, or copy the file again."
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
            # Keras's classes begin with a capital, its marks with __; the rest are functions.
            is_code = name in _CODE or not (name[:1].isupper() or name.startswith("__"))
            if is_code or root not in _TRUSTED_MODULES or is_registered:
                found.add(f"{name} of {module}" if module else name)
        for value in config.values():
            found |= _untrusted_classes(value)
    elif isinstance(config, list):
        for value in config:
            found |= _untrusted_classes(value)
    return found
