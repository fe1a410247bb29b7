"""What an ad set is optimised for and where its ads lead, in Meta's own terms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.meta import goals, normal
from connectors.meta.products import SET_ID
from connectors.meta.sheet import Sheet
from connectors.meta.supports import SUPPORTS
from engine.resource import Ref, Resource, Value
from schemas import apps, meta_goals
from schemas.types import Duration

EVENTS = {"click": "CLICK_THROUGH", "view": "VIEW_THROUGH"}


def options_of(resource: Resource) -> Mapping[str, Any]:
    return mapping(resource.fields.get("options"))


def mapping(value: Value | Any) -> Mapping[str, Any]:
    return value if type(value) is dict or isinstance(value, Mapping) else {}


def goal_fields(resource: Resource, objective: str, sheet: Sheet) -> dict[str, Value]:
    """optimization_goal, attribution_spec, destination_type and promoted_object of an ad set."""
    name = str(resource.fields.get("optimize_for") or meta_goals.DEFAULT_GOAL[objective])
    allowed = SUPPORTS.goals[objective]
    if name not in allowed:
        fix = f"Choose one of {', '.join(sorted(allowed))}."
        sheet.wrong(
            resource,
            "Meta does not optimise this objective for that",
            f"{objective} × {name}",
            fix,
            "optimize_for",
        )
        return {}
    declared = options_of(resource).get("destination") or meta_goals.destination(objective, name)
    destination = _destination(resource, str(declared), sheet) if declared else ""
    goal = goals.meant(name, destination)
    made: dict[str, Value] = {
        "optimization_goal": goal.optimization,
        "attribution_spec": _attribution(resource, goal),
    }
    if destination:
        made["destination_type"] = destination
    promoted = _promoted(resource, goal, objective, destination, sheet)
    if named := products_of(resource, sheet):
        promoted[SET_ID] = sheet.told(resource, named)
    if promoted:
        made["promoted_object"] = normal.promoted(promoted)
    return made


def products_of(ad_set: Resource, sheet: Sheet) -> str:
    """The products that an ad set shows, as `catalogue/set`: its own, else its campaign's; "" for none."""
    own = options_of(ad_set).get("products")
    above = ad_set.fields.get("campaign")
    campaign = sheet.neutral.get(above.address) if isinstance(above, Ref) else None
    return str(own or (options_of(campaign).get("products") if campaign else "") or "")


def _destination(resource: Resource, name: str, sheet: Sheet) -> str:
    if name not in goals.DESTINATIONS:
        fix = f"Choose one of {', '.join(goals.DESTINATIONS)}."
        sheet.wrong(resource, "Ads cannot lead there", f"destination: {name}", fix, "meta", "destination")
    return goals.DESTINATIONS.get(name, "")


def _attribution(resource: Resource, goal: goals.Goal) -> tuple[Value, ...]:
    declared = mapping(options_of(resource).get("attribution"))
    if declared:
        days = {name: Duration.parse(text).days for name, text in declared.items()}
        return normal.attribution((EVENTS[name], int(number)) for name, number in days.items())
    conversions = goal.optimization in goals.CONVERSION_GOALS
    return normal.attribution(goals.CONVERSION_WINDOWS if conversions else goals.OTHER_WINDOWS)


def _promoted(
    resource: Resource, goal: goals.Goal, objective: str, destination: str, sheet: Sheet
) -> dict[str, Any]:
    """The app, the page, or the pixel with an event; a chat that is to sell has page and pixel."""
    promotes, event = goals.OBJECTIVE_PROMOTES.get(objective, (None, ""))
    if goal.promotes:
        promotes, event = goal.promotes, goal.event
    if destination == "APP":
        return _app(resource, event if goal.optimization in goals.CONVERSION_GOALS else "", sheet)
    made: dict[str, Any] = {}
    if promotes == "page" or destination in goals.CHATS:
        made["page_id"] = sheet.setting(resource, "page", "it promotes one")
    if promotes == "pixel" and (destination not in goals.CHATS or goal.event):
        custom = resource.fields.get("conversion")
        made |= {
            "pixel_id": sheet.setting(resource, "pixel", "its conversions are counted by one"),
            "custom_event_type": goals.CUSTOM_EVENT if custom else event,
            "custom_conversion_id": custom,
        }
    return made


def _app(resource: Resource, event: str, sheet: Sheet) -> dict[str, Any]:
    app = mapping(options_of(resource).get("app"))
    if not app:
        fix = "Write `meta: {app: {id: …, store: …}}` in the ad set."
        sheet.wrong(resource, "An app is needed", "its ads lead to one", fix, "meta")
    return {
        "application_id": app.get("id"), "object_store_url": app.get("store"), "custom_event_type": event,
    }  # fmt: skip


def systems(options: Mapping[str, Any]) -> list[str]:
    """Telephones by their system, as Meta writes it: those declared, else those that an app is for."""
    store = str(mapping(options.get("app")).get("store") or "")
    usual = [apps.STORES[apps.host(store)]] if apps.host(store) in apps.STORES else []
    return [_system(str(each)) for each in options.get("operating_systems") or usual]


def _system(text: str) -> str:
    """`ios 16.0+` as `iOS_ver_16.0_and_above`."""
    name, _, version = text.removesuffix("+").partition(" ")
    return goals.SYSTEMS[name] + (goals.FROM_VERSION.format(version) if version else "")


def leads_to(ad: Resource, sheet: Sheet) -> str:
    """The chat, form or telephone that the ad's ad set leads to; "" for any address."""
    above = ad.fields["ad_set"]
    assert isinstance(above, Ref)
    ad_set = sheet.neutral[above.address]
    top = ad_set.fields["campaign"]
    assert isinstance(top, Ref)
    objective = str(sheet.neutral[top.address].fields["objective"])
    goal = str(ad_set.fields.get("optimize_for") or meta_goals.DEFAULT_GOAL[objective])
    name = str(options_of(ad_set).get("destination") or meta_goals.destination(objective, goal))
    destination = goals.DESTINATIONS.get(name, "")
    return destination if destination in (*goals.CHATS, "ON_AD", "PHONE_CALL") else ""
