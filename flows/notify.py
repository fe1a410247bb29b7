"""Notify: tell the people of a brand what an automation saw."""

from __future__ import annotations

from prefect import flow

from tasks.notify import send_notice


@flow(name="notify", flow_run_name="notify {brand}: {subject}", persist_result=False)
def notify(brand: str, subject: str, body: str = "", to: str | None = None) -> bool:
    """Send the words by the block `to`, or by the brand's own; says whether there was anybody to tell."""
    return send_notice(brand, subject, body, to)
