"""A name says its fields again; what could not is refused before any name is made."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from schemas.errors import InvalidDeclaration
from schemas.naming import SLUG, Digits, Pattern, Words
from schemas.types import slugify
from schemas.workspace import Workspace

Load = Callable[..., Workspace]
OBJECTIVES = ("sales", "app_installs", "leads", "")
KINDS = {"o": Words(OBJECTIVES), "y": Digits(2)}
TURKISH = st.text(alphabet="abcIİıiŞşĞğÜüÖöÇç 19-'’&", min_size=1, max_size=8)
PATTERNS = st.lists(
    st.sampled_from(["{a}", "{b}", "{o}", "{y}", "_", "-", " | ", "x", "9"]), min_size=1, max_size=6
).map("".join)


@st.composite
def named(draw: Any) -> tuple[Pattern, dict[str, str]]:
    """A pattern that is not ambiguous and values for its fields."""
    pattern = Pattern(draw(PATTERNS), KINDS)
    assume(pattern.ambiguous() is None)
    texts = {name: slugify(draw(TURKISH)) for name in ("a", "b")}
    assume(all(texts.values()))
    values = {
        **texts,
        "o": draw(st.sampled_from(OBJECTIVES)),
        "y": draw(st.from_regex("[0-9]{2}", fullmatch=True)),
    }
    return pattern, {name: values[name] for name in pattern.fields}


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(named())
def test_a_name_is_read_back_into_the_fields_it_was_made_of(made: tuple[Pattern, dict[str, str]]) -> None:
    pattern, values = made
    assert pattern.parse(pattern.fill(values)) == values


SMALL = {"k": ["a", "0", "a-a", "a-0", "0a"], "o": ["sales", "app_installs", "leads", ""], "y": ["00", "10"]}


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(["{k}", "{o}", "{y}", "_", "-", "a", "0"]), min_size=1, max_size=5))
@example(["{k}", "-", "{k}"])
@example(["{o}", "{k}"])
def test_two_values_that_make_one_name_are_told_of_by_the_grammar(pieces: list[str]) -> None:
    numbered = [piece.replace("}", f"{at}}}") for at, piece in enumerate(pieces)]
    kinds: dict[str, Any] = {f"o{at}": KINDS["o"] for at in range(5)} | {
        f"y{at}": KINDS["y"] for at in range(5)
    }
    pattern = Pattern("".join(numbered), kinds)
    choices = [SMALL[name[0]] for name in pattern.fields]
    names = [pattern.fill(dict(zip(pattern.fields, values, strict=True))) for values in product(*choices)]
    if len(set(names)) < len(names):
        assert pattern.ambiguous() is not None
    if (twice := pattern.ambiguous()) is not None:
        assert pattern.parse(twice) is not None


@pytest.mark.parametrize(
    ("text", "clear"),
    [
        ("{campaign}_{ad_set}", True),
        ("{campaign}-{ad_set}", False),
        ("{campaign}{ad_set}", False),
        ("{campaign}x{ad_set}", False),
        ("{campaign}{y}", True),
        ("{y}{campaign}", True),
        ("{campaign}{y}{ad_set}", False),
        ("{o}_{campaign}", True),
        ("{o}{campaign}", False),
        ("{campaign} {campaign}", True),
    ],
)
def test_a_pattern_is_clear_where_no_name_of_it_has_two_readings(text: str, clear: bool) -> None:
    assert (Pattern(text, KINDS).ambiguous() is None) == clear


@given(TURKISH)
@example("İstanbul'da Iğdır ışığı")
def test_a_slug_is_plain_letters_whatever_the_turkish_and_stays_as_it_is(text: str) -> None:
    slug = slugify(text)
    assert slug == "" or re.fullmatch(SLUG, slug)
    assert slugify(slug) == slug
    assert slugify(text.replace("i", "İ").replace("ı", "I")) == slug


TERMS = (
    'naming: {campaign: "{brand}_{market}_{campaign}", terms: {market: [tr, de, dach], huni: [üst, alt]}}\n'
)
CAMPAIGN = """\
campaign: yeni
objective: traffic
platforms: [meta]
terms: {terms}
flight: {{start: 2026-12-01}}
budget: {{daily: 100 TRY}}
audience: {{locations: [TR]}}
ad_sets:
  - ad_set: bir
    name: {name}
    ads: [{{ad: a, creative: {{headlines: [A], url: https://lezzet.example/}}}}]
"""


def problems(root: Path, load: Load, naming: str, terms: str, name: str = "Bir") -> list[tuple[str, str]]:
    brand = (root / "kampanya.yaml").read_text(encoding="utf-8") + naming
    others = root / "campaigns/yil-sonu.yaml"
    others.write_text(others.read_text(encoding="utf-8") + "terms: {market: tr}\n", encoding="utf-8")
    for more in (root / "campaigns").glob("*.yaml"):
        if more != others:
            more.unlink()
    for more in (root / "experiments").glob("*.yaml"):
        more.unlink()
    try:
        load(brand=brand, campaign=CAMPAIGN.format(terms=terms, name=name))
    except InvalidDeclaration as wrong:
        return [(each.summary, each.fix) for each in wrong.problems if each.where]
    return []


@pytest.mark.parametrize(
    ("terms", "told"),
    [
        ("{market: de}", []),
        ("{market: Üst}", [("a value that the client's dictionary has not", "write one of tr, de, dach")]),
        ("{market: dahc}", [("a value that the client's dictionary has not", "did you mean `dach`?")]),
        ("{market: de, hunni: alt}", [("unknown term", "did you mean `huni`?")]),
        ("{huni: ÜST}", [("a name without one of its terms", "add `terms: {market: tr}` here or above")]),
    ],
)
def test_terms_are_the_clients_own_words(root: Path, load: Load, terms: str, told: list[Any]) -> None:
    assert problems(root, load, TERMS, terms) == told


@pytest.mark.parametrize(("name", "fine"), [("bir", True), ("Bir Numara", False)])
def test_a_strict_brand_has_no_name_out_of_its_pattern(root: Path, load: Load, name: str, fine: bool) -> None:
    naming = TERMS.replace("{campaign:", "{strict: true, campaign:")
    found = problems(root, load, naming, "{market: de}", name)
    assert found == ([] if fine else [("a name out of its pattern", "leave it out, or follow the pattern")])
