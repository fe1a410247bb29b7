"""The resources beside a FROM resource: which of the account's objects a row shows together."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sandbox.google.changes import READERS, Window
from sandbox.google.context import Account
from sandbox.google.kinds import KINDS
from sandbox.google.messages import Message, enum_name, set_enum
from sandbox.google.places import constants

# Row member → (row member that names it, its field): followed again and again until nothing is added.
REFERENCES: tuple[tuple[str, str, str], ...] = (
    ("ad_group_ad", "ad_group_ad_label", "ad_group_ad"),
    ("ad_group_criterion", "ad_group_criterion_label", "ad_group_criterion"),
    ("ad_group_criterion", "ad_parameter", "ad_group_criterion"),
    ("ad_group_criterion", "ad_group_criterion_customizer", "ad_group_criterion"),
    ("ad_group", "ad_group_ad", "ad_group"),
    ("ad_group", "ad_group_customizer", "ad_group"),
    ("ad_group", "ad_group_criterion", "ad_group"),
    ("ad_group", "ad_group_label", "ad_group"),
    ("ad_group", "ad_group_asset", "ad_group"),
    ("campaign", "ad_group", "campaign"),
    ("asset_group", "asset_group_asset", "asset_group"),
    ("asset_group", "asset_group_signal", "asset_group"),
    ("asset_group", "asset_group_listing_group_filter", "asset_group"),
    ("asset", "asset_group_asset", "asset"),
    ("campaign", "asset_group", "campaign"),
    ("campaign", "campaign_criterion", "campaign"),
    ("campaign", "campaign_label", "campaign"),
    ("campaign", "campaign_customizer", "campaign"),
    ("campaign", "campaign_asset", "campaign"),
    ("campaign", "campaign_shared_set", "campaign"),
    ("campaign", "campaign_conversion_goal", "campaign"),
    ("campaign", "conversion_goal_campaign_config", "campaign"),
    ("custom_conversion_goal", "conversion_goal_campaign_config", "custom_conversion_goal"),
    ("experiment", "experiment_arm", "experiment"),
    ("campaign_budget", "campaign", "campaign_budget"),
    ("bidding_strategy", "campaign", "bidding_strategy"),
    ("label", "campaign_label", "label"),
    ("label", "ad_group_label", "label"),
    ("label", "ad_group_ad_label", "label"),
    ("label", "ad_group_criterion_label", "label"),
    ("asset", "campaign_asset", "asset"),
    ("asset", "ad_group_asset", "asset"),
    ("asset", "customer_asset", "asset"),
    ("shared_set", "shared_criterion", "shared_set"),
    ("shared_set", "campaign_shared_set", "shared_set"),
    *(
        ("customizer_attribute", f"{level}_customizer", "customizer_attribute")
        for level in ("customer", "campaign", "ad_group", "ad_group_criterion")
    ),
    *((named, "change_event", named) for named in ("campaign", "ad_group", "asset")),
    *(
        (named, "change_status", named)
        for named in ("campaign", "ad_group", "asset", "asset_group", "campaign_budget", "shared_set")
    ),
)
Parts = dict[str, Message]  # row member → resource


def drafts(account: Account) -> frozenset[str]:
    """Draft campaigns of experiments and their ad groups: seen only with PARAMETERS include_drafts = true."""
    if not account.store.of("experiment"):
        return frozenset()
    campaigns = account.store.of("campaign")
    found = [
        name for name, each in campaigns.items() if enum_name(each.message, "experiment_type") == "DRAFT"
    ]
    groups = [each for name in found for each in account.store.pointing("ad_group", name)]
    return frozenset([*found, *(each.message.resource_name for each in groups)])


def is_of(owner: Message, hidden: frozenset[str]) -> bool:
    """Whether a resource is one of these, or hangs under one."""
    fields = owner.DESCRIPTOR.fields_by_name
    named = (getattr(owner, name) for name in ("resource_name", "campaign", "ad_group") if name in fields)
    return any(name in hidden for name in named)


def subjects(
    account: Account, resource: str, asked: str = "", window: Window | None = None
) -> Iterator[Parts]:
    """One set of resources per row of the FROM resource, before any filter, in the order they were made.

    `asked` is the number of the customer that the query is about, `window` the time, where it needs one.
    """
    if resource == "customer":
        yield {"customer": customer(account, asked)}
    elif resource == "customer_client":
        for client in clients(account):
            yield {"customer_client": client}
    elif resource in ("geo_target_constant", "language_constant"):
        for name, constant in constants().items():
            if name.startswith(KINDS[resource].collection):
                yield {resource: constant}
    elif window is not None:
        yield from ({resource: change} for change in READERS[resource](account, window))
    elif resource == "keyword_view":
        yield from _keyword_views(account)
    else:
        for entry in account.store.of(resource).values():
            yield {resource: entry.message}


def _keyword_views(account: Account) -> Iterator[Parts]:
    for name, entry in account.store.of("ad_group_criterion").items():
        if entry.message.HasField("keyword") and not entry.message.negative:
            view = KINDS["keyword_view"].new()
            view.resource_name = name.replace("adGroupCriteria", "keywordViews")
            yield {"keyword_view": view, "ad_group_criterion": entry.message}


def joiner(account: Account, wanted: frozenset[str]) -> Callable[[Parts], None]:
    """A function that adds the wanted resources to a row's parts, by following references."""
    needed = _needed(wanted)
    store, owner = account.store, customer(account)

    def join(parts: Parts) -> None:
        if "customer" in wanted:
            parts["customer"] = owner
        for target, source, field in needed:
            if target not in parts and source in parts:
                found = store.get(getattr(parts[source], field))
                if found is not None:
                    parts[target] = found

    return join


def _needed(wanted: frozenset[str]) -> list[tuple[str, str, str]]:
    """The references on the way to what is wanted, nearest first as the table has them."""
    targets = set(wanted)
    kept: list[tuple[str, str, str]] = []
    for reference in reversed(REFERENCES):
        if reference[0] in targets:
            kept.append(reference)
            targets.add(reference[1])
    return kept[::-1]


def customer(account: Account, asked: str = "") -> Message:
    """The client account itself, or the manager if that is asked for."""
    world, made = account.world, KINDS["customer"].new()
    made.manager = asked == world.login_customer
    number, name = world.customer, world.account_name
    if made.manager:
        number, name = world.login_customer, f"{world.account_name} (manager)"
    made.resource_name, made.id = f"customers/{number}", int(number)
    made.descriptive_name, made.currency_code, made.time_zone = name, world.currency, world.timezone
    made.auto_tagging_enabled, made.test_account = True, True
    set_enum(made, "status", "ENABLED")
    return made


def clients(account: Account) -> list[Message]:
    """The account as its manager sees it, and the manager itself (level 0)."""
    world, made = account.world, []
    for number, level, name in (
        (world.login_customer, 0, customer(account, world.login_customer).descriptive_name),
        (world.customer, 1, world.account_name),
    ):
        client = KINDS["customer_client"].new()
        client.resource_name = f"customers/{world.login_customer}/customerClients/{number}"
        client.client_customer, client.id, client.level = f"customers/{number}", int(number), level
        client.descriptive_name, client.currency_code, client.time_zone = name, world.currency, world.timezone
        client.manager, client.hidden, client.test_account = level == 0, False, True
        set_enum(client, "status", "ENABLED")
        made.append(client)
    return made
