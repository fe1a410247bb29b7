"""The Data Manager API through its official client: members in and out, statuses, and what is refused."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from google.api_core import exceptions
from google.oauth2 import service_account

from sandbox.google.members import matched
from tests.sandbox_google.conftest import CUSTOMER, MANAGER, ROOT, TODAY, trusted

datamanager = pytest.importorskip("google.ads.datamanager_v1")
SCOPE = "https://www.googleapis.com/auth/datamanager"


def hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def by_email(*names: str, **more: Any) -> list[dict[str, Any]]:
    return [
        {"user_data": {"user_identifiers": [{"email_address": hashed(f"{name}@lezzet.example")}]}, **more}
        for name in names
    ]


def many(number: int) -> list[dict[str, Any]]:
    return by_email(*(f"misafir{n}" for n in range(number)))


class Manager:
    """The official client in front of a sandbox, with the words of these tests."""

    def __init__(self, ads: Any, scope: str = SCOPE) -> None:
        where = ads.sandbox.endpoints()
        credentials = service_account.Credentials.from_service_account_file(
            where["service_account"], scopes=[scope]
        )
        with trusted(ads.roots):
            self.client = datamanager.IngestionServiceClient(
                credentials=credentials, client_options={"api_endpoint": where["endpoint"]}
            )

    def ingest(self, *destinations: dict[str, Any], members: list[dict[str, Any]], **more: Any) -> Any:
        request = {
            "destinations": list(destinations),
            "audience_members": members,
            "encoding": "HEX",
            "terms_of_service": {"customer_match_terms_of_service_status": "ACCEPTED"},
        }
        return self.client.ingest_audience_members(request=request | more)

    def remove(self, *destinations: dict[str, Any], members: list[dict[str, Any]], **more: Any) -> Any:
        request = {"destinations": list(destinations), "audience_members": members, "encoding": "HEX"}
        return self.client.remove_audience_members(request=request | more)

    def status(self, response: Any) -> list[Any]:
        """How a request ended: the first question only hears that it is being worked on."""
        asked = {"request_id": response.request_id}
        first = self.client.retrieve_request_status(request=asked)
        assert {one.request_status.name for one in first.request_status_per_destination} == {"PROCESSING"}
        return list(self.client.retrieve_request_status(request=asked).request_status_per_destination)


@pytest.fixture
def manager(ads: Any) -> Manager:
    return Manager(ads)


def customers(ads: Any, name: str = "müşteriler", key: str = "CONTACT_INFO", **more: Any) -> str:
    info = {"upload_key_type": key} | more
    return str(ads.create("user_lists", name=name, membership_life_span=90, crm_based_user_list=info))


def to(user_list: str, **more: Any) -> dict[str, Any]:
    account = {"account_type": "GOOGLE_ADS", "account_id": CUSTOMER}
    return {
        "operating_account": account,
        "login_account": {"account_type": "GOOGLE_ADS", "account_id": MANAGER},
        "product_destination_id": user_list.split("/")[-1],
    } | more


def size(ads: Any) -> int:
    rows = ads.query("SELECT user_list.size_for_search FROM user_list ORDER BY user_list.size_for_search")
    return int(rows[0].user_list.size_for_search)


def expected(members: list[dict[str, Any]]) -> int:
    """Members whom the platform knows, rounded as it tells sizes."""
    emails = [[each["user_data"]["user_identifiers"][0]["email_address"]] for each in members]
    known = sum(map(matched, emails))
    return round(known, 2 - len(str(known)))


def test_members_reach_the_size_of_a_list_from_the_next_day_on(ads: Any, manager: Manager) -> None:
    user_list, members = customers(ads), many(3000)
    manager.ingest(to(user_list), members=members)
    assert size(ads) == 0
    ads.clock.advance(1)
    assert size(ads) == expected(members) > 1000


def test_who_is_sent_again_counts_once_and_who_is_not_leaves_after_his_membership(
    ads: Any, manager: Manager
) -> None:
    user_list, members = customers(ads), many(200)
    manager.ingest(to(user_list), members=members)
    ads.clock.advance(60)
    manager.ingest(to(user_list), members=members[:100])
    assert size(ads) == expected(members)
    ads.clock.advance(31)
    assert size(ads) == expected(members[:100])


def test_both_encodings_and_any_identifier_mean_the_same_person(ads: Any, manager: Manager) -> None:
    user_list, members = customers(ads), many(100)
    manager.ingest(to(user_list), members=members)
    for one in members:
        identifier = one["user_data"]["user_identifiers"][0]
        identifier["email_address"] = base64.b64encode(bytes.fromhex(identifier["email_address"])).decode()
    manager.remove(to(user_list), members=members, encoding="BASE64")
    ads.clock.advance(1)
    assert size(ads) == 0


def test_a_person_is_removed_by_an_identifier_that_came_later(ads: Any, manager: Manager) -> None:
    user_list, phone = customers(ads), {"phone_number": hashed("+905321234567")}
    for identifiers in (
        [{"email_address": hashed("a@lezzet.example")}],
        [{"email_address": hashed("a@lezzet.example")}, phone],
    ):
        manager.ingest(to(user_list), members=[{"user_data": {"user_identifiers": identifiers}}])
    manager.remove(to(user_list), members=[{"user_data": {"user_identifiers": [phone]}}])
    held = ads.sandbox.store.members
    assert held.count(user_list, TODAY + timedelta(days=1), TODAY) == 0
    assert not held._db.execute("SELECT * FROM member").fetchall()


def test_members_go_to_the_destinations_they_name(ads: Any, manager: Manager) -> None:
    first, second = customers(ads, "bir"), customers(ads, "iki")
    response = manager.ingest(
        to(first, reference="bir"),
        to(second, reference="iki"),
        members=[*by_email("a", destination_references=["bir"]), *by_email("b")],
    )
    statuses = manager.status(response)
    counts = [
        one.audience_members_ingestion_status.user_data_ingestion_status.record_count for one in statuses
    ]
    assert counts == [2, 1]
    assert [one.destination.reference for one in statuses] == ["bir", "iki"]


def test_a_status_tells_counts_and_the_range_of_the_match_rate(ads: Any, manager: Manager) -> None:
    status = manager.status(manager.ingest(to(customers(ads)), members=many(500)))[0]
    counted = status.audience_members_ingestion_status.user_data_ingestion_status
    assert status.request_status.name == "SUCCESS"
    assert (counted.record_count, counted.user_identifier_count) == (500, 500)
    assert counted.upload_match_rate_range.name == "MATCH_RATE_RANGE_51_TO_60"


def test_who_denied_consent_is_not_taken_and_the_status_says_so(ads: Any, manager: Manager) -> None:
    denied = {"consent": {"ad_user_data": "CONSENT_DENIED"}}
    user_list = customers(ads)
    status = manager.status(
        manager.ingest(to(user_list), members=[*by_email("a", **denied), *by_email("b")])
    )[0]
    assert status.request_status.name == "PARTIAL_SUCCESS"
    error = status.error_info.error_counts[0]
    assert (error.record_count, error.reason.name) == (1, "PROCESSING_ERROR_REASON_DENIED_CONSENT")
    whole = manager.status(manager.ingest(to(user_list), members=by_email("c"), **denied))[0]
    assert whole.request_status.name == "FAILED"


def test_removing_and_emptying_have_their_own_statuses(ads: Any, manager: Manager) -> None:
    user_list, members = customers(ads), many(20)
    manager.ingest(to(user_list), members=members)
    removed = manager.status(manager.remove(to(user_list), members=members[:5]))[0]
    assert removed.audience_members_removal_status.user_data_removal_status.record_count == 5
    emptied = manager.client.remove_all_audience_members(request={"destinations": [to(user_list)]})
    assert "remove_all_audience_members_status" in manager.status(emptied)[0]
    ads.clock.advance(1)
    assert size(ads) == 0


def test_emptying_spares_whoever_was_sent_since(ads: Any, manager: Manager) -> None:
    user_list, members = customers(ads), many(100)
    manager.ingest(to(user_list), members=members)
    ads.clock.advance(2)
    manager.ingest(to(user_list), members=members[:50])
    manager.client.remove_all_audience_members(
        request={"destinations": [to(user_list)], "remove_as_of_time": ads.clock.now() - timedelta(days=1)}
    )
    assert size(ads) == expected(members[:50])


def test_lists_of_devices_and_of_own_ids_take_theirs(ads: Any, manager: Manager) -> None:
    devices = customers(ads, "cihazlar", "MOBILE_ADVERTISING_ID", app_id="com.lezzet")
    ids = customers(ads, "numaralar", "CRM_ID")
    phone = {"mobile_data": {"mobile_ids": ["00000000-0000-4000-8000-0123456789AB"]}}
    status = manager.status(manager.ingest(to(devices), members=[phone]))[0]
    assert status.audience_members_ingestion_status.mobile_data_ingestion_status.mobile_id_count == 1
    status = manager.status(manager.ingest(to(ids), members=[{"user_id_data": {"user_id": "m-17"}}]))[0]
    assert status.audience_members_ingestion_status.user_id_data_ingestion_status.user_id_count == 1


def test_an_upload_that_is_only_validated_changes_nothing(ads: Any, manager: Manager) -> None:
    response = manager.ingest(to(customers(ads)), members=many(20), validate_only=True)
    ads.clock.advance(1)
    assert size(ads) == 0
    assert refusal(lambda: manager.status(response)) == [("INVALID_REQUEST_ID", "request_id")]


def test_a_status_is_known_for_fifty_days(ads: Any, manager: Manager) -> None:
    response = manager.ingest(to(customers(ads)), members=many(1))
    ads.clock.advance(50)
    assert manager.status(response)
    ads.clock.advance(1)
    asked = {"request_id": response.request_id}
    refused = refusal(lambda: manager.client.retrieve_request_status(request=asked))
    assert refused == [("REQUEST_TOO_OLD", "request_id")]


def test_members_survive_a_restart_and_no_identifier_is_kept(ads: Any, manager: Manager) -> None:
    manager.ingest(to(customers(ads)), members=by_email("gizli"))
    digest = hashed("gizli@lezzet.example")
    kept = b"".join(path.read_bytes() for path in ads.sandbox.folder.glob("account.db*"))
    assert bytes.fromhex(digest) not in kept
    assert digest.encode() not in kept


# -- refusals ----------------------------------------------------------------------------------------------


def refusal(act: Callable[[], Any]) -> list[tuple[str, str]]:
    """(reason, field) of each violation of a call that must be refused as invalid."""
    with pytest.raises(exceptions.InvalidArgument) as caught:
        act()
    assert caught.value.reason == "INVALID_ARGUMENT"
    assert caught.value.domain == "datamanager.googleapis.com"
    bad = next(each for each in caught.value.details if hasattr(each, "field_violations"))
    return [(each.reason, each.field) for each in bad.field_violations]


Case = tuple[Callable[[Any], tuple[list[dict[str, Any]], list[dict[str, Any]], dict[str, Any]]], str, str]
EMAIL = "audience_members[0].user_data.user_identifiers[0]"
ADDRESS = {
    "given_name": hashed("ayşe"), "family_name": hashed("yılmaz"), "region_code": "TR",
    "postal_code": "34710",
}  # fmt: skip


def good(ads: Any) -> dict[str, Any]:
    return to(customers(ads))


def identified(**identifier: Any) -> Any:
    return lambda ads: ([good(ads)], [{"user_data": {"user_identifiers": [identifier]}}], {})


def without(key: str) -> dict[str, Any]:
    return {name: value for name, value in ADDRESS.items() if name != key}


def aimed(members: list[dict[str, Any]] | None = None, **change: Any) -> Any:
    return lambda ads: ([good(ads) | change], members or by_email("a"), {})


CASES: list[Case] = [
    (lambda ads: ([], by_email("a"), {}), "REQUIRED_FIELD_MISSING", "destinations"),
    (lambda ads: ([good(ads)] * 11, by_email("a"), {}), "TOO_MANY_DESTINATIONS", "destinations"),
    (lambda ads: ([good(ads)], [], {}), "REQUIRED_FIELD_MISSING", "audience_members"),
    (lambda ads: ([good(ads)], many(10_001), {}), "TOO_MANY_AUDIENCE_MEMBERS", "audience_members"),
    (
        lambda ads: ([good(ads) | {"reference": "x"}] * 2, by_email("a"), {}),
        "DUPLICATE_DESTINATION_REFERENCE",
        "destinations[1].reference",
    ),
    (aimed(operating_account=None), "REQUIRED_FIELD_MISSING", "destinations[0].operating_account"),
    (
        aimed(operating_account={"account_type": "GOOGLE_ADS"}),
        "REQUIRED_FIELD_MISSING",
        "destinations[0].operating_account.account_id",
    ),
    (
        aimed(operating_account={"account_type": "GOOGLE_ADS", "account_id": "123-456-7890"}),
        "INVALID_FORMAT",
        "destinations[0].operating_account.account_id",
    ),
    (
        aimed(operating_account={"account_id": CUSTOMER}),
        "REQUIRED_FIELD_MISSING",
        "destinations[0].operating_account.account_type",
    ),
    (
        aimed(
            operating_account={
                "account_id": CUSTOMER,
                "account_type": "GOOGLE_ADS",
                "product": "DATA_PARTNER",
            }
        ),
        "INVALID_ENUM_VALUE",
        "destinations[0].operating_account.product",
    ),
    (
        aimed(linked_account={"account_id": CUSTOMER, "account_type": "GOOGLE_ADS"}),
        "LINKED_ACCOUNT_ONLY_ALLOWED_WITH_DATA_PARTNER_LOGIN_ACCOUNT",
        "destinations[0].linked_account",
    ),
    (
        aimed(product_destination_id=""),
        "REQUIRED_FIELD_MISSING",
        "destinations[0].product_destination_id",
    ),
    (
        aimed(product_destination_id="17"),
        "INVALID_USER_LIST_ID",
        "destinations[0].product_destination_id",
    ),
    (
        lambda ads: ([to(visitors(ads))], by_email("a"), {}),
        "INVALID_USER_LIST_TYPE",
        "destinations[0].product_destination_id",
    ),
    (
        aimed([{"user_id_data": {"user_id": "m-17"}}]),
        "INVALID_USER_LIST_TYPE",
        "destinations[0].product_destination_id",
    ),
    (
        aimed([*by_email("a"), {"user_id_data": {"user_id": "m-17"}}]),
        "MULTIPLE_DATA_TYPES_NOT_ALLOWED",
        "audience_members",
    ),
    (
        lambda ads: ([good(ads)], by_email("a"), {"encoding": "ENCODING_UNSPECIFIED"}),
        "REQUIRED_FIELD_MISSING",
        "encoding",
    ),
    (
        lambda ads: ([good(ads)], by_email("a"), {"terms_of_service": {}}),
        "TERMS_AND_CONDITIONS_NOT_SIGNED",
        "terms_of_service.customer_match_terms_of_service_status",
    ),
    (aimed([{}]), "INVALID_AUDIENCE_MEMBER", "audience_members[0]"),
    (
        aimed(by_email("a", destination_references=["yok"])),
        "INVALID_DESTINATION",
        "audience_members[0].destination_references[0]",
    ),
    (
        aimed([{"user_data": {}}]),
        "REQUIRED_FIELD_MISSING",
        "audience_members[0].user_data.user_identifiers",
    ),
    (
        aimed([{"user_data": {"user_identifiers": [{"phone_number": hashed("+90")}] * 11}}]),
        "TOO_MANY_USER_IDENTIFIERS",
        "audience_members[0].user_data.user_identifiers",
    ),
    (identified(), "REQUIRED_FIELD_MISSING", EMAIL),
    (identified(email_address=""), "REQUIRED_FIELD_MISSING", f"{EMAIL}.email_address"),
    (identified(email_address="a@lezzet.example"), "INVALID_HEX_ENCODING", f"{EMAIL}.email_address"),
    (identified(phone_number="abcd"), "INVALID_SHA256_FORMAT", f"{EMAIL}.phone_number"),
    (
        lambda ads: ([good(ads)], by_email("a"), {"encoding": "BASE64"}),
        "INVALID_SHA256_FORMAT",
        f"{EMAIL}.email_address",
    ),
    (
        lambda ads: (
            [good(ads)],
            [{"user_data": {"user_identifiers": [{"email_address": "ı"}]}}],
            {"encoding": "BASE64"},
        ),
        "INVALID_BASE64_ENCODING",
        f"{EMAIL}.email_address",
    ),
    *[
        (identified(address=without(key)), "REQUIRED_FIELD_MISSING", f"{EMAIL}.address.{key}")
        for key in ADDRESS
    ],
    (
        identified(address=ADDRESS | {"region_code": "Türkiye"}),
        "INVALID_REGION_CODE",
        f"{EMAIL}.address.region_code",
    ),
    (
        identified(address=ADDRESS | {"postal_code": "?"}),
        "INVALID_POSTAL_CODE",
        f"{EMAIL}.address.postal_code",
    ),
    (
        aimed([{"mobile_data": {}}]),
        "REQUIRED_FIELD_MISSING",
        "audience_members[0].mobile_data.mobile_ids",
    ),
    (
        aimed([{"mobile_data": {"mobile_ids": ["x"] * 11}}]),
        "TOO_MANY_ELEMENTS",
        "audience_members[0].mobile_data.mobile_ids",
    ),
    (
        aimed([{"mobile_data": {"mobile_ids": ["telefon"]}}]),
        "INVALID_MOBILE_ID_FORMAT",
        "audience_members[0].mobile_data.mobile_ids[0]",
    ),
    (aimed([{"user_id_data": {}}]), "REQUIRED_FIELD_MISSING", "audience_members[0].user_id_data.user_id"),
]


def visitors(ads: Any) -> str:
    item = {"name": "event", "string_rule_item": {"operator": "EQUALS", "value": "Purchase"}}
    operand = {"rule": {"rule_item_groups": [{"rule_items": [item]}]}, "lookback_window_days": 30}
    flexible = {"inclusive_rule_operator": "OR", "inclusive_operands": [operand]}
    return str(
        ads.create("user_lists", name="site", rule_based_user_list={"flexible_rule_user_list": flexible})
    )


@pytest.mark.parametrize(("make", "reason", "field"), CASES)
def test_what_breaks_a_rule_is_refused_with_its_reason_at_its_field(
    ads: Any, manager: Manager, make: Any, reason: str, field: str
) -> None:
    destinations, members, more = make(ads)
    refused = refusal(lambda: manager.ingest(*destinations, members=members, **more))
    assert (reason, field) in refused


def test_every_broken_member_is_told_at_once(ads: Any, manager: Manager) -> None:
    refused = refusal(lambda: manager.ingest(good(ads), members=[{}, *by_email("a"), {}]))
    assert [field for _, field in refused] == ["audience_members[0]", "audience_members[2]"]


def test_nobody_is_removed_as_of_a_time_to_come(ads: Any, manager: Manager) -> None:
    request = {
        "destinations": [good(ads)],
        "remove_as_of_time": ads.clock.now() + timedelta(days=1),
    }
    refused = refusal(lambda: manager.client.remove_all_audience_members(request=request))
    assert refused == [("INVALID_REMOVE_AS_OF_TIME", "remove_as_of_time")]


def test_a_status_is_asked_for_by_an_id(manager: Manager) -> None:
    refused = refusal(lambda: manager.client.retrieve_request_status(request={}))
    assert refused == [("REQUIRED_FIELD_MISSING", "request_id")]


def test_an_undeclared_campaign_stops_uploads(ads: Any, manager: Manager) -> None:
    user_list = customers(ads)
    ads.sandbox.edit(ads.campaign(), {"contains_eu_political_advertising": None})
    refused = refusal(lambda: manager.ingest(to(user_list), members=many(1)))
    assert refused == [("EU_POLITICAL_ADVERTISING_DECLARATION_REQUIRED", "destinations")]


@pytest.mark.parametrize(
    "change",
    [
        {"login_account": None},
        {"operating_account": {"account_type": "GOOGLE_ADS", "account_id": "1112223334"}},
    ],
)
def test_a_client_is_reached_through_its_manager_only(
    ads: Any, manager: Manager, change: dict[str, Any]
) -> None:
    with pytest.raises(exceptions.PermissionDenied) as caught:
        manager.ingest(good(ads) | change, members=by_email("a"))
    assert caught.value.reason == "PERMISSION_DENIED"


def test_a_token_for_the_google_ads_api_has_not_the_scope(ads: Any) -> None:
    with pytest.raises(exceptions.PermissionDenied) as caught:
        Manager(ads, "https://www.googleapis.com/auth/adwords").ingest(good(ads), members=by_email("a"))
    assert caught.value.reason == "ACCESS_TOKEN_SCOPE_INSUFFICIENT"


@pytest.mark.parametrize(
    ("kind", "status", "reason"),
    [
        ("throttled", exceptions.ResourceExhausted, "RESOURCE_TEMPORARILY_EXHAUSTED"),
        ("internal", exceptions.InternalServerError, "TRANSIENT_ERROR"),
        ("dropped", exceptions.ServiceUnavailable, None),
    ],
)
def test_faults_strike_uploads_too(
    ads: Any, manager: Manager, kind: str, status: type[Exception], reason: str | None
) -> None:
    destination = good(ads)
    ads.sandbox.add_fault({"kind": kind, "method": "IngestionService.*", "times": 9})
    with pytest.raises(status) as caught:
        manager.client.ingest_audience_members(
            request={"destinations": [destination], "audience_members": by_email("a")}, retry=None
        )
    assert getattr(caught.value, "reason", None) == reason


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda m: m.client.ingest_events(request={}), "IngestionService.IngestEvents"),
        (
            lambda m: m.ingest(to(f"{ROOT}/userLists/1"), members=[{"pair_data": {"pair_ids": ["x"]}}]),
            "AudienceMember.pair_data",
        ),
    ],
)
def test_what_is_not_reproduced_is_named(ads: Any, manager: Manager, call: Any, named: str) -> None:
    with pytest.raises(exceptions.MethodNotImplemented, match=named):
        call(manager)
