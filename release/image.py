"""Build and push the image, and write its name to all places that name it: compose.yaml, the examples, their pages.

    python -m release.image ghcr.io/you/slipway:0.1.0

compose.yaml has the current name. The new name is written only after the image was pushed.
"""

import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from shared import __version__

ROOT = Path(__file__).resolve().parent.parent
NAME = re.compile(
    r"(?:[a-z0-9.-]+(?::\d+)?/)(?:[a-z0-9._-]+/)*[a-z0-9._-]+:(?!latest$)[A-Za-z0-9_][A-Za-z0-9._-]{0,127}"
)
PLACES = ("compose.yaml", "schedulers/*", "docs/*.md")
USAGE = "usage: python -m release.image REGISTRY/slipway:TAG   as in ghcr.io/you/slipway:0.1.0; the tag is not latest\n"


def main(arguments: Sequence[str], root: Path = ROOT) -> int:
    """Return 0 if the image was pushed and named, 2 for an invalid name, else the builder's exit code."""
    (name,) = arguments if len(arguments) == 1 else ("",)
    if not NAME.fullmatch(name):
        sys.stderr.write(USAGE)
        return 2
    builder = shutil.which("docker") or shutil.which("podman")
    if not builder:
        sys.stderr.write("neither docker nor podman is on the PATH\n")
        return 2
    for step in (
        ["build", "--target", "slipway", "--build-arg", f"VERSION={__version__}", "--tag", name, "."],
        ["push", name],
    ):
        done = subprocess.run([builder, *step], cwd=root)
        if done.returncode:
            return done.returncode
    for file in rename(current(root), name, root):
        print(f"{file} names {name}")
    return 0


def current(root: Path) -> str:
    """Return the image's name in compose.yaml."""
    (found,) = re.findall(r"^x-slipway: .*\n  image: (\S+)$", (root / "compose.yaml").read_text("utf-8"), re.MULTILINE)
    return str(found)


def rename(old: str, new: str, root: Path) -> list[str]:
    """Replace ``old`` by ``new`` in all places. Return the files that changed."""
    changed = []
    for path in sorted(path for place in PLACES for path in root.glob(place) if path.is_file()):
        text = path.read_text("utf-8")
        if old in text:
            path.write_text(text.replace(old, new), "utf-8")
            changed.append(str(path.relative_to(root)))
    return changed


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
