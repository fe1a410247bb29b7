"""A flight is over, or a platform no longer lets it begin: said in the plan and not by the apply."""

from __future__ import annotations

from datetime import date

import pytest

import connectors
from engine.begun import begun
from engine.context import Context, Lifecycle
from engine.diff import diff
from engine.resource import Address, Observed, Ref, Resource

TODAY = date(2026, 12, 3)
FIELDS = {"google": ("start_date_time", "end_date_time"), "meta": ("start_time", "end_time")}
KINDS = {"google": "campaign", "meta": "ad_set"}


def flight(platform: str, start: str, end: str | None) -> Resource:
    names = FIELDS[platform]
    address = Address(platform, KINDS[platform], "k")
    return Resource(
        address, "1", "m", {names[0]: f"{start} 00:00:00", names[1]: f"{end} 23:59:59" if end else None}
    )


def said(resource: Resource, today: date = TODAY) -> str:
    platform = resource.address.platform
    kind = connectors.supports(platform).kinds[resource.address.kind]
    found = begun(resource, resource.fields.keys(), kind, {platform: today})
    return found.summary if found else ""


@pytest.mark.parametrize("platform", FIELDS)
def test_a_flight_that_is_over_cannot_be_built_anywhere(platform: str) -> None:
    assert said(flight(platform, "2026-11-01", "2026-12-02")) == "The flight is over"
    assert said(flight(platform, "2026-12-03", "2026-12-03")) == ""


def test_only_google_refuses_a_start_in_the_past() -> None:
    assert "takes no start in the past" in said(flight("google", "2026-12-02", None))
    assert said(flight("google", "2026-12-03", None)) == ""
    assert said(flight("meta", "2026-12-02", None)) == ""


def test_where_no_day_is_known_nothing_is_said() -> None:
    resource = flight("google", "2026-01-01", "2026-01-02")
    kind = connectors.supports("google").kinds["campaign"]
    assert begun(resource, resource.fields.keys(), kind, {}) is None


def test_what_hangs_under_it_waits_with_it_and_the_others_go_on() -> None:
    over = flight("google", "2026-11-01", "2026-11-30")
    under = Resource(Address("google", "ad_group", "k/a"), "1", "m2", {"campaign": Ref(over.address)})
    fine = Resource(
        Address("google", "campaign", "neu"), "1", "m3", {"start_date_time": "2026-12-09 00:00:00"}
    )
    context = Context({"google": connectors.supports("google")}, today={"google": TODAY})
    found = diff([over, under, fine], [], context)
    assert [each.address for each in found.changes] == [fine.address]
    assert [each.summary for each in found.blocked] == ["The flight is over"]


def test_what_cannot_be_built_again_in_time_is_not_archived_for_it() -> None:
    over = flight("google", "2026-11-01", "2026-11-30")
    changed = Resource(over.address, "1", "m", {**over.fields, "advertising_channel_type": "DISPLAY"})
    there = Observed(
        "google", "1", "campaign", "7", "m", {**over.fields, "advertising_channel_type": "SEARCH"}
    )
    context = Context(
        {"google": connectors.supports("google")},
        lifecycle={"k": Lifecycle(replace=True)},
        today={"google": TODAY},
    )
    found = diff([changed], [there], context)
    assert found.changes == ()
    assert [each.summary for each in found.blocked] == ["The flight is over"]
