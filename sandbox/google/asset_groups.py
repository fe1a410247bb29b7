"""Asset groups of Performance Max: what each must hold, in which roles, and what points the way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sandbox.google import audiences, texts
from sandbox.google.context import Account, Operation
from sandbox.google.errors import Problem, Unimplemented
from sandbox.google.messages import Message, enum_name
from sandbox.google.store import is_removed

# Role → (fewest, most, longest text): …/docs/performance-max/asset-requirements. Images have one common most.
ROLES: dict[str, tuple[int, int, int]] = {
    "HEADLINE": (3, 15, 30),
    "LONG_HEADLINE": (1, 5, 90),
    "DESCRIPTION": (2, 5, 90),
    "BUSINESS_NAME": (1, 1, 25),
    "MARKETING_IMAGE": (1, 20, 0),
    "SQUARE_MARKETING_IMAGE": (1, 20, 0),
    "PORTRAIT_MARKETING_IMAGE": (0, 20, 0),
    "TALL_PORTRAIT_MARKETING_IMAGE": (0, 20, 0),
    "LOGO": (1, 5, 0),
    "LANDSCAPE_LOGO": (0, 5, 0),
    "YOUTUBE_VIDEO": (0, 5, 0),
}
BRAND = ("BUSINESS_NAME", "LOGO", "LANDSCAPE_LOGO")  # on the campaign where brand guidelines are enabled
SHORT_DESCRIPTION = 60  # same page: at least one description of at most so many
# support.google.com/google-ads/answer/14179631, and AssetGroupSignalError.
THEME_LENGTH, THEME_WORDS, THEMES = 80, 10, 50


def check(op: Operation) -> None:
    """One asset group by itself; its assets are counted at the end of the request."""
    group, campaign = op.new, op.parent("campaign")
    if campaign is not None and enum_name(campaign, "advertising_channel_type") != "PERFORMANCE_MAX":
        code = "CANNOT_ADD_ASSET_GROUP_FOR_CAMPAIGN_TYPE"
        op.refuse("asset_group_error", code, "Only Performance Max has asset groups.", "campaign")
    if not group.final_urls:
        op.refuse("asset_group_error", "FINAL_URL_REQUIRED", "A final URL is required.", "final_urls")
    if group.path2 and not group.path1:
        code = "PATH1_REQUIRED_WHEN_PATH2_IS_SET"
        op.refuse("asset_group_error", code, "Path2 needs path1.", "path2")
    texts.check_urls(op, group)


def check_link(op: Operation) -> None:
    """A role of asset groups, a text that is short enough for it, and brand assets where they belong."""
    asset, group, role = op.parent("asset"), op.parent("asset_group"), enum_name(op.new, "field_type")
    if asset is None or group is None or not op.creating:
        return
    if role not in ROLES:
        text = f"{role} is no role of an asset group."
        op.refuse("asset_link_error", "UNSUPPORTED_FIELD_TYPE", text, "field_type", trigger=role)
        return
    _, most, longest = ROLES[role]
    if longest and texts.width(asset.text_asset.text) > longest:
        op.refuse("string_length_error", "TOO_LONG", "Too long.", "asset", trigger=asset.text_asset.text)
    campaign = op.account.store.get(group.campaign)
    if campaign is not None and campaign.brand_guidelines_enabled and role in BRAND:
        code = "BRAND_ASSETS_NOT_LINKED_AT_CAMPAIGN_LEVEL"
        op.refuse("asset_link_error", code, "Brand assets are the campaign's.", "field_type", trigger=role)
    if held(op.account, group.resource_name)[role] >= most:
        text = f"At most {most} {role} assets."
        op.refuse("resource_count_limit_exceeded_error", "RESOURCE_LIMIT", text, "field_type", trigger=role)


def check_signal(op: Operation) -> None:
    """A search theme or an audience; of the others nothing is here."""
    kind = op.new.WhichOneof("signal")
    if kind is None:
        op.refuse("field_error", "REQUIRED", "The required field was not present.", "signal")
        return
    if kind == "audience":
        audiences.check_signal(op)
        return
    if kind != "search_theme":
        raise Unimplemented(f"AssetGroupSignal.{kind}")
    text, path = op.new.search_theme.text, ("search_theme", "text")
    if not text.strip():
        op.refuse("field_error", "REQUIRED", "The required field was not present.", *path)
    if len(text) > THEME_LENGTH:
        op.refuse("string_length_error", "TOO_LONG", "Too long.", *path, trigger=text)
    if len(text.split()) > THEME_WORDS:
        op.refuse("asset_group_signal_error", "TOO_MANY_WORDS", "Too many words.", *path, trigger=text)
    others = op.account.store.pointing("asset_group_signal", op.new.asset_group)
    if sum(each.message.HasField("search_theme") for each in others) >= THEMES:
        code, why = "RESOURCE_LIMIT", f"At most {THEMES} search themes."
        op.refuse("resource_count_limit_exceeded_error", code, why, "asset_group")


def held(account: Account, group: str) -> Counter[str]:
    """How many assets are linked in each role."""
    return Counter(enum_name(link, "field_type") for link in _links(account, group))


def _links(account: Account, group: str) -> list[Message]:
    links = account.store.pointing("asset_group_asset", group)
    return [each.message for each in links if not is_removed(each.message)]


def lacks(account: Account, name: str) -> list[Problem]:
    """What a living asset group misses: NOT_ENOUGH_… of the AssetGroupError enum."""
    group = account.store.get(name)
    campaign = account.store.get(group.campaign) if group is not None else None
    if group is None or campaign is None or is_removed(group) or is_removed(campaign):
        return []
    counts, found = held(account, name), list[Problem]()
    if campaign.shopping_setting.merchant_id and not counts:
        return []  # a retail campaign may go without any: …/docs/performance-max/retail
    for role, (fewest, _, _) in ROLES.items():
        if campaign.brand_guidelines_enabled and role in BRAND:
            continue
        if counts[role] < fewest:
            code, text = f"NOT_ENOUGH_{role}_ASSET", f"{counts[role]} {role} assets, {fewest} are needed."
            found.append(Problem("asset_group_error", code, text))
    return found + _brand(account, campaign) + _short(account, name)


def _short(account: Account, name: str) -> list[Problem]:
    linked = [each for each in _links(account, name) if enum_name(each, "field_type") == "DESCRIPTION"]
    assets = [asset for each in linked if (asset := account.store.get(each.asset)) is not None]
    if not assets or any(texts.width(each.text_asset.text) <= SHORT_DESCRIPTION for each in assets):
        return []
    text = f"One description has at most {SHORT_DESCRIPTION} characters."
    return [Problem("asset_group_error", "SHORT_DESCRIPTION_REQUIRED", text)]


def _brand(account: Account, campaign: Message) -> list[Problem]:
    """Business name and logo on the campaign itself, where brand guidelines are enabled."""
    if not campaign.brand_guidelines_enabled:
        return []
    links = account.store.pointing("campaign_asset", campaign.resource_name)
    there = {enum_name(each.message, "field_type") for each in links if not is_removed(each.message)}
    return [
        Problem("campaign_error", f"REQUIRED_{role}_ASSET_NOT_LINKED", f"The campaign has no {role} asset.")
        for role in ("BUSINESS_NAME", "LOGO")
        if role not in there
    ]


def touched(account: Account, kinds: Sequence[str], names: Sequence[str | None]) -> dict[str, int]:
    """Asset groups that a request's operations (their kinds and results) concern → the first of them."""
    found: dict[str, int] = {}
    for index, (kind, name) in enumerate(zip(kinds, names, strict=True)):
        if name is None or kind not in ("asset_group", "asset_group_asset"):
            continue
        id = name.rsplit("/", 1)[-1].partition("~")[0]
        found.setdefault(f"{account.root}/assetGroups/{id}", index)
    return found
