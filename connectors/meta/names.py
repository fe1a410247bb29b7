"""Names in declared targeting that Meta does not know, told before anything is planned."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from connectors.errors import Rejected
from connectors.meta import normal
from connectors.meta.places import Places
from engine.resource import Address, Resource
from schemas.errors import Problem

FIX = "Write it as Meta's targeting search spells it, or leave it out."


def unknown(desired: Iterable[Resource], places: Places) -> list[tuple[Address, Problem]]:
    """Each ad set's names without a key, or with several; each is searched once. Raises ConnectorError."""
    wrong = []
    for each in desired:
        form = each.fields.get("targeting")
        for ask in _asked(form, places) if each.address.kind == "ad_set" and form else ():
            try:
                ask()
            except Rejected as error:
                problem = Problem("Meta cannot tell whom this means", error.message, FIX)
                wrong.append((each.address, problem))
    return wrong


def _asked(form: Any, places: Places) -> Iterator[Callable[[], object]]:
    for geo in (form["geo_locations"], form.get(normal.EXCLUDED) or {}):
        yield from (partial(places.region_key, code) for code in geo.get("regions", ()))
        for name, region, _ in map(normal.city_parts, geo.get("cities", ())):
            yield partial(places.city, name, region)
        yield from (partial(places.zip, code) for code in geo.get("zips", ()))
    yield from (partial(places.locale_keys, code) for code in form["locales"])
    for group in (form, *form.get("narrow", ())):
        for kind in normal.DETAIL:
            yield from (partial(places.detail, kind, name) for name in group.get(kind, ()))
