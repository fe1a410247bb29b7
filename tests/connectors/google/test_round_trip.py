"""What is sent, if the platform keeps it, reads back as what was declared: a plan after apply is empty."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from connectors.google import goals, normal
from connectors.google.build import Builder
from connectors.google.convert import Converter
from connectors.google.operation import Lookups
from connectors.google.places import PROVINCES
from engine.change import Create
from engine.resource import Resource, resolve, to_json
from tests.connectors.google import neutral

AGES = st.none() | st.tuples(
    st.sampled_from([18, 25, 35, 45, 55, 65]), st.sampled_from([24, 34, 44, 54, 64, 65, None])
).filter(lambda pair: pair[1] is None or pair[1] >= pair[0]).map(
    lambda pair: {"min": pair[0], "max": pair[1]}
)
AUDIENCES = st.builds(
    neutral.audience,
    locations=st.lists(st.sampled_from(sorted(PROVINCES)), min_size=1, max_size=4, unique=True).map(tuple),
    languages=st.lists(st.sampled_from(["tr", "en", "ar"]), max_size=3, unique=True).map(tuple),
    age=AGES,
    genders=st.sampled_from([(), ("women",), ("men",), ("women", "men")]),
)
WORD = st.text("abcçğıöşü İI", min_size=1, max_size=12).filter(str.strip)
TEXTS = st.lists(WORD, min_size=3, max_size=8, unique=True).map(tuple)


@st.composite
def trees(draw: st.DrawFn) -> list[Resource]:
    budget = {"budget": neutral.budget(str(draw(st.integers(1, 99999))))} if draw(st.booleans()) else {}
    network = {"search_partners": draw(st.booleans()), "display": draw(st.booleans())}
    end = draw(st.none() | st.just("2026-12-31"))
    top = neutral.campaign(options={"network": network}, end=end, **budget)
    group = neutral.ad_set(top, audience=draw(AUDIENCES), status=draw(st.sampled_from(["active", "paused"])))
    content = neutral.creative(
        headlines=draw(TEXTS), texts=draw(TEXTS)[:4], utm=draw(st.sampled_from([{}, {"source": "google"}]))
    )
    return [top, group, content, neutral.ad(group, content)]


LOOKUPS = Lookups(
    locations={code: f"geoTargetConstants/{code}" for code in PROVINCES},
    languages={code: f"languageConstants/{code}" for code in ("tr", "en", "ar")},
    goals={"": ("purchase/website", "page_view/website")},
)


def echo(resources: list[Resource]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Rows as a platform that keeps every body returns them, one of each kind, and the criteria."""
    builder = Builder(neutral.ACCOUNT, LOOKUPS, {})
    bodies: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for each in resources:
        for op in builder.build(Create(each)):
            bodies[op.resource].append(op.body)
    rows = {name: found[0] for name, found in bodies.items() if not name.endswith("criterion")}
    criteria = bodies["campaign_criterion"] + bodies["ad_group_criterion"]
    bidding = next(name for name in rows["campaign"] if name in ("maximize_conversions", "target_spend"))
    rows["campaign"] = rows["campaign"] | {"bidding_strategy_type": bidding.upper()}
    ids = {each.address: builder.ids[each.address] for each in resources if each.address in builder.ids}
    rows["ids"] = ids
    rows["goals"] = [_goal(each) for each in bodies["campaign_conversion_goal"]]
    return rows, criteria


def _goal(body: dict[str, Any]) -> dict[str, Any]:
    """A goal of a campaign as it is read: category and origin are parts of its name."""
    _, category, origin = normal.last(body["resource_name"]).split("~")
    return {**body, "category": category, "origin": origin}


@given(trees())
def test_what_is_sent_reads_back_as_what_was_declared(tree: list[Resource]) -> None:
    made = {each.address.kind: each for each in Converter(neutral.SCOPE, "TRY").convert(tree)}
    rows, criteria = echo(list(made.values()))
    named = {"campaign", "language", "location", "age_range", "gender"}
    found: dict[str, list[str]] = {name: [] for name in named}
    for body in criteria:
        for name in named & body.keys() - {"campaign"}:
            found[name].append(normal.last(next(iter(body[name].values()))))
    seen = {
        "campaign": normal.campaign(rows, found["location"], found["language"])
        | {"conversion_goals": goals.observed({"goal_config_level": "CAMPAIGN"}, rows["goals"])},
        "ad_group": normal.ad_group(rows, [*found["age_range"], *found["gender"]]),
        "ad": normal.ad(rows),
    }
    for kind, fields in seen.items():
        wanted = {name: resolve(value, rows["ids"]) for name, value in made[kind].fields.items()}
        assert to_json({name: fields[name] for name in wanted}) == to_json(wanted)
