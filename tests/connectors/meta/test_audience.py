"""Website audiences on Meta: the rule both ways, the mark, order, and what becomes of lost answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.base import AudienceSize, Connection
from connectors.meta import audience, convert
from connectors.meta.apply import MetaConnector
from engine.change import Applied, Archive, Create, Refused, Unknown, Update
from engine.context import Context
from engine.diff import Diff, diff
from engine.match import Known
from engine.resource import Address, Resource, same

CONTEXT = Context({"meta": MetaConnector.supports})
AD_SET = "yil-sonu/takim-0"


def rule(event: str = "Purchase", days: int = 30, url: str | None = None) -> dict[str, Any]:
    return {"event": event, "within_days": days, "url_contains": url}


def website(tree: Any, key: str, **fields: Any) -> Address:
    defaults = {"name": key, "description": "", "type": "website", "include": (rule(),), "exclude": ()}
    found: Address = tree.resource("audience", key, **defaults | fields)
    return found


def aim(tree: Any, *include: str, exclude: tuple[str, ...] = ()) -> None:
    places = {"locations": ("TR-34",), "languages": ("tr",), "age": None, "genders": (), "interests": ()}
    sides = {
        "include": tuple(tree.ref("audience", key) for key in include),
        "exclude": tuple(tree.ref("audience", key) for key in exclude),
    }
    tree.change("ad_set", AD_SET, audience=places | sides)


def test_a_rule_is_written_as_metas_audience_rules_want_it(tree: Any, connection: Connection) -> None:
    small = tree(ad_sets=0)
    carts, buyers = rule("AddToCart", 14, "/sepet"), rule(days=14)
    website(small, "sepet", include=(carts,), exclude=(buyers,), description="not")
    made = convert.canonical(small.resources, connection)
    (found,) = [each for each in made if each.address.kind == "audience"]
    sent = audience.send(found.fields, found.mark)
    assert sent["description"] == f"not [k:{found.mark}]"
    source = [{"id": "3000000000000001", "type": "pixel"}]
    event = {"field": "event", "operator": "eq", "value": "AddToCart"}
    page = {"field": "url", "operator": "i_contains", "value": "/sepet"}
    bought = {"field": "event", "operator": "eq", "value": "Purchase"}
    assert json.loads(sent["rule"]) == {
        "inclusions": {
            "operator": "or",
            "rules": [
                {
                    "event_sources": source,
                    "retention_seconds": 14 * 86_400,
                    "filter": {"operator": "and", "filters": [event, page]},
                }
            ],
        },
        "exclusions": {
            "operator": "or",
            "rules": [
                {
                    "event_sources": source,
                    "retention_seconds": 14 * 86_400,
                    "filter": {"operator": "and", "filters": [bought]},
                }
            ],
        },
    }


def test_an_event_of_ones_own_goes_by_its_bare_name(tree: Any, connection: Connection) -> None:
    small = tree(ad_sets=0)
    website(small, "ozel", include=(rule("custom:Rezervasyon"),))
    (found,) = [e for e in convert.canonical(small.resources, connection) if e.address.kind == "audience"]
    assert "Rezervasyon" in str(found.fields["rule"])
    assert "custom:" not in str(found.fields["rule"])


RULES = st.lists(
    st.builds(rule, st.sampled_from(["Purchase", "AddToCart", "custom:X"]), st.integers(1, 180),
              st.none() | st.text("abç/ -", min_size=1, max_size=8)),
    min_size=1, max_size=4,
).map(tuple)  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(RULES, RULES | st.just(()), st.randoms(use_true_random=False))
def test_what_is_sent_reads_back_the_same_in_whatever_order_rules_come(
    include: tuple[Any, ...], exclude: tuple[Any, ...], chance: Any
) -> None:
    declared = {"name": "x", "description": "not", "include": include, "exclude": exclude}
    address = Address("meta", "audience", "x")
    sheet: Any = type("Sheet", (), {"setting": lambda *_: "3000000000000001"})()
    fields = audience.audience(Resource(address, "act_1", "abcdefghij", declared), sheet)
    row = audience.send(fields, "abcdefghij")
    told = json.loads(row["rule"])
    for side in told.values():
        chance.shuffle(side["rules"])
        for each in side["rules"]:
            each["template"] = "VISITORS_BY_URL"
            chance.shuffle(each["filter"]["filters"])
    seen = audience.receive({**row, "rule": json.dumps(told)})
    assert all(same(value, seen[name]) for name, value in fields.items())


@pytest.mark.parametrize(
    "told",
    [None, "{}", "not json", {"inclusions": {"operator": "and", "rules": []}}, {"inclusions": []}],
)
def test_a_rule_that_we_could_not_have_written_differs_and_breaks_nothing(told: Any) -> None:
    seen = audience.receive({"name": "x", "rule": told})["rule"]
    assert not isinstance(seen, dict) or "inclusions" not in seen


# -- through the SDK, against the sandbox


@pytest.fixture
def brand(sandbox: Any, tmp_path: Path) -> Connection:
    found: Connection = sandbox.connection(tmp_path)
    return found


@pytest.fixture
def meta(brand: Connection) -> MetaConnector:
    return MetaConnector(brand, sleep=lambda seconds: None)


@pytest.fixture
def aimed(tree: Callable[..., Any], brand: Connection) -> Any:
    """A tree whose ad set is aimed at one audience and leaves two out."""
    made = type(tree(ad_sets=0))(brand.scope, brand.account, brand.assets, ad_sets=1, ads=1)
    for key in ("sepet", "alanlar", "eskiler"):
        website(made, key)
    aim(made, "sepet", exclude=("eskiler", "alanlar"))
    return made


def planned(meta: MetaConnector, tree: Any, known: dict[Address, Known] | None = None) -> Diff:
    asked = {(address.kind, each.id) for address, each in (known or {}).items()}
    context = replace(CONTEXT, known=known or {})
    return diff(meta.canonical(tree.resources), meta.read(asked), context)


def applied(meta: MetaConnector, tree: Any) -> dict[Address, str]:
    plan = planned(meta, tree)
    outcomes = list(meta.apply(plan.changes, plan.matching.ids))
    assert [each for each in outcomes if not isinstance(each, Applied)] == []
    return {**plan.matching.ids, **{each.address: each.id for each in outcomes}}  # type: ignore[union-attr]


@pytest.mark.server
def test_a_plan_after_an_apply_is_empty_though_ids_and_keys_sort_differently(
    meta: MetaConnector, aimed: Any
) -> None:
    ids = applied(meta, aimed)
    assert planned(meta, aimed).changes == ()
    aim(aimed, "eskiler", "alanlar", exclude=("sepet",))
    (update,) = planned(meta, aimed).changes
    assert isinstance(update, Update)
    applied(meta, aimed)
    assert planned(meta, aimed).changes == ()
    assert len(ids) == len(set(ids.values()))


@pytest.mark.server
def test_a_changed_rule_and_a_changed_name_are_updates_of_the_same_audience(
    meta: MetaConnector, aimed: Any
) -> None:
    before = applied(meta, aimed)
    aimed.change("audience", "sepet", include=(rule("AddToCart", 60),), name="Sepet 60", description="yeni")
    (update,) = planned(meta, aimed).changes
    assert isinstance(update, Update)
    assert update.after.keys() == {"rule", "name", "description"}
    assert applied(meta, aimed) == before
    assert planned(meta, aimed).changes == ()


@pytest.mark.server
def test_one_that_nobody_uses_any_more_is_left_in_place(meta: MetaConnector, aimed: Any) -> None:
    ids = applied(meta, aimed)
    known = {at: Known("act_1000000000000001", id, "") for at, id in ids.items()}
    aim(aimed)
    aimed.resources = [each for each in aimed.resources if each.address.kind != "audience"]
    changes = planned(meta, aimed, known).changes
    assert [type(each) for each in changes] == [Update]
    gone = Archive(Address("meta", "audience", "sepet"), "act_1000000000000001", "1", {})
    (refused,) = meta.apply([gone], {})
    assert isinstance(refused, Refused)


@pytest.mark.server
@pytest.mark.parametrize("kind", ["lost_response", "null"])
def test_one_whose_answer_was_lost_is_found_by_its_mark_and_not_made_twice(
    meta: MetaConnector, aimed: Any, sandbox: Any, kind: str
) -> None:
    route = "POST /" if kind == "lost_response" else "POST */customaudiences"
    sandbox.fault(route, kind, times=1, **({} if kind == "lost_response" else {"applied": True}))
    changes = planned(meta, aimed).changes
    outcomes = list(meta.apply(changes, {}))
    assert "audience" in {each.address.kind for each in outcomes if isinstance(each, Unknown)}
    applied(meta, aimed)
    assert planned(meta, aimed).changes == ()
    assert sandbox.objects()["customaudience"] == 3


@pytest.mark.server
def test_without_its_audience_an_ad_set_is_not_made(meta: MetaConnector, aimed: Any, sandbox: Any) -> None:
    aimed.change("audience", "alanlar", name="x" * 500)
    outcomes = {each.address: each for each in meta.apply(planned(meta, aimed).changes, {})}
    assert isinstance(outcomes[Address("meta", "audience", "sepet")], Applied)
    assert isinstance(outcomes[Address("meta", "audience", "alanlar")], Refused)
    refused = outcomes[Address("meta", "ad_set", AD_SET)]
    assert isinstance(refused, Refused)
    assert refused.code == "parent"
    assert "adset" not in sandbox.objects()


@pytest.mark.server
def test_one_that_lost_its_mark_is_known_by_its_id_and_a_strangers_is_nobodys(
    meta: MetaConnector, aimed: Any
) -> None:
    ids = applied(meta, aimed)
    at = Address("meta", "audience", "sepet")
    with strangers(meta) as (edit, create):
        edit(ids[at], {"description": ""})
        create({"name": "Yabancı", "rule": json.dumps({"inclusions": RULE})})
    assert ids[at] not in {each.id for each in meta.read()}
    known = {at: Known("act_1000000000000001", ids[at], "")}
    (change,) = planned(meta, aimed, known).changes
    assert isinstance(change, Update)
    assert (change.id, set(change.after)) == (ids[at], {"mark"})
    assert planned(meta, aimed, known).matching.foreign == ()


RULE = {
    "operator": "or",
    "rules": [{"event_sources": [{"id": "3000000000000001", "type": "pixel"}], "retention_seconds": 86_400}],
}


@contextmanager
def strangers(meta: MetaConnector) -> Iterator[tuple[Any, Any]]:
    """Somebody in Ads Manager."""
    from facebook_business.adobjects.adaccount import AdAccount
    from facebook_business.adobjects.customaudience import CustomAudience

    def edit(id: str, params: dict[str, Any]) -> None:
        CustomAudience(id, api=meta.graph.api).api_update(params=params)

    def create(params: dict[str, Any]) -> None:
        AdAccount("act_1000000000000001", api=meta.graph.api).create_custom_audience(params=params)

    yield edit, create


@pytest.mark.server
def test_sizes_come_as_bounds_with_the_reason_why_it_is_not_ready(
    meta: MetaConnector, aimed: Any, sandbox: Any
) -> None:
    aim(aimed, exclude=("sepet", "alanlar"))
    aimed.change("audience", "sepet", include=(rule("PageView", 30),))
    aimed.change("ad_set", AD_SET, budget=aimed.budget("90000.00"))
    ids = applied(meta, aimed)
    visitors, buyers = ids[Address("meta", "audience", "sepet")], ids[Address("meta", "audience", "alanlar")]
    before = meta.sizes([visitors, buyers])
    assert before[visitors] == AudienceSize(0, 1000, False, before[visitors].note)
    assert "too small" in before[visitors].note
    sandbox.advance(4)
    after = meta.sizes([visitors, "999"])
    assert after.keys() == {visitors}
    assert after[visitors].ready
    assert 1000 < (after[visitors].least or 0) < (after[visitors].most or 0)


def test_an_account_without_a_pixel_is_told_what_to_write(tree: Any, connection: Connection) -> None:
    small = tree(ad_sets=0)
    website(small, "alanlar")
    bare = replace(connection, account=replace(connection.account, settings={"page": "2"}))
    with pytest.raises(Exception, match="has no pixel"):
        convert.canonical(small.resources, bare)


def test_creates_come_before_what_is_aimed_at_them(tree: Any, connection: Connection) -> None:
    from connectors.meta import order

    small = tree(ad_sets=1, ads=1)
    website(small, "alanlar")
    aim(small, exclude=("alanlar",))
    kinds = [
        each.address.kind
        for each in order.trees([Create(each) for each in convert.canonical(small.resources, connection)])
    ]
    assert kinds.index("audience") < kinds.index("ad_set")
