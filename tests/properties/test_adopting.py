"""What others built in both accounts is imported as it is, and once adopted nothing but marks is new."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.json_format import MessageToDict
from hypothesis import example, given, settings
from hypothesis import strategies as st

from connectors.memory import Platform
from engine.assemble import Spending
from engine.change import Update
from engine.naming import unsigned
from engine.resource import MARK
from operations.adopting import adopt
from operations.drift import drift
from operations.importing import survey
from schemas.format import formatted
from tests.operations.test_adopting import UTM
from tests.operations.test_importing import AD, people
from tests.properties import contents, declared
from tests.properties.accounts import GOOGLE_ACCOUNTS, META_ACCOUNTS, GoogleAccount, MetaAccount
from tests.properties.declared import State
from tests.properties.grounds import InMemory, InSandbox
from tests.properties.strangers import create, path
from tests.properties.test_reach import FEW, MANY

Account = list[list[str]]
KINDS = {"campaigns": "campaign", "audiences": "audience"}
MARKS = ("adlabels", "labels", "resourceName")
PLAIN: Account = [["sitelink", "shared list"], ["pinned"], ["shared budget"]]
SHOWN: Account = [["display"], ["callout"]]
FILMED: Account = [["film"], ["post", "traffic"], ["carousel"]]
ODD: Account = [["button", "tags"], ["same creative", "two ad sets"], ["their audience"]]


def unmarked(ground: InSandbox) -> dict[str, Any]:
    """Both accounts by id, without our marks: labels, and what stands at the end of a name."""
    sandbox = ground.sandbox
    entries = sandbox.platforms["google"].store.entries  # type: ignore[attr-defined]
    nodes = sandbox.meta.graph.store._nodes
    told = {id: (each.kind, _plain(each.data)) for id, each in nodes.items()}
    found = {name: (each.removed, _plain(MessageToDict(each.message))) for name, each in entries.items()}
    return {id: json.dumps(each, sort_keys=True) for id, each in {**told, **found}.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items() if key not in MARKS and _plain(item) != ""}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return unsigned(value)[0] if isinstance(value, str) else value


def take_over(ground: InSandbox, platform: str, met: Counter[str]) -> None:
    """Import and adopt one account, with everything that has to hold on the way."""
    before = contents.everything(ground.sandbox)
    made = adopt(ground.site, ground.journal, platform, Spending(), actor="test")
    assert contents.everything(ground.sandbox) == before, "an import wrote something"
    assert ground.plan().changes == (), "what was imported would be built a second time"
    for written in made.paths:
        text = written.read_text(encoding="utf-8")
        assert formatted(text, KINDS[written.parent.name]) == text
    assert made.plan.blocked == ()
    for each in made.plan.changes:
        assert isinstance(each.change, Update)
        assert each.change.after.keys() == {MARK}
        assert each.hazards == ()
    met[f"{platform} campaigns adopted"] += len(made.imported.files)
    met.update(f"{platform} {Path(each).suffix} fetched" for each in made.imported.pictures.new)
    met[f"{platform} audiences adopted"] += len(made.imported.audiences)
    met[f"{platform} things listed"] += len(made.imported.lost)
    if made.plan.changes:
        result = ground.apply(made.plan)
        assert result.complete, (result.failed, result.waiting, result.blocked)
    plan = ground.plan()
    assert plan.changes == (), "what was adopted would be changed"
    assert plan.blocked == ()
    assert drift(ground.site, ground.journal) == []
    assert adopt(ground.site, ground.journal, platform, Spending(), actor="test").plan.changes == ()


def story(ground: InSandbox, google: Account, meta: Account) -> Counter[str]:
    met: Counter[str] = Counter()
    declared.write(State(), ground.root)
    ground.fresh()
    met["google campaigns"] += GoogleAccount(ground).settle(google)
    met["meta ads"] += MetaAccount(ground).settle(meta)
    before = unmarked(ground)
    for platform in ("google", "meta"):
        take_over(ground, platform, met)
    after = unmarked(ground)
    assert {id: (was, after.get(id)) for id, was in before.items() if after.get(id) != was} == {}
    return met


@pytest.mark.server
def test_what_others_built_is_adopted_and_is_as_it_was_but_for_marks(stands: InSandbox) -> None:
    met: Counter[str] = Counter()

    @FEW
    @given(GOOGLE_ACCOUNTS, META_ACCOUNTS)
    @example(PLAIN, ODD)
    @example(SHOWN, FILMED)
    def often(google: Account, meta: Account) -> None:
        met.update(story(stands, google, meta))

    often()
    assert met["google campaigns adopted"] > 3
    assert met["meta campaigns adopted"] > 4
    assert met["meta audiences adopted"] >= 1
    assert met["google .png fetched"] >= 2, "of a display ad"
    assert met["meta .mp4 fetched"] >= 1


@pytest.mark.server
def test_what_an_import_never_reads_is_listed_with_its_id(stands: InSandbox) -> None:
    declared.write(State(), stands.root)
    stands.fresh()
    account = GoogleAccount(stands)
    assert account.settle([["callout"]]) == 1
    asset = path("assets", -1)
    callout = {"callout_asset": {"callout_text": "Her yerde"}}
    link = create("customer_asset", asset=asset, field_type="CALLOUT")
    made = account.put([create("asset", resource_name=asset, **callout), link])
    label = {"content_label": {"type": "TRAGEDY"}}
    made += account.put([create("customer_negative_criterion", **label)])
    assert len(made) == 3
    found = survey(stands.site, stands.journal, "google")
    told = {each.subject: each.why for each in found.lost}
    wanted = [f"google customer_asset callout {made[1].rpartition('/')[2]}"]
    wanted.append(f"google customer_negative_criterion content_label {made[2].rpartition('/')[2]}")
    assert told.keys() == set(wanted)
    assert all("whole account" in why for why in told.values())


IN_A_DICT = st.lists(
    st.tuples(
        st.sampled_from(["ACTIVE", "PAUSED"]),
        st.sampled_from([{"daily_budget": 50_050}, {"lifetime_budget": 900_000}]),
        st.sampled_from([None, "2026-12-31"]),
        st.sampled_from([UTM, {}, None]),
        st.integers(1, 2),
    ),
    max_size=3,
)


def settle_in_a_dict(far: Platform, account: list[tuple[Any, ...]]) -> None:
    """Campaigns of somebody else on the platform in a dict."""
    for index, (status, budget, end, utm, ads) in enumerate(account):
        common = {"start": "2026-12-01", "end": end, "bid": None, "options": {}, "status": status}
        above = {"objective": "traffic", "ad_set_budgets": True, **common}
        top = far.insert("campaign", "", {"name": f"Rakip {index}", **above})
        aim = {"optimize_for": "link_clicks", "conversion": None, "audience": people()}
        ad_set = far.insert("ad_set", "", {"campaign": top, "name": "Takım", **common, **aim, **budget})
        for number in range(ads):
            content = {**AD, "utm": utm, "headlines": (f"Başlık {index} {number}",)}
            ad = {"creative": far.insert("creative", "", content), "name": f"Reklam {number}"}
            far.insert("ad", "", {"ad_set": ad_set, **ad, "status": status, "options": {}})


def test_what_others_built_in_a_dict_is_adopted_as_it_is(tmp_path_factory: pytest.TempPathFactory) -> None:
    met: Counter[str] = Counter()
    ground = InMemory.at(tmp_path_factory.mktemp("adopting") / "lezzet")

    @settings(FEW, max_examples=15)
    @given(IN_A_DICT)
    def often(account: list[tuple[Any, ...]]) -> None:
        declared.write(State(), ground.root)
        ground.fresh()
        far = ground.far["meta"]
        settle_in_a_dict(far, account)
        before = {id: (each.kind, dict(each.fields), each.archived) for id, each in far.records.items()}
        made = adopt(ground.site, ground.journal, "meta", Spending(), actor="test")
        assert ground.plan().changes == ()
        if made.plan.changes:
            assert ground.apply(made.plan).complete
        assert ground.plan().changes == ()
        assert drift(ground.site, ground.journal) == []
        after = {id: (each.kind, dict(each.fields), each.archived) for id, each in far.records.items()}
        assert after == before
        met["adopted"] += len(made.paths)

    often()
    ground.close()
    assert met["adopted"] > 5


@pytest.mark.soak
def test_what_others_built_is_adopted_very_often(stands: InSandbox) -> None:
    met: Counter[str] = Counter()

    @MANY
    @given(GOOGLE_ACCOUNTS, META_ACCOUNTS)
    def often(google: Account, meta: Account) -> None:
        met.update(story(stands, google, meta), examples=1)

    often()
    print(f"\nadopted: {dict(met)}")
