"""What Google refuses of products: trees that mean nothing, bids nobody pays, ads that repeat products."""

from __future__ import annotations

from collections.abc import Iterator

from schemas.brand import Brand
from schemas.campaign import AdSet, Campaign, skips
from schemas.errors import Problem
from schemas.google import GoogleAd, GoogleAdSet
from schemas.google_products import DEEPEST, ProductBid, ProductSplit, Shopping
from schemas.strategy_checks import Found, Path

CHOICES = {"condition": ("new", "used", "refurbished"), "channel": ("online", "local")}
REST = ", the rest"  # of a property, which has no further levels (CANNOT_REFINE_HIERARCHICAL_EVERYTHING_ELSE)
SEPARATOR = " › "  # between the levels of a group, as plans write it
MOST_GROUPS = (
    4_500  # a tree may have to be removed and made again within 10,000 operations (best-practices/quotas)
)
OWN_CONTENT = (
    "headlines", "texts", "descriptions", "image", "video", "thumbnail", "cards", "call_to_action", "url",
    "display_path",
)  # fmt: skip


def product_problems(campaign: Campaign, brand: Brand | None) -> Found:
    """Paths in the campaign and what is wrong there."""
    block = campaign.google
    channel = block.channel if block else "search"
    sells = block is not None and block.sells
    if sells and brand is not None and not _merchants(brand):
        fix = "add `merchant: …` to the Google account in kampanya.yaml"
        yield ("google",), Problem("no Merchant Center", f"`{campaign.campaign}` sells products", fix)
    if block and block.shopping and channel == "performance_max":
        yield from _retail(block.shopping)
    manual = bool(block and block.bidding and block.bidding.strategy == "manual_cpc")
    for i, ad_set in enumerate(campaign.ad_sets):
        if not skips(ad_set, "google"):
            yield from _ad_set(("ad_sets", i), ad_set, channel, sells, manual)


def _merchants(brand: Brand) -> bool:
    accounts = (stage.accounts.google for stage in brand.environments.values())
    return any(account is not None and account.merchant for account in accounts)


def _ad_set(path: Path, ad_set: AdSet, channel: str, sells: bool, manual: bool) -> Found:
    own = ad_set.google or GoogleAdSet()
    at = (*path, "google", "products")
    if sells and own.products is None:
        fix = "add `google: {products: all}`, or split them"
        yield path, Problem("no products", f"`{ad_set.ad_set}` would show none", fix)
    elif own.products and not sells:
        fix = "use `channel: shopping`, or add `shopping: {}` to a Performance Max campaign"
        yield at, Problem("products that are not sold", f"`channel: {channel}` without `shopping`", fix)
    elif isinstance(own.products, ProductSplit):
        yield from _split(at, own.products, ())
        yield from _bids(at, own, manual)
    if own.products == "all" and manual and not own.max_cpc:
        yield at, _unpaid("all products")
    if channel == "shopping":
        yield from _ads(path, ad_set)


def _retail(shopping: Shopping) -> Found:
    """What Performance Max has no place for: it goes before Shopping, with local products too."""
    for name in ("priority", "local"):
        if name in shopping.model_fields_set:
            detail = f"`{name}` means nothing to `channel: performance_max`"
            at: Path = ("google", "shopping", name)
            yield at, Problem("a key that the channel has no place for", detail, "leave it out")


def _ads(path: Path, ad_set: AdSet) -> Found:
    """One ad, which is the products themselves (…/shopping-ads/create-ad-group)."""
    if len(ad_set.ads) > 1:
        detail = f"found {len(ad_set.ads)}; the products say it all, and one ad shows them all"
        yield (*path, "ads", 1), Problem("several ads of the same products", detail, "keep one")
    for j, ad in enumerate(ad_set.ads):
        for name in OWN_CONTENT:
            if getattr(ad.creative, name):
                fix = "leave it out: write `creative: {}`"
                at = (*path, "ads", j, "creative", name)
                yield at, Problem("nobody would see this", f"`{name}` in a Shopping ad", fix)
        for name in sorted((ad.google or GoogleAd()).model_fields_set - {"skip"}):
            at = (*path, "ads", j, "google", name)
            yield at, Problem("nobody would see this", f"`{name}` in a Shopping ad", "leave it out")


def _split(path: Path, tree: ProductSplit, above: tuple[str, ...]) -> Found:
    yield from _dimension((*path, "split"), tree.split, above)
    if len(above) >= DEEPEST - 1:
        yield path, Problem("a tree too deep", f"Google takes {DEEPEST} levels", "split less often")
        return
    values: set[str] = set()
    for value, group in tree.of.items():
        at = (*path, "of", value)
        yield from _value(at, tree.split, value)
        if value.casefold() in values:
            yield at, Problem("a value twice", f"`{value}`; capitals do not count", "keep one of them")
        values.add(value.casefold())
        if isinstance(group, ProductSplit):
            yield from _split(at, group, (*above, tree.split))
    if isinstance(tree.rest, ProductSplit):
        yield from _split((*path, "rest"), tree.rest, (*above, tree.split + REST))


def _dimension(path: Path, split: str, above: tuple[str, ...]) -> Found:
    """Each property once on the way down, levels in their order (AssetGroupListingGroupFilterError)."""
    name, _, number = split.partition("_")
    if {split, split + REST} & set(above):
        yield path, Problem("a property twice", f"`{split}` is split above already", "split by another one")
    elif name in ("type", "category") and number > "1" and f"{name}_{int(number) - 1}" not in above:
        before = f"{name}_{int(number) - 1}"
        fix = f"split a value of `{before}`" + (", not its rest" if before + REST in above else "")
        yield path, Problem("a level without the one above", f"`{split}`", fix)


def _value(path: Path, split: str, value: str) -> Found:
    choices = CHOICES.get(split)
    if choices and value not in choices:
        yield path, Problem("a value that products do not have", f"`{value}`", f"use {', '.join(choices)}")
    elif split.startswith("category") and not value.isdigit():
        fix = "write the category's number in Google's product taxonomy: 1604"
        yield path, Problem("a category is a number", f"found `{value}`", fix)
    elif SEPARATOR.strip() in value:
        yield path, Problem("a sign that separates levels", f"`{value}`", "leave `›` out")


def _groups(path: Path, tree: ProductSplit) -> Iterator[tuple[Path, object]]:
    """The groups at the ends of the tree."""
    for at, group in [
        *(((*path, "of", key), each) for key, each in tree.of.items()),
        ((*path, "rest"), tree.rest),
    ]:
        if isinstance(group, ProductSplit):
            yield from _groups(at, group)
        else:
            yield at, group


def _bids(path: Path, own: GoogleAdSet, manual: bool) -> Found:
    """Under manual_cpc every group that is shown has a bid, elsewhere none has (create-listing-groups)."""
    assert isinstance(own.products, ProductSplit)
    found = list(_groups(path, own.products))
    if len(found) > MOST_GROUPS:
        detail = f"{len(found)} groups; one request, which Google judges as a whole, carries {MOST_GROUPS}"
        yield path, Problem("a tree too large", detail, "spread the products over more ad sets")
    if all(group == "exclude" for _, group in found):
        yield path, Problem("no products", "every group is excluded", "write `show` for one")
    for at, group in found:
        if isinstance(group, ProductBid) and not manual:
            fix = "write `show`, or bid by `manual_cpc` on the campaign"
            yield at, Problem("a bid that nobody uses", f"`max_cpc: {group.max_cpc}`", fix)
        elif group == "show" and manual and not own.max_cpc:
            yield at, _unpaid("these products")


def _unpaid(what: str) -> Problem:
    fix = "write `{max_cpc: 2 TRY}` here, or `max_cpc` for the ad set"
    return Problem("no bid", f"manual_cpc needs one for {what}", fix)
