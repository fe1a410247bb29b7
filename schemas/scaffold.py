"""A new brand's first files: small, valid, and ready for the sandbox."""

from __future__ import annotations

from pathlib import Path

from schemas import jsonschema
from schemas.errors import KampanyaError
from schemas.types import slugify

_BRAND = """\
# yaml-language-server: $schema=.schemas/brand.json
brand: {key}
name: {name}
currency: TRY
time_zone: Europe/Istanbul

guard_rails:
  daily: 1000 TRY            # the most that all campaigns together may be set to spend a day
  monthly: 20000 TRY

approvers: []                # who may approve a plan; needed before anything live

environments:
  sandbox:                   # local, free, and enough to try everything
    clock: 2026-11-30
    seed: 1
    accounts:
      meta:
        account: act_1000000000000001
        currency: TRY
        time_zone: Europe/Istanbul
        page: "2000000000000001"
        pixel: "3000000000000001"
"""

_CAMPAIGN = """\
# yaml-language-server: $schema=../.schemas/campaign.json
campaign: ilk-kampanya
objective: traffic
platforms: [meta]
flight: {start: 2026-12-01, end: 2026-12-31}
audience: {locations: [TR], languages: [tr], age: 18+}
ad_sets:
  - ad_set: herkes
    budget: {daily: 200 TRY}
    optimize_for: link_clicks
    ads:
      - ad: ilk-reklam
        creative:
          headlines: [Merhaba, Bizi tanıyın]
          texts: [Kısaca kim olduğumuzu ve neden sevileceğimizi burada anlatıyoruz.]
          image: assets/ornek.png
          call_to_action: learn_more
          url: https://example.com/
"""


def scaffold(target: Path, name: str) -> list[Path]:
    """Write a minimal brand called `name` into a folder and return its files.

    Raises KampanyaError, with nothing written, when a file is there already or the name gives no key.
    """
    key = slugify(name)
    if not key:
        fix = "give it a name with letters or digits: kampanya init DIR --name Lezzet"
        raise KampanyaError("a brand without a key", f"nothing is left of `{name}`", fix)
    texts = {
        "kampanya.yaml": _BRAND.replace("{key}", key).replace("{name}", _quoted(name)),
        "campaigns/ilk-kampanya.yaml": _CAMPAIGN,
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
