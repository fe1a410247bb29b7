"""The flows on a real Prefect server: asked before anything is sent, answered by a person, told in the UI."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from schemas.source import load_workspace
from tests.contract.brand import write
from tests.flows.running import QUICK

HOME = Path(__file__).parents[2]


@dataclass(frozen=True)
class Told:
    """What the process said, the workspace and Prefect's folder it left behind, and the sandbox's token."""

    said: dict[str, Any]
    root: Path
    home: Path
    token: str


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    folder = tmp_path_factory.mktemp("flows")
    root, home = write(folder / "lezzet"), folder / "prefect"
    leave_out_customers(root)
    done = subprocess.run(
        [sys.executable, "-m", "tests.flows.story", str(root), str(home)],
        cwd=HOME,
        env={**os.environ, **QUICK},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    endpoints = json.loads((root / ".kampanya/sandbox/sandbox/endpoints.json").read_text(encoding="utf-8"))
    token = endpoints["graph"]["token"]
    assert token not in done.stdout + done.stderr
    return Told(json.loads(done.stdout.splitlines()[-1]), root, home, token)


CUSTOMERS = [f"musteri{n:02d}@example.com" for n in range(20)]
LIST = """\
audience: musteriler
type: customer_list
file: crm.csv
columns: {email: posta}
consent: granted
terms: accepted
"""


def leave_out_customers(root: Path) -> None:
    """An ad set of the brand leaves out a list of customers."""
    (root / "audiences").mkdir()
    (root / "audiences" / "musteriler.yaml").write_text(LIST, encoding="utf-8")
    (root / "crm.csv").write_text("\n".join(["posta", *CUSTOMERS]) + "\n", encoding="utf-8")
    file, goal = root / "campaigns" / "yil-sonu.yaml", "    optimize_for: purchases\n"
    text = file.read_text(encoding="utf-8")
    assert goal in text
    aimed = text.replace(goal, f"{goal}    audience: {{exclude: [musteriler]}}\n")
    file.write_text(aimed, encoding="utf-8")


@pytest.mark.server
def test_lists_are_uploaded_once_somebody_agreed_and_trouble_fails_the_run(told: Told) -> None:
    asked, *after = told.said["audiences"]
    assert "--by NAME" in asked
    assert after[:2] == ["done", "done"]
    assert "not uploaded" in after[2]


@pytest.mark.server
def test_no_customer_is_in_what_prefect_the_brand_s_state_or_the_stand_ins_keep(told: Told) -> None:
    kept = [told.home, told.root / ".kampanya"]
    files = [path for folder in kept for path in folder.rglob("*") if path.is_file()]
    assert any(b"audiences lezzet" in path.read_bytes() for path in files if path.suffix == ".db")
    people = [text for each in CUSTOMERS for text in (each, sha256(each.encode()).hexdigest())]
    for path in files:
        content = path.read_bytes()
        assert not [each for each in people if each.encode() in content], path
    assert not [each for each in people if each in json.dumps(told.said)]


@pytest.mark.server
def test_a_yes_brings_about_what_is_declared(told: Told) -> None:
    assert told.said["approved"] == "Completed"
    assert told.said["approved objects"] == 16


@pytest.mark.server
def test_with_nothing_to_do_nobody_is_asked(told: Told) -> None:
    assert (told.said["again"], told.said["asked"]) == ("Completed", 1)


@pytest.mark.server
def test_performance_brings_rows_home(told: Told) -> None:
    assert told.said["performance"] > 0


@pytest.mark.server
def test_a_plan_above_the_ceiling_fails_the_run_in_words(told: Told) -> None:
    assert "guard rails refuse" in told.said["above the ceiling"]
    assert "daily ceiling" in told.said["above the ceiling"]


@pytest.mark.server
def test_runs_are_named_and_tagged_by_brand_and_end_in_their_state(told: Told) -> None:
    names = {run["name"] for run in told.said["runs"]}
    assert names == {f"{flow} lezzet (sandbox)" for flow in ("launch", "performance", "audiences")}
    states = sorted(run["state"] for run in told.said["runs"] if run["name"].startswith("launch"))
    assert states == ["Completed", "Completed", "Failed"]


@pytest.mark.server
def test_the_token_is_nowhere_in_what_prefect_keeps(told: Told) -> None:
    files = [path for path in told.home.rglob("*") if path.is_file()]
    assert any(path.suffix == ".db" for path in files)
    assert [str(path) for path in files if told.token.encode() in path.read_bytes()] == []


@pytest.mark.server
def test_only_the_sandboxs_own_file_holds_the_token(told: Told) -> None:
    holders = [
        path.name
        for path in told.root.rglob("*")
        if path.is_file() and told.token.encode() in path.read_bytes()
    ]
    assert holders == ["endpoints.json"]


DEPLOYMENTS: list[dict[str, Any]] = YAML(typ="safe").load(HOME / "prefect.yaml")["deployments"]


PROBE = """
import inspect, json, sys
from importlib import import_module

named = {each: each.split(":") for each in sys.argv[1:]}
flows = {each: getattr(import_module(module), name) for each, (module, name) in named.items()}
print(json.dumps({each: [flow.name, *inspect.signature(flow.fn).parameters] for each, flow in flows.items()}))
"""


@pytest.fixture(scope="module")
def flows() -> dict[str, list[str]]:
    """Entrypoint → the flow's name and parameters.

    Asked in a process of its own, since importing a flow imports Prefect with this machine's settings.
    """
    entrypoints = [each["entrypoint"] for each in DEPLOYMENTS]
    done = subprocess.run(
        [sys.executable, "-c", PROBE, *entrypoints], cwd=HOME, capture_output=True, text=True, check=True
    )
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("deployment", DEPLOYMENTS, ids=lambda each: each["entrypoint"])
def test_a_deployment_names_a_flow_in_a_module_and_parameters_that_it_takes(
    deployment: dict[str, Any], flows: dict[str, list[str]]
) -> None:
    module, _, name = deployment["entrypoint"].partition(":")
    assert "/" not in module
    flow_name, *parameters = flows[deployment["entrypoint"]]
    assert flow_name == name
    assert deployment["parameters"].keys() <= set(parameters)


OF_A_WORKSPACE = [each for each in DEPLOYMENTS if "workspace" in each["parameters"]]


@pytest.mark.parametrize("deployment", OF_A_WORKSPACE, ids=lambda each: each["name"])
def test_a_deployment_runs_one_at_a_time_on_a_workspace_that_exists(deployment: dict[str, Any]) -> None:
    assert deployment["concurrency_limit"]["limit"] == 1
    assert (HOME / deployment["parameters"]["workspace"] / "kampanya.yaml").is_file()


@pytest.mark.parametrize("deployment", OF_A_WORKSPACE, ids=lambda each: each["name"])
def test_a_deployment_is_scheduled_in_the_time_zone_of_its_brand(deployment: dict[str, Any]) -> None:
    brand = load_workspace(HOME / deployment["parameters"]["workspace"]).brand
    assert {each["timezone"] for each in deployment["schedules"]} == {brand.time_zone}


@pytest.mark.parametrize("deployment", DEPLOYMENTS, ids=lambda each: each["name"])
def test_a_deployment_is_named_and_tagged_by_brand_and_what_it_does(deployment: dict[str, Any]) -> None:
    brand, _, what = deployment["name"].partition("-")
    assert deployment["entrypoint"].endswith(f":{what}")
    assert {f"brand:{brand}", "environment:sandbox"} <= set(deployment["tags"])
    assert any(tag.startswith("platform:") for tag in deployment["tags"])


def test_no_two_deployments_have_the_same_name() -> None:
    names = [each["name"] for each in DEPLOYMENTS]
    assert len(names) == len(set(names))


def test_every_flow_is_deployed() -> None:
    """All but the one that starts other deployments: whoever has many brands schedules that one."""
    flows = {path.stem for path in (HOME / "flows").glob("*.py")} - {"__init__", "portfolio"}
    assert {each["entrypoint"].split(":")[1] for each in DEPLOYMENTS} == flows
