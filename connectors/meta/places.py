"""Names of places, languages, interests and the like ↔ Meta's own keys, through targeting search, once each.

Our side keeps what people write (ISO 3166-2 codes, ISO 639 codes, names); Meta's keys are numbers that only a
search, or an object that has them, can tell. A name counts as it is spelt there, since it reads back so.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from functools import cache, cached_property
from typing import Any, Protocol

from connectors.errors import Rejected
from connectors.meta import normal, products

# What Meta or ISO may add to a province's name ("Ankara Province", "Hessen").
SUFFIXES = re.compile(
    r"\s+(province|region|state|governorate|prefecture|county|district|oblast|ili|il)$"
    r"|^(province|region) of\s+"
)
QUALIFIER = re.compile(r"\s*\([^)]*\)\s*$")  # "English (All)", "Portuguese (Brazil)"
ALL = "(all)"
LIMIT = 1000  # targeting search gives eight rows unless asked for more
CANDIDATES = 6  # that an error lists
CLASSES = ("behaviors", "demographics")  # of adTargetingCategory; a row's `type` is its field in a targeting


class Search(Protocol):
    """The read that places need of a client."""

    def get(self, *path: str, **params: Any) -> dict[str, Any]: ...


class Places:
    """Both directions, cached for as long as the connector lives."""

    def __init__(self, search: Callable[[], Search], settings: Mapping[str, str] | None = None) -> None:
        self._search, self._settings = search, settings or {}
        self._regions: dict[str, str] = {}
        self._cities: dict[tuple[str, str], tuple[list[dict[str, Any]], list[dict[str, Any]]]] = {}
        self._details: dict[tuple[str, str], tuple[str, str]] = {}
        self._zips: set[str] = set()
        self._classes: dict[str, list[dict[str, Any]]] = {}

    def product_set(self, id: str) -> str:
        """A set of products by the account's own key of it and its id."""
        return products.told(self._settings, id)

    def region_key(self, code: str) -> str:
        """Meta's key of an ISO 3166-2 code such as TR-34. Raises Rejected if search finds not exactly one."""
        if code not in self._regions:
            names = region_names(code)
            found = self._rows("adgeolocation", names[0], location_types=["region"], country_code=code[:2])
            wanted = {fold(name) for name in names}
            fits = [row for row in found if fold(row["name"]) in wanted]
            what = f"region {code} ({names[0]})"
            self._regions[code] = str(_only(fits, found, what, "targeting.geo_locations", "key")["key"])
        return self._regions[code]

    def region_code(self, row: Mapping[str, Any]) -> str:
        """ISO code of a region that an ad set names; `#key` for one that cannot be told, so that it shows."""
        key, country = str(row.get("key", "")), str(row.get("country", ""))
        for code, known in self._regions.items():
            if known == key:
                return code
        if not row.get("name") or not country:
            row = self._region(key)
            country = str(row.get("country_code", ""))
        code = codes_of(country).get(fold(str(row.get("name", ""))), "")
        if not code:
            return f"#{key}"
        self._regions[code] = key
        return code

    def _region(self, key: str) -> Mapping[str, Any]:
        try:
            answer = self._search().get("search", type="adgeolocationmeta", regions=[key])
        except Rejected:
            return {}
        found: Mapping[str, Any] = (answer.get("data") or {}).get("regions", {}).get(key, {})
        return found

    def locale_keys(self, code: str) -> list[int]:
        """Meta's numbers for a language: its "(All)" group where there is one, else that language."""
        name = language_name(code)
        rows = [row for row in self._locales if fold(_plain(row["name"])) == fold(name)]
        groups = [row for row in rows if str(row["name"]).lower().endswith(ALL)]
        exact = [row for row in rows if fold(row["name"]) == fold(name)]
        keys = {int(row["key"]) for row in groups or exact or rows}
        if not keys:
            raise Rejected(f"targeting search knows no language {code} ({name})", field="targeting.locales")
        return sorted(keys)

    def language(self, key: int) -> str:
        """ISO 639 code of a locale number; a group reads back as its members, which are of one language."""
        names = [row["name"] for row in self._locales if int(row["key"]) == key]
        return language_codes().get(fold(_plain(names[0])), f"#{key}") if names else f"#{key}"

    @cached_property
    def _locales(self) -> list[dict[str, Any]]:
        return self._rows("adlocale", "")

    def city(self, name: str, region: str) -> str:
        """Meta's key of a city by its name in a region, or by its name and key: `Yeniköy #2418779`.

        Raises Rejected if search finds not exactly one, and lists all that it finds with their keys.
        """
        bare, key = normal.unkeyed(name)
        inside, others = self._cities_of(bare, region)
        named = {str(row["key"]): row for row in inside if row["name"] == bare}
        what, field = f"city “{bare}” in {region}", "targeting.geo_locations.cities"
        if len(named) > 1 and key not in named:
            there = ", ".join(f"`key: {each}`" for each in sorted(named))
            raise Rejected(f"targeting search was asked for {what} and found several: {there}", field=field)
        if key and named.keys() == {key}:
            # It would read back without one, since its name alone tells it.
            raise Rejected(f"there is one {what}, {key}: leave `key` out", field=field)
        fits = [row for row in named.values() if key in ("", str(row["key"]))]
        return str(_only(fits, inside or others, what, field, "key")["key"])

    def _cities_of(self, name: str, region: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """What search finds for a city's name in the region, and elsewhere in the country; asked once."""
        if (name, region) not in self._cities:
            found = self._rows("adgeolocation", name, location_types=["city"], country_code=region[:2])
            wanted = {fold(each) for each in region_names(region)}
            inside = [row for row in found if fold(str(row.get("region", ""))) in wanted]
            self._cities[name, region] = inside, [row for row in found if row not in inside]
        return self._cities[name, region]

    def city_name(self, row: Mapping[str, Any]) -> tuple[str, str]:
        """Name and ISO 3166-2 code of a city that an ad set names.

        Where another city of the region has the name too, it comes with its key: one is not the other, though
        both are called the same.
        """
        country = str(row.get("country", ""))
        region = {"key": row.get("region_id", ""), "name": row.get("region", ""), "country": country}
        name, code = str(row.get("name", row.get("key", ""))), self.region_code(region)
        return (normal.keyed(name, str(row["key"])) if self._is_shared(name, code, row) else name), code

    def _is_shared(self, name: str, region: str, row: Mapping[str, Any]) -> bool:
        if region.startswith("#"):
            return False  # of a region that cannot be told, which shows already
        try:
            inside, _ = self._cities_of(name, region)
        except Rejected:
            return False
        return any(each["name"] == name and str(each["key"]) != str(row.get("key", "")) for each in inside)

    def zip(self, code: str) -> str:
        """A postal code such as TR:34710, if Meta has it. Raises Rejected otherwise."""
        if code not in self._zips:
            country, _, digits = code.partition(":")
            found = self._rows("adgeolocation", digits, location_types=["zip"], country_code=country)
            fits = [row for row in found if str(row["key"]) == code]
            _only(fits, found, f"postal code {code}", "targeting.geo_locations.zips", "key")
            self._zips.add(code)
        return code

    def detail(self, kind: str, name: str) -> tuple[str, str]:
        """The targeting field and id of an interest, behaviour or demographic. Raises Rejected likewise."""
        if (kind, name) not in self._details:
            found = self._rows("adinterest", name) if kind == "interests" else self._class(kind)
            fits = [row for row in found if row["name"] == name]
            close = [row for row in found if kind == "interests" or fold(name) in fold(row["name"])]
            near = close or _alike(name, found)
            row = _only(fits, near, f"{kind[:-1]} “{name}”", "targeting.flexible_spec", "id")
            field = "interests" if kind == "interests" else str(row.get("type") or kind)
            self._details[kind, name] = field, str(row["id"])
        return self._details[kind, name]

    def detail_name(self, field: str, row: Mapping[str, Any]) -> str:
        """The name of what an ad set has in a field of its targeting; its id where it has none."""
        name, id = str(row.get("name") or row["id"]), str(row["id"])
        kind = field if field in ("interests", "behaviors") else "demographics"
        self._details.setdefault((kind, name), (field, id))
        return name

    def _class(self, kind: str) -> list[dict[str, Any]]:
        if kind not in self._classes:
            self._classes[kind] = self._rows("adTargetingCategory", "", **{"class": kind})
        return self._classes[kind]

    def _rows(self, kind: str, query: str, **params: Any) -> list[dict[str, Any]]:
        if query:
            params["q"] = query
        rows = self._search().get("search", type=kind, limit=LIMIT, **params).get("data")
        return [row for row in rows or () if "name" in row]


def _only(
    fits: Sequence[Mapping[str, Any]], near: Iterable[Mapping[str, Any]], what: str, field: str, key: str
) -> Mapping[str, Any]:
    """The one that fits; an error lists what there is instead."""
    ids = {str(row[key]) for row in fits}
    if len(ids) == 1:
        return fits[0]
    number = "several" if fits else "none"
    there = list(dict.fromkeys(_told(row) for row in fits or near))[:CANDIDATES]
    has = f"; it has {', '.join(there)}" if there else ""
    raise Rejected(f"targeting search was asked for {what} and found {number}{has}", field=field)


def _told(row: Mapping[str, Any]) -> str:
    """A candidate with what tells it from others of its name."""
    about = row.get("region") or row.get("topic") or " > ".join((row.get("path") or ())[:-1])
    return f"“{row['name']}”" + (f" ({about})" if about else "")


def _alike(name: str, rows: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    known = {fold(row["name"]): row for row in rows}
    return [known[each] for each in get_close_matches(fold(name), known, CANDIDATES)]


@cache
def fold(text: str) -> str:
    """A place's or language's name without case, accents and words like "Province"."""
    plain = unicodedata.normalize("NFKD", text.replace("ı", "i").replace("İ", "i"))
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter)).casefold().strip()
    return SUFFIXES.sub("", bare)


def _plain(name: str) -> str:
    return QUALIFIER.sub("", name)


def region_names(code: str) -> list[str]:
    """The names ISO 3166-2 gives a code. Raises Rejected for a code that ISO does not have."""
    import pycountry

    found: Any = pycountry.subdivisions.get(code=code)  # type: ignore[no-untyped-call]
    if found is None:
        raise Rejected(f"{code} is no ISO 3166-2 code", field="targeting.geo_locations")
    return [found.name]


@cache
def codes_of(country: str) -> dict[str, str]:
    """Folded name → ISO 3166-2 code, for the regions of a country."""
    import pycountry

    found: Any = pycountry.subdivisions.get(country_code=country)  # type: ignore[no-untyped-call]
    return {fold(each.name): each.code for each in found or ()}


@cache
def language_name(code: str) -> str:
    """English name of an ISO 639 code, as Meta lists it."""
    from babel import Locale

    return str(Locale("en").languages.get(code, code))


@cache
def language_codes() -> dict[str, str]:
    """Folded English name → ISO 639 code, two letters before three."""
    from babel import Locale

    names = Locale("en").languages
    plain = sorted((str(code) for code in names if "_" not in str(code)), key=lambda code: (-len(code), code))
    return {fold(str(names[code])): code for code in plain}
