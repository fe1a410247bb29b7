"""Blocks hold references, a pasted secret is refused unrepeated, notices go out by Prefect's own blocks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HOME = Path(__file__).parents[2]
SETTINGS = {"PREFECT_SERVER_EPHEMERAL_ENABLED": "false", "PREFECT_API_URL": "http://127.0.0.1:9/api"}
SLACK = "https://hooks.slack.com/services/T0000GIZLI/B00000000/abcdefghijklmnopqrstuvwx"


def said(program: str, folder: Path, **environment: str) -> Any:
    """What the last line says, in a process of its own: Prefect reads this machine's settings once."""
    done = subprocess.run(
        [sys.executable, "-c", f"import json\nfrom tasks.blocks import *\n{program}"],
        cwd=HOME,
        env={**os.environ, **SETTINGS, "PREFECT_HOME": str(folder), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize(
    ("block", "field"),
    [("MetaCredentials", "token"), ("GoogleAdsCredentials", "service_account"), ("Notice", "address")],
)
def test_a_pasted_secret_is_refused_and_not_repeated(block: str, field: str, tmp_path: Path) -> None:
    program = f"""
try:
    {block}(channel="slack", {field}="EAABgizli-deger")
except ValueError as error:
    print(json.dumps(str(error)))
"""
    words = said(program, tmp_path)
    assert "a secret written in the file" in words
    assert "gizli" not in words


def test_a_credentials_block_gives_the_references_that_are_filled_in(tmp_path: Path) -> None:
    program = 'print(json.dumps(MetaCredentials(token="store:agency/meta").references()))'
    assert said(program, tmp_path) == {"token": "store:agency/meta"}


CHANNELS = [
    ("slack", "SlackWebhook", {"A": SLACK}),
    ("webhook", "CustomWebhookNotificationBlock", {"A": "https://hooks.example/gizli"}),
    (
        "email",
        "SendgridEmail",
        {"A": "SG.gizli", "B": "kampanya@lezzet.example", "C": "a@x.example, b@x.example"},
    ),
]


@pytest.mark.parametrize(("channel", "block", "environment"), CHANNELS, ids=[each[0] for each in CHANNELS])
def test_a_notice_is_prefects_own_block_with_the_values_put_in(
    channel: str, block: str, environment: dict[str, str], tmp_path: Path
) -> None:
    program = f"""
notice = Notice(channel="{channel}", address="env:A", sender="env:B", recipients="env:C")
made = notice.block() if "{channel}" == "email" else Notice(channel="{channel}", address="env:A").block()
print(json.dumps([type(made).__name__, getattr(made, "to_emails", []), repr(notice)]))
"""
    name, to, shown = said(program, tmp_path, **environment)
    assert name == block
    assert to == (["a@x.example", "b@x.example"] if channel == "email" else [])
    assert "gizli" not in shown.lower()


def test_an_email_without_recipients_says_what_is_missing(tmp_path: Path) -> None:
    program = """
from schemas.errors import KampanyaError
try:
    Notice(channel="email", address="env:A").block()
except KampanyaError as error:
    print(json.dumps(str(error)))
"""
    words = said(program, tmp_path, A="SG.gizli")
    assert "nobody to go to" in words
    assert "gizli" not in words
