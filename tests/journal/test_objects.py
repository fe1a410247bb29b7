import pytest

from journal.errors import LedgerConflict, UnknownRecord
from journal.records import AFTER, Bearer, ObjectRecord


def test_a_recorded_object_is_live_and_found_by_address_and_mark(journal, ad, now):
    journal.record_object(ad(1), "act_1", "120", "abcdefghij", now())
    expected = ObjectRecord(ad(1), "act_1", "120", "abcdefghij", "live", now(), now())
    assert journal.objects() == [expected]
    assert journal.ids() == {ad(1): "120"}
    assert journal.by_mark("abcdefghij") == [expected]
    assert journal.by_mark("other") == []


def test_a_forgotten_object_stays_in_history_with_its_reason(journal, ad, now):
    journal.record_object(ad(1), "act_1", "120", "m", now())
    assert journal.forget_object(ad(1), now(60), "archived by hand")
    (gone,) = journal.objects("gone")
    assert (gone.id, gone.reason, gone.created_at, gone.updated_at) == (
        "120",
        "archived by hand",
        now(),
        now(60),
    )
    assert journal.ids() == {}
    assert journal.by_mark("m") == []


def test_forgetting_what_is_not_live_says_so(journal, ad, now):
    assert not journal.forget_object(ad(1), now(), "archived")


def test_another_id_for_an_address_makes_the_first_one_history(journal, ad, now):
    journal.record_object(ad(1), "act_1", "120", "m", now())
    journal.record_object(ad(1), "act_1", "121", "m", now(5))
    assert journal.ids() == {ad(1): "121"}
    assert [(one.id, one.reason) for one in journal.objects("gone")] == [("120", "replaced by 121")]


def test_recording_the_same_again_changes_nothing(journal, ad, now):
    for seconds in (0, 5):
        journal.record_object(ad(1), "act_1", "120", "m", now(seconds))
    assert [one.updated_at for one in journal.objects()] == [now()]


def test_a_new_mark_for_the_same_object_is_kept(journal, ad, now):
    journal.record_object(ad(1), "act_1", "120", "old", now())
    journal.record_object(ad(1), "act_1", "120", "new", now(5))
    (record,) = journal.objects()
    assert (record.mark, record.created_at, record.updated_at) == ("new", now(), now(5))


@pytest.mark.parametrize("count", [3, 1200])
def test_many_objects_are_recorded_and_forgotten_in_one_transaction_each(journal, ad, now, count):
    journal.record_objects([Bearer(ad(n), "act_1", f"id{n}", f"m{n}") for n in range(count)], now())
    changed = [Bearer(ad(n), "act_1", f"id{n}" if n % 2 else f"new{n}", f"m{n}") for n in range(count)]
    journal.record_objects(changed, now(5))
    assert journal.ids() == {one.address: one.id for one in changed}
    assert journal.forget_objects([ad(n) for n in range(0, count + 7)], now(9), "destroyed") == count
    assert journal.ids() == {}


def test_one_call_naming_an_address_twice_keeps_the_last(journal, ad, now):
    journal.record_objects([Bearer(ad(1), "act_1", "1", "m"), Bearer(ad(1), "act_1", "2", "m")], now())
    assert [(one.id, one.state) for one in journal.objects()] == [("2", "live")]


def test_a_moved_object_keeps_id_and_mark_and_the_log_says_so(journal, ad, now):
    journal.record_object(ad(1), "act_1", "120", "m", now())
    journal.move_object(ad(1), ad(2), now(5), actor="ayse")
    assert journal.ids() == {ad(2): "120"}
    assert [one.address for one in journal.by_mark("m")] == [ad(2)]
    (event,) = journal.events("moved")
    assert (event.actor, event.address) == ("ayse", ad(2))
    assert event.detail == {"from": str(ad(1)), AFTER: journal.last_intent()}


def test_nothing_moves_from_or_to_the_wrong_place(journal, ad, now):
    with pytest.raises(UnknownRecord, match="eve/1"):
        journal.move_object(ad(1), ad(2), now())
    journal.record_objects([Bearer(ad(n), "act_1", f"id{n}", f"m{n}") for n in (1, 2)], now())
    with pytest.raises(LedgerConflict, match="eve/2"):
        journal.move_object(ad(1), ad(2), now())
    assert journal.ids() == {ad(1): "id1", ad(2): "id2"}
    assert journal.events() == []


def test_after_a_move_the_old_address_may_be_taken_by_another_bearer_of_its_mark(journal, ad, now):
    journal.record_object(ad(1), "act_1", "120", "m", now())
    journal.move_object(ad(1), ad(2), now())
    journal.record_object(ad(1), "act_1", "121", "m", now())
    assert {one.address: one.id for one in journal.by_mark("m")} == {ad(2): "120", ad(1): "121"}
