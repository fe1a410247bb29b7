"""States of Germany and the United States, and the nations of the United Kingdom: names and inhabitants.

In thousands, rounded: Destatis 2023, ONS 2022, US Census 2023, from memory. Their order gives them their ids.
"""

from __future__ import annotations

GERMANY = (
    ("Baden-Wurttemberg", 11_230), ("Bavaria", 13_180), ("Berlin", 3_660), ("Brandenburg", 2_550),
    ("Bremen", 700), ("Hamburg", 1_850), ("Hesse", 6_270), ("Lower Saxony", 8_010),
    ("Mecklenburg-Vorpommern", 1_570), ("North Rhine-Westphalia", 18_020), ("Rhineland-Palatinate", 4_130),
    ("Saarland", 1_010), ("Saxony", 4_060), ("Saxony-Anhalt", 2_140), ("Schleswig-Holstein", 2_950),
    ("Thuringia", 2_120),
)  # fmt: skip
BRITAIN = (("England", 57_100), ("Scotland", 5_450), ("Wales", 3_130), ("Northern Ireland", 1_910))
STATES = (
    ("Alabama", 5_110), ("Alaska", 730), ("Arizona", 7_430), ("Arkansas", 3_070), ("California", 38_970),
    ("Colorado", 5_880), ("Connecticut", 3_620), ("Delaware", 1_030), ("District of Columbia", 680),
    ("Florida", 22_610), ("Georgia", 11_030), ("Hawaii", 1_440), ("Idaho", 1_960), ("Illinois", 12_550),
    ("Indiana", 6_860), ("Iowa", 3_210), ("Kansas", 2_940), ("Kentucky", 4_530), ("Louisiana", 4_570),
    ("Maine", 1_400), ("Maryland", 6_180), ("Massachusetts", 7_000), ("Michigan", 10_040),
    ("Minnesota", 5_740), ("Mississippi", 2_940), ("Missouri", 6_200), ("Montana", 1_130),
    ("Nebraska", 1_980), ("Nevada", 3_190), ("New Hampshire", 1_400), ("New Jersey", 9_290),
    ("New Mexico", 2_110), ("New York", 19_570), ("North Carolina", 10_840), ("North Dakota", 780),
    ("Ohio", 11_790), ("Oklahoma", 4_050), ("Oregon", 4_230), ("Pennsylvania", 12_960),
    ("Rhode Island", 1_100), ("South Carolina", 5_370), ("South Dakota", 920), ("Tennessee", 7_130),
    ("Texas", 30_500), ("Utah", 3_420), ("Vermont", 650), ("Virginia", 8_720), ("Washington", 7_810),
    ("West Virginia", 1_770), ("Wisconsin", 5_910), ("Wyoming", 580),
)  # fmt: skip
# Country's code → (id of the first, what its regions are called, the regions). The ids are not Google's.
REGIONS = {
    "DE": (20_801, "State", GERMANY),
    "GB": (20_821, "Country", BRITAIN),
    "US": (20_831, "State", STATES),
}
