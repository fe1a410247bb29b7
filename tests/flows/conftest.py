"""One `kampanya up` for all tests that need a server with a worker: with a password, bound everywhere."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.contract.brand import write
from tests.flows import running

PASSWORD = "ekip:dogru-at-pil-zimba"
EVERY_MORNING = 'cron: "30 6 * * *"'


MORE = """
  - name: late-performance
    entrypoint: flows.performance:performance
    parameters: *lezzet
    work_pool: *pool
  - name: clone-notify
    entrypoint: flows.notify:notify
    parameters: {brand: nobody, subject: A notice}
    work_pool: *pool
    pull: *clone
"""


def committed(folder: Path, to: Path) -> Path:
    """A git repository with the folder's files, as an agency keeps them."""
    shutil.copytree(folder, to, dirs_exist_ok=True)
    somebody = ["-c", "user.name=Test", "-c", "user.email=test@lezzet.example"]
    for command in (["init", "-q", "-b", "main"], ["add", "."], [*somebody, "commit", "-qm", "Brands"]):
        subprocess.run(["git", *command], cwd=to, check=True)
    return to


@dataclass
class Mailbox:
    """A webhook on loopback; `got` is what was posted to it."""

    url: str = ""
    got: list[dict[str, Any]] = field(default_factory=list)


@pytest.fixture(scope="session")
def mailbox() -> Iterator[Mailbox]:
    box = Mailbox()

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            box.got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    box.url = f"http://127.0.0.1:{server.server_port}/gizli-yol"
    yield box
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="session")
def up(tmp_path_factory: pytest.TempPathFactory, mailbox: Mailbox) -> Iterator[running.Up]:
    """The example's deployments on a brand of the tests' own; its load is due every five seconds."""
    folder = running.agency(tmp_path_factory.mktemp("up"), write, "lezzet")
    deployments = (folder / "prefect.yaml").read_text(encoding="utf-8")
    assert EVERY_MORNING in deployments
    often = deployments.replace(EVERY_MORNING, "interval: 5")
    (folder / "prefect.yaml").write_text(often + MORE, encoding="utf-8")
    repository = committed(folder, tmp_path_factory.mktemp("origin"))
    addresses = {
        "KAMPANYA_TEST_NOTICE": mailbox.url,
        "KAMPANYA_REPOSITORY": str(repository),
        "KAMPANYA_BRANCH": "main",
    }
    with running.up(folder, "--host", "0.0.0.0", environment=addresses, password=PASSWORD) as it:
        yield it
