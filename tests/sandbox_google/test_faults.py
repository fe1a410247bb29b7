"""Faults that strike inside an answer, or the work that a call begins, met by the unchanged SDK."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from google.api_core import exceptions

from sandbox.google.faults import KINDS
from tests.sandbox_google.conftest import CUSTOMER, code_of
from tests.sandbox_google.test_batches import add, create, label, listed, run
from tests.sandbox_google.test_experiments import arms, experiment, names, running, status
from tests.sandbox_google.test_offline_jobs import job, person
from tests.sandbox_google.test_offline_jobs import service as jobs_service
from tests.sandbox_google.test_quotas import served

HERE = Path(__file__).parent


def strike(ads: Any, kind: str, method: str, **more: Any) -> None:
    ads.sandbox.add_fault({"kind": kind, "method": method, **more})


def prepared(ads: Any) -> str:
    campaign, _, _ = ads.tree()
    of = experiment(ads)
    arms(ads, of, campaign)
    return of


def schedule(ads: Any, of: str) -> Any:
    return ads.service("ExperimentService").schedule_experiment(resource_name=of)


def unfinished(operation: Any) -> bool:
    """Whether it does not end while somebody waits a moment."""
    with pytest.raises(TimeoutError):
        operation.result(timeout=0.1)
    return not operation.done()


# -- the life of an operation -------------------------------------------------------------------------------


def test_an_experiment_is_initiated_until_somebody_asks_how_it_stands(ads: Any) -> None:
    of = prepared(ads)
    operation = schedule(ads, of)
    assert status(ads) == "INITIATED"
    assert status(ads) == "ENABLED"
    assert operation.metadata.experiment == of
    assert operation.result(timeout=20) is not None
    assert names(ads) == {"yil-sonu", "yil-sonu [deney]"}


def test_a_day_that_goes_by_makes_the_campaigns_too(ads: Any) -> None:
    schedule(ads, prepared(ads))
    found = ads.sandbox.lines(ads.clock.today(ads.sandbox.world.zone))
    assert {line.name.split("/")[0] for line in found} == {"yil-sonu", "yil-sonu [deney]"}


def test_what_was_initiated_goes_on_after_a_restart_and_is_not_done_twice(ads: Any) -> None:
    of = prepared(ads)
    first = schedule(ads, of)
    first.result(timeout=20)
    first.result(timeout=20)
    assert len(names(ads, "PARAMETERS include_drafts = true")) == 2
    assert ads.refused(lambda: schedule(ads, of))[0][0] == "experiment_error.STATUS_TRANSITION_INVALID"


def test_scheduling_that_is_only_validated_changes_nothing(ads: Any) -> None:
    of = prepared(ads)
    request = {"resource_name": of, "validate_only": True}
    ads.service("ExperimentService").schedule_experiment(request=request)
    assert [status(ads), status(ads)] == ["SETUP", "SETUP"]


def test_a_promotion_is_in_progress_until_somebody_asks(ads: Any) -> None:
    of, _, _ = running(ads)
    operation = ads.service("ExperimentService").promote_experiment(resource_name=of)
    query = "SELECT experiment.status, experiment.promote_status FROM experiment"
    seen = [(row.status.name, row.promote_status.name) for row in
            (ads.query(query)[0].experiment for _ in range(2))]  # fmt: skip
    assert seen == [("ENABLED", "IN_PROGRESS"), ("PROMOTED", "COMPLETED")]
    assert operation.metadata.experiment == of


def test_an_experiment_that_is_removed_takes_its_campaign_with_it(ads: Any) -> None:
    of, base, treatment = running(ads)
    ads.mutate("experiments", {"remove": of})
    rows = ads.query("SELECT campaign.resource_name, campaign.status FROM campaign")
    assert {row.campaign.resource_name: row.campaign.status.name for row in rows} == {
        base: "ENABLED",
        treatment: "REMOVED",
    }


# -- stuck and failed ---------------------------------------------------------------------------------------


def test_scheduling_that_is_stuck_never_ends(ads: Any) -> None:
    of = prepared(ads)
    strike(ads, "stuck", "ExperimentService.ScheduleExperiment")
    assert unfinished(schedule(ads, of))
    ads.clock.advance(1)
    assert ads.sandbox.lines(ads.clock.today(ads.sandbox.world.zone))
    assert [status(ads), status(ads)] == ["INITIATED", "INITIATED"]


def test_scheduling_that_fails_leaves_the_experiment_to_be_scheduled_anew(ads: Any) -> None:
    of = prepared(ads)
    strike(ads, "failed", "ExperimentService.ScheduleExperiment")
    with pytest.raises(exceptions.GoogleAPICallError, match="internal error"):
        schedule(ads, of).result(timeout=20)
    assert status(ads) == "SETUP"
    assert names(ads) == {"yil-sonu"}
    (error,) = ads.service("ExperimentService").list_experiment_async_errors(resource_name=of)
    failure = ads.client.get_type("GoogleAdsFailure")
    found = type(failure).deserialize(error.details[0].value).errors
    assert [code_of(one) for one in found] == ["internal_error.INTERNAL_ERROR"]
    schedule(ads, of).result(timeout=20)
    assert status(ads) == "ENABLED"


def test_a_promotion_that_fails_changes_nothing(ads: Any) -> None:
    of, _, _ = running(ads)
    strike(ads, "failed", "ExperimentService.PromoteExperiment")
    service = ads.service("ExperimentService")
    with pytest.raises(exceptions.GoogleAPICallError):
        service.promote_experiment(resource_name=of).result(timeout=20)
    row = ads.query("SELECT experiment.status, experiment.promote_status FROM experiment")[0].experiment
    assert (row.status.name, row.promote_status.name) == ("ENABLED", "FAILED")
    service.promote_experiment(resource_name=of).result(timeout=20)
    assert status(ads) == "PROMOTED"


def test_a_batch_job_that_is_stuck_runs_for_ever_and_does_nothing(ads: Any) -> None:
    job_name = create(ads)
    add(ads, job_name, label("a"))
    strike(ads, "stuck", "BatchJobService.RunBatchJob")
    assert unfinished(run(ads, job_name))
    assert ads.refused(lambda: listed(ads, job_name))[0][0] == "batch_job_error.RESULTS_NOT_READY"
    assert ads.query("SELECT label.name FROM label") == []


def test_a_batch_job_that_fails_may_run_anew(ads: Any) -> None:
    job_name = create(ads)
    add(ads, job_name, label("a"))
    strike(ads, "failed", "BatchJobService.RunBatchJob")
    with pytest.raises(exceptions.GoogleAPICallError):
        run(ads, job_name).result(timeout=20)
    again = run(ads, job_name)
    again.result(timeout=20)
    assert again.metadata.operation_count == 1
    assert [row.label.name for row in ads.query("SELECT label.name FROM label")] == ["a"]


def test_asking_how_an_operation_stands_may_itself_be_cut_off(ads: Any) -> None:
    operation = schedule(ads, prepared(ads))
    strike(ads, "unavailable", "Operations.GetOperation")
    with pytest.raises(exceptions.ServiceUnavailable):
        operation._refresh(retry=None)
    assert operation.result(timeout=20) is not None


@pytest.fixture(scope="module")
def allowlisted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    yield from served(tmp_path_factory.mktemp("allowlisted"), uploads="allowlisted")


@pytest.mark.parametrize(("kind", "ends"), [("stuck", "RUNNING"), ("failed", "FAILED")])
def test_a_job_of_members_may_be_stuck_or_fail(allowlisted: Any, kind: str, ends: str) -> None:
    allowlisted.sandbox.reset()
    name = job(allowlisted)
    operations = [{"create": person("ali")}]
    service = jobs_service(allowlisted)
    service.add_offline_user_data_job_operations(request={"resource_name": name, "operations": operations})
    strike(allowlisted, kind, "OfflineUserDataJobService.RunOfflineUserDataJob")
    operation = service.run_offline_user_data_job(resource_name=name)
    if kind == "stuck":
        assert unfinished(operation)
    else:
        with pytest.raises(exceptions.GoogleAPICallError):
            operation.result(timeout=20)
    query = "SELECT offline_user_data_job.status FROM offline_user_data_job"
    assert allowlisted.query(query)[0].offline_user_data_job.status.name == ends


# -- inside an answer ---------------------------------------------------------------------------------------


def test_a_page_may_be_empty_and_have_a_next(ads: Any) -> None:
    ads.create("labels", name="a")
    strike(ads, "empty_page", "GoogleAdsService.Search")
    service = ads.service("GoogleAdsService")
    pager = service.search(customer_id=CUSTOMER, query="SELECT label.name FROM label")
    pages = list(pager.pages)
    assert [len(page.results) for page in pages] == [0, 1]
    assert pages[0].next_page_token


def test_a_stream_may_begin_with_an_empty_batch(ads: Any) -> None:
    ads.create("labels", name="a")
    strike(ads, "empty_page", "GoogleAdsService.SearchStream")
    stream = ads.service("GoogleAdsService").search_stream(
        customer_id=CUSTOMER, query="SELECT label.name FROM label"
    )
    assert [len(batch.results) for batch in stream] == [0, 1]


def test_some_operations_of_a_partial_failure_may_be_throttled(ads: Any) -> None:
    strike(ads, "partial", "LabelService.MutateLabels")
    operations = [{"create": {"name": name}} for name in "abcd"]
    answer = ads.mutate("labels", *operations, partial_failure=True)
    assert [bool(result.resource_name) for result in answer.results] == [True, False, True, False]
    failure = ads.client.get_type("GoogleAdsFailure")
    (detail,) = answer.partial_failure_error.details
    errors = type(failure).deserialize(detail.value).errors
    assert {code_of(error) for error in errors} == {"quota_error.RESOURCE_TEMPORARILY_EXHAUSTED"}
    assert [error.location.field_path_elements[0].index for error in errors] == [1, 3]
    assert all(error.details.quota_error_details.retry_delay.seconds == 1 for error in errors)
    assert [row.label.name for row in ads.query("SELECT label.name FROM label")] == ["a", "c"]


def test_somebody_may_edit_between_reading_and_writing(ads: Any) -> None:
    campaign, *_ = ads.tree()
    read = ads.query("SELECT campaign.status, campaign.name FROM campaign")[0].campaign
    ads.sandbox.edit(campaign, {"status": "PAUSED", "name": "elle"})
    ads.update("campaigns", campaign, ["name"], name="bahar")
    now = ads.query("SELECT campaign.status, campaign.name FROM campaign")[0].campaign
    assert (read.status.name, now.status.name, now.name) == ("ENABLED", "PAUSED", "bahar")


def test_every_kind_of_fault_is_met_by_a_test() -> None:
    texts = "\n".join(path.read_text(encoding="utf-8") for path in HERE.glob("test_*.py"))
    assert {kind for kind in KINDS if not re.search(rf'"{kind}"', texts)} == set()
