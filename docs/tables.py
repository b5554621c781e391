"""Writes what the documentation has of the code: tables of variables, blueprints, exit codes, and ``.env.example``.

``python -m docs.tables`` from the repository's root rewrites them, ``python -m docs.tables --check`` only compares and
exits 1 where one is out of date.
"""

import importlib
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from shared.exit_codes import ExitCode
from shared.settings.declaration import Settings, Variable
from shared.settings.help import default_text

ROOT = Path(__file__).resolve().parent.parent
MARK = "<!-- {name}: written by docs/tables.py -->"
END = "<!-- end -->"


def blueprints() -> dict[str, ModuleType]:
    """Every blueprint by its name, ``fivetran/execute_sync``; Fivetran's first."""
    files = sorted((ROOT / "blueprints").glob("*/*.py"), key=lambda file: (file.parent.name != "fivetran", file))
    names = [f"{file.parent.name}/{file.stem}" for file in files if file.stem != "__init__"]
    return {name: importlib.import_module(f"blueprints.{name.replace('/', '.')}") for name in names}


def variables(module: ModuleType) -> list[Variable[Any]]:
    declaration: type[Settings] = module.main.declaration
    return declaration.variables()


def summary(module: ModuleType) -> str:
    """The docstring's first sentence or line."""
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
    """The variables that every blueprint of a vendor takes, as declared in ``shared/``."""
    modules = [module for name, module in blueprints().items() if name.startswith(vendor + "/")]
    names = set.intersection(*({variable.name for variable in variables(module)} for module in modules))
    return [variable for variable in variables(modules[0]) if variable.name in names]


def variables_page() -> str:
    """``docs/variables.md``."""
    pages = ["# Variables", "", "Written by `python -m docs.tables` from what the blueprints declare.", ""]
    for vendor in dict.fromkeys(name.partition("/")[0] for name in blueprints()):
        everywhere = shared_variables(vendor)
        names = {variable.name for variable in everywhere}
        pages += [f"## Every {vendor.capitalize()} blueprint", "", table(everywhere)]
        for name, module in blueprints().items():
            if name.startswith(vendor + "/"):
                own = [variable for variable in variables(module) if variable.name not in names]
                pages += [f"## {name}", "", summary(module), ""]
                pages += [table(own)] if own else ["Nothing further.", ""]
    return "\n".join(pages).rstrip("\n") + "\n"


def blueprint_table() -> str:
    rows = [f"| [`{name}`](blueprints/{name}.py) | {cell(summary(module))} |" for name, module in blueprints().items()]
    return "| blueprint | what it does |\n|---|---|\n" + "\n".join(rows)


def exit_code_table() -> str:
    rows = [f"| {int(code)} | {cell(code.meaning)} | {'yes' if code.retry else 'no'} |" for code in ExitCode]
    return "| code | meaning | try again? |\n|---|---|---|\n" + "\n".join(rows)


def env_example() -> str:
    """``.env.example``: every variable once, with what it says; blank and commented means not given.

    One whose default is not the same everywhere is blank too: a line that is taken over would change some of them.
    """
    found: dict[str, Variable[Any]] = {}
    defaults: dict[str, set[str]] = {}
    said: dict[str, dict[str, list[str]]] = {}
    for name, module in blueprints().items():
        for variable in variables(module):
            found.setdefault(variable.name, variable)
            defaults.setdefault(variable.name, set()).add(default_text(variable))
            said.setdefault(variable.name, {}).setdefault(variable.help, []).append(name.partition("/")[2])
    lines = ["# Copy to .env in the working directory and fill in what you need (chmod 600 .env).", ""]
    for variable in found.values():
        default = default_text(variable) if len(defaults[variable.name]) == 1 else ""
        prefix = "" if variable.rank == 0 and variable.required else "# "
        lines += [*comments(said[variable.name]), f"{prefix}{variable.name}={default}", ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def comments(said: dict[str, list[str]]) -> list[str]:
    """What a variable says; where that is not the same everywhere, each with the blueprints that say it."""
    if len(said) == 1:
        return [f"# {text}" for text in said]
    return [f"# {', '.join(names)}: {text}" for text, names in said.items()]


def filled(text: str, name: str, content: str) -> str:
    """``text`` with what stands between a block's marks replaced."""
    mark = MARK.format(name=name)
    before, _, rest = text.partition(mark)
    if not rest:
        raise SystemExit(f"no mark {mark}")
    return f"{before}{mark}\n{content}\n{END}{rest.partition(END)[2]}"


def known_names() -> str:
    """``shared/settings/known_names.py``: every name that any blueprint reads."""
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


def documents() -> dict[Path, str]:
    """Each file that holds something generated, as it should be."""
    readme = ROOT / "README.md"
    text = filled(readme.read_text("utf-8"), "blueprints", blueprint_table())
    return {
        readme: filled(text, "exit codes", exit_code_table()),
        ROOT / "docs" / "variables.md": variables_page(),
        ROOT / ".env.example": env_example(),
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
