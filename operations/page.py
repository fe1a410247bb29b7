"""A plan as one HTML page a client can read, print and keep: no scripts, nothing loaded from elsewhere."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from engine.brief import Card, brief
from engine.brief_notes import note_words, refusal_words
from engine.brief_words import value_word
from engine.footer import footer
from engine.plan import Plan
from engine.render import text
from engine.resource import Fields
from operations.site import Site
from schemas.campaign import Ad
from schemas.creative import Creative

if TYPE_CHECKING:
    from engine.wording import Locale

LARGEST_PICTURE = 400_000  # bytes; a page is mailed
SHOWN = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}
WORDS = {
    "tr": {
        "title": "değişiklik planı",
        "nothing": "Değişiklik yok.",
        "shared": "Birden çok kampanyanın kullandıkları",
        "exact": "Planın tamamı, platformların sözleriyle",
        "refused": "Bu plan onaylanamaz",
    },
    "en": {
        "title": "plan",
        "nothing": "No changes.",
        "shared": "What several campaigns share",
        "exact": "The whole plan, in the platforms' own terms",
        "refused": "This plan cannot be approved",
    },
}


def html(plan: Plan, site: Site, locale: str = "") -> str:
    """The page, in the brand's language where `locale` says no other; Turkish or English.

    Below what a client reads it holds the whole plan as on the terminal: nothing of it is left out.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    lang: Locale = "tr" if (locale or site.workspace.brand.locale).startswith("tr") else "en"

    def speak(platform: str, kind: str, fields: Fields) -> Fields:
        return site.offline(platform).spoken(kind, fields).fields

    cards = {} if plan.as_of else dict(_cards(site, lang))
    titles = {each.campaign: each.name or each.campaign for each in site.workspace.campaigns}
    return environment.get_template("plan.html.j2").render(
        plan=plan,
        name=site.workspace.brand.name or plan.brand,
        footer=list(footer(plan, lang)),
        refusals=[refusal_words(each, lang) for each in plan.refusals],
        notes=[note_words(each, lang) for each in plan.notes],
        groups=brief(plan, speak, cards, titles, lang),
        whole=text(plan, site.supports),
        lang=lang,
        **WORDS[lang],
    )


def _cards(site: Site, lang: Locale) -> Iterator[tuple[tuple[str, str], tuple[Card, ...]]]:
    """What people will see of every declared ad, by platform and key."""
    for campaign in site.workspace.campaigns:
        for ad_set in campaign.ad_sets:
            for ad in ad_set.ads:
                key = f"{campaign.campaign}/{ad_set.ad_set}/{ad.ad}"
                for platform in site.platforms:
                    yield (platform, key), tuple(_seen(site, platform, ad, lang))


def _seen(site: Site, platform: str, ad: Ad, lang: Locale) -> Iterator[Card]:
    content = ad.creative
    button = value_word("button", content.call_to_action, lang) if content.call_to_action else ""
    if platform == "google":
        yield _search(ad, button)
        return
    yield Card(
        content.headlines, content.texts, button, str(content.url or ""),
        _picture(site, content.thumbnail or content.image), content.video or _post(content),
    )  # fmt: skip
    for card in content.cards:
        own = value_word("button", card.call_to_action, lang) if card.call_to_action else button
        yield Card(
            tuple(filter(None, [card.headline])), tuple(filter(None, [card.description])), own,
            str(card.url or content.url or ""), _picture(site, card.image), card.video or "",
        )  # fmt: skip


def _search(ad: Ad, button: str) -> Card:
    """A search ad is text; where its own block says nothing, the creative's."""
    own, content = ad.google, ad.creative
    headlines = (own.headlines if own else ()) or content.headlines
    texts = (own.descriptions if own else ()) or content.texts
    return Card(tuple(headlines), tuple(texts), "", str(content.url or ""))


def _post(content: Creative) -> str:
    post = content.meta.post if content.meta else None
    return str(post) if post else ""


def _picture(site: Site, file: str | None) -> str:
    """The picture itself, so that the page needs nothing else; "" where it is too large or no picture."""
    path = site.root / file if file else None
    if path is None or path.suffix.lower() not in SHOWN or not path.is_file():
        return ""
    if path.stat().st_size > LARGEST_PICTURE:
        return ""
    return f"data:{SHOWN[path.suffix.lower()]};base64,{base64.b64encode(path.read_bytes()).decode()}"
