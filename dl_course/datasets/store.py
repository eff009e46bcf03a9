"""Finding, downloading and verifying the files of the registered data sets."""

import gzip
import hashlib
import os
import time
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from dl_course.datasets.records import DataFile, DatasetInfo
from dl_course.datasets.registry import info, modules
from dl_course.errors import DataError
from dl_course.files import atomic_path


@dataclass(frozen=True)
class FileCheck:
    """One file whose decoded content was read again and is as published.

    Example:
        >>> check("digits")[0].where
        'embedded'
    """

    name: str
    where: str
    size: int
    md5: str


def data_home() -> Path:
    """Returns the folder where downloads are kept: `data/` of a checkout, or the user's cache.

    Example:
        >>> data_home().name in ("data", "dl_course", "Cache")
        True
    """
    checkout = Path(__file__).resolve().parents[2]
    if (checkout / "pyproject.toml").is_file():
        return checkout / "data"
    import pooch

    return Path(pooch.os_cache("dl_course"))


def locate(name: str) -> str | None:
    """Returns where a data set was found, without reading it.

    Returns:
        "embedded", "$DL_COURSE_DATA", "cache", "$DL_COURSE_DATA and cache" when the files are
        spread over both, or None when a file is missing.

    Raises:
        DataError: unknown name, or `DL_COURSE_DATA` is not a folder.

    Example:
        >>> locate("digits")
        'embedded'
    """
    entry = info(name)
    if entry.embedded:
        return "embedded"
    folders = _folders(name)
    places = [_place(file, folders) for file in entry.files]
    return None if None in places else " and ".join(sorted({place or "" for place in places}))


def fetch(name: str) -> tuple[Path, ...]:
    """Makes sure that every file of a data set is available and intact; downloads what is missing.

    Returns:
        The paths of its files; of an embedded set, none.

    Raises:
        DataError: unknown name, a damaged file, or a file that cannot be downloaded.

    Example:
        >>> fetch("digits")
        ()
    """
    entry = info(name)
    if entry.embedded:
        return ()
    return tuple(path for path, _ in read_files(entry))


def check(name: str) -> tuple[FileCheck, ...]:
    """Reads every file of a data set again and verifies its decoded content; downloads nothing.

    Returns:
        One result per file. All are good: a bad one raises an error.

    Raises:
        DataError: unknown name, a missing file, or a damaged one.

    Example:
        >>> [result.name for result in check("digits")]
        ['scikit-learn digits']
    """
    entry = info(name)
    if entry.embedded and not entry.files:
        return ()  # made here, or part of this Python: nothing to compare with
    if entry.embedded:
        modules()[name].load(test_share=0.2, seed=0)  # which verifies what it reads
        return tuple(FileCheck(f.name, "embedded", f.size, f.md5) for f in entry.files)
    folders = _folders(name)
    results = []
    for file in entry.files:
        place = _place(file, folders)
        if place is None:
            raise DataError(f"{name}: {file.name} is missing. Get it: {how_to_get(name)}")
        path = folders[place] / file.name
        _read(path, file)
        results.append(FileCheck(file.name, str(path), file.size, file.md5))
    return tuple(results)


def how_to_get(name: str) -> str:
    """Returns what to do for a data set's missing files: a command, or where to put them.

    Example:
        >>> how_to_get("mnist")
        'dl-course data fetch mnist'
    """
    by_hand = [file.name for file in info(name).files if not file.urls]
    if not by_hand:
        return f"dl-course data fetch {name}"
    folder, here = next(iter(_folders(name).values())), Path.cwd()
    place = folder.relative_to(here) if folder.is_relative_to(here) else folder
    return f"put {' and '.join(by_hand)} into {place} (see data/README.md)"


def read_files(entry: DatasetInfo) -> Iterator[tuple[Path, bytes]]:
    """Yields path and decoded content of each file, downloaded if missing, always verified.

    Raises:
        DataError: a damaged file, or one that cannot be downloaded.
    """
    folders = _folders(entry.name)
    for file in entry.files:
        place = _place(file, folders)
        path = folders[place] / file.name if place else _download(entry, file, folders)
        yield path, _read(path, file)


def check_embedded(entry: DatasetInfo, content: bytes) -> None:
    """Raises a `DataError` unless an installed package carries the published content.

    Example:
        >>> check_embedded(info("digits"), b"")  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        ...
        dl_course.errors.DataError: scikit-learn digits: not as published: ...
    """
    file = entry.files[0]
    actual = hashlib.md5(content, usedforsecurity=False).hexdigest()
    if actual != file.md5:
        raise DataError(
            f"{file.name}: not as published: expected MD5 {file.md5}, "
            f"actual {actual}. Install scikit-learn again."
        )


def _folders(name: str) -> dict[str, Path]:
    """Returns the folders in which a set's files are looked for, in this order."""
    folders = {}
    given = os.environ.get("DL_COURSE_DATA")
    if given:
        root = Path(given).expanduser().absolute()
        if not root.is_dir():
            raise DataError(
                f"DL_COURSE_DATA is not a folder: {root}. Correct the environment variable or "
                "unset it."
            )
        folders["$DL_COURSE_DATA"] = root / name
    folders["cache"] = data_home() / name
    return folders


def _place(file: DataFile, folders: dict[str, Path]) -> str | None:
    """Returns the first of the folders that holds the file."""
    return next((place for place in folders if (folders[place] / file.name).is_file()), None)


def _read(path: Path, file: DataFile) -> bytes:
    """Returns the decoded content of a file, or raises an error that says how it differs."""
    content, fault = _decode(path, file)
    if fault:
        fetch_it = f"then run: dl-course data fetch {path.parent.name}"
        again = fetch_it if file.urls else "and copy it again."
        raise DataError(f"{path}: damaged: {fault}. Delete the file, {again}")
    return content


def _decode(path: Path, file: DataFile) -> tuple[bytes, str]:
    """Returns the decoded content of a file, and what is wrong with it (empty: nothing)."""
    expected = f"expected MD5 {file.md5} of the decoded content, actual"
    with path.open("rb") as raw:
        start = raw.read(2)
    if not start:
        return b"", f"{expected} none: the file is empty"
    if file.members:
        content, fault = archive_content(path, file)
        if fault:
            return b"", f"{expected} none: {fault}"
        actual = hashlib.md5(content, usedforsecurity=False).hexdigest()
        return path.read_bytes(), "" if actual == file.md5 else f"{expected} {actual}"
    # Some servers send a .gz file as "gzip-encoded", and then it arrives decoded.
    opener = gzip.open if start == b"\x1f\x8b" else open
    try:
        with opener(path, "rb") as decoded:
            content = decoded.read(file.size + 1)
    except EOFError:
        return b"", f"{expected} none: the file is cut off"
    except (gzip.BadGzipFile, zlib.error):
        return b"", f"{expected} none: it cannot be decompressed"
    if len(content) > file.size:
        return b"", f"{expected} none: it is longer than {file.size} bytes"
    actual = hashlib.md5(content, usedforsecurity=False).hexdigest()
    return content, "" if actual == file.md5 else f"{expected} {actual}"


def archive_content(path: Path, file: DataFile) -> tuple[bytes, str]:
    """Returns names and contents of an archive's members, and what is wrong (empty: nothing).

    In the order of the names, without their folders: repacked, or with more folders around them,
    they are still the same.

    Args:
        path: a .zip file.
        file: which members count, and how many bytes they have together; more are not unpacked.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = [m for m in archive.infolist() if m.filename.lower().endswith(file.members)]
            if sum(member.file_size for member in members) != file.size:
                return b"", f"its {file.members} files do not have {file.size} bytes in all"
            members.sort(key=lambda member: PurePosixPath(member.filename).name)
            parts = []
            for member in members:
                name = PurePosixPath(member.filename).name
                parts += [name.encode(), b"\0", archive.read(member)]
            return b"".join(parts), ""
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
        return b"", "it cannot be unpacked"


def _download(entry: DatasetInfo, file: DataFile, folders: dict[str, Path]) -> Path:
    """Downloads one file into the cache, complete or not at all, and returns its path."""
    import requests

    target = folders["cache"] / file.name
    folder = next(iter(folders.values()))
    if not file.urls:
        raise DataError(
            f"{entry.name}: {file.name} is not offered for download. Put it into {folder} (see "
            f"data/README.md), or use the data set {entry.alternative}, which needs no file."
        )
    failures = {}
    for attempt in (1, 2):
        for url in file.urls:
            try:
                with atomic_path(target) as beside:
                    _stream(url, beside, file)
                    _, fault = _decode(beside, file)
                    if fault:
                        raise DataError(fault)
                return target
            except (requests.RequestException, DataError) as error:
                failures[urlsplit(url).netloc] = _reason(error)
        if attempt == 1:
            time.sleep(1)  # most network failures are short
    tried = "; ".join(f"{host}: {reason}" for host, reason in failures.items())
    raise DataError(
        f"{entry.name}: could not download {file.urls[0]} ({tried}). Use the data set "
        f"{entry.alternative}, which needs no network, or put the file into {folder} by hand."
    )


def _stream(url: str, path: Path, file: DataFile) -> None:
    """Writes what the server sends to `path`, under a progress bar."""
    # pooch.retrieve would rename as well, but it knows one address per file and verifies the
    # compressed bytes, which differ in a recompressed copy.
    from pooch import HTTPDownloader
    from tqdm.auto import tqdm

    with tqdm(desc=file.name, total=file.size, unit="B", unit_scale=True, delay=0.5) as bar:
        HTTPDownloader(progressbar=bar, chunk_size=2**16, timeout=(10, 30))(url, str(path), None)


def _reason(error: Exception) -> str:
    """Returns a few words on why a download failed."""
    import requests

    if isinstance(error, DataError):
        return str(error)
    if isinstance(error, requests.HTTPError) and error.response is not None:
        return f"status {error.response.status_code}"
    if isinstance(error, requests.Timeout):
        return "no answer in time"
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return "the connection broke"
    if isinstance(error, requests.ConnectionError):
        return "no connection"
    return type(error).__name__
