"""What an agency's own repository needs beside a brand: deployments, what git ignores, a check of changes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from schemas.errors import KampanyaError

EXAMPLE = Path(__file__).parents[1] / "prefect.yaml"  # the deployments of the example brand
_HEAD = """\
# Deployments of {name}. `kampanya up -C` this folder starts a server and a worker and deploys them; for
# a server of your own: `prefect deploy --all`. The flows are Kampanya's, not this repository's.
"""
_CI = """\
# Every change of a brand is checked before it is merged. The variable KAMPANYA_IMAGE of this repository
# names the container image that has Kampanya in it.
name: kampanya
on:
  pull_request:
    paths: ["{brand}/**"]
jobs:
  check:
    runs-on: ubuntu-latest
    container: ${{{{ vars.KAMPANYA_IMAGE }}}}
    steps:
      - uses: actions/checkout@v4
      - run: kampanya fmt --check -C {brand}
      - run: kampanya validate -C {brand}
"""


@dataclass(frozen=True, slots=True)
class Repository:
    """What was written, and what was there already and has to be looked at: path → what it should hold."""

    folder: Path
    written: tuple[Path, ...]
    left: tuple[tuple[Path, str], ...]


def of_brand(brand: Path) -> Path:
    """The repository that a brand's folder belongs to: above `brands/`, else the folder itself."""
    brand = brand.resolve()
    return brand.parent.parent if brand.parent.name == "brands" else brand


def furnish(brand: Path, key: str, platforms: Sequence[str], time_zone: str) -> Repository:
    """Write prefect.yaml, .gitignore and a CI example beside the brand; what is there stays as it is.

    Where prefect.yaml is somebody's already, the brand's deployments go to `prefect.<key>.yaml`.
    """
    folder = of_brand(brand)
    inside = str(brand.resolve().relative_to(folder))
    workspace = f"../{folder.name}" if inside == "." else inside
    deployments = _deployments(key, workspace, platforms, time_zone)
    texts = {
        "prefect.yaml": deployments,
        ".gitignore": ".kampanya/\n",
        f".github/workflows/kampanya-{key}.yaml": _CI.format(brand=inside),
    }
    written: list[Path] = []
    left: list[tuple[Path, str]] = []
    for name, text in texts.items():
        path = folder / name
        if not path.exists():
            written.append(_write(path, text))
        elif name == "prefect.yaml":
            beside = folder / f"prefect.{key}.yaml"
            if not beside.exists():
                written.append(_write(beside, deployments))
            left.append((path, f"deploy the brand too: prefect deploy --all --prefect-file {beside.name}"))
        elif text not in path.read_text(encoding="utf-8"):
            left.append((path, f"it should hold: {text.strip().splitlines()[0]}"))
    return Repository(folder, tuple(written), tuple(left))


def _write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("x", encoding="utf-8") as file:
        file.write(text)
    return path


def _deployments(key: str, workspace: str, platforms: Sequence[str], time_zone: str) -> str:
    """The example brand's deployments, every one of them, for another brand."""
    if not EXAMPLE.is_file():
        raise KampanyaError(
            "this installation has no prefect.yaml", str(EXAMPLE), "install Kampanya from its source folder"
        )
    text = EXAMPLE.read_text(encoding="utf-8")
    body = re.sub(r"\A(?:#[^\n]*\n)+", "", text)
    body = body.replace("brands/lezzet", workspace)
    body = re.sub(r"entrypoint: flows\.(\w+):", r"entrypoint: kampanya.deployed:", body)  # see there for why
    for platform in ("meta", "google"):
        if platform not in platforms:
            body = body.replace(f', "platform:{platform}"', "")
    body = re.sub(r"(&zone )\S+", rf"\g<1>{time_zone}", body)
    return _HEAD.format(name=key) + re.sub(r"\blezzet\b|(?<=of_)lezzet\b", key, body)
