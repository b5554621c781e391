"""The Kestra example is valid for Kestra, although no Kestra server has run it.

A flow, its tasks and its trigger are parsed by the models of Kestra's own Python client, which come from its OpenAPI
document (2.0) and leave out the parts of plugins. Those parts are checked against the schemas below. They have what the
examples use of Kestra's sources: ``LoopUntil``, ``If``, ``Fail``, ``Schedule`` and ``Docker.java`` in the repository
kestra-io/kestra, ``shell/Commands.java`` in kestra-io/plugin-scripts. SchemaStore's kestra-0.19.0.json says the same
about the Docker runner, and about LoopUntil under its old name, WaitFor.
"""

import copy
import re
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import jsonschema
import pytest

from tests.schedulers.examples import both, load

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # one of the client's thousand models has a field named "validate"
    from kestrapy.models.abstract_trigger import AbstractTrigger
    from kestrapy.models.flow import Flow
    from kestrapy.models.task import Task

Json = dict[str, Any]
OF_A_SERVER = {"disabled": False, "draft": False, "deleted": False}
"""Fields that a server adds to a flow, so that the model requires them."""


def fields(*required: str, **properties: Json) -> Json:
    known = {"type": "object", "required": list(required), "additionalProperties": False}
    return {**known, "properties": properties}


TEXT, TRUTH, TASKS = {"type": "string"}, {"type": "boolean"}, {"type": "array", "minItems": 1}
DURATION = {"type": "string", "pattern": r"^PT(?=\d)(\d+H)?(\d+M)?(\d+S)?$"}
FREQUENCY = fields(interval=DURATION, maxDuration=DURATION, maxIterations={"type": "integer", "minimum": 1})
DOCKER = fields(
    "type",
    type={"const": "io.kestra.plugin.scripts.runner.docker.Docker"},
    pullPolicy={"enum": ["IF_NOT_PRESENT", "ALWAYS", "NEVER"]},
)
PLUGINS = {
    "io.kestra.plugin.core.flow.LoopUntil": fields(
        "condition", "tasks", condition=TEXT, tasks=TASKS, checkFrequency=FREQUENCY, failOnMaxReached=TRUTH
    ),
    "io.kestra.plugin.core.flow.If": fields("condition", "then", condition=TEXT, then=TASKS, **{"else": TASKS}),
    "io.kestra.plugin.core.execution.Fail": fields(condition=TEXT, errorMessage=TEXT),
    "io.kestra.plugin.scripts.shell.Commands": fields(
        "commands",
        commands={"type": "array", "minItems": 1, "items": TEXT},
        containerImage=TEXT,
        env={"type": "object", "additionalProperties": TEXT},
        taskRunner=DOCKER,
    ),
    "io.kestra.plugin.core.trigger.Schedule": fields(
        "cron", cron={"type": "string", "pattern": r"^(\S+ ){4}\S+$"}, timezone=TEXT
    ),
}


def tasks_of(tasks: list[Json]) -> Iterator[Json]:
    """Yield all tasks, each followed by those inside it."""
    for task in tasks:
        yield task
        for name in ("tasks", "then", "else"):
            yield from tasks_of(task.get(name, []))


def check(flow: Json) -> None:
    """Raise if the models or the plugins' schemas do not accept the flow."""
    model = Flow.from_dict({**OF_A_SERVER, **flow})
    assert model
    # Kestra refuses a flow with any other key, such as pluginDefaults at this level since 2.0.
    assert model.additional_properties == {}
    taken = [Task.from_dict(task) for task in tasks_of(flow["tasks"])]
    for one in [*taken, *(AbstractTrigger.from_dict(trigger) for trigger in flow["triggers"])]:
        assert one
        jsonschema.validate(one.additional_properties, PLUGINS[one.type])


@pytest.mark.parametrize("name", both("kestra.yaml"))
def test_kestras_models_and_its_plugins_take_the_flow(name: str) -> None:
    check(load(name))


WRONG: dict[str, Callable[[Json], Any]] = {
    "no id": lambda flow: flow.pop("id"),
    "no id of a task in a task": lambda flow: flow["tasks"][0]["tasks"][0].pop("id"),
    "an invalid id": lambda flow: flow["tasks"][0].update(id="-loop"),
    "an invalid type": lambda flow: flow["tasks"][0].update(type="io kestra"),
    "a field of another type": lambda flow: flow.update(variables=["slipway"]),
    "an unknown type of input": lambda flow: flow["inputs"][0].update(type="TEXT"),
    "no tasks": lambda flow: flow.update(tasks=[]),
    "no cron": lambda flow: flow["triggers"][0].pop("cron"),
    "no condition": lambda flow: flow["tasks"][0].pop("condition"),
    "an unknown pull policy": lambda flow: flow["tasks"][0]["tasks"][0]["taskRunner"].update(pullPolicy="Never"),
    "an unknown property": lambda flow: flow["tasks"][0]["tasks"][0].update(image="slipway"),
    "plugin defaults": lambda flow: flow.update(pluginDefaults=[{"type": "io.kestra", "values": {}}]),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_flow_with_a_mistake_is_refused(what: str) -> None:
    flow = copy.deepcopy(load("kestra.yaml"))
    WRONG[what](flow)
    with pytest.raises((ValueError, AssertionError, jsonschema.ValidationError)):
        check(flow)


@pytest.mark.parametrize("name", both("kestra.yaml"))
def test_ids_are_what_kestra_allows_and_no_two_are_the_same(name: str) -> None:
    ids = [task["id"] for task in tasks_of(load(name)["tasks"])]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[a-zA-Z0-9][a-zA-Z0-9_-]*", one) for one in ids)


@pytest.mark.parametrize("name", both("kestra.yaml"))
def test_expressions_ask_for_what_there_is(name: str) -> None:
    """An output that some results lack needs a default: to read an absent one is an error, and nulls may be dropped."""
    flow = load(name)
    steps = {task["id"] for task in tasks_of(flow["tasks"]) if task["type"].endswith(".Commands")}
    always = {"retry", "exit_code", "message"}
    asked = [found for text in texts(flow) for found in re.findall(r"(\w+)\.(\w+)(?:\.vars\.(\w+)( \?\? '')?)?", text)]
    assert {root for root, *_ in asked} <= {"outputs", "inputs", "vars", "execution"}
    for root, one, field, default in asked:
        known = {"outputs": steps, "execution": {"id"}, "vars": set(flow.get("variables", {}))}
        assert one in known.get(root, {given["id"] for given in flow.get("inputs", [])})
        assert root != "outputs" or field in always or default, f"{one}.{field}"


def texts(value: Any) -> Iterator[str]:
    """Yield all expressions in a flow."""
    if isinstance(value, str):
        yield from re.findall(r"\{\{(.*?)\}\}", value)
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from texts(one)
