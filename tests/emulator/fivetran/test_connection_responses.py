"""The form of connections, of their rows in lists, and of messages."""

from __future__ import annotations

ID = "speak_inexpensive"
PATH = f"/v1/connections/{ID}"
GROUP = "projected_sickle"


def test_details_have_no_message_and_lists_have_one(emulated):
    for path in (PATH, f"/v1/groups/{GROUP}", f"/v1/destinations/{GROUP}", f"{PATH}/schemas"):
        assert "message" not in emulated.ask("GET", path).json
    for path in ("/v1/connections", "/v1/groups", "/v1/account/info"):
        assert "message" in emulated.ask("GET", path).json
    emulated.switch(messages=False)
    assert "message" not in emulated.ask("GET", "/v1/connections").json


def test_a_creation_stamp_always_has_six_digits(emulated):
    emulated.switch(timestamp_digits=3)
    details = emulated.details(ID)
    assert [len(details[name]) for name in ("created_at", "succeeded_at")] == [27, 24]


def test_rows_may_lack_what_only_details_show(emulated):
    emulated.switch(list_nulls=False)
    assert "config" not in emulated.data("GET", "/v1/connections")["items"][0]


def test_texts_of_setup_tests_may_hold_html_and_details_of_warnings_be_objects(emulated):
    tests = emulated.data("POST", "/v1/connections/cautious_handshake/test", json={})["setup_tests"]
    assert any("<br />" in one["message"] for one in tests)
    warnings = emulated.details("nightly_lighthouse")["status"]["warnings"]
    assert [one.get("details") for one in warnings] == [{}, None]
