"""A server, a proxy or a file of certificates that does not exist: the message names the variable to change."""

import pytest

from tests.conftest import Blueprint, Emulator

NOBODY = "http://127.0.0.1:9"  # port 9, "discard", on which nothing listens
ROWS = [
    ({}, NOBODY, "failed: 127.0.0.1:9 refused the connection; check FIVETRAN_API_URL, and the network"),
    ({}, "https://{emulator}", "failed: {emulator} answers plain http there, not https; check FIVETRAN_API_URL"),
    ({"HTTPS_PROXY": NOBODY}, "https://api.invalid", "failed: HTTPS_PROXY (127.0.0.1:9) refused the connection"),
    (
        {"https_proxy": "http://{emulator}"},
        "https://api.invalid",
        "failed: https_proxy ({emulator}) opens no connection to api.invalid: it answered 501",
    ),
    ({"REQUESTS_CA_BUNDLE": "/nope.pem"}, "https://{emulator}", "failed: REQUESTS_CA_BUNDLE (/nope.pem) is not there"),
    (
        {"REQUESTS_CA_BUNDLE": __file__},
        "https://{emulator}",
        f"failed: REQUESTS_CA_BUNDLE ({__file__}) is no file of certificates (PEM)",
    ),
]


@pytest.mark.parametrize(("environ", "url", "said"), ROWS)
def test_the_message_names_what_to_change(
    environ: dict[str, str],
    url: str,
    said: str,
    blueprint: Blueprint,
    emulator: Emulator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    address = emulator.url.removeprefix("http://")
    for name in ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value.format(emulator=address))
    done = blueprint(
        "fivetran/get_connector",
        FIVETRAN_CONNECTOR_ID="speak_inexpensive",
        FIVETRAN_API_URL=url.format(emulator=address) + "/v1",
        SLIPWAY_RETRY_TIMEOUT="0",
    )
    assert (done.code, said.format(emulator=address) in done.result["message"]) == (223, True), done.result["message"]
