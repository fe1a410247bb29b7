"""Geo target and language constants: countries that campaigns name most, some with their provinces."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache

from sandbox.google.kinds import KINDS
from sandbox.google.messages import Message, set_enum
from sandbox.google.regions import REGIONS

TURKEY = 2792  # countries are 2000 + ISO 3166-1 numeric


@dataclass(frozen=True)
class Place:
    id: int
    name: str
    country: str
    target_type: str
    canonical_name: str
    parent: int | None
    reach: int  # choice: inhabitants, in thousands, × 800

    @property
    def resource_name(self) -> str:
        return f"geoTargetConstants/{self.id}"


# Plate number, English name as the constants spell it, inhabitants in thousands (TÜİK 2024, rounded).
# Google's own table of province ids was not at hand: these are 20700 + plate number, and NOT Google's.
# Look ids up by name, as the official guide asks; never write them down.
PROVINCE_BASE = 20_700
PROVINCES = (
    (1, "Adana", 2280), (2, "Adiyaman", 612), (3, "Afyonkarahisar", 750), (4, "Agri", 500),
    (5, "Amasya", 342), (6, "Ankara", 5864), (7, "Antalya", 2722), (8, "Artvin", 169), (9, "Aydin", 1165),
    (10, "Balikesir", 1276), (11, "Bilecik", 228), (12, "Bingol", 284), (13, "Bitlis", 359),
    (14, "Bolu", 326), (15, "Burdur", 275), (16, "Bursa", 3238), (17, "Canakkale", 568),
    (18, "Cankiri", 199), (19, "Corum", 521), (20, "Denizli", 1062), (21, "Diyarbakir", 1833),
    (22, "Edirne", 421), (23, "Elazig", 603), (24, "Erzincan", 241), (25, "Erzurum", 745),
    (26, "Eskisehir", 922), (27, "Gaziantep", 2193), (28, "Giresun", 455), (29, "Gumushane", 142),
    (30, "Hakkari", 282), (31, "Hatay", 1562), (32, "Isparta", 446), (33, "Mersin", 1954),
    (34, "Istanbul", 15702), (35, "Izmir", 4493), (36, "Kars", 272), (37, "Kastamonu", 381),
    (38, "Kayseri", 1452), (39, "Kirklareli", 379), (40, "Kirsehir", 244), (41, "Kocaeli", 2130),
    (42, "Konya", 2330), (43, "Kutahya", 571), (44, "Malatya", 750), (45, "Manisa", 1475),
    (46, "Kahramanmaras", 1134), (47, "Mardin", 895), (48, "Mugla", 1081), (49, "Mus", 392),
    (50, "Nevsehir", 317), (51, "Nigde", 372), (52, "Ordu", 771), (53, "Rize", 346), (54, "Sakarya", 1110),
    (55, "Samsun", 1382), (56, "Siirt", 336), (57, "Sinop", 226), (58, "Sivas", 637),
    (59, "Tekirdag", 1187), (60, "Tokat", 612), (61, "Trabzon", 822), (62, "Tunceli", 86),
    (63, "Sanliurfa", 2237), (64, "Usak", 375), (65, "Van", 1118), (66, "Yozgat", 413),
    (67, "Zonguldak", 586), (68, "Aksaray", 439), (69, "Bayburt", 83), (70, "Karaman", 262),
    (71, "Kirikkale", 283), (72, "Batman", 654), (73, "Sirnak", 570), (74, "Bartin", 206),
    (75, "Ardahan", 91), (76, "Igdir", 206), (77, "Yalova", 307), (78, "Karabuk", 250), (79, "Kilis", 157),
    (80, "Osmaniye", 561), (81, "Duzce", 412),
)  # fmt: skip
# ISO 3166-1 numeric, code, name, whether the European Union's rule on political advertising covers it.
COUNTRIES = (
    (792, "TR", "Turkey", False), (276, "DE", "Germany", True), (826, "GB", "United Kingdom", False),
    (840, "US", "United States", False), (250, "FR", "France", True), (380, "IT", "Italy", True),
    (724, "ES", "Spain", True), (528, "NL", "Netherlands", True), (56, "BE", "Belgium", True),
    (40, "AT", "Austria", True), (756, "CH", "Switzerland", False), (100, "BG", "Bulgaria", True),
    (300, "GR", "Greece", True), (31, "AZ", "Azerbaijan", False), (196, "CY", "Cyprus", True),
    (784, "AE", "United Arab Emirates", False), (682, "SA", "Saudi Arabia", False),
    (124, "CA", "Canada", False),
)  # fmt: skip
# id, code, name: developers.google.com/google-ads/api/data/codes-formats#languages, from memory.
LANGUAGES = (
    (1000, "en", "English"), (1001, "de", "German"), (1002, "fr", "French"), (1003, "es", "Spanish"),
    (1004, "it", "Italian"), (1005, "ja", "Japanese"), (1009, "da", "Danish"), (1010, "nl", "Dutch"),
    (1011, "fi", "Finnish"), (1012, "ko", "Korean"), (1013, "no", "Norwegian"), (1014, "pt", "Portuguese"),
    (1015, "sv", "Swedish"), (1017, "zh_CN", "Chinese (simplified)"),
    (1018, "zh_TW", "Chinese (traditional)"), (1019, "ar", "Arabic"), (1020, "bg", "Bulgarian"),
    (1021, "cs", "Czech"), (1022, "el", "Greek"), (1023, "hi", "Hindi"), (1024, "hu", "Hungarian"),
    (1030, "pl", "Polish"), (1031, "ru", "Russian"), (1032, "ro", "Romanian"), (1036, "uk", "Ukrainian"),
    (1037, "tr", "Turkish"), (1064, "fa", "Persian"),
)  # fmt: skip
EU = frozenset(code for _, code, _, member in COUNTRIES if member)


@cache
def places() -> dict[int, Place]:
    """Every geo target known here, by id."""
    countries = [
        Place(2000 + n, name, code, "Country", name, None, 40_000_000) for n, code, name, _ in COUNTRIES
    ]
    provinces = [
        Place(PROVINCE_BASE + plate, name, "TR", "Province", f"{name},Turkey", TURKEY, people * 800)
        for plate, name, people in PROVINCES
    ]
    known = {place.country: place for place in countries}
    regions = [region for code in REGIONS for region in _regions(known[code])]
    return {place.id: place for place in (*countries, *provinces, *regions)}


def _regions(country: Place) -> list[Place]:
    first, sort, regions = REGIONS[country.country]
    return [
        Place(
            first + n, name, country.country, sort, f"{name},{country.name}", country.id, people * 800
        )
        for n, (name, people) in enumerate(regions)
    ]  # fmt: skip


def folded(text: str) -> str:
    """For comparing names: `İSTANBUL`, `Istanbul` and `istanbul` are one, as are `Muğla` and `mugla`."""
    plain = text.replace("ı", "i").replace("I", "i").replace("İ", "i")
    return "".join(c for c in unicodedata.normalize("NFD", plain.casefold()) if not unicodedata.combining(c))


def suggest(name: str, country: str) -> list[Place]:
    """Places whose name begins with the text, exact ones first, larger ones before smaller."""
    wanted = folded(name.strip())
    found = [p for p in places().values() if folded(p.name).startswith(wanted) and country in ("", p.country)]
    return sorted(found, key=lambda place: (folded(place.name) != wanted, -place.reach))


def geo_constant(place: Place) -> Message:
    made = KINDS["geo_target_constant"].new()
    made.resource_name, made.id, made.name = place.resource_name, place.id, place.name
    made.country_code, made.target_type, made.canonical_name = (
        place.country,
        place.target_type,
        place.canonical_name,
    )
    if place.parent:
        made.parent_geo_target = f"geoTargetConstants/{place.parent}"
    set_enum(made, "status", "ENABLED")
    return made


def language_constant(number: int, code: str, name: str) -> Message:
    made = KINDS["language_constant"].new()
    made.resource_name, made.id, made.code, made.name = f"languageConstants/{number}", number, code, name
    made.targetable = True
    return made


@cache
def constants() -> dict[str, Message]:
    """Geo and language constants by resource name; the same for every account."""
    made = [geo_constant(place) for place in places().values()]
    made += [language_constant(*language) for language in LANGUAGES]
    return {message.resource_name: message for message in made}
