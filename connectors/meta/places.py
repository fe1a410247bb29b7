"""Names of provinces, languages and interests ↔ Meta's own keys, through targeting search, asked once each.

Our side keeps what people write (ISO 3166-2 codes, ISO 639 codes, interest names); Meta's keys are numbers
that only a search can tell.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from functools import cache, cached_property
from typing import Any, Protocol

from connectors.errors import Rejected

# What Meta or ISO may add to a province's name ("Ankara Province", "Hessen").
SUFFIXES = re.compile(
    r"\s+(province|region|state|governorate|prefecture|county|district|oblast|ili|il)$"
    r"|^(province|region) of\s+"
)
QUALIFIER = re.compile(r"\s*\([^)]*\)\s*$")  # "English (All)", "Portuguese (Brazil)"
ALL = "(all)"
LIMIT = 1000  # targeting search gives eight rows unless asked for more


class Search(Protocol):
    """The read that places need of a client."""

    def get(self, *path: str, **params: Any) -> dict[str, Any]: ...


class Places:
    """Both directions, cached for as long as the connector lives."""

    def __init__(self, search: Callable[[], Search]) -> None:
        self._search = search
        self._regions: dict[str, str] = {}
        self._interests: dict[str, str] = {}

    def region_key(self, code: str) -> str:
        """Meta's key of an ISO 3166-2 code such as TR-34. Raises Rejected if search finds not exactly one."""
        if code not in self._regions:
            names = region_names(code)
            found = self._rows("adgeolocation", names[0], location_types=["region"], country_code=code[:2])
            wanted = {fold(name) for name in names}
            keys = {str(row["key"]) for row in found if fold(row["name"]) in wanted}
            self._regions[code] = _only(keys, f"region {code} ({names[0]})", "targeting.geo_locations")
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

    def interest(self, name: str) -> str:
        """Meta's id of an interest by its exact name, any case. Raises Rejected if search finds none."""
        if name not in self._interests:
            found = self._rows("adinterest", name)
            keys = {str(row["id"]) for row in found if fold(row["name"]) == fold(name)}
            self._interests[name] = _only(keys, f"interest {name!r}", "targeting.flexible_spec")
        return self._interests[name]

    def _rows(self, kind: str, query: str, **params: Any) -> list[dict[str, Any]]:
        if query:
            params["q"] = query
        rows = self._search().get("search", type=kind, limit=LIMIT, **params).get("data")
        return [row for row in rows or () if "name" in row]


def _only(keys: Iterable[str], what: str, field: str) -> str:
    found = sorted(keys)
    if len(found) != 1:
        number = "several" if found else "none"
        raise Rejected(f"targeting search was asked for {what} and found {number}", field=field)
    return found[0]


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
