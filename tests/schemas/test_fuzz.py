"""Whatever is written, loading ends with a Workspace or an InvalidDeclaration, and no unknown key passes."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.errors import InvalidDeclaration
from schemas.source import load_workspace
from tests.schemas.ragged import TEMPLATES, bomb, deep, texts

BASE = Path(__file__).parent / "fixtures/base"
TARGETS = (
    "kampanya.yaml",
    "campaigns/yil-sonu.yaml",
    "audiences/musteriler.yaml",
    "experiments/yeni.yaml",
    "creatives/kutu.yaml",
)
CALM = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

_KEYS = """
campaign objective platforms flight start end audience locations age ad_sets ad_set budget daily lifetime
ads ad creative headlines url image from vars for_each brand name currency time_zone environments sandbox
accounts meta templates masa credentials token type include exclude event within experiment cells share
control metric defaults bid utm skip google post video persona
"""
KEYS = st.sampled_from(_KEYS.split())
_VALUES = """
yil-sonu|sales|meta|600 TRY|{ilce}|{a.b}|{|masa|dongu|50%|14d|website|2026-12-01|https://x.example/
assets/kutu.png|assets|../x|env:A|yil-sonu/menu|sandbox|kutu
"""
VALUES = st.sampled_from(_VALUES.replace("\n", "|").strip("|").split("|"))
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(10**30, 10**60),
    st.floats(),
    st.text(max_size=12),
    VALUES,
)
TREES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=25,
)


@pytest.fixture(scope="module")
def spare() -> Any:
    folder = Path(tempfile.mkdtemp())
    yield Path(shutil.copytree(BASE, folder / "brand"))
    shutil.rmtree(folder)


HANG = 20  # seconds of CPU; what is fuzzed here takes hundredths


def ends_well(root: Path, target: str, raw: bytes) -> str:
    """What loading says of the file: words that any terminal takes, and soon."""
    path = root / target
    before = path.read_bytes() if path.exists() else None
    path.write_bytes(raw)
    began = time.process_time()
    try:
        load_workspace(root)
        return ""
    except InvalidDeclaration as wrong:
        said = str(wrong)
        said.encode()
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", said)
        assert time.process_time() - began < HANG
        return said
    finally:
        if before is None:
            path.unlink()
        else:
            path.write_bytes(before)


@CALM
@given(st.sampled_from(TARGETS), st.dictionaries(KEYS, TREES, max_size=8))
def test_no_tree_crashes(spare: Path, target: str, tree: dict[str, Any]) -> None:
    ends_well(spare, target, json.dumps(tree, ensure_ascii=False).encode("utf-8", "surrogatepass"))


@CALM
@given(st.sampled_from(TARGETS), st.binary(max_size=200))
def test_no_bytes_crash(spare: Path, target: str, raw: bytes) -> None:
    ends_well(spare, target, raw)


@CALM
@given(
    st.sampled_from(TARGETS),
    st.text(alphabet="ab:- \n\t{}[]&*!|>'\"%@`#,?0\u0085\u2028\ufeff<=~", max_size=80),
)
def test_no_text_of_yaml_signs_crashes(spare: Path, target: str, text: str) -> None:
    ends_well(spare, target, text.encode())


@CALM
@given(st.sampled_from(TARGETS), texts())
def test_no_ragged_yaml_crashes(spare: Path, target: str, text: str) -> None:
    ends_well(spare, target, text.encode())


@CALM
@given(st.data())
def test_ragged_lines_among_good_ones_crash_nothing(spare: Path, data: st.DataObject) -> None:
    target = data.draw(st.sampled_from(TARGETS[:3]))
    lines = (BASE / target).read_text(encoding="utf-8").split("\n")
    at = data.draw(st.integers(0, len(lines)))
    ends_well(spare, target, "\n".join([*lines[:at], data.draw(texts()), *lines[at:]]).encode())


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize(("levels", "width"), [(6, 9), (30, 9), (200, 2), (3, 9000)])
def test_an_alias_bomb_is_refused_and_not_followed(spare: Path, target: str, levels: int, width: int) -> None:
    said = ends_well(spare, target, bomb(levels, width).encode())
    assert "too large" in said or "too deeply" in said or "unknown key" in said


@pytest.mark.parametrize("style", ["lists", "mappings", "lines"])
@pytest.mark.parametrize("levels", [39, 45, 300, 1000])
def test_deep_nesting_is_refused_before_the_stack_ends(spare: Path, style: str, levels: int) -> None:
    said = ends_well(spare, TARGETS[1], deep(levels, style).encode())
    assert ("nested too deeply" in said) == (levels > 40)


@CALM
@given(TEMPLATES, st.sampled_from(["bir", "iki", "uc"]))
def test_templates_in_circles_end(spare: Path, templates: dict[str, Any], first: str) -> None:
    brand = spare / "kampanya.yaml"
    before = brand.read_text(encoding="utf-8")
    head, _, tail = before.partition("templates:\n")
    written = json.dumps(templates)
    brand.write_text(f"{head}templates: {written}\n{re.split('^(?=environments)', tail, flags=re.M)[1]}")
    tree = CAMPAIGN | {"ad_sets": [{"from": first}]}
    try:
        said = ends_well(spare, "campaigns/yil-sonu.yaml", json.dumps(tree).encode())
    finally:
        brand.write_text(before, encoding="utf-8")
    assert said


@CALM
@given(st.data())
def test_no_mutilated_file_crashes(spare: Path, data: st.DataObject) -> None:
    target = data.draw(st.sampled_from(TARGETS[:3]))
    raw = (BASE / target).read_bytes()
    start = data.draw(st.integers(0, len(raw)))
    length = data.draw(st.integers(0, 20))
    ends_well(spare, target, raw[:start] + data.draw(st.binary(max_size=6)) + raw[start + length :])


def mappings(value: Any) -> list[dict[str, Any]]:
    inner = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    own = [value] if isinstance(value, dict) else []
    return own + [found for item in inner for found in mappings(item)]


CAMPAIGN: dict[str, Any] = {
    "campaign": "yil-sonu",
    "objective": "sales",
    "platforms": ["meta", "google"],
    "flight": {"start": "2026-12-01"},
    "audience": {"locations": ["TR-34"], "meta": {"cities": [{"city": "Bodrum", "region": "TR-48"}]}},
    "meta": {"special_ad_categories": []},
    "defaults": {
        "ad_set": {"bid": {"strategy": "lowest_cost"}, "meta": {"devices": ["mobile"]}},
        "ad": {"status": "active"},
        "creative": {"texts": ["a"], "meta": {}},
    },
    "google": {
        "channel": "search",
        "network": {"display": False},
        "bidding": {"strategy": "maximize_clicks"},
    },
    "ad_sets": [
        {
            "ad_set": key,
            "budget": {"daily": {"meta": "150 TRY", "google": "150 TRY"}},
            "bid": {"strategy": "lowest_cost"},
            "conversion": {"meta": "1"},
            "audience": {"age": "18+"},
            "meta": {"placements": {"facebook": ["feed"]}, "attribution": {"click": "7d"}},
            "google": {"keywords": {"exact": ["a"]}},
            "ads": [
                {
                    "ad": "a",
                    "meta": {},
                    "google": {},
                    "creative": {"headlines": ["a"], "url": "https://a.example/"},
                }
            ],
        }
        for key in ("menu", "muzik", "pahali", "omur")
    ],
}


def test_the_campaign_that_gets_unknown_keys_is_right_without_them(spare: Path) -> None:
    path = spare / "campaigns/yil-sonu.yaml"
    before = path.read_bytes()
    path.write_text(json.dumps(CAMPAIGN), encoding="utf-8")
    try:
        assert len(load_workspace(spare).campaigns) == 2
    finally:
        path.write_bytes(before)


@CALM
@given(st.data())
def test_an_unknown_key_never_passes(spare: Path, data: st.DataObject) -> None:
    tree = json.loads(json.dumps(CAMPAIGN))
    places = mappings(tree)
    place = places[data.draw(st.integers(0, len(places) - 1))]
    place[data.draw(st.from_regex(r"x_[a-zçğıöşü]{1,8}", fullmatch=True))] = data.draw(SCALARS)
    path = spare / "campaigns/yil-sonu.yaml"
    before = path.read_bytes()
    path.write_bytes(json.dumps(tree, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    try:
        with pytest.raises(InvalidDeclaration):
            load_workspace(spare)
    finally:
        path.write_bytes(before)


SECRET = "EAABsbCS1234567890abcdefSECRETabcdef"
LIVE = (BASE / "kampanya.yaml").read_text(encoding="utf-8") + (
    "  production:\n"
    "    accounts: {meta: {account: act_1, currency: TRY, time_zone: Europe/Istanbul}}\n"
    f"    credentials: {{meta: {{token: {SECRET}, app_secret: env:A}}}}\n"
)


@CALM
@given(st.data())
def test_a_literal_secret_is_refused_and_never_shown_however_broken_the_file(
    spare: Path, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, LIVE.index(SECRET)))
    end = data.draw(st.integers(start, min(start + 12, LIVE.index(SECRET))))
    text = LIVE[:start] + data.draw(st.text(alphabet="ab:- \n{}[]'\"#", max_size=3)) + LIVE[end:]
    path = spare / "kampanya.yaml"
    before = path.read_bytes()
    path.write_text(text, encoding="utf-8")
    try:
        load_workspace(spare)
    except InvalidDeclaration as wrong:
        assert SECRET not in str(wrong) + repr(wrong.problems)  # noqa: PT017
    finally:
        path.write_bytes(before)


def places_in(value: Any) -> list[tuple[Any, Any]]:
    """Every (container, key) of a tree."""
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else []
    return [place for key in keys for place in [(value, key), *places_in(value[key])]]


@CALM
@given(st.data())
def test_no_value_replaced_or_dropped_crashes(spare: Path, data: st.DataObject) -> None:
    tree = json.loads(json.dumps(CAMPAIGN))
    container, key = data.draw(st.sampled_from(places_in(tree)))
    if data.draw(st.booleans()):
        del container[key]
    else:
        container[key] = data.draw(TREES)
    ends_well(spare, "campaigns/yil-sonu.yaml", json.dumps(tree).encode())
