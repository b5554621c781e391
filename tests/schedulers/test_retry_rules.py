"""Every example's retry rule is the exit-code table's: again where that may help, never where it will not."""

import ast
import fnmatch
import json
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from shared.exit_codes import ExitCode

SCHEDULERS = Path(__file__).resolve().parents[2] / "schedulers"
TRY_AGAIN = {int(code) for code in ExitCode if code.retry}
FINAL = {int(code) for code in ExitCode if not code.retry and code != ExitCode.DONE}


def load(name: str) -> Any:
    return yaml.safe_load((SCHEDULERS / name).read_text())


def ranges(values: list[Any]) -> set[int]:
    """Shipyard's exit codes: numbers, or texts as in ``201-205``."""
    found: set[int] = set()
    for value in values:
        first, _, last = str(value).partition("-")
        found |= set(range(int(first), int(last or first) + 1))
    return found


@pytest.mark.parametrize("name", [path.name for path in sorted(SCHEDULERS.glob("*.py"))])
def test_a_python_examples_set_is_the_table(name: str) -> None:
    tree = ast.parse((SCHEDULERS / name).read_text())
    sets = {
        target.id: ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name) and target.id == "TRY_AGAIN"
    }
    assert sets == {"TRY_AGAIN": TRY_AGAIN}


@pytest.mark.parametrize("name", ["cron_chain.sh", "action.yml"])
def test_a_shells_case_is_the_table(name: str) -> None:
    (pattern,) = re.findall(r"^\s*([\d |]+)\) \[", (SCHEDULERS / name).read_text(), re.MULTILINE)
    assert {int(code) for code in pattern.split("|")} == TRY_AGAIN


@pytest.mark.parametrize("vessel", ["Trigger", "Check"])
def test_shipyards_guardrails_exclude_every_final_code_and_no_other(vessel: str) -> None:
    guardrails = load("shipyard.yaml")["vessels"][vessel]["guardrails"]
    assert ranges(guardrails["exclude_exit_code_ranges"]) == FINAL


def test_kubernetes_ends_the_job_at_a_final_code_and_ignores_disruptions_first() -> None:
    (cronjob,) = [
        one for one in yaml.safe_load_all((SCHEDULERS / "kubernetes.yaml").read_text()) if one["kind"] == "CronJob"
    ]
    disruption, final = cronjob["spec"]["jobTemplate"]["spec"]["podFailurePolicy"]["rules"]
    assert disruption["action"] == "Ignore"
    assert disruption["onPodConditions"] == [{"type": "DisruptionTarget", "status": "True"}]
    assert final["action"] == "FailJob"
    assert final["onExitCodes"] == {"operator": "In", "values": sorted(FINAL)}  # the API wants them in order


@pytest.mark.parametrize("step", ["trigger", "check"])
@pytest.mark.parametrize("code", [int(code) for code in ExitCode if code])
def test_argos_expression_holds_where_the_table_says_so(step: str, code: int) -> None:
    (template,) = [one for one in load("argo.yaml")["spec"]["templates"] if one["name"] == step]
    expression = template["retryStrategy"]["expression"]
    # The expression is one of those that mean the same in expr-lang and in Python.
    last = SimpleNamespace(exitCode=str(code), status="Failed")
    assert eval(expression, {"asInt": int, "lastRetry": last}) is (code in TRY_AGAIN)
    lost = SimpleNamespace(exitCode="-1", status="Error")
    assert eval(expression, {"asInt": int, "lastRetry": lost}) is True


@pytest.mark.parametrize("code", [int(code) for code in ExitCode if code])
def test_aws_batch_exits_at_a_final_code_and_retries_every_other(code: int) -> None:
    rules = json.loads((SCHEDULERS / "aws_batch.json").read_text())["retryStrategy"]["evaluateOnExit"]
    assert len(rules) <= 5
    assert all(re.fullmatch(r"\d+\*?", rule["onExitCode"]) for rule in rules)
    matching = [rule["action"] for rule in rules if fnmatch.fnmatch(str(code), rule["onExitCode"])]
    action = matching[0] if matching else "RETRY"  # Batch's own rule
    assert action == ("RETRY" if code in TRY_AGAIN else "EXIT")


def test_kestra_leaves_it_to_the_result() -> None:
    tasks = {task["id"]: task for task in load("kestra.yaml")["tasks"]}
    assert tasks["until_triggered"]["condition"] == "{{ outputs.trigger.vars.retry == false }}"
    assert tasks["until_ended"]["condition"] == "{{ outputs.check.vars.retry == false }}"
    assert tasks["not_triggered"]["then"][0]["type"].endswith(".Fail")
    assert tasks["not_synced"]["then"][0]["type"].endswith(".Fail")


def test_no_example_turns_a_failure_into_a_skip() -> None:
    sources = [path.read_text() for path in SCHEDULERS.glob("*.py")]
    assert not [source for source in sources if re.search(r"skip_on_exit_code\s*=", source)]
