"""docs/language.md knows every key, and every YAML block in it is valid."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Literal, get_args, get_origin

import pytest

from schemas import jsonschema
from schemas.problems import models
from schemas.source import KINDS, load_workspace

HERE = Path(__file__).parent
TEXT = (HERE.parents[1] / "docs/language.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```yaml\n(.*?)^```", TEXT, re.S | re.M)
MODELS = {model for annotation in jsonschema.FILES.values() for model in models(annotation)}


@pytest.mark.parametrize("model", sorted(MODELS, key=lambda m: m.__name__), ids=lambda m: m.__name__)
def test_every_key_is_documented_and_no_other(model: type) -> None:
    section = re.search(rf"^#### {model.__name__}\n(.*?)(?=^##|\Z)", TEXT, re.S | re.M)
    assert section, f"no section for {model.__name__}"
    rows = re.findall(r"^\| `(\w+)` \| (yes)? *\| (.+?) \|$", section.group(1), re.M)
    fields = model.model_fields  # type: ignore[attr-defined]
    assert {key: bool(needed) for key, needed, _ in rows} == {k: i.is_required() for k, i in fields.items()}
    sentences = jsonschema.docs(model)
    assert all(text.startswith(sentences[key]) for key, _, text in rows)
    for key, _, text in rows:
        assert all(f"`{value}`" in text for value in choices(fields[key].annotation)), key


def choices(annotation: object) -> list[str]:
    """The words a key may have, wherever in its annotation the Literal stands."""
    args = get_args(annotation)
    if get_origin(annotation) is Literal:
        return [str(value) for value in args]
    return [value for inner in args if not isinstance(inner, str) for value in choices(inner)]


def test_every_word_of_expansion_is_documented() -> None:
    assert all(f"| `{word}` |" in TEXT for word in jsonschema.EXPANSION)


def overlaid(base: str, block: str) -> str:
    """The base brand's file with the block's top-level keys in place of its own."""
    parts = re.split(r"^(?=\w)", base, flags=re.M)
    keys = re.findall(r"^(\w+):", block, re.M)
    return "".join(part for part in parts if part.split(":")[0] not in keys) + block


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.split("\n")[0])
def test_every_yaml_block_is_valid(block: str, tmp_path: Path) -> None:
    root = Path(shutil.copytree(HERE / "fixtures/base", tmp_path / "brand"))
    brand = root / "kampanya.yaml"
    kind = block.split(":")[0]
    if block.startswith("# kampanya.yaml"):
        brand.write_text(overlaid(brand.read_text(encoding="utf-8"), block), encoding="utf-8")
        for path in (root / "campaigns").glob("*.yaml") if "  terms:" in block else ():
            path.write_text(path.read_text(encoding="utf-8") + "terms: {market: tr, funnel: top}\n", "utf-8")
    else:
        clash = root / KINDS[kind][0] / f"{block.split()[1]}.yaml"
        clash.unlink(missing_ok=True)
        (root / KINDS[kind][0] / "block.yaml").write_text(block, encoding="utf-8")
    load_workspace(root)


def test_there_are_blocks_of_every_kind() -> None:
    assert {block.split(":")[0] for block in BLOCKS} == {
        "# kampanya.yaml\napps",
        "# kampanya.yaml\nvars",
        "# kampanya.yaml\ndefaults",
        "# kampanya.yaml\napprovers",
        "# kampanya.yaml\ngoals",
        "# kampanya.yaml\nnaming",
        "# kampanya.yaml\ngoogle",
        *KINDS,
    }
