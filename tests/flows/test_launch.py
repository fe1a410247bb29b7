"""The launch on a real Prefect server: suspended with its question, bound to its plan, safe to begin anew."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.contract.brand import write
from tests.flows.running import QUICK

HOME = Path(__file__).parents[2]
pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("launch")


@pytest.fixture(scope="module")
def told(folder: Path) -> dict[str, Any]:
    root, home = write(folder / "lezzet"), folder / "prefect"
    done = subprocess.run(
        [sys.executable, "-m", "tests.flows.launching", str(root), str(home)],
        cwd=HOME,
        env={**os.environ, **QUICK},
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return said


def test_the_run_is_suspended_and_a_no_ends_it_with_nothing_sent(told: dict[str, Any]) -> None:
    assert told["rejected"] == {
        "waits": "Suspended",
        "ended": "Completed",
        "sent": 0,
        "reasons": ["bu hafta değil"],
    }


def test_a_question_that_nobody_answers_lapses_with_nothing_sent_and_takes_no_late_yes(
    told: dict[str, Any],
) -> None:
    assert told["too_late"]["ended"] == "The flow was paused and never resumed."
    assert "Cannot resume" in told["too_late"]["refused"]
    assert told["too_late"]["sent"] == 0


def test_a_yes_to_a_plan_that_is_no_longer_true_is_refused_with_nothing_sent(told: dict[str, Any]) -> None:
    assert (told["stale"]["ended"], told["stale"]["sent"]) == ("Failed", 0)
    assert "declaration changed after the plan was made" in told["stale"]["why"]


def test_an_answer_that_proves_nothing_leaves_the_question_standing_and_says_why(
    told: dict[str, Any],
) -> None:
    heads = told["asked_again"]["heads"]
    assert all(each.startswith("Suspended: ") for each in heads)
    first, *again = heads
    assert "To be answered until" in first
    for said, why in zip(again, ("used before", "code is wrong", "not among", "without"), strict=True):
        assert "The last answer was not accepted" in said
        assert why in said
    assert (told["asked_again"]["ended"], told["asked_again"]["sent"]) == ("Completed", 0)


def test_the_form_itself_refuses_what_is_no_answer(told: dict[str, Any]) -> None:
    required, short, pattern = told["asked_again"]["malformed"]
    assert "required" in required
    assert "too short" in short
    assert "does not match" in pattern


def test_answers_and_their_codes_are_taken_out_of_prefects_database(told: dict[str, Any]) -> None:
    assert any("To be answered until" in each for each in told["inputs"])
    answers = [each for each in told["inputs"] if json.loads(each) and '"decision":"' in each]
    assert answers == []
    kept = " ".join(told["inputs"])
    assert [code for code in told["asked_again"]["codes"] if f'"{code}"' in kept] == []


def test_a_run_that_dies_after_the_yes_goes_on_without_asking_again(told: dict[str, Any]) -> None:
    said = told["crashed"]
    assert (said["died"], said["before"]) == ("Failed", 0)
    assert (said["ended"], said["objects"]) == ("Completed", 15)


def test_two_launches_of_the_same_change_make_it_once(told: dict[str, Any]) -> None:
    assert told["twice"] == {"ends": ["Completed", "Completed"], "first": 1, "second": 0}


def test_a_saved_plan_is_launched_by_its_path_and_its_digest_only(told: dict[str, Any]) -> None:
    said = told["made_before"]
    assert "The file holds another plan" in said["refused"]
    assert (said["waits"], said["ended"]) == ("Suspended", "Completed")


def test_while_suspended_no_process_of_the_flow_exists_and_its_slot_is_free(told: dict[str, Any]) -> None:
    assert told["worker"]["children"] == []
    assert told["worker"]["ended"] == "Completed"


def test_the_plan_the_progress_and_the_outcome_are_artifacts(told: dict[str, Any]) -> None:
    assert told["worker"]["artifacts"] == {
        "plan-lezzet": "markdown",
        "apply-progress-lezzet": "progress",
        "apply-lezzet": "table",
    }


def test_a_run_is_found_by_brand_platform_and_environment(told: dict[str, Any]) -> None:
    assert told["worker"]["tags"] == ["brand:lezzet", "environment:sandbox", "platform:meta"]


def test_what_prefect_keeps_of_a_failure_is_json(told: dict[str, Any], folder: Path) -> None:
    """Prefect pickles exceptions unless told otherwise, and whoever can write there could run code later."""
    assert told["stale"]["ended"] == "Failed"
    for path in (folder / "prefect" / "storage").glob("*"):
        json.loads(path.read_text(encoding="utf-8"))


def test_plans_and_their_pages_are_their_owners(told: dict[str, Any], folder: Path) -> None:
    assert told["worker"]["ended"] == "Completed"
    kept = list((folder / "lezzet/.kampanya/sandbox/plans").iterdir())
    assert {path.suffix for path in kept} == {".json", ".html"}
    assert {path.stat().st_mode & 0o777 for path in kept} == {0o600}
