"""Engagement and lookalike audiences on Meta: what is sent and read, and plans that are then empty."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from connectors.base import Connection
from connectors.meta import audience, convert
from connectors.meta.apply import MetaConnector
from engine.change import Applied, Create, Refused
from engine.context import Context
from engine.diff import Diff, diff
from engine.resource import Address, Ref
from schemas.audience import ENGAGED

CONTEXT = Context({"meta": MetaConnector.supports})
AD_SET = "yil-sonu/takim-0"
SETTINGS = {"page": "2000000000000001", "pixel": "3000000000000001", "instagram": "1784000000000001"}
RULE = {"event": "Purchase", "within_days": 30, "url_contains": None}


def declare(tree: Any, key: str, kind: str, **fields: Any) -> Address:
    found: Address = tree.resource("audience", key, name=key, description="", type=kind, **fields)
    return found


def engaged(tree: Any, key: str, source: str, did: str, days: int = 30, id: str | None = None) -> Address:
    return declare(
        tree, key, "engagement", engaged={"with": source, "did": did, "within_days": days, "id": id}
    )


def alike(tree: Any, key: str, source: str, *countries: str, percent: int = 3) -> Address:
    ref = tree.ref("audience", source)
    return declare(tree, key, "lookalike", source=ref, locations=countries, percent=percent)


def made(tree: Any, connection: Connection, key: str) -> dict[str, Any]:
    """The fields of one audience in Meta's terms."""
    known = replace(connection, account=replace(connection.account, settings=SETTINGS))
    found = convert.canonical(tree.resources, known)
    return dict(next(each for each in found if each.address == Address("meta", "audience", key)).fields)


def aim(tree: Any, *include: str) -> None:
    places = {"locations": ("TR-34",), "languages": ("tr",), "age": None, "genders": (), "interests": ()}
    refs = tuple(tree.ref("audience", key) for key in include)
    tree.change("ad_set", AD_SET, audience=places | {"include": refs, "exclude": ()})


def test_a_rule_of_engagement_names_the_source_its_event_and_the_time(
    tree: Any, connection: Connection
) -> None:
    small = tree(ad_sets=0)
    engaged(small, "ilgili", "instagram", "anything", days=730)
    fields = made(small, connection, "ilgili")
    sent = audience.birth(fields, "abcdefghij")
    assert "subtype" not in sent  # Meta takes none for these
    assert sent["prefill"] is True
    assert json.loads(sent["rule"])["inclusions"]["rules"] == [
        {
            "event_sources": [{"id": "1784000000000001", "type": "ig_business"}],
            "retention_seconds": 730 * 86_400,
            "filter": {
                "operator": "and",
                "filters": [{"field": "event", "operator": "eq", "value": "ig_business_profile_all"}],
            },
        }
    ]


def test_whatever_people_can_have_done_has_an_event_of_metas() -> None:
    theirs = {source: tuple(events) for source, (_, _, events) in audience.ENGAGEMENTS.items()}
    assert theirs == ENGAGED


def test_an_id_of_its_own_wins_over_the_accounts(tree: Any, connection: Connection) -> None:
    small = tree(ad_sets=0)
    engaged(small, "ilgili", "page", "visited", id="77")
    (rule,) = made(small, connection, "ilgili")["rule"]["inclusions"]["rules"]
    assert rule["event_sources"] == ({"id": "77", "type": "page"},)


def test_an_account_without_instagram_is_told_what_to_write(tree: Any, connection: Connection) -> None:
    small = tree(ad_sets=0)
    engaged(small, "ilgili", "instagram", "anything")
    bare = replace(connection, account=replace(connection.account, settings={"page": "2"}))
    with pytest.raises(Exception, match="has no instagram"):
        convert.canonical(small.resources, bare)


@pytest.mark.parametrize(
    ("countries", "where"),
    [
        (("TR",), {"country": "TR"}),
        (("TR", "AZ"), {"location_spec": {"geo_locations": {"countries": ["AZ", "TR"]}}}),
    ],
)
def test_a_lookalike_is_sent_as_a_ratio_of_its_countries(
    tree: Any, connection: Connection, countries: tuple[str, ...], where: dict[str, Any]
) -> None:
    small = tree(ad_sets=0)
    declare(small, "alanlar", "website", include=(RULE,), exclude=())
    alike(small, "benzer", "alanlar", *countries)
    fields = made(small, connection, "benzer")
    assert fields["origin_audience_id"] == Ref(Address("meta", "audience", "alanlar"))
    sent = audience.birth(fields | {"origin_audience_id": "12"}, "abcdefghij")
    assert (sent["subtype"], sent["origin_audience_id"]) == ("LOOKALIKE", "12")
    assert "prefill" not in sent
    assert json.loads(sent["lookalike_spec"]) == {"ratio": 0.03, **where}


@pytest.mark.parametrize(
    ("spec", "percent"),
    [
        ({"type": "custom_ratio", "ratio": 0.07, "target_countries": ["TR"]}, 7),
        ({"type": "reach", "country": "TR"}, 5),
        ({"type": "similarity", "country": "TR"}, 1),
    ],
)
def test_one_that_somebody_made_by_its_type_is_told_in_percent(spec: dict[str, Any], percent: int) -> None:
    row = {"name": "x", "subtype": "LOOKALIKE", "lookalike_spec": spec | {"origin": [{"id": 12}]}}
    seen = audience.receive(row)
    assert seen["lookalike_spec"] == {"percent": percent, "countries": ("TR",)}
    assert seen["origin_audience_id"] == "12"


# -- through the SDK, against the sandbox


@pytest.fixture
def brand(sandbox: Any, tmp_path: Path) -> Connection:
    found: Connection = sandbox.connection(tmp_path)
    settings = {**found.account.settings, "instagram": SETTINGS["instagram"]}
    return replace(found, account=replace(found.account, settings=settings))


@pytest.fixture
def meta(brand: Connection) -> MetaConnector:
    return MetaConnector(brand, sleep=lambda seconds: None)


@pytest.fixture
def aimed(tree: Any, brand: Connection) -> Any:
    """A tree whose ad set is aimed at one audience of each sort."""
    small = type(tree(ad_sets=0))(brand.scope, brand.account, brand.assets, ad_sets=1, ads=1)
    alike(small, "benzer", "alanlar", "TR", "AZ")  # before what it needs
    declare(small, "alanlar", "website", include=(RULE,), exclude=())
    for key, source, did in (
        ("sayfa", "page", "anything"),
        ("insta", "instagram", "reacted"),
    ):
        engaged(small, key, source, did)
    engaged(small, "form", "lead_form", "abandoned", id="5000000000000001")
    aim(small, "benzer", "sayfa", "insta", "form")
    return small


def planned(meta: MetaConnector, tree: Any) -> Diff:
    return diff(meta.canonical(tree.resources), meta.read(), CONTEXT)


@pytest.mark.server
def test_a_plan_after_an_apply_is_empty(meta: MetaConnector, aimed: Any) -> None:
    plan = planned(meta, aimed)
    outcomes = list(meta.apply(plan.changes, plan.matching.ids))
    assert [each for each in outcomes if not isinstance(each, Applied)] == []
    assert planned(meta, aimed).changes == ()
    assert planned(meta, aimed).blocked == ()


@pytest.mark.server
def test_what_a_lookalike_resembles_cannot_be_changed_and_its_name_can(
    meta: MetaConnector, aimed: Any
) -> None:
    list(meta.apply(planned(meta, aimed).changes, {}))
    aimed.change("audience", "benzer", name="Benzeyenler")
    (update,) = planned(meta, aimed).changes
    assert update.after == {"name": "Benzeyenler"}  # type: ignore[union-attr]
    (done,) = meta.apply([update], planned(meta, aimed).matching.ids)
    assert isinstance(done, Applied)
    aimed.change("audience", "benzer", percent=4)
    again = planned(meta, aimed)
    assert [each for each in again.changes if each.address.kind == "audience"] == []
    assert "cannot change this after creation" in again.blocked[0].summary


@pytest.mark.server
def test_a_lookalike_of_an_audience_that_was_refused_is_not_made(meta: MetaConnector, aimed: Any) -> None:
    aimed.change("audience", "alanlar", name="x" * 500)
    changes = planned(meta, aimed).changes
    assert all(isinstance(each, Create) for each in changes)
    outcomes = {each.address: each for each in meta.apply(changes, {})}
    refused = outcomes[Address("meta", "audience", "benzer")]
    assert isinstance(refused, Refused)
    assert refused.code == "parent"
