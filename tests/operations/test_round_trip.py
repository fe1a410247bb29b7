"""What our own brands built is released, imported under another brand's name, and means the same."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest

from connectors.base import Connection, Connector
from connectors.google.apply import GoogleConnector
from connectors.google.client import Client
from connectors.meta.apply import MetaConnector
from engine.assemble import Spending
from engine.change import Update
from engine.plan import Plan
from engine.resource import MARK, canonical_json, resolve, to_json
from journal.store import Journal
from operations import plan as plans
from operations.adopting import adopt
from operations.apply import apply_plan
from operations.approve import approve
from operations.drift import drift
from operations.release import release
from operations.site import Site, account, open_site
from operations.validate import validate
from sandbox.runtime import Sandbox
from schemas.compose import read
from schemas.tree import plain
from tests.contract.certificates import lend, roots
from tests.soak.rig import HOME, Rig

BRANDS = ("cini", "lezzet", "liman", "rota")
PLATFORMS = ("meta", "google")
Meaning = dict[tuple[str, str], Any]
# Kinds of which a name is ours alone: nobody is shown it, and it follows the key.
NAMED_BY_KEY = ("creative", "image", "video", "asset", "target_audience")


def connect(site: Site, name: str, sandbox: Sandbox) -> Connector:
    ends = sandbox.platforms[name].endpoints()
    about = account(site.workspace, name)
    if name == "meta":
        end, secrets = {"url": ends["url"]}, {"token": ends["token"]}
        return MetaConnector(Connection(about, site.scope, site.root, end, secrets), sleep=lambda _: None)
    end = {"config": ends["configuration"], "roots": roots()}
    connection = Connection(about, site.scope, site.root, end)
    return GoogleConnector(connection, Client(connection, sleep=lambda _: None))


def opened(root: Path, sandbox: Sandbox) -> Site:
    found = open_site(root)
    made = {name: connect(found, name, sandbox) for name in PLATFORMS}
    now = sandbox.clock.now().astimezone(UTC)
    return replace(found, platforms=PLATFORMS, given_connectors=made, given_now=now)


@contextmanager
def journal(site: Site) -> Iterator[Journal]:
    found = Journal.open(site.state / "journal.db")
    try:
        yield found
    finally:
        found.close()


def carry_out(site: Site, ledger: Journal, plan: Plan) -> None:
    approve(site, ledger, plan, by=site.workspace.brand.may_approve[0].approver)
    result = apply_plan(site, ledger, plan, spending=Spending(), actor="test", sleep=lambda _: None)
    assert result.complete, (result.failed, result.waiting, result.blocked)


def meaning(site: Site, ledger: Journal) -> Meaning:
    """Every declared object by its id on the platform: its fields, with ids in place of keys."""
    ids = ledger.ids()
    found: Meaning = {}
    for platform in PLATFORMS:
        mine = [each for each in validate(site) if each.address.platform == platform]
        for each in site.canonical(platform, mine):
            fields = {
                name: value
                for name, value in each.fields.items()
                if name not in site.supports[platform].kinds[each.address.kind].given
            }
            kind = f"{platform} {each.address.kind}"
            told = {name: json.loads(canonical_json(to_json(resolve(v, ids)))) for name, v in fields.items()}
            found[kind, ids[each.address]] = told
    return found


def copied(brand: str, folder: Path) -> Path:
    ignored = shutil.ignore_patterns(".kampanya", "decisions")
    root = Path(shutil.copytree(HOME / "brands" / brand, folder / brand, ignore=ignored))
    without_lists(root)
    return root


def without_lists(root: Path) -> None:
    """No platform tells who is in a list of customers, so what leaves one out cannot come back; import says
    so of each."""
    for list_ in (root / "audiences").glob("*.yaml"):
        if "type: customer_list" not in list_.read_text(encoding="utf-8"):
            continue
        list_.unlink()
        for file in (root / "campaigns").glob("*.yaml"):
            text = file.read_text(encoding="utf-8")
            file.write_text(text.replace(f", exclude: [{list_.stem}]", ""), encoding="utf-8")


def another(root: Path, folder: Path) -> Path:
    """A brand of another name that has declared nothing, in the same accounts."""
    tree = read(root / "kampanya.yaml", [])
    assert tree is not None
    whole: Mapping[str, Any] = plain(tree)
    currency = whole["currency"]
    declared = {
        "brand": "yabanci",
        "name": "Yabancı",
        **{name: whole[name] for name in ("currency", "locale", "time_zone")},
        "guard_rails": {"daily": f"900000 {currency}", "monthly": f"9000000 {currency}"},
        "approvers": ["Ayşe Yılmaz"],
        "environments": {"sandbox": whole["environments"]["sandbox"]},
    }
    other = folder / "yabanci"
    other.mkdir()
    (other / "kampanya.yaml").write_text(json.dumps(declared, default=str), encoding="utf-8")
    return other


def give_everything_back(site: Site, ledger: Journal, root: Path, sandbox: Sandbox) -> None:
    keys = [each.campaign for each in site.workspace.campaigns]
    for folder in ("campaigns", "experiments"):
        shutil.rmtree(root / folder, ignore_errors=True)
    shutil.rmtree(root / "audiences", ignore_errors=True)
    brand = root / "kampanya.yaml"
    brand.write_text(_without_plans(brand), encoding="utf-8")
    bare = replace(opened(root, sandbox), platforms=PLATFORMS)
    for key in keys:
        plan = release(bare, ledger, key, spending=Spending())
        assert {
            next(iter(each.change.after)) for each in plan.changes if isinstance(each.change, Update)
        } == {MARK}
        carry_out(bare, ledger, plan)
    assert not [at for at in ledger.ids() if at.key.partition("/")[0] in keys and at.kind == "campaign"]


def _without_plans(brand: Path) -> str:
    """The brand's file without what names campaigns."""
    tree = read(brand, [])
    assert tree is not None
    whole = dict(plain(tree))
    whole.pop("media_plan", None)
    names = [each if isinstance(each, str) else each["approver"] for each in whole["approvers"]]
    return json.dumps({**whole, "approvers": names}, default=str, ensure_ascii=False)


@pytest.mark.server
@pytest.mark.parametrize("name", BRANDS)
def test_a_brand_comes_back_from_its_accounts_as_it_was(name: str, tmp_path: Path) -> None:
    root = copied(name, tmp_path)
    rig = Rig(root)
    lend(rig.state / "sandbox" / "google")
    rig.up()
    try:
        sandbox = rig.sandbox
        assert sandbox is not None
        site = opened(root, sandbox)
        with journal(site) as ledger:
            carry_out(site, ledger, plans.make(site, ledger, plans.Wish(), Spending()))
            before = meaning(site, ledger)
            give_everything_back(site, ledger, root, sandbox)
        other = another(root, tmp_path)
        after = taken_over(other, sandbox)
    finally:
        rig.down()
    assert {each for each in before if each not in after} == set()
    assert {each for each in after if each not in before} == set()
    assert {
        each: _unlike(before[each], after[each]) for each in before if _unlike(before[each], after[each])
    } == {}


def taken_over(root: Path, sandbox: Sandbox) -> Meaning:
    """Import and adopt both accounts, with all that has to hold."""
    with journal(opened(root, sandbox)) as ledger:
        for platform in PLATFORMS:
            made = adopt(opened(root, sandbox), ledger, platform, Spending(), actor="test")
            assert made.imported.lost == ()
            assert made.plan.blocked == ()
            carry_out(opened(root, sandbox), ledger, made.plan)
        site = opened(root, sandbox)
        assert plans.make(site, ledger, plans.Wish(), Spending()).changes == ()
        assert drift(site, ledger) == []
        return meaning(site, ledger)


def _unlike(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    names = {name for name in one.keys() | other.keys() if one.get(name) != other.get(name)}
    return {name: (one.get(name), other.get(name)) for name in names}
