"""The command `python -m sandbox`: start, stop, move and trouble the stand-in platforms of one state"
" folder."""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from sandbox import files

START_SECONDS, STOP_SECONDS, ADVANCE_SECONDS = 90.0, 60.0, 600.0  # two and one on an idle machine
ROOT = Path(__file__).resolve().parent.parent


class Failure(Exception):
    """Said to the person at the command line; exit code 1."""


def main(argv: list[str] | None = None) -> int:
    """Exit codes: 0 done, 1 not done, usage errors included."""
    try:
        options = _parser().parse_args(argv)
        result: int = options.run(options) or 0
        return result
    except Failure as failure:
        print(f"sandbox: {failure}", file=sys.stderr)
        return 1
    except SystemExit as stop:
        return 1 if stop.code else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="sandbox", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, run, about in (
        ("up", _up, "start in the background; returns once every platform answers"),
        ("serve", _serve, "run in the foreground"),
        ("down", _down, "stop"),
        ("status", _status, "clock, ports, objects; exit 1 if down"),
        ("env", _env, "`export` lines for any client"),
        ("advance", _advance, "simulate days of delivery"),
        ("reset", _reset, "forget objects and delivery; the clock back at its start"),
        ("fault", _fault, "make requests fail"),
        ("effect", _effect, "give ads a true difference"),
        ("switch", _switch, "turn documented limits on or off"),
    ):
        command = commands.add_parser(name, help=about, description=about)
        command.add_argument("--state", type=Path, required=True, metavar="DIR")
        command.set_defaults(run=run)
        _ARGUMENTS.get(name, lambda _: None)(command)
    return parser


def _start_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("--clock", metavar="now|DATE", help="only for a new folder, or as before")
    command.add_argument("--world", type=Path, metavar="FILE")
    command.add_argument("--platforms", default="meta,google")


def _fault_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("action", choices=("add", "list", "clear"))
    command.add_argument("--route", help='"METHOD /path" with globs, for example "POST */adsets"')
    command.add_argument("--rpc", help='of Google, with globs, for example "GoogleAdsService.Mutate"')
    command.add_argument("--kind")
    for name, kind in (
        ("times", int),
        ("skip", int),
        ("code", int),
        ("subcode", int),
        ("http", int),
        ("rows", int),
    ):
        command.add_argument(f"--{name}", type=kind)
    for name in ("rate", "seconds"):
        command.add_argument(f"--{name}", type=float)
    command.add_argument("--change", type=json.loads, metavar="JSON", help="of edited: what somebody writes")
    command.add_argument("--target", metavar="ID", help="of edited: what they write to")
    command.add_argument("--message")
    command.add_argument("--applied", action="store_true", default=None)
    command.add_argument("--transient", action="store_true", default=None)


def _effect_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("action", choices=("set", "list", "clear"))
    command.add_argument("--match", help='glob on "campaign/ad set/ad"')
    for name in ("ctr", "conversion-rate", "cost", "value"):
        command.add_argument(f"--{name}", type=float, metavar="FACTOR")


def _switch_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("name", nargs="?")
    command.add_argument("value", nargs="?", choices=("on", "off"))


_ARGUMENTS: dict[str, Any] = {
    "up": _start_arguments,
    "serve": _start_arguments,
    "status": lambda command: command.add_argument("--json", action="store_true"),
    "advance": lambda command: command.add_argument("days", type=int),
    "reset": lambda command: command.add_argument("--clock", metavar="now|DATE"),
    "fault": _fault_arguments,
    "effect": _effect_arguments,
    "switch": _switch_arguments,
}


# -- starting and stopping


def _up(options: argparse.Namespace) -> None:
    state: Path = options.state
    if files.running(state) and _answers(state):
        print(f"already up at {files.endpoints(state)['graph']['url']}")
        return
    files.prepare(state)
    files.forget_pid(state)
    command = [sys.executable, "-m", "sandbox", "serve", "--state", str(state), "--platforms"]
    command += [options.platforms]
    command += ["--clock", options.clock] if options.clock else []
    command += ["--world", str(options.world)] if options.world else []
    log = os.open(state / "server.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        server = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, cwd=Path.cwd(),
            env=os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])},
        )  # fmt: skip
    finally:
        os.close(log)
    deadline = time.monotonic() + START_SECONDS
    while not (files.endpoints(state).get("pid") == server.pid and _answers(state)):
        if server.poll() is not None or time.monotonic() > deadline:
            server.kill()
            said = (state / "server.log").read_text(encoding="utf-8").strip().splitlines()
            raise Failure(f"did not start: {said[-1] if said else 'see server.log'}")
        time.sleep(0.02)
    print(f"up at {files.endpoints(state)['graph']['url']}")


def _serve(options: argparse.Namespace) -> int:
    from sandbox.serve import serve

    return serve(options.state, options.world, options.clock, options.platforms.split(","))


def _down(options: argparse.Namespace) -> None:
    pid = files.running(options.state)
    if pid is None:
        print("not running")
        return
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while files.running(options.state):
        if time.monotonic() > deadline:
            raise Failure(f"process {pid} did not stop within {STOP_SECONDS:g} s")
        time.sleep(0.02)
    print("stopped")


# -- talking to a running one


def _answers(state: Path) -> bool:
    try:
        _ask(state, "GET", "status")
    except Failure:
        return False
    return True


def _ask(state: Path, method: str, path: str, body: dict[str, Any] | None = None, timeout: float = 10) -> Any:
    graph = files.endpoints(state).get("graph")
    if not graph or files.running(state) is None:
        raise Failure(f"is down; start it with: python -m sandbox up --state {state}")
    request = urllib.request.Request(
        f"{graph['url']}/_sandbox/{path}",
        data=json.dumps(body or {}).encode() if method != "GET" else None,
        method=method,
        headers={"Authorization": f"Bearer {graph['token']}", "Content-Type": "application/json"},
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=timeout) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        raise Failure(json.load(error).get("error", f"HTTP {error.code}")) from None
    except OSError as error:
        raise Failure(f"does not answer: {error}") from None


def _status(options: argparse.Namespace) -> None:
    found = _ask(options.state, "GET", "status")
    if options.json:
        print(json.dumps(found))
        return
    print(f"clock   {found.pop('clock')}")
    for name, platform in found.items():
        objects = ", ".join(f"{count} {kind}" for kind, count in platform.get("objects", {}).items())
        print(f"{name:<7} port {platform.get('port')}: {objects or 'no objects'}")


def _env(options: argparse.Namespace) -> None:
    if files.running(options.state) is None:
        raise Failure(f"is down; start it with: python -m sandbox up --state {options.state}")
    for name, value in files.environment(options.state).items():
        print(f"export {name}='{value}'")


def _advance(options: argparse.Namespace) -> None:
    found = _ask(options.state, "POST", "advance", {"days": options.days}, ADVANCE_SECONDS)
    print(f"clock   {found['clock']}")


def _reset(options: argparse.Namespace) -> None:
    body = {"clock": options.clock} if options.clock else {}
    print(f"clock   {_ask(options.state, 'POST', 'reset', body)['clock']}")


def _given(options: argparse.Namespace, *without: str) -> dict[str, Any]:
    skipped = {"run", "state", "action", *without}
    return {name: value for name, value in vars(options).items() if value is not None and name not in skipped}


def _act(options: argparse.Namespace, path: str) -> None:
    method = {"add": "POST", "set": "POST", "list": "GET", "clear": "DELETE"}[options.action]
    body = _given(options) if method == "POST" else None
    print(json.dumps(_ask(options.state, method, path, body)))


def _fault(options: argparse.Namespace) -> None:
    _act(options, "faults")


def _effect(options: argparse.Namespace) -> None:
    _act(options, "effects")


def _switch(options: argparse.Namespace) -> None:
    if options.name and options.value:
        found = _ask(options.state, "POST", "switches", {options.name: options.value == "on"})
    else:
        found = _ask(options.state, "GET", "switches")
    for name, on in found.items():
        print(f"{name} {'on' if on else 'off'}")


if __name__ == "__main__":
    sys.exit(main())
