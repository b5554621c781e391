"""The image's folder of authorities, which release/authorities.py makes."""

from pathlib import Path

import certifi

from release import authorities
from shared.http.authorities import folder_beside
from tests.conftest import ROOT


def test_every_authority_of_the_bundle_is_found_by_its_name(tmp_path: Path) -> None:
    bundle = tmp_path / "cacert.pem"
    bundle.write_bytes(Path(certifi.where()).read_bytes())
    authorities.main([str(bundle)])
    folder = tmp_path / f"authorities-{bundle.stat().st_size}"
    assert folder_beside(str(bundle)) == str(folder)
    links = [path for path in folder.iterdir() if path.is_symlink()]
    assert len({path.resolve() for path in links}) == bundle.read_text("utf-8").count("BEGIN CERTIFICATE") > 100


def test_the_image_has_it_where_it_is_looked_for() -> None:
    step = "RUN python /tmp/authorities.py /packages/certifi/cacert.pem\n"
    assert step in (ROOT / "Dockerfile").read_text()
    assert "!release/authorities.py\n" in (ROOT / ".dockerignore").read_text()
