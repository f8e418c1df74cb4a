"""The load of `make bench` where wrk is not installed: it must read answers to their end, or every second one looks like an error."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from benchmarks import load


class Page(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(404 if self.path == "/none/" else 200)
        if self.path == "/chunks/":
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.wfile.write(b"6\r\nhello \r\n5\r\nworld\r\n0\r\n\r\n")
        else:
            self.send_header("Content-Length", "11")
            self.end_headers()
            self.wfile.write(b"hello world")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def measure(url: str, *, seconds: float, connections: int) -> load.Result:
    """Run the load in a thread of its own: where browser tests ran before, Playwright's event loop runs in this one."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(load.run, url, seconds=seconds, connections=connections, cpus=None).result()


@pytest.mark.parametrize("path", ["/length/", "/chunks/"])
def test_answers_are_read_to_their_end(address: str, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)

    result = measure(address + path, seconds=0.3, connections=2)

    assert result.requests > 10
    assert result.errors == 0


def test_an_answer_of_404_is_an_error(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)

    result = measure(address + "/none/", seconds=0.1, connections=1)

    assert result.errors == result.requests > 0
