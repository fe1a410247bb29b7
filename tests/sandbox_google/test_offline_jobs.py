"""Offline user data jobs of an account that may use them: their life, what they bring, what is refused."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import pytest
from google.api_core import exceptions

from tests.sandbox_google.conftest import CUSTOMER, ROOT
from tests.sandbox_google.test_quotas import served
from tests.sandbox_google.test_userlists import made, operand, sizes


@pytest.fixture(scope="module")
def allowlisted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    yield from served(tmp_path_factory.mktemp("allowlisted"), uploads="allowlisted")


@pytest.fixture
def jobs(allowlisted: Any) -> Any:
    allowlisted.sandbox.reset()
    return allowlisted


def service(ads: Any) -> Any:
    return ads.service("OfflineUserDataJobService")


def customers(ads: Any, key: str = "CONTACT_INFO", **info: Any) -> str:
    return str(
        ads.create("user_lists", name="müşteriler", crm_based_user_list={"upload_key_type": key} | info)
    )


def job(ads: Any, user_list: str | None = None, **fields: Any) -> str:
    given = {"type_": "CUSTOMER_MATCH_USER_LIST",
             "customer_match_user_list_metadata": {"user_list": user_list or customers(ads)}}  # fmt: skip
    request = {"customer_id": CUSTOMER, "job": given | fields}
    return str(service(ads).create_offline_user_data_job(request=request).resource_name)


def hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def person(name: str, **more: Any) -> dict[str, Any]:
    return {"user_identifiers": [{"hashed_email": hashed(f"{name}@lezzet.example")}], **more}


def send(ads: Any, of: str, *operations: dict[str, Any], **more: Any) -> Any:
    request = {"resource_name": of, "operations": list(operations), **more}
    return service(ads).add_offline_user_data_job_operations(request=request)


def run(ads: Any, of: str) -> None:
    service(ads).run_offline_user_data_job(resource_name=of).result(timeout=20)


def status(ads: Any) -> Any:
    columns = "offline_user_data_job.status, offline_user_data_job.operation_metadata.match_rate_range"
    return ads.query(f"SELECT {columns} FROM offline_user_data_job")[-1].offline_user_data_job


def size(ads: Any, user_list: str) -> int:
    return int(sizes(ads, user_list)[0])


def test_a_job_waits_until_it_is_run_and_its_members_count_from_the_next_day(jobs: Any) -> None:
    user_list = customers(jobs)
    of = job(jobs, user_list)
    send(jobs, of, *({"create": person(f"m{n}")} for n in range(300)))
    assert status(jobs).status.name == "PENDING"
    run(jobs, of)
    done = status(jobs)
    assert done.status.name == "SUCCESS"
    assert done.operation_metadata.match_rate_range.name.startswith("MATCH_RANGE_5")
    jobs.clock.advance(1)
    assert 140 < size(jobs, user_list) < 190


def test_jobs_remove_members_and_empty_lists(jobs: Any) -> None:
    user_list = customers(jobs)
    first = job(jobs, user_list)
    send(jobs, first, *({"create": person(f"m{n}")} for n in range(100)))
    run(jobs, first)
    second = job(jobs, user_list)
    send(jobs, second, *({"remove": person(f"m{n}")} for n in range(50)))
    run(jobs, second)
    jobs.clock.advance(1)
    assert 15 < size(jobs, user_list) < 40
    third = job(jobs, user_list)
    send(jobs, third, {"remove_all": True}, {"create": person("yeni")})
    run(jobs, third)
    jobs.clock.advance(1)
    assert size(jobs, user_list) <= 1


def test_who_denied_consent_is_left_out(jobs: Any) -> None:
    user_list = customers(jobs)
    of = job(jobs, user_list)
    denied = {"consent": {"ad_user_data": "DENIED"}}
    send(jobs, of, *({"create": person(f"m{n}", **denied)} for n in range(50)))
    run(jobs, of)
    jobs.clock.advance(1)
    assert size(jobs, user_list) == 0


def test_with_partial_failure_the_good_operations_stay(jobs: Any) -> None:
    of = job(jobs)
    broken = {"create": {"user_identifiers": [{"hashed_email": "açık"}]}}
    answer = send(jobs, of, {"create": person("a")}, broken, enable_partial_failure=True)
    assert answer.partial_failure_error.code == 3
    assert len(jobs.sandbox.store.kept(of, "operations")) == 1


def test_what_is_only_validated_is_not_kept(jobs: Any) -> None:
    of = job(jobs)
    send(jobs, of, {"create": person("a")}, validate_only=True)
    assert not jobs.sandbox.store.kept(of, "operations")


def begun(ads: Any) -> str:
    of = job(ads)
    run(ads, of)
    return of


def mixed(ads: Any) -> Any:
    of = job(ads)
    send(ads, of, {"create": person("a")})
    return send(ads, of, {"remove": person("b")})


def identified(key: str = "CONTACT_INFO", info: dict[str, Any] | None = None, **identifier: Any) -> Any:
    create = {"create": {"user_identifiers": [identifier]}}
    return lambda ads: send(ads, job(ads, customers(ads, key, **(info or {}))), create)


ADDRESS = {"hashed_first_name": hashed("ayşe"), "hashed_last_name": hashed("yılmaz"), "country_code": "TR",
           "postal_code": "34710"}  # fmt: skip
MOBILE = ("MOBILE_ADVERTISING_ID", {"app_id": "com.lezzet"})
FAMILY = "offline_user_data_job_error"
CASES: list[tuple[Any, str]] = [
    (lambda ads: job(ads, type_="UNSPECIFIED"), "field_error.REQUIRED"),
    (
        lambda ads: job(ads, type_="STORE_SALES_UPLOAD_FIRST_PARTY"),
        f"{FAMILY}.NOT_ON_ALLOWLIST_FOR_STORE_SALES_DIRECT",
    ),
    (lambda ads: job(ads, customer_match_user_list_metadata={}), "field_error.REQUIRED"),
    (lambda ads: job(ads, f"{ROOT}/userLists/1"), f"{FAMILY}.INVALID_USER_LIST_ID"),
    (lambda ads: job(ads, made(ads, operand())), f"{FAMILY}.INVALID_USER_LIST_TYPE"),
    (lambda ads: send(ads, begun(ads), {"create": person("a")}), f"{FAMILY}.JOB_ALREADY_STARTED"),
    (lambda ads: run(ads, begun(ads)), f"{FAMILY}.JOB_ALREADY_STARTED"),
    (lambda ads: run(ads, f"{ROOT}/offlineUserDataJobs/1"), "mutate_error.RESOURCE_NOT_FOUND"),
    (lambda ads: send(ads, job(ads)), "field_error.REQUIRED"),
    (lambda ads: send(ads, job(ads), {}), "request_error.OPERATION_REQUIRED"),
    (
        lambda ads: send(ads, job(ads), {"create": person("a")}, {"remove_all": True}),
        f"{FAMILY}.INVALID_OPERATION_ORDER",
    ),
    (mixed, f"{FAMILY}.CONFLICTING_OPERATION"),
    (lambda ads: send(ads, job(ads), {"create": {}}), f"{FAMILY}.MISSING_USER_IDENTIFIER"),
    (identified(), f"{FAMILY}.MISSING_USER_IDENTIFIER"),
    (
        lambda ads: send(
            ads, job(ads), {"create": {"user_identifiers": person("a")["user_identifiers"] * 21}}
        ),
        f"{FAMILY}.TOO_MANY_USER_IDENTIFIERS",
    ),
    (identified(third_party_user_id="m-17"), f"{FAMILY}.INCOMPATIBLE_UPLOAD_KEY_TYPE"),
    (identified(*MOBILE, mobile_id="telefon"), f"{FAMILY}.INVALID_MOBILE_ID_FORMAT"),
    (identified(hashed_phone_number="+905321234567"), "string_format_error.INVALID_FORMAT"),
    (
        identified(address_info=ADDRESS | {"hashed_first_name": "Ayşe"}),
        "string_format_error.INVALID_FORMAT",
    ),
    (identified(address_info=ADDRESS | {"postal_code": ""}), "field_error.REQUIRED"),
    (
        identified(address_info=ADDRESS | {"country_code": "Türkiye"}),
        f"{FAMILY}.INVALID_COUNTRY_CODE",
    ),
]


@pytest.mark.parametrize(("act", "code"), CASES)
def test_what_breaks_a_rule_is_refused(jobs: Any, act: Any, code: str) -> None:
    assert code in [found for found, _ in jobs.refused(lambda: act(jobs))]


def test_conversions_are_not_reproduced_for_anybody(jobs: Any) -> None:
    request = {"customer_id": CUSTOMER, "conversions": [], "partial_failure": True}
    with pytest.raises(exceptions.MethodNotImplemented, match="UploadClickConversions"):
        jobs.service("ConversionUploadService").upload_click_conversions(request=request)


def test_a_newcomer_is_refused(ads: Any) -> None:
    refused = ads.refused(lambda: job(ads))
    assert refused[0][0] == "not_allowlisted_error.CUSTOMER_NOT_ALLOWLISTED_FOR_THIS_FEATURE"
