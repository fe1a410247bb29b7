"""Who may say yes, and how they prove who they are: a secret shown once, and codes that work once."""

from __future__ import annotations

import json
import os
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from pathlib import Path

from engine.change import Change, Create
from engine.moves import moves
from engine.plan import Plan
from engine.policy import convert, is_reduction
from engine.supports import Supports
from journal.store import Journal
from operations.plan import rails
from operations.site import Site
from schemas.errors import KampanyaError
from schemas.private import private_folder
from schemas.strategy import Approver
from schemas.types import slugify

# RFC 6238 with what every authenticator app assumes: SHA-1, six digits, steps of 30 seconds. One step on
# either side is accepted, as section 5.2 advises, for clocks that are not quite right.
STEP_SECONDS = 30
SKEW_STEPS = (0, -1, 1)
# (wrong tries, within): so many lock a name out until they are older than that. Three codes of a million are
# right at any moment, so the second rule leaves a guesser about 0.006 % a day.
LOCKOUTS = ((5, timedelta(minutes=15)), (20, timedelta(days=1)))


# Addressed by what is in them, so that campaigns share them: one that is new changes nothing by itself, and
# the ad that shows it is a change of its campaign.
CONTENT = ("creative", "image", "video", "asset")


class NotProven(KampanyaError):
    """This answer proves nobody's yes; another, by the right person or with the right code, may."""


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A new secret, to be shown once: `secret` in base32 to type, `address` (otpauth://) to scan."""

    approver: str
    secret: str
    address: str


def plain_name(name: str) -> str:
    """A name as it is compared: the same letters are the same however a keyboard composes them."""
    return unicodedata.normalize("NFC", " ".join(name.split()))


def listed(site: Site, name: str) -> str:
    """The approver as `kampanya.yaml` writes the name. Raises NotProven for anybody else."""
    approvers = [each.approver for each in site.workspace.brand.may_approve]
    for each in approvers:
        if plain_name(each) == plain_name(name):
            return each
    raise NotProven(
        "This person may not approve",
        f"{name} is not among the brand's approvers ({', '.join(approvers) or 'nobody'})",
        "Name an approver listed in kampanya.yaml.",
    )


def demand_authority(site: Site, journal: Journal, plan: Plan, name: str) -> None:
    """Raises NotProven where the plan goes further than `name` may approve, with every reason."""
    if beyond := shortfall(site, journal, plan, name):
        raise NotProven(
            "This person may not approve so much",
            beyond,
            "Ask an approver whose limits in kampanya.yaml allow it, or plan less with --target.",
        )


def shortfall(site: Site, journal: Journal, plan: Plan, name: str) -> str:
    """In what the plan goes further than `name` may approve, with the name; "" where it does not."""
    limits = next((each for each in site.workspace.brand.may_approve if each.approver == name), None)
    beyond = list(_beyond(site, journal, plan, limits)) if limits else []
    return f"{name}: {'; '.join(beyond)}" if beyond else ""


def _beyond(site: Site, journal: Journal, plan: Plan, limits: Approver) -> Iterator[str]:
    changes = [each.change for each in plan.changes]
    if limits.campaigns:
        keys = {campaign_of(each, site.supports) for each in changes if each.address.kind not in CONTENT}
        foreign = sorted((keys | _taken_from(site, journal, keys)) - set(limits.campaigns))
        if foreign:
            yield f"the plan changes {', '.join(foreign)}; allowed are {', '.join(limits.campaigns)}"
    if limits.platforms:
        others = sorted({each.address.platform for each in changes} - set(limits.platforms))
        if others:
            yield f"the plan changes {', '.join(others)}; allowed is {', '.join(limits.platforms)}"
    if limits.up_to and not all(is_reduction(each, site.supports) for each in changes):
        total, unpriced = convert(plan.money.daily_after, rails(site, site.now()))
        yield from (each.detail for each in unpriced)
        if total > limits.up_to.amount:
            yield f"{total:,.2f} {limits.up_to.currency} a day is above {limits.up_to}"


def _taken_from(site: Site, journal: Journal, keys: Collection[str]) -> set[str]:
    """The keys of which campaigns that are renamed to these are still known: what they hold is theirs."""
    known = {address.key.partition("/")[0] for address in journal.ids()}
    renamed = moves(site.workspace.campaigns)
    found = {old.partition("/")[0] for new, old in renamed.items() if new.partition("/")[0] in keys}
    return found & known


def campaign_of(change: Change, supports: Mapping[str, Supports]) -> str:
    """The key of the campaign that a change belongs to; what belongs to none is named by its kind and key.

    What campaigns share may bear the lines of the first of them, and moves the bids or reach of all.
    """
    address, kinds = change.address, supports[change.address.platform].kinds
    root = kinds[address.kind]
    while root.parent_kind:
        root = kinds[root.parent_kind]
    if root.kind != "campaign":
        return f"{root.kind.replace('_', ' ')} {address.key.partition('/')[0]}"
    resource = change.resource if isinstance(change, Create) else getattr(change, "context", None)
    if resource is not None and resource.path[:1] == ("campaign",):
        return str(resource.path[1])
    return address.key.partition("/")[0]


def enrol(site: Site, journal: Journal, name: str, *, replace: bool, actor: str) -> Enrolled:
    """Give a listed approver a secret of this environment; only its file and the answer hold it.

    The file is in the state folder, mode 0600. Raises KampanyaError where there is one and `replace` is not
    asked for, NotProven for a name that is not listed.
    """
    import pyotp

    approver = listed(site, name)
    path = secret_file(site, approver)
    if path.exists() and not replace:
        raise KampanyaError(
            "This approver has a code already",
            f"{approver} in {site.environment}",
            "Add --replace to make the old one worthless, for a lost or stolen phone.",
        )
    secret = pyotp.random_base32()
    private_folder(path.parent)
    document = {"version": 1, "approver": approver, "secret": secret}
    temporary = path.with_suffix(".tmp")
    with open(
        os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
    ) as file:
        json.dump(document, file, ensure_ascii=False)
    detail = {"approver": approver, "replaced": path.exists()}
    temporary.replace(path)
    journal.event("approver added", datetime.now(UTC), actor, detail)
    issuer = f"Kampanya {site.scope.brand} {site.environment}"
    address = pyotp.TOTP(secret).provisioning_uri(name=approver, issuer_name=issuer)
    return Enrolled(approver, secret, address)


def is_enrolled(site: Site, approver: str) -> bool:
    return secret_file(site, approver).is_file()


def secret_file(site: Site, approver: str) -> Path:
    """One file a person; names that only look alike have different ones."""
    fingerprint = sha256(plain_name(approver).encode()).hexdigest()[:8]
    folder: Path = site.state / "approvers"
    return folder / f"{slugify(approver)}-{fingerprint}.json"


def prove(site: Site, journal: Journal, approver: str, code: str, digest: str, at: datetime) -> None:
    """Use up `approver`'s one-time code, as it stood at `at`, for the plan of `digest`.

    Every try is journalled before it is looked at, without the code: tries at the same time count too.
    Raises NotProven where the code is wrong, used or too old, or the name is locked out.
    """
    _demand_unlocked(journal, approver)
    journal.event("code tried", datetime.now(UTC), approver, {"digest": digest})
    _demand_unlocked(journal, approver, own=1)
    step = _step_of(_secret(site, approver), code, at)
    if step is None:
        raise NotProven(
            "The one-time code is wrong",
            f"for {approver}, in {site.environment}",
            "Type the six digits that the authenticator shows now.",
        )
    if not journal.use_code(approver, step, datetime.now(UTC)):
        raise NotProven(
            "The one-time code was used before",
            f"by {approver}; a code is good once, for one plan",
            "Wait for the next one (at most 30 seconds).",
        )
    journal.event("code proven", datetime.now(UTC), approver, {"digest": digest, "step": step})


def _step_of(secret: str, code: str, at: datetime) -> int | None:
    """Which step's code it is, or None. Compares all of them, each in constant time."""
    import pyotp

    totp, now = pyotp.TOTP(secret), int(at.timestamp()) // STEP_SECONDS
    given = code.strip().replace(" ", "").encode()
    right = [now + skew for skew in SKEW_STEPS if compare_digest(_code(totp, now + skew), given)]
    return right[0] if right else None


def _code(totp: object, step: int) -> bytes:
    made: str = totp.generate_otp(step)  # type: ignore[attr-defined]
    return made.encode()


def _secret(site: Site, approver: str) -> str:
    path = secret_file(site, approver)
    if path.stat().st_mode & 0o077:
        raise KampanyaError(
            "An approver's secret can be read by others", str(path), f"chmod 600 {path}, or enrol anew."
        )
    try:
        kept: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
        return kept["secret"]
    except (ValueError, KeyError):
        fix = f"kampanya approver add '{approver}' --replace -e {site.environment}"
        raise KampanyaError("An approver's secret is damaged", str(path), fix) from None


def _demand_unlocked(journal: Journal, approver: str, own: int = 0) -> None:
    """Raises NotProven while a lockout holds; `own` tries are the caller's, not yet looked at."""
    for limit, within in LOCKOUTS:
        since = datetime.now(UTC) - within
        wrong = _count(journal, "code tried", approver, since) - _count(
            journal, "code proven", approver, since
        )
        if wrong - own >= limit:
            raise NotProven(
                "Too many wrong codes",
                f"{limit} within {_words(within)} for {approver}",
                f"Wait until the oldest is {_words(within)} old; a right code does not help before.",
            )


def _count(journal: Journal, kind: str, approver: str, since: datetime) -> int:
    return sum(each.actor == approver for each in journal.events(kind, since))


def _words(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    return f"{minutes} minutes" if minutes < 60 else f"{minutes // 60} hours"


def roll(site: Site) -> Sequence[tuple[str, bool]]:
    """Every listed approver, and whether they have a code in this environment."""
    names = [each.approver for each in site.workspace.brand.may_approve]
    return [(each, is_enrolled(site, each)) for each in names]
