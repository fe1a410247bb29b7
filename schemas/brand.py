"""kampanya.yaml: the brand, its rules, and its accounts in every environment."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field

from schemas.apps import BrandApp
from schemas.audience import Targeting
from schemas.google_targeting import GoogleBrand
from schemas.products import Catalogue
from schemas.rule import BrandRule
from schemas.strategy import Approver, Goal, Look, MayApprove, PlannedSpend, Season
from schemas.types import (
    Currency,
    Day,
    Duration,
    Flag,
    Identifier,
    KeyPath,
    Model,
    Number,
    Percent,
    SecretReference,
    Slug,
    Spend,
    Text,
    Url,
    Window,
    complaint,
    shape,
    shown,
    unique,
)


def _pattern(text: str) -> str:
    if re.search(r"[{}]", re.sub(r"\{[^{}]*\}", "", text)):
        raise complaint("a pattern with an unpaired brace", f"found {shown(text)}", "write {field}")
    return text


NamePattern = Annotated[Text, AfterValidator(_pattern)]


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        raise complaint(
            "unknown time zone", f"found {shown(value)}", "write an IANA name: Europe/Istanbul"
        ) from None
    return value


def _locale(value: str) -> str:
    if not re.fullmatch(r"[a-z]{2,3}(_[A-Z]{2})?", value):
        raise complaint("not a locale", f"found {shown(value)}", "write language_COUNTRY: tr_TR")
    return value


TimeZone = Annotated[Text, AfterValidator(_zone)]


class Naming(Model):
    """What things are called on the platforms; `{field}` is filled in, and read back out of a name."""

    campaign: NamePattern = "{brand}_{campaign}_{objective}"
    """A campaign's name."""
    ad_set: NamePattern = "{ad_set}"
    """An ad set's name."""
    ad: NamePattern = "{ad}"
    """An ad's name."""
    audience: NamePattern = "{brand}_{audience}"
    """An audience's name."""
    experiment: NamePattern = "{brand}_{experiment}"
    """An experiment's name."""
    terms: Mapping[Slug, Annotated[tuple[Slug, ...], Field(min_length=1)]] = Field(default_factory=dict)
    """The client's own fields, each with its allowed values: `market: [tr, de]`."""
    strict: Flag = False
    """Refuse a `name` of a campaign, ad set or ad that its pattern could not have made."""


class Utm(Model):
    """The tracking parameters added to every landing page; `{field}` is filled in."""

    source: NamePattern = "{platform}"
    """utm_source."""
    medium: NamePattern = "paid"
    """utm_medium."""
    campaign: NamePattern = "{campaign}"
    """utm_campaign."""
    content: NamePattern = "{ad_set}-{ad}"
    """utm_content."""
    term: NamePattern | None = None
    """utm_term; left out: not added."""


class Disclaimer(Model):
    """A sentence that must stand in a creative."""

    text: Text
    """The sentence, word by word."""
    when: tuple[Text, ...] = ()
    """Only in creatives that contain one of these; left out: in all."""


UNLIMITED = "unlimited"


def _limit(value: Any) -> Percent | None:
    """None stands for `unlimited`."""
    if value is None or value == UNLIMITED:
        return None
    limit = value if isinstance(value, Percent) else Percent.parse(value)
    if limit.points < 0:
        raise complaint("a limit below zero", f"found {limit}", f"write 20%, or {UNLIMITED}")
    return limit


Limit = Annotated[Percent | None, BeforeValidator(_limit), shape("string", examples=["20%", UNLIMITED])]


class GuardRails(Model):
    """What no plan may exceed, whoever approves it; amounts in the brand's currency."""

    daily: Spend | None = None
    """The most that all platforms together may be set to spend a day."""
    monthly: Spend | None = None
    """The most that all platforms together may spend in a calendar month."""
    raise_24h: Percent = Percent(Decimal(20))
    """How far active budgets may be raised within 24 hours."""
    target_24h: Limit = Percent(Decimal(20))
    """How much more a result may cost within 24 hours by targets and bids: `20%`, or `unlimited`."""
    protected: tuple[KeyPath, ...] = ()
    """Keys no plan may change."""
    freeze: tuple[Window, ...] = ()
    """Days on which nothing but reductions and pauses passes."""
    forbidden_words: tuple[Text, ...] = ()
    """Words no creative may contain."""
    required_disclaimers: tuple[Disclaimer, ...] = ()
    """Sentences creatives must contain."""
    utm_in_urls: Literal["refuse", "warn", "allow"] = "refuse"
    """What a `utm_` parameter written into a url is: `refuse`, `warn` or `allow`."""
    rules: tuple[BrandRule, ...] = ()
    """Guard rails of the brand's own, in SQL; more in `rules/*.sql`."""


def _margin(value: Percent) -> Percent:
    if value.points < 0:
        raise complaint(
            "a margin below zero",
            f"found {value}: foreign money would count as less than it is, and pass under the ceilings",
            "write what to add for safety: 3%",
        )
    return value


class Rate(Model):
    """What one unit of a foreign currency is worth in the brand's."""

    rate: Annotated[Number, Field(gt=0)]
    """Units of the brand's currency."""
    date: Day
    """Of which day."""
    margin: Annotated[Percent, AfterValidator(_margin)] = Percent(Decimal(0))
    """What is added for safety when ceilings are compared."""


class Fx(Model):
    """Declared exchange rates, for ceilings across currencies only."""

    max_age: Duration = Duration(7 * 24)
    """An older rate refuses the plan."""
    rates: Mapping[Currency, Rate] = Field(default_factory=dict)
    """By currency."""


class MetaAccount(Model):
    """An ad account of Meta."""

    account: Identifier
    """`act_` and digits."""
    currency: Currency
    """The account's currency."""
    time_zone: TimeZone
    """The account's time zone, in which its days are counted."""
    page: Identifier | None = None
    """The page that speaks in its ads."""
    pixel: Identifier | None = None
    """The pixel (dataset) that counts."""
    business: Identifier | None = None
    """The business that owns it."""
    instagram: Identifier | None = None
    """The Instagram account that speaks in its ads."""
    catalogues: Mapping[Slug, Catalogue] = Field(default_factory=dict)
    """Product catalogues that ads show, by a key of your own."""
    access: Literal["limited", "full"] | None = None
    """The app's tier of access to the Marketing API, by which its writes are paced; left out: limited."""


class GoogleAccount(Model):
    """A customer of Google Ads."""

    customer: Identifier
    """Ten digits; dashes do not matter."""
    login_customer: Identifier | None = None
    """The manager account through which it is reached."""
    merchant: Identifier | None = None
    """The linked Merchant Center account, whose products Shopping and retail campaigns show."""
    currency: Currency
    """The account's currency."""
    time_zone: TimeZone
    """The account's time zone, in which its days are counted."""
    access: Literal["explorer", "basic", "standard"] | None = None
    """The level of access to the Google Ads API, by which a day's operations count; left out: explorer."""


class Accounts(Model):
    """One account a platform."""

    meta: MetaAccount | None = None
    """On Meta."""
    google: GoogleAccount | None = None
    """On Google Ads."""


class Endpoints(Model):
    """Where the platforms answer, when it is not their own address."""

    meta: Url | None = None
    """Of the Graph API, without a version."""
    google: Url | None = None
    """Of the Google Ads API."""


class MetaCredentials(Model):
    """Where Meta's secrets are kept."""

    token: SecretReference
    """A system user's access token."""
    app_secret: SecretReference | None = None
    """The app's secret, to prove calls."""


class GoogleCredentials(Model):
    """Where Google's secrets are kept."""

    service_account: SecretReference
    """A service account's key file."""
    developer_token: SecretReference | None = None
    """The developer token, where the account still needs one."""


class Credentials(Model):
    """Where each platform's secrets are kept."""

    meta: MetaCredentials | None = None
    """For Meta."""
    google: GoogleCredentials | None = None
    """For Google Ads."""


class Environment(Model):
    """Accounts and values of one stage; `sandbox` is local, everything else is live."""

    accounts: Accounts
    """One account a platform."""
    endpoints: Endpoints | None = None
    """Left out: the platforms' own; in `sandbox`, which allows only loopback, wherever it runs."""
    credentials: Credentials | None = None
    """References to secrets."""
    clock: Day | None = None
    """In `sandbox` only: the day its clock starts at."""
    seed: Annotated[int, Field(ge=0, strict=True)] | None = None
    """In `sandbox` only: the seed of its market."""
    vars: Mapping[str, Any] = Field(default_factory=dict)
    """Values that replace the brand's `vars` here."""
    guard_rails: GuardRails | None = None
    """Guard rails that replace the brand's of the same name here."""


class BrandDefaults(Model):
    """What is so in all campaigns where nothing nearer says it."""

    campaign: Mapping[str, Any] = Field(default_factory=dict)
    """Keys of every campaign, and by it of its ad sets."""
    ad_set: Mapping[str, Any] = Field(default_factory=dict)
    """Keys of every ad set; not those that an ad set takes from its campaign."""
    ad: Mapping[str, Any] = Field(default_factory=dict)
    """Keys of every ad."""
    creative: Mapping[str, Any] = Field(default_factory=dict)
    """Keys of every creative, of shared ones too."""


class Brand(Model):
    """A workspace is one brand."""

    brand: Slug
    """The key."""
    name: Text
    """The name people know."""
    currency: Currency
    """The currency of ceilings and totals."""
    locale: Annotated[Text, AfterValidator(_locale)] = "tr_TR"
    """Language and formats of reports."""
    time_zone: TimeZone
    """The brand's own time zone."""
    naming: Naming = Naming()
    """Names on the platforms."""
    utm: Utm = Utm()
    """Tracking parameters."""
    guard_rails: GuardRails = GuardRails()
    """What no plan may exceed."""
    approvers: Annotated[tuple[MayApprove, ...], AfterValidator(unique("approver"))] = ()
    """Who may approve a plan: a name, or a name with its limits."""
    goals: tuple[Goal, ...] = ()
    """What the brand wants to reach; campaigns name one by `goal`."""
    apps: Mapping[Slug, BrandApp] = Field(default_factory=dict)
    """Apps that ads are for; a campaign names one by `app`."""
    personas: Mapping[Slug, Targeting] = Field(default_factory=dict)
    """People the brand speaks to, by key; an `audience` builds on one by `persona`."""
    calendar: tuple[Season, ...] = ()
    """The year: seasons and days that matter; flights and the media plan refer to them by `season`."""
    media_plan: tuple[PlannedSpend, ...] = ()
    """What may be spent in each period; what is declared is held against it."""
    look: Look = Look()
    """What the brand's images have to be."""
    google: GoogleBrand | None = None
    """What campaigns on Google Ads share."""
    fx: Fx = Fx()
    """Exchange rates for ceilings."""
    vars: Mapping[str, Any] = Field(default_factory=dict)
    """Values for `{name}` in campaigns, audiences and experiments."""
    defaults: BrandDefaults | None = Field(default=None, exclude=True)
    """What campaigns, ad sets, ads and creatives are where neither they nor their file say it."""
    templates: Mapping[Slug, Mapping[str, Any]] = Field(default_factory=dict)
    """Parts of campaigns, used by `from`."""
    environments: Annotated[Mapping[Slug, Environment], Field(min_length=1)]
    """Stages: `sandbox`, `production`, ..."""

    @property
    def may_approve(self) -> tuple[Approver, ...]:
        """Who may approve a plan, each with their limits."""
        return tuple(
            each if isinstance(each, Approver) else Approver(approver=each) for each in self.approvers
        )

    @property
    def freezes(self) -> tuple[Window, ...]:
        """All days on which nothing but reductions passes: of the guard rails, then of the calendar."""
        return (*self.guard_rails.freeze, *(season.window for season in self.calendar if season.freeze))
