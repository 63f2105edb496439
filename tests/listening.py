"""A server of a test's own, on a free port while a block runs."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer
from typing import Any

LOOK_SECONDS = 0.02  # between looks at whether it is to stop: each test waits for that


class Quiet(BaseHTTPRequestHandler):
    """Answers, and writes nothing anywhere else."""

    def send(self, data: bytes, status: int = 200) -> None:
        """One whole answer."""
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Say nothing."""


@contextmanager
def listening(handler: type[Quiet], server: type[HTTPServer] = ThreadingHTTPServer) -> Iterator[str]:
    """Its address; at the end every request is over."""
    running = server(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=running.serve_forever, args=(LOOK_SECONDS,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{running.server_port}"
    finally:
        running.shutdown()
        thread.join()
        running.server_close()
