import pytest

from journal.errors import JournalError, LedgerConflict, UnknownRecord
from journal.records import Settlement


def outcomes(journal, run):
    return [intent.outcome for intent in journal.intents(run=run)]


def test_intents_are_written_in_order_and_open_until_settled(journal, run, row, ad, plan_digest, now):
    numbers = journal.intend(run, [row(n, payload={"name": "Kadıköy", "bid": 250}) for n in range(3)], now(1))
    found = journal.open_intents()
    assert [intent.intent_id for intent in found] == numbers == sorted(numbers)
    first = found[0]
    assert (first.address, first.account, first.operation, first.phase) == (ad(0), "act_1", "create", "build")
    assert (first.payload, first.mark, first.at) == ({"name": "Kadıköy", "bid": 250}, "mark0", now(1))
    assert (first.run_id, first.digest, first.outcome, first.is_open) == (run, plan_digest, None, True)


def test_an_applied_create_is_ours_at_once(journal, run, row, ad, now):
    (number,) = journal.intend(run, [row(1)], now())
    journal.settle(number, "applied", now(2), id="120")
    (record,) = journal.objects()
    assert (record.address, record.account, record.id, record.mark) == (ad(1), "act_1", "120", "mark1")
    (intent,) = journal.intents(run=run)
    assert (intent.outcome, intent.id, intent.settled_at) == ("applied", "120", now(2))
    assert journal.open_intents() == []


def test_an_applied_archive_is_gone_at_once(journal, run, row, ad, now):
    journal.record_object(ad(1), "act_1", "120", "m", now())
    (number,) = journal.intend(run, [row(1, "archive", id="120", payload={})], now())
    journal.settle(number, "applied", now(2))
    assert journal.ids() == {}
    assert [one.reason for one in journal.objects("gone")] == ["archived"]


def test_archiving_the_replaced_object_does_not_forget_its_successor(journal, run, row, ad, now):
    journal.record_object(ad(1), "act_1", "old", "m", now())
    create, archive = journal.intend(run, [row(1), row(1, "archive", id="old")], now())
    journal.settle(create, "applied", now(1), id="new")
    journal.settle(archive, "applied", now(2))
    assert journal.ids() == {ad(1): "new"}


@pytest.mark.parametrize("outcome", ["refused", "unknown", "abandoned"])
def test_only_an_applied_outcome_changes_what_is_ours(journal, run, row, ad, now, outcome):
    journal.record_object(ad(2), "act_1", "200", "m2", now())
    create, archive = journal.intend(run, [row(1), row(2, "archive", id="200")], now())
    both = [Settlement(number, outcome, code="100", message="no") for number in (create, archive)]
    journal.settle_many(both, now(1))
    assert journal.ids() == {ad(2): "200"}
    assert [(i.outcome, i.code, i.message) for i in journal.intents()] == [(outcome, "100", "no")] * 2


def test_an_unknown_outcome_stays_open_until_resolved_and_the_log_keeps_both(journal, run, row, ad, now):
    (number,) = journal.intend(run, [row(1)], now())
    journal.settle(number, "unknown", now(1), message="connection lost")
    assert [intent.outcome for intent in journal.open_intents()] == ["unknown"]
    journal.settle(number, "applied", now(2), id="120")
    assert journal.ids() == {ad(1): "120"}
    (event,) = journal.events("resolved")
    assert (event.address, event.detail["was"], event.detail["is"]) == (ad(1), "connection lost", "applied")


def test_a_create_whose_outcome_is_not_known_cannot_be_intended_again(journal, run, row, now):
    (number,) = journal.intend(run, [row(1)], now())
    for _ in range(2):
        with pytest.raises(LedgerConflict, match="still open"):
            journal.intend(run, [row(2), row(1)], now(1))
        journal.settle(number, "unknown", now(2))
    assert len(journal.intents()) == 1
    journal.settle(number, "abandoned", now(3), message="no bearer of the mark")
    assert len(journal.intend(run, [row(2), row(1)], now(4))) == 2


def test_what_is_settled_stays_settled(journal, run, row, now):
    (number,) = journal.intend(run, [row(1)], now())
    journal.settle(number, "applied", now(1), id="120")
    journal.settle(number, "applied", now(2), id="120")
    with pytest.raises(LedgerConflict, match="applied"):
        journal.settle(number, "refused", now(3))
    with pytest.raises(LedgerConflict, match="applied"):
        journal.settle(number, "applied", now(3), id="121")
    assert [intent.settled_at for intent in journal.intents()] == [now(1)]


def test_a_batch_is_settled_as_a_whole_or_not_at_all(journal, run, row, now):
    first, second = journal.intend(run, [row(1), row(2)], now())
    with pytest.raises(JournalError, match="has no id"):
        journal.settle_many([Settlement(first, "applied", "120"), Settlement(second, "applied")], now(1))
    with pytest.raises(UnknownRecord, match="999"):
        journal.settle_many([Settlement(first, "applied", "120"), Settlement(999, "refused")], now(1))
    with pytest.raises(JournalError, match="twice"):
        journal.settle_many([Settlement(first, "refused"), Settlement(first, "unknown")], now(1))
    assert outcomes(journal, run) == [None, None]
    assert journal.ids() == {}


def test_more_intents_than_one_statement_takes_are_settled_together(journal, run, row, now):
    numbers = journal.intend(run, [row(n) for n in range(1200)], now())
    journal.settle_many([Settlement(number, "applied", f"id{number}") for number in numbers], now(1))
    assert len(journal.ids()) == 1200
    assert journal.open_intents() == []


def test_a_pause_needs_no_plan(journal, row, now):
    run = journal.begin_run(None, "ayse", "laptop", now())
    (number,) = journal.intend(run, [row(1, "pause", id="120", payload={})], now())
    journal.settle(number, "applied", now(1))
    journal.finish_run(run, "done", now(2))
    (record,) = journal.runs()
    assert (record.digest, record.status, record.finished_at) == (None, "done", now(2))


def test_a_run_with_open_intents_cannot_be_called_done(journal, run, row, ad, now):
    (number,) = journal.intend(run, [row(1)], now())
    with pytest.raises(LedgerConflict, match="eve/1"):
        journal.finish_run(run, "done", now(1))
    journal.settle(number, "refused", now(2))
    journal.finish_run(run, "done", now(3))
    with pytest.raises(LedgerConflict, match="finished"):
        journal.intend(run, [row(2)], now(4))


@pytest.mark.parametrize("status", ["failed", "interrupted"])
def test_a_run_may_fail_with_open_intents_and_they_stay_open(journal, run, row, now, status):
    journal.intend(run, [row(1)], now())
    assert [one.run_id for one in journal.runs("running")] == [run]
    journal.finish_run(run, status, now(1))
    assert journal.runs("running") == []
    assert len(journal.open_intents()) == 1


def test_a_run_nobody_began_is_unknown(journal, row, now):
    with pytest.raises(UnknownRecord, match="41"):
        journal.intend(41, [row(1)], now())
    with pytest.raises(UnknownRecord, match="41"):
        journal.finish_run(41, "done", now())


def test_intents_are_found_by_run_and_by_plan(journal, run, row, plan_digest, now):
    again = journal.begin_run(plan_digest, "ayse", "laptop", now(1))
    other = journal.begin_run(None, "ayse", "laptop", now(2))
    for number, each in enumerate((run, again, other)):
        journal.intend(each, [row(number)], now(3))
    assert [intent.run_id for intent in journal.intents(digest=plan_digest)] == [run, again]
    assert [intent.run_id for intent in journal.intents(run=other)] == [other]
    assert [intent.run_id for intent in journal.intents()] == [run, again, other]


def test_settled_answers_what_was_raised_and_edited_since(journal, run, row, now):
    rows = [
        row(1, "update", id="1", payload={"before": {"daily_budget": 100}, "after": {"daily_budget": 120}}),
        row(2, "update", id="2", payload={"before": {"name": "a"}, "after": {"name": "b"}}),
        row(3, payload={"daily_budget": 500}),
        row(4, "update", id="4", payload={"before": {}, "after": {"daily_budget": 1}}),
        row(5, "update", id="5", payload={"before": {}, "after": {"daily_budget": 2}}),
    ]
    first, second, third, fourth, fifth = journal.intend(run, rows, now())
    journal.settle(first, "applied", now(10))
    journal.settle_many([Settlement(second, "applied"), Settlement(third, "applied", "3")], now(20))
    journal.settle(fourth, "refused", now(20))
    journal.settle(fifth, "unknown", now(20))

    def numbers(*given, **named):
        return [intent.intent_id for intent in journal.settled(*given, **named)]

    assert numbers(now()) == [first, second, third]
    assert numbers(now(11)) == [second, third]
    assert numbers(now(), ["update"]) == [first, second]
    assert numbers(now(), fields=["daily_budget"]) == [first, third]
    assert numbers(now(), fields=["daily_budget"], outcomes=["applied", "unknown"]) == [first, third, fifth]
