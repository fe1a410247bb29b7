"""Ads of Demand Gen: made of films where the declaration names some, of pictures else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from connectors.google import assets, automation
from connectors.google.assets import Content
from connectors.google.channels import demand_gen
from connectors.google.creatives import Creatives, options_of, words_of
from connectors.google.formats import CARD_IMAGES, CAROUSEL, MULTI, VIDEO, card_key
from engine.resource import Ref, Resource, Value
from schemas.google_images import LOGOS, PICTURES

# Role of an image → the field of a multi-asset ad.
FIELDS: Final = {
    "MARKETING_IMAGE": "marketing_images",
    "SQUARE_MARKETING_IMAGE": "square_marketing_images",
    "PORTRAIT_MARKETING_IMAGE": "portrait_marketing_images",
    "TALL_PORTRAIT_MARKETING_IMAGE": "tall_portrait_marketing_images",
}
LOGO = "LOGO"
# Docstrings of DemandGenMultiAssetAdInfo and DemandGenVideoResponsiveAdInfo; the latter says no most.
MOST_PICTURES, MOST_LOGOS, MOST_FILMS = 20, 5, 5
VIDEOS, CARDS = "demand_gen videos", "demand_gen cards"
CARD_HEADLINE = 40  # support.google.com/google-ads/answer/13704860 (from memory)


@dataclass(slots=True)
class DemandAds:
    """What becomes of the ads of one campaign; `allowed` is what Google may make of them by itself."""

    creatives: Creatives
    allowed: tuple[str, ...]

    def ads(self, group: Resource, ads: list[tuple[Resource, Resource]]) -> Iterator[Resource]:
        """The ads of an ad group, each after the assets that it shows."""
        for ad, creative in ads:
            self.creatives.check_name(ad)
            yield from self._maker(ad, creative)(ad, group, creative)

    def _maker(self, ad: Resource, creative: Resource) -> Callable[..., Iterator[Resource]]:
        if creative.fields.get("cards"):
            return self._carousel
        return self._film if options_of(ad).get("videos") else self._pictured

    def _pictured(self, ad: Resource, group: Resource, creative: Resource) -> Iterator[Resource]:
        shown = {**dict.fromkeys(FIELDS.values(), ()), **self._pictures(ad, creative), **self._logos(ad)}
        if not (shown["marketing_images"] or shown["square_marketing_images"]):
            self._refuse_pictures(ad)
        self._check_most(ad, "pictures", sum(len(shown[name]) for name in FIELDS.values()), MOST_PICTURES)
        yield from (asset for found in shown.values() for asset in found)
        texts, button = self.creatives.texts(ad, creative), self._button(ad, creative)
        fields: dict[str, Value] = {
            "business_name": str(options_of(ad).get("business_name", "")),
            "call_to_action_text": demand_gen.words(button) if button else None,
            **_refs(shown),
        }
        yield self._made(ad, group, creative, MULTI, texts, fields)

    def _carousel(self, ad: Resource, group: Resource, creative: Resource) -> Iterator[Resource]:
        shown, button = self._logos(ad), self._button(ad, creative)
        logos = shown["logo_images"][:1]
        self._check_most(ad, "logos", len(shown["logo_images"]), 1)
        yield from logos
        cards: list[Resource] = []
        declared: Any = creative.fields["cards"]
        for number, each in enumerate(declared, 1):
            for asset in self._card(ad, creative, each, number):
                yield asset
                cards += [asset] if asset.fields["type"] != "IMAGE" else []
        texts = self.creatives.texts(ad, creative, CARDS)
        fields: dict[str, Value] = {
            "format": CAROUSEL,
            "name": str(ad.fields["name"]),
            "business_name": str(options_of(ad).get("business_name", "")),
            "logo_image": Ref(logos[0].address) if logos else None,
            "headline": next(iter(texts["headlines"]), None),
            "description": next(iter(texts["descriptions"]), None),
            "carousel_cards": {card_key(n): Ref(each.address) for n, each in enumerate(cards, 1)},
            "call_to_action_text": demand_gen.words(button) if button else None,
        }
        yield self.creatives.ad(ad, group, creative, fields)

    def _card(
        self, ad: Resource, creative: Resource, card: Mapping[str, Any], number: int
    ) -> Iterator[Resource]:
        """The picture and, made of it, the card."""
        by_address = {each.address: (path, each) for path, each in self.creatives.images.items()}
        path, picture = by_address[card["image"].address]
        role, headline = self.creatives.role(path, PICTURES), str(card["headline"] or "")
        wrong = [name for name in ("description", "video") if card.get(name)]
        if wrong or role not in CARD_IMAGES or not 1 <= len(headline) <= CARD_HEADLINE:
            self.creatives.refuse(
                ad,
                "A card that Demand Gen cannot show",
                f"card {number}: " + (f"it has a {wrong[0]}" if wrong else f"“{headline}” on {path}"),
                f"A card is a headline of 1 to {CARD_HEADLINE} characters and a picture of"
                f" {', '.join(map(str, PICTURES[:3]))}.",
            )
            return
        asset, button = self._asset(ad, assets.image(picture)), self._button(ad, card)
        yield asset
        said, url = demand_gen.words(button) if button else None, card["url"] or creative.fields["url"]
        yield self._asset(ad, assets.card(headline, role, Ref(asset.address), said, str(url)))

    def _film(self, ad: Resource, group: Resource, creative: Resource) -> Iterator[Resource]:
        ids = [str(each) for each in options_of(ad)["videos"]]
        self._check_most(ad, "videos", len(ids), MOST_FILMS)
        films = tuple(self._asset(ad, Content("YOUTUBE_VIDEO", id, {"youtube_video_id": id})) for id in ids)
        button = self._button(ad, creative)
        buttons = (self._asset(ad, assets.button(button)),) if button else ()
        shown = {"videos": films, "call_to_actions": buttons, **self._logos(ad)}
        yield from (asset for found in shown.values() for asset in found)
        texts, path = self.creatives.texts(ad, creative, VIDEOS), self.creatives.path(ad, creative)
        fields: dict[str, Value] = {
            "long_headlines": sorted(texts["long_headlines"]),
            "business_name": str(options_of(ad).get("business_name", "")),
            "breadcrumb1": path["path1"],
            "breadcrumb2": path["path2"],
            **_refs(shown),
        }
        yield self._made(ad, group, creative, VIDEO, texts, fields)

    def _made(
        self,
        ad: Resource,
        group: Resource,
        creative: Resource,
        format: str,
        texts: Mapping[str, tuple[str, ...]],
        fields: Mapping[str, Value],
    ) -> Resource:
        said: dict[str, Value] = {
            "format": format,
            "name": str(ad.fields["name"]),
            "headlines": sorted(texts["headlines"]),
            "descriptions": sorted(texts["descriptions"]),
            **automation.declared_of(format, self.allowed),
            **fields,
        }
        return self.creatives.ad(ad, group, creative, said)

    def _pictures(self, ad: Resource, creative: Resource) -> dict[str, tuple[Resource, ...]]:
        """Image assets by the field they stand in, the creative's own first."""
        found: dict[str, list[Resource]] = defaultdict(list)
        for file in self.creatives.pictures(ad, creative):
            role = self.creatives.role(file, PICTURES)
            if role in FIELDS:
                found[FIELDS[role]].append(self._asset(ad, assets.image(self.creatives.images[file])))
            else:
                self._refuse_pictures(ad)
        return {name: tuple(several) for name, several in found.items()}

    def _logos(self, ad: Resource) -> dict[str, tuple[Resource, ...]]:
        """Square logos: Demand Gen knows no others."""
        files = words_of(options_of(ad).get("logos"))
        if not files or any(self.creatives.role(file, LOGOS) != LOGO for file in files):
            self.creatives.refuse(
                ad,
                "Demand Gen needs square logos",
                ", ".join(files) or "the ad has no logo",
                f"Write `google: {{logos: [...]}}` with images of {LOGOS[0]}, and no others.",
            )
        self._check_most(ad, "logos", len(files), MOST_LOGOS)
        images = self.creatives.images
        return {"logo_images": tuple(self._asset(ad, assets.image(images[file])) for file in files)}

    def _asset(self, ad: Resource, content: Content) -> Resource:
        return assets.resource(content, ad.account, self.creatives.scope, ad.path)

    def _button(self, ad: Resource, shown: Resource | Mapping[str, Any]) -> str | None:
        """The button of a creative or of a card, as a CallToActionType."""
        fields: Any = shown.fields if isinstance(shown, Resource) else shown
        declared = fields.get("call_to_action")
        if declared and declared not in demand_gen.BUTTONS:
            self.creatives.refuse(
                ad,
                "Demand Gen has no such button",
                f"call_to_action {declared}",
                f"Write {', '.join(sorted(demand_gen.BUTTONS))}, or leave it out: Google then chooses.",
            )
        return demand_gen.BUTTONS.get(declared) if declared else None

    def _refuse_pictures(self, ad: Resource) -> None:
        wide, square, *others = PICTURES
        self.creatives.refuse(
            ad,
            "A Demand Gen ad needs a wide or a square picture",
            f"none of its images is {wide} or {square}, or one is of no shape that is taken",
            f"Add one to `google: {{images: [...]}}`; also taken: {', '.join(map(str, others))}.",
        )

    def _check_most(self, ad: Resource, what: str, count: int, most: int) -> None:
        if count > most:
            summary = f"Too many {what} for a Demand Gen ad"
            self.creatives.refuse(ad, summary, f"{count} given, {most} are taken", f"Keep {most}.")


def _refs(shown: Mapping[str, tuple[Resource, ...]]) -> dict[str, Value]:
    return {name: tuple(Ref(asset.address) for asset in found) for name, found in shown.items()}
