"""Finding, downloading and verifying: against a real server on this machine."""

import dataclasses
import gzip
import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import numpy as np
import pooch
import pytest

from dl_course import datasets
from dl_course.datasets import registry, store
from dl_course.errors import DataError


def refusal(call, *args, **kwargs):
    with pytest.raises(DataError) as caught:
        call(*args, **kwargs)
    text = str(caught.value)
    assert "\n" not in text
    return text


def put(folder, contents, level=9):
    folder.mkdir(parents=True)
    for name, content in contents.items():
        (folder / name).write_bytes(gzip.compress(content, level))


def test_a_missing_set_is_downloaded_once(tiny, server, cache, tiny_contents):
    assert datasets.locate("tiny") is None
    paths = datasets.fetch("tiny")
    assert [path.name for path in paths] == list(tiny_contents)
    assert datasets.locate("tiny") == "cache"
    assert len(server.asked) == 4
    data = datasets.load("tiny")
    assert len(server.asked) == 4
    pixels = np.frombuffer(tiny_contents["train-images.gz"], np.uint8, offset=16)
    np.testing.assert_allclose(data.x_train.ravel(), pixels / 255, atol=1e-7)
    assert sorted(p.name for p in (cache / "tiny").iterdir()) == sorted(tiny_contents)


@pytest.mark.parametrize("status", [404, 503])
def test_a_failing_mirror_is_passed_over(tiny, server, tiny_contents, status):
    for name, content in tiny_contents.items():
        server.serve(f"/a/{name}", b"no", status=status)
        server.serve(f"/b/{name}", gzip.compress(content))
    assert len(datasets.fetch("tiny")) == 4
    assert server.asked[:2] == ["/a/train-images.gz", "/b/train-images.gz"]


def test_a_mirror_is_asked_a_second_time(tiny, server, tiny_contents):
    name = "train-images.gz"
    server.serve(f"/a/{name}", b"", status=503)
    good = gzip.compress(tiny_contents[name])

    class Recovers(dict):
        def get(self, path, default):
            if server.asked.count(f"/a/{name}") == 2:
                server.serve(f"/a/{name}", good)
            return super().get(path, default)

    server.answers = Recovers(server.answers)
    assert len(datasets.fetch("tiny")) == 4


@pytest.mark.parametrize("tell", [True, False], ids=["length told", "length not told"])
def test_an_interrupted_download_leaves_nothing(tiny, server, cache, tiny_contents, tell):
    name = "train-images.gz"
    body = gzip.compress(tiny_contents[name])
    server.serve(f"/a/{name}", body, send=len(body) // 2, tell=tell)
    text = refusal(datasets.load, "tiny")
    assert "could not download" in text and "digits" in text
    assert ("the connection broke" if tell else "the file is cut off") in text
    assert "status 404" in text
    assert list((cache / "tiny").iterdir()) == []
    assert datasets.locate("tiny") is None


def test_other_content_is_refused_before_it_gets_its_name(tiny, server, cache, tiny_contents):
    name = "train-images.gz"
    wrong = tiny_contents[name][:-1] + b"\0"
    for mirror in "ab":
        server.serve(f"/{mirror}/{name}", gzip.compress(wrong))
    text = refusal(datasets.fetch, "tiny")
    assert tiny.files[0].md5 in text and hashlib.md5(wrong).hexdigest() in text
    assert list((cache / "tiny").iterdir()) == []


@pytest.mark.parametrize("level", [0, 1, None], ids=["stored", "fast", "sent decoded"])
def test_recompressed_content_is_accepted(tiny, server, tiny_contents, level):
    for name, content in tiny_contents.items():
        body = content if level is None else gzip.compress(content, level)
        server.serve(f"/a/{name}", body)
    assert len(datasets.load("tiny").y_train) == 12


def test_a_killed_download_never_looks_complete(tmp_path):
    """SIGKILL in the middle of a download; the server sends half and then waits."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        script = f"""
            from pathlib import Path
            from dl_course import datasets
            import dataclasses, types
            from dl_course.datasets import records, registry, store
            url = "http://127.0.0.1:{listener.getsockname()[1]}/x.gz"
            store.data_home = lambda: Path({str(tmp_path)!r})
            file = records.DataFile("x.gz", (url,), "0" * 32, 1000)
            info = dataclasses.replace(datasets.info("mnist"), name="tiny", files=(file,))
            registry.modules()["tiny"] = types.SimpleNamespace(INFO=info)
            datasets.fetch("tiny")
        """
        environment = {k: v for k, v in os.environ.items() if k != "DL_COURSE_DATA"}
        process = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(script)],
            env={**environment, "NO_PROXY": "127.0.0.1"},
            stderr=subprocess.DEVNULL,
        )
        listener.settimeout(60)
        connection, _ = listener.accept()
        with connection:
            connection.recv(4096)
            connection.sendall(
                b"HTTP/1.1 200 OK\r\nContent-Length: 400000\r\n\r\n" + bytes(200_000)
            )
            folder = tmp_path / "tiny"
            deadline = time.monotonic() + 60
            while not any(p.stat().st_size for p in folder.glob("*")):
                assert time.monotonic() < deadline, "nothing was written"
                time.sleep(0.02)
            process.kill()
            assert process.wait() == (-signal.SIGKILL if os.name == "posix" else 1)
    assert not (folder / "x.gz").exists()
    assert list(folder.iterdir()) != []  # the part that came, under another name


def test_without_a_network_the_message_says_what_to_do(cache, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    mnist = datasets.info("mnist")
    files = tuple(
        dataclasses.replace(file, urls=(f"http://127.0.0.1:{port}/{file.name}",))
        for file in mnist.files
    )
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(
        registry.modules()["mnist"], "INFO", dataclasses.replace(mnist, files=files)
    )
    text = refusal(datasets.load, "mnist")
    assert "no connection" in text
    assert "digits, which needs no network" in text
    assert f"put the file into {cache / 'mnist'} by hand" in text


def test_the_given_folder_comes_before_the_cache(tiny, server, cache, tiny_contents, monkeypatch):
    given = cache.parent / "given"
    put(given / "tiny", tiny_contents, level=1)
    monkeypatch.setenv("DL_COURSE_DATA", str(given))
    assert datasets.locate("tiny") == "$DL_COURSE_DATA"
    assert all(path.parent == given / "tiny" for path in datasets.fetch("tiny"))
    assert server.asked == [] and not cache.exists()
    (given / "tiny" / "test-labels.gz").unlink()
    assert datasets.locate("tiny") is None
    datasets.load("tiny")
    assert server.asked == ["/a/test-labels.gz"]
    assert datasets.locate("tiny") == "$DL_COURSE_DATA and cache"


def test_a_mistyped_data_folder_is_not_passed_over(tiny, tmp_path, monkeypatch):
    monkeypatch.setenv("DL_COURSE_DATA", str(tmp_path / "nowhere"))
    text = refusal(datasets.load, "tiny")
    assert "DL_COURSE_DATA" in text and str(tmp_path / "nowhere") in text
    assert datasets.locate("digits") == "embedded"


def test_check_gives_one_result_per_file(tiny, cache, tiny_contents):
    put(cache / "tiny", tiny_contents)
    results = datasets.check("tiny")
    assert [result.name for result in results] == list(tiny_contents)
    for result, content in zip(results, tiny_contents.values(), strict=True):
        assert result.md5 == hashlib.md5(content).hexdigest()
        assert result.size == len(content)
        assert result.where == str(cache / "tiny" / result.name)


def test_check_does_not_download(tiny, server, cache):
    assert "train-images.gz is missing" in refusal(datasets.check, "tiny")
    assert server.asked == [] and not cache.exists()


def test_check_refuses_digits_of_another_kind(monkeypatch):
    digits = datasets.info("digits")
    file = dataclasses.replace(digits.files[0], md5="0" * 32)
    monkeypatch.setattr(
        registry.modules()["digits"], "INFO", dataclasses.replace(digits, files=(file,))
    )
    for call in (datasets.check, datasets.load):
        text = refusal(call, "digits")
        assert "0" * 32 in text and digits.files[0].md5 in text


DAMAGES = {
    "truncated": lambda gz, raw: gz[: len(gz) // 2],
    "empty": lambda gz, raw: b"",
    "bytes changed": lambda gz, raw: gz[:20] + bytes(b ^ 255 for b in gz[20:]),
    "one pixel changed": lambda gz, raw: gzip.compress(raw[:-1] + bytes([raw[-1] ^ 1])),
    "longer": lambda gz, raw: gzip.compress(raw + b"\0"),
    "shorter": lambda gz, raw: gzip.compress(raw[:-1]),
    "an error page": lambda gz, raw: b"<html>404</html>",
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("call", [datasets.load, datasets.check, datasets.fetch])
def test_a_damaged_file_is_refused(tiny, server, cache, tiny_contents, damage, call):
    put(cache / "tiny", tiny_contents)
    path = cache / "tiny" / "train-images.gz"
    raw = tiny_contents[path.name]
    path.write_bytes(DAMAGES[damage](path.read_bytes(), raw))
    text = refusal(call, "tiny")
    assert text.startswith(f"{path}: damaged")
    assert f"expected MD5 {tiny.files[0].md5}" in text and "actual" in text
    assert "Delete the file, then run: dl-course data fetch tiny" in text
    assert server.asked == []
    path.unlink()
    assert datasets.fetch("tiny")[0] == path


@pytest.mark.parametrize("call", [datasets.load, datasets.check, datasets.fetch, datasets.locate])
def test_an_unknown_name_is_refused(call):
    text = refusal(call, "fashion-mnits")
    assert "Did you mean 'fashion_mnist'?" in text
    assert all(name in text for name in datasets.names()) and ".npz" in text


def test_a_path_is_never_taken_for_a_name(cache, monkeypatch):
    monkeypatch.chdir(cache.parent)
    assert (
        refusal(datasets.load, Path("digits")) == "digits: no such file or folder. Check the path."
    )
    assert "no such file or folder" in refusal(datasets.load, "./digits")
    assert "There is no data set 'pets'" in refusal(datasets.load, "pets")


def test_embedded_sets_need_nothing(cache):
    assert datasets.fetch("digits") == ()
    assert datasets.locate("digits") == "embedded"
    assert [result.where for result in datasets.check("digits")] == ["embedded"]
    assert not cache.exists()


def test_a_checkout_keeps_its_data_beside_the_package():
    root = Path(__file__).parents[2]
    package = Path(store.__file__).resolve().parents[2]
    if package != root:
        pytest.skip("the package under test is not this checkout's")
    assert datasets.data_home() == root / "data"


def test_an_installed_package_keeps_its_data_in_the_users_cache(tmp_path):
    """The package alone, with no pyproject.toml beside it."""
    package = Path(store.__file__).resolve().parents[1]
    shutil.copytree(package / "datasets", tmp_path / "dl_course" / "datasets")
    for name in ("__init__.py", "errors.py", "files.py"):
        shutil.copy(package / name, tmp_path / "dl_course")
    code = "import dl_course; from dl_course import datasets; print(datasets.data_home())"
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    ).stdout.strip()
    assert found == str(pooch.os_cache("dl_course"))


def test_a_file_that_nobody_offers_is_put_there_by_hand(cache, monkeypatch):
    advice = f"put cmn.txt into {cache / 'tatoeba_eng_cmn'} (see data/README.md)"
    assert datasets.how_to_get("tatoeba_eng_cmn") == advice
    assert advice in refusal(datasets.check, "tatoeba_eng_cmn")
    monkeypatch.chdir(cache.parent)
    advice = f"put cmn.txt into {cache.name}/tatoeba_eng_cmn (see data/README.md)"
    assert datasets.how_to_get("tatoeba_eng_cmn") == advice
