"""Destroying stops now and archives only by a plan of its own; nothing declared, protected or foreign."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.memory import Record
from engine.assemble import Spending
from engine.change import Archive
from engine.resource import Address
from operations.destroy import Destruction, destroy
from schemas.errors import KampanyaError
from tests.contract.brand import ADS, CAMPAIGN, on_memory, png
from tests.operations.sites import Bench

OLD = "eski"
FILE = "campaigns/eski.yaml"
AD_SET = "  - {ad_set: restorana-menu, from: restoran, vars: {aci: menu}}\n"


@pytest.fixture
def brand(tmp_path: Path) -> Iterator[Bench]:
    """Two campaigns alike but for their keys, launched; the second shares its pictures with the first."""
    made = on_memory(tmp_path / "lezzet")
    (made.root / "assets" / "eski.png").write_bytes(png(99))
    (made.root / FILE).write_text(_second(CAMPAIGN), encoding="utf-8")
    made.edit("daily: 2000 TRY", "daily: 4000 TRY", "kampanya.yaml")
    made.edit("monthly: 45000 TRY", "monthly: 90000 TRY", "kampanya.yaml")
    made.launch()
    yield made
    made.journal.close()


def _second(text: str) -> str:
    return text.replace("campaign: yil-sonu", f"campaign: {OLD}").replace("kutu.png", "eski.png")


def forget(brand: Bench) -> None:
    (brand.root / FILE).unlink()


def end(brand: Bench, key: str = OLD) -> Destruction:
    return destroy(brand.site, brand.journal, key, spending=Spending(), actor="test")


def live(brand: Bench) -> dict[str, Record]:
    return {id: each for id, each in brand.far_side.records.items() if not each.archived}


def running(brand: Bench) -> int:
    """Ads that are live with everything above them, of both campaigns, whose names are the same."""
    records = brand.far_side.records

    def runs(id: str) -> bool:
        record = records[id]
        above = record.fields.get("ad_set") or record.fields.get("campaign")
        return (
            not record.archived
            and record.fields["status"] == "ACTIVE"
            and (above is None or runs(str(above)))
        )

    return sum(each.kind == "ad" and runs(id) for id, each in records.items())


def test_it_stops_at_once_and_archives_nothing_before_its_plan_is_applied(brand: Bench) -> None:
    forget(brand)
    before = set(live(brand))
    found = end(brand)
    assert running(brand) == len(ADS)
    assert set(live(brand)) == before
    assert found.plan is not None
    assert {each.change.address.key.partition("/")[0] for each in found.plan.changes} == {OLD}
    assert all(isinstance(each.change, Archive) for each in found.plan.changes)
    assert all("irreversible" in {hazard.kind for hazard in each.hazards} for each in found.plan.changes)


def test_the_plan_takes_it_down_and_then_there_is_nothing_to_do(brand: Bench) -> None:
    forget(brand)
    plan = end(brand).plan
    assert plan is not None
    assert brand.apply(plan).complete
    assert brand.plan().changes == ()
    assert brand.plan().notes == ()
    assert running(brand) == len(ADS)
    again = end(brand)
    assert (again.plan, again.stopped.paused, again.stopped.failed) == (None, [], {})


def test_an_approval_of_the_destruction_is_for_its_own_digest(brand: Bench) -> None:
    forget(brand)
    whole, found = brand.plan(), end(brand).plan
    assert found is not None
    assert found.digest != whole.digest


def test_what_is_still_declared_is_refused_with_its_line_and_nothing_is_stopped(brand: Bench) -> None:
    calls = brand.far_side.calls
    with pytest.raises(KampanyaError, match="still declared") as caught:
        end(brand)
    assert str(caught.value.problem.where).endswith(f"{FILE}:1:1")
    assert brand.far_side.calls == calls


def test_what_was_renamed_is_refused_under_its_old_key(brand: Bench) -> None:
    brand.edit(f"campaign: {OLD}", f"campaign: yeni\nmoved: {OLD}", FILE)
    with pytest.raises(KampanyaError, match="new key"):
        end(brand)
    assert running(brand) == 2 * len(ADS)


@pytest.mark.parametrize("key", [OLD, f"{OLD}/eve-siparis"])
def test_a_protected_key_and_all_above_and_below_it_refuses(brand: Bench, key: str) -> None:
    brand.edit("guard_rails:\n", f"guard_rails:\n  protected: [{OLD}/eve-siparis]\n", "kampanya.yaml")
    forget(brand)
    with pytest.raises(KampanyaError, match="protected"):
        end(brand, key)
    assert running(brand) == 2 * len(ADS)


def test_protection_outlives_the_file_it_stood_in(brand: Bench) -> None:
    brand.edit(f"campaign: {OLD}", f"campaign: {OLD}\nprotect: true\nname: Eski", FILE)
    assert not brand.plan().changes or brand.plan().refusals
    brand.edit("\nname: Eski", "", FILE)
    brand.edit("daily: 600 TRY", "daily: 590 TRY")
    assert brand.apply().complete
    forget(brand)
    with pytest.raises(KampanyaError, match="protected"):
        end(brand)
    assert running(brand) == 2 * len(ADS)


def test_an_ad_set_is_taken_down_and_its_campaign_goes_on(brand: Bench) -> None:
    brand.edit(AD_SET, "", FILE)
    plan = end(brand, f"{OLD}/restorana-menu").plan
    assert plan is not None
    assert brand.apply(plan).complete
    assert brand.plan().changes == ()
    assert running(brand) == 2 * len(ADS) - 1


def test_what_only_it_used_is_named_and_what_others_use_is_not(brand: Bench) -> None:
    """The creatives carry the campaign's key; one picture is its own, two are the other campaign's too."""
    forget(brand)
    found = end(brand)
    assert sorted(address.kind for address in found.left) == ["creative"] * 4 + ["image"]
    assert all(address in {each.address for each in brand.journal.objects("live")} for address in found.left)


def test_a_stranger_of_the_same_name_and_mark_is_left_as_it_is(brand: Bench) -> None:
    forget(brand)
    ours = next(each for each in brand.journal.objects("live") if each.address.key == OLD)
    theirs = brand.far_side.records[ours.id]
    id = brand.far_side.insert("campaign", ours.mark, theirs.fields)
    before = dict(brand.far_side.records[id].fields)
    plan = end(brand).plan
    assert plan is not None
    assert brand.apply(plan).complete
    assert brand.far_side.records[id].fields == before
    assert not brand.far_side.records[id].archived


def test_a_key_that_was_never_ours_is_an_error(brand: Bench) -> None:
    with pytest.raises(KampanyaError, match="knows nothing"):
        end(brand, "hic-olmadi")


def test_what_cannot_be_stopped_is_named_and_its_plan_still_made(brand: Bench) -> None:
    forget(brand)
    brand.far_side.refuse.add(Address("meta", "campaign", OLD))
    found = end(brand)
    assert "does not like it" in found.stopped.failed[Address("meta", "campaign", OLD)]
    assert found.plan is not None


def test_what_somebody_archived_by_hand_meanwhile_is_no_failure(brand: Bench) -> None:
    forget(brand)
    for each in brand.journal.objects("live"):
        if each.address.key.partition("/")[0] == OLD:
            brand.far_side.records[each.id].archived = True
    found = end(brand)
    assert (found.plan, found.stopped.failed) == (None, {})


def test_an_interrupted_archive_goes_on_where_it_stopped(brand: Bench) -> None:
    forget(brand)
    plan = end(brand).plan
    assert plan is not None
    brand.far_side.lose.add(Address("meta", "ad_set", f"{OLD}/eve-siparis"))
    brand.far_side.refuse.add(Address("meta", "campaign", OLD))
    assert not brand.apply(plan).complete
    assert brand.apply(plan).complete
    assert brand.plan().changes == ()
    assert running(brand) == len(ADS)


def test_put_back_into_the_yaml_before_the_plan_is_applied_the_yes_no_longer_holds(brand: Bench) -> None:
    text = (brand.root / FILE).read_text(encoding="utf-8")
    forget(brand)
    plan = end(brand).plan
    assert plan is not None
    (brand.root / FILE).write_text(text, encoding="utf-8")
    with pytest.raises(KampanyaError, match="declaration changed"):
        brand.apply(plan)
    assert running(brand) == len(ADS)
    assert [note.sort for note in brand.plan().notes] == ["held"]


def test_a_rule_of_the_brands_own_refuses_before_anybody_is_asked(brand: Bench) -> None:
    forget(brand)
    rule = "rules: [{rule: yok, sql: \"select key from changes where change = 'archive'\"}]"
    brand.edit("  raise_24h: 20%\n", f"  raise_24h: 20%\n  {rule}\n", "kampanya.yaml")
    plan = end(brand).plan
    assert plan is not None
    assert {each.rule for each in plan.refusals} == {"yok"}


def strangers_under(brand: Bench, key: str = OLD) -> tuple[str, str]:
    """An ad set of somebody else in our campaign, and an ad of theirs in an ad set of ours."""
    ids = brand.journal.ids()
    campaign, ad_set = (
        ids[Address("meta", "campaign", key)],
        ids[Address("meta", "ad_set", f"{key}/eve-siparis")],
    )
    set_ = brand.far_side.insert("ad_set", "", {"name": "elle", "status": "ACTIVE", "campaign": campaign})
    ad = brand.far_side.insert("ad", "", {"name": "reklam", "status": "ACTIVE", "ad_set": ad_set})
    return set_, ad


def archives(plan: object) -> set[str]:
    changes = [each.change for each in plan.changes]  # type: ignore[attr-defined]
    return {str(each.address) for each in changes if isinstance(each, Archive)}


def test_what_others_put_below_stands_in_the_way_and_each_is_named(brand: Bench) -> None:
    set_, ad = strangers_under(brand)
    before = {id: repr(brand.far_side.records[id]) for id in (set_, ad)}
    forget(brand)
    found = end(brand)
    assert found.plan is not None
    assert not archives(found.plan) & {f"meta:campaign/{OLD}", f"meta:ad_set/{OLD}/eve-siparis"}
    assert f"meta:ad_set/{OLD}/restorana-menu" in archives(found.plan), "nobody else is in there"
    texts = {each.text for each in found.plan.blocked}
    assert any(set_ in text and ad in text and "meta:campaign" in text for text in texts)
    assert any(set_ not in text and ad in text and "meta:ad_set" in text for text in texts)
    assert all("--with-foreign" in text for text in texts)
    assert not brand.apply(found.plan).complete
    assert before == {id: repr(brand.far_side.records[id]) for id in (set_, ad)}
    assert not brand.far_side.records[brand.journal.ids()[Address("meta", "campaign", OLD)]].archived


def test_a_plan_that_would_end_others_objects_is_blocked_as_well(brand: Bench) -> None:
    set_, _ = strangers_under(brand)
    forget(brand)
    plan = brand.plan()
    assert f"meta:campaign/{OLD}" not in archives(plan)
    assert any(set_ in each.text for each in plan.blocked)


def test_an_explicit_yes_ends_them_too_and_holds_for_those_named_only(brand: Bench) -> None:
    strangers_under(brand)
    forget(brand)
    plan = destroy(brand.site, brand.journal, OLD, spending=Spending(), actor="test", with_foreign=True).plan
    assert plan is not None
    assert f"meta:campaign/{OLD}" in archives(plan)
    assert len([each for each in plan.notes if each.sort == "foreign" and "ends with" in each.subject]) == 3
    assert len(plan.along) == 2
    strangers_under(brand)
    with pytest.raises(KampanyaError, match="not ours hang under it"):
        brand.apply(plan)


def test_after_the_explicit_yes_all_of_ours_is_archived_and_theirs_stays_as_it_is(brand: Bench) -> None:
    both = strangers_under(brand)
    before = {id: repr(brand.far_side.records[id]) for id in both}
    forget(brand)
    plan = destroy(brand.site, brand.journal, OLD, spending=Spending(), actor="test", with_foreign=True).plan
    assert plan is not None
    assert brand.apply(plan).complete
    assert before == {id: repr(brand.far_side.records[id]) for id in both}
    assert brand.plan().changes == ()


def test_what_others_put_elsewhere_stands_in_nobodys_way(brand: Bench) -> None:
    strangers_under(brand, "yil-sonu")
    forget(brand)
    found = end(brand)
    assert found.plan is not None
    assert f"meta:campaign/{OLD}" in archives(found.plan)
    assert found.plan.blocked == ()


def test_a_replacement_that_was_allowed_names_whom_it_takes_along(brand: Bench) -> None:
    set_, ad = strangers_under(brand)
    brand.edit("objective: sales", "objective: traffic\nreplace: allow", FILE)
    brand.edit("optimize_for: purchases", "optimize_for: link_clicks", FILE)
    plan = brand.plan()
    assert f"meta:campaign/{OLD}" in archives(plan)
    told = " ".join(each.subject for each in plan.notes if each.sort == "foreign")
    assert set_ in told
    assert ad in told
