"""A folder as a Workspace: contents, positions, digest, secrets, and how fast."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from schemas import compose
from schemas.audience import WebsiteAudience
from schemas.campaign import Budget, PerPlatform
from schemas.errors import InvalidDeclaration
from schemas.source import load_workspace
from schemas.types import Money
from schemas.workspace import Workspace

PROJECT = Path(__file__).parents[2]
LEZZET = PROJECT / "brands/lezzet"
Load = Callable[..., Workspace]


def test_the_example_brand_is_the_campaign_of_the_readme() -> None:
    workspace = load_workspace(LEZZET)
    (campaign,) = workspace.campaigns
    assert (campaign.campaign, campaign.platforms[0]) == ("yil-sonu", "meta")
    assert [(a.ad_set, [ad.ad for ad in a.ads]) for a in campaign.ad_sets] == [
        ("eve-siparis", ["kadikoy", "besiktas"]),
        ("restorana-menu", ["menu"]),
        ("restorana-muzik", ["muzik"]),
    ]
    budgets = [a.budget.for_platform("meta") for a in campaign.ad_sets if a.budget]
    assert budgets == [("daily", Money.parse(text)) for text in ("600 TRY", "150 TRY", "150 TRY")]
    assert isinstance(workspace.audiences["sepette-birakanlar"], WebsiteAudience)
    assert workspace.experiments["menu-mu-muzik-mi"].weeks == 2
    assert workspace.warnings == ()
    assert {(a.width, a.height) for a in workspace.assets.values()} == {(1080, 1080), (1200, 628)}
    assert all(a.size <= 60_000 for a in workspace.assets.values())


def test_both_environments_of_the_example_brand_are_valid() -> None:
    assert not load_workspace(LEZZET).live
    assert load_workspace(LEZZET, "production").live


def test_the_campaign_for_both_platforms_is_valid() -> None:
    workspace = load_workspace(Path(__file__).parent / "fixtures/two-platforms")
    eve_siparis = workspace.campaigns[0].ad_sets[0]
    assert eve_siparis.budget is not None
    assert eve_siparis.budget.for_platform("google") == ("daily", Money.parse("400 TRY"))
    assert eve_siparis.google is not None
    assert eve_siparis.google.keywords is not None
    assert eve_siparis.google.keywords.exact == ("lezzet sipariş",)


def test_a_budget_answers_for_each_platform() -> None:
    money = Money.parse("5 TRY")
    assert Budget(lifetime=money).for_platform("meta") == ("lifetime", money)
    assert Budget(daily=PerPlatform(meta=money)).for_platform("google") is None


@pytest.mark.parametrize(
    ("path", "line", "column"),
    [
        ((), 1, 1),
        (("flight", "end"), 4, 34),
        (("ad_sets", 1), 8, 5),
        (("ad_sets", 1, "ad_set"), 8, 14),
        (("ad_sets", 1, "nothing", "here"), 8, 5),
        (("ad_sets", 1, "audience"), 5, 1),  # inherited: the campaign's own line
    ],
)
def test_where_is_the_authors_line_or_the_nearest_parents(
    path: tuple[str | int, ...], line: int, column: int
) -> None:
    where = load_workspace(Path(__file__).parent / "fixtures/base").where("campaign", "yil-sonu", *path)
    assert where is not None
    assert (where.file.name, where.line, where.column) == ("yil-sonu.yaml", line, column)


def test_where_leads_into_a_template_for_what_a_template_says() -> None:
    workspace = load_workspace(Path(__file__).parent / "fixtures/base")
    where = workspace.where("campaign", "yil-sonu", "ad_sets", 0, "ads", 0, "creative", "url")
    assert where is not None
    assert (where.file.name, where.line, where.text.strip()[:8]) == ("kampanya.yaml", 14, "creative")
    assert workspace.where("campaign", "nobody") is None


def test_every_ad_set_and_ad_has_a_place() -> None:
    workspace = load_workspace(LEZZET)
    for campaign in workspace.campaigns:
        for i, ad_set in enumerate(campaign.ad_sets):
            for j in range(len(ad_set.ads)):
                where = workspace.where("campaign", campaign.campaign, "ad_sets", i, "ads", j)
                assert where is not None
                assert where.text


def test_the_digest_knows_effects_and_nothing_else(load: Load, root: Path) -> None:
    before = load().digest()
    text = (root / "kampanya.yaml").read_text(encoding="utf-8")
    assert load(brand="# a remark\n" + text).digest() == before
    assert load(brand=text.replace("  dongu2:", "  unused: {status: paused}\n  dongu2:")).digest() == before
    assert load(brand=text.replace("2000 TRY", "2001 TRY")).digest() != before
    production = (
        "  production:\n    accounts: {meta: {account: act_1, currency: TRY, time_zone: Europe/Istanbul}}\n"
        "    credentials: {meta: {token: env:A}}\n"
    )
    assert load(brand=text + production).digest() == before
    live = load("production").digest()
    assert (
        load("production", brand=text + production.replace("env:A", "file:/run/token")).digest()
        == live
        != before
    )


def test_the_digest_changes_with_an_image_under_the_same_name(load: Load, root: Path) -> None:
    text = """\
campaign: resimli
objective: sales
platforms: [meta]
flight: {start: 2026-12-01}
audience: {locations: [TR]}
budget: {daily: 10 TRY}
ad_sets:
  - {ad_set: a, ads: [{ad: b, creative: {headlines: [M], image: assets/kucuk.png, url: https://lezzet.example/}}]}
"""
    first = load(campaign=text)
    assert [warning.summary for warning in first.warnings][-1:] != []
    assert any("300x200" in warning.detail for warning in first.warnings)
    (root / "assets/kucuk.png").write_bytes((root / "assets/kutu.png").read_bytes())
    assert load().digest() != first.digest()


def test_a_bom_and_windows_line_ends_are_read(root: Path, load: Load) -> None:
    path = root / "campaigns/yil-sonu.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    workspace = load()
    where = workspace.where("campaign", "yil-sonu", "objective")
    assert where is not None
    assert (where.line, where.text) == (2, "objective: sales")


def test_yaml_1_2_has_no_norwegian_problem_and_no_octal(load: Load, root: Path) -> None:
    text = (root / "kampanya.yaml").read_text(encoding="utf-8")
    workspace = load(brand=text.replace("name: Lezzet", "name: no").replace("semt: Moda", "semt: 0123"))
    assert workspace.brand.name == "no"
    assert workspace.brand.vars["semt"] == "0123"


def test_a_folder_without_kampanya_yaml_says_how_to_begin(tmp_path: Path) -> None:
    with pytest.raises(InvalidDeclaration, match="kampanya init"):
        load_workspace(tmp_path)


def test_an_unknown_environment_names_the_nearest(root: Path) -> None:
    with pytest.raises(InvalidDeclaration, match="did you mean `sandbox`"):
        load_workspace(root, "sandbx")


def test_a_live_environment_needs_somebody_who_may_say_yes(root: Path, load: Load) -> None:
    text = (root / "kampanya.yaml").read_text(encoding="utf-8").replace("approvers: [Ayşe Yılmaz]\n", "")
    live = (
        "  production:\n    accounts: {meta: {account: act_1, currency: TRY, time_zone: Europe/Istanbul}}\n"
        "    credentials: {meta: {token: env:A}}\n"
    )
    load(brand=text + live)
    with pytest.raises(InvalidDeclaration, match="no approvers"):
        load("production")


def test_problems_of_all_files_come_at_once_in_file_and_line_order(root: Path, load: Load) -> None:
    (root / "audiences/musteriler.yaml").write_text("audience: musteriler\ntype: web\n", encoding="utf-8")
    text = (root / "campaigns/yil-sonu.yaml").read_text(encoding="utf-8")
    (root / "campaigns/yil-sonu.yaml").write_text(text.replace("sales", "salez") + "x: 1\n", encoding="utf-8")
    with pytest.raises(InvalidDeclaration) as caught:
        load(experiment="experiment: a\n")
    places = [(p.where.file.parent.name, p.where.line) for p in caught.value.problems if p.where]
    assert places == sorted(places)
    assert {folder for folder, _ in places} == {"audiences", "campaigns", "experiments"}
    assert len([place for place in places if place[0] == "campaigns"]) == 2


def test_loading_imports_nothing_heavy() -> None:
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from schemas.source import load_workspace\n"
        f"load_workspace(Path({str(LEZZET)!r}))\n"
        "print(sorted({'prefect', 'google', 'facebook_business', 'duckdb', 'numpy'} & sys.modules.keys()))\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == "[]"


def test_what_people_write_is_read_the_quick_way(
    root: Path, load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compose, "events", lambda *_: pytest.fail("the slow parser"))
    text = (root / "campaigns/yil-sonu.yaml").read_text(encoding="utf-8")
    (root / "campaigns/yil-sonu.yaml").unlink()
    (root / "experiments/yeni.yaml").unlink(missing_ok=True)
    load(
        campaign=text + "meta: {special_ad_categories: []}\nname: Ne yesek?\n",
        brand=(
            (root / "kampanya.yaml").read_text(encoding="utf-8") + "  production:\n"
            "    accounts: {meta: {account: act_1, currency: TRY, time_zone: Europe/Istanbul}}\n"
            "    endpoints: {meta: https://graph.example:443/v1}\n"
            "    credentials: {meta: {token: env:A, app_secret: file:b?c}}\n"
        ),
    )


def test_a_long_line_does_not_cost_its_square(root: Path, load: Load) -> None:
    for word in ("token", "a-", "token: ", "TOKEN0"):
        with pytest.raises(InvalidDeclaration):
            load(campaign="campaign: " + word * (900_000 // len(word)))


def test_an_environment_may_be_called_like_a_key(root: Path, load: Load) -> None:
    text = (root / "kampanya.yaml").read_text(encoding="utf-8")
    with pytest.raises(InvalidDeclaration, match="an environment needs `accounts`"):
        load(brand=text + "  accounts: {clok: 2026-11-30}\n")
