"""The page a client reads: the same words, nothing from elsewhere, nothing that runs."""

from __future__ import annotations

from html.parser import HTMLParser

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
    return html(brand.plan(), brand.site.supports, "tr_TR")


def test_every_change_and_the_money_are_on_the_page(brand: Bench) -> None:
    shown = page(brand)
    assert shown.count('<section class="change create">') == 15
    assert "Günlük bütçe" in shown
    assert "0,00 → 900,00 TRY; tavan 2.000,00 TRY" in shown
    assert "değişiklik planı" in shown
    assert brand.plan().digest in shown


def test_the_page_loads_and_runs_nothing(brand: Bench) -> None:
    tags = Tags(page(brand)).tags
    assert not {"script", "link", "img", "iframe", "object"} & {tag for tag, _ in tags}
    assert not any(name.startswith("on") or name in ("src", "href") for _, attrs in tags for name in attrs)


def test_what_somebody_wrote_is_text_and_no_markup(brand: Bench) -> None:
    brand.edit("Sıcak gelir", "<script>alert(1)</script>")
    assert "<script>" not in page(brand)
    assert "&lt;script&gt;" in page(brand)


def test_an_empty_plan_says_so(brand: Bench) -> None:
    brand.apply()
    assert "Değişiklik yok." in page(brand)


def test_a_turkish_page_has_no_english_footer_and_an_english_one_no_turkish(brand: Bench) -> None:
    plan = brand.plan()
    turkish, english = (html(plan, brand.site.supports, locale) for locale in ("tr_TR", "en_GB"))
    for words in ("Daily budget", "to create", "Worst day", "to its end", "Ads to review"):
        assert words not in turkish
        assert words in english
    assert "15 oluşturulacak, 0 değişecek, 0 arşivlenecek" in turkish
    assert "tavan" not in english
