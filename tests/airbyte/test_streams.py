"""AIRBYTE_STREAMS: a refresh, a reset or a clear of single streams, on the Configuration API."""

import json
from typing import Any

import pytest

from shared.airbyte.job import Connection, Stream
from shared.airbyte.streams import chosen
from shared.errors import InvalidInput
from shared.http.response import Answer
from tests.airbyte.conftest import FAILING, SHOP

ORDERS = {"streamName": "orders", "streamNamespace": "public"}
LONG = {"seconds": 600}


def sent(own: Any) -> list[tuple[str, Any]]:
    rows = own.emulator.requests()
    kinds = ("refresh", "reset", "clear", "stream", "sync")
    return [(row["path"].removeprefix("/api/v1"), row["body"]) for row in rows if row["path"].split("/")[-1] in kinds]


@pytest.mark.parametrize(
    ("kind", "path", "more"),
    [
        ("refresh", "/connections/refresh", {"refreshMode": "Merge"}),
        ("reset", "/connections/reset/stream", {}),
        ("clear", "/connections/clear/stream", {}),
    ],
)
@pytest.mark.parametrize("named", ["public.orders", "orders", " orders , public.orders"])
def test_only_the_named_streams_are_started_over(own: Any, kind: str, path: str, more: Any, named: str) -> None:
    done = own("execute_sync", SHOP, AIRBYTE_JOB_TYPE=kind, AIRBYTE_STREAMS=named)
    assert done.code == 0
    assert sent(own) == [(path, {"connectionId": SHOP, **more, "streams": [ORDERS]})]


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ("public.order", "syncs no stream 'public.order'; did you mean public.orders"),
        ("private.orders", "did you mean public.orders"),
        ("orders,nothing", "syncs no stream 'nothing'; did you mean public.customers or public.orders"),
        ("orders,,customers", "AIRBYTE_STREAMS has an empty name between its commas"),
    ],
)
def test_an_unknown_stream_is_answered_with_the_nearest_and_nothing_is_sent(own: Any, named: str, said: str) -> None:
    done = own("execute_sync", SHOP, AIRBYTE_JOB_TYPE="refresh", AIRBYTE_STREAMS=named)
    assert (done.code, sent(own)) == (206, [])
    assert said in done.result["message"]


def test_the_public_api_has_no_single_streams(public: Any) -> None:
    done = public("execute_sync", SHOP, AIRBYTE_JOB_TYPE="reset", AIRBYTE_STREAMS="orders")
    assert (done.code, public.paths()) == (206, [])
    assert "AIRBYTE_STREAMS is not in the public API" in done.result["message"]


def test_a_sync_of_single_streams_is_not_in_airbyte(airbyte: Any) -> None:
    done = airbyte("execute_sync", SHOP, AIRBYTE_STREAMS="orders")
    assert (done.code, airbyte.paths()) == (206, [])
    assert "goes with AIRBYTE_JOB_TYPE refresh, reset or clear" in done.result["message"]


@pytest.mark.parametrize("wanted", ["customers", "orders,customers", None])
def test_a_job_of_other_streams_is_not_joined(own: Any, wanted: str | None) -> None:
    reset = {"AIRBYTE_JOB_TYPE": "refresh", "AIRBYTE_WAIT": "FALSE"}
    own.outcomes(SHOP, LONG)
    assert own("execute_sync", SHOP, **reset, AIRBYTE_STREAMS="orders").result["status"] == "triggered"
    assert own("execute_sync", SHOP, **reset, AIRBYTE_STREAMS="public.orders").result["status"] == "joined"
    done = own("execute_sync", SHOP, **reset, AIRBYTE_STREAMS=wanted)
    assert (done.code, len(sent(own))) == (203, 1)
    assert "of other streams" in done.result["message"]


def test_a_job_of_all_streams_by_name_is_one_of_everything(own: Any) -> None:
    refresh = {"AIRBYTE_JOB_TYPE": "refresh", "AIRBYTE_WAIT": "FALSE"}
    own.outcomes(SHOP, LONG)
    own("execute_sync", SHOP, **refresh, AIRBYTE_STREAMS="orders,customers")
    assert own("execute_sync", SHOP, **refresh).result["status"] == "joined"


def test_a_retry_joins_only_what_is_of_the_same_streams(own: Any) -> None:
    run = {"AIRBYTE_JOB_TYPE": "refresh", "SLIPWAY_RUN_ID": "nightly"}
    codes = [own("execute_sync", SHOP, **run, AIRBYTE_STREAMS=one).code for one in ("orders", "orders", "customers")]
    assert (codes, len(sent(own))) == ([0, 0, 0], 2)
    sidecar = json.loads(own.file("variables", "nightly_sync.json").read_text())
    assert sidecar["streams"] == ["customers"]


def test_streams_without_a_namespace_are_sent_without_one(own: Any) -> None:
    own.set(FAILING, streams=["users", "odd.name"], outcomes=["succeeded"])
    done = own("execute_sync", FAILING, AIRBYTE_JOB_TYPE="reset", AIRBYTE_STREAMS="users")
    assert done.code == 0
    assert sent(own)[0][1]["streams"] == [{"streamName": "users"}]


def of(*entries: Any) -> Connection:
    data = {"syncCatalog": {"streams": list(entries)}}
    return Connection(SHOP, "Shop", "active", "", data, Answer(200, {}, b""))


def entry(name: str, namespace: str | None, **config: Any) -> Any:
    return {"stream": {"name": name, "namespace": namespace}, "config": config}


def test_a_name_in_several_namespaces_has_to_say_which() -> None:
    connection = of(entry("orders", "a"), entry("orders", "b"), entry("a.orders", None))
    with pytest.raises(InvalidInput, match=r"in several namespaces; say a\.orders or a\.orders"):
        chosen(connection, ["a.orders"])
    with pytest.raises(InvalidInput, match="in several namespaces"):
        chosen(connection, ["orders"])
    assert chosen(connection, ["b.orders"]) == (Stream("orders", "b"),)


def test_what_is_not_selected_or_malformed_is_no_stream() -> None:
    connection = of(entry("gone", "a", selected=False), entry("here", "a", selected=True), 7, {"stream": {}}, {})
    with pytest.raises(InvalidInput, match=r"did you mean a\.here"):
        chosen(connection, ["gone"])
    with pytest.raises(InvalidInput, match="shows no streams"):
        chosen(Connection(SHOP, "", "active", "", {}, Answer(200, {}, b"")), ["here"])
