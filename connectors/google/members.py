"""People of Google's lists of customers through the Data Manager API, hashed as it asks.

The Google Ads API takes no new uploaders of customer lists since 2026-04-01 (CUSTOMER_NOT_ALLOWLISTED_FOR_
THIS_FEATURE), so this is the way for everybody. Replacing is what …/customer-match/remove-all-members says:
note the time, send everybody, wait until all is processed, then remove whom nobody sent since. A list is
never smaller than it was and is to be meanwhile; cut short, it holds too many, never too few.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from connectors.base import Receipt, Upload
from connectors.errors import AccessDenied, ConnectorError, OutcomeUnknown, Rejected, RetryLater
from connectors.google.errors import MENDS as ADS_MENDS
from engine.audience import Person, bare, hashed, scrubbed

if TYPE_CHECKING:
    from connectors.google.client import Client

SCOPE: Final = "https://www.googleapis.com/auth/datamanager"
AT_ONCE: Final = 10_000  # members a request: …/data-manager/api/devguides/limits
LISTS_AT_ONCE: Final = 10  # destinations a request: the same
FOUND_BY: Final = frozenset({"email", "phone", "address"})  # a list of contacts takes no own numbers
GMAIL: Final = frozenset({"gmail.com", "googlemail.com"})
# Who was last sent longer than this before the upload began goes. Google compares with its own clock: were
# ours ahead, people sent just now would go too.
SKEW: Final = timedelta(minutes=5)
PATIENCE: Final = 600.0  # seconds to wait for processing; it may take hours, then the next sync ends this one
PAUSES: Final = (1.0, 2.0, 5.0, 10.0, 30.0)  # seconds between questions, the last again and again
CALL_SECONDS: Final = 120.0
ATTEMPTS: Final = 5
GRANTED: Final = "CONSENT_GRANTED"
# RequestStatusPerDestination.RequestStatus
PROCESSING: Final = frozenset({"PROCESSING", "REQUEST_STATUS_UNKNOWN"})
POLICY: Final = "Accept the Customer Match policy in Google Ads (Audience manager, Your data)."
ALLOW: Final = "Ask Google to allow it Customer Match: support.google.com/google-ads/answer/6299717"
# google.rpc.ErrorInfo.reason and the violations': …/devguides/concepts/understand-errors, ErrorReason.
MENDS: Final[Mapping[str, str]] = {
    **ADS_MENDS,
    "TERMS_AND_CONDITIONS_NOT_SIGNED": POLICY,
    "ADVERTISER_TOS_NOT_ACCEPTED": POLICY,
    "NOT_ALLOWLISTED": ALLOW,
    "ADVERTISER_NOT_ALLOWLISTED_FOR_UPLOADED_DATA": ALLOW,
    "ACCESS_TOKEN_SCOPE_INSUFFICIENT": f"Give the service account the scope {SCOPE}.",
    "SERVICE_DISABLED": "Enable the Data Manager API in the service account's Google Cloud project.",
    "PERMISSION_DENIED": ADS_MENDS["USER_PERMISSION_DENIED"],
}  # fmt: skip
MEND: Final = "Open the account in Google Ads and look at Access and security."
DENIED: Final = frozenset({"PERMISSION_DENIED", "UNAUTHENTICATED"})
PASSING: Final = frozenset(
    {"UNAVAILABLE", "DEADLINE_EXCEEDED", "INTERNAL", "UNKNOWN", "ABORTED", "RESOURCE_EXHAUSTED", "CANCELLED"}
)
LATER: Final = (
    "Google is still processing what was sent; those who left go when that is done: run"
    " `kampanya audience sync` again later"
)
FAILED: Final = "internal_error"  # Google's own fault: whoever was refused by it may have been in the list
KEPT: Final = "Google failed on some people, so nobody was removed: run `kampanya audience sync` again."
SOON: Final = "Those who left since the sync of a few minutes ago go with the next one."


def member(person: Person) -> dict[str, Any]:
    """The identifiers of one person by whom Google looks for people, each in its own form."""
    found: list[dict[str, Any]] = []
    if person.email:
        found.append({"email_address": hashed(mailbox(person.email))})
    if person.phone:
        found.append({"phone_number": hashed(person.phone)})
    if person.addressed:
        address = {
            "given_name": hashed(bare(person.first_name)),
            "family_name": hashed(bare(person.last_name)),
            "region_code": person.country,
            "postal_code": person.postal_code,
        }
        found.append({"address": address})
    return {"user_data": {"user_identifiers": found}}


def mailbox(email: str) -> str:
    """Of Gmail, without dots and without what follows a plus: …/devguides/concepts/formatting."""
    local, _, domain = email.rpartition("@")
    if domain not in GMAIL:
        return email
    return f"{local.partition('+')[0].replace('.', '')}@{domain}"


class Members:
    """The lists of one customer, by the Data Manager API's own client."""

    def __init__(self, client: Client, sleep: Callable[[float], None] = time.sleep) -> None:
        self._client, self._sleep = client, sleep

    def replace(
        self,
        upload: Upload,
        people: Iterable[Sequence[Person]],
        note: Callable[[Mapping[str, Any]], None],
    ) -> Receipt:
        """As MemberKeeper says. Raises ConnectorError."""
        self._finish(upload)
        requests: list[str] = []
        began = upload.now.isoformat()
        note({"began": began, "requests": [], "whole": False})
        sent = 0
        for chunk in people:
            requests.append(self._ingest(upload, chunk))
            sent += len(chunk)
            note({"began": began, "requests": requests, "whole": False})
        note({"began": began, "requests": requests, "whole": True})
        waiting, refused = self._processed(requests)
        if waiting:
            return Receipt(sent, refused, tuple(requests), False, LATER)
        if FAILED in refused:
            return Receipt(sent, refused, tuple(requests), False, KEPT)
        requests.append(self._remove_before(upload.id, upload.now))
        recent = upload.last is not None and upload.now - upload.last <= SKEW
        return Receipt(sent, refused, tuple(requests), True, SOON if recent else "")

    def remove(self, ids: Collection[str], people: Sequence[Person]) -> Receipt:
        """As MemberKeeper says, of several lists at once. Raises ConnectorError."""
        requests = []
        lists, members = sorted(ids), [member(each) for each in people]
        for start in range(0, len(lists), LISTS_AT_ONCE):
            destinations = [self._destination(id) for id in lists[start : start + LISTS_AT_ONCE]]
            request = {"destinations": destinations, "audience_members": members, "encoding": "HEX"}
            requests.append(self._change("remove_audience_members", request))
        waiting, refused = self._processed(requests)
        note = "Google is still processing it." if waiting else ""
        return Receipt(len(people), refused, tuple(requests), not waiting, note)

    def _finish(self, upload: Upload) -> None:
        """End a replacement whose people were all sent, before another one begins: else those who left would
        stay as long as Google takes longer than anybody waits."""
        left = upload.left
        if not left.get("whole") or not left.get("requests"):
            return
        try:
            waiting, _ = self._processed(left["requests"], patience=0.0)
        except Rejected:
            return  # too old to be asked, or refused: the new one replaces it
        if not waiting:
            self._remove_before(upload.id, datetime.fromisoformat(left["began"]))

    def _ingest(self, upload: Upload, chunk: Sequence[Person]) -> str:
        request: dict[str, Any] = {
            "destinations": [self._destination(upload.id)],
            "audience_members": [member(each) for each in chunk],
            "encoding": "HEX",
            "terms_of_service": {"customer_match_terms_of_service_status": "ACCEPTED"},
        }
        if upload.consented:
            request["consent"] = {"ad_user_data": GRANTED, "ad_personalization": GRANTED}
        return self._change("ingest_audience_members", request)

    def _remove_before(self, id: str, began: datetime) -> str:
        request = {"destinations": [self._destination(id)], "remove_as_of_time": began - SKEW}
        return self._change("remove_all_audience_members", request)

    def _processed(self, requests: Sequence[str], patience: float = PATIENCE) -> tuple[bool, dict[str, int]]:
        """Whether some are still being processed, and how many people were refused by reason.

        Raises Rejected where a whole request failed: those whom nobody sent must stay then.
        """
        refused: dict[str, int] = {}
        waited, pauses = 0.0, iter(PAUSES)
        for id in requests:
            while (state := self._state(id, refused)) in PROCESSING:
                pause = next(pauses, PAUSES[-1])
                if waited + pause > patience:
                    return True, refused
                self._sleep(pause)
                waited += pause
            if state == "FAILED":
                told = ", ".join(refused) or "no reason told"
                raise Rejected(f"Google processed nobody of request {id}: {told}", code=state)
        return False, refused

    def _state(self, id: str, refused: dict[str, int]) -> str:
        """How a request stands; counts refused people into `refused` once it is processed."""
        answer = self._call("retrieve_request_status", {"request_id": id})
        states = []
        for one in answer.request_status_per_destination:
            states.append(one.request_status.name)
            for count in one.error_info.error_counts:
                reason = count.reason.name.removeprefix("PROCESSING_ERROR_REASON_").lower()
                refused[reason] = refused.get(reason, 0) + int(count.record_count)
        return next((each for each in ("FAILED", *PROCESSING) if each in states), "SUCCESS")

    def _destination(self, id: str) -> dict[str, Any]:
        customer = self._client.customer
        login = str(self._client.sdk.login_customer_id or customer).replace("-", "")
        return {
            "operating_account": {"account_type": "GOOGLE_ADS", "account_id": customer},
            "login_account": {"account_type": "GOOGLE_ADS", "account_id": login},
            "product_destination_id": id,
        }

    @cached_property
    def _service(self) -> Any:
        return self._client.data_manager(SCOPE)

    def _change(self, method: str, request: Mapping[str, Any]) -> str:
        """The id of its request."""
        return str(self._call(method, request).request_id)

    def _call(self, method: str, request: Mapping[str, Any]) -> Any:
        """One call, repeated where it may pass: each does the same when it comes twice."""
        for attempt in range(ATTEMPTS):
            try:
                with translated():
                    call = getattr(self._service, method)
                    return call(request=dict(request), retry=None, timeout=CALL_SECONDS)
            except (RetryLater, OutcomeUnknown):
                if attempt == ATTEMPTS - 1:
                    raise
                self._sleep(float(2**attempt))
        raise AssertionError("the last attempt raises")


@contextmanager
def translated() -> Iterator[None]:
    """What the client raises leaves as a ConnectorError, in Google's words without anybody in them."""
    errors = import_module("google.api_core.exceptions")
    auth = import_module("google.auth.exceptions")
    try:
        yield
    except errors.GoogleAPICallError as error:
        raise _told(error) from None
    except (errors.GoogleAPIError, auth.GoogleAuthError) as error:
        raise RetryLater(f"Data Manager API: {type(error).__name__}") from None


def _told(error: Any) -> ConnectorError:
    status = error.grpc_status_code.name if error.grpc_status_code else "UNKNOWN"
    violations = [
        (str(each.reason), str(each.field))
        for detail in error.details or ()
        for each in getattr(detail, "field_violations", ())
    ]
    reasons = [reason for reason, _ in violations] or [str(error.reason or status)]
    text = f"{scrubbed(str(error.message))} [{', '.join(sorted(set(reasons)))}]"
    mend = next((MENDS[each] for each in reasons if each in MENDS), "")
    if status in PASSING:
        return RetryLater(text)
    if status in DENIED or mend:
        return AccessDenied(text, mend or MEND)
    return Rejected(scrubbed(str(error.message)), code=", ".join(sorted(set(reasons))),
                    field=violations[0][1] if violations else None)  # fmt: skip
