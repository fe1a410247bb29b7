"""A sandbox that is busy is told from one that is not there, and is waited for."""

from __future__ import annotations

import json
import socket
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

from operations import site
from schemas.errors import KampanyaError

ANSWER = b'{"clock": "2026-11-30T09:00:00+03:00"}'


def asleep(folder: Path, seconds: float) -> socket.socket:
    """Something that listens, and answers the first question after so many seconds."""
    listener = socket.create_server(("127.0.0.1", 0))
    (folder / "sandbox").mkdir()
    graph = {"url": f"http://127.0.0.1:{listener.getsockname()[1]}", "token": "x"}
    (folder / "sandbox" / "endpoints.json").write_text(json.dumps({"graph": graph}), encoding="utf-8")

    def answer() -> None:
        with suppress(OSError):
            connection, _ = listener.accept()
            converse(connection)

    def converse(connection: socket.socket) -> None:
        with connection:
            connection.recv(65536)
            time.sleep(seconds)
            head = f"HTTP/1.1 200 OK\r\ncontent-length: {len(ANSWER)}\r\nconnection: close\r\n\r\n"
            connection.sendall(head.encode() + ANSWER)

    threading.Thread(target=answer, daemon=True).start()
    return listener


def test_a_sandbox_that_stands_still_for_a_minute_is_waited_for(tmp_path: Path) -> None:
    assert site.SANDBOX_PATIENCE[1] >= 60
    with asleep(tmp_path, 0.3):
        assert site.sandbox_now(tmp_path).isoformat() == "2026-11-30T06:00:00+00:00"


def test_one_that_never_answers_is_not_said_to_be_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site, "SANDBOX_PATIENCE", (1, 0.05))
    with asleep(tmp_path, 0.5), pytest.raises(KampanyaError, match="does not answer"):
        site.sandbox_now(tmp_path)


def test_one_that_is_stopped_is_said_to_be(tmp_path: Path) -> None:
    listener = asleep(tmp_path, 0)
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    with pytest.raises(KampanyaError, match="The sandbox is not running"):
        site.sandbox_now(tmp_path)
