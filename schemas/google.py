"""What only Google has: the `google` blocks of a campaign, an ad set and an ad."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from schemas.google_assets import Assets
from schemas.types import Flag, Model, Number, Spend, Text


class Bidding(Model):
    """A Google campaign's bidding."""

    strategy: Literal[
        "maximize_clicks",
        "maximize_conversions",
        "maximize_conversion_value",
        "manual_cpc",
        "impression_share",
    ]
    """Google's strategy."""
    max_cpc: Spend | None = None
    """The most a click may cost."""
    target_cpa: Spend | None = None
    """What a conversion should cost."""
    target_roas: Annotated[Number, Field(gt=0)] | None = None
    """The return that is aimed at: 2.5 is 2.50 back for every 1.00."""


class Network(Model):
    """Where search ads may appear beside Google Search itself."""

    search_partners: Flag = False
    """Search partners too."""
    display: Flag = False
    """The display network too."""


class Keywords(Model):
    """Keywords by match type."""

    phrase: tuple[Text, ...] = ()
    """Searches that contain the meaning."""
    exact: tuple[Text, ...] = ()
    """Searches that mean the same."""
    broad: tuple[Text, ...] = ()
    """Searches that are related."""


class GoogleCampaign(Model):
    """What only a Google campaign has."""

    channel: Literal["search"] = "search"
    """The kind of campaign."""
    skip: Flag = False
    """Leave this platform out here."""
    bidding: Bidding | None = None
    """How to bid; left out: as the goal suggests."""
    network: Network | None = None
    """Left out: Google Search only."""
    negative: Keywords | None = None
    """Searches that must not show any of its ads."""
    assets: Assets | None = None
    """What may be shown beside all its ads."""


class GoogleAdSet(Model):
    """What only a Google ad group has."""

    skip: Flag = False
    """Leave this platform out here."""
    keywords: Keywords | None = None
    """What people search for."""
    negative: Keywords | None = None
    """Searches that must not show the ads."""
    max_cpc: Spend | None = None
    """The most a click may cost, under manual_cpc."""
    assets: Assets | None = None
    """What may be shown beside its ads; Google prefers these to the campaign's."""


class GoogleAd(Model):
    """What only a Google ad has."""

    skip: Flag = False
    """Leave this platform out here."""
    headlines: tuple[Text, ...] = ()
    """Instead of the creative's headlines."""
    descriptions: tuple[Text, ...] = ()
    """Instead of the creative's descriptions."""
