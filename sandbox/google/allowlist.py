"""Uploads of personal data that the Google Ads API takes only from those who did so before 2026."""

from __future__ import annotations

from sandbox.google.context import Account
from sandbox.google.errors import Problem, Refusal, Unimplemented

# (service, method) → the first day on which it is closed to newcomers, as every account here is:
# developers.google.com/ads/blog/posts/2026/03/changes-to-customer-match-support-in; conversions: …/2026/05.
CLOSED = {
    ("OfflineUserDataJobService", "CreateOfflineUserDataJob"): "2026-04-01",
    ("OfflineUserDataJobService", "AddOfflineUserDataJobOperations"): "2026-04-01",
    ("OfflineUserDataJobService", "RunOfflineUserDataJob"): "2026-04-01",
    ("UserDataService", "UploadUserData"): "2026-04-01",
    ("ConversionUploadService", "UploadClickConversions"): "2026-06-15",
}


def refuse(account: Account, service: str, method: str) -> None:
    """NotAllowlistedError once the method is closed; before that day it is not reproduced."""
    if account.today().isoformat() < CLOSED[service, method]:
        raise Unimplemented(f"{service}.{method} before {CLOSED[service, method]}")
    text = "Customer is not allowlisted for this feature: use the Data Manager API."
    raise Refusal(Problem("not_allowlisted_error", "CUSTOMER_NOT_ALLOWLISTED_FOR_THIS_FEATURE", text))
