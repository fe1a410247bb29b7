"""The site as a flow sees it: kampanya.yaml's, and credentials from blocks where that names none."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from operations.site import Site, open_site
from tasks.blocks import CREDENTIALS, ReferenceBlock


def opened(workspace: Path, environment: str) -> Site:
    """`open_site`; a live platform without credentials in kampanya.yaml gets those of its block, which is
    named `<brand>-<environment>`."""
    site = open_site(workspace, environment)
    if not site.live:
        return site
    name = f"{site.scope.brand}-{environment}"
    found = {each: _references(each, name) for each in site.platforms if not site.credentials_of(each)}
    return site.with_credentials({platform: given for platform, given in found.items() if given})


def _references(platform: str, name: str) -> dict[str, str]:
    try:
        block = cast(ReferenceBlock, CREDENTIALS[platform].load(name))
    except ValueError as error:
        if "Unable to find block document" not in str(error):
            raise
        return {}
    return block.references()
