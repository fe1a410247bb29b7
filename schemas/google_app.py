"""What Google refuses of an app campaign, by its file: the rest it makes and aims by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from schemas.apps import BrandApp, in_store
from schemas.campaign import Campaign
from schemas.errors import Problem
from schemas.expand import nearest

Path = tuple[str | int, ...]
Found = Iterator[tuple[Path, Problem]]
CHANNEL = "app"
# …/docs/app-campaigns/create-campaign and …/create-ad-group: places and languages at the campaign, nothing
# but lists of people at the ad groups, and those of engagement alone. Level → keys of its `google` block.
TAKEN: Mapping[str, frozenset[str]] = {
    "campaign": frozenset({"channel", "skip", "bidding", "locations", "focus", "conversion_goals"}),
    "ad_set": frozenset({"skip"}),
    "ad": frozenset({"skip", "headlines", "descriptions", "images", "videos"}),
}
# `focus` → the objective it needs, and what it can be optimised for (the first, where nothing is said).
FOCUS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "installs": ("app_installs", ("app_installs", "app_events", "value")),
    "engagement": ("engagement", ("app_events",)),
    "pre_registration": ("app_installs", ("app_installs",)),
}
OBJECTIVES = frozenset({"app_installs", "engagement"})  # that Google has app campaigns alone for


def problems(campaign: Campaign, apps: Mapping[str, BrandApp] | None) -> Found:
    """Paths in the campaign and what is wrong there; `apps` is None where the brand could not be read."""
    block = campaign.google
    if block is None or block.channel != CHANNEL:
        yield from _elsewhere(campaign)
        return
    yield from _untaken(campaign)
    yield from _named(campaign, apps)
    objective, goals = FOCUS[block.focus]
    if campaign.objective != objective:
        detail = f"`{campaign.objective}`, while the focus is {block.focus}"
        fix = f"write `objective: {objective}`, or another `google: {{focus: …}}`"
        yield ("objective",), Problem("an objective that the app campaign has not", detail, fix)
    for path, ad_set in _ad_sets(campaign):
        goal = ad_set.optimize_for or campaign.optimize_for or goals[0]
        if goal not in goals:
            at = (*path, "optimize_for") if ad_set.optimize_for else ("optimize_for",)
            detail = f"`{goal}`, while the focus is {block.focus}"
            fix = f"choose one of {', '.join(goals)}"
            yield at, Problem("a goal that the app campaign has not", detail, fix)
        yield from _people(path, ad_set, block.focus)
        if (count := sum(not (ad.google and ad.google.skip) for ad in ad_set.ads)) > 1:
            detail = f"{count} ads; Google makes many of the texts, images and videos of one"
            fix = (
                "put them into one ad, make an ad set of each, or write `google: {skip: true}` on the others"
            )
            yield (*path, "ads"), Problem("several ads in an ad group of an app", detail, fix)
        chosen = block.conversion_goals
        acts = ad_set.conversion or campaign.conversion
        if (goal == "app_events" and campaign.objective == objective) and not (
            (acts and acts.google) or isinstance(chosen, str)
        ):
            fix = "write `conversion: {google: …}`, or name a goal of the brand with `actions`"
            yield path, Problem("actions in the app that nobody names", f"`{goal}` counts which?", fix)
    if isinstance(block.conversion_goals, tuple) or block.conversion_goals == "account":
        detail = "an app campaign bids for conversion actions, not for categories of them"
        fix = "name a goal of the brand with `actions`, or `conversion: {google: …}`"
        yield ("google", "conversion_goals"), Problem("goals that an app campaign has not", detail, fix)


def _elsewhere(campaign: Campaign) -> Found:
    if campaign.objective in OBJECTIVES:
        detail = f"Google has `{campaign.objective}` for app campaigns alone"
        fix = "write `google: {channel: app}`, or `google: {skip: true}`"
        yield ("objective",), Problem("an objective that the channel has not", detail, fix)


def _untaken(campaign: Campaign) -> Found:
    levels: list[tuple[str, Path, Any]] = [("campaign", ("google",), campaign.google)]
    for path, ad_set in _ad_sets(campaign):
        levels.append(("ad_set", (*path, "google"), ad_set.google))
        levels += [("ad", (*path, "ads", index, "google"), ad.google) for index, ad in enumerate(ad_set.ads)]
    for level, path, block in levels:
        for key in sorted(type(block).model_fields.keys() - TAKEN[level]) if block else ():
            if getattr(block, key):
                detail = f"`{key}` means nothing to `channel: {CHANNEL}`"
                yield (
                    (*path, key),
                    Problem(
                        "a key that the channel has no place for",
                        detail,
                        "leave it out, or use another channel",
                    ),
                )


def _named(campaign: Campaign, apps: Mapping[str, BrandApp] | None) -> Found:
    key = campaign.app
    if key is None:
        fix = "declare it in kampanya.yaml under `apps` and write `app: …`"
        yield ("google", "channel"), Problem("an app campaign without an app", "none is named", fix)
    elif apps is not None and key in apps:
        place = in_store(str(apps[key].store))
        if (
            campaign.google
            and campaign.google.focus == "pre_registration"
            and place
            and place[0] != "android"
        ):
            # CampaignError.CANNOT_CREATE_APP_PRE_REGISTRATION_FOR_NON_ANDROID_APP
            detail = f"`{key}` is in the App Store"
            fix = "name an app on Google Play, or another focus"
            yield ("app",), Problem("a pre-registration outside of Google Play", detail, fix)


def app_problems(campaign: Campaign, apps: Mapping[str, BrandApp]) -> Found:
    """A name that no app of the brand has, whatever the platform."""
    if campaign.app is not None and campaign.app not in apps:
        fix = nearest(campaign.app, list(apps), "declare it in kampanya.yaml under `apps`")
        yield ("app",), Problem("an unknown app", f"found `{campaign.app}`", fix)


def _people(path: Path, ad_set: Any, focus: str) -> Found:
    """Whom it is for is Google's to find, but for people who have the app already."""
    audience = ad_set.audience
    for key in ("age", "genders", "exclude", *(() if focus == "engagement" else ("include",))):
        if audience and getattr(audience, key):
            detail = f"`{key}` means nothing to an app campaign for {focus}"
            yield (
                (*path, "audience", key),
                Problem("a key that the channel has no place for", detail, "leave it out for Google"),
            )
    if focus == "engagement" and not (audience and audience.include):
        fix = "add `audience: {include: […]}` with an audience of people who have the app"
        yield path, Problem("an engagement with nobody", "Google needs a list of people", fix)


def _ad_sets(campaign: Campaign) -> Iterator[tuple[Path, Any]]:
    for index, ad_set in enumerate(campaign.ad_sets):
        if not (ad_set.google and ad_set.google.skip):
            yield ("ad_sets", index), ad_set
