"""What people see: texts, an image or a video, a button and where it leads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field

from schemas.meta import MetaCreative
from schemas.types import File, Identifier, Model, Slug, Text, Url

CallToAction = Literal[
    "apply_now",
    "book_now",
    "call_now",
    "contact_us",
    "download",
    "get_directions",
    "get_offer",
    "get_quote",
    "install_app",
    "learn_more",
    "order_now",
    "see_menu",
    "send_message",
    "shop_now",
    "sign_up",
    "subscribe",
    "watch_more",
]
TrackingPart = Literal["source", "medium", "campaign", "content", "term"]
Texts = Annotated[tuple[Text, ...], Field(min_length=1)]


Part = tuple[str | int, ...]  # where in a creative: ("cards", 0, "image")


class Card(Model):
    """One card of a carousel."""

    headline: Text | None = None
    """Below its picture."""
    description: Text | None = None
    """Below the headline."""
    image: File
    """Its picture; where it has a video, what is seen before it plays."""
    video: File | None = None
    """A video instead of a still picture."""
    url: Url | None = None
    """Where a click on it leads; left out: the creative's."""
    call_to_action: CallToAction | None = None
    """Its button; left out: the creative's."""


class Creative(Model):
    """Neutral content; each platform's connector makes its own formats of it, and each has its own limits."""

    headlines: Texts = ()
    """Headlines, the best first; needed but where cards or a post have their own."""
    texts: tuple[Text, ...] = ()
    """Longer texts: Meta's primary text; a search ad's descriptions where none are given."""
    descriptions: tuple[Text, ...] = ()
    """Short lines below the headline."""
    image: File | None = None
    """An image of the workspace."""
    video: File | None = None
    """A video of the workspace."""
    thumbnail: File | None = None
    """What is seen before the video plays."""
    cards: Annotated[tuple[Card, ...], Field(min_length=2, max_length=10)] = ()
    """A carousel: two to ten cards, in this order."""
    call_to_action: CallToAction | None = None
    """The button."""
    url: Url | None = None
    """Where a click leads; UTM parameters are added, so write none here. A post has its own."""
    display_path: Annotated[tuple[Text, ...], Field(max_length=2)] = ()
    """Up to two words shown behind the domain in a search ad."""
    utm: Mapping[TrackingPart, Text] | None = None
    """Its own UTM parameters, word by word, instead of the brand's; `{}`: none at all."""
    page: Identifier | None = None
    """The page that speaks, when it is not the account's own."""
    meta: MetaCreative | None = None
    """What only Meta can show."""

    def words(self) -> Iterator[tuple[Part, str]]:
        """Every text that people read, and where it stands."""
        for name in ("headlines", "texts", "descriptions"):
            yield from (((name, index), text) for index, text in enumerate(getattr(self, name)))
        for index, card in enumerate(self.cards):
            for name in ("headline", "description"):
                if text := getattr(card, name):
                    yield ("cards", index, name), text

    def files(self) -> Iterator[tuple[Part, Literal["image", "video"], str]]:
        """Every file of the workspace that it shows, and where it is named."""
        named: list[tuple[Part, Literal["image", "video"], str | None]] = [
            (("image",), "image", self.image),
            (("thumbnail",), "image", self.thumbnail),
            (("video",), "video", self.video),
        ]
        for index, card in enumerate(self.cards):
            named += [
                (("cards", index, "image"), "image", card.image),
                (("cards", index, "video"), "video", card.video),
            ]
        yield from ((part, sort, file) for part, sort, file in named if file)

    def urls(self) -> Iterator[tuple[Part, str]]:
        """Every address that it leads to, and where it stands."""
        if self.url:
            yield ("url",), str(self.url)
        yield from ((("cards", i, "url"), str(card.url)) for i, card in enumerate(self.cards) if card.url)


class _Keyed(Model):
    creative: Slug
    """The key, unique in the brand; ads name it by `creative`."""


class SharedCreative(Creative, _Keyed):
    """One file of `creatives/`: what several ads show, and what each of them may say otherwise."""
