"""The parameters of a connector type as rows, for each form of its metadata."""

from typing import Any

import pytest

from shared.fivetran.parameters import parameters

HOST = {"type": "string", "description": "The host"}
SECRET = {"type": "string", "format": "password", "title": "Secret"}


def test_leaves_are_named_by_their_path() -> None:
    tunnel = {"type": "object", "properties": {"port": {"type": "integer"}}, "required": ["port"]}
    hosts = {"type": "array", "items": {"type": "object", "properties": {"name": {"enum": ["a", "b"]}}}}
    config = {"properties": {"host": HOST, "tunnel": tunnel, "hosts": hosts}, "required": ["host"]}
    auth = {"properties": {"secret": SECRET}}
    assert parameters({"config": config, "auth": auth}) == [
        ("config.host", "string", True, False, "The host"),
        ("config.tunnel.port", "integer", True, False, ""),
        ("config.hosts.name", "a | b", False, False, ""),
        ("auth.secret", "string", False, True, "Secret"),
    ]


def test_parameters_by_name_are_read_alike() -> None:
    found = parameters({"config": {"host": {**HOST, "required": True}, "secret": SECRET}})
    assert [row[:3] for row in found] == [("config.host", "string", True), ("config.secret", "string", False)]


@pytest.mark.parametrize("config", [None, {}, [], "x", {"properties": None}, {"type": "object"}, {"properties": []}])
def test_what_has_no_parameters_has_no_rows(config: Any) -> None:
    assert parameters({"config": config}) == []


def test_what_is_nested_without_end_ends() -> None:
    deep: dict[str, Any] = {"type": "string"}
    for _ in range(200):
        deep = {"properties": {"a": deep}}
    assert len(parameters({"config": deep})) == 1
