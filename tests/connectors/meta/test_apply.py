"""What the sandbox cannot be made to answer, against a scripted Graph; the rest is in test_sandbox.py."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import pytest
import requests

from connectors.base import Connection
from connectors.errors import AccessDenied
from connectors.meta import apply
from connectors.meta.application import IN_FLIGHT
from connectors.meta.pace import Pace
from engine.change import Applied, Archive, Change, Create, Outcome, Refused, Unknown, Update
from engine.naming import label
from engine.resource import Address, Resource

LOCALES = {"data": [{"key": 19, "name": "Turkish"}]}
NAMES = {"İstanbul": "3834", "Ankara": "3806"}


class Platform:
    """Answers searches and the image library, and every batch by `batch` (default: all done)."""

    def __init__(self, inner: Callable[..., dict[str, Any]]) -> None:
        self.inner = inner
        self.batches: list[Any] = []
        self.batch: Callable[[Any], Any] = self.done

    def __call__(self, asked: Any) -> Any:
        if asked.path == "search":
            name = asked.params.get("q")
            found = [{"key": NAMES[name], "name": name, "country_code": "TR"}] if name in NAMES else []
            return LOCALES if asked.params["type"] == "adlocale" else {"data": found}
        if asked.path.endswith("adimages"):
            if asked.method == "GET":
                return {"data": []}
            name = asked.files["filename"][0]
            return {"images": {name: {"hash": f"hash-of-{name}"}}}
        self.batches.append(asked)
        return self.batch(asked)

    def done(self, asked: Any) -> list[Any]:
        number = len(self.batches)
        return [self.inner({"id": f"{number}0{at}", "success": True}) for at in range(len(asked.batch))]


@pytest.fixture
def platform(fake: Any, inner: Callable[..., dict[str, Any]]) -> Platform:
    fake.otherwise = Platform(inner)
    found: Platform = fake.otherwise
    return found


@pytest.fixture
def run(fake: Any, connection: Connection, platform: Platform) -> Callable[..., dict[str, Outcome]]:
    """Applies changes; outcomes by the last part of their key, each exactly once and in no more number."""

    def go(changes: Sequence[Change], ids: dict[Address, str] | None = None) -> dict[str, Outcome]:
        found = list(fake.connector(connection).apply(changes, ids or {}))
        assert sorted(str(each.address) for each in found) == sorted(str(each.address) for each in changes)
        return {f"{each.address.kind}/{each.address.key.rsplit('/')[-1]}": each for each in found}

    return go


@pytest.fixture
def creates(tree: Any, connection: Connection) -> Callable[..., list[Change]]:
    def make(**options: Any) -> list[Change]:
        return [Create(each) for each in apply.connector(connection).canonical(tree(**options).resources)]

    return make


def test_a_tree_goes_out_with_marks_references_and_answers_demanded(
    run: Any, creates: Any, platform: Platform, connection: Connection
) -> None:
    changes = creates(ad_sets=1, ads=1)
    outcomes = run(changes)
    assert all(isinstance(each, Applied) for each in outcomes.values())
    [asked] = platform.batches
    assert [each["relative_url"].split("/")[-1] for each in asked.batch] == [
        "campaigns", "adsets", "adcreatives", "ads",
    ]  # fmt: skip
    assert {each["omit_response_on_success"] for each in asked.batch} == {False}
    names = [each["name"] for each in asked.batch]
    assert len(set(names)) == 4
    assert asked.body(1)["campaign_id"] == f"{{result={names[0]}:$.id}}"
    assert asked.body(3)["adset_id"] == f"{{result={names[1]}:$.id}}"
    assert asked.body(3)["creative"] == {"creative_id": f"{{result={names[2]}:$.id}}"}
    assert asked.body(1)["targeting"]["geo_locations"] == {"regions": [{"key": "3806"}, {"key": "3834"}]}
    marks = {each.address.kind: each.resource.mark for each in changes}
    for position, kind in enumerate(("campaign", "ad_set", "creative", "ad")):
        assert asked.body(position)["adlabels"] == [{"name": label(marks[kind])}]
    image = next(each.address.key for each in changes if each.address.kind == "image")
    link = asked.body(2)["object_story_spec"]["link_data"]
    assert link["image_hash"] == f"hash-of-kampanya-{image}.png"


def test_a_null_answer_is_unknown_and_never_sent_again(run: Any, creates: Any, platform: Platform) -> None:
    platform.batch = lambda asked: [platform.inner({"id": "1"}), None, platform.inner({"id": "3"}), None]
    outcomes = run(creates(ad_sets=1, ads=1))
    assert isinstance(outcomes["ad_set/takim-0"], Unknown)
    assert isinstance(outcomes["ad/reklam-0"], Unknown)  # it was sent, and its parent may be there
    assert len(platform.batches) == 1


def test_a_child_that_fails_beside_an_unknown_parent_is_refused_for_it(
    run: Any, creates: Any, platform: Platform, refusal: Any
) -> None:
    failed = platform.inner(refusal(100, "Cannot resolve result"), 400)
    platform.batch = lambda asked: [platform.inner({"id": "1"}), None, platform.inner({"id": "3"}), failed]
    outcomes = run(creates(ad_sets=1, ads=1))
    assert isinstance(outcomes["ad_set/takim-0"], Unknown)
    assert outcomes["ad/reklam-0"].code == "parent"


def test_usage_told_inside_a_batch_slows_the_next_one_down(
    run: Any, creates: Any, platform: Platform, fake: Any
) -> None:
    told = {"X-Business-Use-Case-Usage": '{"1": [{"call_count": 90}]}'}
    platform.batch = lambda asked: [platform.inner({"id": f"{at}"}, **told) for at in range(len(asked.batch))]
    run(creates(ad_sets=2, ads=1))
    assert 2.0 in fake.slept


@pytest.mark.parametrize(
    "odd",
    [
        [{"code": 200, "body": None}],
        [{"code": 200, "body": ""}],
        [{"code": 200, "body": "{}"}],
        [{"code": 502, "body": "<html>"}],
        [{"code": 500, "body": '{"error": {"code": 1, "message": "An unknown error occurred"}}'}],
        [{"code": 200, "body": '"text"'}],
        ["text"],
        [],
    ],
)
def test_an_answer_without_an_id_is_unknown(
    odd: list[Any], run: Any, creates: Any, platform: Platform
) -> None:
    platform.batch = lambda asked: odd
    outcomes = run(creates(ad_sets=0))
    assert isinstance(outcomes["campaign/yil-sonu"], Unknown)


def test_a_lost_answer_makes_all_of_the_batch_unknown_and_later_children_refused(
    run: Any, creates: Any, platform: Platform
) -> None:
    platform.batch = lambda asked: requests.ConnectionError("reset")
    outcomes = run(creates(ad_sets=2, ads=1))
    assert isinstance(outcomes["campaign/yil-sonu"], Unknown)
    assert isinstance(outcomes["ad_set/takim-0"], Unknown)
    assert outcomes["ad_set/takim-1"].code == "parent"
    first, *others = [
        [each["relative_url"].split("/")[1] for each in asked.batch] for asked in platform.batches
    ]
    assert first == ["campaigns", "adsets", "adcreatives", "ads"]
    assert others == [["adcreatives"]]  # the second's, which hangs under nothing


def test_children_of_a_refused_parent_are_refused_for_it_and_the_others_go_on(
    run: Any, creates: Any, platform: Platform, refusal: Any
) -> None:
    def answers(asked: Any) -> list[Any]:
        if len(platform.batches) > 1:
            return platform.done(asked)
        refused = refusal(100, error_subcode=1885272, error_user_msg="At least 21 TRY.")
        found = platform.done(asked)
        found[1] = platform.inner(refused, 400)
        found[4:6] = [platform.inner(refusal(100, "Cannot resolve result"), 400)] * 2
        return found

    platform.batch = answers
    outcomes = run(creates(ad_sets=2, ads=2))
    assert outcomes["ad_set/takim-0"] == Refused(
        Address("meta", "ad_set", "yil-sonu/takim-0"), "100/1885272", "At least 21 TRY."
    )
    refused = [each for each in outcomes.values() if isinstance(each, Refused)]
    assert {each.code for each in refused} == {"100/1885272", "parent"}
    assert isinstance(outcomes["ad_set/takim-1"], Applied)


def test_a_creative_that_fails_without_a_cause_is_tried_three_times_with_its_ad(
    run: Any, creates: Any, platform: Platform, refusal: Any
) -> None:
    flaky = refusal(100, error_subcode=1487390, error_user_title="Adcreative Create Failed")

    def answers(asked: Any) -> list[Any]:
        found = platform.done(asked)
        for at, each in enumerate(asked.batch):
            if each["relative_url"].endswith(("adcreatives", "/ads")) and len(platform.batches) < 3:
                found[at] = platform.inner(flaky, 400)
        return found

    platform.batch = answers
    outcomes = run(creates(ad_sets=1, ads=1))
    assert all(isinstance(each, Applied) for each in outcomes.values())
    assert [len(asked.batch) for asked in platform.batches] == [4, 2, 2]


def test_a_creative_that_keeps_failing_is_refused_and_may_be_tried_by_the_next_apply(
    run: Any, creates: Any, platform: Platform, refusal: Any
) -> None:
    flaky = platform.inner(refusal(100, error_subcode=1487390), 400)
    platform.batch = lambda asked: [
        platform.inner({"id": "1"}) if each["relative_url"].endswith(("campaigns", "adsets")) else flaky
        for each in asked.batch
    ]
    outcomes = run(creates(ad_sets=1, ads=1))
    [creative] = [each for each in outcomes.values() if each.address.kind == "creative"]
    assert (creative.code, creative.retry) == ("100/1487390", True)
    assert outcomes["ad/reklam-0"].code == "parent"
    assert len(platform.batches) == 3


@pytest.mark.parametrize("code", [80004, 190])
def test_a_batch_that_the_platform_will_not_take_now_puts_everything_off(
    code: int, run: Any, creates: Any, platform: Platform, refusal: Any
) -> None:
    platform.batch = lambda asked: refusal(code)
    outcomes = run(creates(ad_sets=2, ads=1))
    waiting = [each for each in outcomes.values() if each.address.kind != "image"]
    assert all(isinstance(each, Refused) and each.retry for each in waiting)
    assert len(platform.batches) == 1


def test_a_throttle_inside_a_batch_stops_the_batches_after_it(
    run: Any, creates: Any, platform: Platform, refusal: Any
) -> None:
    def answers(asked: Any) -> list[Any]:
        found = platform.done(asked)
        found[-1] = platform.inner(refusal(17, error_subcode=2446079), 400)
        return found

    platform.batch = answers
    outcomes = run(creates(ad_sets=3, ads=1))
    assert isinstance(outcomes["ad_set/takim-0"], Applied)
    assert outcomes["ad_set/takim-2"].retry is True
    assert len(platform.batches) == 1


def test_an_image_is_uploaded_again_while_its_answer_is_lost(
    run: Any, creates: Any, fake: Any, platform: Platform
) -> None:
    lost = [{"data": []}, requests.ReadTimeout(), {"images": {}}]
    fake.script = lost
    outcomes = run([each for each in creates(ad_sets=1, ads=1) if each.address.kind == "image"])
    [image] = outcomes.values()
    assert isinstance(image, Applied)
    assert [asked.method for asked in fake.asked] == ["GET", "POST", "POST", "POST"]


def test_an_image_that_is_there_already_is_not_uploaded(run: Any, creates: Any, fake: Any) -> None:
    [change] = [each for each in creates(ad_sets=1, ads=1) if each.address.kind == "image"]
    fake.script = [
        {"data": [{"name": f"kampanya-{change.address.key}.png", "hash": "abc", "status": "ACTIVE"}]}
    ]
    assert run([change]) == {f"image/{change.address.key}": Applied(change.address, "abc")}
    assert len(fake.asked) == 1


def test_an_image_whose_file_changed_since_the_plan_is_refused(
    run: Any, creates: Any, connection: Connection
) -> None:
    changes = creates(ad_sets=1, ads=1)
    (connection.assets / "kutu.png").write_bytes(b"another picture")
    outcomes = run(changes)
    [image] = [each for each in outcomes.values() if each.address.kind == "image"]
    assert image.code == "file"
    assert outcomes["ad/reklam-0"].code == "parent"
    assert isinstance(outcomes["ad_set/takim-0"], Applied)


def test_a_province_that_search_does_not_know_refuses_its_ad_set_only(
    run: Any, tree: Any, connection: Connection
) -> None:
    declared = tree(ad_sets=2, ads=1)
    audience = {"locations": ("TR-35",)}
    declared.change("ad_set", "yil-sonu/takim-0", audience=audience)
    outcomes = run([Create(each) for each in apply.connector(connection).canonical(declared.resources)])
    assert outcomes["ad_set/takim-0"].field == "targeting.geo_locations"
    assert isinstance(outcomes["ad_set/takim-1"], Applied)


def test_only_what_differs_is_sent_but_a_strategy_takes_its_cap_along(run: Any, platform: Platform) -> None:
    fields = {"daily_budget": 66000, "bid_strategy": "COST_CAP", "bid_amount": 900, "name": "A"}
    ad_set = Resource(Address("meta", "ad_set", "c/s"), "act_1", "m", fields)
    run([Update(ad_set, "77", {"daily_budget": 60000}, {"daily_budget": 66000})])
    run([Update(ad_set, "77", {"bid_strategy": "X"}, {"bid_strategy": "COST_CAP"})])
    first, second = platform.batches
    assert (first.batch[0]["relative_url"], first.body(0)) == ("77/", {"daily_budget": "66000"})
    assert second.body(0) == {"bid_strategy": "COST_CAP", "bid_amount": "900"}


def test_a_campaigns_strategy_takes_the_new_bids_of_its_ad_sets_along(run: Any, platform: Platform) -> None:
    above = Resource(Address("meta", "campaign", "c"), "act_1", "m", {"bid_strategy": "COST_CAP"})
    below = Resource(Address("meta", "ad_set", "c/s"), "act_1", "m", {"campaign_id": "7", "bid_amount": 900})
    run([
        Update(above, "7", {"bid_strategy": "X"}, {"bid_strategy": "COST_CAP"}),
        Update(below, "77", {"bid_amount": None}, {"bid_amount": 900}),
    ])  # fmt: skip
    told = platform.batches[0].body(0)
    assert (told["bid_strategy"], told["adset_bid_amounts"]) == ("COST_CAP", {"77": 900})


def test_a_bid_that_its_strategy_does_not_have_is_taken_away_and_never_sent_at_birth(
    run: Any, platform: Platform
) -> None:
    fields = {"bid_strategy": "LOWEST_COST_WITHOUT_CAP", "bid_amount": None, "bid_constraints": None}
    ad_set = Resource(Address("meta", "ad_set", "c/s"), "act_1", "m", fields)
    run([Update(ad_set, "77", {"bid_strategy": "X"}, {"bid_strategy": "LOWEST_COST_WITHOUT_CAP"})])
    run([Create(ad_set)])
    changed, born = (each.body(0) for each in platform.batches)
    assert (changed["bid_amount"], changed["bid_constraints"]) == ("0", {})
    assert "bid_amount" not in born


def test_an_update_that_fails_does_not_take_new_children_along(
    run: Any, platform: Platform, refusal: Any, creates: Any
) -> None:
    [campaign, _] = creates(ad_sets=1, ads=0)
    [_, ad_set] = creates(ad_sets=1, ads=0)
    ids = {campaign.address: "5"}
    platform.batch = lambda asked: (
        [platform.inner(refusal(100), 400)] if len(platform.batches) == 1 else platform.done(asked)
    )
    outcomes = run([Update(campaign.resource, "5", {"name": "a"}, {"name": "b"}), ad_set], ids)
    assert isinstance(outcomes["campaign/yil-sonu"], Refused)
    assert isinstance(outcomes["ad_set/takim-0"], Applied)


def test_archiving_is_a_status_and_library_objects_have_none(run: Any, platform: Platform) -> None:
    gone = [Archive(Address("meta", kind, f"c/{kind}"), "act_1", "8", {}) for kind in ("ad", "creative")]
    outcomes = run(gone)
    assert platform.batches[0].body(0) == {"status": "ARCHIVED"}
    assert outcomes["creative/creative"].code == "unsupported"


def test_a_child_of_nothing_known_is_refused(run: Any, creates: Any) -> None:
    [_, ad_set] = creates(ad_sets=1, ads=0)
    assert run([ad_set])["ad_set/takim-0"].code == "parent"


def test_without_a_token_nothing_is_attempted(connection: Connection, creates: Any) -> None:
    bare = Connection(connection.account, connection.scope, connection.assets)
    [outcome] = apply.connector(bare).apply(creates(ad_sets=0), {})
    assert isinstance(outcome, Refused)
    assert outcome.retry is True
    with pytest.raises(AccessDenied, match="No token"):
        apply.connector(bare).read()


def test_neither_support_nor_conversion_nor_a_new_connector_loads_the_sdk() -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "import connectors, connectors.meta.convert\n"
        "from connectors.base import Account, Connection\n"
        "from engine.naming import Scope\n"
        "account = Account('act_1', 'TRY', 'Europe/Istanbul')\n"
        "made = connectors.connect('meta', Connection(account, Scope('b', 'e'), Path('.')))\n"
        "assert connectors.supports('meta') is made.supports\n"
        "made.canonical([])\n"
        "sys.exit(any(name.startswith(('facebook_business', 'requests', 'babel')) for name in sys.modules))\n"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_several_batches_are_under_way_at_once_but_never_too_many(
    run: Any, creates: Any, platform: Platform
) -> None:
    lock, full = threading.Lock(), threading.Barrier(IN_FLIGHT)
    flying, most = 0, 0

    def slowly(asked: Any) -> Any:
        nonlocal flying, most
        if len(asked.batch) == 4:  # the first, with the campaign that all others need
            return platform.done(asked)
        with lock:
            flying += 1
            most = max(most, flying)
        full.wait(5)
        with lock:
            flying -= 1
        return platform.done(asked)

    platform.batch = slowly
    outcomes = run(creates(ad_sets=1 + 2 * IN_FLIGHT, ads=1))
    assert all(isinstance(each, Applied) for each in outcomes.values())
    assert most == IN_FLIGHT


def test_images_are_uploaded_several_at_a_time_and_looked_for_once(
    connection: Connection, tree: Any, fake: Any, platform: Platform, run: Any
) -> None:
    declared = tree(ad_sets=0)
    for number in range(4):
        declared.image(f"kutu-{number}.png", number)
    together = threading.Barrier(4)
    whole = fake.request

    def slowly(method: str, *args: Any, **kwargs: Any) -> Any:
        if kwargs.get("files"):
            together.wait(5)
        return whole(method, *args, **kwargs)

    fake.request = slowly
    outcomes = run([Create(each) for each in apply.connector(connection).canonical(declared.resources)])
    assert [type(each) for each in outcomes.values() if each.address.kind == "image"] == [Applied] * 4
    assert [asked.method for asked in fake.asked if "adimages" in asked.path] == ["GET"] + ["POST"] * 4


def test_once_the_platform_is_throttling_what_waits_for_its_turn_is_not_sent(
    connection: Connection, fake: Any, creates: Any, platform: Platform, refusal: Any
) -> None:
    platform.batch = lambda asked: (
        platform.done(asked) if len(platform.batches) == 1 else time.sleep(0.1) or refusal(80004)
    )
    pace = Pace(writes_per_second=4)  # room for the second batch only; the others queue up for real
    connector = apply.MetaConnector(connection, sleep=fake.slept.append, transport=fake, pace=pace)
    outcomes = list(connector.apply(creates(ad_sets=6, ads=1), {}))
    put_off = [each for each in outcomes if isinstance(each, Refused)]
    assert len(platform.batches) == 2
    assert len(put_off) == 5 * 3
    assert all(each.retry and each.code == "later" for each in put_off)


def test_nothing_is_sent_after_the_consumer_stopped_listening(
    connection: Connection, fake: Any, creates: Any, platform: Platform
) -> None:
    outcomes = fake.connector(connection).apply(creates(ad_sets=60, ads=1), {})
    for outcome in outcomes:
        if outcome.address.kind == "ad":
            break
    outcomes.close()
    sent = len(platform.batches)
    assert sent <= 1 + IN_FLIGHT
    time.sleep(0.1)
    assert len(platform.batches) == sent
