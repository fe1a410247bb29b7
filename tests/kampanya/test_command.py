"""The command line as a person and a script meet it: exit codes, words, and what it never does."""

from __future__ import annotations

import csv
import io
import os
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from tests.contract.brand import write
from tests.kampanya.conftest import WRONG, Story
from tests.kampanya.workspace import HOME, Said, Workspace

pytestmark = pytest.mark.server


def writes(requests: list[str]) -> list[str]:
    return [line for line in requests if not line.startswith("GET ")]


def problem(said: Said) -> None:
    """An error for a person: no traceback, exit 1, nothing on standard output."""
    assert said.code == 1
    assert "Traceback" not in said.all
    assert said.err.strip()


# -- the main job


def test_a_first_plan_has_changes_and_touches_nothing(story: Story) -> None:
    assert story.said["first plan"].code == 2
    assert "Plan: 15 to create, 0 to change, 0 to archive." in story.said["first plan"].out
    assert writes(story.seen["requests unapproved"]) == []


def test_an_unapproved_plan_is_not_applied(story: Story) -> None:
    problem(story.said["apply unapproved"])
    assert "not approved" in story.said["apply unapproved"].err


def test_an_approved_plan_is_applied_and_the_second_plan_is_empty(story: Story) -> None:
    assert [story.said[step].code for step in ("approve", "apply", "second plan")] == [0, 0, 0]
    assert "No changes" in story.said["second plan"].out


def test_a_yes_says_what_it_was_to(story: Story) -> None:
    words = story.said["approve"].out
    for told in ("lezzet in sandbox", "15 to create", "0.00 → 900.00 TRY", "ceiling 2,000.00 TRY", "UTC"):
        assert told in words


def test_an_apply_counts_as_its_plan_does(story: Story) -> None:
    assert "15 to create, 0 to change, 0 to archive" in story.said["first plan"].out
    assert "15 created, 0 changed, 0 archived" in story.said["apply"].out


def test_one_budget_a_tenth_higher_is_exactly_that_change(story: Story) -> None:
    said = story.said["a tenth"]
    (change,) = said.json()["changes"]
    assert said.code == 2
    assert change["change"] == "update"
    assert (change["before"], change["after"]) == ({"daily_budget": 60000}, {"daily_budget": 66000})
    assert change["resource"]["address"] == "meta:ad_set/yil-sonu/eve-siparis"
    assert {hazard["kind"] for hazard in change["hazards"]} == {"spend"}


def test_an_older_saved_plan_is_refused_and_sends_nothing(story: Story) -> None:
    problem(story.said["older plan"])
    assert "declaration changed" in story.said["older plan"].err
    assert writes(story.seen["older plan's requests"]) == []


def test_a_plan_above_the_ceiling_is_written_and_can_be_neither_approved_nor_applied(story: Story) -> None:
    assert story.said["above the ceiling"].code == 3
    assert "daily ceiling" in story.said["above the ceiling"].out
    assert Path(story.plan_file("above")).exists()
    problem(story.said["approve above"])
    problem(story.said["apply above"])


# -- wrong files


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_said_at_its_line_and_nothing_is_asked_of_a_platform(
    story: Story, name: str
) -> None:
    file, _, _, place, words = WRONG[name]
    problem(story.said[name])
    assert f"{story.site.root / file}:{place}" in story.said[name].err
    assert words in story.said[name].err
    assert "^" in story.said[name].err
    assert story.seen[f"{name}: requests"] == []


# -- the numbers


def test_the_numbers_equal_the_ledger_per_day_and_ad_to_the_minor_unit(story: Story) -> None:
    names = "date_day::varchar, ad_id, spend, impressions::bigint, clicks::bigint, conversions::double"
    rows = story.site.mart(f"select {names} from ad_reporting__ad_report where date_day < '2026-12-03'")
    loaded = {(row[0], row[1]): row[2:] for row in rows}
    truth = {key: row for key, row in story.seen["ledger"].items() if key[0] < "2026-12-03"}
    assert len(truth) >= 8
    assert loaded.keys() == truth.keys()
    for key, (spend, impressions, clicks, _) in loaded.items():
        row = truth[key]
        assert spend == Decimal(row["spend_micros"]) / 1_000_000
        assert (impressions, clicks) == (row["impressions"], row["clicks"])
        assert row["spend_micros"] % 10_000 == 0


def test_every_row_carries_the_keys_of_the_declaration(story: Story) -> None:
    names = "platform, campaign_key, ad_set_key, ad_key, currency"
    rows = story.site.mart(f"select distinct {names} from ad_reporting__ad_report order by all")
    assert rows == [
        ("meta", "yil-sonu", "eve-siparis", "besiktas", "TRY"),
        ("meta", "yil-sonu", "eve-siparis", "kadikoy", "TRY"),
        ("meta", "yil-sonu", "restorana-menu", "menu", "TRY"),
        ("meta", "yil-sonu", "restorana-muzik", "muzik", "TRY"),
    ]


def test_the_same_load_twice_changes_nothing(story: Story) -> None:
    assert (story.said["load"].code, story.said["load again"].code) == (0, 0)
    assert story.seen["first load"] == story.seen["second load"]
    assert story.said["load again"].out.count(" 0 new, 0 restated, 0 vanished") == 3


def test_the_mart_is_read_only(story: Story) -> None:
    assert story.said["query"].out.split() == ["n", str(len(story.seen["second load"]))]
    problem(story.said["query that writes"])


# -- stop


def test_pause_all_stops_delivery_at_the_next_day(story: Story) -> None:
    """Conversions may still come in for clicks of the days before; money may not go out."""
    assert story.said["pause"].code == 0
    before, after = (
        {key: (row["spend_micros"], row["impressions"]) for key, row in story.seen[step].items()}
        for step in ("spent before", "spent after")
    )
    assert sum(spend for spend, _ in before.values()) > 0
    assert after == before


def test_a_paused_brand_plans_nothing_and_says_who_paused_it(story: Story) -> None:
    assert story.said["plan while paused"].code == 0
    assert "kampanya pause" in story.said["plan while paused"].out


def test_a_resume_is_a_plan_that_awaits_its_yes_and_lets_go_of_what_was_paused(story: Story) -> None:
    said = story.said["resume"]
    assert said.code == 2
    assert "~ meta campaign yil-sonu" in said.out
    assert "status: PAUSED → ACTIVE" in said.out
    assert "kampanya approve" in said.err
    assert story.said["apply resume"].code == 0
    assert story.said["resume again"].code == 0
    assert story.said["resume again"].json()["changes"] == []


def test_approve_apply_and_pause_as_json_have_a_version(story: Story) -> None:
    yes, done, stopped = (
        story.said[step].json() for step in ("approve resume", "apply resume", "pause as json")
    )
    assert yes.keys() == {
        "version", "digest", "brand", "environment", "by", "expires_at", "changes", "daily_before",
        "daily_after",
    }  # fmt: skip
    assert (yes["version"], yes["by"]) == (1, "Ayşe Yılmaz")
    assert yes["changes"] == {"create": 0, "change": 1, "archive": 0}
    assert (yes["daily_before"], yes["daily_after"]) == ({}, {"TRY": "900"})
    assert done == {
        "version": 1, "digest": yes["digest"], "complete": True, "created": 0, "changed": 1, "archived": 0,
        "let_go": 1, "failed": [], "waiting": [], "blocked": [],
    }  # fmt: skip
    assert stopped == {"version": 1, "paused": ["meta:campaign/yil-sonu"], "failed": [], "unsure": []}


def test_the_way_back_says_where_to_and_an_unknown_plan_is_an_error(story: Story) -> None:
    assert story.said["way back"].code == 0
    assert "The way back to what plan" in story.said["way back"].out
    assert "Money spent since stays spent" in story.said["way back"].out
    problem(story.said["way back to nowhere"])
    assert "No applied plan is known by this" in story.said["way back to nowhere"].err


def test_what_is_declared_is_not_destroyed(story: Story) -> None:
    problem(story.said["destroy what is declared"])
    assert "still declared" in story.said["destroy what is declared"].err
    assert f"{story.site.root}/campaigns/yil-sonu.yaml:1:1" in story.said["destroy what is declared"].err


def test_a_destruction_is_a_saved_plan_of_archives_that_nobody_has_approved(story: Story) -> None:
    said = story.said["destroy"]
    found = said.json()
    assert said.code == 2
    assert found.keys() == {"version", "key", "paused", "failed", "unsure", "left", "plan", "file"}
    assert (found["version"], found["key"], found["failed"]) == (1, "yil-sonu", [])
    assert found["paused"] == ["meta:campaign/yil-sonu"]
    assert {each["change"] for each in found["plan"]["changes"]} == {"archive"}
    assert {each["address"].partition("/")[0] for each in found["left"]} == {"meta:creative", "meta:image"}
    assert Path(found["file"]).stat().st_mode & 0o777 == 0o600
    assert "- meta ad_set yil-sonu/eve-siparis" in story.said["destroy in words"].out
    problem(story.said["destroy unapproved"])


def test_pausing_an_unknown_key_is_an_error(story: Story) -> None:
    problem(story.said["unknown key"])


# -- outage


@pytest.mark.parametrize("step", ["plan before up", "plan while down", "load while down"])
def test_a_sandbox_that_is_down_is_named_with_its_mend(story: Story, step: str) -> None:
    problem(story.said[step])
    assert "sandbox is not running" in story.said[step].err
    assert "kampanya sandbox up" in story.said[step].err


def test_an_outage_leaves_journal_and_warehouse_as_they_were(story: Story) -> None:
    before, after = story.seen["before the outage"], story.seen["after the outage"]
    assert after[0] == before[0]
    assert after[1] == before[1]
    assert {name for name, content in after[2].items() if content != before[2][name]} == set()


# -- shapes


def test_a_plan_as_json_has_a_version_a_digest_and_money(story: Story) -> None:
    document = story.said["empty plan as json"].json()
    assert document["version"] == 1
    assert len(document["digest"]) == 64
    assert document["changes"] == document["refusals"] == document["notes"] == []
    assert document["money"]["daily_after"] == {"TRY": "900"}
    assert document["accounts"] == {"meta": "act_1000000000000001"}


def test_drift_as_json_has_a_version_and_is_empty_after_an_apply(story: Story) -> None:
    assert story.said["no drift"].json() == {"version": 1, "drift": []}
    assert story.said["no drift"].code == 0


def test_the_log_tells_who_approved_applied_and_paused(story: Story) -> None:
    words = story.said["log"].out
    assert "Ayşe Yılmaz" in words
    assert "pause" in words
    assert "[" not in words, "said in words, not in Python's"
    rows = list(csv.reader(io.StringIO(story.said["log as csv"].out)))
    assert len(rows) > 10
    assert {len(row) for row in rows} == {len(rows[0])}


# -- secrets and files


def test_the_token_is_in_no_output_and_in_no_file_but_the_sandboxs_own(story: Story) -> None:
    token = story.seen["token"]
    assert len(token) > 10
    assert [said for said in story.site.said if token in said.all] == []
    holders = {
        str(path.relative_to(story.site.state))
        for path in (*story.site.root.rglob("*"), *story.site.root.parent.glob("*.json"))
        if path.is_file() and token.encode() in path.read_bytes()
    }
    assert holders == {"sandbox/endpoints.json"}


def test_state_is_the_owners_alone(story: Story) -> None:
    paths = [path for path in (story.site.root / ".kampanya").rglob("*") if not path.is_symlink()]
    open_files = [str(path) for path in paths if path.is_file() and path.stat().st_mode & 0o077]
    assert open_files == []
    assert Path(story.plan_file("first")).stat().st_mode & 0o777 == 0o600


def test_the_state_folder_itself_is_the_owners_alone(story: Story) -> None:
    for folder in (story.site.state, story.site.state / "landing", story.site.state / "sandbox"):
        assert folder.stat().st_mode & 0o077 == 0


# -- without a sandbox


USAGE = [
    ["plam"],
    ["plan", "--outptu", "x"],
    ["apply"],
    ["apply", "--auto-approve", "x.json"],
    ["pause"],
    ["resume"],
    ["resume", "--all", "yil-sonu"],
    ["approve", "nowhere.json", "--by", "x"],
    ["plan", "-C", "/nowhere"],
    ["load", "--since", "yesterday"],
]


@pytest.mark.parametrize("arguments", USAGE, ids=" ".join)
def test_a_usage_error_is_exit_1_like_any_other(tmp_path: Path, arguments: list[str]) -> None:
    problem(Workspace(tmp_path).run(*arguments, with_root=False))


NO_PLANS = ["", "[]", "{}", '{"version": 1}', "not json", '{"version": 2}']


@pytest.mark.parametrize("content", NO_PLANS)
def test_a_file_that_is_no_plan_is_refused_in_words(story: Story, tmp_path: Path, content: str) -> None:
    file = tmp_path / "plan.json"
    file.write_text(content, encoding="utf-8")
    problem(story.site.run("apply", str(file)))


def test_an_unknown_environment_is_an_error(story: Story) -> None:
    said = story.site.run("plan", "-e", "prodction")
    problem(said)
    assert "prodction" in said.err


def test_a_relative_workspace_is_the_callers_own(tmp_path: Path) -> None:
    """The sandbox runs in another folder than the one it was called in."""
    write(tmp_path / "lezzet")
    command = [sys.executable, "-m", "kampanya", "sandbox", "up", "-C", "lezzet", "--clock", "yesterday"]
    environment = {**os.environ, "PYTHONPATH": str(HOME)}
    subprocess.run(command, cwd=tmp_path, env=environment, check=False, capture_output=True)
    stray = HOME / "lezzet"
    found = stray.exists()
    shutil.rmtree(stray, ignore_errors=True)
    assert not found
