"""A stand-in for the Google Ads API over gRPC: documented rules, a local store, the unchanged SDK."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sandbox.google.server import GoogleSandbox

__all__ = ["GoogleSandbox"]


def __getattr__(name: str) -> Any:
    # The message classes take most of a second to import; only a sandbox that is built pays for them.
    if name == "GoogleSandbox":
        from sandbox.google.server import GoogleSandbox

        return GoogleSandbox
    raise AttributeError(name)
