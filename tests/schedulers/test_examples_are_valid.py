"""Every example is what its scheduler accepts, and sets only variables that its blueprint knows."""

import importlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore.session
import jsonschema
import kubernetes_validate
import pytest
import yaml
from botocore.validate import ParamValidator
from hera.workflows.models import Workflow

ROOT = Path(__file__).resolve().parents[2]
SCHEDULERS = ROOT / "schedulers"


def load(name: str) -> Any:
    return yaml.safe_load((SCHEDULERS / name).read_text())


def known(blueprint: str) -> set[str]:
    """The names that a blueprint reads, each secret's file form included."""
    module = importlib.import_module("blueprints." + blueprint.replace("/", "."))
    variables = module.main.declaration.variables()
    return {v.name for v in variables} | {f"{v.name}_FILE" for v in variables if v.secret}


def kubernetes_pod() -> dict[str, Any]:
    *_, cronjob = yaml.safe_load_all((SCHEDULERS / "kubernetes.yaml").read_text())
    spec: dict[str, Any] = cronjob["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    return spec


def settings() -> Iterator[tuple[str, str, set[str]]]:
    """File, blueprint and the variables that the file sets for it, for every example that is data."""
    for container in [*kubernetes_pod()["initContainers"], *kubernetes_pod()["containers"]]:
        yield "kubernetes.yaml", container["args"][0], {one["name"] for one in container["env"]}
    for template in load("argo.yaml")["spec"]["templates"]:
        if "env" in template.get("container", {}):
            container = template["container"]
            yield "argo.yaml", container["args"][0], {one["name"] for one in container["env"]}
    for task in load("kestra.yaml")["tasks"]:
        for inner in task.get("tasks", []):
            yield "kestra.yaml", inner["commands"][0].split()[3], set(inner["env"])
    workflow = load("github_actions.yml")["jobs"]["sync"]
    for step in workflow["steps"]:
        yield "github_actions.yml", step["with"]["blueprint"], {*workflow["env"], *step["env"]} - {"SLIPWAY_RUN_ID"}
    batch = json.loads((SCHEDULERS / "aws_batch.json").read_text())["containerProperties"]
    names = {one["name"] for one in [*batch["environment"], *batch["secrets"]]}
    yield "aws_batch.json", batch["command"][0], names
    for service in yaml.safe_load((ROOT / "compose.yaml").read_text())["services"].values():
        if "environment" in service:
            yield "compose.yaml", service["command"][0], set(service["environment"])
    for vessel in load("shipyard.yaml")["vessels"].values():
        name = vessel["source"]["blueprint"].removeprefix("Slipway - ")
        blueprint = name.lower().replace(" - ", "/").replace(" ", "_")
        yield "shipyard.yaml", blueprint, set(vessel["source"]["inputs"])


@pytest.mark.parametrize(("file", "blueprint", "names"), list(settings()))
def test_an_example_sets_only_variables_that_the_blueprint_reads(file: str, blueprint: str, names: set[str]) -> None:
    assert names <= known(blueprint)


def test_the_fleets_vessels_are_joined_and_their_guardrails_within_the_platforms_limits() -> None:
    fleet = load("shipyard.yaml")
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
def test_kubernetes_takes_the_manifests(version: str) -> None:
    kinds = []
    for one in yaml.safe_load_all((SCHEDULERS / "kubernetes.yaml").read_text()):
        kubernetes_validate.validate(one, version, strict=True)
        kinds.append(one["kind"])
    assert kinds == ["Secret", "PersistentVolumeClaim", "CronJob"]


def test_kubernetes_pods_meet_the_restricted_standard() -> None:
    pod = kubernetes_pod()
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    for container in [*pod["initContainers"], *pod["containers"]]:
        context = container["securityContext"]
        assert context["allowPrivilegeEscalation"] is False
        assert context["capabilities"] == {"drop": ["ALL"]}
        assert context["readOnlyRootFilesystem"] is True


def test_heras_models_take_the_argo_workflow() -> None:
    workflow = Workflow.model_validate(load("argo.yaml"))
    templates = {template.name: template for template in workflow.spec.templates or []}
    assert set(templates) == {"chain", "trigger", "check", "use"}
    dag = templates["chain"].dag
    assert dag
    assert {task.template for task in dag.tasks} <= set(templates)


def test_argo_passes_on_parameters_that_exist_and_files_that_are_written() -> None:
    text = (SCHEDULERS / "argo.yaml").read_text()
    outputs = {
        f"{template['name']}.{one['name']}"
        for template in load("argo.yaml")["spec"]["templates"]
        for one in template.get("outputs", {}).get("parameters", [])
    }
    used = set(re.findall(r"tasks\.(\w+)\.outputs\.parameters\.([\w-]+)", text))
    assert {f"{step}.{name}" for step, name in used} <= outputs
    # Argo takes a missing file for a failure of its own, and a run that failed early has fewer fields.
    assert text.count("valueFrom: {path: /data/outputs/") == text.count("default: ''") == len(outputs)


KESTRA_TASKS = {
    "io.kestra.plugin.core.flow.LoopUntil": {"condition", "checkFrequency", "failOnMaxReached", "tasks"},
    "io.kestra.plugin.core.flow.If": {"condition", "then", "else"},
    "io.kestra.plugin.core.execution.Fail": {"condition", "errorMessage"},
    "io.kestra.plugin.scripts.shell.Commands": {"commands", "env", "containerImage", "taskRunner"},
}
"""The tasks' properties, from Kestra's plugin documentation: it publishes no schema outside a running server."""
DURATION = {"type": "string", "pattern": r"^PT(\d+H)?(\d+M)?(\d+S)?$"}
KESTRA_FLOW = {
    "type": "object",
    "required": ["id", "namespace", "tasks"],
    "additionalProperties": False,
    "properties": {
        "id": {"type": "string", "pattern": "^[a-zA-Z0-9][a-zA-Z0-9_-]*$"},
        "namespace": {"type": "string", "pattern": "^[a-z0-9][a-z0-9._-]*$"},
        "description": {"type": "string"},
        "inputs": {"type": "array", "items": {"type": "object", "required": ["id", "type"]}},
        "variables": {"type": "object"},
        "pluginDefaults": {"type": "array", "items": {"type": "object", "required": ["type", "values"]}},
        "triggers": {"type": "array", "items": {"type": "object", "required": ["id", "type"]}},
        "outputs": {"type": "array", "items": {"type": "object", "required": ["id", "type", "value"]}},
        "tasks": {"$ref": "#/$defs/tasks"},
    },
    "$defs": {
        "tasks": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/task"}},
        "task": {
            "type": "object",
            "required": ["id", "type"],
            "oneOf": [
                {
                    "properties": {
                        "id": {"type": "string", "pattern": "^[a-zA-Z0-9][a-zA-Z0-9_-]*$"},
                        "type": {"const": kind},
                        "tasks": {"$ref": "#/$defs/tasks"},
                        "then": {"$ref": "#/$defs/tasks"},
                        "env": {"type": "object", "additionalProperties": {"type": "string"}},
                        "commands": {"type": "array", "items": {"type": "string"}},
                        "failOnMaxReached": {"type": "boolean"},
                        "checkFrequency": {
                            "type": "object",
                            "additionalProperties": False,
                            "properties": {
                                "interval": DURATION,
                                "maxDuration": DURATION,
                                "maxIterations": {"type": "integer"},
                            },
                        },
                    },
                    "propertyNames": {"enum": ["id", "type", *sorted(names)]},
                }
                for kind, names in KESTRA_TASKS.items()
            ],
        },
    },
}


def test_kestras_flow_has_the_form_that_its_documentation_gives() -> None:
    jsonschema.validate(load("kestra.yaml"), KESTRA_FLOW)


@pytest.mark.parametrize(
    ("schema", "file"),
    [
        ("vendor.github-workflows", "schedulers/github_actions.yml"),
        ("vendor.github-actions", "schedulers/action.yml"),
        ("vendor.compose-spec", "compose.yaml"),
    ],
)
def test_a_published_schema_takes_the_file(schema: str, file: str) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, file]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env={**os.environ, "NO_COLOR": "1"})
    assert done.returncode == 0, done.stdout


def test_aws_takes_the_job_definition() -> None:
    service = botocore.session.get_session().get_service_model("batch")
    shape = service.operation_model("RegisterJobDefinition").input_shape
    report = ParamValidator().validate(json.loads((SCHEDULERS / "aws_batch.json").read_text()), shape)
    assert not report.has_errors(), report.generate_report()


def test_the_workflow_gives_the_action_inputs_that_it_has_and_reads_outputs_that_it_has() -> None:
    action, workflow = load("action.yml"), load("github_actions.yml")
    for step in workflow["jobs"]["sync"]["steps"]:
        assert set(step["with"]) <= set(action["inputs"])
    text = (SCHEDULERS / "github_actions.yml").read_text()
    assert set(re.findall(r"steps\.\w+\.outputs\.(\w+)", text)) <= set(action["outputs"])


def test_no_expression_stands_in_a_shells_text() -> None:
    """What a user or an upstream service controls reaches a shell by the environment only."""
    scripts = [step["run"] for step in load("action.yml")["runs"]["steps"]]
    for job in load("github_actions.yml")["jobs"].values():
        scripts += [step["run"] for step in job["steps"] if "run" in step]
    assert not [script for script in scripts if "${{" in script]
