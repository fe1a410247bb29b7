"""What the platforms say of the brand's audiences: how many people, and whether ads can be aimed at them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from connectors.base import AudienceReader, AudienceSize
from engine.resource import Address
from journal.store import Journal
from operations.members import Past, past
from operations.site import Site
from schemas.audience import CustomerListAudience

Tell = Callable[[str], None]
NOT_BUILT = AudienceSize(None, None, False, "Not built: no applied ad set on this platform uses it.")
GONE = AudienceSize(None, None, False, "It is no longer on the platform; the next plan builds it again.")
UNTOLD = AudienceSize(None, None, False, "This platform does not tell sizes.")


@dataclass(frozen=True, slots=True)
class AudienceStatus:
    """One declared audience on one platform; `id` is None until it is built there. `uploaded` says of a list
    of customers what was uploaded, "" of others.
    """

    key: str
    platform: str
    id: str | None
    size: AudienceSize
    uploaded: str = ""


def status(site: Site, journal: Journal, tell: Tell = lambda _: None) -> list[AudienceStatus]:
    """Every declared audience on every platform in use, by key. Raises ConnectorError; changes nothing."""
    ids = journal.ids()
    found = []
    for platform in site.platforms:
        built = {key: ids.get(Address(platform, "audience", key)) for key in site.workspace.audiences}
        sizes = _sizes(site, platform, [id for id in built.values() if id], tell)
        for key, id in built.items():
            size = sizes.get(id, GONE) if id else NOT_BUILT
            listed = isinstance(site.workspace.audiences[key], CustomerListAudience)
            told = _uploaded(past(journal, Address(platform, "audience", key), id)) if listed and id else ""
            found.append(AudienceStatus(key, platform, id, size, told))
    return sorted(found, key=lambda each: each.key)


def _uploaded(past: Past) -> str:
    """When how many people were uploaded, and what is not done yet."""
    if past.at is None:
        told = "Empty until `kampanya audience sync`."
    else:
        told = f"{past.uploaded.get('sent', 0):,} people uploaded {past.at:%Y-%m-%d %H:%M} UTC."
    return f"{told} An upload was cut short: sync again." if past.left else told


def _sizes(site: Site, platform: str, ids: list[str], tell: Tell) -> dict[str, AudienceSize]:
    if not ids:
        return {}
    connector = site.connectors[platform]
    if not isinstance(connector, AudienceReader):
        return dict.fromkeys(ids, UNTOLD)
    tell(f"asking {site.supports[platform].title} for the size of {len(ids)}")
    return dict(connector.sizes(ids))


def people(size: AudienceSize) -> str:
    """A size as a person reads it: bounds, about one number, or that it is not known."""
    if size.least is None or size.most is None:
        return "unknown"
    if size.least == size.most:
        return f"about {size.least:,}"
    return f"{size.least:,} to {size.most:,}"
