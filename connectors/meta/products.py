"""Products of a catalogue in Meta's terms: which set an ad set promotes, who knows them, what its ads say.

An ad set tells a set as `key (id)`, so that a plan can be read; a creative, which is addressed by its
content, by its id alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from connectors.errors import Rejected
from engine.resource import Value, digest_of

SET_ID = "product_set_id"
SECONDS = 86_400
# product_format → format_option of the template (ad creative link data).
FORMATS: Mapping[str, str] = {"carousel": "carousel_images_multi_items", "single": "single_image"}
# product_features → the feature of Advantage+ creative (creative_features_spec). Each is said outright: since
# September 2025 Meta takes silence on media_type_automation for a yes (catalog ads, "dynamic media").
FEATURES: Mapping[str, str] = {
    "product_videos": "media_type_automation",
    "product_descriptions": "description_automation",
    "placement_crops": "adapt_to_placement",
}
TEMPLATE_KEYS = ("link", "message", "name", "description", "format_option")
SIDES = ("inclusions", "exclusions")


class Lists(Protocol):
    """The reads this module needs of a client."""

    def rows(self, *path: str, fields: Sequence[str], **params: Any) -> Iterator[dict[str, Any]]: ...


def set_id(settings: Mapping[str, str], name: str) -> str:
    """The id of a set that the account declares, "" for one that it does not."""
    catalogue, _, products = name.partition("/")
    return settings.get(f"catalogues.{catalogue}.sets.{products}", "")


def told(settings: Mapping[str, str], id: str) -> str:
    """`magaza/vazolar (6100000000000002)`; the id alone of a set that the account does not declare."""
    for setting, value in settings.items():
        parts = setting.split(".")
        if value == id and len(parts) == 4 and (parts[0], parts[2]) == ("catalogues", "sets"):
            return f"{parts[1]}/{parts[3]} ({id})"
    return id


def missing(settings: Mapping[str, str], graph: Lists) -> Iterator[str]:
    """Declared sets that their catalogue does not show to this access, in words.

    Source: the edge `product_sets` of ProductCatalog. Raises ConnectorError.
    """
    catalogues = {name.split(".")[1] for name in settings if name.startswith("catalogues.")}
    for catalogue in sorted(catalogues):
        id, sets = settings[f"catalogues.{catalogue}.id"], f"catalogues.{catalogue}.sets."
        try:
            there = {str(each["id"]) for each in graph.rows(id, "product_sets", fields=("id",))}
        except Rejected as error:
            yield f"the catalogue {catalogue} ({id}): {error.problem.detail}"
            continue
        for name, value in settings.items():
            if name.startswith(sets) and value not in there:
                yield f"the product set {told(settings, value)}: catalogue {id} does not show it"


def id_in(text: str) -> str:
    """The id in what `told` wrote."""
    return text.rpartition("(")[2].removesuffix(")")


def audience(products: str, people: Mapping[str, Any]) -> dict[str, Value]:
    """`product_audience_specs` in normal form. Who is only left out is an excluded audience of its own: an
    audience needs inclusions (dynamic product audiences, "broad audience").
    """
    days = {side: [_rule(each) for each in people.get(side) or ()] for side in ("include", "exclude")}
    if days["include"]:
        return {"product_audience": normal(products, days["include"], days["exclude"])}
    return {"excluded_product_audience": normal(products, days["exclude"], ())}


def _rule(declared: Mapping[str, Any]) -> tuple[str, int]:
    return str(declared["event"]), int(str(declared["within"]).removesuffix("d"))


def normal(products: str, included: Iterable[tuple[str, int]], excluded: Iterable[tuple[str, int]]) -> Value:
    """Who did what within so many days, in one order and in words: `ViewContent within 14d`."""
    spec: dict[str, Value] = {"products": products}
    for name, rules in (("did", included), ("did_not", excluded)):
        if words := tuple(sorted(f"{event} within {days}d" for event, days in rules)):
            spec[name] = words
    return spec


def send(spec: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A normal form as Meta takes it."""
    made: dict[str, Any] = {SET_ID: id_in(str(spec["products"]))}
    for side, name in zip(SIDES, ("did", "did_not"), strict=True):
        rules = [_sent(text) for text in spec.get(name, ())]
        if rules:
            made[side] = rules
    return [made]


def _sent(text: str) -> dict[str, Any]:
    event, _, days = text.partition(" within ")
    return {"retention_seconds": int(days[:-1]) * SECONDS, "rule": {"event": {"eq": event}}}


def receive(specs: Iterable[Mapping[str, Any]], tell: Callable[[str], str]) -> Value:
    """The normal form of what Graph returns; what the language has no words for is told by its digest."""
    specs = list(specs)
    try:
        (spec,) = specs
        sides = [[_received(each) for each in spec.get(side) or ()] for side in SIDES]
        return normal(tell(str(spec[SET_ID])), *sides)
    except (ValueError, KeyError, TypeError):
        return {"other": digest_of(specs)[:8]}


def _received(sub: Mapping[str, Any]) -> tuple[str, int]:
    """The event and the days of a rule. Raises ValueError, KeyError or TypeError for another sort of rule."""
    seconds = int(sub["retention_seconds"])
    rule = json.loads(sub["rule"]) if isinstance(sub["rule"], str) else sub["rule"]
    event = rule["event"]["eq"]
    if seconds % SECONDS or rule != {"event": {"eq": event}} or sub.get("min_retention_seconds"):
        raise ValueError(f"another sort of rule: {sub}")
    return str(event), seconds // SECONDS


def features(chosen: Iterable[str]) -> dict[str, Value]:
    """`degrees_of_freedom_spec` with a yes or a no to every feature."""
    asked = set(chosen)
    statuses: dict[str, Value] = {
        theirs: {"enroll_status": "OPT_IN" if ours in asked else "OPT_OUT"}
        for ours, theirs in FEATURES.items()
    }
    return {"creative_features_spec": statuses}


def features_read(spec: Mapping[str, Any]) -> dict[str, Value]:
    """The same of what Graph returns, which may know more of them."""
    return features(wanted(spec))


def wanted(spec: Mapping[str, Any]) -> tuple[str, ...]:
    """The features, in the language's words, that have a yes."""
    given = spec.get("creative_features_spec") or {}
    return tuple(
        ours for ours, it in FEATURES.items() if (given.get(it) or {}).get("enroll_status") == "OPT_IN"
    )
