"""Declarations become neutral resources: keys are identity, content addresses what cannot change."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from engine.compile import Compiler
from engine.resource import Ref, Resource
from schemas.meta import MetaAdSet
from schemas.source import load_workspace
from tests.contract.states import State as Declared
from tests.contract.states import ad, ad_set, campaign, write
from tests.contract.walker import SCOPE

ACCOUNT = {"account": "act_1", "currency": "TRY", "time_zone": "Europe/Istanbul", "page": "2", "pixel": "3"}


def compiled(root: Path, *campaigns: Mapping[str, Any], environment: str = "sandbox") -> list[Resource]:
    workspace = load_workspace(write(root, ACCOUNT, "meta", Declared("", campaigns, 0, 0)))
    scope = SCOPE if environment == "sandbox" else type(SCOPE)("lezzet", environment)
    return Compiler(workspace.brand, scope, "meta", "act_1", workspace.assets).compile(workspace.campaigns)


def one(resources: list[Resource], kind: str, key: str = "") -> Resource:
    (found,) = [each for each in resources if each.address.kind == kind and each.address.key.endswith(key)]
    return found


def keys(resources: list[Resource], kind: str) -> set[str]:
    return {each.address.key for each in resources if each.address.kind == kind}


TREE = campaign("meta", ad_set("eve", ad("kadikoy"), ad("besiktas")), ad_set("iki", ad("kadikoy")))


def test_keys_are_the_path_of_the_authors_keys(tmp_path: Path) -> None:
    made = compiled(tmp_path, TREE)
    assert keys(made, "campaign") == {"yil-sonu"}
    assert keys(made, "ad_set") == {"yil-sonu/eve", "yil-sonu/iki"}
    assert keys(made, "ad") == {"yil-sonu/eve/kadikoy", "yil-sonu/eve/besiktas", "yil-sonu/iki/kadikoy"}


def test_every_reference_is_to_a_resource_made_here_and_every_mark_is_its_own(tmp_path: Path) -> None:
    made = compiled(tmp_path, TREE)
    addresses = {each.address for each in made}
    assert {ref for each in made for ref in each.refs} <= addresses
    assert len({each.mark for each in made}) == len(made) == len(addresses)


def test_a_mark_means_nothing_in_another_environment(tmp_path: Path) -> None:
    here = {each.mark for each in compiled(tmp_path, TREE) if each.address.kind != "image"}
    there = {each.mark for each in compiled(tmp_path, TREE, environment="production")}
    assert not here & there


def test_one_image_used_by_several_ads_is_one_resource(tmp_path: Path) -> None:
    assert len(keys(compiled(tmp_path, TREE), "image")) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("headlines", ["Yeni"]),
        ("texts", ["Yeni"]),
        ("url", "https://lezzet.example/yeni"),
        ("call_to_action", "learn_more"),
        ("page", "77"),
    ],
)
def test_any_change_of_content_is_another_creative_and_the_same_ad(
    tmp_path: Path, field: str, value: Any
) -> None:
    plain = ad("kadikoy")
    changed = {**plain, "creative": {**plain["creative"], field: value}}
    before = compiled(tmp_path, campaign("meta", ad_set("eve", plain)))
    after = compiled(tmp_path, campaign("meta", ad_set("eve", changed)))
    assert keys(before, "ad") == keys(after, "ad")
    assert keys(before, "creative") != keys(after, "creative")
    assert one(after, "ad").fields["creative"] == Ref(one(after, "creative").address)


def test_a_picture_is_addressed_by_its_bytes_not_by_its_name(tmp_path: Path) -> None:
    from tests.contract.brand import png

    before = one(compiled(tmp_path, TREE), "image")
    write(tmp_path, ACCOUNT, "meta", Declared("", (TREE,), 0, 0))
    (tmp_path / "assets" / "kutu.png").write_bytes(png(200))
    workspace = load_workspace(tmp_path)
    compiler = Compiler(workspace.brand, SCOPE, "meta", "act_1", workspace.assets)
    assert one(compiler.compile(workspace.campaigns), "image").address != before.address


def test_a_budget_is_decimal_text_in_major_units_on_who_declared_it(tmp_path: Path) -> None:
    made = compiled(tmp_path, campaign("meta", ad_set("eve", ad("a"), budget="600.50 TRY")))
    assert one(made, "ad_set").fields["budget"] == {"period": "day", "amount": "600.50", "currency": "TRY"}
    assert "budget" not in one(made, "campaign").fields
    assert one(made, "campaign").fields["ad_set_budgets"] is True


def test_the_campaigns_flight_holds_for_ad_sets_that_have_none(tmp_path: Path) -> None:
    own = {**ad_set("iki", ad("a")), "flight": {"start": "2026-12-05", "end": "2026-12-09"}}
    made = compiled(tmp_path, campaign("meta", ad_set("eve", ad("a")), own))
    dates = {each.address.key: (each.fields["start"], each.fields["end"]) for each in made if
             each.address.kind == "ad_set"}  # fmt: skip
    assert dates == {
        "yil-sonu/eve": ("2026-12-01", "2026-12-31"),
        "yil-sonu/iki": ("2026-12-05", "2026-12-09"),
    }


def test_a_platform_left_out_at_a_level_leaves_out_what_is_below(tmp_path: Path) -> None:
    write(tmp_path, ACCOUNT, "meta", Declared("", (TREE,), 0, 0))
    workspace = load_workspace(tmp_path)
    (declared,) = workspace.campaigns
    first, second = declared.ad_sets
    skipped = first.model_copy(update={"meta": MetaAdSet(skip=True)})
    compiler = Compiler(workspace.brand, SCOPE, "meta", "act_1", workspace.assets)
    made = compiler.compile((declared.model_copy(update={"ad_sets": (skipped, second)}),))
    assert keys(made, "ad") == {"yil-sonu/iki/kadikoy"}


def test_tracking_parameters_name_the_ad_they_are_of(tmp_path: Path) -> None:
    made = compiled(tmp_path, campaign("meta", ad_set("eve", ad("kadikoy"))))
    assert json.loads(json.dumps(one(made, "creative").fields["utm"])) == {
        "source": "meta",
        "medium": "paid",
        "campaign": "yil-sonu",
        "content": "eve-kadikoy",
    }


def test_the_same_declaration_compiles_to_the_same_resources(tmp_path: Path) -> None:
    assert compiled(tmp_path, TREE) == compiled(tmp_path, TREE)


def test_the_brands_app_is_where_ads_for_installs_lead_and_nothing_where_they_lead_elsewhere(
    tmp_path: Path,
) -> None:
    store = "https://play.google.com/store/apps/details?id=com.example.lezzet"
    one_ad = ad("kadikoy")
    one_ad = {**one_ad, "creative": {**one_ad["creative"], "url": store, "call_to_action": "install_app"}}
    installs = {**ad_set("eve", one_ad), "optimize_for": "app_installs"}
    top = {**campaign("meta", installs), "objective": "app_installs", "app": "lezzet"}
    visits = {**campaign("meta", ad_set("eve", ad("kadikoy"))), "campaign": "ziyaret", "app": "lezzet"}
    root = write(tmp_path, ACCOUNT, "meta", Declared("", (top, visits), 0, 0))
    file = root / "kampanya.yaml"
    brand = json.loads(file.read_text("utf-8")) | {"apps": {"lezzet": {"store": store, "meta": "9000"}}}
    file.write_text(json.dumps(brand), "utf-8")
    workspace = load_workspace(root)
    compiler = Compiler(workspace.brand, SCOPE, "meta", "act_1", workspace.assets)
    found = compiler.compile(workspace.campaigns)
    options: Any = one(found, "ad_set", "yil-sonu/eve").fields["options"]
    assert options["app"] == {"id": "9000", "store": store}
    elsewhere: Any = one(found, "ad_set", "ziyaret/eve").fields["options"]
    assert "app" not in elsewhere
