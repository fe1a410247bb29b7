"""What Google can do is data: complete, consistent, and readable without the SDK."""

from __future__ import annotations

import subprocess
import sys

from connectors.google import keywords, normal
from connectors.google.build import FAMILIES
from connectors.google.convert import Converter
from connectors.google.operation import ORDER
from connectors.google.supports import AGE_ENDS, AGE_STARTS, SUPPORTS
from tests.connectors.google import neutral

PURE = """
import sys
import connectors.google.apply, connectors.google.convert, connectors.google.supports
from tests.connectors.google import neutral
found = connectors.google.apply.connector(neutral.connection()).canonical(neutral.tree())
print(len(found), sorted(name for name in sys.modules if name.split(".")[0] in ("google", "grpc", "proto")))
"""


def test_neither_constructing_nor_converting_imports_the_sdk() -> None:
    done = subprocess.run([sys.executable, "-c", PURE], capture_output=True, text=True, check=True)
    assert done.stdout == "7 []\n"


def test_every_kind_can_be_written_and_every_field_sent_is_declared_somewhere() -> None:
    assert SUPPORTS.kinds.keys() == FAMILIES.keys()
    assert {each.resource for each in FAMILIES.values()} <= set(ORDER)
    assert all(SUPPORTS.kinds[kind].parent == each.parent for kind, each in FAMILIES.items())
    assert all((SUPPORTS.kinds[kind].mark == "label") == each.labelled for kind, each in FAMILIES.items())
    assert all(
        SUPPORTS.kinds[kind].marked == bool(each.labelled or each.signed) for kind, each in FAMILIES.items()
    )


def test_every_field_named_in_the_tables_exists_in_the_canonical_form() -> None:
    shown = {
        "assets": {"callouts": ["Yarım saatte"]},
        "negative": {"exact": ["bedava"]},
        "negative_lists": [{"list": "genel", "keywords": {"broad": ["tarif"]}}],
    }
    made = Converter(neutral.SCOPE, "TRY").convert(
        neutral.tree(options=shown) + neutral.tree(("a",), key="b", budget=neutral.budget(period="lifetime"))
    )
    made += Converter(neutral.SCOPE, "TRY").convert(neutral.pictured())
    made += Converter(neutral.SCOPE, "TRY").convert(neutral.pictured("display"))
    made += Converter(neutral.SCOPE, "TRY").convert(neutral.demand_gen())
    made += Converter(neutral.SCOPE, "TRY", {"merchant": "55"}).convert(neutral.selling("all"))
    shared = {"portfolio": "satis", "strategy": "maximize_conversions"}
    made += Converter(neutral.SCOPE, "TRY").convert(neutral.tree(options={"portfolio": shared}))
    store = "https://apps.apple.com/tr/app/lezzet/id123456789"
    aimed = {"strategy": "maximize_conversions", "target_cpa": "12 TRY"}
    again = {"store": store, "focus": "engagement", "bidding": aimed}
    made += Converter(neutral.SCOPE, "TRY").convert(neutral.of_app({"store": store}))
    made += Converter(neutral.SCOPE, "TRY").convert(neutral.of_app(again, "app_events", conversion="7"))
    own = {"conversion_goals": {"goal": "siparis", "actions": ["1"]}}
    made += Converter(neutral.SCOPE, "TRY").convert(neutral.tree(options=own))
    made += Converter(neutral.SCOPE, "TRY").convert([neutral.customers()])
    for kind in SUPPORTS.kinds.values():
        fields = {name for each in made if each.address.kind == kind.kind for name in each.fields}
        if kind.kind in ("ad_group_asset",):
            continue
        named = {*kind.immutable, *kind.learning, *kind.review, *kind.budgets}
        assert named <= fields
        assert kind.parent is None or kind.parent in fields


def test_negative_keywords_neither_run_nor_stop() -> None:
    for kind in keywords.KINDS.values():
        assert (SUPPORTS.kinds[kind.kind].status is None) == kind.negative
        assert SUPPORTS.kinds[kind.kind].delivers != kind.negative


def test_the_age_bounds_are_those_of_the_ranges() -> None:
    assert {start for start, _, _ in normal.AGES} == AGE_STARTS
    assert {end for _, end, _ in normal.AGES} == AGE_ENDS
