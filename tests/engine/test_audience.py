"""Audiences of the brand in the core: compiled where used, checked, marked by text, compared as sets."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.compile import Compiler
from engine.naming import TOKEN_LENGTH, signed, unsigned
from engine.resource import Address, Ref, Resource, from_json, resolve, to_json
from engine.rules import Declared, check
from engine.supports import Supports
from schemas.errors import InvalidDeclaration, Problem
from schemas.source import load_workspace
from schemas.workspace import Workspace
from tests.contract.brand import write
from tests.contract.walker import SCOPE

BUYERS = "audience: alanlar\ntype: website\ninclude: [{event: Purchase, within: 30d}]\n"
CARTS = """\
audience: sepet
name: Sepette kalanlar
description: iki hafta
type: website
include: [{event: AddToCart, within: 2w, url_contains: /sepet}]
exclude: [{event: Purchase, within: 14d}]
"""


def workspace(root: Path, targeting: str, *audiences: str) -> Workspace:
    """The tests' brand, its first ad set aimed as said."""
    write(root)
    (root / "audiences").mkdir()
    for text in audiences:
        key = text.partition("\n")[0].removeprefix("audience: ")
        (root / "audiences" / f"{key}.yaml").write_text(text, encoding="utf-8")
    file = root / "campaigns" / "yil-sonu.yaml"
    goal = "    optimize_for: purchases\n"
    text = file.read_text(encoding="utf-8").replace(goal, f"{goal}    audience: {{{targeting}}}\n", 1)
    file.write_text(text, encoding="utf-8")
    return load_workspace(root)


def compiled(found: Workspace) -> list[Resource]:
    compiler = Compiler(found.brand, SCOPE, "meta", "act_1", found.assets, found.audiences)
    return compiler.compile(found.campaigns)


def audiences(resources: list[Resource]) -> dict[str, Resource]:
    return {each.address.key: each for each in resources if each.address.kind == "audience"}


def problems(found: Workspace, **days: int) -> list[Problem]:
    supports = Supports("meta", "Meta", {}, 100, audience_days=days)
    return check(Declared(compiled(found), supports, found.where))


def test_only_what_an_ad_set_uses_is_compiled_with_its_rules(tmp_path: Path) -> None:
    made = compiled(workspace(tmp_path, "exclude: [sepet]", BUYERS, CARTS))
    (found,) = audiences(made).values()
    assert found.fields == {
        "name": "Sepette kalanlar",
        "description": "iki hafta",
        "type": "website",
        "include": ({"event": "AddToCart", "within_days": 14, "url_contains": "/sepet"},),
        "exclude": ({"event": "Purchase", "within_days": 14, "url_contains": None},),
    }
    assert found.mark == SCOPE.token(Address("meta", "audience", "sepet"))
    assert found.path == ("audience", "sepet")


def test_every_reference_to_an_audience_is_to_one_that_is_compiled(tmp_path: Path) -> None:
    made = compiled(workspace(tmp_path, "include: [sepet], exclude: [alanlar]", BUYERS, CARTS))
    assert {ref for each in made for ref in each.refs} <= {each.address for each in made}
    assert len(audiences(made)) == 2


def test_an_audience_without_a_name_is_called_by_the_brands_pattern(tmp_path: Path) -> None:
    made = compiled(workspace(tmp_path, "exclude: [alanlar]", BUYERS))
    assert audiences(made)["alanlar"].fields["name"] == "lezzet_alanlar"


def test_what_another_audience_needs_is_compiled_too(tmp_path: Path) -> None:
    alike = "audience: benzer\ntype: lookalike\nsource: alanlar\nlocations: [TR]\nsize: 1%\n"
    made = audiences(compiled(workspace(tmp_path, "include: [benzer]", BUYERS, alike)))
    assert made.keys() == {"benzer", "alanlar"}
    assert made["benzer"].fields["source"] == Ref(made["alanlar"].address)


def test_a_type_that_the_platform_does_not_build_is_an_error_at_its_line(tmp_path: Path) -> None:
    alike = "audience: benzer\ntype: lookalike\nsource: alanlar\nlocations: [TR]\nsize: 1%\n"
    (found,) = problems(workspace(tmp_path, "include: [benzer]", BUYERS, alike), website=180)
    assert found.summary == "This type of audience cannot be built"
    assert found.where is not None
    assert (found.where.file.name, found.where.line) == ("benzer.yaml", 2)
    assert "built are website 180" in found.detail


ALIKE = "audience: benzer\ntype: lookalike\nsource: alanlar\nlocations: [TR]\nsize: 3%\n"
ENGAGED = "audience: ilgili\ntype: engagement\nsource: page\nwithin: 2w\n"


def supported(found: Workspace, days: dict[str, int]) -> list[Problem]:
    supports = Supports("meta", "Meta", {}, 100, audience_days=days)
    return check(Declared(compiled(found), supports, found.where))


def test_a_lookalike_says_whom_it_resembles_where_and_how_closely(tmp_path: Path) -> None:
    made = audiences(compiled(workspace(tmp_path, "include: [benzer]", BUYERS, ALIKE)))["benzer"].fields
    assert (made["locations"], made["percent"]) == (("TR",), 3)


def test_what_people_did_is_anything_where_nothing_is_said(tmp_path: Path) -> None:
    made = audiences(compiled(workspace(tmp_path, "include: [ilgili]", ENGAGED)))["ilgili"].fields
    assert made["engaged"] == {"with": "page", "did": "anything", "within_days": 14, "id": None}


def test_each_source_of_an_engagement_is_remembered_its_own_time(tmp_path: Path) -> None:
    found = workspace(tmp_path, "include: [ilgili]", ENGAGED)
    assert supported(found, {"engagement/page": 14}) == []
    (late,) = supported(found, {"engagement/page": 13})
    assert (late.summary, late.fix) == ("An audience cannot look back so far", "Write at most 13d.")
    assert late.where is not None
    assert late.where.text.startswith("within: ")
    (unbuilt,) = supported(found, {"engagement/lead_form": 90})
    assert unbuilt.summary == "This type of audience cannot be built"


def test_a_lookalike_resembles_no_lookalike(tmp_path: Path) -> None:
    second = ALIKE.replace("audience: benzer", "audience: ikinci").replace("alanlar", "benzer")
    found = workspace(tmp_path, "include: [ikinci]", BUYERS, ALIKE, second)
    (refused,) = supported(found, {"website": 180, "lookalike": 0})
    assert refused.summary == "A lookalike of a lookalike"
    assert refused.where is not None
    assert (refused.where.file.name, refused.where.line) == ("ikinci.yaml", 3)


def test_a_platform_that_forgets_sooner_says_so(tmp_path: Path) -> None:
    found = workspace(tmp_path, "exclude: [alanlar]", BUYERS.replace("30d", "200d"))
    assert problems(found, website=540) == []
    (problem,) = problems(found, website=180)
    assert "200 days; the platform forgets after 180" in problem.detail


def test_hours_are_no_window_of_an_audience(tmp_path: Path) -> None:
    with pytest.raises(InvalidDeclaration) as caught:
        workspace(tmp_path, "exclude: [alanlar]", BUYERS.replace("30d", "36h"))
    (problem,) = caught.value.problems
    assert (problem.summary, problem.fix) == ("not a number of days", "write whole days: 2d")


TOKENS = st.text("abcdefghijklmnopqrstuvwxyz234567", min_size=TOKEN_LENGTH, max_size=TOKEN_LENGTH)


@given(st.text(max_size=60).map(str.strip), TOKENS)
def test_a_mark_at_the_end_of_a_text_is_found_again_and_the_text_is_as_it_was(text: str, token: str) -> None:
    assert unsigned(signed(text, token)) == (text, token)


@pytest.mark.parametrize("text", ["", "müşteriler", "[k:short]", "[k:abcdefghij] sonra", "[k:ABCDEFGHIJ]"])
def test_a_text_of_somebody_else_bears_no_mark(text: str) -> None:
    assert unsigned(text) == (text, None)


def ref(key: str) -> Ref:
    return Ref(Address("meta", "audience", key))


@pytest.mark.parametrize("order", list(permutations("abc")))
def test_references_are_a_set_whatever_the_order_of_keys_and_ids(order: tuple[str, ...]) -> None:
    ids = {ref("a").address: "3", ref("b").address: "1", ref("c").address: "2"}
    wanted: dict[str, Any] = {"targeting": {"custom_audiences": tuple(ref(key) for key in order)}}
    assert resolve(wanted, ids) == {"targeting": {"custom_audiences": ("1", "2", "3")}}
    half = resolve(wanted, {ref("a").address: "3"})
    assert resolve(from_json(to_json(half)), ids) == resolve(wanted, ids)


def test_other_sequences_keep_their_order() -> None:
    assert resolve(("b", "a"), {}) == ("b", "a")
    ids = {ref("a").address: "1", ref("b").address: "2"}
    assert resolve(({"hash": ref("b")}, {"hash": ref("a")}), ids) == ({"hash": "2"}, {"hash": "1"})
