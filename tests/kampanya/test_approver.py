"""`kampanya approver` and `approve --code`, as typed: a secret shown once, a code that works once."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
from click.testing import CliRunner, Result

from kampanya.cli import cli
from operations import plan as plans
from tests.contract.brand import on_memory
from tests.kampanya.workspace import HOME

AYSE = "Ayşe Yılmaz"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A brand, with its plan saved beside it."""
    brand = on_memory(tmp_path / "lezzet")
    plans.write(brand.plan(), tmp_path / "plan.json")
    brand.journal.close()
    return brand.root


def run(root: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, [*arguments, "-C", str(root)], standalone_mode=False)


def enrol(root: Path, *more: str) -> pyotp.TOTP:
    said = run(root, "approver", "add", AYSE, "--plain", *more)
    query = parse_qs(urlsplit(said.output.strip()).query)
    assert said.output.startswith("otpauth://totp/Kampanya%20lezzet%20sandbox:")
    return pyotp.TOTP(query["secret"][0])


def test_a_plain_address_is_all_that_a_password_manager_is_given(root: Path) -> None:
    assert len(enrol(root).now()) == 6


def test_a_secret_is_not_shown_where_it_may_be_kept_and_none_is_made(root: Path) -> None:
    assert "not a terminal" in str(run(root, "approver", "add", AYSE).exception)
    assert "no code yet" in run(root, "approver", "list").output


def test_a_terminal_shows_a_picture_to_scan_and_letters_to_type(root: Path) -> None:
    """On a real pseudo-terminal."""
    reader, writer = pty.openpty()
    command = [sys.executable, "-m", "kampanya", "approver", "add", AYSE, "-C", str(root)]
    with subprocess.Popen(command, cwd=HOME, stdout=writer, stderr=writer) as running:
        os.close(writer)
        shown = b""
        try:
            while part := os.read(reader, 65536):
                shown += part
        except OSError:  # the far end is closed
            pass
    os.close(reader)
    told = shown.decode()
    assert running.returncode == 0
    assert "▀" in told
    (typed,) = re.findall(r"To type instead: ([A-Z2-7 ]+)", told)
    assert len(typed.replace(" ", "").strip()) == 32


def test_the_list_says_who_has_a_code(root: Path) -> None:
    enrol(root)
    assert run(root, "approver", "list").output.splitlines() == [
        f"{AYSE}  has a code",
        "Mehmet Kaya  no code yet",
    ]


def test_a_code_approves_once(root: Path) -> None:
    totp = enrol(root)
    plan = str(root.parent / "plan.json")
    code = totp.now()
    said = run(root, "approve", plan, "--by", AYSE, "--code", code, "--evidence", "mail 17")
    assert said.exception is None
    assert f"{AYSE} approved" in said.output
    assert "used before" in str(run(root, "approve", plan, "--by", AYSE, "--code", code).exception)
    log = run(root, "log").output
    assert "proof one-time code" in log
    assert "evidence mail 17" in log
    assert f"code {code}" not in log


def test_an_enrolled_approver_types_a_code_in_the_sandbox_too(root: Path) -> None:
    enrol(root)
    plan = str(root.parent / "plan.json")
    assert "code is needed" in str(run(root, "approve", plan, "--by", AYSE).exception)
    assert "code is wrong" in str(run(root, "approve", plan, "--by", AYSE, "--code", "x").exception)
    assert run(root, "approve", plan, "--by", "Mehmet Kaya").exception is None


def test_an_unlisted_name_is_refused(root: Path) -> None:
    plan = str(root.parent / "plan.json")
    assert "not among" in str(run(root, "approve", plan, "--by", "Somebody").exception)
    assert "not among" in str(run(root, "approver", "add", "Somebody", "--plain").exception)
