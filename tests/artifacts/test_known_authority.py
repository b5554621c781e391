"""The file that remembers a server's authority. Nothing fails without it."""

import os
from pathlib import Path

import pytest

from shared.artifacts.files import Artifacts
from shared.artifacts.known_authority import KnownAuthority

ONE = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://api.fivetran.com/v1", "api.fivetran.com_authority.pem"),
        ("https://user:pass@[::1]:8443/", "---1--8443_authority.pem"),
        ("https://../x", ".._authority.pem"),
    ],
)
def test_the_file_is_named_after_the_server(url: str, name: str, tmp_path: Path) -> None:
    artifacts = Artifacts(str(tmp_path), "fivetran")
    KnownAuthority(artifacts, url).write(ONE)
    assert os.listdir(tmp_path / "fivetran-blueprints/variables") == [name]
    assert KnownAuthority(artifacts, url).read() == ONE
    assert artifacts.written == []


def test_a_file_that_cannot_be_used_is_no_hint(tmp_path: Path) -> None:
    folder = tmp_path / "fivetran-blueprints/variables"
    (folder / "api.example.com_authority.pem").mkdir(parents=True)
    known = KnownAuthority(Artifacts(str(tmp_path), "fivetran"), "https://api.example.com")
    known.write(ONE)
    assert known.read() == b""
    dry = KnownAuthority(Artifacts(str(tmp_path / "dry"), "fivetran", dry_run=True), "https://api.example.com")
    dry.write(ONE)
    assert (dry.read(), (tmp_path / "dry").exists()) == (b"", False)
