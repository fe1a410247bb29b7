"""What the platform has goes into the YAML, for one key and nothing beside it; or back, as a plan."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.plan import plan_from_json, plan_to_json
from engine.resource import Address
from operations.absorb import Absorbed, absorb
from operations.drift import drift
from schemas.errors import KampanyaError
from tests.contract.brand import on_memory
from tests.operations.sites import Bench

HOME = Address("meta", "ad_set", "yil-sonu/eve-siparis")
MENU = Address("meta", "ad_set", "yil-sonu/restorana-menu")
CAMPAIGN = Address("meta", "campaign", "yil-sonu")
KEY, MAY, GOAL = "ad_set: eve-siparis\n", "agreed in May\n", "optimize_for: purchases\n"
FILE = "campaigns/yil-sonu.yaml"


@pytest.fixture
def brand(tmp_path: Path) -> Iterator[Bench]:
    made = on_memory(tmp_path / "lezzet")
    made.edit("    budget: {daily: 600 TRY}\n", "    budget: {daily: 600 TRY}   # agreed in May\n")
    made.launch()
    yield made
    made.journal.close()


def fields(brand: Bench, address: Address) -> Any:
    return brand.far_side.records[brand.journal.ids()[address]].fields


def take(brand: Bench, key: str, *names: str, **how: Any) -> Absorbed | None:
    return absorb(brand.site, brand.journal, key, names, actor="test", **how)


def text(brand: Bench) -> str:
    return (brand.root / FILE).read_text(encoding="utf-8")


def others(brand: Bench) -> dict[str, bytes]:
    return {
        str(path): path.read_bytes()
        for path in brand.root.rglob("*")
        if path.is_file() and ".kampanya" not in path.parts and path.name != "yil-sonu.yaml"
    }


def put(name: str, value: Any) -> Callable[[Any], None]:
    return lambda there: there.update({name: value})


def aim(**change: Any) -> Callable[[Any], None]:
    return lambda there: there.update(audience={**there["audience"], **change})


@pytest.mark.parametrize(
    ("address", "change", "old", "new"),
    [
        (HOME, put("daily_budget", 90_000), "daily: 600 TRY}   # agreed", "daily: 900 TRY}   # agreed"),
        (HOME, put("name", "Eve 'sipariş'"), KEY, f"{KEY}    name: \"Eve 'sipariş'\"\n"),
        (HOME, put("status", "PAUSED"), KEY, f"{KEY}    status: paused\n"),
        (HOME, put("end", "2026-12-24"), MAY, f"{MAY}    flight: {{start: 2026-12-01, end: 2026-12-24}}\n"),
        (HOME, aim(age={"min": 25, "max": 54}), GOAL, f"{GOAL}    audience: {{age: 25-54}}\n"),
        (HOME, aim(genders=("women",)), GOAL, f"{GOAL}    audience: {{genders: [women]}}\n"),
        (MENU, put("daily_budget", 20_000), "menu}}\n", "menu}, budget: {daily: 200 TRY}}\n"),
        (MENU, aim(age=None), "menu}}\n", "menu}, audience: {age: null}}\n"),
        (CAMPAIGN, put("status", "PAUSED"), "end: 2026-12-31}\n", "end: 2026-12-31}\nstatus: paused\n"),
    ],
)  # fmt: skip
def test_one_value_goes_into_its_own_line_and_then_there_is_nothing_to_plan(
    brand: Bench, address: Address, change: Callable[[Any], None], old: str, new: str
) -> None:
    before, beside = text(brand), others(brand)
    change(fields(brand, address))
    taken = take(brand, address.key)
    assert taken is not None
    assert text(brand) == before.replace(old, new, 1) != before
    assert others(brand) == beside
    assert brand.plan().changes == ()
    assert drift(brand.site, brand.journal) == []


def overlaid(brand: Bench, here: str, there: str) -> None:
    """A budget that every environment sets for itself."""
    brand.edit("daily: 600 TRY", 'daily: "{gunluk}"')
    file = brand.root / "kampanya.yaml"
    text = file.read_text(encoding="utf-8")
    head, sandbox = text.split("environments:\n  sandbox:\n")
    own = f"environments:\n  sandbox:\n    vars: {{gunluk: {here}}}\n{sandbox}"
    live = f"  production:\n    vars: {{gunluk: {there}}}\n" + sandbox.split("seed: 7\n")[1]
    live += "    credentials: {meta: {token: env:KAMPANYA_META_TOKEN}}\n"
    file.write_text(f"{head}vars: {{gunluk: 600 TRY}}\n{own}{live}", encoding="utf-8")


def test_a_number_of_the_sandbox_does_not_become_a_live_budget(brand: Bench) -> None:
    overlaid(brand, "600 TRY", "150 TRY")
    before = text(brand)
    fields(brand, HOME)["daily_budget"] = 9_000_000
    with pytest.raises(KampanyaError) as refused:
        take(brand, HOME.key)
    assert "production has daily_budget 15000" in str(refused.value)
    assert text(brand) == before


def test_what_all_environments_declare_alike_is_absorbed_for_all(brand: Bench) -> None:
    overlaid(brand, "600 TRY", "600 TRY")
    fields(brand, HOME)["daily_budget"] = 70_000
    assert take(brand, HOME.key) is not None
    assert "700 TRY" in text(brand)


def test_a_dry_run_shows_the_line_and_writes_nothing(brand: Bench) -> None:
    before = text(brand)
    fields(brand, HOME)["daily_budget"] = 90_000
    taken = take(brand, HOME.key, dry=True)
    assert taken is not None
    assert [each for each in taken.lines if each[0] in "+-"][2:] == [
        "-    budget: {daily: 600 TRY}   # agreed in May",
        "+    budget: {daily: 900 TRY}   # agreed in May",
    ]
    assert text(brand) == before
    assert len(drift(brand.site, brand.journal)) == 1


def test_only_the_fields_asked_for_are_taken(brand: Bench) -> None:
    fields(brand, HOME).update(daily_budget=90_000, status="PAUSED")
    take(brand, HOME.key, "daily_budget")
    assert [each.field for each in drift(brand.site, brand.journal)] == ["status"]
    assert "status" not in text(brand)


def test_a_value_that_a_loop_makes_is_refused_with_its_line(brand: Bench) -> None:
    ad = Address("meta", "ad", "yil-sonu/eve-siparis/kadikoy")
    before = text(brand)
    fields(brand, ad)["status"] = "PAUSED"
    with pytest.raises(KampanyaError, match="one of several made by `for_each`"):
        take(brand, ad.key)
    assert text(brand) == before


def test_a_value_inside_of_a_template_is_refused_with_where_it_comes_from(brand: Bench) -> None:
    ad = Address("meta", "ad", "yil-sonu/restorana-menu/menu")
    fields(brand, ad)["status"] = "PAUSED"
    with pytest.raises(KampanyaError, match=r"kampanya\.yaml:\d+:\d+: template `restoran` used by"):
        take(brand, ad.key)


def test_all_is_refused_if_one_field_cannot_be_written_and_that_one_is_named(brand: Bench) -> None:
    before = text(brand)
    fields(brand, HOME).update(daily_budget=90_000, optimize_for="what nobody declares")
    with pytest.raises(KampanyaError, match=r"yil-sonu\.yaml:9:\d+: this cannot be absorbed") as refused:
        take(brand, HOME.key)
    assert "what nobody declares" in str(refused.value)
    assert text(brand) == before
    take(brand, HOME.key, "daily_budget")
    assert "900 TRY" in text(brand)


def test_one_that_inherits_is_given_its_own_and_its_siblings_keep_theirs(brand: Bench) -> None:
    fields(brand, HOME)["audience"] = {**fields(brand, HOME)["audience"], "locations": ("TR-06",)}
    take(brand, HOME.key)
    assert "    audience: {locations: [TR-06]}\n" in text(brand)
    assert "\naudience: {locations: [TR-34], languages: [tr], age: 18-44}\n" in text(brand)


def test_a_variable_becomes_a_value_here_and_stays_what_it_is_elsewhere(brand: Bench) -> None:
    brand.edit("    budget: {daily: 600 TRY}", '    vars: {gunluk: 600 TRY}\n    budget: {daily: "{gunluk}"}')
    fields(brand, HOME)["daily_budget"] = 90_000
    take(brand, HOME.key)
    assert 'budget: {daily: "900 TRY"}' in text(brand)
    assert "vars: {gunluk: 600 TRY}" in text(brand)
    assert brand.plan().changes == ()


def test_a_file_that_changed_since_it_was_read_is_left_alone(brand: Bench) -> None:
    fields(brand, HOME)["daily_budget"] = 90_000
    site = brand.site
    brand.edit("600 TRY", "650 TRY")
    before = text(brand)
    with pytest.raises(KampanyaError, match="the file changed meanwhile"):
        absorb(site, brand.journal, HOME.key, actor="test")
    assert text(brand) == before


def test_what_is_gone_cannot_be_absorbed(brand: Bench) -> None:
    brand.far_side.records[brand.journal.ids()[HOME]].archived = True
    with pytest.raises(KampanyaError, match="is archived"):
        take(brand, HOME.key)


def test_nothing_to_absorb_is_no_error(brand: Bench) -> None:
    assert take(brand, HOME.key) is None
    with pytest.raises(KampanyaError, match="no such drift"):
        take(brand, HOME.key, "daily_budget")


def test_no_copy_is_left_behind(brand: Bench) -> None:
    fields(brand, HOME)["daily_budget"] = 90_000
    take(brand, HOME.key)
    assert not list((brand.root / ".kampanya" / "sandbox").glob("shadow-*"))


def test_windows_line_ends_and_the_mark_at_the_front_stay(brand: Bench) -> None:
    path = brand.root / FILE
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    before = path.read_bytes()
    fields(brand, HOME)["daily_budget"] = 90_000
    take(brand, HOME.key)
    assert path.read_bytes() == before.replace(b"600 TRY", b"900 TRY")


# Back, as a plan.


def test_a_revert_is_a_plan_of_exactly_that_keys_drift(brand: Bench) -> None:
    fields(brand, HOME).update(daily_budget=58_000, status="PAUSED")
    fields(brand, MENU)["daily_budget"] = 10_000
    brand.edit("optimize_for: purchases", "optimize_for: link_clicks")
    plan = brand.plan(revert=(HOME.key,))
    assert [(str(each.change.address), each.change.after) for each in plan.changes] == [  # type: ignore[union-attr]
        (str(HOME), {"status": "ACTIVE", "daily_budget": 60_000})
    ]
    assert plan_from_json(plan_to_json(plan)).digest == plan.digest
    assert brand.apply(plan).complete
    assert fields(brand, HOME)["daily_budget"] == 60_000
    assert fields(brand, HOME)["status"] == "ACTIVE"
    assert fields(brand, HOME)["optimize_for"] == "purchases"
    assert fields(brand, MENU)["daily_budget"] == 10_000


def test_a_revert_of_a_campaign_lets_nothing_run_below_it(brand: Bench) -> None:
    fields(brand, HOME)["status"] = "PAUSED"
    assert brand.plan(revert=("yil-sonu",)).changes == ()


def test_what_the_yaml_says_otherwise_by_now_is_not_reverted(brand: Bench) -> None:
    fields(brand, HOME)["daily_budget"] = 58_000
    brand.edit("600 TRY", "610 TRY")
    assert brand.plan(revert=(HOME.key,)).changes == ()
    assert len(brand.plan().changes) == 1
