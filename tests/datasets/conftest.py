"""A small registered data set of idx files, and a real server on this machine to fetch it from."""

import gzip
import hashlib
import struct
import threading
import types
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from dl_course.datasets import records, registry, store
from dl_course.datasets.sets._idx import load_idx


def register(monkeypatch, info, load=None):
    """Adds a data set for the time of a test, as a module in `sets/` would."""
    module = types.SimpleNamespace(INFO=info, load=load)
    monkeypatch.setitem(registry.modules(), info.name, module)


def idx_bytes(array):
    """The idx format, written independently of the loader."""
    sizes = struct.pack(f">{array.ndim}I", *array.shape)
    return bytes([0, 0, 8, array.ndim]) + sizes + array.tobytes()


class Server:
    """Serves `answers[path] = (status, body, bytes to send, whether to tell the length)`."""

    def __init__(self):
        self.answers = {}
        self.asked = []
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                owner.asked.append(self.path)
                status, body, send, tell = owner.answers.get(self.path, (404, b"", 0, True))
                self.send_response(status)
                if tell:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body[:send])

            def log_message(self, *_):
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}"
        self.other_url = f"http://localhost:{self.http.server_port}"
        self.thread = threading.Thread(target=self.http.serve_forever, args=(0.02,))
        self.thread.start()

    def serve(self, path, body, status=200, send=None, tell=True):
        self.answers[path] = (status, body, len(body) if send is None else send, tell)

    def close(self):
        self.http.shutdown()
        self.http.server_close()
        self.thread.join()


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    running = Server()
    yield running
    running.close()


@pytest.fixture
def tiny_contents():
    """Decoded content by file name: 12 + 4 images of 5x4 in two classes."""
    random = np.random.RandomState(0)
    contents = {}
    for half, count in (("train", 12), ("test", 4)):
        pixels = random.randint(0, 256, (count, 5, 4)).astype(np.uint8)
        contents[f"{half}-images.gz"] = idx_bytes(pixels)
        contents[f"{half}-labels.gz"] = idx_bytes((np.arange(count) % 2).astype(np.uint8))
    return contents


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty cache folder, and no `DL_COURSE_DATA`."""
    monkeypatch.delenv("DL_COURSE_DATA", raising=False)
    monkeypatch.setattr(store, "data_home", lambda: tmp_path / "cache")
    return tmp_path / "cache"


@pytest.fixture
def tiny(server, cache, tiny_contents, monkeypatch):
    """A registered set `tiny` with two mirrors, /a/ and /b/, of which only /a/ answers."""
    files = []
    for name, content in tiny_contents.items():
        server.serve(f"/a/{name}", gzip.compress(content))
        urls = (f"{server.url}/a/{name}", f"{server.other_url}/b/{name}")
        files.append(records.DataFile(name, urls, hashlib.md5(content).hexdigest(), len(content)))
    entry = records.DatasetInfo(
        name="tiny",
        title="noise",
        kind="images",
        class_names=("even", "odd"),
        input_shape=(5, 4, 1),
        train_examples=12,
        test_examples=4,
        split="published",
        is_split_here=False,
        checksum="",
        files=tuple(files),
        megabytes=0.1,
        alternative="digits",
        licence="none",
        authors="nobody",
        source=server.url,
    )
    register(monkeypatch, entry, lambda test_share, seed: load_idx(entry))
    return entry
