from dataclasses import replace

import pytest

from journal.errors import UnknownRecord


@pytest.fixture
def planned(journal, now):
    for digest in ("c0ffee01", "c0ffee02"):
        journal.record_plan(digest, "", "sandbox", now(), {}, "approvable")
    return journal


def test_a_declaration_is_kept_whole_and_found_by_the_beginning_of_its_digest(planned, now):
    planned.keep_declaration("c0ffee01", '{"ş": "' + "x" * 100_000 + '"}', now(1))
    (kept,) = planned.declarations("c0ffee")
    assert (kept.digest, kept.at, len(kept.body)) == ("c0ffee01", now(1), 100_009)
    assert planned.declarations("c0ffee02") == []


def test_the_latest_applied_is_last_and_the_same_again_is_renewed(planned, now):
    for digest, at in (("c0ffee01", 1), ("c0ffee02", 2), ("c0ffee01", 3)):
        planned.keep_declaration(digest, "{}", now(at))
    found = planned.declarations("")
    assert [each.digest for each in found] == ["c0ffee02", "c0ffee01"]
    assert replace(found[1], body="") == replace(found[1], at=now(3), body="")


def test_signs_of_a_pattern_are_letters(planned, now):
    planned.keep_declaration("c0ffee01", "{}", now())
    assert planned.declarations("%") == planned.declarations("c_ffee") == []


def test_a_plan_that_was_never_recorded_declares_nothing(planned, now):
    with pytest.raises(UnknownRecord):
        planned.keep_declaration("d0d0", "{}", now())
