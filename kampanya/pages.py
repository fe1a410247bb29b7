"""Serves the plans' pages on loopback while `kampanya up` runs: read only, by an address nobody can guess."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ADDRESS = "KAMPANYA_PAGES_URL"
# /BRAND/ENVIRONMENT/DIGEST.html, nothing else: no listing, no other file, no way up.
PAGE = re.compile(r"/([a-z0-9-]+)/([a-z0-9-]+)/([0-9a-f]{64})\.html")
HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "private, no-store",
    # The page has a style sheet and pictures of its own, nothing else; what a text in it says is never run.
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The pages of the brands below `folder`, and in the environment where they are; yields the address.

    An address that is set already is somebody else's server, for a team: it stays, and none is started.
    """
    if already := os.environ.get(ADDRESS):
        yield already
        return
    server = ThreadingHTTPServer(("127.0.0.1", 0), _answering(folder))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    os.environ[ADDRESS] = f"http://127.0.0.1:{server.server_port}"
    try:
        yield os.environ[ADDRESS]
    finally:
        os.environ.pop(ADDRESS, None)
        server.shutdown()
        server.server_close()
        thread.join()


def _answering(folder: Path) -> type[BaseHTTPRequestHandler]:
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = PAGE.fullmatch(self.path)
            page = found and folder.joinpath(
                "brands", found[1], ".kampanya", found[2], "plans", f"{found[3]}.html"
            )
            if not page or not page.is_file():
                self.send_error(404)
                return
            body = page.read_bytes()
            self.send_response(200)
            for name, value in {**HEADERS, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    return Answer
