"""Names that only a platform can tell apart: asked for before a plan is made of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from connectors.base import NameReader
from engine.resource import Resource
from operations.site import Site
from schemas.errors import InvalidDeclaration


def demand_names(site: Site, platform: str, desired: Iterable[Resource]) -> None:
    """Raises InvalidDeclaration with every name of a targeting that the platform does not know."""
    connector = site.connectors[platform]
    if not isinstance(connector, NameReader):
        return
    mine = {each.address: each for each in desired if each.address.platform == platform}
    wrong = connector.unknown(mine.values())
    if wrong:
        raise InvalidDeclaration(
            [
                replace(problem, where=site.workspace.where(*mine[address].path, "audience"))  # type: ignore[arg-type]
                for address, problem in wrong
            ]
        )
