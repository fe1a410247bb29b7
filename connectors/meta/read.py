"""Everything of an account that bears a mark of Kampanya's, in canonical form."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Protocol

from connectors.base import NOTHING, AccountFacts, Handle
from connectors.errors import Rejected
from connectors.meta.targeting import Keys
from connectors.meta.wire import READ_FIELDS, receive
from connectors.parallel import together
from engine.namesakes import Living
from engine.naming import token_of, unsigned
from engine.resource import Observed

PLATFORM = "meta"
EDGES: Mapping[str, str] = {
    "campaign": "campaigns",
    "ad_set": "adsets",
    "ad": "ads",
    "creative": "adcreatives",
    "image": "adimages",
    "video": "advideos",
    "audience": "customaudiences",
}
# Lists leave archived objects out unless asked by status; deleted ones are nobody's any more.
EFFECTIVE: Mapping[str, tuple[str, ...]] = {
    "campaign": ("ACTIVE", "PAUSED", "ARCHIVED", "IN_PROCESS", "WITH_ISSUES"),
    "ad_set": ("ACTIVE", "PAUSED", "ARCHIVED", "IN_PROCESS", "WITH_ISSUES", "CAMPAIGN_PAUSED"),
    "ad": (
        "ACTIVE", "PAUSED", "ARCHIVED", "IN_PROCESS", "WITH_ISSUES", "CAMPAIGN_PAUSED", "ADSET_PAUSED",
        "PENDING_REVIEW", "DISAPPROVED", "PREAPPROVED", "PENDING_BILLING_INFO",
    ),
}  # fmt: skip
PARENTS: Mapping[str, str] = {"ad_set": "campaign_id", "ad": "adset_id"}
UNLABELLED = ("image", "video", "audience")
GONE = ("ARCHIVED", "DELETED")
IMAGE_NAME = re.compile(r"^kampanya-([0-9a-f]{16})(\.\w+)?$")
BROKEN = ("error", "expired")  # AdVideo.status.video_status; the others are processing and ready
VIDEO_TITLE = re.compile(r"^kampanya-([0-9a-f]{16})$")
ACTIVE_ACCOUNT = 1


class Reader(Protocol):
    """The reads this module needs of a client."""

    def get(self, *path: str, **params: Any) -> dict[str, Any]: ...
    def rows(self, *path: str, fields: Sequence[str], **params: Any) -> Iterator[dict[str, Any]]: ...


# developers.facebook.com/docs/marketing-api/overview/authorization and …/reference/ad-account (user_tasks)
PERMISSIONS = ("ads_management", "ads_read")
TASKS = frozenset({"ADVERTISE", "MANAGE"})


def facts(graph: Reader, account: str) -> AccountFacts:
    """Name, currency and time zone as Meta has them; it can spend while its status is 1 (active)."""
    row = graph.get(account, fields="name,currency,timezone_name,account_status")
    return AccountFacts(
        account,
        str(row.get("name", "")),
        str(row.get("currency", "")),
        str(row.get("timezone_name", "")),
        row.get("account_status") == ACTIVE_ACCOUNT,
    )


def lacks(graph: Reader, account: str) -> list[str]:
    """What of PERMISSIONS the token was not granted, and TASKS where its user has none of them."""
    answer = graph.get("me/permissions")
    granted = {each.get("permission") for each in answer.get("data", ()) if each.get("status") == "granted"}
    found = [f"the permission {each}" for each in PERMISSIONS if each not in granted]
    tasks = graph.get(account, fields="user_tasks").get("user_tasks")
    if tasks is not None and not set(tasks) & TASKS:
        found.append("the task ADVERTISE or MANAGE on the ad account")
    return found


def read(graph: Reader, account: str, keys: Keys, known: Collection[Handle] = NOTHING) -> list[Observed]:
    """Every marked campaign, ad set, ad, creative, image and audience, and those in `known`.

    A known one that the lists do not show is asked for by itself: it may be too new for a list, or deleted.
    Raises ConnectorError.
    """
    rows = together([partial(_rows, graph, account, kind) for kind in EDGES])
    listed = [(kind, row) for kind, some in zip(EDGES, rows, strict=True) for row in some]
    seen = [each for kind, row in listed if (each := _observed(account, kind, row, keys, known))]
    missing = set(known) - {(each.kind, each.id) for each in seen}
    return seen + [each for kind, id in sorted(missing) for each in _single(graph, account, kind, id, keys)]


def handles(graph: Reader, account: str) -> list[Handle]:
    """Every object of the account by kind and id, whoever made it; archived and deleted ones are left out."""
    found: list[Handle] = []
    for kind, edge in EDGES.items():
        id = "hash" if kind == "image" else "id"
        statuses = [each for each in EFFECTIVE.get(kind, ()) if each not in GONE]
        params: dict[str, Any] = {"effective_status": statuses} if statuses else {}
        rows = graph.rows(account, edge, fields=(id,), **params)
        found += [(kind, str(row[id])) for row in rows]
    return found


def living(graph: Reader, account: str, kinds: Collection[str]) -> list[Living]:
    """Campaigns, ad sets and ads that are not archived, by name and by what they hang under."""
    found: list[Living] = []
    for kind in kinds:
        above = PARENTS.get(kind)
        statuses = [each for each in EFFECTIVE[kind] if each not in GONE]
        fields = ("id", "name", *((above,) if above else ()))
        for row in graph.rows(account, EDGES[kind], fields=fields, effective_status=statuses):
            parent = str(row.get(above, "")) if above else ""
            found.append(Living(kind, str(row["id"]), str(row.get("name", "")), parent))
    return found


def _single(graph: Reader, account: str, kind: str, id: str, keys: Keys) -> Iterator[Observed]:
    if kind == "image":  # the library's list is complete
        return
    try:
        row = graph.get(id, fields=",".join(_fields(kind)))
    except Rejected:  # 100/33: it does not exist, or no longer
        return
    seen = _observed(account, kind, row, keys, {(kind, id)})
    if seen is not None:
        yield seen


def _fields(kind: str) -> tuple[str, ...]:
    return ("id", *READ_FIELDS[kind], *(("adlabels",) if kind not in UNLABELLED else ()))


def images(graph: Reader, account: str) -> dict[str, str]:
    """First 16 digits of SHA-256 → image hash, of the images in the account's library that are ours."""
    found = {}
    for row in graph.rows(account, "adimages", fields=READ_FIELDS["image"]):
        mark = image_mark(row)
        if mark is not None and row.get("status") not in GONE:
            found[mark] = str(row["hash"])
    return found


def image_mark(row: Mapping[str, Any]) -> str | None:
    named = IMAGE_NAME.match(str(row.get("name", "")))
    return named[1] if named else None


def videos(graph: Reader, account: str) -> dict[str, str]:
    """First 16 digits of SHA-256 → id, of the account's videos that are ours and can be shown."""
    rows = graph.rows(account, "advideos", fields=("id", *READ_FIELDS["video"]))
    return {mark: str(row["id"]) for row in rows if (mark := video_mark(row)) is not None}


def video_mark(row: Mapping[str, Any]) -> str | None:
    """None for a video of somebody else's, and for one that Meta could not make playable."""
    named = VIDEO_TITLE.match(str(row.get("title", "")))
    return named[1] if named and not _broken(row) else None


def _broken(row: Mapping[str, Any]) -> bool:
    status = row.get("status")
    return isinstance(status, Mapping) and status.get("video_status") in BROKEN


def _rows(graph: Reader, account: str, kind: str) -> list[dict[str, Any]]:
    params: dict[str, Any] = {"effective_status": list(EFFECTIVE[kind])} if kind in EFFECTIVE else {}
    return list(graph.rows(account, EDGES[kind], fields=_fields(kind), **params))


def _observed(
    account: str, kind: str, row: Mapping[str, Any], keys: Keys, known: Collection[Handle]
) -> Observed | None:
    mark, id = _mark(kind, row), str(row["hash"] if kind == "image" else row["id"])
    if (mark is None and (kind, id) not in known) or row.get("status") == "DELETED" or _broken(row):
        return None
    gone = row.get("status") in GONE or row.get("effective_status") in GONE
    return Observed(
        PLATFORM,
        account,
        kind,
        id,
        mark or "",
        receive(kind, row, keys),
        label=str(row.get("name") or row.get("title") or ""),
        archived=gone,
        also=_tokens(row)[1:],
    )


def _mark(kind: str, row: Mapping[str, Any]) -> str | None:
    """The token on the object's label or in an audience's description, or the digits of an image or video."""
    if kind == "image":
        digits = image_mark(row)
        return f"image:{digits}" if digits else None
    if kind == "video":
        digits = video_mark(row)
        return f"video:{digits}" if digits else None
    if kind == "audience":
        return unsigned(str(row.get("description") or ""))[1]
    return next(iter(_tokens(row)), None)


def _tokens(row: Mapping[str, Any]) -> tuple[str, ...]:
    """Of every label of Kampanya's on it, anybody's."""
    named = (token_of(str(each.get("name", ""))) for each in row.get("adlabels") or ())
    return tuple(token for token in named if token)
