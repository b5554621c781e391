"""The retry rule of every example agrees with the exit-code table: it retries if that may help, and never otherwise."""

import ast
import fnmatch
import re
from types import SimpleNamespace
from typing import Any

import pytest

from shared.exit_codes import ExitCode
from tests.schedulers.examples import PASTES, SCHEDULERS, both, load, source

TRY_AGAIN = {int(code) for code in ExitCode if code.retry}
FINAL = {int(code) for code in ExitCode if not code.retry and code != ExitCode.DONE}


def ranges(values: list[Any]) -> set[int]:
    """Return the exit codes in Shipyard's form: numbers, or texts such as ``201-205``."""
    found: set[int] = set()
    for value in values:
        first, _, last = str(value).partition("-")
        found |= set(range(int(first), int(last or first) + 1))
    return found


def sets(text: str) -> list[set[int]]:
    return [ast.literal_eval(node) for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Set)]


IN_PYTHON = [path.name for path in sorted(SCHEDULERS.glob("*.py")) if path.name != "notify.py"]
BY_RUN = [name for name in IN_PYTHON if name != "airflow_kubernetes_dag.py"]


def test_the_example_that_starts_pods_has_the_tables_codes() -> None:
    assert sets((SCHEDULERS / "airflow_kubernetes_dag.py").read_text()) == [TRY_AGAIN]


@pytest.mark.parametrize("name", [*BY_RUN, *(f"docs/{name}" for name in PASTES if name.endswith(".py"))])
def test_every_other_in_python_leaves_the_codes_to_slipways_run(name: str) -> None:
    text = source(name)
    calls = [ast.unparse(node) for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
    assert [call for call in calls if call.startswith("slipway.run(") and "check=True" in call]
    assert "slipway.Failed" in text or "slipway.TryAgain" in text
    assert not re.search(r"subprocess|returncode|\b(129|130|143|2[0-3]\d|249|255)\b", text)


@pytest.mark.parametrize("name", ["cron_chain.sh", "action.sh"])
def test_a_shells_case_is_the_table(name: str) -> None:
    (pattern,) = re.findall(r"^\s*([\d |]+)\) \[", (SCHEDULERS / name).read_text(), re.MULTILINE)
    assert {int(code) for code in pattern.split("|")} == TRY_AGAIN


@pytest.mark.parametrize("vessel", ["Trigger", "Check"])
@pytest.mark.parametrize("name", both("shipyard.yaml"))
def test_shipyards_guardrails_exclude_every_final_code_and_no_other(name: str, vessel: str) -> None:
    guardrails = load(name)["vessels"][vessel]["guardrails"]
    assert ranges(guardrails["exclude_exit_code_ranges"]) == FINAL


@pytest.mark.parametrize("name", both("kubernetes.yaml"))
def test_kubernetes_ends_the_job_at_a_final_code_and_ignores_disruptions_first(name: str) -> None:
    disruption, final = load(name)["spec"]["jobTemplate"]["spec"]["podFailurePolicy"]["rules"]
    assert disruption["action"] == "Ignore"
    assert disruption["onPodConditions"] == [{"type": "DisruptionTarget", "status": "True"}]
    assert final["action"] == "FailJob"
    assert final["onExitCodes"] == {"operator": "In", "values": sorted(FINAL)}  # Kubernetes wants them in order


@pytest.mark.parametrize(
    ("name", "step"), [("argo.yaml", "trigger"), ("argo.yaml", "check"), ("docs/argo.yaml", "sync")]
)
@pytest.mark.parametrize("code", [int(code) for code in ExitCode if code])
def test_argos_expression_holds_where_the_table_says_so(name: str, step: str, code: int) -> None:
    (template,) = [one for one in load(name)["spec"]["templates"] if one["name"] == step]
    expression = template["retryStrategy"]["expression"]
    # The expression in our own example means the same in expr-lang and in Python.
    last = SimpleNamespace(exitCode=str(code), status="Failed")
    assert eval(expression, {"asInt": int, "lastRetry": last}) is (code in TRY_AGAIN)  # noqa: S307
    lost = SimpleNamespace(exitCode="-1", status="Error")
    assert eval(expression, {"asInt": int, "lastRetry": lost}) is True  # noqa: S307


@pytest.mark.parametrize("name", both("aws_batch.json"))
@pytest.mark.parametrize("code", [int(code) for code in ExitCode if code])
def test_aws_batch_exits_at_a_final_code_and_retries_every_other(name: str, code: int) -> None:
    rules = load(name)["retryStrategy"]["evaluateOnExit"]
    assert len(rules) <= 5
    assert all(re.fullmatch(r"\d+\*?", rule["onExitCode"]) for rule in rules)
    matching = [rule["action"] for rule in rules if fnmatch.fnmatch(str(code), rule["onExitCode"])]
    action = matching[0] if matching else "RETRY"  # the default of AWS Batch
    assert action == ("RETRY" if code in TRY_AGAIN else "EXIT")


@pytest.mark.parametrize("name", both("kestra.yaml"))
def test_kestra_leaves_it_to_the_result(name: str) -> None:
    """Each loop decides by the result of the step in it, and the task after it fails unless that step exited with 0."""
    tasks = load(name)["tasks"]
    for loop, otherwise in zip(tasks[::2], tasks[1::2], strict=True):
        (step,) = loop["tasks"]
        assert loop["condition"] == f"{{{{ outputs.{step['id']}.vars.retry == false }}}}"
        assert otherwise["condition"] == f"{{{{ outputs.{step['id']}.vars.exit_code != 0 }}}}"
        assert otherwise["then"][0]["type"].endswith(".Fail")


def test_no_example_turns_a_failure_into_a_skip() -> None:
    sources = [*PASTES.values(), *(path.read_text() for path in SCHEDULERS.glob("*.py"))]
    assert not [source for source in sources if re.search(r"skip_on_exit_code\s*=", source)]
