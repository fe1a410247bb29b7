import csv
import io
import json

import pytest

from journal.audit import as_json
from journal.records import Settlement, Wanted


def story(journal, row, ad, digest, now):
    journal.record_plan(digest, "plans/1.json", "live", now(0), {"creates": 2}, "passed")
    journal.approve(digest, "client", now(1), now(hours=24), "text-digest", "mail")
    run = journal.begin_run(digest, "ayse", "laptop", now(2))
    first, second = journal.intend(run, [row(1), row(2)], now(3))
    refusal = Settlement(second, "refused", code="1885183", message="=Görsel çok küçük")
    journal.settle_many([Settlement(first, "applied", "120"), refusal], now(4))
    journal.finish_run(run, "failed", now(5))
    journal.event("drift found", now(6), "=ayse", {"field": "name"}, ad(1))
    journal.revoke(digest, "lead", now(7))


KINDS = ["plan", "approve", "run started", "create", "create", "run failed", "drift found", "revoke"]


def test_the_log_tells_everything_in_order(journal, row, ad, plan_digest, now):
    story(journal, row, ad, plan_digest, now)
    log = journal.log()
    assert [line.kind for line in log] == KINDS
    assert [line.at for line in log] == [now(s) for s in (0, 1, 2, 4, 4, 5, 6, 7)]
    assert [line.actor for line in log] == ["", "client", *["ayse"] * 4, "=ayse", "lead"]
    assert [line.address for line in log if line.address] == [ad(1), ad(2), ad(1)]


def test_each_line_carries_its_detail(journal, row, ad, plan_digest, now):
    story(journal, row, ad, plan_digest, now)
    plan, approval, started, created, refused, _, drift, _ = (line.detail for line in journal.log())
    assert (plan["digest"], plan["summary"], plan["verdict"]) == (plan_digest, {"creates": 2}, "passed")
    assert (approval["shown"], approval["evidence"]) == ("text-digest", "mail")
    assert started["host"] == "laptop"
    assert (created["outcome"], created["id"], created["payload"]) == ("applied", "120", {"name": "ad 1"})
    assert (refused["outcome"], refused["code"]) == ("refused", "1885183")
    assert drift == {"field": "name"}


def test_an_intent_nobody_settled_is_in_the_log_as_open(journal, run, row, now):
    journal.intend(run, [row(1)], now(1))
    assert journal.log()[-1].detail["outcome"] == "open"


def test_the_log_is_bounded_by_time_and_number(journal, row, ad, plan_digest, now):
    story(journal, row, ad, plan_digest, now)
    assert [line.kind for line in journal.log(since=now(2), until=now(5))] == KINDS[2:5]
    assert [line.kind for line in journal.log(limit=3)] == KINDS[-3:]
    assert journal.log(limit=0) == []


def test_the_log_exports_as_csv_that_no_spreadsheet_runs(journal, row, ad, plan_digest, now):
    story(journal, row, ad, plan_digest, now)
    lines = list(csv.DictReader(io.StringIO(journal.log_csv())))
    assert [line["kind"] for line in lines] == KINDS
    assert lines[6]["actor"] == "'=ayse"
    assert lines[4]["address"] == str(ad(2))
    assert "Görsel çok küçük" in lines[4]["detail"]
    assert not any(cell.startswith("=") for line in lines for cell in line.values())


def test_events_are_found_by_kind_and_time(journal, ad, now):
    journal.event("pause", now(1), "ayse", {"keys": ["yil-sonu"]})
    journal.event("load", now(2), "flow", {"rows": 12})
    journal.event("pause", now(3), "can", {"keys": "all"})
    assert [event.actor for event in journal.events("pause")] == ["ayse", "can"]
    assert [event.kind for event in journal.events(since=now(2))] == ["load", "pause"]
    assert [event.actor for event in journal.events("pause", since=now(2))] == ["can"]


@pytest.mark.parametrize(
    ("wanted", "kinds"),
    [
        (Wanted(actor="client"), ["approve"]),
        (Wanted(kind="create"), ["create", "create"]),
        (Wanted(key="yil-sonu/eve/1"), ["create", "drift found"]),
        (Wanted(key="yil-sonu"), ["create", "create", "drift found"]),
        (Wanted(key="yil-sonu/ev"), []),
        (Wanted(key="yil-sonu", actor="ayse"), ["create", "create"]),
    ],
)
def test_the_log_is_asked_for_a_key_a_person_or_a_kind(journal, row, ad, plan_digest, now, wanted, kinds):
    story(journal, row, ad, plan_digest, now)
    assert [line.kind for line in journal.log(wanted=wanted)] == kinds
    assert [line.kind for line in journal.log(wanted=wanted, limit=1)] == kinds[-1:]


def test_the_log_as_json_has_approvals_and_what_was_sent(journal, row, ad, plan_digest, now):
    story(journal, row, ad, plan_digest, now)
    document = json.loads(as_json(journal.log()))
    assert document["version"] == 1
    lines = {line["kind"]: line for line in document["log"]}
    assert lines["approve"]["detail"]["evidence"] == "mail"
    assert lines["create"]["detail"]["payload"] == {"name": "ad 2"}
    assert lines["create"]["at"] == now(4).isoformat()
