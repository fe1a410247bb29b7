"""Ads of a catalogue: what is declared as Meta wants it, and read back as it was declared."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.base import Connection, flat
from connectors.meta import convert, products, spoken, targeting, wire
from connectors.meta.places import Places
from engine.resource import Value
from schemas.errors import InvalidDeclaration

CATALOGUES = {"catalogues": {"magaza": {"id": "60", "sets": {"hepsi": "61", "vazolar": "62"}}}}
BOTH = {
    "include": [{"event": "ViewContent", "within": "14d"}],
    "exclude": [{"event": "Purchase", "within": "30d"}],
}


@pytest.fixture
def shop(connection: Connection) -> Connection:
    settings = {**connection.account.settings, **flat(CATALOGUES)}
    return replace(connection, account=replace(connection.account, settings=settings))


def catalogue(tree: Any, people: dict[str, Any] | None = None, **creative: Any) -> Any:
    made = tree(ad_sets=1, ads=1)
    made.change("campaign", "yil-sonu", options={"products": "magaza/hepsi"})
    made.change("creative", "c-0-0", image=None, headlines=("{{product.name}}",), options=creative)
    if people is not None:
        key = "yil-sonu/takim-0"
        audience = next(each for each in made.resources if each.address.key == key).fields["audience"]
        made.change("ad_set", key, audience={**audience, "options": {"products": people}})
    return made


def by_kind(made: Any, connection: Connection) -> dict[str, dict[str, Any]]:
    return {each.address.kind: dict(each.fields) for each in convert.canonical(made.resources, connection)}


def test_an_ad_set_promotes_the_campaigns_products_and_its_creative_is_their_template(
    tree: Any, shop: Connection
) -> None:
    found = by_kind(catalogue(tree), shop)
    assert found["ad_set"]["promoted_object"]["product_set_id"] == "magaza/hepsi (61)"
    assert found["creative"]["product_set_id"] == "61"
    template = found["creative"]["object_story_spec"]["template_data"]
    assert (template["name"], template["format_option"]) == (
        "{{product.name}}",
        "carousel_images_multi_items",
    )
    sent = wire.send({"promoted_object": found["ad_set"]["promoted_object"]}, places(shop))
    assert sent["promoted_object"]["product_set_id"] == "61"


def test_everything_meta_may_change_of_such_an_ad_is_declined_or_asked_for_in_so_many_words(
    tree: Any, shop: Connection
) -> None:
    def said(**creative: Any) -> dict[str, str]:
        spec: Any = by_kind(catalogue(tree, **creative), shop)["creative"]["degrees_of_freedom_spec"]
        return {name: each["enroll_status"] for name, each in spec["creative_features_spec"].items()}

    assert set(said().values()) == {"OPT_OUT"}
    assert said(product_features=["product_videos"])["media_type_automation"] == "OPT_IN"


def test_products_that_the_account_does_not_have_are_an_error(tree: Any, connection: Connection) -> None:
    with pytest.raises(InvalidDeclaration) as caught:
        convert.canonical(catalogue(tree).resources, connection)
    assert "The Meta account has no such products" in str(caught.value)


@pytest.mark.parametrize(
    ("people", "field"),
    [(BOTH, "product_audience"), ({"exclude": BOTH["exclude"]}, "excluded_product_audience")],
)
def test_people_by_products_are_told_in_words_sent_and_read_back(
    people: dict[str, Any], field: str, tree: Any, shop: Connection
) -> None:
    form = by_kind(catalogue(tree, people), shop)["ad_set"]["targeting"]
    assert form[field]["products"] == "magaza/hepsi (61)"
    form |= {"geo_locations": {"countries": ("TR",), "regions": ()}, "locales": ()}
    sent = targeting.send(form, places(shop))
    (spec,) = sent[f"{field}_specs"]
    assert spec["product_set_id"] == "61"
    assert spec["inclusions"]
    assert targeting.receive(sent, places(shop)) == form


def test_an_import_says_products_and_people_in_the_languages_words(tree: Any, shop: Connection) -> None:
    fields = by_kind(catalogue(tree, BOTH), shop)
    said = spoken.spoken("ad_set", fields["ad_set"], shop.account).fields
    assert said["options.products"] == "magaza/hepsi"
    told: Any = said["audience.meta.products"]
    assert told == {"of": "magaza/hepsi", **{side: tuple(rules) for side, rules in BOTH.items()}}
    creative = spoken.spoken("creative", fields["creative"], shop.account)
    assert creative.fields["creative.meta.product_format"] == "carousel"
    stranger = {**fields["ad_set"], "promoted_object": {"product_set_id": "99"}}
    assert "promoted_object" in spoken.spoken("ad_set", stranger, shop.account).unsaid


rules = st.lists(
    st.tuples(st.sampled_from(["ViewContent", "AddToCart", "Purchase"]), st.integers(1, 180)),
    max_size=4, unique=True,
)  # fmt: skip


@given(rules.filter(len), rules)
def test_every_audience_of_products_reads_back_as_it_was_sent(
    included: list[tuple[str, int]], excluded: list[tuple[str, int]]
) -> None:
    form: Value = products.normal("magaza/hepsi (61)", included, excluded)
    assert isinstance(form, dict)
    assert products.receive(products.send(form), lambda id: f"magaza/hepsi ({id})") == form


@pytest.mark.parametrize(
    "strange",
    [
        [],
        [{"product_set_id": "61", "inclusions": [{"retention_seconds": 90, "rule": {"event": {"eq": "A"}}}]}],
        [{"product_set_id": "61", "inclusions": [{"retention_seconds": 86400, "rule": {"and": []}}]}],
        [{"product_set_id": "61", "inclusions": []}, {"product_set_id": "62", "inclusions": []}],
    ],
)
def test_an_audience_that_the_language_has_no_words_for_still_differs(strange: list[Any]) -> None:
    told = products.receive(strange, str)
    assert isinstance(told, dict)
    assert list(told) == ["other"]


def places(connection: Connection) -> Places:
    def nobody() -> Any:
        raise AssertionError("nothing is looked up")

    return Places(nobody, connection.account.settings)
