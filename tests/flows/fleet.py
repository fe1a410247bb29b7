"""Run as a process of its own: many brands, several work pools with a worker each, one scheduled portfolio.

argv: folder, brands, seconds to wait. PREFECT_API_DATABASE_CONNECTION_URL names the server's database. Prints
JSON. One sandbox stands in for all brands' accounts.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from kampanya import brand_sandbox, servers, up
from tests.contract.brand import write
from tests.flows.running import Api, until

DEPLOYMENT = """\
  - name: {brand}-performance
    entrypoint: flows.performance:performance
    tags: ["brand:{brand}", "environment:sandbox"]
    parameters: {{workspace: brands/{brand}, environment: sandbox}}
    concurrency_limit: {{limit: 1, collision_strategy: CANCEL_NEW}}
    work_pool: {{name: {pool}}}
"""
PORTFOLIO = """\
  - name: portfolio
    entrypoint: flows.portfolio:portfolio
    parameters: {{flow: performance}}
    work_pool: {{name: {pool}}}
"""
HEAD = """\
name: fleet
pull:
  - prefect.deployments.steps.set_working_directory: {directory: "{{ $KAMPANYA_HOME }}"}
deployments:
"""
ENDED = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}
DUE_IN_SECONDS = (10, 30, 90)


def found(folder: Path, count: int, pools: list[str], make: Callable[[Path], object]) -> list[Path]:
    """The brands' workspaces and their prefect.yaml; brands take turns on the pools."""
    names = [f"marka-{number:02}" for number in range(1, count + 1)]
    for name in names:
        make(folder / "brands" / name)
        file = folder / "brands" / name / "kampanya.yaml"
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace("brand: lezzet", f"brand: {name}", 1), encoding="utf-8")
    lines = [DEPLOYMENT.format(brand=name, pool=pools[at % len(pools)]) for at, name in enumerate(names)]
    lines.append(PORTFOLIO.format(pool=pools[0]))
    (folder / "prefect.yaml").write_text(HEAD + "".join(lines), encoding="utf-8")
    return [folder / "brands" / name for name in names]


def share_sandbox(roots: list[Path]) -> None:
    """The first brand's sandbox answers for all."""
    brand_sandbox.run(roots[0], "up", quiet=True)
    state = brand_sandbox.state_of(roots[0])
    for root in roots[1:]:
        mine = brand_sandbox.state_of(root)
        mine.mkdir(parents=True, mode=0o700)
        shutil.copy2(state / "endpoints.json", mine)


def run(folder: Path, count: int, pools: list[str], make: Callable[[Path], object], seconds: float) -> Any:
    """Let the schedule start the portfolio; what became of every run."""
    roots = found(folder, count, pools, make)
    share_sandbox(roots)
    home = folder / ".kampanya" / "prefect"
    os.environ["KAMPANYA_HOME"] = str(folder)
    with ExitStack() as stack:
        stack.callback(brand_sandbox.run, roots[0], "down", quiet=True)
        stack.enter_context(servers.prefect_server(home))
        from kampanya import provision

        provision.provide(roots)
        for pool in pools:
            provision.pool(pool)
        up.prefect(folder, "--no-prompt", "deploy", "--all")
        for pool in pools:
            start = ["worker", "start", "--pool", pool, "--limit", str(up.RUNS_AT_ONCE)]
            stack.callback(servers.stop, servers.start("prefect", start, home / f"worker-{pool}.log"))
        api = Api(os.environ["PREFECT_API_URL"])
        schedule(api)
        return wait(api, seconds)


def schedule(api: Api) -> None:
    """Every hour from a few seconds after now on, and not before the deployments are there.

    A busy server looks at a new schedule after its first hour has struck: it then begins with the next.
    """
    id = api.deployment("portfolio/portfolio")["id"]
    for seconds in DUE_IN_SECONDS:
        first = datetime.now(UTC) + timedelta(seconds=seconds)
        hourly = {"interval": 3600, "anchor_date": first.isoformat()}
        (made,) = api.ask("POST", f"/deployments/{id}/schedules", [{"schedule": hourly, "active": True}])
        if until(lambda first=first: due(api, id, first), seconds + 20):  # type: ignore[misc]
            return
        api.ask("DELETE", f"/deployments/{id}/schedules/{made['id']}")
    raise SystemExit("the server makes no run of a schedule in time")


def due(api: Api, deployment: str, first: datetime) -> bool:
    """Whether there is a run for the schedule's first hour."""
    times = (each["expected_start_time"] for each in api.runs(deployment_id={"any_": [deployment]}))
    return any(abs(datetime.fromisoformat(each) - first) < timedelta(seconds=1) for each in times if each)


def wait(api: Api, seconds: float) -> Any:
    parent = api.deployment("portfolio/portfolio")["id"]
    mine = {"deployment_id": {"any_": [parent]}, "state": {"type": {"any_": sorted(ENDED)}}}
    portfolio = until(lambda: api.runs(**mine), seconds)
    runs = [each for each in api.runs() if each["name"].startswith("performance")]
    keep = ("name", "state_type", "work_pool_name", "start_time", "end_time")
    return {
        "portfolio": [{key: each[key] for key in (*keep, "auto_scheduled")} for each in portfolio],
        "runs": [{key: each[key] for key in keep} for each in runs],
    }


if __name__ == "__main__":
    where, brands, patience = Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    print(json.dumps(run(where, brands, ["istanbul", "ankara"], write, patience)))
