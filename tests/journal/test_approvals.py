import pytest

from journal.errors import UnknownRecord
from journal.tables import NaiveTimestamp


@pytest.fixture
def planned(journal, plan_digest, now):
    journal.record_plan(plan_digest, "plans/1.json", "live", now(), {"creates": 2}, "passed")
    return plan_digest


def approve(journal, digest, by, at, expires_at):
    return journal.approve(digest, by, at, expires_at, shown="text-digest", evidence="mail of 2 November")


def test_a_plan_is_kept_under_its_digest(journal, planned, now):
    plan = journal.plan(planned)
    assert (plan.path, plan.environment, plan.created_at) == ("plans/1.json", "live", now())
    assert (plan.summary, plan.verdict) == ({"creates": 2}, "passed")
    assert journal.plan("another") is None


def test_the_same_plan_again_renews_its_file_and_verdict_but_not_its_birth(journal, planned, now):
    journal.record_plan(planned, "plans/2.json", "live", now(60), {"creates": 2}, "refused")
    (plan,) = journal.plans()
    assert (plan.path, plan.verdict, plan.created_at) == ("plans/2.json", "refused", now())


def test_an_approval_counts_until_the_instant_it_expires(journal, planned, now):
    given = approve(journal, planned, "client", now(), now(hours=24))
    assert journal.approval(planned, now(hours=23)) == given
    assert journal.approval(planned, now(hours=24)) is None
    assert journal.approvals() == [given]


def test_an_approval_of_one_plan_is_none_of_another(journal, planned, now):
    approve(journal, planned, "client", now(), now(hours=24))
    assert journal.approval("another", now()) is None


def test_a_revoked_approval_counts_no_more_but_stays_on_record(journal, planned, now):
    approve(journal, planned, "client", now(), now(hours=24))
    approve(journal, planned, "lead", now(), now(hours=48))
    assert journal.revoke(planned, "client", now(60)) == 2
    assert journal.approval(planned, now(61)) is None
    assert [(one.revoked_by, one.revoked_at) for one in journal.approvals()] == [("client", now(60))] * 2
    assert journal.revoke(planned, "client", now(62)) == 0


def test_of_two_standing_approvals_the_longer_one_counts(journal, planned, now):
    approve(journal, planned, "client", now(), now(hours=48))
    approve(journal, planned, "lead", now(1), now(hours=2))
    assert journal.approval(planned, now(2)).by == "client"


def test_a_plan_nobody_recorded_cannot_be_approved_or_run(journal, now):
    with pytest.raises(UnknownRecord, match="feed"):
        approve(journal, "feed", "client", now(), now(hours=1))
    with pytest.raises(UnknownRecord, match="feed"):
        journal.begin_run("feed", "ayse", "laptop", now())
    assert (journal.approvals(), journal.runs()) == ([], [])


def test_a_one_time_code_works_once_for_each_approver(journal, now):
    assert journal.use_code("client", 58_123_456, now())
    assert not journal.use_code("client", 58_123_456, now(1))
    assert journal.use_code("client", 58_123_457, now(2))
    assert journal.use_code("lead", 58_123_456, now(3))


def test_a_timestamp_without_a_time_zone_is_refused(journal, planned, now):
    with pytest.raises(NaiveTimestamp, match="aware"):
        approve(journal, planned, "client", now().replace(tzinfo=None), now(hours=1))
    assert journal.approvals() == []
