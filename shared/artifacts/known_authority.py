"""The certificate authority of a server, remembered for the next process: ``variables/{host}_authority.pem``."""

import re
from contextlib import suppress
from urllib.parse import urlsplit

from shared.artifacts.files import Artifacts
from shared.errors import ArtifactUnusable

FOLDER = "variables"
MOST_BYTES = 16 * 1024


class KnownAuthority:
    """See ``shared.http.authorities.Remembered``. Errors are ignored: without this file a run is only slower."""

    def __init__(self, artifacts: Artifacts, url: str) -> None:
        host = urlsplit(url).netloc.rpartition("@")[2]
        self._artifacts = artifacts
        self._name = re.sub("[^A-Za-z0-9.-]", "-", host)[:100] + "_authority.pem"

    def read(self) -> bytes:
        with suppress(ArtifactUnusable):
            return self._artifacts.read(FOLDER, self._name, MOST_BYTES) or b""
        return b""

    def write(self, pem: bytes) -> None:
        with suppress(ArtifactUnusable):
            self._artifacts.write(FOLDER, self._name, pem, listed=False)
