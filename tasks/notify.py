"""A notice as a task: a few words and a link, by the channel that the brand's block names."""

from __future__ import annotations

from prefect import task
from prefect.blocks.abstract import NotificationBlock
from prefect.blocks.core import Block
from prefect.logging import get_run_logger

from schemas.errors import KampanyaError
from tasks.blocks import Notice


@task(name="notify", retries=2, retry_delay_seconds=[10, 60], retry_jitter_factor=0.5, persist_result=False)
def send_notice(brand: str, subject: str, body: str, to: str | None) -> bool:
    """Tell by the block `to` (`type/name`), or `kampanya-notice/<brand>`; False where there is none.

    Raises KampanyaError if it could not be delivered; the address is a secret and is not repeated.
    """
    found = _block(to or f"{Notice.get_block_type_slug()}/{brand}", demanded=to is not None)
    if found is None:
        get_run_logger().warning("Nobody is told: there is no block kampanya-notice/%s", brand)
        return False
    try:
        with found.raise_on_failure():
            found.notify(body, subject)  # type: ignore[unused-coroutine]
    except Exception as error:  # any transport's own, whose words may hold the address
        fault = type(error).__name__
    else:
        return True
    raise KampanyaError("A notice was not delivered", fault, "Check the address that its block names.")


def _block(name: str, demanded: bool) -> NotificationBlock | None:
    try:
        found = Block.load(name)
    except ValueError as error:
        if demanded or "Unable to find block document" not in str(error):
            raise
        return None
    block = found.block() if isinstance(found, Notice) else found
    if not isinstance(block, NotificationBlock):
        raise KampanyaError(
            "This block tells nobody", name, "Name a Kampanya notice or one of Prefect's own."
        )
    return block
