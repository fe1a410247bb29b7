"""The limit of 24 hours holds through whatever is paused, rebuilt, absorbed or forgotten in between."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta, tzinfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import operations.intents
from operations.absorb import absorb
from operations.pause import pause
from schemas.errors import KampanyaError
from tests.contract.brand import on_memory
from tests.operations import sites
from tests.operations.sites import Bench
from tests.operations.test_convergence import HOME, daily, record

RAISED = "raise in 24 hours"
ACTOR = "Ayşe Yılmaz"
HOURS = timedelta(hours=1)
MUZIK = "  - {ad_set: restorana-muzik, from: restoran, vars: {aci: muzik}}\n"
MENU = "  - {ad_set: restorana-menu,"


@pytest.fixture
def rich(brand: Bench) -> Bench:
    """Under ceilings that no raise here meets."""
    return enrich(brand)


def enrich(brand: Bench) -> Bench:
    brand.edit("daily: 2000 TRY", "daily: 20000 TRY", "kampanya.yaml")
    brand.edit("monthly: 45000 TRY", "monthly: 900000 TRY", "kampanya.yaml")
    return brand


def pass_(time: timedelta, clock: pytest.MonkeyPatch) -> None:
    """Moves the brand's clock; it is back where it was after the test."""
    clock.setattr(sites, "NOW", sites.NOW + time)


def refused(brand: Bench, **wish: object) -> bool:
    return RAISED in {each.rule for each in brand.plan(**wish).refusals}


def test_what_is_paused_is_not_let_go_again_with_ten_times_as_much(rich: Bench) -> None:
    rich.apply()
    pause(rich.site, rich.journal, [], actor=ACTOR)
    everything = frozenset({"yil-sonu"})
    assert not refused(rich, resume=everything)
    rich.edit("daily: 600 TRY", "daily: 6000 TRY")
    assert refused(rich, resume=everything)


def test_nor_when_it_is_raised_while_it_is_paused(rich: Bench) -> None:
    rich.apply()
    pause(rich.site, rich.journal, [], actor=ACTOR)
    rich.edit("daily: 600 TRY", "daily: 6000 TRY")
    assert rich.apply().complete
    assert refused(rich, resume=frozenset({"yil-sonu"}))


def test_a_day_later_it_answers_to_the_ceilings_alone(rich: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    rich.apply()
    pause(rich.site, rich.journal, [], actor=ACTOR)
    rich.edit("daily: 600 TRY", "daily: 6000 TRY")
    pass_(25 * HOURS, monkeypatch)
    assert not refused(rich, resume=frozenset({"yil-sonu"}))


def test_what_never_ran_does_not_pay_for_a_raise(rich: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    rich.edit("optimize_for: purchases", "optimize_for: purchases\n    status: paused")
    rich.edit("daily: 600 TRY", "daily: 9000 TRY")
    rich.apply()
    pass_(30 * HOURS, monkeypatch)
    rich.edit("daily: 9000 TRY", "daily: 10 TRY")
    rich.apply()
    rich.edit("daily: 150 TRY", "daily: 4000 TRY", "kampanya.yaml")
    assert refused(rich)


def test_what_is_built_anew_is_held_to_what_it_had(rich: Bench) -> None:
    rich.apply()
    rich.edit("objective: sales", "objective: traffic\nreplace: allow")
    rich.edit("optimize_for: purchases", "optimize_for: link_clicks")
    rich.edit("daily: 600 TRY", "daily: 750 TRY")
    assert rich.apply().complete
    rich.edit("objective: traffic", "objective: sales")
    rich.edit("daily: 750 TRY", "daily: 940 TRY")
    assert refused(rich)


def test_what_is_archived_and_declared_again_is_held_to_what_it_had(rich: Bench) -> None:
    rich.apply()
    rich.edit(MUZIK, "")
    assert rich.apply().complete
    again = MUZIK.replace("muzik}}", "muzik}, replace: allow, budget: {daily: 5000 TRY}}")
    rich.edit(MENU, again + MENU)
    assert refused(rich)


def test_a_raise_that_was_absorbed_counts_as_ours(rich: Bench) -> None:
    rich.apply()
    record(rich, "ad_set", HOME).fields["daily_budget"] = 600_000
    assert absorb(rich.site, rich.journal, HOME, actor=ACTOR) is not None
    assert not refused(rich)
    rich.edit("daily: 150 TRY", "daily: 160 TRY", "kampanya.yaml")
    assert refused(rich)


def test_a_raise_by_others_that_is_ignored_is_not_ours(rich: Bench) -> None:
    rich.edit("- ad_set: eve-siparis", "- ad_set: eve-siparis\n    ignore_changes: [daily_budget]")
    rich.apply()
    record(rich, "ad_set", HOME).fields["daily_budget"] = 600_000
    rich.edit("daily: 150 TRY", "daily: 160 TRY", "kampanya.yaml")
    assert not refused(rich)


def test_without_its_journal_nothing_is_raised_for_a_day(
    rich: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    rich.apply()
    forget(rich)
    assert not rich.plan().changes
    rich.edit("daily: 600 TRY", "daily: 610 TRY")
    (refusal,) = rich.plan().refusals
    assert "the journal does not know" in refusal.detail
    assert "meta ad_set yil-sonu/eve-siparis" in refusal.detail
    rich.edit("daily: 610 TRY", "daily: 590 TRY")
    assert rich.apply().complete  # which adopts what it finds
    rich.edit("daily: 590 TRY", "daily: 600 TRY")
    assert refused(rich)
    pass_(25 * HOURS, monkeypatch)
    assert not refused(rich)


def test_of_two_raises_a_day_apart_each_has_its_share(rich: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    rich.apply()
    pass_(30 * HOURS, monkeypatch)
    rich.edit("daily: 600 TRY", "daily: 700 TRY")
    assert rich.apply().complete
    pass_(23 * HOURS, monkeypatch)
    rich.edit("daily: 700 TRY", "daily: 800 TRY")
    assert refused(rich)
    pass_(2 * HOURS, monkeypatch)
    assert rich.apply().complete


def test_a_new_name_is_no_new_budget(rich: Bench) -> None:
    rich.apply()
    rename(rich, "eve-siparis", "eve-servis")
    rich.edit("daily: 600 TRY", "daily: 750 TRY")
    assert rich.apply().complete
    rename(rich, "eve-servis", "eve-paket")
    assert not refused(rich)
    rich.edit("daily: 750 TRY", "daily: 900 TRY")
    assert refused(rich)


def test_nor_does_it_make_known_what_the_journal_has_lost(rich: Bench) -> None:
    rich.apply()
    forget(rich)
    rich.edit("daily: 150 TRY", "daily: 140 TRY", "kampanya.yaml")
    assert rich.apply().complete
    rename(rich, "eve-siparis", "eve-servis")
    rich.edit("daily: 600 TRY", "daily: 610 TRY")
    assert refused(rich)


def rename(brand: Bench, old: str, new: str) -> None:
    path = brand.root / "campaigns/yil-sonu.yaml"
    lines = [each for each in path.read_text(encoding="utf-8").splitlines() if "moved:" not in each]
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")
    brand.edit(f"- ad_set: {old}\n", f"- ad_set: {new}\n    moved: yil-sonu/{old}\n")


def test_a_clock_that_runs_behind_hides_no_raise_of_what_was_renamed_or_absorbed(
    rich: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    rich.apply()
    rename(rich, "eve-siparis", "eve-servis")
    record(rich, "ad_set", HOME).fields["daily_budget"] = 61_000
    assert rich.apply().complete
    renamed = "yil-sonu/eve-servis"
    record(rich, "ad_set", renamed).fields["daily_budget"] = 61_000
    assert absorb(rich.site, rich.journal, renamed, actor=ACTOR) is not None
    monkeypatch.setattr(operations.intents, "datetime", Behind)
    rich.edit("daily: 610 TRY", "daily: 750 TRY")
    assert rich.apply().complete
    rich.edit("daily: 750 TRY", "daily: 900 TRY")
    assert refused(rich)


class Behind(datetime):
    """The clock of another machine, an hour behind ours."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        return datetime.now(tz) - HOURS


def forget(brand: Bench) -> None:
    brand.journal.close()
    home = brand.root / ".kampanya" / "sandbox"
    for file in home.glob("journal.db*"):
        file.unlink()
    brand.journal = type(brand.journal).open(home / "journal.db")


STEPS = st.lists(
    st.tuples(
        st.integers(1, 40).map(lambda tens: 10 * tens),
        st.integers(1, 30).map(lambda tens: 10 * tens),
        st.sampled_from(["", "pause", "forget", "wait"]),
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(STEPS)
def test_no_sequence_of_plans_within_a_day_raises_what_runs_by_more_than_a_fifth(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, int, str]]
) -> None:
    with pytest.MonkeyPatch.context() as clock:
        brand = enrich(on_memory(tmp_path_factory.mktemp("lezzet") / "lezzet"))
        brand.edit("daily: 600 TRY", "daily: 200 TRY")
        brand.apply()
        began = daily(brand)
        pass_(48 * HOURS, clock)
        declared = 200, 150
        for *wish, between in steps:
            _in_between(brand, between, clock)
            _declare(brand, declared, wish)
            plan = brand.plan(resume=frozenset({"yil-sonu"}))
            if plan.refusals:
                _declare(brand, wish, declared)
            else:
                assert brand.apply(plan).complete
                declared = wish
            assert daily(brand) * 10 <= began * 12
        brand.journal.close()


def _declare(brand: Bench, old: Sequence[int], new: Sequence[int]) -> None:
    brand.edit(f"daily: {old[0]} TRY", f"daily: {new[0]} TRY")
    brand.edit(f"daily: {old[1]} TRY", f"daily: {new[1]} TRY", "kampanya.yaml")


def _in_between(brand: Bench, what: str, clock: pytest.MonkeyPatch) -> None:
    match what:
        case "pause":
            with suppress(KampanyaError):  # where the journal was lost, until something is adopted
                pause(brand.site, brand.journal, [], actor=ACTOR)
        case "forget":
            forget(brand)
        case "wait":
            pass_(3 * HOURS, clock)
