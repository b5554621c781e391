"""Find out whether every user of the machine can read ``.env``."""

import os
import stat
from collections.abc import Iterator, Mapping

CONTAINERS = ("/.dockerenv", "/run/.containerenv")
"""Files that Docker and Podman leave in each container. Kubernetes sets KUBERNETES_SERVICE_HOST."""


def warnings(secrets: list[str], environ: Mapping[str, str]) -> list[str]:
    """Return a warning if ``.env`` in the working directory has ``secrets`` and all can read it."""
    if not secrets or not readable_by_all(".env", environ):
        return []
    return [f".env has {secrets[0]}, and every user of this machine can read it; run: chmod o-r .env"]


def readable_by_all(name: str, environ: Mapping[str, str]) -> bool:
    """Return whether any user can read this file: by its mode, and through all folders above it.

    False in a container, which has no other users, and if a folder cannot be examined.
    """
    if "KUBERNETES_SERVICE_HOST" in environ or any(map(os.path.exists, CONTAINERS)):
        return False
    path = os.path.realpath(name)
    try:
        return bool(os.stat(path).st_mode & stat.S_IROTH) and all(
            os.stat(folder).st_mode & stat.S_IXOTH for folder in folders_above(path)
        )
    except OSError:
        return False


def folders_above(path: str) -> Iterator[str]:
    """Yield the folders above an absolute path, up to the root."""
    while (folder := os.path.dirname(path)) != path:
        yield folder
        path = folder
