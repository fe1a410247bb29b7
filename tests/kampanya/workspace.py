"""A workspace with a sandbox of its own, driven as a person does: by the command."""

from __future__ import annotations

import atexit
import json
import os
import select
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any
from urllib.request import Request, urlopen

import duckdb

from journal.store import Journal

HOME = Path(__file__).parents[2]
# A load whose report runs are asked for without the pauses meant for a platform far away.
AT_ONCE = "import connectors.meta.reports as r; r.FIRST_POLL = 0.01"
PATIENCE = 120  # seconds for one command
Rows = list[tuple[Any, ...]]


@dataclass(frozen=True)
class Said:
    """What one command answered."""

    code: int
    out: str
    err: str

    @property
    def all(self) -> str:
        return self.out + self.err

    def json(self) -> Any:
        return json.loads(self.out)


class Commands:
    """Forks of one process that has imported everything: they answer as processes of their own do."""

    @cached_property
    def _process(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.kampanya.forking"],
            cwd=HOME,
            env={**os.environ, "KAMPANYA_ACTOR": "test"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, arguments: Sequence[str], before: str = "") -> Said:
        """One command, after some Python. Raises TimeoutError."""
        assert self._process.stdin
        assert self._process.stdout
        with (
            NamedTemporaryFile("r", encoding="utf-8") as out,
            NamedTemporaryFile("r", encoding="utf-8") as err,
        ):
            job = {"arguments": arguments, "out": out.name, "err": err.name, "before": before}
            self._process.stdin.write(json.dumps(job) + "\n")
            self._process.stdin.flush()
            if not select.select([self._process.stdout], [], [], PATIENCE)[0]:
                raise TimeoutError(f"kampanya {' '.join(arguments)}")
            return Said(int(self._process.stdout.readline()), out.read(), err.read())

    def end(self) -> None:
        if "_process" in self.__dict__:
            self._process.communicate(timeout=PATIENCE)


COMMANDS = Commands()
atexit.register(COMMANDS.end)


@dataclass
class Workspace:
    """`said` keeps every answer, so that a test can look for what must be in none."""

    root: Path
    said: list[Said] = field(default_factory=list)

    @property
    def state(self) -> Path:
        return self.root / ".kampanya" / "sandbox"

    def run(self, *arguments: str, with_root: bool = True, at_once: bool = False) -> Said:
        where = ["-C", str(self.root)] if with_root else []
        said = COMMANDS.run([*arguments, *where], AT_ONCE if at_once else "")
        self.said.append(said)
        return said

    def edit(self, old: str, new: str, file: str = "campaigns/yil-sonu.yaml") -> None:
        path = self.root / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    @property
    def graph(self) -> dict[str, Any]:
        found = json.loads((self.state / "sandbox" / "endpoints.json").read_text(encoding="utf-8"))
        graph: dict[str, Any] = found["graph"]
        return graph

    def ledger(self) -> dict[tuple[str, str], dict[str, Any]]:
        """The sandbox's own account of delivery, by day and ad."""
        token = {"Authorization": f"Bearer {self.graph['token']}"}
        with urlopen(Request(f"{self.graph['url']}/_sandbox/ledger", headers=token), timeout=30) as answer:
            rows = json.load(answer)["data"]
        return {(row["day"], row["ad_id"]): row for row in rows}

    def requests(self) -> list[str]:
        """What the sandbox was asked on its Graph, clock left out."""
        lines = (self.state / "sandbox" / "access.log").read_text(encoding="utf-8").splitlines()
        return [line.split(" ", 1)[1] for line in lines if "/_sandbox/" not in line]

    def mart(self, sql: str) -> Rows:
        with duckdb.connect(str(self.state / "mart.duckdb"), read_only=True) as con:
            return con.execute(sql).fetchall()

    def performance(self) -> Rows:
        """The view in full, in a fixed order, without when it was loaded."""
        return self.mart("select * from ad_reporting__ad_report order by date_day, ad_id")

    def journal(self) -> list[Any]:
        """Everything the journal holds that a command may add to."""
        with Journal.open(self.state / "journal.db") as journal:
            return [journal.objects(), journal.intents(), journal.runs(), journal.plans(), journal.events()]
