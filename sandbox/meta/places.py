"""Locations, interests and languages that targeting search knows: all of Türkiye's provinces, some others.

Province numbers are ISO 3166-2:TR (the licence plate numbers); people are thousands, rounded from TÜİK's 2024
census. Keys are the stand-in's own: the platform's real keys are not public as a list.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from sandbox.meta.enums import names

PROVINCES = """
01 Adana 2280|02 Adıyaman 611|03 Afyonkarahisar 751|04 Ağrı 500|05 Amasya 342|06 Ankara 5865
07 Antalya 2723|08 Artvin 169|09 Aydın 1166|10 Balıkesir 1277|11 Bilecik 228|12 Bingöl 284
13 Bitlis 359|14 Bolu 327|15 Burdur 275|16 Bursa 3239|17 Çanakkale 569|18 Çankırı 200|19 Çorum 521
20 Denizli 1061|21 Diyarbakır 1834|22 Edirne 421|23 Elazığ 604|24 Erzincan 241|25 Erzurum 745
26 Eskişehir 921|27 Gaziantep 2194|28 Giresun 456|29 Gümüşhane 143|30 Hakkâri 283|31 Hatay 1562
32 Isparta 447|33 Mersin 1954|34 İstanbul 15702|35 İzmir 4493|36 Kars 273|37 Kastamonu 381
38 Kayseri 1452|39 Kırklareli 379|40 Kırşehir 242|41 Kocaeli 2131|42 Konya 2330|43 Kütahya 571
44 Malatya 750|45 Manisa 1475|46 Kahramanmaraş 1134|47 Mardin 895|48 Muğla 1081|49 Muş 393
50 Nevşehir 317|51 Niğde 373|52 Ordu 770|53 Rize 346|54 Sakarya 1111|55 Samsun 1383|56 Siirt 337
57 Sinop 226|58 Sivas 638|59 Tekirdağ 1188|60 Tokat 612|61 Trabzon 822|62 Tunceli 87
63 Şanlıurfa 2237|64 Uşak 376|65 Van 1118|66 Yozgat 413|67 Zonguldak 587|68 Aksaray 439
69 Bayburt 83|70 Karaman 263|71 Kırıkkale 283|72 Batman 655|73 Şırnak 571|74 Bartın 206
75 Ardahan 91|76 Iğdır 206|77 Yalova 308|78 Karabük 250|79 Kilis 156|80 Osmaniye 562|81 Düzce 412
"""
DISTRICTS = {
    "34": "Adalar Arnavutköy Ataşehir Avcılar Bağcılar Bahçelievler Bakırköy Başakşehir Bayrampaşa"
    " Beşiktaş Beykoz Beylikdüzü Beyoğlu Büyükçekmece Çatalca Çekmeköy Esenler Esenyurt Eyüpsultan"
    " Fatih Gaziosmanpaşa Güngören Kadıköy Kağıthane Kartal Küçükçekmece Maltepe Pendik Sancaktepe"
    " Sarıyer Silivri Sultanbeyli Sultangazi Şile Şişli Tuzla Ümraniye Üsküdar Zeytinburnu",
    "06": "Akyurt Altındağ Ayaş Bala Beypazarı Çamlıdere Çankaya Çubuk Elmadağ Etimesgut Evren Gölbaşı"
    " Güdül Haymana Kahramankazan Kalecik Keçiören Kızılcahamam Mamak Nallıhan Polatlı Pursaklar"
    " Sincan Şereflikoçhisar Yenimahalle",
    "35": "Aliağa Balçova Bayındır Bayraklı Bergama Beydağ Bornova Buca Çeşme Çiğli Dikili Foça"
    " Gaziemir Güzelbahçe Karabağlar Karaburun Karşıyaka Kemalpaşa Kınık Kiraz Konak Menderes"
    " Menemen Narlıdere Ödemiş Seferihisar Selçuk Tire Torbalı Urla",
    "16": "Gemlik Gürsu İnegöl Kestel Mudanya Mustafakemalpaşa Nilüfer Osmangazi Yıldırım",
    "07": "Aksu Alanya Döşemealtı Finike Kaş Kemer Kepez Konyaaltı Kumluca Manavgat Muratpaşa Serik",
    "48": "Bodrum Datça Fethiye Marmaris Menteşe Milas Ortaca",
    "41": "Başiskele Çayırova Darıca Gebze Gölcük İzmit Kartepe Körfez",
    "42": "Karatay Meram Selçuklu",
    "01": "Ceyhan Çukurova Kozan Sarıçam Seyhan Yüreğir",
    "27": "Nizip Şahinbey Şehitkamil",
}
COUNTRIES = {  # code → name, people in thousands
    "TR": ("Türkiye", 85_665), "AT": ("Austria", 9_160), "BE": ("Belgium", 11_760),
    "BG": ("Bulgaria", 6_450), "HR": ("Croatia", 3_870), "CY": ("Cyprus", 960),
    "CZ": ("Czech Republic", 10_900), "DK": ("Denmark", 5_960), "EE": ("Estonia", 1_370),
    "FI": ("Finland", 5_600), "FR": ("France", 68_400), "DE": ("Germany", 83_500),
    "GR": ("Greece", 10_400), "HU": ("Hungary", 9_580), "IE": ("Ireland", 5_340),
    "IT": ("Italy", 58_990), "LV": ("Latvia", 1_870), "LT": ("Lithuania", 2_890),
    "LU": ("Luxembourg", 670), "MT": ("Malta", 560), "NL": ("Netherlands", 17_940),
    "PL": ("Poland", 36_620), "PT": ("Portugal", 10_640), "RO": ("Romania", 19_070),
    "SK": ("Slovakia", 5_420), "SI": ("Slovenia", 2_120), "ES": ("Spain", 48_600),
    "SE": ("Sweden", 10_550), "GB": ("United Kingdom", 69_200), "US": ("United States", 340_100),
    "CH": ("Switzerland", 9_000), "NO": ("Norway", 5_570), "AZ": ("Azerbaijan", 10_200),
    "AE": ("United Arab Emirates", 10_900), "SA": ("Saudi Arabia", 35_300), "QA": ("Qatar", 3_060),
    "RU": ("Russia", 143_500), "UA": ("Ukraine", 37_900), "CA": ("Canada", 41_300),
    "AU": ("Australia", 27_200), "JP": ("Japan", 123_900), "KR": ("South Korea", 51_700),
    "IN": ("India", 1_450_900), "BR": ("Brazil", 212_000), "MX": ("Mexico", 130_900),
    "EG": ("Egypt", 116_500), "ID": ("Indonesia", 283_500), "ZA": ("South Africa", 64_000),
    "IL": ("Israel", 9_970), "GE": ("Georgia", 3_670),
}  # fmt: skip
ELSEWHERE = {  # regions of some other countries: name and thousands of people
    "DE": "Baden-Württemberg 11280|Bavaria 13370|Berlin 3755|Brandenburg 2573|Bremen 685|"
    "Hamburg 1892|Hesse 6391|Lower Saxony 8140|Mecklenburg-Vorpommern 1628|North Rhine-"
    "Westphalia 18139|Rhineland-Palatinate 4159|Saarland 993|Saxony 4086|Saxony-"
    "Anhalt 2187|Schleswig-Holstein 2953|Thuringia 2127",
    "GB": "England 57700|Scotland 5490|Wales 3160|Northern Ireland 1920",
    "US": "California 39430|Florida 23370|Illinois 12710|New York 19870|Pennsylvania 13080|Texas 31290",
}
INTERESTS = {  # key → (name, thousands of people, topic)
    "6003107902433": ("Association football (Soccer)", 38_000, "Sports"),
    "6003139266461": ("Movies", 34_000, "Entertainment"),
    "6003266061909": ("Food and drink", 46_000, "Food and drink"),
    "6003372667195": ("Fast food", 25_000, "Food and drink"),
    "6003384544374": ("Restaurants", 31_000, "Food and drink"),
    "6003668857118": ("Pizza", 22_000, "Food and drink"),
    "6003659420716": ("Cooking", 28_000, "Food and drink"),
    "6003435096731": ("Fast casual restaurants", 6_400, "Food and drink"),
    "6003020834693": ("Music", 41_000, "Entertainment"),
    "6003346592981": ("Online shopping", 36_000, "Shopping and fashion"),
    "6003348604581": ("Fashion accessories", 19_000, "Shopping and fashion"),
    "6002957026250": ("Live events", 12_000, "Entertainment"),
}
CATEGORIES = {  # key → (name, thousands of people, field of a targeting, path)
    "6002714895372": ("Frequent Travelers", 9_500, "behaviors", ("Behaviors", "Travel")),
    "6022788483583": ("Frequent international travelers", 3_100, "behaviors", ("Behaviors", "Travel")),
    "6071631541183": ("Engaged Shoppers", 14_800, "behaviors", ("Behaviors", "Purchase behavior")),
    "6002714898572": ("Small business owners", 6_200, "behaviors", ("Behaviors", "Digital activities")),
    "6015559470583": ("Commuters", 7_700, "behaviors", ("Behaviors", "Travel")),
    "6003054185372": ("Recently moved", 2_300, "life_events", ("Demographics", "Life Events")),
    "6005149512172": ("New job", 2_900, "life_events", ("Demographics", "Life Events")),
    "6003050226972": ("Newlywed (6 months)", 400, "life_events", ("Demographics", "Life Events")),
    "6008888980183": ("Food and Restaurants", 3_600, "industries", ("Demographics", "Work", "Industries")),
    "6009003307783": ("Business and Finance", 3_900, "industries", ("Demographics", "Work", "Industries")),
    "6023080302983": ("Parents with preschoolers (03-05 years)", 5_400, "family_statuses",
                      ("Demographics", "Parents", "All parents")),
    "6107813079183": ("Household income: top 10% of ZIP codes (US)", 12_000, "income",
                      ("Demographics", "Financial", "Income")),
}  # fmt: skip
CLASSES = {"interests", "behaviors", "demographics", *(field for _, _, field, _ in CATEGORIES.values())}
# Postal codes by their form, as the real ones are no public list; a choice, as are the people in thousands.
ZIPS = {
    "TR": r"(0[1-9]|[1-7]\d|8[01])\d{3}", "DE": r"\d{5}", "US": r"\d{5}", "FR": r"\d{5}",
    "GB": r"[A-Z]{1,2}\d[A-Z0-9]? ?\d[A-Z]{2}",
}  # fmt: skip
ZIP_PEOPLE = 30
LOCALES = {
    "1": "English (US)", "6": "English (UK)", "5": "German", "9": "French (France)", "10": "Italian",
    "17": "Russian", "19": "Turkish", "28": "Arabic", "31": "Kurdish (Kurmanji)", "1001": "English (All)",
}  # fmt: skip
LOCATION_TYPES = names("country region city zip country_group subcity")


@dataclass(frozen=True)
class Place:
    """A location with the fields of a search answer."""

    key: str
    name: str
    type: str
    country: str
    people: int  # thousands
    region: str = ""
    region_id: str = ""

    def answer(self) -> dict[str, object]:
        row: dict[str, object] = {"key": self.key, "name": self.name, "type": self.type}
        if self.type == "country":
            return {**row, "country_code": self.key, "supports_region": True, "supports_city": True}
        row |= {"country_code": self.country, "country_name": COUNTRIES[self.country][0]}
        if self.type == "city":
            row |= {"region": self.region, "region_id": int(self.region_id)}
        return {**row, "supports_region": True, "supports_city": True}


def fold(text: str) -> str:
    """For comparing names: without case, dots and accents, so that Istanbul finds İstanbul and kadikoy"
    " Kadıköy."""
    plain = unicodedata.normalize("NFKD", text.replace("ı", "i").replace("İ", "i"))
    return "".join(c for c in plain if not unicodedata.combining(c)).casefold().strip()


def _build() -> dict[tuple[str, str], Place]:
    places = [Place(code, name, "country", code, people) for code, (name, people) in COUNTRIES.items()]
    for entry in PROVINCES.replace("\n", "|").strip("|").split("|"):
        plate, name, people = entry.split()
        places += _province(plate, name, int(people))
    for number, (country, text) in enumerate(ELSEWHERE.items(), start=1):
        for at, entry in enumerate(text.split("|")):
            name, _, people = entry.rpartition(" ")
            places.append(Place(str(5000 + number * 100 + at), name, "region", country, int(people)))
    return {(place.type, place.key): place for place in places}


def _province(plate: str, name: str, people: int) -> list[Place]:
    key = str(3800 + int(plate))
    districts = [name, *DISTRICTS.get(plate, "").split()]
    base = 2_600_000 + int(plate) * 100
    share = people // len(districts) if len(districts) > 1 else people * 6 // 10
    cities = [
        Place(str(base + at), district, "city", "TR", share, name, key)
        for at, district in enumerate(districts)
    ]
    return [Place(key, name, "region", "TR", people), *cities]


PLACES = _build()


def find(query: str, types: list[str], country: str | None, limit: int) -> list[dict[str, object]]:
    """Places whose name begins with the query, or a word of it does; exact names first, then the larger."""
    wanted = fold(query)
    found = [
        place
        for place in PLACES.values()
        if (not types or place.type in types)
        and country in (None, place.country)
        and any(fold(place.name)[at:].startswith(wanted) for at in _starts(fold(place.name)))
    ]
    found.sort(key=lambda p: (fold(p.name) != wanted, -p.people, p.key))
    return [place.answer() for place in found[:limit]]


def _starts(text: str) -> list[int]:
    return [0, *(at + 1 for at, letter in enumerate(text) if letter in " -(")]


def zip_place(key: str) -> Place | None:
    """The postal code that a key such as TR:34710 names."""
    country, _, code = key.partition(":")
    if re.fullmatch(ZIPS.get(country, "(?!)"), code) is None:
        return None
    return Place(key, code, "zip", country, ZIP_PEOPLE)


def find_zips(query: str, country: str | None) -> list[dict[str, object]]:
    found = [zip_place(f"{each}:{query.upper()}") for each in ZIPS if country in (None, each)]
    return [place.answer() for place in found if place]
