"""``python -m live``: check the guesses of docs/unverified.md that reads can test, and print a report.

It checks each vendor whose variables are given (``FIVETRAN_API_KEY`` and ``FIVETRAN_API_SECRET``; for Airbyte
credentials or a server). It only sends reads, about twenty-five for each vendor. Beside the report it writes
``check-live-shapes.json``: the shape of every answer, without its values.
The exit code is 0 if a report was made, whatever the guesses' results.
"""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from live import airbyte, fivetran
from live.report import markdown
from shared import __version__
from shared.errors import ArtifactUnusable, InvalidInput, SlipwayError
from shared.exit_codes import ExitCode
from shared.settings.environment import Environment

VENDORS: dict[str, tuple[tuple[str, ...], ModuleType]] = {
    "Fivetran": (("FIVETRAN_API_KEY",), fivetran),
    "Airbyte": (("AIRBYTE_CLIENT_ID", "AIRBYTE_API_TOKEN", "AIRBYTE_API_URL", "AIRBYTE_SERVER_HOST"), airbyte),
}
"""Per vendor: the variables of which one must be given to check it, and the module with ``Account(environ)``,
``reachable`` and ``check``."""


SHAPES = Path("check-live-shapes.json")


def main(environ: Mapping[str, str]) -> ExitCode:
    try:
        wanted = {vendor: module for vendor, (names, module) in VENDORS.items() if _given(environ, names)}
        if not wanted:
            names = " or ".join(names[0] for names, _ in VENDORS.values())
            raise InvalidInput(f"Slipway: no credentials are given; set {names} and what belongs to it")
        shapes: dict[str, Any] = {"slipway": __version__}
        for number, (vendor, module) in enumerate(wanted.items()):
            account = module.Account(environ)
            module.reachable(account)
            report = markdown(vendor, __version__, module.check.findings(account))
            sys.stdout.write("\n" * (number > 0) + account.run.redactor.text(report))
            shapes[vendor] = account.shapes.rows
            _write(shapes)
    except SlipwayError as error:
        sys.stderr.write(f"{error.message}\n")
        return error.code
    return ExitCode.DONE


def _write(shapes: Mapping[str, Any]) -> None:
    """Write the answers' shapes into the working directory. Raise ArtifactUnusable if that fails."""
    try:
        SHAPES.write_text(json.dumps(shapes, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise ArtifactUnusable(f"Slipway: {SHAPES} cannot be written: {error.strerror}") from error


def _given(environ: Mapping[str, str], names: tuple[str, ...]) -> bool:
    """Return whether one of the variables is given. A secret's file and ``.env`` count, too, as for a blueprint."""
    forms = [form for name in names for form in (name, f"{name}_FILE")]
    given = Environment(environ, forms)
    return any(given.text(form) for form in forms)


if __name__ == "__main__":
    raise SystemExit(main(os.environ))
