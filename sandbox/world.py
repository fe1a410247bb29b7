"""What exists before anybody calls: the accounts, pages and pixels of a sandbox, read from one JSON file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

MAPPINGS = frozenset({"product_sets"})  # fields that are id → name
NUMBERS = frozenset({"operations_a_day", "requests_a_second"})
UPLOADS = ("newcomer", "allowlisted")


class WorldError(ValueError):
    """The world file is not what a sandbox can be built from."""


@dataclass(frozen=True)
class MetaWorld:
    """One ad account with the page, pixel and business it may use."""

    account: str = "act_1000000000000001"
    account_name: str = "Lezzet TR"
    currency: str = "TRY"
    timezone: str = "Europe/Istanbul"
    page: str = "2000000000000001"
    page_name: str = "Lezzet"
    instagram: str = "1784000000000001"  # the Instagram account that goes with the page
    pixel: str = "3000000000000001"
    business: str = "4000000000000001"
    business_name: str = "Lezzet Gıda A.Ş."
    user: str = "5900000000000001"
    app_secret: str = field(default="", repr=False)  # where it is set, each request must prove it
    catalog: str = "6000000000000001"
    catalog_name: str = "Lezzet"
    # Product sets of the catalogue: id → name. One that is called as a sort of product holds just that sort.
    product_sets: Mapping[str, str] = field(
        default_factory=lambda: {"6100000000000001": "all", "6100000000000002": "vazolar"}
    )

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


@dataclass(frozen=True)
class GoogleWorld:
    """One client account under one manager account; ids are ten digits without dashes."""

    customer: str = "1234567890"
    login_customer: str = "9876543210"
    account_name: str = "Lezzet TR"
    currency: str = "TRY"
    timezone: str = "Europe/Istanbul"
    merchant: str = "5500000001"  # the Merchant Center account that is linked
    operations_a_day: int = 0  # quotas; 0: none
    requests_a_second: int = 0
    uploads: str = "newcomer"  # or "allowlisted": may send members of lists through the Google Ads API

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


@dataclass(frozen=True)
class World:
    """The seed of everything random, and one account per platform."""

    seed: int = 1
    meta: MetaWorld = field(default_factory=MetaWorld)
    google: GoogleWorld = field(default_factory=GoogleWorld)


def load(path: Path | str | None) -> World:
    """The world in a JSON file `{"seed": 1, "meta": {…}, "google": {…}}`, every key optional; None: default.

    Raises WorldError for unknown keys, values of the wrong type, and time zones that do not exist.
    """
    if path is None:
        return World()
    try:
        raw = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise WorldError(f"{path}: cannot be read as JSON: {error}") from None
    if not isinstance(raw, dict):
        raise WorldError(f"{path}: must be an object with seed, meta, google")
    return _world(raw)


def _world(raw: dict[str, Any]) -> World:
    _refuse_unknown("", raw, World)
    seed = raw.get("seed", 1)
    if not isinstance(seed, int) or isinstance(seed, bool):
        raise WorldError(f"seed: must be a whole number, not {seed!r}")
    meta = MetaWorld(**_texts("meta", raw.get("meta", {}), MetaWorld))
    google = GoogleWorld(**_texts("google", raw.get("google", {}), GoogleWorld))
    for where, zone in (("meta", meta.timezone), ("google", google.timezone)):
        _check_zone(where, zone)
    if not (meta.account.startswith("act_") and meta.account[4:].isdigit()):
        raise WorldError(f"meta.account: must be act_ and digits, not {meta.account!r}")
    if google.uploads not in UPLOADS:
        raise WorldError(f"google.uploads: must be one of {', '.join(UPLOADS)}, not {google.uploads!r}")
    return World(seed, meta, google)


def _texts(where: str, raw: Any, shape: type) -> dict[str, Any]:
    if not isinstance(raw, dict):
        raise WorldError(f"{where}: must be an object")
    _refuse_unknown(f"{where}.", raw, shape)
    for key, value in raw.items():
        if key in NUMBERS:
            _check_number(f"{where}.{key}", value)
        elif key in MAPPINGS and isinstance(value, dict):
            _texts_in(f"{where}.{key}", value)
        elif key in MAPPINGS or not isinstance(value, str) or not value:
            raise WorldError(
                f"{where}.{key}: must be {'an object' if key in MAPPINGS else 'a text'}, not {value!r}"
            )
    return raw


def _check_number(where: str, value: Any) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise WorldError(f"{where}: must be a whole number, 0 or more, not {value!r}")


def _texts_in(where: str, raw: dict[str, Any]) -> None:
    for key, value in raw.items():
        if not isinstance(value, str) or not value:
            raise WorldError(f"{where}.{key}: must be a text, not {value!r}")


def _refuse_unknown(where: str, raw: dict[str, Any], shape: type) -> None:
    known = [f.name for f in fields(shape)]
    for key in raw:
        if key not in known:
            raise WorldError(f"{where}{key}: unknown key; known are {', '.join(known)}")


def _check_zone(where: str, name: str) -> None:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise WorldError(f"{where}.timezone: {name!r} is not a time zone") from None
