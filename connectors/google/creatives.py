"""Ads in Google's terms: responsive search ads, responsive display ads, and what an asset group holds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from connectors.google import assets, listing
from connectors.google.channels import Channel, app
from connectors.google.channels import performance_max as pmax
from connectors.google.people import signal
from connectors.google.supports import ENABLED_ADS, FORMATS, PATH, STATUS
from connectors.utm import query
from engine.naming import Scope
from engine.resource import Address, Ref, Resource, Value
from engine.rules import measure
from engine.supports import TextLimit
from schemas.google_images import LOGOS, PICTURES, role_of


class Refuse(Protocol):
    """Notes what cannot be built, at a resource and what of it."""

    def __call__(
        self, resource: Resource, summary: str, detail: str, fix: str, *field: str | int
    ) -> None: ...


PRODUCTS: Final = "products"
# Role of an image → the field of a responsive display ad.
DISPLAY_IMAGES: Final = {
    "MARKETING_IMAGE": "marketing_images",
    "SQUARE_MARKETING_IMAGE": "square_marketing_images",
    "LOGO": "square_logo_images",
    "LANDSCAPE_LOGO": "logo_images",
}
# Roles without which Google refuses: docstring of ResponsiveDisplayAdInfo, …/docs/performance-max.
NEEDED: Final = {
    "display": ("MARKETING_IMAGE", "SQUARE_MARKETING_IMAGE"),
    "performance_max": ("MARKETING_IMAGE", "SQUARE_MARKETING_IMAGE", "LOGO"),
}
FORMAT_WORDS: Final = {
    "search": "a responsive search ad",
    "display": "a responsive display ad",
    "performance_max": "an asset group",
    "demand_gen": "a Demand Gen ad",
    "app": "the ad of an app",
}
SHORT_DESCRIPTION = 60  # of Performance Max, at least one: same page


@dataclass(slots=True)
class Creatives:
    """What becomes of ads on one channel, `word` as the language calls it; `images` by their path."""

    scope: Scope
    refuse: Refuse
    word: str
    channel: Channel
    images: Mapping[str, Resource]
    focus: str = "installs"  # of an app campaign

    def ads(
        self, ad_set: Resource, group: Resource, ads: list[tuple[Resource, Resource]]
    ) -> Iterator[Resource]:
        """The ads of an ad group, each with its creative; the assets that one shows come before it."""
        running = sum(ad.fields["status"] == "active" for ad, _ in ads)
        if self.word == "search" and running > ENABLED_ADS:
            self.refuse(
                ad_set,
                "Too many running ads in one ad group",
                f"{running} are active, Google runs at most {ENABLED_ADS} responsive search ads",
                f"Set `status: paused` on {running - ENABLED_ADS} of them, or spread them over more ad sets.",
            )
        for ad, creative in ads:
            yield from MADE[self.word](self, ad, group, creative)

    def asset_group(
        self,
        ad_set: Resource,
        campaign: Resource,
        ads: list[tuple[Resource, Resource]],
        people: Resource | None,
    ) -> Iterator[Resource]:
        """The asset group of an ad set: itself, its assets and their links, its search themes and people."""
        if len(ads) != 1:
            self.refuse(
                ad_set,
                "An asset group is made of one ad",
                f"the ad set has {len(ads)}; Performance Max puts the texts and images together by itself",
                "Keep one ad with all texts and images, or make an ad set of each.",
            )
        ad, creative = ads[0]
        sells = "merchant_id" in campaign.fields
        bare = sells and _says_nothing(ad, creative)
        texts = self.texts(ad, creative) if not bare else dict.fromkeys(pmax.TEXTS, ())
        both = ad_set.fields["status"] == ad.fields["status"] == "active"
        fields: dict[str, Value] = {
            "status": STATUS.live if both else STATUS.held,
            **_links(creative),
            **self.path(ad, creative),
        }
        if sells:
            fields[PRODUCTS] = listing.declared(options_of(ad_set).get(PRODUCTS), lambda money: 0, None)
        made = pmax.group(fields, ad_set, campaign, self.scope)
        yield made
        if not bare:
            self._check_group(ad, texts)
            options = {**options_of(ad), "images": self._files(ad, creative)}
            yield from pmax.holds(made, texts, options, self.images, self.scope)
        yield from pmax.themes(made, options_of(ad_set))
        if people is not None:
            yield signal(made, people)

    def _check_group(self, ad: Resource, texts: Mapping[str, tuple[str, ...]]) -> None:
        self.check_name(ad)
        if not any(len(each) <= SHORT_DESCRIPTION for each in texts["descriptions"]):
            self.refuse(
                ad,
                "Performance Max needs a short description",
                f"none of the texts has at most {SHORT_DESCRIPTION} characters",
                "Add a shorter one.",
            )

    def _search(self, ad: Resource, group: Resource, creative: Resource) -> Iterator[Resource]:
        texts = self.texts(ad, creative)
        fields: dict[str, Value] = {
            "headlines": sorted(texts["headlines"]),
            "descriptions": sorted(texts["descriptions"]),
            **self.path(ad, creative),
        }
        yield self.ad(ad, group, creative, fields)

    def _display(self, ad: Resource, group: Resource, creative: Resource) -> Iterator[Resource]:
        texts, shown = self.texts(ad, creative), self._assets(ad, creative)
        self.check_name(ad)
        yield from (asset for found in shown.values() for asset in found)
        fields: dict[str, Value] = {
            "format": self.channel.format,
            "headlines": sorted(texts["headlines"]),
            "descriptions": sorted(texts["descriptions"]),
            "long_headline": texts["long_headlines"][0] if texts["long_headlines"] else None,
            "business_name": str(options_of(ad).get("business_name", "")),
            **{
                name: tuple(Ref(asset.address) for asset in shown.get(role, ()))
                for role, name in DISPLAY_IMAGES.items()
            },
        }
        yield self.ad(ad, group, creative, fields)

    def _products(self, ad: Resource, group: Resource, creative: Resource) -> Iterator[Resource]:
        """An ad of the ad group's products, which say everything themselves."""
        status = STATUS.live if ad.fields["status"] == "active" else STATUS.held
        fields: dict[str, Value] = {
            "ad_group": Ref(group.address), "status": status, "format": self.channel.format,
        }  # fmt: skip
        address = Address("google", "ad", ad.address.key)
        yield Resource(address, ad.account, self.scope.token(address), fields, ad.path)

    def _app(self, ad: Resource, group: Resource, creative: Resource) -> Iterator[Resource]:
        texts = self.texts(ad, creative)
        pictures = [assets.image(self.images[file]) for file in self.pictures(ad, creative)]
        made = [assets.resource(each, ad.account, self.scope, ad.path) for each in pictures]
        clips = [*app.videos(options_of(ad).get("videos"), ad.account, self.scope, ad.path)]
        files = {"images": [*{each.address: each for each in made}.values()], "videos": clips}
        for what, found in files.items():
            if len(found) > app.MOST_FILES:
                self.refuse(
                    ad,
                    f"Too many {what} for the ad of an app",
                    f"{len(found)} given, at most {app.MOST_FILES} are taken",
                    f"Leave {len(found) - app.MOST_FILES} out.",
                )
            yield from found
        shown = self.ad(ad, group, creative, app.shown(self.focus, texts, files))
        # An app's ad leads to its store: it has no address of its own.
        fields = {name: value for name, value in shown.fields.items() if not name.startswith("final_url")}
        yield Resource(shown.address, shown.account, shown.mark, fields, shown.path)

    def ad(self, ad: Resource, group: Resource, creative: Resource, content: Mapping[str, Value]) -> Resource:
        status = STATUS.live if ad.fields["status"] == "active" else STATUS.held
        fields = {"ad_group": Ref(group.address), "status": status, **_links(creative), **content}
        address = Address("google", "ad", ad.address.key)
        return Resource(address, ad.account, self.scope.token(address), fields, ad.path)

    def texts(self, ad: Resource, creative: Resource, format: str = "") -> dict[str, tuple[str, ...]]:
        """The ad's texts by the field of the platform, each within the limits of the channel's format."""
        options, limits = options_of(ad), FORMATS[format or self.word]
        found = {
            "headlines": words_of(options.get("headlines")) or words_of(creative.fields["headlines"]),
            "descriptions": words_of(options.get("descriptions")) or words_of(creative.fields["texts"]),
            "long_headlines": words_of(options.get("long_headlines")),
        }
        self.check_texts(ad, "headlines", found["headlines"], limits["headlines"])
        self.check_texts(ad, "descriptions", found["descriptions"], limits["texts"])
        if "long_headlines" in limits:
            self.check_texts(ad, "long_headlines", found["long_headlines"], limits["long_headlines"])
        return found

    def path(self, ad: Resource, creative: Resource) -> dict[str, Value]:
        path = words_of(creative.fields.get("display_path"))
        self.check_texts(ad, "display_path", path, PATH)
        return {"path1": path[0] if path else None, "path2": path[1] if len(path) > 1 else None}

    def pictures(self, ad: Resource, creative: Resource) -> list[str]:
        """Paths of the pictures, the creative's own first."""
        own = creative.fields.get("image")
        by_address = {each.address: path for path, each in self.images.items()}
        files = [by_address[own.address]] if isinstance(own, Ref) else []
        return list(dict.fromkeys([*files, *words_of(options_of(ad).get("images"))]))

    def _files(self, ad: Resource, creative: Resource) -> list[str]:
        """The pictures; refused where a needed shape is missing, of these or of the logos."""
        files = self.pictures(ad, creative)
        logos = words_of(options_of(ad).get("logos"))
        roles = {self.role(file, PICTURES) for file in files} | {self.role(file, LOGOS) for file in logos}
        if missing := [role for role in NEEDED[self.word] if role not in roles]:
            taken = {each.role: str(each) for each in (*PICTURES, *LOGOS)}
            self.refuse(
                ad,
                f"Images that {self.channel.type.replace('_', ' ').title()} needs are missing",
                ", ".join(f"{role.replace('_', ' ').lower()} ({taken[role]})" for role in missing),
                "Add them to the ad: `google: {images: [...], logos: [...]}`.",
                "google",
            )
        return files

    def role(self, file: str, shapes: Any) -> str:
        picture: Any = self.images[file].fields
        return role_of(picture["width"], picture["height"], shapes)

    def _assets(self, ad: Resource, creative: Resource) -> dict[str, list[Resource]]:
        """Image assets by their role."""
        found: dict[str, list[Resource]] = defaultdict(list)
        logos = words_of(options_of(ad).get("logos"))
        for files, shapes in ((self._files(ad, creative), PICTURES), (logos, LOGOS)):
            for file in files:
                asset = assets.resource(assets.image(self.images[file]), ad.account, self.scope, ad.path)
                found[self.role(file, shapes)].append(asset)
        return found

    def check_name(self, ad: Resource) -> None:
        name = str(options_of(ad).get("business_name", ""))
        if not 1 <= len(name) <= 25:
            self.refuse(
                ad,
                "The ad does not say who speaks, or says it too long",
                f"business_name “{name}” has {len(name)} characters, Google takes 1 to 25",
                "Write `google: {business_name: ...}` on the ad.",
                "google",
                "business_name",
            )

    def check_texts(self, ad: Resource, what: str, given: tuple[str, ...], limit: TextLimit) -> None:
        sort = FORMAT_WORDS[self.word]
        if not limit.minimum <= len(given) <= limit.maximum:
            self.refuse(
                ad,
                f"The number of {what} does not fit {sort}",
                f"{len(given)} given, {limit.minimum} to {limit.maximum} are taken",
                f"Write {limit.minimum} to {limit.maximum} {what}.",
            )
        for text in given:
            if (length := measure(text, limit)) > limit.length:
                self.refuse(
                    ad,
                    f"One of the {what} is too long for {sort}",
                    f"“{text}” has {length} characters, {limit.length} are allowed",
                    f"Shorten it by {length - limit.length}.",
                )


def _says_nothing(ad: Resource, creative: Resource) -> bool:
    """Whether Google is left to make all texts and images of the products (…/docs/performance-max/retail)."""
    said = ("headlines", "texts", "descriptions", "image", "video")
    return not options_of(ad) and not any(creative.fields.get(name) for name in said)


MADE: Final[Mapping[str, Callable[[Creatives, Resource, Resource, Resource], Iterator[Resource]]]] = {
    "search": Creatives._search,
    "display": Creatives._display,
    "shopping": Creatives._products,
    "app": Creatives._app,
}


def suffix_of(creative: Resource) -> str | None:
    """What is added to every address that the creative leads to."""
    return suffix(creative.fields["utm"])


def _links(creative: Resource) -> dict[str, Value]:
    return {
        "final_urls": [str(creative.fields["url"])],
        "final_url_suffix": suffix(creative.fields["utm"]),
    }


def suffix(utm: Any) -> str | None:
    """UTM values as a final URL suffix; braces stay, since Google fills {keyword} and its like in."""
    return query(utm, safe="{}") if utm else None


def options_of(resource: Resource) -> Mapping[str, Any]:
    options: Any = resource.fields.get("options") or {}
    return {name: value for name, value in options.items() if value is not None}


def words_of(values: Any) -> tuple[str, ...]:
    return tuple(str(each) for each in values or ())
