"""An audience that a platform does not build is refused at the author's line, and nothing breaks over it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from operations.site import open_site
from operations.validate import validate
from schemas.errors import InvalidDeclaration, Problem

LEZZET = Path(__file__).parents[2] / "brands" / "lezzet"
USED = "exclude: [son-30-gun-musterileri]"
ALIKE = "audience: kisiler\ntype: lookalike\nsource: son-30-gun-musterileri\nlocations: [TR]\nsize: 1%\n"
ENGAGED = "audience: kisiler\ntype: engagement\nsource: page\nwithin: 90d\n"


def refused(root: Path, declared: str, *others: str) -> list[Problem]:
    """What is wrong with the example brand on both platforms, its first ad set aimed at this audience."""
    shutil.copytree(LEZZET, root, ignore=shutil.ignore_patterns(".kampanya"))
    for text in (declared, *others):
        key = text.partition("\n")[0].removeprefix("audience: ")
        (root / "audiences" / f"{key}.yaml").write_text(text, encoding="utf-8")
    file = root / "campaigns" / "yil-sonu.yaml"
    text = file.read_text(encoding="utf-8").replace(USED, "include: [kisiler]")
    assert "include: [kisiler]" in text
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidDeclaration) as raised:
        validate(open_site(root))
    return list(raised.value.problems)


@pytest.mark.parametrize(
    ("declared", "platform", "why"),
    [
        (ALIKE, "Google", "lookalike segments for Demand Gen alone"),
        (ENGAGED, "Google", "no list of people who dealt with a page"),
    ],
)
def test_a_platform_says_at_the_line_of_the_type_why_it_cannot_build_it(
    tmp_path: Path, declared: str, platform: str, why: str
) -> None:
    (found,) = [each for each in refused(tmp_path / "b", declared) if each.detail.startswith(platform)]
    assert found.summary == "This type of audience cannot be built"
    assert why in found.detail
    assert f"`{platform.lower()}: {{skip: true}}`" in found.fix
    assert found.where is not None
    assert (found.where.file.name, found.where.line) == ("kisiler.yaml", 2)
    assert found.where.text.startswith("type: ")
