"""Uploads of personal data that the Google Ads API takes only from those who did so before 2026."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.google import offline_jobs
from sandbox.google.context import Account
from sandbox.google.errors import Problem, Refusal, Unimplemented
from sandbox.google.longrunning import Work
from sandbox.google.messages import Message

ALLOWLISTED = "allowlisted"  # GoogleWorld.uploads of an account that sent members before
# (service, method) → the first day on which it is closed to newcomers, as accounts are unless the world says:
# developers.google.com/ads/blog/posts/2026/03/changes-to-customer-match-support-in; conversions: …/2026/05.
CLOSED = {
    ("OfflineUserDataJobService", "CreateOfflineUserDataJob"): "2026-04-01",
    ("OfflineUserDataJobService", "AddOfflineUserDataJobOperations"): "2026-04-01",
    ("OfflineUserDataJobService", "RunOfflineUserDataJob"): "2026-04-01",
    ("UserDataService", "UploadUserData"): "2026-04-01",
    ("ConversionUploadService", "UploadClickConversions"): "2026-06-15",
}


def answer(account: Account, service: str, method: str, request: Message, work: Work) -> Any:
    """What an account on the list may do; NotAllowlistedError for the others once the method is closed.

    Raises Unimplemented for what is not reproduced: everything before its day, and conversions.
    """
    if account.world.uploads == ALLOWLISTED and (service, method) in OPEN:
        return OPEN[service, method](account, request, work)
    if account.world.uploads == ALLOWLISTED:
        raise Unimplemented(f"{service}.{method}")
    if account.today().isoformat() < CLOSED[service, method]:
        raise Unimplemented(f"{service}.{method} before {CLOSED[service, method]}")
    text = "Customer is not allowlisted for this feature: use the Data Manager API."
    raise Refusal(Problem("not_allowlisted_error", "CUSTOMER_NOT_ALLOWLISTED_FOR_THIS_FEATURE", text))


JOBS = "OfflineUserDataJobService"
OPEN: dict[tuple[str, str], Callable[[Account, Message, Work], Any]] = {
    (JOBS, "CreateOfflineUserDataJob"): lambda account, request, _: offline_jobs.create(account, request),
    (JOBS, "AddOfflineUserDataJobOperations"): lambda account, request, work: offline_jobs.add(
        account, request, work.version
    ),
    (JOBS, "RunOfflineUserDataJob"): offline_jobs.run,
}
