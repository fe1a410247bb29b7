"""One limit an ad account, held by whatever loads from it or applies to it, over all machines."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from prefect.concurrency.asyncio import ConcurrencySlotAcquisitionError
from prefect.concurrency.sync import concurrency

from operations.site import SANDBOX, Site
from schemas.brand import Accounts
from schemas.errors import KampanyaError

LEASE_SECONDS = 60  # the least Prefect grants; what a killed run held is free again after it
PATIENCE_SECONDS = 30 * 60  # a first load of a large account takes minutes


def limit_names(brand: str, environment: str, accounts: Accounts) -> list[str]:
    """The limits of an environment's accounts; a sandbox is the brand's own, whatever its ids are."""
    ids = {
        "meta": accounts.meta and accounts.meta.account,
        "google": accounts.google and accounts.google.customer.replace("-", ""),
    }
    stage = f"{brand}-{SANDBOX}-" if environment == SANDBOX else ""
    return [f"{stage}{platform}-{id}" for platform, id in ids.items() if id]


def limits_of(site: Site) -> list[str]:
    """All of the site's environment, so that no two runs write one brand's DuckDB at the same time."""
    declared = site.workspace.brand.environments[site.environment].accounts
    return limit_names(site.scope.brand, site.environment, declared)


@contextmanager
def alone(site: Site) -> Iterator[None]:
    """Nobody else loads from or applies to the site's accounts meanwhile.

    A lapsed lease does not stop what is under way: the journal's lock and DuckDB's keep others out. Raises
    KampanyaError where a limit does not exist (Prefect would let everybody pass) or does not become free.
    """
    names = limits_of(site)
    with ExitStack() as held:
        _take(held, names)
        yield


def _take(held: ExitStack, names: list[str]) -> None:
    slots = concurrency(
        names,
        timeout_seconds=PATIENCE_SECONDS,
        lease_duration=LEASE_SECONDS,
        strict=True,
        raise_on_lease_renewal_failure=False,
    )
    try:
        held.enter_context(slots)
    except ConcurrencySlotAcquisitionError:
        raise KampanyaError(
            "An ad account has no limit on this Prefect server",
            f"one of {', '.join(names)} is missing",
            "Start it with `kampanya up`, or create each: prefect gcl create NAME --limit 1",
        ) from None
    except TimeoutError:
        raise KampanyaError(
            "An ad account stays busy",
            f"{', '.join(names)} did not become free in {PATIENCE_SECONDS // 60} minutes",
            "See in the Prefect UI what runs on it; run this again when that has ended.",
        ) from None
