"""Batch jobs through the SDK: collected, run once, polled as a long-running operation, results listed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox_google.conftest import CUSTOMER, NO_POLITICS, ROOT


def create(ads: Any) -> str:
    request = {"customer_id": CUSTOMER, "operation": {"create": {}}}
    return str(ads.service("BatchJobService").mutate_batch_job(request=request).result.resource_name)


def add(ads: Any, job: str, *operations: dict[str, Any], token: str = "") -> Any:
    request = {"resource_name": job, "mutate_operations": list(operations), "sequence_token": token}
    return ads.service("BatchJobService").add_batch_job_operations(request=request)


def run(ads: Any, job: str) -> Any:
    return ads.service("BatchJobService").run_batch_job(resource_name=job)


def listed(ads: Any, job: str, **options: Any) -> list[Any]:
    request = {"resource_name": job, **options}
    return list(ads.service("BatchJobService").list_batch_job_results(request=request))


def status(ads: Any) -> str:
    return str(ads.query("SELECT batch_job.status FROM batch_job")[0].batch_job.status.name)


def label(name: str) -> dict[str, Any]:
    return {"label_operation": {"create": {"name": name}}}


def test_a_job_builds_a_tree_with_temporary_names_over_several_requests(ads: Any) -> None:
    job = create(ads)
    budget, campaign = f"{ROOT}/campaignBudgets/-1", f"{ROOT}/campaigns/-2"
    money = {"resource_name": budget, "amount_micros": 9_000_000, "explicitly_shared": False}
    fields = {
        "resource_name": campaign,
        "campaign_budget": budget,
        "name": "toplu",
        "manual_cpc": {},
        "advertising_channel_type": "SEARCH",
        "contains_eu_political_advertising": NO_POLITICS,
    }
    first = add(ads, job, {"campaign_budget_operation": {"create": money}})
    assert first.total_operations == 1
    group = {"campaign": campaign, "name": "grup"}
    rest = [{"campaign_operation": {"create": fields}}, {"ad_group_operation": {"create": group}}]
    second = add(ads, job, *rest, token=first.next_sequence_token)
    assert (second.total_operations, status(ads)) == (3, "PENDING")
    operation = run(ads, job)
    assert not operation.done() or operation.operation.name
    operation.result(timeout=20)
    assert status(ads) == "DONE"
    names = [each.mutate_operation_response for each in listed(ads, job)]
    assert names[1].campaign_result.resource_name.startswith(f"{ROOT}/campaigns/")
    rows = ads.query("SELECT ad_group.name, campaign.name FROM ad_group")
    assert [(row.ad_group.name, row.campaign.name) for row in rows] == [("grup", "toplu")]


def test_each_operation_of_a_job_fails_for_itself(ads: Any) -> None:
    job = create(ads)
    add(ads, job, label("bir"), label("bir"), label("iki"))
    run(ads, job).result(timeout=20)
    found = listed(ads, job, page_size=2)
    assert [bool(each.status.code) for each in found] == [False, True, False]
    assert found[1].status.details
    assert len(ads.query("SELECT label.id FROM label")) == 2


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (lambda ads, job: add(ads, job), "EMPTY_OPERATIONS"),
        (lambda ads, job: add(ads, job, label("a"), token="falsch"), "INVALID_SEQUENCE_TOKEN"),
        (lambda ads, job: listed(ads, job), "RESULTS_NOT_READY"),
    ],
)
def test_what_a_job_that_has_not_run_refuses(ads: Any, act: Any, code: str) -> None:
    job = create(ads)
    assert ads.refused(lambda: act(ads, job))[0][0] == f"batch_job_error.{code}"


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (lambda ads, job: add(ads, job, label("b")), "CANNOT_MODIFY_JOB_AFTER_JOB_STARTS_RUNNING"),
        (run, "CANNOT_MODIFY_JOB_AFTER_JOB_STARTS_RUNNING"),
        (lambda ads, job: listed(ads, job, page_size=1001), "INVALID_PAGE_SIZE"),
        (
            lambda ads, job: ads.service("BatchJobService").mutate_batch_job(
                request={"customer_id": CUSTOMER, "operation": {"remove": job}}
            ),
            "CAN_ONLY_REMOVE_PENDING_JOB",
        ),
    ],
)
def test_what_a_job_that_has_run_refuses(ads: Any, act: Any, code: str) -> None:
    job = create(ads)
    add(ads, job, label("a"))
    run(ads, job)
    assert ads.refused(lambda: act(ads, job))[0][0] == f"batch_job_error.{code}"


def test_a_pending_job_can_be_removed(ads: Any) -> None:
    job = create(ads)
    add(ads, job, label("a"))
    ads.service("BatchJobService").mutate_batch_job(
        request={"customer_id": CUSTOMER, "operation": {"remove": job}}
    )
    assert ads.query("SELECT batch_job.id FROM batch_job") == []
    assert ads.refused(lambda: run(ads, job))[0][0] == "mutate_error.RESOURCE_NOT_FOUND"


def test_customer_match_uploads_are_closed_to_newcomers_since_april_2026(ads: Any) -> None:
    service = ads.service("OfflineUserDataJobService")
    match = {"type_": "CUSTOMER_MATCH_USER_LIST"}
    refused = ads.refused(lambda: service.create_offline_user_data_job(customer_id=CUSTOMER, job=match))
    assert refused == [("not_allowlisted_error.CUSTOMER_NOT_ALLOWLISTED_FOR_THIS_FEATURE", "")]
