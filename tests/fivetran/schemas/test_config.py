"""The effect of a change on a schema configuration. Pure functions."""

import json
from typing import Any

import pytest

from shared.errors import InvalidInput
from shared.fivetran.schemas.changes import SchemaChangeSettings
from shared.fivetran.schemas.config import (
    Change,
    SchemaConfig,
    check_allowed,
    check_columns,
    check_tables,
    difference,
    ineffective,
    patch,
    unlisted,
)

FIXED = {"allowed": False, "reason_code": "SYSTEM_TABLE", "reason": "needed"}
ORDERS = ("sales", "orders")
DEEP = '{"schemas": {"s": {"tables": {"t": {"columns": {"c": %s}}}}}}'


def config(**live: Any) -> SchemaConfig:
    orders = {"enabled": True, "sync_mode": "SOFT_DELETE", "supports_history_mode": True, "columns": {}}
    customers = {
        "enabled": False,
        "supports_columns_config": False,
        "columns": {"email": {"enabled": True, "hashed": False}},
    }
    system = {"enabled": True, "enabled_patch_settings": FIXED, "supports_history_mode": False}
    sales = {"enabled": True, "tables": {"orders": orders, "customers": customers, "system": system}}
    hr = {"enabled": False, "tables": {"people": {"enabled": True, "columns": {}}}}
    data = {"schema_change_handling": "ALLOW_ALL", "schemas": {"sales": sales, "hr": hr}}
    return SchemaConfig(data, {ORDERS: {"total": {"enabled": False, "hashed": False}}} if live else None)


def test_a_configuration_without_schemas_is_an_empty_one() -> None:
    for data in ({}, {"schemas": None}, {"schemas": {"a": None}}):
        assert SchemaConfig(data).counts() == {"schemas": 0, "tables": 0, "tables_synced": 0}


def test_a_table_is_synced_where_its_schema_is_too() -> None:
    assert config().counts() == {"schemas": 2, "tables": 4, "tables_synced": 2}


def test_what_is_so_already_is_no_difference() -> None:
    changes = [
        Change(ORDERS, "enabled", True),
        Change(ORDERS, "sync_mode", "HISTORY"),
        Change(("hr",), "enabled", True),
    ]
    assert [str(one) for one in difference(config(), changes)] == [
        "sales.orders: sync_mode SOFT_DELETE -> HISTORY",
        "hr: enabled false -> true",
    ]


def test_the_patch_has_the_differences_and_enabled_as_it_was_read() -> None:
    seen = config(live=True)
    changes = [
        Change((*ORDERS, "total"), "hashed", True),
        Change(("sales", "customers", "email"), "hashed", True),
        Change(("hr", "people"), "enabled", False),
        Change((), "schema_change_handling", "BLOCK_ALL"),
    ]
    assert patch(seen, difference(seen, changes)) == {
        "schema_change_handling": "BLOCK_ALL",
        "schemas": {
            "sales": {
                "enabled": True,
                "tables": {
                    "orders": {"enabled": True, "columns": {"total": {"enabled": False, "hashed": True}}},
                    "customers": {"enabled": False, "columns": {"email": {"enabled": True, "hashed": True}}},
                },
            },
            "hr": {"enabled": False, "tables": {"people": {"enabled": False}}},
        },
    }


def test_nothing_that_was_not_read_is_sent() -> None:
    seen = SchemaConfig({"schemas": {"s": {"enabled": None, "tables": {"t": {"columns": {"c": {}}}}}}})
    found = difference(seen, [Change(("s", "t", "c"), "hashed", True)])
    assert patch(seen, found) == {"schemas": {"s": {"tables": {"t": {"columns": {"c": {"hashed": True}}}}}}}


def test_finding_one_table_looks_at_no_other() -> None:
    class Tables(dict[str, Any]):
        def items(self) -> Any:
            raise AssertionError("all of them were looked at")

    seen = SchemaConfig({"schemas": {"s": {"enabled": True, "tables": Tables(t={"enabled": True})}}})
    assert seen.synced(("s", "t"))


def test_unknown_names_are_all_named_with_the_nearest() -> None:
    with pytest.raises(InvalidInput) as error:
        check_tables(config(), [("sale",), ("sales", "ordes"), ("sales", "ordes", "x"), ORDERS])
    assert "'sale'; did you mean sales?" in error.value.message
    assert "'ordes'; did you mean orders?" in error.value.message


def test_a_column_that_the_configuration_does_not_list_must_be_looked_up() -> None:
    wanted = [(*ORDERS, "total"), (*ORDERS, "other"), ("sales", "customers", "email"), ORDERS]
    assert unlisted(config(), wanted) == [ORDERS]
    with pytest.raises(InvalidInput, match="there is no column 'other'; there are total"):
        check_columns(config(live=True), wanted)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (Change(("sales", "system"), "enabled", False), r"may not be changed \(needed, SYSTEM_TABLE\)"),
        (Change(("sales", "system"), "sync_mode", "HISTORY"), "does not support history mode"),
        (Change(("sales", "customers", "email"), "hashed", True), "columns of this table may not be changed"),
    ],
)
def test_what_the_configuration_refuses_is_said_before_anything_is_sent(change: Change, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        check_allowed(config(), difference(config(), [change]))


def test_what_stays_as_it_is_is_no_matter_for_a_refusal() -> None:
    unchanged = difference(config(), [Change(("sales", "system"), "enabled", True)])
    check_allowed(config(), unchanged)
    assert unchanged == []


def test_what_is_enabled_below_something_disabled_is_warned_of() -> None:
    people = Change(("hr", "people"), "enabled", True)
    assert ineffective(config(), [people]) == ["hr.people will not be synced: schema hr is disabled"]
    assert ineffective(config(), [people, Change(("hr",), "enabled", True)]) == []


def settings(**given: str) -> SchemaChangeSettings:
    return SchemaChangeSettings({f"FIVETRAN_{name}": text for name, text in given.items()})


def test_the_short_form_and_the_patch_say_the_same() -> None:
    orders = {"enabled": True, "columns": {"a": {"hashed": True}}}
    patched = settings(SCHEMA_PATCH=json.dumps({"schemas": {"sales": {"tables": {"orders": orders}}}}))
    assert patched.changes() == settings(ENABLE="sales.orders", HASH="sales.orders.a").changes()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "Nothing to change: set FIVETRAN_ENABLE, "),
        ({"ENABLE": "a.b", "DISABLE": "a.b"}, "contradict each other: enabled of a.b"),
        ({"HASH": "a.b.c", "UNHASH": "a.b.c"}, "contradict each other: hashed of a.b.c"),
        ({"HASH": "a.b"}, "FIVETRAN_HASH .* has 2 parts"),
        ({"ENABLE": "a.b.c.d"}, "FIVETRAN_ENABLE .* has 4 parts"),
        ({"SCHEMA_PATCH": '{"schemas": []}'}, "something other than an object at schemas"),
        ({"SCHEMA_PATCH": '{"schemas": {"a": 7}}'}, "something other than an object at a"),
        ({"SCHEMA_PATCH": '{"schemas": {"a": {"enabled": "yes"}}}'}, "neither true nor false"),
        ({"SCHEMA_PATCH": '{"schemas": {"a": {"enabld": true}}}'}, "a field 'enabld' at a"),
        ({"SCHEMA_PATCH": '{"schema_change_handling": "MAYBE"}'}, "use one of ALLOW_ALL"),
        ({"SCHEMA_PATCH": "{}"}, "Nothing to change"),
        ({"SCHEMA_PATCH": DEEP % '{"": {"": 1}}'}, "a field '' at s.t.c"),
        ({"SCHEMA_CHANGE_HANDLING": "maybe"}, "use one of allow_all"),
        ({"SYNC_MODE": "a.b=NEVER"}, "needs one of SOFT_DELETE"),
    ],
)
def test_bad_input_is_refused_by_name(given: dict[str, str], said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        settings(**given)


def test_one_bad_variable_is_not_also_called_nothing_to_change() -> None:
    with pytest.raises(InvalidInput) as error:
        settings(HASH="a.b")
    assert "Nothing to change" not in error.value.message
