"""What Demand Gen, app and Performance Max campaigns keep in places of their own, in neutral terms.

`top.…` is what Google keeps at an ad or an ad group and the language says of the campaign.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from connectors.google import automation, convert, formats, people
from connectors.google.channels import app, demand_gen
from connectors.google.normal import UNDETERMINED
from connectors.google.spoken_parts import file_of
from connectors.speech import Sheet, Wordless
from engine.resource import Value
from schemas.google_goals import ACCOUNT

Said = Iterator[tuple[str, Value]]
WOMEN_MEN: Final = {theirs: ours for ours, theirs in convert.GENDERS.items()}
BUTTONS: Final = {theirs: ours for ours, theirs in demand_gen.BUTTONS.items()}
SPOKEN_BUTTONS: Final = {demand_gen.words(theirs): ours for theirs, ours in BUTTONS.items()}
FOCUS: Final = {theirs: ours for ours, theirs in app.SUB_TYPES.items()}
# Store of an app → its address there, of which the platform keeps but the id.
ADDRESSES: Final = {
    "GOOGLE_APP_STORE": "https://play.google.com/store/apps/details?id={}",
    "APPLE_APP_STORE": "https://apps.apple.com/app/id{}",
}


# -- the campaign of an app ---------------------------------------------------------------------------------


def focus(value: Any, sheet: Sheet) -> Said:
    yield "options.focus", None if (word := FOCUS[value]) == "installs" else word
    yield "objective", {"engagement": "engagement"}.get(word, "app_installs")


def store(value: Any, sheet: Sheet) -> Said:
    """The app by its address in its store; the brand's own file says which of its apps that is."""
    yield "app", {"store": ADDRESSES[value["app_store"]].format(value["app_id"])}


def app_goal(value: Any, sheet: Sheet) -> Said:
    """The goal is one word; whether there is a target, the bidding tells."""
    word = FOCUS[str(sheet.fields["advertising_channel_sub_type"])]
    yield (
        "optimize_for",
        next(goal for (at, goal, _), kind in app.GOALS.items() if (at, kind) == (word, value)),
    )


def actions(value: Any, sheet: Sheet) -> Said:
    """One action is named, several are a goal of the brand's."""
    if len(value) == 1:
        yield "conversion", value[0]
    elif value:
        key = f"actions-{'-'.join(value)}"[:60]
        yield "options.conversion_goals", key
        yield f"brand.google.conversion_goals.{key}", {"actions": tuple(value)}


# -- goals --------------------------------------------------------------------------------------------------


def goals(value: Any, sheet: Sheet) -> Said:
    """A custom goal that the account has gets a name of the brand's, and stays whose it is."""
    if ACCOUNT in value:
        yield "options.conversion_goals", None
        return
    (one,) = value if len(value) == 1 else (None,)
    if not isinstance(one, Mapping):
        if any("/" not in each for each in value):
            raise Wordless
        yield "options.conversion_goals", tuple(value)
    elif one["known"] and str(one["key"]).startswith(SINGLE):
        yield "conversion", str(one["key"]).removeprefix(SINGLE)
    else:
        yield "options.conversion_goals", str(one["key"])
        if not one["known"]:
            yield f"brand.google.conversion_goals.{one['key']}", {"id": one["id"]}


SINGLE: Final = "conversion-"  # the key of a goal of ours that an ad set's `conversion` makes


# -- groups that keep people and places themselves ----------------------------------------------------------


def only(wanted: bool) -> Callable[[Any, Sheet], Said]:
    """A setting that every campaign of ours has, and for which there is no word."""

    def said(value: Any, sheet: Sheet) -> Said:
        if value is not wanted:
            raise Wordless
        yield from ()

    return said


def optimized(value: Any, sheet: Sheet) -> Said:
    yield "options.optimized_targeting", bool(value)


def channels(value: Any, sheet: Sheet) -> Said:
    if isinstance(value, str) and value != demand_gen.EVERYWHERE:
        raise Wordless
    yield "options.channels", () if isinstance(value, str) else tuple(value)


def shut_places(value: Any, sheet: Sheet) -> Said:
    """A campaign says its own among its places; those of ad groups stand at the campaign."""
    if any("/" in each for each in value):
        raise Wordless
    if value and demand_gen.GROUPED in sheet.fields:
        yield "top.options.locations.exclude", tuple(value)


def aimed(value: Any, sheet: Sheet | None = None) -> Said:
    """The people of an Audience."""
    if value is None:
        return
    ages = value[people.AGES]
    sexes = value[people.SEXES]
    told = [*value[people.LISTS], *value[people.SHUT]]
    if not ages["unknown"] or UNDETERMINED not in sexes or not all(str(each).isdigit() for each in told):
        raise Wordless
    chosen = tuple(WOMEN_MEN[each] for each in sexes if each in WOMEN_MEN)
    yield "audience.include", tuple(value[people.LISTS])
    yield "audience.exclude", tuple(value[people.SHUT])
    yield "audience.genders", () if len(chosen) == len(WOMEN_MEN) else chosen
    if ages["min"] or ages["max"]:
        yield "audience.age", {"min": ages["min"] or 18, "max": ages["max"]}


def signal(kind: str, name: str, value: Any, sheet: Sheet) -> Said:
    """The people that an asset group begins with."""
    if name == "audience":
        yield from aimed(value)


# -- ads ----------------------------------------------------------------------------------------------------


def format_of(value: Any, sheet: Sheet) -> Said:
    if value not in formats.FORMATS:
        raise Wordless
    if value == formats.PRODUCTS or value in [format for format, _ in formats.APP.values()]:
        yield "creative.by_itself", True


def made_by_google(value: Any, sheet: Sheet) -> Said:
    """What Google may make of an ad is the campaign's to say, one word for several of its types."""
    told = {each["asset_automation_type"]: each["asset_automation_status"] for each in value}
    said = []
    for word, types in automation.OF_ADS[str(sheet.fields["format"])].items():
        statuses = {told[each] for each in types}
        if len(statuses) != 1:
            raise Wordless
        said += [word] if statuses == {automation.IN} else []
    yield "top.options.automation", tuple(said)


def button(value: Any, sheet: Sheet) -> Said:
    yield "creative.call_to_action", SPOKEN_BUTTONS[value] if value else None


def film_button(value: Any, sheet: Sheet) -> Said:
    for each in value:
        yield "creative.call_to_action", BUTTONS[each["data"]["call_to_action"]]


def films(value: Any, sheet: Sheet) -> Said:
    yield "options.videos", tuple(each["data"]["youtube_video_id"] for each in value)


def images(value: Any, sheet: Sheet) -> Said:
    yield "options.images", tuple(file_of(each) for each in value)


def logo(value: Any, sheet: Sheet) -> Said:
    yield "options.logos", (file_of(value),) if value else ()


def one_text(option: str) -> Callable[[Any, Sheet], Said]:
    def said(value: Any, sheet: Sheet) -> Said:
        yield f"options.{option}", (value,) if value else ()

    return said


def long_headlines(value: Any, sheet: Sheet) -> Said:
    yield "options.long_headlines", tuple(value)


def crumbs(value: Any, sheet: Sheet) -> Said:
    parts = (sheet.fields.get("breadcrumb1"), sheet.fields.get("breadcrumb2"))
    yield "creative.display_path", tuple(each for each in parts if each)


def cards(value: Any, sheet: Sheet) -> Said:
    """A carousel in its order; a card that leads where the ad does says no address of its own."""
    urls: Any = sheet.fields["final_urls"]
    (url,) = urls
    yield "creative.cards", tuple(_card(value[key], str(url)) for key in sorted(value))


def _card(card: Mapping[str, Any], url: str) -> dict[str, Value]:
    data = card["data"]
    (picture,) = [each for name, each in data.items() if name.endswith("_image_asset")]
    (leads,) = card["final_urls"]
    said: dict[str, Value] = {"headline": data["headline"], "image": file_of(picture)}
    if data.get("call_to_action_text"):
        said["call_to_action"] = SPOKEN_BUTTONS[data["call_to_action_text"]]
    return said if leads == url else said | {"url": leads}


WORDS: Final[Mapping[str, Callable[[Any, Sheet], Said]]] = {
    "advertising_channel_sub_type": focus,
    app.SETTING: store,
    app.GOAL: app_goal,
    app.ACTIONS: actions,
    "conversion_goals": goals,
    demand_gen.UPGRADED: only(True),
    demand_gen.GROUPED: only(True),
    demand_gen.OPTIMIZED: optimized,
    demand_gen.CHANNELS: channels,
    demand_gen.PEOPLE: aimed,
    "excluded_locations": shut_places,
    "format": format_of,
    automation.ON_AD: made_by_google,
    "call_to_action_text": button,
    "call_to_actions": film_button,
    "videos": films,
    "youtube_videos": films,
    "images": images,
    "logo_image": logo,
    "headline": one_text("headlines"),
    "description": one_text("descriptions"),
    "long_headlines": long_headlines,
    "breadcrumb1": crumbs,
    "breadcrumb2": crumbs,
    "carousel_cards": cards,
}
