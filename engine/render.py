"""A plan in words: the lines a person reads, and those lines as Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from engine.change import Archive, Create, Update
from engine.footer import footer
from engine.plan import Plan, PlannedChange
from engine.resource import MARK, Address, Ref, Value, refs_in, resolve, same
from engine.supports import KindSupport, Supports

Tone = Literal["create", "update", "archive", "field", "hazard", "footer", "note", "refusal", "plain"]

HIDDEN = frozenset({"name"})  # told in the heading
EMPTY: tuple[Value, ...] = (None, (), [], {}, "")  # says nothing where there was nothing before


@dataclass(frozen=True, slots=True)
class Line:
    tone: Tone
    text: str


def lines(plan: Plan, supports: Mapping[str, Supports]) -> list[Line]:
    """The plan as toned lines. Only the line of a changed object begins with a symbol."""
    told = (
        *_heading(plan),
        *(line for change in plan.changes for line in _change(change, supports, plan)),
        *_notes(plan),
        *_refusals(plan),
        *_footer(plan),
    )
    return [Line(line.tone, _one_line(line.text)) for line in told]


def _one_line(text: str) -> str:
    """What somebody wrote in a name or a text cannot begin a line of ours, nor steer a terminal."""
    return "".join(each if each.isprintable() else "⏎" if each in "\n\r" else "�" for each in text)


def text(plan: Plan, supports: Mapping[str, Supports]) -> str:
    """Plain text, for terminals without colour and for golden files."""
    return "\n".join(line.text for line in lines(plan, supports)) + "\n"


def markdown(plan: Plan, supports: Mapping[str, Supports]) -> str:
    """The plan as Markdown: a diff block, so that symbols are coloured where Markdown is shown."""
    words = text(plan, supports)
    longest = max((len(run) for run in re.findall("`+", words)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"## Plan for {plan.brand} ({plan.environment})\n\n{fence}diff\n{words}{fence}\n"


def _heading(plan: Plan) -> Iterator[Line]:
    accounts = ", ".join(f"{platform} {account}" for platform, account in plan.accounts.items())
    yield Line("plain", f"Plan for {plan.brand} in {plan.environment}: {accounts}")
    if plan.platform:
        yield Line("note", f"Only {plan.platform}: the money below is that of all platforms.")
    if plan.targets:
        yield Line(
            "note", f"Only {', '.join(plan.targets)}: the rest of the declaration was left out of this plan."
        )
    if plan.resume:
        keys = ", ".join(key or "everything" for key in plan.resume)
        yield Line("note", f"What was paused at {keys} is acknowledged, and may run again.")
    if plan.as_of:
        yield Line("note", f"The way back to what plan {plan.as_of[:16]} declared, not what the YAML says.")
    if not plan.changes:
        held_up = any(note.sort in ("blocked", "held") for note in plan.notes)
        by = "that plan declared" if plan.as_of else "declared"
        as_declared = f"No changes. The platforms are as {by}."
        yield Line(
            "plain", "Nothing to do, but not all is as declared: see below." if held_up else as_declared
        )
    yield Line("plain", "")


def _change(planned: PlannedChange, supports: Mapping[str, Supports], plan: Plan) -> Iterator[Line]:
    change = planned.change
    what = f"{change.address.platform} {change.address.kind} {change.address.key}"
    match change:
        case Create(resource):
            name, note = resource.fields.get("name"), _support(planned, supports).note
            yield Line("create", f"+ {what}" + (f"  “{name}”" if isinstance(name, str) else ""))
            if note:
                yield Line("note", f"    ({note})")
            for field, value in leaves(resource.fields):
                if field not in HIDDEN and value not in EMPTY:
                    yield Line("field", f"    {field}: {_told(value, field, planned, supports, plan)}")
        case Update():
            drift = "  (changed on the platform, not in the YAML)" if planned.drift else ""
            yield Line("update", f"~ {what}{drift}")
            yield from _differences(planned, change, supports, plan)
        case Archive():
            yield Line("archive", f"- {what}  ({change.id})")
    for hazard in planned.hazards:
        yield Line("hazard", f"    ! {hazard.kind}: {hazard.note}")


def _support(planned: PlannedChange, supports: Mapping[str, Supports]) -> KindSupport:
    address = planned.change.address
    return supports[address.platform].kinds[address.kind]


def _differences(
    planned: PlannedChange, change: Update, supports: Mapping[str, Supports], plan: Plan
) -> Iterator[Line]:
    before, after = dict(leaves(change.before)), dict(leaves(change.after))
    for field in {**before, **after}:
        old, new = before.get(field), after.get(field)
        if not same(old, resolve(new, plan.ids)):
            old = _by_key(old, new, plan.ids)
            shown = _told(old, field, planned, supports, plan), _told(new, field, planned, supports, plan)
            yield Line("field", f"    {field}: {shown[0]} → {shown[1]}")


def _by_key(old: Value, new: Value, ids: Mapping[Address, str]) -> Value:
    """What was there, with the references that stay told by their keys, as in what comes."""
    staying: dict[Value, Value] = {ids[at]: Ref(at) for at in refs_in(new) if at in ids}
    if isinstance(old, Sequence) and not isinstance(old, str):
        return tuple(staying.get(each, each) if isinstance(each, str) else each for each in old)
    return staying.get(old, old) if isinstance(old, str) else old


def leaves(value: Mapping[str, Value], prefix: str = "") -> Iterator[tuple[str, Value]]:
    """The values that are no mappings, under their names with dots."""
    for name, item in value.items():
        if isinstance(item, Mapping) and item:
            yield from leaves(item, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", item


def _told(
    value: Value, field: str, planned: PlannedChange, supports: Mapping[str, Supports], plan: Plan
) -> str:
    address = planned.change.address
    return show(value, field, address, supports[address.platform], plan.money.currencies[address.platform])


def show(value: Value, field: str, address: Address, support: Supports, currency: str) -> str:
    """One value in words: money in `currency` and major units, references by their keys."""
    if value is None or (field == MARK and not value):
        return "—"
    if isinstance(value, Ref):
        return f"{value.address.kind} {value.address.key}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int) and support.kinds[address.kind].is_money(field):
        return f"{Decimal(value) / support.units(currency):,.2f} {currency}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(show(each, "", address, support, currency) for each in value) or "none"
    if isinstance(value, Mapping) and len(value) == 1:
        ((name, only),) = value.items()
        return show(only, f"{field}.{name}", address, support, currency)
    if isinstance(value, Mapping):
        told = (f"{name} {show(item, name, address, support, currency)}" for name, item in value.items())
        return "; ".join(told) or "none"
    return str(value)


def _notes(plan: Plan) -> Iterator[Line]:
    for note in plan.notes:
        yield Line("note", f"! {note.sort}: {note.subject}")
        yield from (Line("note", f"    {part}") for part in note.text.splitlines())
    if plan.notes:
        yield Line("plain", "")


def _refusals(plan: Plan) -> Iterator[Line]:
    for refusal in plan.refusals:
        yield Line("refusal", f"REFUSED by the guard rail “{refusal.rule}”: {refusal.detail}")
        yield Line("refusal", f"    {refusal.fix}")
    if plan.refusals:
        yield Line("plain", "")


def _footer(plan: Plan) -> Iterator[Line]:
    if plan.changes:
        yield Line("plain", "")
    yield from (Line("footer", each) for each in footer(plan))
    yield Line("footer", f"Digest: {plan.digest[:16]}")


def summary(plan: Plan) -> str:
    """One line for logs, run names and notifications."""
    sorts: Iterable[str] = (type(each.change).__name__.lower() for each in plan.changes)
    counts: dict[str, int] = {}
    for sort in sorts:
        counts[sort] = counts.get(sort, 0) + 1
    return ", ".join(f"{count} {sort}" for sort, count in counts.items()) or "no changes"
