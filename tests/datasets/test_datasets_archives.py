"""A zip of recordings is known by what is in it, not by how it is packed."""

import hashlib
import zipfile

import pytest
from conftest import register

from dl_course.datasets import records, registry, store
from dl_course.errors import DataError

RECORDINGS = {"0_ann_0.wav": b"RIFF" + bytes(40), "1_bob_0.wav": b"RIFF" + bytes(range(50))}
SIZE = sum(map(len, RECORDINGS.values()))


def pack(path, contents, prefix="", method=zipfile.ZIP_DEFLATED):
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in contents.items():
            archive.writestr(prefix + name, content)
    return path


@pytest.fixture
def voices(cache, monkeypatch):
    """A registered set `voices` of one archive that nobody offers for download."""
    content = b"".join(name.encode() + b"\0" + data for name, data in RECORDINGS.items())
    file = records.DataFile(
        "voices.zip", (), hashlib.md5(content).hexdigest(), SIZE, members=".wav"
    )
    entry = records.DatasetInfo(
        name="voices",
        title="two voices",
        kind="sounds",
        class_names=("0", "1"),
        input_shape=(8000,),
        train_examples=1,
        test_examples=1,
        split="published",
        is_split_here=False,
        checksum="",
        files=(file,),
        megabytes=0.1,
        alternative="sounds",
        licence="none",
        authors="nobody",
        source="https://example.org",
    )
    register(monkeypatch, entry)
    return cache / "voices" / "voices.zip"


@pytest.mark.parametrize("prefix", ["", "repository-1.0/recordings/"])
@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_an_archive_packed_anew_is_still_the_same(voices, prefix, method):
    pack(voices, {**dict(reversed(RECORDINGS.items())), "README.md": b"hello"}, prefix, method)
    (result,) = store.check("voices")
    assert result.size == SIZE
    ((path, content),) = store.read_files(registry.info("voices"))
    assert path == voices and content == voices.read_bytes()


@pytest.mark.parametrize(
    "contents",
    [
        {**RECORDINGS, "0_ann_0.wav": b"RIFX" + bytes(40)},
        {"0_ann_0.wav": RECORDINGS["0_ann_0.wav"]},
        {**RECORDINGS, "2_eve_0.wav": b"RIFF"},
        {"0_eve_0.wav": RECORDINGS["0_ann_0.wav"], "1_bob_0.wav": RECORDINGS["1_bob_0.wav"]},
        {**RECORDINGS, "2_bomb_0.wav": bytes(10**7)},
    ],
)
def test_an_archive_with_other_recordings_is_damaged(voices, contents):
    pack(voices, contents)
    with pytest.raises(DataError, match=r"voices\.zip: damaged: expected MD5"):
        store.check("voices")


def test_what_is_no_archive_is_said(voices):
    pack(voices, RECORDINGS)
    voices.write_bytes(voices.read_bytes()[:40])
    with pytest.raises(DataError, match="cannot be unpacked"):
        store.check("voices")


def test_a_set_that_nobody_offers_says_where_to_put_it(voices, cache):
    with pytest.raises(DataError, match="not offered for download") as error:
        store.fetch("voices")
    assert str(cache / "voices") in str(error.value) and "use the data set sounds" in str(
        error.value
    )
