"""Which conversions a Google campaign bids for: goals by category and origin, or named actions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BeforeValidator, Discriminator, Tag, model_validator

from schemas.errors import Problem
from schemas.expand import nearest
from schemas.types import Identifier, Model, Slug, complaint, shape, shown, unique

# enums.ConversionActionCategoryEnum and ConversionOriginEnum of google.ads.googleads.v26, in lower case.
CATEGORIES = (
    "default", "page_view", "purchase", "signup", "download", "add_to_cart", "begin_checkout",
    "subscribe_paid", "phone_call_lead", "imported_lead", "submit_lead_form", "book_appointment",
    "request_quote", "get_directions", "outbound_click", "contact", "engagement", "store_visit", "store_sale",
    "qualified_lead", "converted_lead", "youtube_follow_on_views", "message_lead", "in_app_ad_revenue",
)  # fmt: skip
ORIGINS = (
    "website", "google_hosted", "app", "call_from_ads", "store", "youtube_hosted", "local_services_ads",
)  # fmt: skip
# `optimize_for` → the categories that are it, and the goal that is meant where the campaign lists none.
# support.google.com/google-ads/answer/10995103 groups them: sales, leads, and what lies before a sale.
MEANT: Mapping[str, tuple[frozenset[str], str]] = {
    "purchases": (frozenset({"purchase", "subscribe_paid", "store_sale"}), "purchase/website"),
    "add_to_carts": (frozenset({"add_to_cart"}), "add_to_cart/website"),
    "checkouts": (frozenset({"begin_checkout"}), "begin_checkout/website"),
    "content_views": (frozenset({"page_view"}), "page_view/website"),
    "registrations": (frozenset({"signup"}), "signup/website"),
    "leads": (
        frozenset({
            "submit_lead_form", "contact", "request_quote", "book_appointment", "message_lead",
            "phone_call_lead", "imported_lead", "qualified_lead", "converted_lead",
        }),
        "submit_lead_form/website",
    ),
    "calls": (frozenset({"phone_call_lead"}), "phone_call_lead/call_from_ads"),
}  # fmt: skip
ACCOUNT = "account"


def _goal(value: Any) -> str:
    """`purchase` or `purchase/app`, with its origin said."""
    category, _, origin = str(value).partition("/")
    if not isinstance(value, str) or category not in CATEGORIES:
        fix = nearest(category, list(CATEGORIES), "write purchase, submit_lead_form, contact, ...")
        raise complaint("not a category of conversions", f"found {shown(value)}", fix)
    if "/" in value and origin not in ORIGINS:
        fix = nearest(origin, list(ORIGINS), f"write one of {', '.join(ORIGINS)}")
        raise complaint("not where a conversion happens", f"found {shown(value)}", fix)
    return f"{category}/{origin or ORIGINS[0]}"


StandardGoal = Annotated[
    str,
    BeforeValidator(_goal),
    shape(
        "string",
        pattern=f"^({'|'.join(CATEGORIES)})(/({'|'.join(ORIGINS)}))?$",
        examples=["purchase", "contact/store"],
    ),
]


def _some(goals: tuple[str, ...]) -> tuple[str, ...]:
    if not goals:
        fix = f"name one, or write `conversion_goals: {ACCOUNT}` for the account's own"
        raise complaint("no conversion goals", "an empty list bids for nothing", fix)
    if {"store_sale", "store_visit"} <= {goal.partition("/")[0] for goal in goals}:
        # ConversionGoalCampaignConfigError.STORE_SALE_STORE_VISIT_CANNOT_BE_BOTH_INCLUDED
        raise complaint("goals that exclude each other", "store_sale and store_visit", "leave one of them")
    return goals


ConversionGoals = Annotated[
    Annotated[Slug, Tag("named")]
    | Annotated[
        tuple[StandardGoal, ...], AfterValidator(unique("goal")), AfterValidator(_some), Tag("listed")
    ],
    Discriminator(lambda value: "listed" if isinstance(value, (list, tuple)) else "named"),
]


class OwnGoal(Model):
    """Conversion actions that campaigns bid for by a name of the brand's, whatever their category."""

    actions: Annotated[tuple[Identifier, ...], AfterValidator(unique("action"))] = ()
    """Ids of conversion actions of the account."""
    id: Identifier | None = None
    """A custom goal that the account has already, instead of `actions`."""

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if bool(self.actions) == bool(self.id):
            detail = "both `actions` and `id`" if self.id else "neither `actions` nor `id`"
            raise complaint("a goal that says not what it is", detail, "write one of them")
        return self


def _unreserved(goals: Mapping[str, OwnGoal]) -> Mapping[str, OwnGoal]:
    if ACCOUNT in goals:
        detail = f"`{ACCOUNT}` means the account's own goals"
        raise complaint("a word that is taken", detail, "give the goal another name")
    return goals


OwnGoals = Annotated[Mapping[Slug, OwnGoal], AfterValidator(_unreserved)]


def inlined(chosen: Any, own: Mapping[str, OwnGoal]) -> Any:
    """What a campaign's block says, a goal of the brand's with what it is."""
    if not isinstance(chosen, str) or chosen == ACCOUNT:
        return chosen
    return {"goal": chosen, **own[chosen].model_dump(mode="json", exclude_none=True)}


Found = Iterator[tuple[tuple[str | int, ...], Problem]]


def problems(campaign: Any, own: Mapping[str, OwnGoal] | None) -> Found:
    """What a campaign's goals leave unsaid or say twice; `own` is None where the brand could not be read."""
    chosen = campaign.google.conversion_goals if campaign.google else None
    place = ("google", "conversion_goals")
    if isinstance(chosen, str) and chosen != ACCOUNT and own is not None and chosen not in own:
        fix = nearest(chosen, [*own, ACCOUNT], "declare it in kampanya.yaml under google.conversion_goals")
        yield place, Problem("an unknown conversion goal", f"found `{chosen}`", fix)
    for path, holder in _holders(campaign):
        if chosen is not None and holder.conversion and holder.conversion.google:
            detail = f"the goals of the campaign, and the action {holder.conversion.google}"
            yield (*path, "conversion", "google"), Problem("two sorts of goals", detail, "leave one of them")
        if chosen is not None and holder.optimize_for in MEANT:
            yield from _unmeant((*path, "optimize_for"), holder.optimize_for, chosen)


def _holders(campaign: Any) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """What may say a goal or a conversion: the campaign, and the ad sets that are for Google."""
    yield (), campaign
    for index, ad_set in enumerate(campaign.ad_sets):
        if not (ad_set.google and ad_set.google.skip):
            yield ("ad_sets", index), ad_set


def _unmeant(path: tuple[str | int, ...], goal: str, chosen: str | tuple[str, ...]) -> Found:
    """A campaign says it bids for purchases; its goals have it pay for page views as well."""
    categories, _ = MEANT[goal]
    if chosen == ACCOUNT:
        detail = f"`{goal}` here, while `conversion_goals: account` bids for whatever the account's goals are"
        fix = "leave `conversion_goals` out, or leave `optimize_for` out of what is for Google"
        yield path, Problem("a goal that the account may not have", detail, fix)
        return
    strange = [each for each in chosen if each.partition("/")[0] not in categories]
    if strange and not isinstance(chosen, str):
        detail = f"`{goal}` here, while the campaign bids for {', '.join(strange)} too"
        fix = f"leave them out of google.conversion_goals: `{goal}` is {', '.join(sorted(categories))}"
        yield path, Problem("conversion goals beside the goal", detail, fix)
