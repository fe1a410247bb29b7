"""ISO 3166 codes ↔ Google's geo target constants, and ISO 639 codes ↔ its language constants.

Our side keeps what people write; Google's ids are looked up by name (GeoTargetConstantService.Suggest, as the
guide to location targeting asks) and never written down, since a stand-in may number them otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from connectors.google.text import fold

# ISO 3166-2:TR, without diacritics (Google's spelling); compared folded, so both spellings meet.
_TURKEY = """
Adana Adiyaman Afyonkarahisar Agri Amasya Ankara Antalya Artvin Aydin Balikesir Bilecik Bingol Bitlis Bolu
Burdur Bursa Canakkale Cankiri Corum Denizli Diyarbakir Edirne Elazig Erzincan Erzurum Eskisehir Gaziantep
Giresun Gumushane Hakkari Hatay Isparta Mersin Istanbul Izmir Kars Kastamonu Kayseri Kirklareli Kirsehir
Kocaeli Konya Kutahya Malatya Manisa Kahramanmaras Mardin Mugla Mus Nevsehir Nigde Ordu Rize Sakarya Samsun
Siirt Sinop Sivas Tekirdag Tokat Trabzon Tunceli Sanliurfa Usak Van Yozgat Zonguldak Aksaray Bayburt Karaman
Kirikkale Batman Sirnak Bartin Ardahan Igdir Yalova Karabuk Kilis Osmaniye Duzce
"""
PROVINCES: Final[Mapping[str, str]] = {
    f"TR-{plate:02d}": name for plate, name in enumerate(_TURKEY.split(), start=1)
}
_CODES = {("TR", fold(name)): code for code, name in PROVINCES.items()}
# GeoTargetConstant.target_type of first-level subdivisions: …/data/geotargets
SUBDIVISIONS = frozenset({"Province", "Region", "State", "Governorate", "County"})
CONSTANT = "geoTargetConstants/"


def known(code: str) -> bool:
    """Whether a location can be said to Google: any country, any province of Turkey."""
    return code in PROVINCES or (len(code) == 2 and code.isalpha() and code.isupper())


def code_of(constant: Mapping[str, Any]) -> str:
    """The ISO code of a geo target constant's row; its resource name where there is none."""
    country, kind = str(constant.get("country_code", "")), str(constant.get("target_type", ""))
    if kind == "Country" and country:
        return country
    if kind in SUBDIVISIONS:
        name = fold(str(constant.get("name", ""))).removesuffix(" province")
        if code := _CODES.get((country, name)):
            return code
    return str(constant["resource_name"])


def by_code(constants: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Code → resource name of the constants that have one."""
    found: dict[str, str] = {}
    for constant in constants:
        code = code_of(constant)
        if not code.startswith(CONSTANT):
            found.setdefault(code, str(constant["resource_name"]))
    return found


def languages(constants: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """ISO 639 code → resource name; `zh_CN` is written zh-cn."""
    return {
        str(each["code"]).replace("_", "-").lower(): str(each["resource_name"])
        for each in constants
        if each.get("code")
    }
