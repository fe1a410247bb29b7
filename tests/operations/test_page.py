"""The page a client reads: the same words, nothing from elsewhere, nothing that runs."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from engine.resource import Address
from operations import page as pages
from operations.page import html
from tests.operations.sites import Bench


class Tags(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def page(brand: Bench) -> str:
    return html(brand.plan(), brand.site, "tr_TR")


def test_every_change_and_the_money_are_on_the_page(brand: Bench) -> None:
    shown = page(brand)
    assert shown.count('<section class="item new">') == 8  # a campaign, three ad sets and their four ads
    assert all(str(each.change.address.key) in shown for each in brand.plan().changes)
    assert "Günlük bütçe" in shown
    assert "0,00 → 900,00 TRY; tavan 2.000,00 TRY" in shown
    assert "değişiklik planı" in shown
    assert brand.plan().digest in shown


def test_the_page_loads_and_runs_nothing(brand: Bench) -> None:
    tags = Tags(page(brand)).tags
    assert not {"script", "link", "iframe", "object"} & {tag for tag, _ in tags}
    assert not any(name.startswith("on") or name == "href" for _, attrs in tags for name in attrs)
    pictures = [str(attrs["src"]) for _, attrs in tags if "src" in attrs]
    assert pictures
    assert all(each.startswith("data:image/png;base64,") for each in pictures)


def test_what_somebody_wrote_is_text_and_no_markup(brand: Bench) -> None:
    brand.edit("Sıcak gelir", "<script>alert(1)</script>")
    assert "<script>" not in page(brand)
    assert "&lt;script&gt;" in page(brand)


def words(shown: str) -> str:
    """What a client reads, without the whole plan below it."""
    return shown.partition("<details>")[0]


def test_an_ad_is_shown_as_people_will_see_it(brand: Bench) -> None:
    shown = words(page(brand))
    for told in ("Kadıköy: 30 dk kapında", "Sıcak gelir", "Sipariş ver", "https://lezzet.example/siparis"):
        assert told in shown
    assert "<dt>Diller</dt><dd>Türkçe</dd>" in shown
    assert shown.index("<dt>Başlangıç</dt>") < shown.index("<dt>Bitiş</dt>")
    assert "creative" not in shown
    assert "order_now" not in shown


def test_a_changed_budget_is_told_in_the_readers_words_with_what_it_was(brand: Bench) -> None:
    brand.launch()
    brand.edit("daily: 600 TRY", "daily: 660 TRY")
    shown = words(page(brand))
    assert "<dt>Bütçe</dt><dd><s>₺600,00 günlük</s> → ₺660,00 günlük</dd>" in shown
    assert "Günlük harcama +₺60,00" in shown
    assert "değişiyor" in shown
    assert "daily_budget" not in shown
    english = words(html(brand.plan(), brand.site, "en_GB"))
    assert "<s>TRY 600.00 a day</s> → TRY 660.00 a day" in re.sub("TRY[ \xa0]?", "TRY ", english)


def test_an_ad_whose_words_change_shows_the_new_ones_and_one_that_is_paused_does_not(brand: Bench) -> None:
    brand.launch()
    brand.edit("Sıcak gelir", "Çok sıcak gelir")
    shown = words(page(brand))
    assert shown.count('class="card"') == 2
    assert "Çok sıcak gelir" in shown
    brand.apply()
    brand.edit('ad: "{ilce}"\n', 'ad: "{ilce}"\n        status: paused\n')
    shown = words(page(brand))
    assert shown.count('class="card"') == 0
    assert "<s>yayında</s> → duraklatılmış" in shown


def test_what_ends_is_said_to_end(brand: Bench) -> None:
    brand.launch()
    brand.edit("  - {ad_set: restorana-muzik, from: restoran, vars: {aci: muzik}}\n", "")
    shown = words(page(brand))
    assert "sona eriyor" in shown
    assert "Geri alınamaz" in shown


def test_a_picture_that_is_too_large_to_mail_is_left_out(
    brand: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "LARGEST_PICTURE", 10)
    assert "<img" not in page(brand)


def test_an_empty_plan_says_so(brand: Bench) -> None:
    brand.launch()
    assert "Değişiklik yok." in page(brand)


def test_a_turkish_page_has_no_english_footer_and_an_english_one_no_turkish(brand: Bench) -> None:
    plan = brand.plan()
    turkish, english = (html(plan, brand.site, locale) for locale in ("tr_TR", "en_GB"))
    for told in ("Daily budget", "to create", "Worst day", "to its end", "Ads to review"):
        assert told not in words(turkish)
        assert told in words(english)
    assert "15 oluşturulacak, 0 değişecek, 0 arşivlenecek" in turkish
    assert "tavan" not in words(english)


def test_refusals_and_notes_are_in_the_clients_language(brand: Bench) -> None:
    brand.launch()
    ids = brand.journal.ids()
    paused = Address("meta", "ad_set", "yil-sonu/restorana-menu")
    brand.far_side.records[ids[paused]].fields["status"] = "PAUSED"
    brand.edit("daily: 600 TRY", "daily: 2100 TRY")
    brand.far_side.records[ids[Address("meta", "ad_set", "yil-sonu/restorana-muzik")]].archived = True
    plan = brand.plan()
    assert {each.sort for each in plan.notes} == {"held", "blocked"}
    assert {each.rule for each in plan.refusals} >= {"daily ceiling", "raise in 24 hours"}
    shown = words(html(plan, brand.site, "tr_TR"))
    for each in plan.refusals:
        assert each.detail not in shown
        assert each.fix not in shown
    for note in plan.notes:
        assert note.subject not in shown
        assert note.text not in shown
    assert "Günlük tavan: günde ₺" in shown
    assert "yil-sonu/restorana-menu platformda biri tarafından duraklatıldı" in shown
    assert all(each.detail in words(html(plan, brand.site, "en_GB")) for each in plan.refusals)
