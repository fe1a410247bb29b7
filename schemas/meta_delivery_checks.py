"""What Meta refuses of an ad set, by its campaign's file: goals, where ads lead, and what they need."""

from __future__ import annotations

from urllib.parse import urlsplit

from schemas import meta_goals
from schemas.campaign import Ad, AdSet, Campaign
from schemas.errors import Problem
from schemas.meta import MetaAdSet, MetaCreative
from schemas.strategy_checks import Found, Path


def ad_set_problems(path: Path, campaign: Campaign, ad_set: AdSet) -> Found:
    """Paths in the campaign and what is wrong there."""
    meta = ad_set.meta or MetaAdSet()
    goal = ad_set.optimize_for or meta_goals.DEFAULT_GOAL[campaign.objective]
    usual = meta_goals.destination(campaign.objective, goal)
    leads_to = meta.destination or usual
    wrong = list(_fits(path, campaign.objective, goal, meta.destination, leads_to))
    yield from wrong
    if not wrong:
        yield from _app(path, meta, leads_to)
        for j, ad in enumerate(ad_set.ads):
            if not (ad.meta and ad.meta.skip):
                yield from _button((*path, "ads", j, "creative"), ad, leads_to, meta)


def _fits(path: Path, objective: str, goal: str, declared: str | None, leads_to: str) -> Found:
    table = meta_goals.TABLE[objective]
    if goal not in meta_goals.goals(objective):
        detail = f"Meta does not optimise {objective} for {goal}"
        fix = f"choose one of {', '.join(sorted(meta_goals.goals(objective)))}"
        yield (*path, "optimize_for"), Problem("a goal that does not fit the objective", detail, fix)
    elif declared and declared not in table:
        places = [each for each in table if each]
        fix = f"choose one of {', '.join(places)}" if places else "leave `destination` out"
        detail = f"ads for {objective} do not lead to {declared}"
        yield (*path, "meta", "destination"), Problem("a destination that does not fit", detail, fix)
    elif goal not in table.get(leads_to, frozenset()):
        detail = f"for {objective}, ads that lead to {leads_to} are not optimised for {goal}"
        there = ", ".join(sorted(table.get(leads_to, ())))
        instead = " or ".join(meta_goals.leading(objective, goal))
        fix = f"lead to {instead}" + (f", or optimise for one of {there}" if there else "")
        at = (*path, "meta", "destination") if declared else (*path, "optimize_for")
        yield at, Problem("a goal that does not fit the destination", detail, fix)


def _app(path: Path, meta: MetaAdSet, leads_to: str) -> Found:
    if leads_to == "app" and meta.app is None:
        fix = 'add `meta: {app: {id: "…", store: https://play.google.com/store/apps/details?id=…}}`'
        yield path, Problem("an app is needed", "its ads lead to an app, and none is named", fix)
    elif meta.app and leads_to != "app":
        detail = f"its ads lead to {leads_to or 'nothing'}"
        yield (
            (*path, "meta", "app"),
            Problem("an app that nobody is led to", detail, "add `destination: app`"),
        )
    elif meta.app and _host(str(meta.app.store)) not in meta_goals.STORES:
        fix = f"use an address at {', '.join(meta_goals.STORES)}"
        yield (*path, "meta", "app", "store"), Problem("not an app store", f"found `{meta.app.store}`", fix)


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def _button(path: Path, ad: Ad, leads_to: str, meta: MetaAdSet) -> Found:
    """An ad leads where its ad set says: by its button, a form, a number or the store's address."""
    creative, own = ad.creative, ad.creative.meta or MetaCreative()
    if own.post:
        return
    fitting = meta_goals.BUTTONS.get(leads_to, ())
    if fitting and creative.call_to_action not in fitting:
        at = (*path, "call_to_action") if creative.call_to_action else path
        detail = f"its ad set leads to {leads_to}"
        yield at, Problem("a button that does not lead there", detail, f"use {', '.join(fitting)}")
    needs = {"on_ad": "form", "phone": "phone"}
    for place, key in needs.items():
        value = getattr(own, key)
        if place == leads_to and not value:
            fix = f"add `meta: {{{key}: …}}` to the creative"
            yield path, Problem(f"a {key} is needed", f"its ad set leads to {place}", fix)
        elif value and place != leads_to:
            detail = f"its ad set leads to {leads_to or 'nothing'}, not to {place}"
            fix = f"leave it out, or add `meta: {{destination: {place}}}` to the ad set"
            yield (*path, "meta", key), Problem("nobody would get there", detail, fix)
    if (
        leads_to == "app"
        and meta.app
        and creative.url
        and _host(str(creative.url)) != _host(str(meta.app.store))
    ):
        detail = f"`{creative.url}`, but the app is at {meta.app.store}"
        yield (*path, "url"), Problem("an app ad leads to its store", detail, "write the store's address")
