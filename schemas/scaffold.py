"""A new brand's first files: small, valid, and ready for the sandbox."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from schemas import jsonschema
from schemas.errors import KampanyaError
from schemas.types import Money, Platform, slugify

_BRAND = """\
# yaml-language-server: $schema=.schemas/brand.json
brand: {key}
name: {name}
currency: {currency}
time_zone: {time_zone}

guard_rails:
  daily: {daily}  # the most that all campaigns together may be set to spend a day
  monthly: {monthly}

approvers: []  # who may approve a plan; needed before anything live

environments:
  sandbox:  # local, free, and enough to try everything
    accounts:
{accounts}    clock: 2026-11-30
    seed: 1
"""
_ACCOUNTS: Mapping[Platform, str] = {
    "meta": """\
      meta:
        account: act_1000000000000001
        currency: {currency}
        time_zone: {time_zone}
        page: "2000000000000001"
        pixel: "3000000000000001"
""",
    "google": """\
      google:
        customer: "1234567890"
        login_customer: "9876543210"
        currency: {currency}
        time_zone: {time_zone}
""",
}
_CAMPAIGN = """\
# yaml-language-server: $schema=../.schemas/campaign.json
campaign: ilk-kampanya
objective: traffic
platforms: [{platforms}]
flight: {{start: 2026-12-01, end: 2026-12-31}}
audience: {{locations: [TR], languages: [tr], age: 18+}}
ad_sets:
  - ad_set: herkes
    budget: {{daily: {budget}}}
    optimize_for: link_clicks
{google}    ads:
      - ad: ilk-reklam
        creative:
          headlines: [Merhaba, Bizi tanıyın, Bugün uğrayın]
          texts:
            - Kısaca kim olduğumuzu ve neden sevileceğimizi burada anlatıyoruz.
            - Sorularınızı bekliyoruz; gelin, tanışalım.
          image: assets/ornek.png
          call_to_action: learn_more
          url: https://example.com/
"""
_KEYWORDS = """\
    google:
      keywords: {phrase: [size yakın dükkan]}
"""
DAYS_OF_CEILING = 20  # a month at full stretch on working days: a start that somebody will look at again


@dataclass(frozen=True, slots=True)
class Choices:
    """What `init` asks for: where the brand advertises, in which money and days, and its ceiling a day."""

    platforms: tuple[Platform, ...] = ("meta",)
    currency: str = "TRY"
    time_zone: str = "Europe/Istanbul"
    daily: Money = field(default_factory=lambda: Money(Decimal(1000), "TRY"))

    @property
    def budget(self) -> str:
        """A fifth of the ceiling for each platform, in whole units of the currency where it has that many."""
        share = self.daily.amount / 5
        amount = share.to_integral_value() if share >= 1 else share
        each = str(Money(amount, self.currency))
        if len(self.platforms) == 1:
            return each
        return "{" + ", ".join(f"{platform}: {each}" for platform in self.platforms) + "}"


def key_of(name: str) -> str:
    """The brand's key. Raises KampanyaError where the name gives none."""
    key = slugify(name)
    if not key:
        fix = "give it a name with letters or digits: kampanya init DIR --name Lezzet"
        raise KampanyaError("a brand without a key", f"nothing is left of `{name}`", fix)
    return key


def scaffold(target: Path, name: str, choices: Choices = Choices()) -> list[Path]:
    """Write a minimal brand called `name` into a folder and return its files.

    Raises KampanyaError, with nothing written, when a file is there already or the name gives no key.
    """
    texts = {
        "kampanya.yaml": _brand(name, choices),
        "campaigns/ilk-kampanya.yaml": _campaign(choices),
        ".gitignore": ".kampanya/\n",
    }
    image = target / "assets/ornek.png"
    paths = [*(target / file for file in texts), image]
    there = [path for path in paths if path.exists()]
    if there:
        detail = ", ".join(str(path) for path in there)
        raise KampanyaError(
            "files that would be overwritten", detail, "choose an empty folder, or move them away"
        )
    for file, text in texts.items():
        path = target / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    _image(image)
    return [*paths, *jsonschema.write(target / jsonschema.FOLDER)]


def _brand(name: str, choices: Choices) -> str:
    place = {"currency": choices.currency, "time_zone": choices.time_zone}
    monthly = Money(choices.daily.amount * DAYS_OF_CEILING, choices.currency)
    return _BRAND.format(
        key=key_of(name),
        name=_quoted(name),
        daily=choices.daily,
        monthly=monthly,
        accounts="".join(_ACCOUNTS[each].format(**place) for each in choices.platforms),
        **place,
    )


def _campaign(choices: Choices) -> str:
    keywords = _KEYWORDS if "google" in choices.platforms else ""
    return _CAMPAIGN.format(platforms=", ".join(choices.platforms), budget=choices.budget, google=keywords)


def _quoted(name: str) -> str:
    escaped = "".join(c for c in name if c.isprintable()).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _image(path: Path) -> None:
    """A plain picture that stands in until there is a real one."""
    from PIL import Image, ImageDraw

    path.parent.mkdir(parents=True, exist_ok=True)
    picture = Image.new("RGB", (1080, 1080), "#f6e7cf")
    ImageDraw.Draw(picture).ellipse((240, 240, 840, 840), fill="#e8552d")
    picture.quantize(16).save(path, optimize=True)
