"""The connector against a running stand-in for Graph, through the SDK, over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from connectors.base import AccountFacts, Connection
from connectors.errors import AccessDenied
from connectors.meta.apply import MetaConnector
from engine.change import Applied, Archive, Change, Create, Outcome, Refused, Unknown, Update
from engine.context import Context
from engine.diff import Diff, diff
from engine.match import Known
from engine.resource import Address, Ref, Resource
from schemas import meta_goals

pytestmark = pytest.mark.server
CATALOGUE, PRODUCTS = "6000000000000001", "6100000000000001"
CONTEXT = Context({"meta": MetaConnector.supports})


@pytest.fixture
def brand(sandbox: Any, tmp_path: Path) -> Connection:
    found: Connection = sandbox.connection(tmp_path)
    return found


@pytest.fixture
def meta(brand: Connection) -> MetaConnector:
    return MetaConnector(brand, sleep=lambda seconds: None)


@pytest.fixture
def declared(tree: Callable[..., Any], brand: Connection) -> Callable[..., Any]:
    """Trees of the sandbox's account."""

    def make(**options: Any) -> Any:
        made = tree(ad_sets=0)
        return type(made)(brand.scope, brand.account, brand.assets, **options)

    return make


def planned(meta: MetaConnector, tree: Any, brand: Connection) -> tuple[list[Resource], Diff]:
    """What a fresh process would find to do."""
    want = meta.canonical(tree.resources)
    return want, diff(want, MetaConnector(brand).read(), CONTEXT)


def built(meta: MetaConnector, tree: Any) -> dict[Address, str]:
    """Ids of a tree that was created without a complaint."""
    outcomes = list(meta.apply([Create(each) for each in meta.canonical(tree.resources)], {}))
    assert [each for each in outcomes if not isinstance(each, Applied)] == []
    return {each.address: each.id for each in outcomes if isinstance(each, Applied)}


def kinds(outcomes: Sequence[Outcome], of: type) -> list[str]:
    return sorted(each.address.kind for each in outcomes if isinstance(each, of))


def test_the_token_lacks_nothing_that_is_needed(meta: MetaConnector) -> None:
    assert meta.lacks() == []


def test_a_declared_product_set_that_the_catalogue_does_not_show_is_lacking(brand: Connection) -> None:
    def lacking(**settings: str) -> list[str]:
        declared = {f"catalogues.magaza.{name.replace('_', '.')}": id for name, id in settings.items()}
        account = replace(brand.account, settings={**brand.account.settings, **declared})
        return MetaConnector(replace(brand, account=account), sleep=lambda seconds: None).lacks()

    assert lacking(id=CATALOGUE, sets_hepsi=PRODUCTS) == []
    (told,) = lacking(id=CATALOGUE, sets_hepsi=PRODUCTS, sets_vazolar="6100000000000999")
    assert told.startswith("the product set magaza/vazolar (6100000000000999)")
    (told,) = lacking(id="6000000000000999", sets_hepsi=PRODUCTS)
    assert told.startswith("the catalogue magaza (6000000000000999): ")


def test_the_account_is_described(meta: MetaConnector) -> None:
    assert meta.facts() == AccountFacts("act_1000000000000001", "Lezzet TR", "TRY", "Europe/Istanbul", True)


def test_a_wrong_token_is_denied_and_not_told(brand: Connection) -> None:
    stranger = MetaConnector(replace(brand, secrets={"token": "EAAwrong"}))
    with pytest.raises(AccessDenied) as caught:
        stranger.facts()
    assert "EAAwrong" not in str(caught.value)
    assert "190" in str(caught.value)


def plain(tree: Any) -> None:
    """As it comes."""


def several_texts(tree: Any) -> None:
    tree.change(
        "creative", "c-0-0", headlines=("Kadıköy: 30 dk kapında", "Sıcak gelir", "Bugün %20 indirim"),
        texts=("Ustanın elinden kapına kadar.", "Siparişini şimdi ver."), descriptions=("Açıklama",),
    )  # fmt: skip


def bare_creative(tree: Any) -> None:
    tree.change("creative", "c-0-0", image=None, call_to_action=None, utm={}, descriptions=("Açıklama",))


def campaign_budget(tree: Any) -> None:
    tree.change("campaign", "yil-sonu", budget=tree.budget("1500.00"), ad_set_budgets=False)
    tree.change("ad_set", "yil-sonu/takim-0", budget=None)


def lifetime_budget(tree: Any) -> None:
    tree.change("ad_set", "yil-sonu/takim-0", budget=tree.budget("15000.00", "lifetime"))


def capped_bid(tree: Any) -> None:
    bid = {"strategy": "cost_cap", "amount": "90 TRY"}
    tree.change("ad_set", "yil-sonu/takim-0", bid=bid)


def minimum_return(tree: Any) -> None:
    tree.change(
        "ad_set", "yil-sonu/takim-0", bid={"strategy": "min_roas", "roas": "2.5"}, optimize_for="value"
    )


def special_category(tree: Any) -> None:
    options = {
        "special_ad_categories": ["employment"],
        "special_ad_category_countries": ["TR"],
        "spend_cap": "9000 TRY",
    }
    tree.change("campaign", "yil-sonu", options=options)
    everybody = {
        "locations": ("TR",), "languages": (), "age": None, "genders": (), "interests": (),
        "include": (), "exclude": (),
    }  # fmt: skip
    tree.change("ad_set", "yil-sonu/takim-0", audience=everybody)


def by_the_hour(tree: Any) -> None:
    lifetime_budget(tree)
    hours = [
        {"days": ["mon", "tue", "sun"], "start": "11:00", "end": "15:00"},
        {"days": ["sat", "mon"], "start": "18:00", "end": "24:00"},
    ]
    tree.change("ad_set", "yil-sonu/takim-0", options={"schedule": hours})


def hours_under_a_campaign_budget(tree: Any) -> None:
    by_the_hour(tree)
    tree.change("campaign", "yil-sonu", budget=tree.budget("20000.00", "lifetime"), ad_set_budgets=False)
    tree.change("ad_set", "yil-sonu/takim-0", budget=None)


def placed_everywhere(tree: Any) -> None:
    placements = {
        "facebook": ["feed", "story", "facebook_reels"], "instagram": ["stream", "explore_home"],
        "messenger": ["messenger_home"], "audience_network": ["classic"], "threads": ["threads_stream"],
        "whatsapp": ["status"],
    }  # fmt: skip
    options = {"placements": placements, "devices": ["mobile"], "operating_systems": ["ios 16.0+", "android"]}
    tree.change("ad_set", "yil-sonu/takim-0", options=options)


def open_ended_country(tree: Any) -> None:
    audience = {
        "locations": ("TR",), "languages": ("en", "tr"), "age": None, "genders": ("women",),
        "interests": ("Pizza", "Cooking"), "include": (), "exclude": (),
    }  # fmt: skip
    options = {"placements": {"facebook": ["feed"], "instagram": ["stream", "reels"]}, "devices": ["mobile"]}
    tree.change("ad_set", "yil-sonu/takim-0", audience=audience, end=None, start=None, options=options)


def engagement(tree: Any) -> None:
    tree.change("campaign", "yil-sonu", objective="engagement")
    tree.change("ad_set", "yil-sonu/takim-0", optimize_for="post_engagement")


def leads(tree: Any) -> None:
    tree.change("campaign", "yil-sonu", objective="leads")
    tree.change("ad_set", "yil-sonu/takim-0", optimize_for="leads", options={"destination": "on_ad"})
    tree.change("creative", "c-0-0", call_to_action="sign_up", options={"form": "5000000000000001"})


def video_views(tree: Any) -> None:
    tree.change("campaign", "yil-sonu", objective="engagement")
    tree.change("ad_set", "yil-sonu/takim-0", optimize_for="video_views")


def conversations(tree: Any) -> None:
    tree.change("campaign", "yil-sonu", objective="traffic")
    tree.change("ad_set", "yil-sonu/takim-0", optimize_for="conversations")
    tree.change("creative", "c-0-0", call_to_action="send_message")


def awareness(tree: Any) -> None:
    tree.change("campaign", "yil-sonu", objective="awareness")
    tree.change("ad_set", "yil-sonu/takim-0", optimize_for="reach")


def traffic(tree: Any) -> None:
    tree.change("campaign", "yil-sonu", objective="traffic", status="paused")
    tree.change("ad_set", "yil-sonu/takim-0", optimize_for="landing_page_views", status="paused")


def a_video(tree: Any) -> None:
    film, still = Ref(tree.video()), Ref(tree.image("kare.png", 90))
    tree.change("creative", "c-0-0", image=None, video=film, thumbnail=still)


def several_texts_on_a_video(tree: Any) -> None:
    several_texts(tree)
    a_video(tree)


def carousel(tree: Any) -> None:
    def card(number: int, **changed: Any) -> dict[str, Any]:
        picture = Ref(tree.image(f"kart-{number}.png", 20 + number))
        plain = {
            "headline": f"Kart {number}",
            "description": None,
            "video": None,
            "url": "",
            "call_to_action": None,
        }
        return {**plain, "image": picture, **changed}

    cards = (
        card(2),
        card(1, url="https://lezzet.example/menu", description="Yeni", call_to_action="shop_now"),
        card(0, video=Ref(tree.video())),
    )
    tree.change("creative", "c-0-0", headlines=(), image=None, cards=cards, options={"end_card": True})


def boosted_post(tree: Any) -> None:
    options = {"post": "2000000000000001_1002"}
    tree.change("creative", "c-0-0", headlines=(), texts=(), image=None, url="", options=options)


def around_cities(tree: Any) -> None:
    options = {
        "cities": [
            {"city": "Bodrum", "region": "TR-48", "radius_km": 25},
            {"city": "Kadıköy", "region": "TR-34"},
        ],
        "postal_codes": ["TR:06420", "DE:10115"],
        "behaviors": ["Frequent Travelers", "Engaged Shoppers"],
        "demographics": ["Recently moved", "Food and Restaurants"],
        "narrow": [{"interests": ["Cooking"]}, {"behaviors": ["Commuters"], "demographics": ["New job"]}],
    }
    audience = {
        "locations": ("TR-35",), "languages": (), "age": None, "genders": (), "interests": ("Pizza",),
        "include": (), "exclude": (), "options": options,
    }  # fmt: skip
    dsa = {"beneficiary": "Lezzet", "payor": "Lezzet"}
    tree.change("ad_set", "yil-sonu/takim-0", audience=audience, options=dsa)


VARIATIONS = [
    by_the_hour,
    hours_under_a_campaign_budget,
    placed_everywhere,
    around_cities,
    plain, a_video, several_texts_on_a_video, carousel, boosted_post, several_texts, bare_creative,
    campaign_budget, lifetime_budget, capped_bid, minimum_return, special_category, open_ended_country,
    engagement, awareness, traffic, leads, video_views, conversations,
]  # fmt: skip


@pytest.mark.parametrize("vary", VARIATIONS, ids=lambda vary: vary.__name__)
def test_after_a_tree_is_built_a_fresh_process_finds_nothing_to_do(
    vary: Callable[[Any], None], meta: MetaConnector, declared: Any, brand: Connection
) -> None:
    tree = declared(ad_sets=1, ads=1)
    vary(tree)
    built(meta, tree)
    want, found = planned(meta, tree, brand)
    assert found.changes == ()
    assert found.blocked == ()
    assert found.matching.ids.keys() == {each.address for each in want}


AD_SET = "yil-sonu/takim-0"
CHANGES: list[tuple[str, str, dict[str, Any], set[str]]] = [
    ("campaign", "yil-sonu", {"name": "Yeni ad"}, {"name"}),
    ("campaign", "yil-sonu", {"status": "paused"}, {"status"}),
    ("ad_set", AD_SET, {"name": "Başka takım"}, {"name"}),
    ("ad_set", AD_SET, {"status": "paused"}, {"status"}),
    ("ad_set", AD_SET, {"budget": {"period": "day", "amount": "660", "currency": "TRY"}}, {"daily_budget"}),
    ("ad_set", AD_SET, {"end": "2027-01-15"}, {"end_time"}),
    ("ad_set", AD_SET, {"end": None}, {"end_time"}),
    ("ad_set", AD_SET, {"audience": {"locations": ("TR-35",), "languages": (), "genders": ("men",)}},
     {"targeting"}),
    ("ad_set", AD_SET, {"bid": {"strategy": "bid_cap", "amount": "50 TRY"}},
     {"bid_strategy", "bid_amount"}),
    ("ad", f"{AD_SET}/reklam-0", {"name": "Başka reklam"}, {"name"}),
    ("ad", f"{AD_SET}/reklam-0", {"status": "paused"}, {"status"}),
    ("creative", "c-0-0", {"headlines": ("Yepyeni",)}, {"creative"}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "key", "change", "fields"),
    CHANGES,
    ids=[f"{each[0]}-{number}" for number, each in enumerate(CHANGES)],
)
def test_every_change_is_sent_as_it_is_and_settles(
    kind: str, key: str, change: dict[str, Any], fields: set[str],
    meta: MetaConnector, declared: Any, brand: Connection,
) -> None:  # fmt: skip
    tree = declared(ad_sets=1, ads=1)
    ids = built(meta, tree)
    tree.change(kind, key, **change)
    _, found = planned(meta, tree, brand)
    changed = {name for each in found.changes if isinstance(each, Update) for name in each.after}
    assert changed == fields
    outcomes = list(meta.apply(found.changes, ids))
    assert kinds(outcomes, Applied) == sorted(each.address.kind for each in found.changes)
    _, again = planned(meta, tree, brand)
    assert (again.changes, again.held) == ((), ())


@pytest.mark.parametrize(
    ("goal", "fields"), [("link_clicks", {"optimization_goal"}), ("add_to_carts", {"promoted_object"})]
)
def test_what_a_published_ad_set_aims_at_is_refused_in_the_plan_as_the_platform_would(
    goal: str, fields: set[str], meta: MetaConnector, declared: Any, brand: Connection
) -> None:
    tree = declared(ad_sets=1, ads=1)
    ids = built(meta, tree)
    tree.change("ad_set", AD_SET, optimize_for=goal)
    want, found = planned(meta, tree, brand)
    (blocked,) = found.blocked
    assert found.changes == ()
    assert all(name in str(blocked) for name in fields)
    assert "replace: allow" in str(blocked)
    (ad_set,) = (each for each in want if each.address.kind == "ad_set")
    sent = {name: ad_set.fields.get(name) for name in fields}
    (refused,) = meta.apply([Update(ad_set, ids[ad_set.address], {}, sent)], ids)
    assert isinstance(refused, Refused)
    assert "Published Ad Set" in refused.message


def test_what_is_archived_reads_as_archived_and_creatives_stay(
    meta: MetaConnector, declared: Any, brand: Connection
) -> None:
    tree = declared(ad_sets=1, ads=1)
    ids = built(meta, tree)
    changes: list[Change] = [
        Archive(address, brand.account.id, ids[address], {})
        for kind in ("ad", "ad_set", "campaign")
        for address in ids
        if address.kind == kind
    ]
    assert kinds(list(meta.apply(changes, ids)), Applied) == ["ad", "ad_set", "campaign"]
    seen = {each.kind: each.archived for each in MetaConnector(brand).read()}
    assert seen == {"ad": True, "ad_set": True, "campaign": True, "creative": False, "image": False}


def test_what_bears_no_mark_is_not_seen(meta: MetaConnector, declared: Any, brand: Connection) -> None:
    from facebook_business.adobjects.adaccount import AdAccount

    params = {
        "name": "Somebody's", "objective": "OUTCOME_SALES", "status": "PAUSED", "special_ad_categories": [],
        "is_adset_budget_sharing_enabled": False, "adlabels": [{"name": "theirs"}],
    }  # fmt: skip
    AdAccount(brand.account.id, api=meta.graph.api).create_campaign(params=params)
    assert meta.read() == []


def test_one_picture_is_one_image_however_often_it_is_declared(
    meta: MetaConnector, declared: Any, brand: Connection, sandbox: Any
) -> None:
    tree = declared(ad_sets=1, ads=1)
    tree.image("kopya.png")
    built(meta, tree)
    images = [each for each in meta.canonical(tree.resources) if each.address.kind == "image"]
    again = list(MetaConnector(brand).apply([Create(each) for each in images], {}))
    assert kinds(again, Applied) == ["image"]
    assert sandbox.objects()["adimage"] == 1


def test_two_hundred_ad_sets_take_about_as_many_calls(
    meta: MetaConnector, declared: Any, brand: Connection, sandbox: Any
) -> None:
    tree = declared(ad_sets=200, ads=1)
    built(meta, tree)
    assert meta.graph.calls <= 205
    fresh = MetaConnector(brand)
    assert len(fresh.read()) == 602
    assert fresh.graph.calls <= 9


def test_writes_at_full_speed_stay_under_the_platforms_limit(
    declared: Any, brand: Connection, sandbox: Any
) -> None:
    """Real pauses: 127 objects."""
    sandbox.ask("POST", "switches", mutation_rate=True)
    built(MetaConnector(brand), declared(ad_sets=1, ads=62))


def test_a_throttled_batch_does_nothing_and_may_be_tried_again(
    meta: MetaConnector, declared: Any, sandbox: Any
) -> None:
    sandbox.fault("POST /", "throttle", code=80004, times=1)
    tree = declared(ad_sets=1, ads=1)
    changes = [Create(each) for each in meta.canonical(tree.resources)]
    outcomes = list(meta.apply(changes, {}))
    assert kinds(outcomes, Refused) == ["ad", "ad_set", "campaign", "creative"]
    assert all(each.retry for each in outcomes if isinstance(each, Refused))
    ids = {each.address: each.id for each in outcomes if isinstance(each, Applied)}
    rest = [each for each in changes if each.address not in ids]
    assert kinds(list(meta.apply(rest, ids)), Applied) == ["ad", "ad_set", "campaign", "creative"]


@pytest.mark.parametrize("kind", ["lost_response", "http502", "http500", "empty_200"])
def test_a_batch_that_was_done_without_an_answer_is_unknown_and_found_by_its_marks(
    kind: str, meta: MetaConnector, declared: Any, brand: Connection, sandbox: Any
) -> None:
    sandbox.fault("POST /", kind, times=1, **({} if kind == "lost_response" else {"applied": True}))
    tree = declared(ad_sets=1, ads=1)
    outcomes = list(meta.apply([Create(each) for each in meta.canonical(tree.resources)], {}))
    assert kinds(outcomes, Unknown) == ["ad", "ad_set", "campaign", "creative"]
    _, found = planned(meta, tree, brand)
    assert found.changes == ()
    assert {name: sandbox.objects()[name] for name in ("campaign", "adset", "ad")} == {
        "campaign": 1, "adset": 1, "ad": 1,
    }  # fmt: skip


def test_a_null_for_something_done_is_unknown_and_done_only_once(
    meta: MetaConnector, declared: Any, brand: Connection, sandbox: Any
) -> None:
    sandbox.fault("POST */adsets", "null", times=1, applied=True)
    tree = declared(ad_sets=1, ads=1)
    outcomes = list(meta.apply([Create(each) for each in meta.canonical(tree.resources)], {}))
    assert "ad_set" in kinds(outcomes, Unknown)
    assert sandbox.objects()["adset"] == 1
    _, found = planned(meta, tree, brand)
    rest = list(meta.apply(found.changes, found.matching.ids))
    assert [each for each in rest if not isinstance(each, Applied)] == []
    assert planned(meta, tree, brand)[1].changes == ()


def test_a_refusal_is_told_in_the_platforms_words_and_spares_the_rest(
    meta: MetaConnector, declared: Any
) -> None:
    tree = declared(ad_sets=2, ads=1)
    tree.change("ad_set", AD_SET, budget=tree.budget("1.00"))
    outcomes = list(meta.apply([Create(each) for each in meta.canonical(tree.resources)], {}))
    refused = {each.address.key: each for each in outcomes if isinstance(each, Refused)}
    assert refused.keys() == {AD_SET, f"{AD_SET}/reklam-0"}
    assert refused[AD_SET].code == "100/1885272"
    assert refused[AD_SET].field is not None
    assert "Invalid parameter" not in refused[AD_SET].message
    assert refused[f"{AD_SET}/reklam-0"].code == "parent"


def test_pages_that_come_back_empty_hide_nothing(
    meta: MetaConnector, declared: Any, brand: Connection, sandbox: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    built(meta, declared(ad_sets=2, ads=3))
    monkeypatch.setattr("connectors.meta.client.Graph.pages.__kwdefaults__", {"limit": 2})
    whole = MetaConnector(brand).read()
    sandbox.fault("GET */ads", "empty_page", times=1, skip=1)
    assert len(whole) == 16
    assert MetaConnector(brand).read() == whole


def test_unreachable_is_not_unknown(brand: Connection, declared: Any) -> None:
    nowhere = MetaConnector(
        replace(brand, endpoint={"url": "http://127.0.0.1:9"}), sleep=lambda seconds: None
    )
    tree = declared(ad_sets=1, ads=0)
    outcomes = list(nowhere.apply([Create(each) for each in nowhere.canonical(tree.resources)], {}))
    assert all(isinstance(each, Refused) and each.retry for each in outcomes)


def test_a_journalled_id_is_enough_to_tell_ours_from_a_duplicate(
    meta: MetaConnector, declared: Any, brand: Connection
) -> None:
    tree = declared(ad_sets=0)
    [(address, id)] = built(meta, tree).items()
    built(MetaConnector(brand), tree)
    [want] = meta.canonical(tree.resources)
    known = {address: Known(brand.account.id, id, want.mark)}
    found = diff([want], meta.read(), replace(CONTEXT, known=known))
    assert found.changes == ()
    assert len(found.matching.foreign) == 1


def test_a_persons_duplicate_is_foreign_though_it_carries_our_label(
    meta: MetaConnector, declared: Any, brand: Connection, sandbox: Any
) -> None:
    tree = declared(ad_sets=1, ads=1)
    ids = built(meta, tree)
    want = meta.canonical(tree.resources)
    known = {each.address: Known(brand.account.id, ids[each.address], each.mark) for each in want}
    (top,) = (id for address, id in ids.items() if address.kind == "campaign")
    sandbox.write(f"{top}/copies", deep_copy="true", status_option="ACTIVE")
    found = diff(want, MetaConnector(brand).read(), replace(CONTEXT, known=known))
    assert found.changes == ()
    assert sorted(each.kind for each in found.matching.foreign) == ["ad", "ad_set", "campaign"]


def test_a_large_video_goes_up_in_chunks_once_and_is_waited_for(
    meta: MetaConnector, declared: Any, brand: Connection, sandbox: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.meta.library.AT_ONCE", 1 << 20)
    tree = declared(ad_sets=1, ads=1)
    film = Ref(tree.video(size=3 << 20))
    tree.change("creative", "c-0-0", image=None, video=film, thumbnail=Ref(tree.image()))
    built(meta, tree)
    assert planned(meta, tree, brand)[1].changes == ()
    again = [Create(each) for each in meta.canonical(tree.resources) if each.address.kind == "video"]
    assert kinds(list(MetaConnector(brand).apply(again, {})), Applied) == ["video"]
    assert sandbox.objects()["advideo"] == 1


def test_a_video_whose_answer_is_lost_is_unknown_and_never_sent_twice(
    meta: MetaConnector, declared: Any, brand: Connection, sandbox: Any
) -> None:
    sandbox.fault("POST */advideos", "lost_response", times=1)
    tree = declared(ad_sets=0)
    address = tree.video()
    changes = [Create(each) for each in meta.canonical(tree.resources) if each.address == address]
    assert kinds(list(meta.apply(changes, {})), Unknown) == ["video"]
    assert [each.address for each in planned(meta, tree, brand)[1].changes if each.address == address] == []
    assert kinds(list(MetaConnector(brand).apply(changes, {})), Applied) == ["video"]
    assert sandbox.objects()["advideo"] == 1


def test_a_video_that_meta_still_processes_is_put_off_and_stops_nothing_else(
    meta: MetaConnector, declared: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.meta.library.PATIENCE", 1)
    tree = declared(ad_sets=1, ads=1)
    tree.video()
    outcomes = list(meta.apply([Create(each) for each in meta.canonical(tree.resources)], {}))
    assert [(each.address.kind, each.retry) for each in outcomes if isinstance(each, Refused)] == [
        ("video", True)
    ]


def test_another_order_of_cards_is_another_creative_of_the_same_ad(
    meta: MetaConnector, declared: Any, brand: Connection
) -> None:
    tree = declared(ad_sets=1, ads=1)
    carousel(tree)
    ids = built(meta, tree)
    creative = next(each for each in tree.resources if each.address.kind == "creative")
    tree.change("creative", "c-0-0", cards=creative.fields["cards"][::-1])
    _, found = planned(meta, tree, brand)
    assert sorted(type(each).__name__ + each.address.kind for each in found.changes) == [
        "Createcreative",
        "Updatead",
    ]
    assert kinds(list(meta.apply(found.changes, ids)), Applied) == ["ad", "creative"]
    assert planned(meta, tree, brand)[1].changes == ()


def aimed(tree: Any, brand: Connection, locations: tuple[str, ...] = (), **options: Any) -> Any:
    """A tree whose ad set has a targeting of its own, in canonical form."""
    audience = {
        "locations": locations, "languages": ("tr",), "age": None, "genders": (), "include": (),
        "exclude": (), "interests": options.pop("interests", ()), "options": options,
    }  # fmt: skip
    tree.change("ad_set", AD_SET, audience=audience)
    return MetaConnector(brand).canonical(tree.resources)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"interests": ("Pizzza",)}, "interest “Pizzza” and found none"),
        ({"interests": ("pizza",)}, "found none; it has “Pizza” (Food and drink)"),
        ({"behaviors": ["Frequent travelers"]}, "it has “Frequent Travelers” (Behaviors > Travel)"),
        ({"demographics": ["Recently mvoed"]}, "it has “Recently moved” (Demographics > Life Events)"),
        ({"cities": [{"city": "Bodrun", "region": "TR-48"}]}, "city “Bodrun” in TR-48 and found none"),
        ({"cities": [{"city": "bodrum", "region": "TR-48"}]}, "found none; it has “Bodrum” (Muğla)"),
        ({"cities": [{"city": "Bodrum", "region": "TR-34"}]}, "found none; it has “Bodrum” (Muğla)"),
        ({"postal_codes": ["TR:99999"]}, "postal code TR:99999 and found none"),
        ({"locations": ("US-ZZ",)}, "US-ZZ is no ISO 3166-2 code"),
        ({"narrow": [{"interests": ["Cookingg"]}]}, "interest “Cookingg”"),
    ],
)
def test_a_name_that_meta_does_not_know_is_told_before_a_plan_with_what_there_is(
    options: dict[str, Any], told: str, meta: MetaConnector, declared: Any, brand: Connection
) -> None:
    want = aimed(declared(ad_sets=1, ads=1), brand, **{"locations": ("TR-35",), **options})
    [(address, problem)] = meta.unknown(want)
    assert (address.key, problem.summary) == (AD_SET, "Meta cannot tell whom this means")
    assert told in problem.detail


def test_names_that_the_account_has_already_are_not_searched_again(
    meta: MetaConnector, declared: Any, brand: Connection
) -> None:
    tree = declared(ad_sets=1, ads=1)
    around_cities(tree)
    built(meta, tree)
    fresh = MetaConnector(brand)
    fresh.read()
    before = fresh.graph.calls
    assert fresh.unknown(fresh.canonical(tree.resources)) == []
    assert fresh.graph.calls - before <= 2  # the two postal codes, which read back as they are


def test_another_city_is_the_one_change_of_a_plan(
    meta: MetaConnector, declared: Any, brand: Connection
) -> None:
    tree = declared(ad_sets=1, ads=1)
    around_cities(tree)
    ids = built(meta, tree)
    aimed(tree, brand, cities=[{"city": "Bodrum", "region": "TR-48", "radius_km": 40}], interests=("Pizza",))
    _, found = planned(meta, tree, brand)
    [change] = found.changes
    assert isinstance(change, Update)
    assert change.after["targeting"]["geo_locations"]["cities"] == ("Bodrum, TR-48 +40 km",)  # type: ignore[index,call-overload]
    assert kinds(list(meta.apply(found.changes, ids)), Applied) == ["ad_set"]
    assert planned(meta, tree, brand)[1].changes == ()


COMBINED = [(objective, place) for objective, places in meta_goals.TABLE.items() for place in places]
APP = {"id": "6000000000000001", "store": "https://play.google.com/store/apps/details?id=lezzet"}


@pytest.mark.parametrize(("objective", "place"), COMBINED, ids=lambda each: str(each) or "nowhere")
def test_every_goal_of_an_objective_can_be_built_wherever_ads_may_lead(
    objective: str, place: str, meta: MetaConnector, declared: Any, brand: Connection
) -> None:
    goals = sorted(meta_goals.TABLE[objective][place])
    tree = declared(ad_sets=len(goals), ads=1, objective=objective)
    content = {"form": "5000000000000001", "phone": "+902121234567"}
    for number, goal in enumerate(goals):
        bid = {"strategy": "lowest_cost"}
        options = {"destination": place, "app": APP} if place else {}
        tree.change("ad_set", f"yil-sonu/takim-{number}", optimize_for=goal, options=options, bid=bid)
        button = meta_goals.BUTTONS.get(place, ("learn_more",))[0]
        tree.change("creative", f"c-{number}-0", call_to_action=button, options=content)
    built(meta, tree)
    want, found = planned(meta, tree, brand)
    assert (found.changes, found.blocked) == ((), ())
    said = [meta.spoken("ad_set", each.fields) for each in want if each.address.kind == "ad_set"]
    assert [each.fields["optimize_for"] for each in said] == goals
    assert {each.unsaid for each in said} == {frozenset()}
    led = {each.fields.get("options.destination") for each in said} - {None}
    assert led <= {place}


def test_another_form_is_another_creative_of_the_same_ad(
    meta: MetaConnector, declared: Any, brand: Connection
) -> None:
    tree = declared(ad_sets=1, ads=1)
    leads(tree)
    ids = built(meta, tree)
    tree.change("creative", "c-0-0", options={"form": "5000000000000002"})
    _, found = planned(meta, tree, brand)
    assert sorted(each.address.kind for each in found.changes) == ["ad", "creative"]
    assert kinds(list(meta.apply(found.changes, ids)), Applied) == ["ad", "creative"]
    assert planned(meta, tree, brand)[1].changes == ()


def test_other_hours_are_one_change_and_hours_that_leave_the_yaml_are_taken_away(
    meta: MetaConnector, declared: Any, brand: Connection
) -> None:
    tree = declared(ad_sets=1, ads=1)
    by_the_hour(tree)
    ids = built(meta, tree)
    address = Address("meta", "ad_set", AD_SET)
    hours = [{"days": ["fri"], "start": "10:00", "end": "12:00"}]
    for schedule in (hours, []):
        applied = {each.address: each.fields for each in meta.canonical(tree.resources)}
        tree.change("ad_set", AD_SET, options={"schedule": schedule})
        want = meta.canonical(tree.resources)
        context = replace(CONTEXT, applied=applied)
        found = diff(want, MetaConnector(brand).read(), context)
        [change] = found.changes
        assert (change.address, list(change.after)) == (address, ["adset_schedule"])  # type: ignore[union-attr]
        assert kinds(list(meta.apply(found.changes, ids)), Applied) == ["ad_set"]
        assert diff(want, MetaConnector(brand).read(), CONTEXT).changes == ()
    [seen] = [each for each in MetaConnector(brand).read() if each.kind == "ad_set"]
    assert "adset_schedule" not in seen.fields
