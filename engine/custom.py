"""The brand's own rules, judged: the tables they look at, and what their answers do to a plan.

A rule is SQL that selects what is forbidden. Running it is an effect and happens elsewhere; here is the plan
as rows before it, and refusals or notes after it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Literal

from engine.change import Archive, Create
from engine.plan import Note, Plan, PlannedChange, Refusal, plan_to_json
from engine.policy import is_reduction
from engine.render import show
from engine.resource import Fields, Value, to_json
from engine.supports import Supports

Row = Mapping[str, Any]
Severity = Literal["refuse", "warn"]
SHOWN = 20  # rows told of one rule; the rest are counted

# Table → column → DuckDB type: the documented, versioned form (docs/rules.md). Money in major units.
TABLES: Mapping[str, Mapping[str, str]] = {
    "plan": {
        "brand": "VARCHAR", "environment": "VARCHAR", "live": "BOOLEAN", "today": "DATE", "month": "VARCHAR",
        "spent": "DECIMAL(38,6)", "currency": "VARCHAR", "document": "JSON",
    },
    "changes": {
        "number": "INTEGER", "change": "VARCHAR", "platform": "VARCHAR", "kind": "VARCHAR", "key": "VARCHAR",
        "campaign": "VARCHAR", "id": "VARCHAR", "drift": "BOOLEAN", "hazards": "VARCHAR[]",
        "spend_per_day": "DECIMAL(38,6)", "currency": "VARCHAR",
    },
    "fields": {
        "number": "INTEGER", "platform": "VARCHAR", "kind": "VARCHAR", "key": "VARCHAR", "field": "VARCHAR",
        "before": "JSON", "after": "JSON", "before_amount": "DECIMAL(38,6)", "after_amount": "DECIMAL(38,6)",
        "before_text": "VARCHAR", "after_text": "VARCHAR",
    },
    "money": {
        "currency": "VARCHAR", "daily_before": "DECIMAL(38,6)", "daily_after": "DECIMAL(38,6)",
        "worst_day": "DECIMAL(38,6)",
    },
    "months": {"month": "VARCHAR", "amount": "DECIMAL(38,6)", "currency": "VARCHAR"},
    "hazards": {"number": "INTEGER", "hazard": "VARCHAR", "note": "VARCHAR"},
    "operations": {"platform": "VARCHAR", "needed": "INTEGER", "quota": "INTEGER"},
    "notes": {"sort": "VARCHAR", "subject": "VARCHAR", "text": "VARCHAR"},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one rule found: a message a row, or why it could not be run."""

    rule: str
    severity: Severity
    messages: tuple[str, ...] = ()
    error: str = ""


def judged(plan: Plan, verdicts: Sequence[Verdict], supports: Mapping[str, Supports]) -> Plan:
    """The plan with what the rules say. A rule that cannot be run refuses, whatever its severity.

    A plan of nothing but pauses and cuts is never refused: what would have refused it is noted.
    """
    harmless = all(is_reduction(each.change, supports) for each in plan.changes)
    refusals: list[Refusal] = []
    notes: list[Note] = []
    for verdict in verdicts:
        for refusal in _refusals(verdict):
            if harmless or (verdict.severity == "warn" and not verdict.error):
                notes.append(Note("warning", f"rule {verdict.rule}", refusal.detail))
            else:
                refusals.append(refusal)
    return replace(plan, refusals=(*plan.refusals, *refusals), notes=(*plan.notes, *notes))


def _refusals(verdict: Verdict) -> Iterator[Refusal]:
    mend = f"Change the declaration, or have the rule `{verdict.rule}` changed in a reviewed change."
    if verdict.error:
        yield Refusal(verdict.rule, f"the rule could not be run: {verdict.error}", "Mend its SQL.")
    for message in verdict.messages[:SHOWN]:
        yield Refusal(verdict.rule, message, mend)
    if len(verdict.messages) > SHOWN:
        yield Refusal(verdict.rule, f"and {len(verdict.messages) - SHOWN} more like these", mend)


def tables(plan: Plan, supports: Mapping[str, Supports], live: bool, today: str) -> dict[str, list[Row]]:
    """Table → rows, with the columns of TABLES. `today` is the brand's day (ISO)."""
    money = plan.money
    numbered = list(enumerate(plan.changes, start=1))
    currencies = {**money.daily_before, **money.daily_after}
    return {
        "plan": [
            {
                "brand": plan.brand, "environment": plan.environment, "live": live, "today": today,
                "month": money.month, "spent": str(money.spent.amount), "currency": money.spent.currency,
                "document": plan_to_json(plan),
            }
        ],
        "changes": [_change(number, each, money.currencies) for number, each in numbered],
        "fields": [row for number, each in numbered for row in _fields(number, each, plan, supports)],
        "money": [
            {"currency": name}
            | {
                column: str(getattr(money, column).get(name, Decimal(0)))
                for column in ("daily_before", "daily_after", "worst_day")
            }
            for name in currencies
        ],
        "months": [
            {"month": month, "amount": str(each.amount), "currency": each.currency}
            for month, each in money.months.items()
        ],
        "hazards": [
            {"number": number, "hazard": hazard.kind, "note": hazard.note}
            for number, each in numbered
            for hazard in each.hazards
        ],
        "operations": [
            {"platform": name, "needed": needed, "quota": quota}
            for name, (needed, quota) in plan.operations.items()
        ],
        "notes": [{"sort": each.sort, "subject": each.subject, "text": each.text} for each in plan.notes],
    }  # fmt: skip


def _change(number: int, planned: PlannedChange, currencies: Mapping[str, str]) -> Row:
    change, address = planned.change, planned.change.address
    per_day = sum((each.per_day.amount for each in planned.hazards if each.per_day), Decimal(0))
    return {
        "number": number,
        "change": type(change).__name__.lower(),
        "platform": address.platform,
        "kind": address.kind,
        "key": address.key,
        "campaign": address.key.partition("/")[0],
        "id": None if isinstance(change, Create) else change.id,
        "drift": planned.drift,
        "hazards": list(dict.fromkeys(each.kind for each in planned.hazards)),
        "spend_per_day": str(per_day),
        "currency": currencies.get(address.platform),
    }


def _fields(
    number: int, planned: PlannedChange, plan: Plan, supports: Mapping[str, Supports]
) -> Iterator[Row]:
    """A created object's fields are all after, an archived one's all before."""
    change, address = planned.change, planned.change.address
    support, currency = supports[address.platform], plan.money.currencies[address.platform]
    before, after = _sides(planned)
    for name in {**before, **after}:
        row: dict[str, Any] = {
            "number": number,
            "platform": address.platform,
            "kind": address.kind,
            "key": address.key,
            "field": name,
        }
        for side, values in (("before", before), ("after", after)):
            value = values.get(name)
            row[side] = to_json(value)
            row[f"{side}_text"] = (
                show(value, name, change.address, support, currency) if name in values else None
            )
            row[f"{side}_amount"] = _amount(value, name, address.kind, support, currency)
        yield row


def _sides(planned: PlannedChange) -> tuple[Fields, Fields]:
    change = planned.change
    if isinstance(change, Create):
        return {}, change.resource.fields
    if isinstance(change, Archive):
        return change.before, {}
    return change.before, change.after


def _amount(value: Value, name: str, kind: str, support: Supports, currency: str) -> str | None:
    if not isinstance(value, int) or isinstance(value, bool) or not support.kinds[kind].is_money(name):
        return None
    return str(Decimal(value) / support.units(currency))
