"""The demo: starts the sandboxes and a Prefect server, runs the real flows, and says what happens."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import click

from kampanya import brand_sandbox, servers
from schemas.errors import KampanyaError
from schemas.private import private_folder

SETTLING = 3  # days until clicks no longer move
ANSWER = {"decision": "approve", "approver": "Ayşe Yılmaz", "reason": "the demo says yes"}
TOTALS = """
select platform, coalesce(campaign_key, '—') as campaign, coalesce(ad_set_key, '—') as ad_set, currency,
       sum(impressions)::bigint as impressions, sum(clicks)::bigint as clicks, sum(spend) as spend,
       sum(conversions)::bigint as conversions
from ad_reporting__ad_report group by all order by all
"""
PER_AD = """
select replace(platform, 'google_ads', 'google'), date_day::varchar, ad_id, (spend * 1000000)::bigint,
       impressions::bigint, clicks::bigint
from ad_reporting__ad_report
"""


def say(line: str) -> None:
    """A step of the story."""
    click.secho(f"\n▸ {line}", bold=True)


def run(root: Path, days: int) -> int:
    """The whole loop on the workspace at `root`; 0 only if the numbers agree and the last plan is empty."""
    started = time.monotonic()
    state = root / ".kampanya" / "sandbox"
    say("Starting afresh: the stand-in platforms, and a Prefect server of our own on loopback")
    _afresh(root, state)
    with _sandbox(root), servers.prefect_server(state / "prefect") as address:
        click.echo(f"  Prefect answers at {address}")
        _provide(root)
        say("Flow `launch`: validate, plan, ask the brand, apply exactly what was approved")
        click.echo(f"  ended: {_launch(root)}")
        _pass_days(root, 1 + days, f"The flight begins; {days} days of delivery pass")
        agreed = _load_and_compare(root, state)
        _pass_days(root, SETTLING, f"{SETTLING} more days, so that the clicks of all {days} have settled")
        agreed = _load_and_compare(root, state) and agreed
        _experiments(root, state)
        say("Flow `drift`: what changed behind our back")
        click.echo(f"  {_drift(root)} differences")
        say("The plan again: a plan after an apply is empty")
        empty = _plan_is_empty(root)
    _where(root, state)
    click.echo(f"\nTook {time.monotonic() - started:.0f} s.")
    return 0 if agreed and empty else 1


def _provide(root: Path) -> None:
    from kampanya.provision import provide

    provide([root])


def _pass_days(root: Path, days: int, words: str) -> None:
    say(words)
    _demand(brand_sandbox.run(root, "advance", [str(days)]), "the sandbox did not advance")


def _load_and_compare(root: Path, state: Path) -> bool:
    say("Flow `performance`: the numbers into DuckDB")
    click.echo(f"  {_performance(root)} rows are new or restated")
    return _totals(root, state)


def _experiments(root: Path, state: Path) -> None:
    """Read the tests; where one is decided, its decision is a plan like any other."""
    from flows.experiments import experiments
    from kampanya.commands.experiment import tell_reading
    from operations.experiment import read
    from operations.site import open_site

    say("Flow `experiments`: what may be said of the test, and what was decided")
    decided = experiments(root)
    site = open_site(root)
    with site.journal() as journal:
        for key in site.workspace.experiments:
            tell_reading(read(site, journal, key), tr=True)
            click.echo(f"  picture: {os.path.relpath(state / f'experiment-{key}.svg')}")
    if decided:
        say("Flow `launch`: the decision is a plan that awaits the brand's yes like any other")
        click.echo(f"  ended: {_launch(root)}")


def _afresh(root: Path, state: Path) -> None:
    if (state / "sandbox").exists():
        brand_sandbox.run(root, "down", quiet=True)
    shutil.rmtree(state, ignore_errors=True)
    shutil.rmtree(root / "decisions" / "sandbox", ignore_errors=True)
    private_folder(state)


@contextmanager
def _sandbox(root: Path) -> Iterator[None]:
    _demand(brand_sandbox.run(root, "up"), "the sandbox did not start")
    try:
        yield
    finally:
        brand_sandbox.run(root, "down", quiet=True)


def _demand(code: int, complaint: str) -> None:
    if code:
        raise KampanyaError(
            "The demo cannot go on", complaint, "Read server.log in the sandbox's state folder."
        )


def _launch(root: Path) -> str:
    """Run the flow; play the brand that says yes in the form it waits with."""
    from kampanya import attended

    run = attended.begin(root)
    state = attended.go_on(run)
    if state.is_paused():
        _print_plan(root)
        click.echo("  The run is suspended; the brand says yes in the form.")
        attended.answer(run, ANSWER)
        state = attended.go_on(run)
    if not state.is_completed():
        raise KampanyaError("The launch did not complete", str(state.message))
    return state.name or ""


def _print_plan(root: Path) -> None:
    from kampanya.commands.plan import show
    from operations.plan import load
    from operations.site import open_site

    site = open_site(root)
    newest = max((site.state / "plans").glob("*.json"), key=lambda path: path.stat().st_mtime)
    show(load(newest), site.supports)


def _performance(root: Path) -> int:
    from flows.performance import performance

    return performance(root)


def _totals(root: Path, state: Path) -> bool:
    """Print what DuckDB holds, and hold it against the platforms' own ledgers, per day and ad."""
    from operations.load import ask
    from operations.site import open_site

    site = open_site(root)
    columns, rows = ask(site, TOTALS)
    for line in (columns, *rows):
        click.echo("  " + " | ".join(str(value) for value in line))
    loaded = {tuple(row[:3]): row[3:] for row in ask(site, PER_AD)[1]}
    truth = {key: value for platform in site.platforms for key, value in _ledger(state, platform)}
    wrong = [key for key in {**truth, **loaded} if loaded.get(key) != truth.get(key)]
    click.secho(
        f"  {len(truth)} rows of the platforms' own ledgers, each a day of an ad: "
        + ("spend, impressions and clicks are equal in DuckDB." if not wrong else f"{len(wrong)} DIFFER."),
        fg="red" if wrong else "green",
    )
    return bool(truth) and not wrong


def _ledger(state: Path, platform: str) -> Iterator[tuple[tuple[Any, ...], tuple[Any, ...]]]:
    graph = json.loads((state / "sandbox" / "endpoints.json").read_text(encoding="utf-8"))["graph"]
    address = f"{graph['url']}/_sandbox/ledger?platform={platform}"
    request = Request(address, headers={"Authorization": f"Bearer {graph['token']}"})
    with urlopen(request, timeout=60) as answer:
        rows: list[dict[str, Any]] = json.load(answer)["data"]
    for row in rows:
        yield (platform, row["day"], row["ad_id"]), (row["spend_micros"], row["impressions"], row["clicks"])


def _drift(root: Path) -> int:
    from flows.drift import drift

    return drift(root)


def _plan_is_empty(root: Path) -> bool:
    from kampanya.commands.plan import show
    from operations import plan as plans
    from operations.load import spending
    from operations.site import open_site

    site = open_site(root)
    with site.journal() as journal:
        plan = plans.make(site, journal, plans.Wish(), spending(site))
    show(plan, site.supports)
    return not plan.changes


def _where(root: Path, state: Path) -> None:
    brand = os.path.relpath(root)
    say("Where everything is")
    for what, path in {
        "declaration": root / "campaigns",
        "journal": state / "journal.db",
        "warehouse": state / "warehouse.duckdb",
        "mart to query": state / "mart.duckdb",
        "raw pages": state / "landing",
        "plans": state / "plans",
        "decisions": root / "decisions" / "sandbox",
    }.items():
        click.echo(f"  {what:14} {os.path.relpath(path)}")
    click.echo(f"\nNext: kampanya sandbox up -C {brand}; kampanya plan -C {brand}; kampanya log -C {brand}")
