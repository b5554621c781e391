"""Write the generated documentation: tables of variables, blueprints, statuses and exit codes, and ``.env.example``.

``python -m docs.tables`` from the repository's root rewrites them, ``python -m docs.tables --check`` only compares and
exits 1 if one is out of date.
"""

import importlib
import sys
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

from docs.contents import contents
from shared.exit_codes import ExitCode
from shared.settings.declaration import Settings, Variable
from shared.settings.help import default_text
from shared.status import Status

ROOT = Path(__file__).resolve().parent.parent
MARK = "<!-- {name}: written by docs/tables.py -->"
END = "<!-- end -->"


def blueprints() -> dict[str, ModuleType]:
    """Return every blueprint by its name, such as ``fivetran/execute_sync``; Fivetran's come first."""
    files = sorted((ROOT / "blueprints").glob("*/*.py"), key=lambda file: (file.parent.name != "fivetran", file))
    names = [f"{file.parent.name}/{file.stem}" for file in files if file.stem != "__init__"]
    return {name: importlib.import_module(f"blueprints.{name.replace('/', '.')}") for name in names}


def variables(module: ModuleType) -> list[Variable[Any]]:
    declaration: type[Settings] = module.main.declaration
    return declaration.variables()


def summary(module: ModuleType) -> str:
    """Return the first paragraph of a blueprint's docstring on one line."""
    return str(module.__doc__).strip().split("\n\n")[0].replace("\n", " ")


def cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


def row(variable: Variable[Any]) -> str:
    name = f"`{variable.name}`" + (f" or `{variable.name}_FILE`" if variable.secret else "")
    needed = "yes" if variable.required else "no"
    default = f"`{default_text(variable)}`" if default_text(variable) else ""
    options = ", ".join(f"`{option}`" for option in variable.kind.options)
    return f"| {name} | {variable.kind.label} | {needed} | {default} | {options} | {cell(variable.help)} |"


TABLE_HEAD = "| variable | type | required | default | options | what it says |\n|---|---|---|---|---|---|\n"


def table(rows: list[Variable[Any]]) -> str:
    return TABLE_HEAD + "\n".join(map(row, rows)) + "\n"


def shared_variables(vendor: str) -> list[Variable[Any]]:
    """Return the variables that every blueprint of a vendor has."""
    modules = [module for name, module in blueprints().items() if name.startswith(vendor + "/")]
    names = set.intersection(*({variable.name for variable in variables(module)} for module in modules))
    return [variable for variable in variables(modules[0]) if variable.name in names]


def variables_page() -> str:
    """Return the content of ``docs/variables.md``."""
    vendors = list(dict.fromkeys(name.partition("/")[0] for name in blueprints()))
    pages = ["# Variables", "", "Written by `python -m docs.tables` from what the blueprints declare.", ""]
    pages += [contents(blueprints(), [f"Every {vendor.capitalize()} blueprint" for vendor in vendors])]
    for vendor in vendors:
        everywhere = shared_variables(vendor)
        names = {variable.name for variable in everywhere}
        pages += [f"## Every {vendor.capitalize()} blueprint", "", table(everywhere)]
        for name, module in blueprints().items():
            if name.startswith(vendor + "/"):
                own = [variable for variable in variables(module) if variable.name not in names]
                pages += [f"## {name}", "", summary(module), ""]
                pages += [table(own)] if own else ["Nothing further.", ""]
    return "\n".join(pages).rstrip("\n") + "\n"


FIRST = (
    "fivetran/execute_sync",
    "fivetran/check_sync_status",
    "fivetran/update_connector",
    "fivetran/check_freshness",
    "airbyte/execute_sync",
)
"""The blueprints in the README's table."""


def blueprint_table(names: Iterable[str], root: str) -> str:
    """Return a table of blueprints and summaries. ``root`` is the path from the document to the repository's root."""
    found = blueprints()
    rows = [f"| [`{name}`]({root}blueprints/{name}.py) | {cell(summary(found[name]))} |" for name in names]
    return "| blueprint | what it does |\n|---|---|\n" + "\n".join(rows)


def exit_code_table() -> str:
    rows = [f"| {int(code)} | {cell(code.meaning)} | {'yes' if code.retry else 'no'} |" for code in ExitCode]
    return "| code | meaning | try again? |\n|---|---|---|\n" + "\n".join(rows)


CHANGED = (
    "FIVETRAN_WAIT",
    "FIVETRAN_WAIT_TIMEOUT",
    "FIVETRAN_FORCE",
    "FIVETRAN_ON_PAUSED",
    "SHIPYARD_ARTIFACTS_DIRECTORY",
)
"""The settings in ``.env.example`` that people often change. ``docs/variables.md`` has all."""


def env_example() -> str:
    """Return the content of ``.env.example``: required variables, then those of ``CHANGED``, commented out."""
    declared = {variable.name: variable for variable in variables(blueprints()["fivetran/execute_sync"])}
    lines = ["# Copy to .env in the working directory, chmod 600 .env, and fill in. All other settings, and Airbyte's,"]
    lines += ["# are in docs/variables.md.", ""]
    for name in ("FIVETRAN_API_KEY", "FIVETRAN_API_SECRET", "FIVETRAN_CONNECTOR_ID"):
        lines += [f"# {declared[name].help}", f"{name}=", ""]
    for name in CHANGED:
        lines += [f"# {declared[name].help}", f"# {name}={default_text(declared[name])}", ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def filled(text: str, name: str, content: str) -> str:
    """Return ``text`` with the content between a block's marks replaced. Exit if there is no such mark."""
    mark = MARK.format(name=name)
    before, _, rest = text.partition(mark)
    if not rest:
        raise SystemExit(f"no mark {mark}")
    return f"{before}{mark}\n{content}\n{END}{rest.partition(END)[2]}"


def known_names() -> str:
    """Return the source of ``shared/settings/known_names.py``: the variables of all blueprints."""
    declared = {variable for module in blueprints().values() for variable in variables(module)}
    names = {variable.name for variable in declared} | {f"{one.name}_FILE" for one in declared if one.secret}
    listed = "\n".join(f'        "{name}",' for name in sorted(names))
    return f'''"""The variables of all blueprints. Written by docs/tables.py."""

KNOWN_NAMES = frozenset(
    {{
{listed}
    }}
)
'''


def status_page() -> str:
    """Return the content of ``docs/status.md``."""
    rows = "\n".join(f"| `{status}` | {cell(status.meaning)} |" for status in Status)
    return (
        "# Status words\n\nWritten by `python -m docs.tables`: the values of `status` in the result line. The exit "
        f"code says what to do next.\n\n| status | meaning |\n|---|---|\n{rows}\n"
    )


def documents() -> dict[Path, str]:
    """Return the correct content of each file that is generated, entirely or in part."""
    readme, page, codes = ROOT / "README.md", ROOT / "docs" / "blueprints.md", ROOT / "docs" / "exit-codes.md"
    skill = ROOT / "skills" / "slipway" / "SKILL.md"
    return {
        readme: filled(readme.read_text("utf-8"), "blueprints", blueprint_table(FIRST, "")),
        page: filled(page.read_text("utf-8"), "blueprints", blueprint_table(blueprints(), "../")),
        codes: filled(codes.read_text("utf-8"), "exit codes", exit_code_table()),
        skill: filled(skill.read_text("utf-8"), "exit codes", exit_code_table()),
        ROOT / "docs" / "variables.md": variables_page(),
        ROOT / ".env.example": env_example(),
        ROOT / "docs" / "status.md": status_page(),
        ROOT / "shared" / "settings" / "known_names.py": known_names(),
    }


def main(arguments: list[str]) -> int:
    stale = [path for path, text in documents().items() if not path.exists() or path.read_text("utf-8") != text]
    for path in stale:
        sys.stdout.write(f"{path.relative_to(ROOT)} {'is out of date' if '--check' in arguments else 'written'}\n")
        if "--check" not in arguments:
            path.write_text(documents()[path], "utf-8")
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
