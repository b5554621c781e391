"""create_connector compares config and auth with the service's parameters and sends nothing that cannot be right."""

import json
from typing import Any

import pytest

from shared.fivetran.parameter_check import COMPARED, MOST, Comparison, Part
from tests.conftest import Blueprint, Emulator, Finished, Process
from tests.fivetran.refusal import refused

PASSWORD = "password-of-the-source"
POSTGRES = {"schema_prefix": "new_shop", "host": "db.example.com", "port": 5432, "user": "fivetran"}
WHOLE = {**POSTGRES, "password": PASSWORD, "database": "shop"}
GIVEN = {"FIVETRAN_GROUP_ID": "Warehouse", "FIVETRAN_SERVICE": "postgres"}

TEXT = {"type": "string"}
SECRET = {"type": "string", "format": "password"}
SCHEMA = {
    "properties": {
        "host": TEXT,
        "port": {"type": "integer"},
        "ratio": {"type": "number"},
        "encrypted": {"type": "boolean"},
        "password": SECRET,
        "update_method": {"type": "object", "enum": ["WAL", "QUERY_BASED", None]},
        "days": {"type": "integer", "enum": [7, 30]},
        "accounts": {"type": "array", "items": TEXT},
        "reports": {"type": "array", "items": {"properties": {"table": TEXT}, "required": ["table"]}},
        "tunnel": {"type": "object", "properties": {"port": {"type": "integer"}}, "required": ["port"]},
        "tables": {"type": "array"},
        "kinds": {"type": "array", "enum": ["A", "B"]},
        "levels": {"type": "array", "items": {"type": "string", "enum": ["LOW", "HIGH"]}},
        "anything": {"type": "object"},
        "strange": {"type": ["string", "null"]},
        "stranger": "a text instead of a schema",
    },
    "required": ["host"],
}


def compared(config: Any, schema: Any = SCHEMA, whole: bool = True, source: str = "FIVETRAN_CONFIG") -> Comparison:
    found = Comparison("sample", whole)
    found.of_part(Part("config", source, config), schema)
    return found


@pytest.mark.parametrize(
    "config",
    [
        {"port": 5432, "ratio": 1, "encrypted": False, "password": "p"},
        {"ratio": 0.5, "port": None, "update_method": "WAL", "days": 30},
        {"accounts": [], "reports": [{"table": "t"}], "tunnel": {"port": 22}},
        {"accounts": ["1", "2"], "anything": {"a": 1}, "strange": 5, "stranger": []},
        {"tables": ["a", 5, {"b": []}], "kinds": ["A", "B"], "levels": ["HIGH", "LOW"]},
        {"anything": "word", "schema": "s", "table": "t", "schema_prefix": "p", "table_group_name": "g"},
    ],
)
def test_what_fits_is_passed_over_in_silence(config: dict[str, Any]) -> None:
    found = compared({"host": "h", **config})
    assert (found.problems, found.warnings) == ([], [])


@pytest.mark.parametrize(
    ("config", "problem"),
    [
        ({"port": "5432"}, "FIVETRAN_CONFIG has a text in port, which takes a whole number, without quotes"),
        ({"port": 5432.5}, "FIVETRAN_CONFIG has a number in port, which takes a whole number, without quotes"),
        ({"port": True}, "FIVETRAN_CONFIG has true or false in port, which takes a whole number, without quotes"),
        ({"ratio": False}, "FIVETRAN_CONFIG has true or false in ratio, which takes a number, without quotes"),
        ({"encrypted": "true"}, "FIVETRAN_CONFIG has a text in encrypted, which takes true or false, without quotes"),
        ({"encrypted": 1}, "FIVETRAN_CONFIG has a number in encrypted, which takes true or false, without quotes"),
        ({"password": 123456}, "FIVETRAN_CONFIG has a number in password, which takes a text, in quotes"),
        ({"accounts": "one"}, "FIVETRAN_CONFIG has a text in accounts, which takes a list"),
        ({"accounts": ["a", 7]}, "FIVETRAN_CONFIG has a number in accounts[1], which takes a text, in quotes"),
        ({"tables": "a"}, "FIVETRAN_CONFIG has a text in tables, which takes a list"),
        ({"kinds": 7}, "FIVETRAN_CONFIG has a number in kinds, which takes a list"),
        ({"levels": [7]}, "FIVETRAN_CONFIG has a number in levels[0], which takes LOW or HIGH"),
        ({"update_method": 7}, "FIVETRAN_CONFIG has a number in update_method, which takes WAL or QUERY_BASED"),
        ({"tunnel": []}, "FIVETRAN_CONFIG has a list in tunnel, which takes an object"),
        (
            {"tunnel": {"port": "22"}},
            "FIVETRAN_CONFIG has a text in tunnel.port, which takes a whole number, without quotes",
        ),
        ({"tunnel": {}}, "FIVETRAN_CONFIG lacks tunnel.port, which sample requires"),
        ({"reports": [{}]}, "FIVETRAN_CONFIG lacks reports[0].table, which sample requires"),
        ({"passwrd": "p"}, "FIVETRAN_CONFIG has passwrd, which sample does not know; did you mean password?"),
        ({"Port": 1}, "FIVETRAN_CONFIG has Port, which sample does not know; did you mean port?"),
        (
            {"updateMethod": "WAL"},
            "FIVETRAN_CONFIG has updateMethod, which sample does not know; did you mean update_method?",
        ),
        ({"shema": "s"}, "FIVETRAN_CONFIG has shema, which sample does not know; did you mean schema?"),
        ({"host": None}, "FIVETRAN_CONFIG lacks host, which sample requires"),
        ({"host": ...}, "FIVETRAN_CONFIG lacks host, which sample requires"),
        ({"host": ..., "hosst": "h"}, "FIVETRAN_CONFIG has hosst, which sample does not know; did you mean host?"),
    ],
)
def test_what_cannot_be_right_is_named_by_variable_and_field(config: dict[str, Any], problem: str) -> None:
    given = {name: value for name, value in {"host": "h", **config}.items() if value is not ...}
    found = compared(given)
    assert (found.problems, found.warnings) == ([problem], [])


@pytest.mark.parametrize(
    ("config", "warning"),
    [
        ({"frobnicate": 1}, "has frobnicate, which is none of sample's parameters that Fivetran lists"),
        ({"hosts": "h"}, "has hosts, which is none of sample's parameters"),  # host is given, so it is no misspelling
        ({"update_method": "NEW_ONE"}, "has a value in update_method that is none of those that Fivetran lists"),
        ({"days": 14}, "has a value in days that is none of those that Fivetran lists (7 or 30)"),
    ],
)
def test_what_may_be_newer_than_the_metadata_is_a_warning(config: dict[str, Any], warning: str) -> None:
    found = compared({"host": "h", **config})
    assert found.problems == []
    (said,) = found.warnings
    assert said.startswith(f"FIVETRAN_CONFIG {warning}")
    assert "NEW_ONE" not in said


def test_a_field_of_custom_fields_is_named_as_it_stands_there() -> None:
    assert compared({"port": "1"}, source="FIVETRAN_CUSTOM_FIELDS").problems == [
        "FIVETRAN_CUSTOM_FIELDS has a text in config.port, which takes a whole number, without quotes",
        "FIVETRAN_CUSTOM_FIELDS lacks config.host, which sample requires",
    ]
    assert compared(5, source="FIVETRAN_CUSTOM_FIELDS").problems == [
        "FIVETRAN_CUSTOM_FIELDS has a number in config, which takes an object"
    ]


def test_what_is_to_be_completed_later_may_lack_parameters_and_has_no_wrong_ones() -> None:
    assert compared({}, whole=False).problems == []
    assert len(compared({"port": "1", "tunnel": {}}, whole=False).problems) == 1


@pytest.mark.parametrize("schema", [None, {}, [], "x", {"properties": None}, {"type": "object"}])
def test_a_service_without_parameters_takes_anything(schema: Any) -> None:
    found = compared({"host": 5}, schema)
    assert (found.problems, found.warnings) == ([], [])


def test_what_is_nested_without_end_ends() -> None:
    deep: dict[str, Any] = {"type": "string"}
    value: Any = 5
    for _ in range(90):
        deep, value = {"properties": {"a": deep}}, {"a": value}
    assert compared(value, deep).problems == []


def test_not_every_name_of_a_large_file_is_compared() -> None:
    found = compared({"host": "h", **{f"unknown_{number}": 1 for number in range(COMPARED)}, "prot": 1})
    assert (found.problems, len(found.warnings)) == ([], COMPARED + 1)


def test_a_parameter_that_is_read_only_is_not_required() -> None:
    schema = {"properties": {"external_id": {"type": "string", "readonly": True}}, "required": ["external_id"]}
    assert compared({}, schema).problems == []


def create(blueprint: Blueprint | Process, config: Any = WHOLE, **more: str | None) -> Finished:
    return blueprint("fivetran/create_connector", **{**GIVEN, "FIVETRAN_CONFIG": json.dumps(config), **more})


def test_a_config_that_cannot_be_right_is_refused_before_anything_is_sent(process: Process, emulator: Emulator) -> None:
    wrong = {**POSTGRES, "port": "5432", "pasword": PASSWORD}
    done = create(process, wrong, FIVETRAN_AUTH='{"token": "token-of-the-source"}')
    refused(done, 206, "FIVETRAN_CONFIG has a text in port", "did you mean password?", "lacks database, which postgres")
    assert "FIVETRAN_CHECK_PARAMETERS=FALSE" in done.result["message"]
    assert PASSWORD not in done.stdout + done.stderr
    assert emulator.requests("POST") == []
    assert process.files() == set()


def test_no_more_than_a_screen_of_problems_is_shown(blueprint: Blueprint) -> None:
    done = create(blueprint, {**WHOLE, **{f"passwords{number}": "p" for number in range(30)}, "password": None})
    assert f"and {30 - MOST} more" in done.result["message"]


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 403, "json": {"code": "Forbidden"}},
        {"status": 404, "json": {"code": "NotFound", "message": "HTTP 404 Not Found"}},
        {"status": 404, "json": {"code": "NotFound", "message": "Connector type with id 'postgres' does not exist"}},
        {"status": 503, "html": "busy"},
        {"status": 429, "json": {"code": "TooManyRequests"}, "headers": {"Retry-After": "3000"}},
        {"reset": "before"},
        {"json": {"code": "Success", "data": None}},
        {"json": {"code": "Success", "data": {"config": [], "auth": "x"}}},
        {"html": "<h1>not JSON</h1>"},
    ],
)
def test_metadata_that_cannot_be_read_hinders_nothing(
    blueprint: Blueprint, emulator: Emulator, fault: dict[str, Any]
) -> None:
    emulator.answers("GET", "/v1/metadata/*", {**fault, "times": "always"})
    done = create(blueprint, {**WHOLE, "port": "5432"}, SLIPWAY_RETRY_TIMEOUT="60")
    assert done.code == 0, done.stderr
    assert "data" in fault.get("json", {}) or "are not compared with the service's parameters" in done.stderr
    assert sum(blueprint.slept) <= 10


@pytest.mark.parametrize("switches", [{"type_details": 403}, {"type_details": 404}, {"type_required": False}])
def test_accounts_whose_metadata_says_less_are_served_too(
    blueprint: Blueprint, emulator: Emulator, switches: dict[str, Any]
) -> None:
    emulator.switches(**switches)
    assert create(blueprint, {"schema_prefix": "new_shop", "host": "h"}).code == 218


def test_the_comparison_can_be_switched_off(blueprint: Blueprint, emulator: Emulator) -> None:
    done = create(blueprint, {"schema_prefix": "new_shop", "prot": "5432"}, FIVETRAN_CHECK_PARAMETERS="FALSE")
    assert done.code == 218
    assert "/v1/metadata/connector-types/postgres" not in {row["path"] for row in emulator.requests()}


@pytest.mark.parametrize(
    "more",
    [
        {"FIVETRAN_REDIRECT_URI": "https://app.example.com/back"},
        {"FIVETRAN_RUN_SETUP_TESTS": "FALSE"},
        {"FIVETRAN_CUSTOM_FIELDS": '{"run_setup_tests": false}'},
    ],
)
def test_what_somebody_completes_later_may_lack_parameters(blueprint: Blueprint, more: dict[str, str]) -> None:
    assert create(blueprint, {"schema_prefix": "new_shop"}, **more).code == 0
    assert create(blueprint, {"schema_prefix": "new_shop", "port": "5432"}, **more).code == 206


def test_a_connect_card_completes_what_is_tested_at_once_too(blueprint: Blueprint) -> None:
    given = {"FIVETRAN_REDIRECT_URI": "https://app.example.com/back", "FIVETRAN_RUN_SETUP_TESTS": "TRUE"}
    assert create(blueprint, {"schema_prefix": "new_shop"}, **given).code == 218


def test_what_a_secrets_manager_has_is_not_missing(blueprint: Blueprint) -> None:
    custom = {"external_secrets_manager_id": "vault", "external_secrets_keys_config": {"password": "at", "user": "u"}}
    config = {**WHOLE, "password": None, "user": None}
    done = create(blueprint, config, FIVETRAN_CUSTOM_FIELDS=json.dumps(custom), SLIPWAY_DRY_RUN="TRUE")
    assert (done.code, done.result["status"]) == (0, "dry_run")


def test_an_auth_that_comes_later_is_a_warning_and_one_that_is_given_is_compared(blueprint: Blueprint) -> None:
    crm = {"FIVETRAN_SERVICE": "hubspot", "SLIPWAY_DRY_RUN": "TRUE"}
    later = create(blueprint, {"schema": "crm"}, **crm)
    assert (later.code, "FIVETRAN_AUTH is not given, and hubspot requires refresh_token" in later.stderr) == (0, True)
    auth = {"client_access": {"client_id": 5, "client_secret": "secret-of-it"}, "refreshtoken": "token-of-it"}
    done = create(blueprint, {"schema": "crm"}, **crm, FIVETRAN_AUTH=json.dumps(auth))
    refused(done, 206, "FIVETRAN_AUTH has a number in client_access.client_id", "did you mean refresh_token?")
    custom = {"auth": {"refresh_token": 5}}
    done = create(blueprint, {"schema": "crm"}, **crm, FIVETRAN_CUSTOM_FIELDS=json.dumps(custom))
    refused(done, 206, "FIVETRAN_CUSTOM_FIELDS has a number in auth.refresh_token")
