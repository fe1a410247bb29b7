"""Audiences in Meta's terms: a custom audience's rule or what a lookalike resembles, and their size."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from connectors.base import AudienceSize
from connectors.meta.normal import words
from connectors.meta.sheet import Sheet
from connectors.speech import Sheet as Said
from connectors.speech import Wordless, rule_said
from engine.naming import signed, unsigned
from engine.resource import Fields, Resource, Value

DAY = 86_400  # seconds: a rule's retention is told in them
CUSTOM = "custom:"
INCLUDE, EXCLUDE = "inclusions", "exclusions"
ANY = "or"  # between rules: a person who matches one of them
SIZES = ("id", "approximate_count_lower_bound", "approximate_count_upper_bound", "delivery_status")
SMALLEST = 1000  # told as both bounds of anything smaller
READY = 200  # delivery_status.code; 300 is "not ready", with the reason in words
PREFILL = {"prefill": True}  # people of the days before its creation too; cannot be read back
ALIKE = "LOOKALIKE"
LIST, SOURCE = "CUSTOM", "customer_file_source"
# Customer File Custom Audiences, "Create a custom audience".
SOURCES = {
    "customers": "USER_PROVIDED_ONLY",
    "partners": "PARTNER_PROVIDED_ONLY",
    "both": "BOTH_USER_AND_PARTNER_PROVIDED",
}
ORIGIN, SPEC = "origin_audience_id", "lookalike_spec"
# Lookalike Audiences, "Types": what these stand for where no ratio is told.
TYPES = {"similarity": 1, "reach": 5}
# Engagement Custom Audiences, "Engagement rules": our source → Meta's, the account's setting that has its
# own, and what people did → event.
ENGAGEMENTS: Mapping[str, tuple[str, str, Mapping[str, str]]] = {
    "page": (
        "page",
        "page",
        {
            "anything": "page_engaged",
            "visited": "page_visited",
            "messaged": "page_messaged",
            "clicked": "page_cta_clicked",
            "saved": "page_or_post_save",
            "reacted": "page_post_interaction",
        },
    ),
    "instagram": (
        "ig_business",
        "instagram",
        {
            "anything": "ig_business_profile_all",
            "visited": "ig_business_profile_visit",
            "messaged": "ig_user_messaged_business",
            "saved": "ig_business_profile_ad_saved",
            "reacted": "ig_business_profile_engaged",
        },
    ),
    "lead_form": (
        "lead",
        "",
        {
            "opened": "lead_generation_opened",
            "submitted": "lead_generation_submitted",
            "abandoned": "lead_generation_dropoff",
        },
    ),
}


def audience(resource: Resource, sheet: Sheet) -> dict[str, Value]:
    """Canonical fields: name, description without the mark, and the rule in its normal form; a lookalike
    its origin, countries and percent of their people; a list of customers who collected it.
    """
    declared: Any = resource.fields
    plain: dict[str, Value] = {"name": declared["name"], "description": declared["description"]}
    if "source" in declared:
        return plain | {ORIGIN: declared["source"], SPEC: _spec(declared["percent"], declared["locations"])}
    if "customers" in declared:
        return plain | {SOURCE: SOURCES[declared["customers"]["collected_from"]]}
    if "engaged" in declared:
        return plain | {"rule": _rule({INCLUDE: [_engaged(resource, sheet)]})}
    return plain | {"rule": _visited(resource, sheet)}


def _spec(percent: int, countries: Iterable[Any]) -> dict[str, Value]:
    return {"percent": percent, "countries": tuple(sorted({str(each) for each in countries}))}


def _engaged(resource: Resource, sheet: Sheet) -> dict[str, Any]:
    engaged: Any = resource.fields["engaged"]
    theirs, setting, events = ENGAGEMENTS[engaged["with"]]
    source = engaged["id"] or sheet.setting(resource, setting, "the audience is of those who dealt with it")
    return {
        "event_sources": [{"id": source, "type": theirs}],
        "retention_seconds": engaged["within_days"] * DAY,
        "filter": {
            "operator": "and",
            "filters": [{"field": "event", "operator": "eq", "value": events[engaged["did"]]}],
        },
    }


def _visited(resource: Resource, sheet: Sheet) -> dict[str, Value]:
    pixel = sheet.setting(resource, "pixel", "its visitors are seen by one")
    declared: Any = resource.fields
    sides = {
        theirs: [_declared(rule, pixel) for rule in declared.get(ours) or ()]
        for theirs, ours in ((INCLUDE, "include"), (EXCLUDE, "exclude"))
    }
    return _rule(sides)


def _declared(rule: Mapping[str, Any], pixel: str) -> dict[str, Any]:
    tests = [{"field": "event", "operator": "eq", "value": rule["event"].removeprefix(CUSTOM)}]
    if rule["url_contains"]:
        tests.append({"field": "url", "operator": "i_contains", "value": rule["url_contains"]})
    return {
        "event_sources": [{"id": pixel, "type": "pixel"}],
        "retention_seconds": rule["within_days"] * DAY,
        "filter": {"operator": "and", "filters": tests},
    }


def _rule(sides: Mapping[str, Iterable[Mapping[str, Any]]]) -> dict[str, Value]:
    """The normal form: rules in one order, since it means nothing, and no side without rules."""
    made: dict[str, Value] = {}
    for name, rules in sides.items():
        ordered = _ordered([_one(rule) for rule in rules])
        if ordered:
            made[name] = {"operator": ANY, "rules": ordered}
    return made


def _one(rule: Mapping[str, Any]) -> dict[str, Any]:
    sources = [{"id": str(each["id"]), "type": str(each["type"])} for each in rule["event_sources"]]
    tested = rule.get("filter") or {}
    tests = [
        {name: str(each[name]) for name in ("field", "operator", "value")}
        for each in tested.get("filters") or ()
    ]
    return {
        "event_sources": _ordered(sources),
        "retention_seconds": int(rule["retention_seconds"]),
        "filter": {"operator": str(tested.get("operator", "and")), "filters": _ordered(tests)},
    }


def _ordered(items: Iterable[dict[str, Any]]) -> tuple[dict[str, Any], ...]:
    return tuple(sorted(items, key=lambda each: json.dumps(each, sort_keys=True)))


def receive(row: Mapping[str, Any]) -> dict[str, Value]:
    """The same fields of a row that Graph returned. A rule that we could not have written says so as text."""
    text, _ = unsigned(str(row.get("description") or ""))
    plain: dict[str, Value] = {"name": str(row.get("name", "")), "description": text}
    if row.get("subtype") == ALIKE:
        return plain | _resembled(row.get(SPEC))
    if row.get("subtype") == LIST:
        return plain | {SOURCE: str(row.get(SOURCE, ""))}
    return plain | {"rule": _received(row.get("rule"))}


def _resembled(told: Any) -> dict[str, Value]:
    """Meta tells the origin in the spec, and a type instead of the ratio where one was given (guide to
    lookalikes, "Managing audiences")."""
    spec = json.loads(told) if isinstance(told, str) and told[:1] == "{" else told or {}
    ratio, country = spec.get("ratio"), spec.get("country")
    percent = round(float(ratio) * 100) if ratio is not None else TYPES.get(str(spec.get("type")), 0)
    countries = spec.get("target_countries") or ([country] if country else [])
    origin = next((str(each.get("id")) for each in spec.get("origin") or ()), "")
    return {ORIGIN: origin, SPEC: _spec(percent, countries)}


def _received(told: Any) -> Value:
    """Graph gives the rule as JSON text."""
    rule = json.loads(told) if isinstance(told, str) and told[:1] == "{" else told
    try:
        sides = {name: rule[name]["rules"] for name in (INCLUDE, EXCLUDE) if rule.get(name)}
        operators = {str(rule[name].get("operator", ANY)) for name in sides}
        if operators <= {ANY}:
            return _rule(sides)
    except (AttributeError, KeyError, TypeError, ValueError):
        pass
    return json.dumps(rule, sort_keys=True)


def birth(fields: Fields, mark: str) -> dict[str, Any]:
    """Parameters of a new one; with a rule, people of the days before are in it too."""
    sort = PREFILL if "rule" in fields else {"subtype": LIST if SOURCE in fields else ALIKE}
    return send(fields, mark) | sort


def send(fields: Fields, mark: str) -> dict[str, Any]:
    """Parameters of what is given: the mark at the end of the description, rule and spec as JSON text. The
    origin of a lookalike must be an id by now.
    """
    made: dict[str, Any] = dict(fields)
    if SPEC in made:
        made[SPEC] = json.dumps(_sent(made[SPEC]), separators=(",", ":"))
    if "description" in made:
        made["description"] = signed(str(made["description"]), mark)
    if "rule" in made:
        made["rule"] = json.dumps(made["rule"], separators=(",", ":"), ensure_ascii=False)
    return made


def _sent(spec: Mapping[str, Any]) -> dict[str, Any]:
    countries = list(spec["countries"])
    where = {"location_spec": {"geo_locations": {"countries": countries}}}
    return {"ratio": spec["percent"] / 100, **({"country": countries[0]} if len(countries) == 1 else where)}


def sizes(rows: Iterable[Mapping[str, Any]], ids: Collection[str]) -> dict[str, AudienceSize]:
    """Bounds as Meta tells them; -1 or nothing while it still counts. Rows are read with the fields SIZES."""
    wanted = words(ids)
    return {str(row["id"]): _size(row) for row in rows if str(row["id"]) in wanted}


def _size(row: Mapping[str, Any]) -> AudienceSize:
    status = row.get("delivery_status") or {}
    least, most = (_count(row.get(name)) for name in SIZES[1:3])
    if least == most == SMALLEST:
        least = 0
    ready = status.get("code") == READY
    return AudienceSize(least, most, ready, "" if ready else str(status.get("description", "")))


def _count(told: Any) -> int | None:
    return int(told) if told is not None and int(told) >= 0 else None


def spoken(name: str, value: Any, sheet: Said) -> Iterator[tuple[str, Value]]:
    """A field of an audience in neutral terms: a website's visitors, people who engaged, or people alike."""
    if name in ("name", "description"):
        yield name, value
    elif name == ORIGIN:
        yield from (("type", "lookalike"), ("source", value))
    elif name == SPEC:
        yield from (("locations", tuple(value["countries"])), ("size", f"{value['percent']}%"))
    elif name == "rule":
        if not isinstance(value, Mapping):
            raise Wordless
        yield from _engaging(value, sheet) if _is_engagement(value) else _visiting(value, sheet)
    else:
        raise Wordless


def _is_engagement(rule: Mapping[str, Any]) -> bool:
    sources = [source["type"] for each in rule[INCLUDE]["rules"] for source in each["event_sources"]]
    return sources != ["pixel"] * len(sources)


def _visiting(rule: Mapping[str, Any], sheet: Said) -> Iterator[tuple[str, Value]]:
    pixel = sheet.account.settings.get("pixel")
    yield "type", "website"
    for theirs, ours in ((INCLUDE, "include"), (EXCLUDE, "exclude")):
        rules = rule.get(theirs, {}).get("rules", ())
        yield ours, tuple(_visit(each, str(pixel)) for each in rules)


def _visit(rule: Mapping[str, Any], pixel: str) -> dict[str, Value]:
    days, tests = _tests(rule)
    if [each["id"] for each in rule["event_sources"]] != [pixel]:
        raise Wordless
    event, page = tests.pop(("event", "eq")), tests.pop(("url", "i_contains"), None)
    if tests:
        raise Wordless
    return rule_said(event, days, page)


def _engaging(rule: Mapping[str, Any], sheet: Said) -> Iterator[tuple[str, Value]]:
    (only,) = rule[INCLUDE]["rules"]
    (source,) = only["event_sources"]
    days, tests = _tests(only)
    word = next(ours for ours, (theirs, _, _) in ENGAGEMENTS.items() if theirs == source["type"])
    _, setting, events = ENGAGEMENTS[word]
    did = next(ours for ours, theirs in events.items() if theirs == tests.pop(("event", "eq")))
    if tests or rule.get(EXCLUDE):
        raise Wordless
    own = setting and source["id"] == sheet.account.settings.get(setting)
    yield from (("type", "engagement"), ("source", word), ("did", did), ("within", f"{days}d"))
    yield "id", None if own else source["id"]


def _tests(rule: Mapping[str, Any]) -> tuple[int, dict[tuple[str, str], str]]:
    """Whole days, and what is asked for by field and operator. Raises Wordless."""
    days, rest = divmod(rule["retention_seconds"], DAY)
    filters = rule["filter"]["filters"]
    tests = {(each["field"], each["operator"]): each["value"] for each in filters}
    if rest or not days or rule["filter"]["operator"] != "and" or len(tests) != len(filters):
        raise Wordless
    return days, tests
