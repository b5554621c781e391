"""Build the image, push it, and name it wherever this checkout names one: compose.yaml, the examples and their pages.

    python -m release.image ghcr.io/you/slipway:0.1.0

compose.yaml is the place that says which name the others have. A name is written only after its image was pushed.
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
    """Return 0 if the image is pushed and named, 2 for a name that is none, else what the builder exited with."""
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
    """The image's name as compose.yaml has it."""
    (found,) = re.findall(r"^x-slipway: .*\n  image: (\S+)$", (root / "compose.yaml").read_text("utf-8"), re.MULTILINE)
    return str(found)


def rename(old: str, new: str, root: Path) -> list[str]:
    """Put ``new`` in the place of ``old``. Return the files that had it."""
    changed = []
    for path in sorted(path for place in PLACES for path in root.glob(place) if path.is_file()):
        text = path.read_text("utf-8")
        if old in text:
            path.write_text(text.replace(old, new), "utf-8")
            changed.append(str(path.relative_to(root)))
    return changed


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
