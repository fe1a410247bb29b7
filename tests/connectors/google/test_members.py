"""People of Google's lists by the Data Manager API's client: forms, replacement, faults, forgetting."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from types import SimpleNamespace
from typing import Any

import pytest

from connectors.base import Upload
from connectors.errors import AccessDenied, ConnectorError, Rejected, RetryLater
from connectors.google.members import FAILED, KEPT, LATER, SKEW, SOON, Members, mailbox, member
from engine.audience import Person, chunks

NOW = datetime(2026, 12, 1, 6, tzinfo=UTC)


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        # Data Manager API, "Format user data": its own examples.
        ("cloudy.sanfrancisco+shopping@gmail.com", "cloudysanfrancisco@gmail.com"),
        ("user.name+nyc@example.com", "user.name+nyc@example.com"),
        ("a.b+c@googlemail.com", "ab@googlemail.com"),
    ],
)
def test_dots_and_pluses_go_at_gmail_only(given: str, plain: str) -> None:
    assert mailbox(given) == plain


def test_a_member_has_each_identifier_in_its_own_form() -> None:
    one = Person("a.b@gmail.com", "+18005550100", "ayşe nur", "yılmaz-öz", "34710", "TR", "7")
    assert member(one)["user_data"]["user_identifiers"] == [
        {"email_address": digest("ab@gmail.com")},
        {"phone_number": digest("+18005550100")},
        {
            "address": {
                "given_name": digest("ayşe nur"),
                "family_name": digest("yılmazöz"),
                "region_code": "TR",
                "postal_code": "34710",
            }
        },
    ]


def test_half_an_address_and_own_numbers_are_not_sent() -> None:
    one = Person(email="a@example.com", first_name="ayşe", country="TR", external_id="7")
    assert len(member(one)["user_data"]["user_identifiers"]) == 1


# -- scripted answers ---------------------------------------------------------------------------------------


class Service:
    """The API's client: what it was asked, and how each request stands."""

    def __init__(self, *states: str, errors: Mapping[str, int] | None = None) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.states, self.errors = list(states), errors or {}
        self.raises: list[Exception] = []

    def __getattr__(self, method: str) -> Any:
        def call(request: dict[str, Any], retry: Any, timeout: float) -> Any:
            self.asked.append((method, request))
            if self.raises:
                raise self.raises.pop(0)
            if method != "retrieve_request_status":
                return SimpleNamespace(request_id=f"r{len(self.asked)}")
            state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
            counts = [
                SimpleNamespace(reason=SimpleNamespace(name=name), record_count=many)
                for name, many in self.errors.items()
            ]
            one = SimpleNamespace(
                request_status=SimpleNamespace(name=state), error_info=SimpleNamespace(error_counts=counts)
            )
            return SimpleNamespace(request_status_per_destination=[one])

        return call

    def methods(self) -> list[str]:
        return [method for method, _ in self.asked if method != "retrieve_request_status"]


def desk(service: Service) -> tuple[Members, list[float]]:
    slept: list[float] = []
    client: Any = SimpleNamespace(
        customer="1234567890",
        sdk=SimpleNamespace(login_customer_id="111-222-3333"),
        data_manager=lambda scope: service,
    )
    return Members(client, slept.append), slept


def replaced(service: Service, notes: list[Any] | None = None, **more: Any) -> Any:
    upload = Upload("7", 1, NOW, 3, **more)
    people = [Person(email=f"kisi{n}@example.com") for n in range(3)]
    return desk(service)[0].replace(upload, chunks(people, 2), (notes if notes is not None else []).append)


def test_everybody_is_sent_and_processed_before_anybody_goes() -> None:
    service, notes = Service("PROCESSING", "SUCCESS"), list[Any]()
    receipt = replaced(service, notes, consented=True)
    assert service.methods() == ["ingest_audience_members"] * 2 + ["remove_all_audience_members"]
    assert (receipt.sent, receipt.settled, len(receipt.requests)) == (3, True, 3)
    assert service.asked[-1][1]["remove_as_of_time"] == NOW - SKEW
    first = service.asked[0][1]
    assert first["consent"] == {"ad_user_data": "CONSENT_GRANTED", "ad_personalization": "CONSENT_GRANTED"}
    assert first["destinations"][0]["login_account"]["account_id"] == "1112223333"
    assert [each["whole"] for each in notes] == [False, False, False, True]


def test_consent_that_is_not_granted_is_not_claimed() -> None:
    service = Service("SUCCESS")
    replaced(service)
    assert "consent" not in service.asked[0][1]


def test_what_is_still_processed_leaves_everybody_and_says_so() -> None:
    service = Service("PROCESSING")
    receipt = replaced(service)
    assert (receipt.settled, receipt.note) == (False, LATER)
    assert "remove_all_audience_members" not in service.methods()


def test_the_next_one_ends_what_was_left_before_it_begins() -> None:
    service = Service("SUCCESS")
    began = NOW - timedelta(hours=5)
    replaced(service, left={"began": began.isoformat(), "requests": ["r9"], "whole": True})
    assert service.methods()[0] == "remove_all_audience_members"
    removals = [request for method, request in service.asked if method.startswith("remove_all")]
    assert [each["remove_as_of_time"] for each in removals] == [began - SKEW, NOW - SKEW]


def test_one_that_did_not_send_everybody_removes_nobody() -> None:
    service = Service("SUCCESS")
    replaced(service, left={"began": NOW.isoformat(), "requests": ["r9"], "whole": False})
    assert service.methods()[0] == "ingest_audience_members"


@pytest.mark.parametrize("state", ["FAILED", "PARTIAL_SUCCESS"])
def test_whom_google_failed_on_may_have_been_there_so_nobody_goes(state: str) -> None:
    service = Service(state, errors={f"PROCESSING_ERROR_REASON_{FAILED.upper()}": 2})
    if state == "FAILED":
        with pytest.raises(Rejected, match=FAILED):
            replaced(service)
    else:
        receipt = replaced(service)
        assert (receipt.settled, receipt.note, receipt.refused) == (False, KEPT, {FAILED: 4})
    assert "remove_all_audience_members" not in service.methods()


def test_two_in_a_row_say_that_some_go_with_the_next() -> None:
    assert replaced(Service("SUCCESS"), last=NOW - timedelta(minutes=1)).note == SOON
    assert replaced(Service("SUCCESS"), last=NOW - timedelta(hours=1)).note == ""


def test_a_request_to_forget_goes_to_ten_lists_at_a_time() -> None:
    service = Service("SUCCESS")
    people = [Person(phone="+905321234567")]
    receipt = desk(service)[0].remove([str(n) for n in range(12)], people)
    assert [len(request["destinations"]) for method, request in service.asked if "remove" in method] == [
        10,
        2,
    ]
    assert receipt.settled
    assert len(receipt.requests) == 2


def google_error(kind: str, message: str, reason: str = "") -> Exception:
    from google.api_core import exceptions
    from google.rpc import error_details_pb2

    info = error_details_pb2.ErrorInfo(reason=reason or "X", domain="datamanager.googleapis.com")
    bad = error_details_pb2.BadRequest()
    bad.field_violations.add(field="terms_of_service", reason=reason)
    made: Exception = getattr(exceptions, kind)(message, details=[info, *([bad] if reason else [])])
    made.grpc_status_code = SimpleNamespace(name=CODES[kind])  # type: ignore[attr-defined]
    return made


CODES = {
    "ServiceUnavailable": "UNAVAILABLE",
    "InvalidArgument": "INVALID_ARGUMENT",
    "PermissionDenied": "PERMISSION_DENIED",
}


def test_what_passes_is_sent_again() -> None:
    service = Service("SUCCESS")
    service.raises = [google_error("ServiceUnavailable", "down") for _ in range(3)]
    assert replaced(service).settled


@pytest.mark.parametrize(
    ("error", "kind", "mend"),
    [
        (("ServiceUnavailable", "down", ""), RetryLater, ""),
        (("InvalidArgument", "bad", "INVALID_FORMAT"), Rejected, ""),
        (
            ("InvalidArgument", "terms", "TERMS_AND_CONDITIONS_NOT_SIGNED"),
            AccessDenied,
            "Customer Match policy",
        ),
        (("PermissionDenied", "scope", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"), AccessDenied, "datamanager"),
    ],
)
def test_refusals_are_told_by_what_mends_them(
    error: tuple[str, str, str], kind: type[ConnectorError], mend: str
) -> None:
    service = Service("SUCCESS")
    service.raises = [google_error(*error) for _ in range(9)]
    with pytest.raises(kind) as raised:
        replaced(service)
    assert mend in raised.value.problem.fix


def test_a_refusal_that_quotes_people_is_told_without_them() -> None:
    service = Service("SUCCESS")
    hashed = digest("kisi0@example.com")
    service.raises = [google_error("InvalidArgument", f"bad {hashed}, kisi0@example.com", "INVALID_FORMAT")]
    with pytest.raises(Rejected) as raised:
        replaced(service)
    assert hashed not in str(raised.value)
    assert "kisi0" not in str(raised.value)


# -- against the sandbox ------------------------------------------------------------------------------------


@pytest.mark.server
@pytest.mark.parametrize("kind", [None, "lost", "dropped", "internal", "throttled", "unavailable"])
def test_a_list_is_replaced_whatever_passes_by(google: Any, kind: str | None) -> None:
    id = google.customer_list()
    before = google.replaced(id, 3000, 0)
    assert (before.sent, before.settled) == (3000, True)
    google.deliver(1)
    full = google.sizes([id])[id].least
    assert full > 1300
    if kind:
        google.fault(kind=kind, method="IngestionService.*", times=2)
    assert google.replaced(id, 1000, 0).settled
    google.deliver(1)
    assert 400 < google.sizes([id])[id].least < full / 2


@pytest.mark.server
def test_people_are_forgotten_with_the_platform_s_receipt(google: Any) -> None:
    id = google.customer_list()
    google.replaced(id, 3000, 0)
    receipt = google.forgotten([id], 3000)
    assert (receipt.settled, len(receipt.requests)) == (True, 1)
    google.deliver(1)
    assert google.sizes([id])[id].least == 0
