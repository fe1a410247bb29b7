"""What people see: texts, an image or a video, a button and where it leads."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from schemas.types import File, Identifier, Model, Text, Url

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
Texts = Annotated[tuple[Text, ...], Field(min_length=1)]


class Creative(Model):
    """Neutral content; each platform's connector makes its own formats of it, and each has its own limits."""

    headlines: Texts
    """Headlines, the best first."""
    texts: tuple[Text, ...] = ()
    """Longer texts: Meta's primary text; a search ad's descriptions where none are given."""
    descriptions: tuple[Text, ...] = ()
    """Short lines below the headline."""
    image: File | None = None
    """An image of the workspace."""
    video: File | None = None
    """A video of the workspace."""
    call_to_action: CallToAction | None = None
    """The button."""
    url: Url
    """Where a click leads; UTM parameters are added, so write none here."""
    display_path: Annotated[tuple[Text, ...], Field(max_length=2)] = ()
    """Up to two words shown behind the domain in a search ad."""
    page: Identifier | None = None
    """The page that speaks, when it is not the account's own."""
