"""How changes become requests and answers become outcomes, against a scripted client."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import AccessDenied, ConnectorError, OutcomeUnknown, Rejected
from connectors.google.build import Builder, parent_of
from connectors.google.convert import Converter
from connectors.google.errors import AdsError, Busy, OperationsRefused
from connectors.google.mutate import Sender, chunks
from connectors.google.operation import Lookups
from engine.change import Applied, Change, Create, Outcome, Refused, Unknown, Update
from engine.resource import Address, Ref, Resource
from tests.connectors.google import neutral

LOOKUPS = Lookups(
    locations={"TR-34": "geoTargetConstants/34"},
    languages={"tr": "languageConstants/1037"},
    goals={"": ("purchase/website",)},
)


@dataclass
class Platform:
    """Answers each request with the next of the script: an error, or (None, or none left) success."""

    script: list[ConnectorError | None] = field(default_factory=list)
    requests: list[list[Mapping[str, Any]]] = field(default_factory=list)

    def mutate(self, operations: Sequence[Mapping[str, Any]]) -> list[str]:
        self.requests.append(list(operations))
        error = self.script.pop(0) if self.script else None
        if error is not None:
            raise error
        first = 100 * len(self.requests)
        return [f"customers/1/things/{first + number}" for number in range(len(operations))]


def creates(*keys: str) -> list[Create]:
    resources = [each for key in keys for each in neutral.tree(key=key)]
    return [Create(each) for each in Converter(neutral.SCOPE, "TRY").convert(resources)]


def send(platform: Platform, changes: Sequence[Change], limit: int = 10_000) -> dict[str, Outcome]:
    outcomes = list(Sender(platform, Builder("1", LOOKUPS, {}), limit).send(changes))  # type: ignore[arg-type]
    assert len(outcomes) == len(changes)
    assert {each.address for each in outcomes} == {each.address for each in changes}
    return {str(each.address): each for each in outcomes}


def refused(changes: Sequence[Change], *kinds_and_keys: tuple[str, str]) -> OperationsRefused:
    """A refusal of the operations that bear the given objects, in one request of all the changes."""
    builder = Builder("1", LOOKUPS, {})
    ops = [(op, change) for change in changes for op in builder.build(change)]
    ops.sort(key=lambda pair: pair[0].rank)
    wanted = {Address("google", *each) for each in kinds_and_keys}
    return OperationsRefused(
        [
            AdsError("campaign_error", "BAD", f"{change.address.kind} is bad", "campaign.name", index)
            for index, (op, change) in enumerate(ops)
            if op.bears and change.address in wanted
        ]
    )


def test_all_trees_go_in_one_request_ordered_by_type() -> None:
    platform = Platform()
    outcomes = send(platform, creates("a", "b"))
    assert {type(each) for each in outcomes.values()} == {Applied}
    (request,) = platform.requests
    kinds = [next(iter(operation)) for operation in request]
    assert [kind for at, kind in enumerate(kinds) if at == 0 or kinds[at - 1] != kind] == [
        "label_operation",
        "campaign_budget_operation",
        "campaign_operation",
        "campaign_conversion_goal_operation",
        "campaign_criterion_operation",
        "campaign_label_operation",
        "ad_group_operation",
        "ad_group_criterion_operation",
        "ad_group_label_operation",
        "ad_group_ad_operation",
        "ad_group_ad_label_operation",
    ]


def test_a_culprit_is_refused_with_all_below_it_and_the_others_are_sent_again() -> None:
    changes = creates("a", "b")
    platform = Platform([refused(changes, ("campaign", "a/eve-siparis"))])
    outcomes = send(platform, changes)
    top = outcomes["google:campaign/a/eve-siparis"]
    assert top == Refused(
        Address("google", "campaign", "a/eve-siparis"),
        "campaign_error.BAD",
        "campaign is bad",
        "campaign.name",
    )
    below = [each for name, each in outcomes.items() if "/a/" in name and each != top]
    assert {each.code for each in below if isinstance(each, Refused)} == {"parent"}
    assert len(below) == len(changes) / 2 - 1
    assert {type(each) for name, each in outcomes.items() if "/b/" in name} == {Applied}
    assert len(platform.requests) == 2
    assert len(platform.requests[1]) * 2 == len(platform.requests[0])


def test_a_refused_leaf_takes_nothing_along() -> None:
    changes = creates("a")
    keyword = ("keyword", "a/eve-siparis/phrase:paket servis")
    outcomes = send(Platform([refused(changes, keyword)]), changes)
    assert [each.address.key for each in outcomes.values() if not isinstance(each, Applied)] == [keyword[1]]


def test_children_refused_for_want_of_their_parent_are_told_so() -> None:
    changes = creates("a")
    everything = [(each.address.kind, each.address.key) for each in changes]
    outcomes = send(Platform([refused(changes, *everything)]), changes)
    codes = [each.code for each in outcomes.values() if isinstance(each, Refused)]
    assert sorted(codes) == ["campaign_error.BAD", *["parent"] * (len(changes) - 1)]


def test_refusals_one_after_another_end_with_what_can_be_built() -> None:
    changes = creates("a", "b", "c")
    script: list[ConnectorError | None] = [refused(changes, ("campaign", "a/eve-siparis"))]
    rest = [each for each in changes if not each.address.key.startswith("a/")]
    script.append(refused(rest, ("campaign", "b/eve-siparis")))
    platform = Platform(script)
    outcomes = send(platform, changes)
    assert {name for name, each in outcomes.items() if isinstance(each, Applied)} == {
        name for name in outcomes if "/c/" in name
    }
    assert len(platform.requests) == 3


def test_an_answer_that_cannot_be_trusted_leaves_its_request_unknown_and_the_next_goes_on() -> None:
    changes = creates("a", "b")
    size = len(changes) // 2
    platform = Platform([OutcomeUnknown("Socket closed")])
    outcomes = list(send(platform, changes, limit=30).values())
    assert {type(each) for each in outcomes[:size]} == {Unknown}
    assert {type(each) for each in outcomes[size:]} == {Applied}
    assert len(platform.requests) == 2


def test_nothing_hangs_under_what_may_not_exist() -> None:
    changes = creates("a")
    platform = Platform([OutcomeUnknown("Socket closed")])
    outcomes = list(send(platform, changes, limit=12).values())
    assert isinstance(outcomes[0], Unknown)
    assert {each.code for each in outcomes if isinstance(each, Refused)} == {"parent"}
    assert len(platform.requests) == 1


@pytest.mark.parametrize(
    ("error", "code", "retry"),
    [
        (Busy("the day is used up", 4000.0), "later", False),  # this apply does not live to see it pass
        (Busy("a second is used up", 5.0), "later", True),
        (AccessDenied("no", "ask"), "denied", True),
    ],
)
def test_when_nobody_is_let_in_nothing_more_is_sent(error: ConnectorError, code: str, retry: bool) -> None:
    platform = Platform([error])
    outcomes = send(platform, creates("a", "b"), limit=30)
    assert {(each.code, each.retry) for each in outcomes.values() if isinstance(each, Refused)} == {
        (code, retry)
    }
    assert len(platform.requests) == 1


def test_a_refusal_without_a_place_is_everybodys() -> None:
    outcomes = send(Platform([Rejected("Too many operations.", code="request_error")]), creates("a"))
    assert {each.code for each in outcomes.values() if isinstance(each, Refused)} == {"request_error"}


def test_what_cannot_be_built_is_refused_and_the_rest_is_sent() -> None:
    (bad, *_), good = creates("a"), creates("b")
    poor = Update(bad.resource, "7", {"daily_budget_micros": 1}, {"daily_budget_micros": 2})
    outcomes = send(Platform(), [poor, *good])
    assert outcomes[str(bad.address)] == Refused(
        bad.address, "gone", "campaign 7 has no budget", "campaign_budget"
    )
    assert {type(each) for name, each in outcomes.items() if name != str(bad.address)} == {Applied}


def test_a_tree_larger_than_a_request_is_cut_and_its_children_name_real_ids() -> None:
    platform = Platform()
    outcomes = send(platform, creates("a"), limit=8)
    assert {type(each) for each in outcomes.values()} == {Applied}
    top = outcomes["google:campaign/a/eve-siparis"]
    assert isinstance(top, Applied)
    assert len(platform.requests) > 1
    groups = [op["ad_group_operation"]["create"] for op in platform.requests[1] if "ad_group_operation" in op]
    assert [each["campaign"] for each in groups] == [f"customers/1/campaigns/{top.id}"]


@st.composite
def forests(draw: st.DrawFn) -> tuple[list[Change], list[int]]:
    changes: list[Change] = []
    groups: list[Address] = []
    for number in range(draw(st.integers(0, 12))):
        parent = draw(st.sampled_from([None, *groups]))
        kind = "ad_group" if parent is None or parent.kind == "campaign" else "ad"
        address = Address("google", kind if parent else "campaign", str(number))
        above = {"ad_group": "campaign", "ad": "ad_group"}.get(address.kind, "")
        fields: dict[str, Any] = {above: Ref(parent)} if parent else {}
        changes.append(Create(Resource(address, "1", "m", fields)))
        if address.kind != "ad":
            groups.append(address)
    sizes = draw(st.lists(st.integers(1, 9), min_size=len(changes), max_size=len(changes)))
    return changes, sizes


@given(forests(), st.integers(9, 40))
def test_requests_hold_every_change_once_within_the_limit_and_parents_no_later_than_children(
    forest: tuple[list[Change], list[int]], limit: int
) -> None:
    changes, sizes = forest
    packed = chunks(changes, sizes, limit)
    assert sorted(position for chunk in packed for position in chunk) == list(range(len(changes)))
    assert all(sum(sizes[position] for position in chunk) <= limit for chunk in packed)
    place = {changes[position].address: at for at, chunk in enumerate(packed) for position in chunk}
    for change in changes:
        parent = parent_of(change.resource) if isinstance(change, Create) else None
        assert parent is None or place[parent] <= place[change.address]


def test_trees_that_fit_stay_together() -> None:
    changes: list[Change] = list(creates("a", "b", "c"))
    sizes = [10] * len(changes)
    size = len(changes) // 3
    assert chunks(changes, sizes, size * 15) == [
        list(range(start, start + size)) for start in range(0, len(changes), size)
    ]
