"""What is wrong in kampanya.yaml as a whole: ceilings, environments, and campaigns that nobody declares."""

from __future__ import annotations

from collections.abc import Collection
from ipaddress import ip_address
from urllib.parse import urlsplit

from schemas import naming_checks, strategy_checks
from schemas.brand import Brand, Environment, GuardRails
from schemas.errors import Problem
from schemas.expand import nearest
from schemas.strategy_checks import Found, Path


def brand_problems(brand: Brand, environment: str) -> Found:
    """Paths in kampanya.yaml and what is wrong there."""
    rails = brand.guard_rails
    yield from strategy_checks.brand_problems(brand)
    yield from naming_checks.brand_problems(brand)
    yield from _rails(("guard_rails",), rails, brand.currency)
    for currency in brand.fx.rates:
        if currency == brand.currency:
            yield (
                ("fx", "rates", currency),
                Problem("a rate of the brand's own currency", f"{currency}", "delete it"),
            )
    for name, stage in brand.environments.items():
        yield from _stage(("environments", name), name, stage, brand)
    if environment != "sandbox" and not brand.approvers:
        detail = f"`{environment}` is live, and nobody may say yes"
        yield ("environments", environment), Problem("no approvers", detail, "add `approvers: [name]`")


def _rails(path: Path, rails: GuardRails, currency: str) -> Found:
    for key in ("daily", "monthly"):
        money = getattr(rails, key)
        if money and money.currency != currency:
            detail = f"{money}, but the brand's currency is {currency}"
            yield (
                (*path, key),
                Problem("a ceiling in another currency than the brand's", detail, f"use {currency}"),
            )
    if rails.raise_24h.points < 0:
        yield (*path, "raise_24h"), Problem("a limit below zero", f"found {rails.raise_24h}", "write 20%")
    for i, window in enumerate(rails.freeze):
        if window.end < window.start:
            detail = f"{window.end} is before {window.start}"
            yield (
                (*path, "freeze", i, "end"),
                Problem("a freeze that ends before it starts", detail, "swap them"),
            )


def _stage(path: Path, name: str, stage: Environment, brand: Brand) -> Found:
    for platform, url in (stage.endpoints.model_dump() if stage.endpoints else {}).items():
        if name == "sandbox" and url and not loopback(url):
            detail = "`sandbox` never leaves this machine"
            fix = "use http://127.0.0.1:PORT, or name the environment otherwise"
            yield (*path, "endpoints", platform), Problem("an endpoint that is not local", detail, fix)
    for key in ("clock", "seed"):
        if name != "sandbox" and getattr(stage, key) is not None:
            detail = f"`{name}` is live and has the world's {'clock' if key == 'clock' else 'market'}"
            yield (*path, key), Problem("a setting that only the sandbox has", detail, "leave it out")
    for platform in ("meta", "google") if name != "sandbox" else ():
        if getattr(stage.accounts, platform) and not getattr(stage.credentials, platform, None):
            fix = f"add `credentials: {{{platform}: …}}` with references such as env:NAME"
            yield (
                (*path, "accounts", platform),
                Problem("an account without credentials", f"`{platform}`", fix),
            )
    if not stage.accounts.meta and not stage.accounts.google:
        yield (*path, "accounts"), Problem("an environment without accounts", f"`{name}`", "declare one")
    if stage.guard_rails:
        yield from _rails((*path, "guard_rails"), stage.guard_rails, brand.currency)


def loopback(url: str) -> bool:
    """Whether an address can only lead to this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def plan_problems(brand: Brand, campaigns: Collection[str]) -> Found:
    """Campaigns that kampanya.yaml names in its media plan or as an approver's, and that nobody declares."""
    named: list[tuple[Path, str]] = [
        *(
            (("media_plan", i, "campaigns", key), key)
            for i, line in enumerate(brand.media_plan)
            for key in line.campaigns
        ),
        *(
            (("approvers", i, "campaigns", j), key)
            for i, each in enumerate(brand.may_approve)
            for j, key in enumerate(each.campaigns)
        ),
    ]
    for path, key in named:
        if key not in campaigns:
            fix = nearest(key, campaigns, f"declared are {', '.join(sorted(campaigns)) or 'none'}")
            yield path, Problem("unknown campaign", f"found `{key}`", fix)
