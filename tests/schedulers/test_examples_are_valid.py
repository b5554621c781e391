"""Every example is valid for its scheduler, and sets only variables that its blueprint has."""

import importlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore.session
import kubernetes_validate
import pytest
import yaml
from botocore.validate import ParamValidator
from hera.workflows.models import Workflow

from tests.schedulers.examples import ROOT, both, load, source


def known(blueprint: str) -> set[str]:
    """Return the names that a blueprint reads, with the ``_FILE`` form of secrets."""
    module = importlib.import_module("blueprints." + blueprint.replace("/", "."))
    variables = module.main.declaration.variables()
    return {v.name for v in variables} | {f"{v.name}_FILE" for v in variables if v.secret}


def kubernetes_pod(name: str) -> dict[str, Any]:
    spec: dict[str, Any] = load(name)["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    return spec


def kubernetes_containers(name: str) -> list[dict[str, Any]]:
    pod = kubernetes_pod(name)
    return [*pod.get("initContainers", []), *pod["containers"]]


def settings() -> Iterator[tuple[str, str, set[str]]]:
    """Yield file, blueprint and the variables that the file sets, for every example that is data."""
    for name in both("kubernetes.yaml"):
        for container in kubernetes_containers(name):
            yield name, container["args"][0], {one["name"] for one in container["env"]}
    for name in both("argo.yaml"):
        for template in load(name)["spec"]["templates"]:
            if "env" in template.get("container", {}):
                container = template["container"]
                yield name, container["args"][0], {one["name"] for one in container["env"]}
    for name in both("kestra.yaml"):
        for task in load(name)["tasks"]:
            for inner in task.get("tasks", []):
                yield name, re.findall(r"fivetran/\w+", inner["commands"][0])[0], set(inner["env"])
    for name in both("github_actions.yml"):
        workflow = load(name)["jobs"]["sync"]
        for step in workflow["steps"]:
            yield name, step["with"]["blueprint"], {*workflow["env"], *step["env"]} - {"SLIPWAY_RUN_ID"}
    for name in both("aws_batch.json"):
        batch = load(name)["containerProperties"]
        names = {one["name"] for one in [*batch["environment"], *batch["secrets"]]}
        yield name, batch["command"][0], names
    for service in yaml.safe_load((ROOT / "compose.yaml").read_text())["services"].values():
        if "environment" in service:
            yield "compose.yaml", service["command"][0], set(service["environment"])
    for name in both("shipyard.yaml"):
        for vessel in load(name)["vessels"].values():
            title = vessel["source"]["blueprint"].removeprefix("Slipway - ")
            yield name, title.lower().replace(" - ", "/").replace(" ", "_"), set(vessel["source"]["inputs"])


@pytest.mark.parametrize(("file", "blueprint", "names"), list(settings()))
def test_an_example_sets_only_variables_that_the_blueprint_reads(file: str, blueprint: str, names: set[str]) -> None:
    assert names <= known(blueprint)


@pytest.mark.parametrize("name", both("shipyard.yaml"))
def test_the_fleets_vessels_are_joined_and_their_guardrails_within_the_platforms_limits(name: str) -> None:
    fleet = load(name)
    assert set(fleet) == {"name", "vessels", "connections", "triggers", "notifications"}
    for before, after in fleet["connections"].items():
        assert {before, *after} <= set(fleet["vessels"])
        assert set(after.values()) <= {"SUCCESS", "ERRORED", "COMPLETED"}
    for vessel in fleet["vessels"].values():
        guardrails = vessel["guardrails"]
        assert 0 <= guardrails["retry_count"] <= 24
        assert minutes(guardrails["retry_wait"]) in range(0, 61, 5)
        assert minutes(guardrails["runtime_cutoff"]) in range(5, 241, 5)


def minutes(text: str) -> int:
    found = re.fullmatch(r"(\d+)h(\d+)m0s", text)
    assert found
    return int(found[1]) * 60 + int(found[2])


@pytest.mark.parametrize("version", ["1.31", kubernetes_validate.latest_version()])
@pytest.mark.parametrize("name", both("kubernetes.yaml"))
def test_kubernetes_takes_the_manifests(name: str, version: str) -> None:
    kinds = []
    for one in yaml.safe_load_all(source(name)):
        kubernetes_validate.validate(one, version, strict=True)
        kinds.append(one["kind"])
    assert kinds == ["CronJob"] if name.startswith("docs/") else ["Secret", "PersistentVolumeClaim", "CronJob"]


@pytest.mark.parametrize("name", both("kubernetes.yaml"))
def test_kubernetes_pods_meet_the_restricted_standard(name: str) -> None:
    pod = kubernetes_pod(name)
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    for container in kubernetes_containers(name):
        context = container["securityContext"]
        assert context["allowPrivilegeEscalation"] is False
        assert context["capabilities"] == {"drop": ["ALL"]}
        assert context["readOnlyRootFilesystem"] is True


@pytest.mark.parametrize("name", both("argo.yaml"))
def test_heras_models_take_the_argo_workflow(name: str) -> None:
    workflow = Workflow.model_validate(load(name))
    assert workflow.spec.entrypoint in {template.name for template in workflow.spec.templates or []}


def test_the_argo_workflows_tasks_have_their_templates() -> None:
    workflow = Workflow.model_validate(load("argo.yaml"))
    templates = {template.name: template for template in workflow.spec.templates or []}
    assert set(templates) == {"chain", "trigger", "check", "use"}
    dag = templates["chain"].dag
    assert dag
    assert {task.template for task in dag.tasks} <= set(templates)


@pytest.mark.parametrize("name", both("argo.yaml"))
def test_argo_passes_on_parameters_that_exist_and_files_that_are_written(name: str) -> None:
    text = source(name)
    outputs = {
        f"{template['name']}.{one['name']}"
        for template in load(name)["spec"]["templates"]
        for one in template.get("outputs", {}).get("parameters", [])
    }
    used = set(re.findall(r"tasks\.(\w+)\.outputs\.parameters\.([\w-]+)", text))
    assert {f"{step}.{name}" for step, name in used} <= outputs
    # For Argo a missing file is a failure of its own, and a run that failed early has fewer fields.
    assert text.count("valueFrom: {path: /data/outputs/") == text.count("default: ''") == len(outputs)


@pytest.mark.parametrize(
    ("schema", "file"),
    [
        ("vendor.github-workflows", "github_actions.yml"),
        ("vendor.github-workflows", "docs/github_actions.yml"),
        ("custom.github-workflows-require-timeout", "github_actions.yml"),
        ("custom.github-workflows-require-timeout", "docs/github_actions.yml"),
        ("vendor.github-actions", "action.yml"),
        ("vendor.github-actions", "../action.yml"),
        ("vendor.compose-spec", "../compose.yaml"),
    ],
)
def test_a_published_schema_takes_the_file(schema: str, file: str, tmp_path: Path) -> None:
    (tmp_path / "file.yaml").write_text(source(file))
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(tmp_path / "file.yaml")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env={**os.environ, "NO_COLOR": "1"})
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", both("aws_batch.json"))
def test_aws_takes_the_job_definition(name: str) -> None:
    service = botocore.session.get_session().get_service_model("batch")
    shape = service.operation_model("RegisterJobDefinition").input_shape
    report = ParamValidator().validate(load(name), shape)
    assert not report.has_errors(), report.generate_report()


@pytest.mark.parametrize("name", both("github_actions.yml"))
def test_the_workflow_gives_the_action_inputs_that_it_has_and_reads_outputs_that_it_has(name: str) -> None:
    action, workflow = load("../action.yml"), load(name)
    for step in workflow["jobs"]["sync"]["steps"]:
        assert set(step["with"]) <= set(action["inputs"])
    text = source(name)
    assert set(re.findall(r"steps\.\w+\.outputs\.(\w+)", text)) <= set(action["outputs"])


def test_no_expression_stands_in_a_shells_text() -> None:
    """Values that a user or another service controls reach a shell by the environment only."""
    scripts = [step["run"] for name in ("action.yml", "../action.yml") for step in load(name)["runs"]["steps"]]
    for job in load("github_actions.yml")["jobs"].values():
        scripts += [step["run"] for step in job["steps"] if "run" in step]
    assert not [script for script in scripts if "${{" in script]
