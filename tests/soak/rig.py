"""A brand with its own sandbox for tests that kill things: the platforms served from this process, where each
request can be watched, slowed and lost; `kampanya` itself is always a real process."""

from __future__ import annotations

import asyncio
import contextlib
import csv
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal
from urllib.request import Request, urlopen

import orjson
from google.protobuf.json_format import MessageToDict

from kampanya.brand_sandbox import _world
from sandbox.admin import answering
from sandbox.google import services as google_services
from sandbox.google.faults import Broken
from sandbox.meta.server import Closed
from sandbox.runtime import Sandbox
from sandbox.world import load as load_world
from schemas.private import private_folder
from schemas.source import load_workspace
from tests.soak import warm

HOME = Path(__file__).resolve().parents[2]
EXAMPLE = HOME / "brands" / "lezzet"
STATE = Path(".kampanya") / "sandbox"
# The command with its waits for a busy platform cut short; nothing else is changed.
QUICK = (
    "import time; s = time.sleep; time.sleep = lambda t: s(min(t, 0.02));"
    " from kampanya.__main__ import main; main()"
)
DELIVERING = date(2026, 12, 1)  # the first day of the example's flight
SECONDS = 600  # a machine that stands still is no failure
Fate = Literal["done", "lost", "dropped"]  # done and answered; done without an answer; never arrived


def copy_example(to: Path) -> Path:
    """The example brand without anything that was ever done with it."""
    return Path(shutil.copytree(EXAMPLE, to, ignore=shutil.ignore_patterns(".kampanya", "decisions")))


def kampanya(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run one command on the brand at `root` to its end, as a process that shares its imports with others."""
    running = warm.shared().start(*arguments, "-C", str(root))
    code = running.wait()
    err = running.err.read_text(encoding="utf-8")
    return subprocess.CompletedProcess(arguments, code, running.printed, err)


def told(done: subprocess.CompletedProcess[str]) -> str:
    return done.stdout + done.stderr


@dataclass
class Tap:
    """All requests of a platform pass here; `meet` says what happens at the n-th write, `at` at the n-th
    request, counted from 0."""

    slow: float = 0.0  # seconds added to every request
    writes: list[str] = field(default_factory=list)
    requests: int = 0
    busy: int = 0  # requests that came and are not done with
    gone: bool = False  # from now on nothing answers
    meet: dict[int, Callable[[], Fate]] = field(default_factory=dict)
    at: dict[int, Callable[[], Fate]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def fate(self, write: str | None) -> Fate:
        """What becomes of this request; `write` is None for a read."""
        with self.lock:
            action = self.at.get(self.requests)
            self.requests += 1
            if write is not None:
                action = self.meet.get(len(self.writes)) or action
                self.writes.append(write)
        if self.gone:
            return "dropped"
        return action() if action else "done"

    @contextlib.contextmanager
    def passing(self) -> Iterator[None]:
        with self.lock:
            self.busy += 1
        try:
            yield
        finally:
            with self.lock:
                self.busy -= 1

    def clear(self) -> None:
        """No disturbance, nothing counted."""
        self.slow, self.requests, self.gone = 0.0, 0, False
        self.writes.clear()
        self.meet.clear()
        self.at.clear()


@dataclass
class Rig:
    """A workspace and the sandbox it talks to."""

    root: Path
    sandbox: Sandbox | None = None
    taps: dict[str, Tap] = field(default_factory=lambda: {"meta": Tap(), "google": Tap()})

    @property
    def state(self) -> Path:
        return self.root / STATE

    def up(self) -> None:
        """Serve both platforms, as `sandbox up` would for this brand."""
        folder = private_folder(self.state / "sandbox")
        world = folder / "world.json"
        workspace = load_workspace(self.root, "sandbox")
        world.write_text(json.dumps(_world(workspace)), encoding="utf-8")
        fresh = not (folder / "clock.json").exists()
        clock = workspace.brand.environments["sandbox"].clock
        self.sandbox = Sandbox(folder, load_world(world), clock.isoformat() if fresh and clock else None)
        self.sandbox.meta.serve_admin(answering(self.sandbox))
        self._listen(self.sandbox)
        self.sandbox.start()

    def _listen(self, sandbox: Sandbox) -> None:
        server, meta, google = sandbox.meta._server, self.taps["meta"], self.taps["google"]
        graph = server._graph

        async def watched(call: Any) -> Any:
            name = f"{call.method} /{'/'.join(call.path)}"
            with meta.passing():
                # In a thread, so that a request may be held while others pass.
                fate = await asyncio.to_thread(meta.fate, None if call.method == "GET" else name)
                if fate == "dropped":
                    raise Closed
                await asyncio.sleep(meta.slow)
                reply = await graph(call)
                if fate == "lost":
                    raise Closed
                return reply

        server._graph = watched  # type: ignore[method-assign]
        desk = sandbox.platforms["google"]._desk  # type: ignore[attr-defined]
        GOOGLE_TAPS[id(desk)] = google

    def down(self) -> None:
        if self.sandbox is not None:
            self.sandbox.stop()
            GOOGLE_TAPS.pop(id(self.sandbox.platforms["google"]._desk), None)  # type: ignore[attr-defined]
            self.sandbox = None
        for tap in self.taps.values():
            tap.gone = False

    def calm_down(self) -> None:
        """No taps, no faults of the platforms' own; nothing counted."""
        assert self.sandbox is not None
        for tap in self.taps.values():
            tap.clear()
        self.sandbox.meta.faults.clear()
        self.sandbox.platforms["google"].clear_faults()  # type: ignore[attr-defined]

    @property
    def requests(self) -> int:
        return sum(tap.requests for tap in self.taps.values())

    # -- commands

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return kampanya(self.root, *arguments)

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """A command under way, leader of a process group of its own."""
        return subprocess.Popen(
            [sys.executable, "-c", QUICK, *arguments, "-C", str(self.root)], cwd=HOME, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    # -- what the platforms hold

    def counts(self) -> dict[str, dict[str, int]]:
        assert self.sandbox is not None
        return {name: platform.status()["objects"] for name, platform in self.sandbox.platforms.items()}

    def delivering(self, platform: str) -> Counter[str]:
        """Names of the ads that deliver on the flight's first day; Google's have ids only, left out here."""
        assert self.sandbox is not None
        lines = self.sandbox.platforms[platform].lines(DELIVERING)
        return Counter(re.sub(r"/\d+$", "/", line.name) for line in lines)

    def accounts(self) -> dict[str, Counter[str]]:
        """Everything both accounts hold, ids replaced by what they stand for: equal means equal in all."""
        assert self.sandbox is not None
        google = self.sandbox.platforms["google"].store.entries  # type: ignore[attr-defined]
        return {"meta": meta_content(self.sandbox.meta.graph.store._nodes), "google": google_content(google)}


GOOGLE_TAPS: dict[int, Tap] = {}
_serve = google_services.Services.serve


def _watched(self: Any, call: Any, data: bytes, metadata: Any) -> Any:
    tap = GOOGLE_TAPS.get(id(self.desk))
    if tap is None:
        return _serve(self, call, data, metadata)
    name = f"{call.service}.{call.method}"
    with tap.passing():
        fate = tap.fate(name if call.method.startswith("Mutate") else None)
        if fate == "dropped":
            raise Broken("Socket closed")
        time.sleep(tap.slow)
        answer = _serve(self, call, data, metadata)
        if fate == "lost":
            raise Broken("Socket closed")
        return answer


@contextlib.contextmanager
def tapped(rig: Rig) -> Iterator[Rig]:
    """The rig with its platforms up, stopped at the end."""
    google_services.Services.serve = _watched  # type: ignore[method-assign]
    rig.up()
    try:
        yield rig
    finally:
        rig.down()


def strike(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL the whole group, if there still is one."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def kill(process: subprocess.Popen[bytes]) -> int:
    """SIGKILL the whole group; returns how the process ended, -9 if it was this."""
    strike(process)
    return process.wait(SECONDS)


# -- contents without ids


def meta_content(nodes: dict[str, Any]) -> Counter[str]:
    """One text an object: its kind and all its values; ids of other objects become their kind and name."""
    names = {
        id: f"<{node.kind} {node.data.get('name') or node.data.get('hash')}>" for id, node in nodes.items()
    }
    found: Counter[str] = Counter()
    for id, node in nodes.items():
        text = orjson.dumps(node.data, option=orjson.OPT_SORT_KEYS).decode().replace(id, "<self>")
        found[f"{node.kind} " + re.sub(r"\d{15,}", lambda match: names.get(match[0], match[0]), text)] += 1
    return found


RESOURCE = re.compile(r"customers/\d+/\w+/[\d~]+")


def google_content(entries: dict[str, Any]) -> Counter[str]:
    """One text a resource; references become a digest of what they point to."""
    done: dict[str, str] = {}

    def text(name: str) -> str:
        if name not in done:
            done[name] = "…"
            document = MessageToDict(entries[name].message)
            body = json.dumps(_without_ids(document), sort_keys=True, ensure_ascii=False)
            body = RESOURCE.sub(lambda match: reference(match[0]), body.replace(name, "<self>"))
            done[name] = f"{entries[name].kind.name} {'removed ' * bool(entries[name].removed)}{body}"
        return done[name]

    def reference(name: str) -> str:
        if name not in entries:
            return name.split("/")[2]
        return f"<{entries[name].kind.name} {hashlib.sha256(text(name).encode()).hexdigest()[:12]}>"

    return Counter(text(name) for name in entries)


def _without_ids(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_ids(item) for key, item in value.items() if key not in ("id", "criterionId")}
    return [_without_ids(item) for item in value] if isinstance(value, list) else value


# -- a brand with an approved plan


def prepare(root: Path, platform: str | None = None) -> Path:
    """At `root` a brand with empty platforms and an approved plan, ready to be applied; the plan's file."""
    copy_example(root)
    file = root / "plan.json"
    with tapped(Rig(root)) as rig:
        only = ("--platform", platform) if platform else ()
        made = rig.run("plan", "-o", str(file), *only)
        assert made.returncode == 2, told(made)
        approved = rig.run("approve", str(file), "--by", "Ayşe Yılmaz")
        assert approved.returncode == 0, told(approved)
    return file


# -- a brand with a sandbox process of its own


@contextlib.contextmanager
def launched(root: Path, declare: Callable[[Path], None] = lambda _: None) -> Iterator[Path]:
    """The example brand at `root`, edited by `declare`, launched on both platforms by command line alone."""
    copy_example(root)
    declare(root)
    demand(root, "sandbox", "up")
    try:
        demand(root, "plan", "-o", str(root / "plan.json"), ends=2)
        demand(root, "approve", str(root / "plan.json"), "--by", "Ayşe Yılmaz")
        demand(root, "apply", str(root / "plan.json"))
        yield root
    finally:
        kampanya(root, "sandbox", "down")


def demand(root: Path, *arguments: str, ends: int = 0) -> str:
    """Run a command that must end with that exit code; what it printed."""
    done = kampanya(root, *arguments)
    assert done.returncode == ends, f"kampanya {' '.join(arguments)}: {done.returncode}\n{told(done)}"
    return done.stdout


def mart(root: Path, sql: str) -> list[list[str]]:
    """Rows of the published mart, through the command line."""
    return list(csv.reader(demand(root, "query", sql, "--csv").splitlines()))[1:]


def ledger(root: Path, platform: str) -> list[dict[str, Any]]:
    """The platform's own truth, as of its clock."""
    graph = json.loads((root / STATE / "sandbox" / "endpoints.json").read_text(encoding="utf-8"))["graph"]
    request = Request(
        f"{graph['url']}/_sandbox/ledger?platform={platform}",
        headers={"Authorization": f"Bearer {graph['token']}"},
    )
    with urlopen(request, timeout=60) as answer:
        rows: list[dict[str, Any]] = json.load(answer)["data"]
    return rows
