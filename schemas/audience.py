"""Who sees it: targeting of a campaign or an ad set, and the brand's own audiences."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from schemas.products import ProductAudience
from schemas.types import (
    AgeRange,
    Duration,
    File,
    Identifier,
    Model,
    Percent,
    Slug,
    Text,
    complaint,
    shape,
    shown,
    slugify,
)

# ISO 3166-2:TR: the provinces in the order of their codes, 01 to 81.
_PROVINCES = """
adana adiyaman afyonkarahisar agri amasya ankara antalya artvin aydin balikesir bilecik bingol
bitlis bolu burdur bursa canakkale cankiri corum denizli diyarbakir edirne elazig erzincan erzurum
eskisehir gaziantep giresun gumushane hakkari hatay isparta mersin istanbul izmir kars kastamonu
kayseri kirklareli kirsehir kocaeli konya kutahya malatya manisa kahramanmaras mardin mugla mus
nevsehir nigde ordu rize sakarya samsun siirt sinop sivas tekirdag tokat trabzon tunceli sanliurfa
usak van yozgat zonguldak aksaray bayburt karaman kirikkale batman sirnak bartin ardahan igdir
yalova karabuk kilis osmaniye duzce
"""
PROVINCES = {name: f"TR-{code:02d}" for code, name in enumerate(_PROVINCES.split(), 1)}


def _location(value: Any) -> str:
    text = value if isinstance(value, str) else ""
    known = not text.startswith("TR-") or text in PROVINCES.values()
    if known and re.fullmatch(r"[A-Z]{2}(-[A-Z0-9]{1,3})?", text):
        return text
    code = PROVINCES.get(slugify(text)) or (text.upper() if re.fullmatch(r"tr(-\d\d)?", text.lower()) else "")
    general = "write an ISO 3166 code: TR for the country, TR-34 for İstanbul; cities go under `meta`"
    raise complaint("not a location", f"found {shown(value)}", f"write {code}" if code and known else general)


def _language(value: Any) -> str:
    if isinstance(value, str) and re.fullmatch(r"[a-z]{2,3}", value):
        return value
    raise complaint("not a language", f"found {shown(value)}", "write an ISO 639 code: tr, en, ar")


Location = Annotated[str, BeforeValidator(_location), shape("string", examples=["TR-34", "TR"])]
Language = Annotated[str, BeforeValidator(_language), shape("string", examples=["tr"])]


def _region(value: Any) -> str:
    code = _location(value)
    if "-" in code:
        return code
    raise complaint(
        "not a region", f"found `{code}`, a whole country", "write an ISO 3166-2 code such as TR-34"
    )


def _postal_code(value: Any) -> str:
    if isinstance(value, str) and re.fullmatch(r"[A-Z]{2}:[A-Z0-9][A-Z0-9 -]{1,9}", value):
        return value
    raise complaint(
        "not a postal code", f"found {shown(value)}", 'write the country before it, in quotes: "TR:34710"'
    )


Region = Annotated[str, BeforeValidator(_region), shape("string", examples=["TR-34"])]
PostalCode = Annotated[str, BeforeValidator(_postal_code), shape("string", examples=["TR:34710"])]


class City(Model):
    """A city, with what lies around it."""

    city: Text
    """Its name, as the platform's search spells it."""
    region: Region
    """The province or state it lies in, by ISO 3166-2 code, since cities share names."""
    key: Identifier | None = None
    """Meta's key of it, where two of one name lie in the region: the error that says so lists them."""
    radius_km: Annotated[int, Field(ge=17, le=80, strict=True)] | None = None
    """Kilometres around it, 17 to 80; left out: the city alone."""


class MetaDetail(Model):
    """People by what they like, do and are; any one of these is enough."""

    interests: tuple[Text, ...] = ()
    """Interests by name."""
    behaviors: tuple[Text, ...] = ()
    """Behaviours by name: `Frequent Travelers`, ..."""
    demographics: tuple[Text, ...] = ()
    """Life events, industries, income and family by name: `Recently moved`, ..."""


class ExcludedPlaces(Model):
    """Places whose people see nothing, inside those that are targeted."""

    locations: tuple[Location, ...] = ()
    """Countries and provinces by ISO 3166 code."""
    cities: tuple[City, ...] = ()
    """Cities, with a radius where wanted."""
    postal_codes: tuple[PostalCode, ...] = ()
    """Postal codes with their country: `TR:34710`."""


class MetaTargeting(Model):
    """Targeting that only Meta has."""

    cities: tuple[City, ...] = ()
    """Cities, with a radius where wanted."""
    postal_codes: tuple[PostalCode, ...] = ()
    """Postal codes with their country: `TR:34710`."""
    exclude_places: ExcludedPlaces | None = None
    """Places inside of these that are left out."""
    behaviors: tuple[Text, ...] = ()
    """Behaviours by name; who matches one of these or of the interests is in."""
    demographics: tuple[Text, ...] = ()
    """Life events, industries, income and family by name; who matches one of these is in as well."""
    narrow: tuple[MetaDetail, ...] = ()
    """Only those who also match each of these."""
    products: ProductAudience | None = None
    """Only people by what they did with products of a catalogue."""


class Targeting(Model):
    """Who may see the ads; an ad set's is merged over its campaign's."""

    persona: Slug | None = None
    """One of the brand's personas to build on; what stands beside it wins."""
    locations: tuple[Location, ...] = ()
    """Countries and provinces by ISO 3166 code."""
    languages: tuple[Language, ...] = ()
    """Languages by ISO 639 code."""
    age: AgeRange | None = None
    """Ages, both ends included."""
    genders: tuple[Literal["women", "men"], ...] = ()
    """Left out: everybody."""
    include: tuple[Slug, ...] = ()
    """Only people in these audiences of the brand."""
    exclude: tuple[Slug, ...] = ()
    """Nobody in these audiences of the brand."""
    interests: tuple[Text, ...] = ()
    """Interests by name, as the platform's search finds them."""
    meta: MetaTargeting | None = None
    """What only Meta can target."""


# Meta's standard events; Google's user lists see the same names as a parameter of the page's tag.
# Source: Meta pixel reference, standard events.
EVENTS = (
    "AddPaymentInfo", "AddToCart", "AddToWishlist", "CompleteRegistration", "Contact", "CustomizeProduct",
    "Donate", "FindLocation", "InitiateCheckout", "Lead", "PageView", "Purchase", "Schedule", "Search",
    "StartTrial", "SubmitApplication", "Subscribe", "ViewContent",
)  # fmt: skip


def _event(value: Any) -> str:
    if isinstance(value, str) and (value in EVENTS or re.fullmatch(r"custom:[A-Za-z][\w-]{0,49}", value)):
        return value
    same = [event for event in EVENTS if event.casefold() == str(value).replace("_", "").casefold()]
    raise complaint(
        "unknown event",
        f"found {shown(value)}; standard events are {', '.join(EVENTS)}",
        f"write {same[0]}" if same else "write a standard event, or custom:YourEvent for one of your own",
    )


Event = Annotated[
    str,
    BeforeValidator(_event),
    shape("string", anyOf=[{"enum": list(EVENTS)}, {"pattern": "^custom:[A-Za-z][A-Za-z0-9_-]*$"}]),
]


class Rule(Model):
    """Visitors who did something lately."""

    event: Event
    """What they did: a standard event, or `custom:NAME`."""
    within: Duration
    """How long ago at most."""
    url_contains: Text | None = None
    """Only on pages whose address contains this."""


class _Audience(Model):
    audience: Slug
    """The key; ad sets name it under `include` and `exclude`."""
    name: Text | None = None
    """The name on the platforms; left out: the brand's naming pattern."""
    description: Text | None = None
    """A note for colleagues."""
    protect: bool = Field(default=False, strict=True)
    """Refuse every plan that would change or archive it."""


class WebsiteAudience(_Audience):
    """Visitors of the website, by what the pixel or tag saw."""

    type: Literal["website"]
    """Visitors of the website."""
    include: Annotated[tuple[Rule, ...], Field(min_length=1)]
    """Anybody who matches one of these..."""
    exclude: tuple[Rule, ...] = ()
    """...and none of these."""


class MemberColumns(Model):
    """The columns of a customer list, by what they hold; nothing else of it is read."""

    email: Text | None = None
    """The column of e-mail addresses."""
    phone: Text | None = None
    """The column of telephone numbers; those without a country code are the list's `country`'s."""
    first_name: Text | None = None
    """The column of first names."""
    last_name: Text | None = None
    """The column of last names."""
    postal_code: Text | None = None
    """The column of postal codes."""
    country: Text | None = None
    """The column of ISO 3166 country codes; where a row has none, the list's `country`."""
    external_id: Text | None = None
    """The column of the brand's own numbers of its customers, which only Meta takes; they are hashed."""


def _country(value: Any) -> str:
    code = _location(value)
    if "-" not in code:
        return code
    raise complaint("not a country", f"found `{code}`, a region", f"write {code[:2]}")


Country = Annotated[str, BeforeValidator(_country), shape("string", examples=["TR"])]


class CustomerListAudience(_Audience):
    """Customers whom the brand knows, matched by hashed identifiers."""

    type: Literal["customer_list"]
    """Known customers."""
    query: Text | None = None
    """SQL that gives the columns, over the mart and the files of the workspace; it can only read."""
    file: File | None = None
    """A CSV or Parquet file with the columns, instead of a query."""
    columns: MemberColumns
    """Which column holds what; others are never read."""
    country: Country | None = None
    """Where people live whose row does not say so, for their telephone numbers and addresses."""
    collected_from: Literal["customers", "partners", "both"] = "customers"
    """Who gave the data: the customers themselves, partners, or both; Meta asks."""
    consent: Literal["granted", "unspecified"]
    """That everybody agreed to such ads; with `unspecified` Google leaves out the European Economic Area."""
    terms: Literal["accepted"]
    """That the accounts accepted Meta's Custom Audience Terms and Google's Customer Match policy."""
    keep: Duration | None = None
    """How long a member stays on Google after the last time the source had them; left out: 540 days."""


class LookalikeAudience(_Audience):
    """People who resemble another audience."""

    type: Literal["lookalike"]
    """People alike."""
    source: Slug
    """The audience they resemble; no lookalike itself."""
    locations: Annotated[tuple[Location, ...], Field(min_length=1)]
    """The countries they live in, no regions."""
    size: Percent
    """The share of the countries' people, a whole percent from 1% to 20%: 1% resembles most."""


# What people can have done with each source; the first is meant where nothing is said. Meta's names of them
# are in its connector. Liking a page is left out: Meta keeps no time for it.
ENGAGED: dict[str, tuple[str, ...]] = {
    "page": ("anything", "visited", "messaged", "clicked", "saved", "reacted"),
    "instagram": ("anything", "visited", "messaged", "saved", "reacted"),
    "lead_form": ("opened", "submitted", "abandoned"),
}


class EngagementAudience(_Audience):
    """People who dealt with the brand on Meta itself."""

    type: Literal["engagement"]
    """People who engaged."""
    source: Literal["page", "instagram", "lead_form"]
    """With what."""
    did: (
        Literal[
            "anything",
            "visited",
            "messaged",
            "clicked",
            "saved",
            "reacted",
            "opened",
            "submitted",
            "abandoned",
        ]
        | None
    ) = None
    """What they did; left out: anything, or opened the form."""
    within: Duration
    """How long ago at most, in whole days."""
    id: Identifier | None = None
    """The page, the Instagram account or the form; left out: the account's own page or Instagram account."""


Audience = Annotated[
    WebsiteAudience | CustomerListAudience | LookalikeAudience | EngagementAudience,
    Field(discriminator="type"),
]
"""One file of `audiences/`."""
