"""The emulator as a process: its command line, sockets and end."""

from __future__ import annotations

import contextlib
import json
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from urllib.request import urlopen

import pytest
import requests

from emulator.__main__ import main
from tests.emulator.conftest import ROOT, environment, eventually

ID = "speak_inexpensive"
PATH = f"/v1/connections/{ID}"


def run(*arguments):
    command = [sys.executable, "-m", "emulator", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30, env=environment())


def raw(port, data, host="127.0.0.1"):
    with socket.create_connection((host, port), timeout=20) as one:
        one.sendall(data)
        found = b""
        while chunk := one.recv(65536):
            found += chunk
    return found


def test_it_ends_cleanly_wherever_the_signal_finds_it(process):
    for _ in range(12):
        emulator, served = process(), []
        asking = [threading.Thread(target=ask_until_it_is_gone, args=(emulator.url, served)) for _ in range(3)]
        for thread in asking:
            thread.start()
        eventually(lambda: len(served) >= 10)  # noqa: B023  # called before the next round
        code, _, err = emulator.stop(signal.SIGTERM)
        assert (code, err) == (0, "")
        for thread in asking:
            thread.join()


def ask_until_it_is_gone(url, served):
    """Send requests, each on a new connection, so that the server is always accepting one."""
    with contextlib.suppress(OSError, HTTPException):
        while True:
            with urlopen(url + "/_emulator/", timeout=5) as answer:  # noqa: S310  # our own http://
                served.append(answer.read())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_says_where_it_is_and_ends_cleanly(process, number):
    emulator = process("--sync-seconds", "0.1")
    assert emulator.url.startswith("http://127.0.0.1:")
    assert emulator.get("/v1/account/info").status_code == 200
    code, out, err = emulator.stop(number)
    assert (code, err) == (0, "")
    assert out.splitlines()[:4] == [
        f"export FIVETRAN_API_URL={emulator.url}/v1",
        "export FIVETRAN_API_KEY=emulator-key",
        "export FIVETRAN_API_SECRET=emulator-secret",
        f"export FIVETRAN_CONNECTOR_ID={ID}",
    ]


def test_given_credentials_are_the_only_ones_and_are_not_shown(process):
    emulator = process("--key", "mine-alone", "--secret", "very-hidden", "--log")
    assert emulator.get("/v1/account/info").status_code == 401
    assert emulator.get("/v1/account/info", auth=("mine-alone", "very-hidden")).status_code == 200
    shown = requests.get(f"{emulator.url}/_emulator/requests", timeout=20).text
    _, out, err = emulator.stop()
    assert err.splitlines() == ["GET /v1/account/info 401", "GET /v1/account/info 200"]
    for text in (out, err, shown):
        assert "mine-alone" not in text
        assert "very-hidden" not in text
        assert "Basic" not in text


def test_a_hanging_answer_does_not_hold_up_the_end(process):
    emulator = process()
    emulator.routes(PATH, {"hang": True})
    with pytest.raises(requests.ReadTimeout):
        emulator.get(PATH, timeout=0.2)
    assert emulator.stop()[0] == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--port", "70000"], "70000"),
        (["--sync-seconds", "-1"], "-1"),
        (["--connectors", "many"], "many"),
        (["--connectors", "\u00b2"], "\u00b2"),
        (["--connectors", "1000000000"], "from 0 to 100000"),
        (["--sync-seconds", "1e300"], "a hundred years"),
        (["--key", "k"], "belong together"),
        (["--scenario", "nowhere.json"], "nowhere.json"),
        (["--colour"], "--colour"),
        (["--host", "192.0.2.1"], "emulator:"),
    ],
)
def test_arguments_that_are_wrong(capsys, arguments, words):
    try:
        code = main(arguments)
    except SystemExit as ended:  # argparse exits by itself
        code = ended.code
    assert code == 2
    assert words in capsys.readouterr().err


@pytest.mark.parametrize("text", ['{"fivetran": {"switches": {"colour": 1}}}', "[]", "{"])
def test_a_scenario_file_that_is_wrong(tmp_path, capsys, text):
    (tmp_path / "scenario.json").write_text(text)
    assert main(["--scenario", str(tmp_path / "scenario.json")]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert ("colour" if "colour" in text else "scenario.json") in said.err


def test_a_scenario_file_and_generated_connectors(process, tmp_path):
    scenario = {
        "fivetran": {"connectors": {ID: {"paused": True}}},
        "routes": [{"path": "/v1/groups", "answers": [{"status": 500}]}],
    }
    (tmp_path / "scenario.json").write_text(json.dumps(scenario))
    emulator = process("--scenario", str(tmp_path / "scenario.json"), "--connectors", "5000")
    assert emulator.get(PATH).json()["data"]["paused"] is True
    assert emulator.get("/v1/groups").status_code == 500
    pages, cursor = 0, ""
    seen = set()
    while cursor is not None:
        data = emulator.get(f"/v1/connections?limit=1000&cursor={cursor}").json()["data"]
        seen |= {one["id"] for one in data["items"]}
        pages, cursor = pages + 1, data.get("next_cursor")
    assert (pages, len(seen)) == (6, 5014)


def test_a_port_that_is_taken(process):
    emulator = process()
    done = run("--port", str(emulator.port))
    assert done.returncode == 2
    assert f"port {emulator.port} of 127.0.0.1: Address already in use; choose another by --port" in done.stderr


def test_a_connection_is_kept_open(process):
    emulator = process()
    with socket.create_connection(("127.0.0.1", emulator.port), timeout=20) as one:
        for _ in range(3):
            one.sendall(f"GET /v1/account/info HTTP/1.1\r\nHost: {emulator.url[7:]}\r\n\r\n".encode())
            head = b""
            while b"\r\n\r\n" not in head:
                head += one.recv(1)
            assert head.startswith(b"HTTP/1.1 401 ")
            assert b"Connection: close" not in head
            length = int(head.split(b"Content-Length: ")[1].split(b"\r\n")[0])
            while length:
                length -= len(one.recv(length))


def test_many_at_once(process):
    emulator = process("--sync-seconds", "0", "--connectors", "60")
    ids = [one["id"] for one in emulator.get("/v1/groups/bulging_archive/connections").json()["data"]["items"]]

    def sync(one):
        url = f"{emulator.url}/v1/connections/{one}/sync"
        return requests.post(url, auth=("k", "s"), json={}, timeout=20).status_code

    with ThreadPoolExecutor(12) as pool:
        assert set(pool.map(sync, ids)) == {200}
    assert len(requests.get(f"{emulator.url}/_emulator/requests", timeout=20).json()) == 61


def test_endpoints_run_one_at_a_time(emulate):
    emulated = emulate()
    inside, most = [], []

    def slow():
        inside.append("here")
        most.append(len(inside))
        time.sleep(0.02)
        inside.pop()
        return "done"

    emulated.app.add_url_rule("/_emulator/slow", view_func=slow)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: emulated.app.test_client().get("/_emulator/slow").text, range(8)))
    assert (found, max(most)) == (["done"] * 8, 1)


def test_of_fifty_triggers_at_once_one_starts_a_job(process):
    emulator = process("--sync-seconds", "600")
    body = {"connectionId": "749c19dc-4f97-4f30-bb0f-126e53506960"}

    def trigger(_):
        return requests.post(f"{emulator.url}/api/v1/connections/sync", json=body, timeout=20).status_code

    with ThreadPoolExecutor(50) as pool:
        assert sorted(pool.map(trigger, range(50))) == [200] + [409] * 49
    jobs = emulator.get(f"/_emulator/connectors/{body['connectionId']}").json()["jobs"]
    assert [one["status"] for one in jobs] == ["running", "succeeded"]
    assert len(emulator.get("/_emulator/requests").json()) == 50
    assert emulator.stop()[0] == 0


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example"])
def test_another_host_is_refused(process, host):
    emulator = process()
    for path in ("/v1/account/info", "/_emulator/requests"):
        found = raw(emulator.port, f"GET {path} HTTP/1.0\r\nHost: {host}\r\n\r\n".encode())
        assert found.startswith(b"HTTP/1.1 421 ")


@pytest.mark.parametrize(
    ("request_text", "status"),
    [
        ("GET http://evil.example/v1/account/info HTTP/1.1\r\nHost: {}\r\n\r\n", 400),
        ("POST /v1/x HTTP/1.1\r\nHost: {}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411),
        ("POST /v1/x HTTP/1.1\r\nHost: {}\r\nContent-Length: 99999999999\r\n\r\n", 413),
        ("POST /v1/x HTTP/1.1\r\nHost: {}\r\nContent-Length: -1\r\n\r\n", 400),
        ("POST /v1/x HTTP/1.1\r\nHost: {}\r\nContent-Length: \u00b2\r\n\r\n", 400),
        (f"POST /v1/x HTTP/1.1\r\nHost: {{}}\r\nContent-Length: {'9' * 5000}\r\n\r\n", 413),
        ("GET /v1/account/info HTTP/1.0\r\n\r\n", 421),
    ],
)
def test_requests_that_are_not_read(process, request_text, status):
    emulator = process()
    found = raw(emulator.port, request_text.format(emulator.url[7:]).encode("latin-1"))
    assert found.startswith(f"HTTP/1.1 {status} ".encode())
    assert emulator.get("/v1/account/info").status_code == 200


def test_a_further_name_can_be_served(process):
    emulator = process("--allow-host", "emulator.example")
    name = f"emulator.example:{emulator.port}"
    assert emulator.get("/v1/account/info", headers={"Host": name}).status_code == 200


@pytest.mark.parametrize(("reset", "state"), [("before", "scheduled"), ("after", "syncing")])
def test_a_connection_is_reset(process, reset, state):
    emulator = process("--sync-seconds", "600")
    emulator.routes(f"{PATH}/sync", {"reset": reset})
    request = f"POST {PATH}/sync HTTP/1.1\r\nHost: {emulator.url[7:]}\r\nAuthorization: Basic azpz\r\n\r\n"
    with pytest.raises(ConnectionResetError):
        raw(emulator.port, request.encode())
    assert emulator.get(PATH).json()["data"]["status"]["sync_state"] == state
    log = requests.get(f"{emulator.url}/_emulator/requests", timeout=20).json()
    assert (log[0]["method"], log[0]["status"]) == ("POST", None)


def test_a_hanging_answer_ends_without_one(process):
    emulator = process()
    emulator.routes(PATH, {"hang": 0.1})
    with pytest.raises(requests.ConnectionError, match="closed connection without response"):
        emulator.get(PATH)


def test_a_truncated_answer(process):
    emulator = process()
    emulator.routes(PATH, {"truncated": True}, {"status": 200, "json": {"a": "b" * 100}, "truncated": True})
    for _ in range(2):
        with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
            emulator.get(PATH)
    assert emulator.get(PATH).status_code == 200


def test_a_dripping_body_comes_after_its_headers(process):
    emulator = process()
    emulator.routes(PATH, {"json": {"a": 1}, "drip": "body", "interval": 60})
    answer = emulator.get(PATH, stream=True, timeout=3)
    assert answer.headers["Content-Length"] == "8"
    with pytest.raises(requests.ConnectionError, match="Read timed out"):
        answer.json()


def test_dripping_headers_come_no_faster(process):
    emulator = process()
    emulator.routes(PATH, {"empty": True, "drip": "all", "interval": 60})
    with pytest.raises(requests.ReadTimeout):
        emulator.get(PATH, stream=True, timeout=1)


@pytest.mark.parametrize("drip", ["body", "all"])
def test_what_drips_is_whole_in_the_end(process, drip):
    emulator = process()
    emulator.routes(PATH, {"drip": drip, "interval": 0})
    assert emulator.get(PATH).content == emulator.get(PATH).content


def test_date_is_left_out_on_the_wire(process, tmp_path):
    (tmp_path / "s.json").write_text('{"fivetran": {"switches": {"date_header": false}}}')
    emulator = process("--scenario", str(tmp_path / "s.json"))
    assert "Date" not in emulator.get(PATH).headers
    assert "Server" not in emulator.get(PATH).headers


def test_time_passes_by_itself(process):
    emulator = process("--sync-seconds", "0.3")
    emulator.session.post(f"{emulator.url}{PATH}/sync", timeout=20)
    before = emulator.get(PATH).json()["data"]["succeeded_at"]
    assert eventually(lambda: emulator.get(PATH).json()["data"]["succeeded_at"] > before)


def test_it_imports_nothing_of_its_clients():
    code = "import sys, emulator.__main__; print({one.split('.')[0] for one in sys.modules})"
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=30, env=environment()
    )
    assert "'emulator'" in found.stdout
    assert "'shared'" not in found.stdout
    assert "'blueprints'" not in found.stdout
