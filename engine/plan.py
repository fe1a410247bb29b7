"""A plan: everything a person approves and an apply executes, as one immutable, serialisable value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from engine.budget import Amount
from engine.change import Archive, Change, Create, Update
from engine.effort import Effort
from engine.hazards import Hazard
from engine.resource import Address, Resource, digest_of, from_json, to_json

VERSION = 1


@dataclass(frozen=True, slots=True)
class PlannedChange:
    """One change with what it risks. `drift` is True where the platform, not the YAML, is what moved."""

    change: Change
    hazards: tuple[Hazard, ...] = ()
    drift: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """A guard rail that says no to the whole plan."""

    rule: str
    detail: str
    fix: str


@dataclass(frozen=True, slots=True)
class Money:
    """The footer. Amounts in major units by currency; the ceilings and months in the brand's currency.

    `currencies` is platform → the currency of its account. `months` is what each month will have cost by its
    end; `month` is the current one, of which `spent` is spent. `unknown` is platform → the days of it before
    today whose spend was not loaded whole: they count with what may be spent on them.
    """

    currencies: Mapping[str, str]

    daily_before: Mapping[str, Decimal]
    daily_after: Mapping[str, Decimal]
    worst_day: Mapping[str, Decimal]
    month: str
    months: Mapping[str, Amount]
    spent: Amount
    ceiling_daily: Amount | None
    ceiling_monthly: Amount | None
    unknown: Mapping[str, tuple[date, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Note:
    """Something a reader must see that is no change: held by somebody, foreign, blocked."""

    sort: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Plan:
    """`config` is the digest of the declaration, `observed` that of what was read of our objects.

    `accounts` is platform → account id; `operations` is platform → (calls needed, daily quota or None).
    `created_at` takes no part in the digest: the same situation gives the same digest. `platform` is the only
    one whose changes are in it, None for all; the money is always that of all. `as_of` is the digest of the
    earlier plan that this one goes back to, "" for what the YAML says. `serial` counts the journal's runs:
    a yes to a plan is none to the same changes after something else was applied. `ids` are those of what its
    updates refer to and is there already.
    With `revert` it holds nothing but what undoes other people's changes at exactly these keys. `along` are
    objects of others (`platform:kind/id`) that end with what it archives, by an explicit yes. `effort` is
    platform → what the changes take there. With `adopt` it holds nothing but the marks of what was imported,
    with `release` nothing but those of what is at and below these keys, taken off.
    """

    brand: str
    environment: str
    accounts: Mapping[str, str]
    config: str
    observed: str
    changes: tuple[PlannedChange, ...]
    money: Money
    operations: Mapping[str, tuple[int, int | None]]
    notes: tuple[Note, ...]
    refusals: tuple[Refusal, ...]
    created_at: datetime
    targets: tuple[str, ...] = ()
    resume: tuple[str, ...] = ()
    platform: str | None = None
    as_of: str = ""
    serial: int = 0
    ids: Mapping[Address, str] = field(default_factory=dict)
    revert: tuple[str, ...] = ()
    along: tuple[str, ...] = ()
    effort: Mapping[str, Effort] = field(default_factory=dict)
    adopt: bool = False
    release: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 (hex) over everything but `created_at`: what an approval binds to."""
        document = plan_to_json(self)
        document.pop("created_at")
        document.pop("digest", None)
        return digest_of(document)

    @property
    def blocked(self) -> tuple[Note, ...]:
        return tuple(note for note in self.notes if note.sort == "blocked")


def plan_to_json(plan: Plan) -> dict[str, Any]:
    """The plan's documented JSON form, version 1, without its digest."""
    return {
        "version": VERSION,
        "brand": plan.brand,
        "environment": plan.environment,
        "accounts": dict(plan.accounts),
        "config": plan.config,
        "observed": plan.observed,
        "targets": list(plan.targets),
        "resume": list(plan.resume),
        "platform": plan.platform,
        **({"as_of": plan.as_of} if plan.as_of else {}),
        **({"serial": plan.serial} if plan.serial else {}),
        **({"ids": {str(at): id for at, id in sorted(plan.ids.items())}} if plan.ids else {}),
        **({"revert": list(plan.revert)} if plan.revert else {}),
        **({"along": list(plan.along)} if plan.along else {}),
        **({"adopt": True} if plan.adopt else {}),
        **({"release": list(plan.release)} if plan.release else {}),
        "changes": [_change_to_json(each) for each in plan.changes],
        "money": _money_to_json(plan.money),
        "operations": {name: list(pair) for name, pair in plan.operations.items()},
        **({"effort": {name: asdict(each) for name, each in plan.effort.items()}} if plan.effort else {}),
        "notes": [{"sort": n.sort, "subject": n.subject, "text": n.text} for n in plan.notes],
        "refusals": [{"rule": r.rule, "detail": r.detail, "fix": r.fix} for r in plan.refusals],
        "created_at": plan.created_at.isoformat(),
    }


def plan_from_json(document: Mapping[str, Any]) -> Plan:
    """The inverse of `plan_to_json`. Raises ValueError or KeyError on anything else."""
    if document.get("version") != VERSION:
        raise ValueError(f"plan version {document.get('version')!r}, this Kampanya reads {VERSION}")
    return Plan(
        brand=document["brand"],
        environment=document["environment"],
        accounts=document["accounts"],
        config=document["config"],
        observed=document["observed"],
        targets=tuple(document["targets"]),
        resume=tuple(document["resume"]),
        platform=document["platform"],
        as_of=document.get("as_of", ""),
        serial=document.get("serial", 0),
        ids={Address.parse(at): id for at, id in document.get("ids", {}).items()},
        revert=tuple(document.get("revert", ())),
        along=tuple(document.get("along", ())),
        adopt=bool(document.get("adopt", False)),
        release=tuple(document.get("release", ())),
        effort={name: Effort(**each) for name, each in document.get("effort", {}).items()},
        changes=tuple(_change_from_json(each) for each in document["changes"]),
        money=_money_from_json(document["money"]),
        operations={name: (pair[0], pair[1]) for name, pair in document["operations"].items()},
        notes=tuple(Note(**each) for each in document["notes"]),
        refusals=tuple(Refusal(**each) for each in document["refusals"]),
        created_at=datetime.fromisoformat(document["created_at"]),
    )


def resource_to_json(resource: Resource) -> dict[str, Any]:
    return {
        "address": str(resource.address),
        "account": resource.account,
        "mark": resource.mark,
        "fields": to_json(resource.fields),
        "path": list(resource.path),
    }


def resource_from_json(document: Mapping[str, Any]) -> Resource:
    return Resource(
        Address.parse(document["address"]),
        document["account"],
        document["mark"],
        from_json(document["fields"]),  # type: ignore[arg-type]
        tuple(document["path"]),
    )


def _change_to_json(planned: PlannedChange) -> dict[str, Any]:
    change = planned.change
    body: dict[str, Any]
    match change:
        case Create(resource):
            body = {"change": "create", "resource": resource_to_json(resource)}
        case Update():
            body = {
                "change": "update",
                "resource": resource_to_json(change.context),
                "id": change.id,
                "before": to_json(change.before),
                "after": to_json(change.after),
            }
        case Archive():
            body = {
                "change": "archive",
                "address": str(change.address),
                "account": change.account,
                "id": change.id,
                "before": to_json(change.before),
            }
    body["hazards"] = [_hazard_to_json(each) for each in planned.hazards]
    body["drift"] = planned.drift
    return body


def _change_from_json(document: Mapping[str, Any]) -> PlannedChange:
    sort = document["change"]
    change: Change
    if sort == "create":
        change = Create(resource_from_json(document["resource"]))
    elif sort == "update":
        change = Update(
            resource_from_json(document["resource"]),
            document["id"],
            from_json(document["before"]),  # type: ignore[arg-type]
            from_json(document["after"]),  # type: ignore[arg-type]
        )
    elif sort == "archive":
        address = Address.parse(document["address"])
        change = Archive(address, document["account"], document["id"], from_json(document["before"]))  # type: ignore[arg-type]
    else:
        raise ValueError(f"unknown change {sort!r}")
    return PlannedChange(
        change, tuple(_hazard_from_json(each) for each in document["hazards"]), document["drift"]
    )


def _amount_to_json(amount: Amount | None) -> Any:
    return None if amount is None else {"amount": str(amount.amount), "currency": amount.currency}


def _amount_from_json(document: Any) -> Amount | None:
    return None if document is None else _amount(document)


def _amount(document: Mapping[str, Any]) -> Amount:
    return Amount(Decimal(document["amount"]), document["currency"])


def _hazard_to_json(hazard: Hazard) -> dict[str, Any]:
    return {"kind": hazard.kind, "note": hazard.note, "per_day": _amount_to_json(hazard.per_day)}


def _hazard_from_json(document: Mapping[str, Any]) -> Hazard:
    return Hazard(document["kind"], document["note"], _amount_from_json(document["per_day"]))


def _money_to_json(money: Money) -> dict[str, Any]:
    return {
        "currencies": dict(money.currencies),
        "daily_before": {name: str(value) for name, value in money.daily_before.items()},
        "daily_after": {name: str(value) for name, value in money.daily_after.items()},
        "worst_day": {name: str(value) for name, value in money.worst_day.items()},
        "month": money.month,
        "months": {name: _amount_to_json(amount) for name, amount in money.months.items()},
        "spent": _amount_to_json(money.spent),
        "ceiling_daily": _amount_to_json(money.ceiling_daily),
        "ceiling_monthly": _amount_to_json(money.ceiling_monthly),
        "unknown": {name: [each.isoformat() for each in days] for name, days in money.unknown.items()},
    }


def _money_from_json(document: Mapping[str, Any]) -> Money:
    def amounts(name: str) -> dict[str, Decimal]:
        return {currency: Decimal(value) for currency, value in document[name].items()}

    months = {name: _amount(amount) for name, amount in document["months"].items()}
    return Money(
        document["currencies"],
        amounts("daily_before"),
        amounts("daily_after"),
        amounts("worst_day"),
        document["month"],
        months,
        _amount(document["spent"]),
        _amount_from_json(document["ceiling_daily"]),
        _amount_from_json(document["ceiling_monthly"]),
        {name: tuple(map(date.fromisoformat, days)) for name, days in document["unknown"].items()},
    )
