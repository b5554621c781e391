"""Print the section of CHANGELOG.md about a version: the notes of its release.

    python -m release.notes 0.1.0

Refuses a version that is not the package's, or that CHANGELOG.md does not have.
"""

import re
import sys
from collections.abc import Sequence
from pathlib import Path

from shared import __version__

CHANGELOG = Path(__file__).resolve().parent.parent / "CHANGELOG.md"


def main(arguments: Sequence[str]) -> int:
    """Return 0 and print the notes, or 1 with the reason on stderr."""
    (version,) = arguments
    found = notes(CHANGELOG.read_text("utf-8"), version)
    if version != __version__ or found is None:
        why = f"the package is {__version__}" if version != __version__ else "CHANGELOG.md has no such section"
        sys.stderr.write(f"no notes for {version!r}: {why}\n")
        return 1
    print(found)
    return 0


def notes(changelog: str, version: str) -> str | None:
    """Return the text below a version's heading, None if there is no such heading or nothing below it."""
    heading = rf"^## \[{re.escape(version)}\] - \d{{4}}-\d\d-\d\d\n"
    parts = re.split(heading, changelog, maxsplit=1, flags=re.MULTILINE)
    below = re.split(r"^## ", parts[1], maxsplit=1, flags=re.MULTILINE)[0].strip() if len(parts) == 2 else ""
    return below or None


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
