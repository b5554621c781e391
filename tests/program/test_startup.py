"""What a blueprint loads at its start, and how it ends."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from shared.program.startup import LATER
from tests.conftest import ROOT, Process

SHOP = "749c19dc-4f97-4f30-bb0f-126e53506960"
PREPARED = f"import sys; sys.path.insert(0, {str(ROOT)!r})\nfrom shared.program.startup import prepare; prepare()\n"
LIST_AT_THE_END = """
import json, os, sys
from importlib import import_module
code = import_module(sys.argv[1]).main(os.environ)
with open("modules.json", "w") as file:
    json.dump(sorted(sys.modules), file)
patterns = vars(sys.modules["urllib3.util.url"])
with open("compiled.json", "w") as file:
    json.dump([name for name in patterns if name.endswith("_RE") and len(vars(patterns[name])) > 1], file)
raise SystemExit(code)
"""

EVERYBODYS = """
    shared errors exit_codes plain_form redaction secret_forms status timestamps untrusted_json
    artifacts artifacts.atomic artifacts.files artifacts.known_authority artifacts.many_records artifacts.pickles
    artifacts.record_store artifacts.response_files
    http http.auth http.body http.bounds http.causes http.client http.connections http.deadline http.headers
    http.response http.retry http.session http.statuses http.urls http.usage
    program program.main program.outputs program.result program.run program.run_id program.signals program.startup
    program.unexpected
    settings settings.declaration settings.environment settings.kinds settings.run_settings settings.server
    settings.spans settings.unknown_names
    terminal terminal.screen terminal.streams
"""
FIVETRANS = """
    fivetran fivetran.answers fivetran.api fivetran.connector fivetran.endpoints fivetran.endpoints.base
    fivetran.endpoints.lists fivetran.endpoints.transformations fivetran.paging fivetran.record fivetran.record_files
    fivetran.selection fivetran.settings fivetran.stamps
"""
AIRBYTES = """
    airbyte airbyte.answers airbyte.api airbyte.configuration_api airbyte.configuration_jobs airbyte.job
    airbyte.job_settings airbyte.names airbyte.record airbyte.selection airbyte.settings
"""
MAY_LOAD = {
    "fivetran.execute_sync": f"{FIVETRANS} confirmation fivetran.policy fivetran.trigger run_lock send_once",
    "fivetran.check_sync_status": f"{FIVETRANS} artifacts.lookup verdict fivetran.lookup fivetran.sync_check "
    "fivetran.sync_details fivetran.verdict",
    "airbyte.execute_sync": f"{AIRBYTES} airbyte.checks airbyte.trigger confirmation run_lock "
    "send_once terminal.colours terminal.heartbeat terminal.progress settings.known_names",
    "airbyte.check_sync_status": f"{AIRBYTES} verdict airbyte.conclusion airbyte.job_check airbyte.lookup "
    "airbyte.verdict artifacts.lookup settings.known_names",
}
PICKLES = {"_pickle", "_compat_pickle", "fcntl"}
"""Standard modules that requests has not loaded: a trigger writes a pickle and takes a lock."""
LONG = {"_URI_RE", "_HOST_PORT_RE", "_IPV6_RE", "_BRACELESS_IPV6_ADDRZ_RE"}
"""Expressions of urllib3 that each take a fortieth of a start to compile."""
FIRST_USED = {"encodings.idna", "encodings.utf_8_sig", "stringprep", "unicodedata", "netrc", "shlex", "_string"}
"""Modules that requests and the interpreter load when a call is made."""


def python(program: str, *arguments: str, **options: Any) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, **options)


def loaded_by(program: str) -> set[str]:
    return set(json.loads(python(f"{program}\nimport json, sys; print(json.dumps(list(sys.modules)))").stdout))


@pytest.fixture(scope="module")
def of_requests() -> set[str]:
    return loaded_by(f"{PREPARED}import requests")


@pytest.mark.parametrize("name", MAY_LOAD)
def test_a_run_loads_what_it_uses(name: str, process: Process, of_requests: set[str]) -> None:
    """If you need one more module, import it where it is used, or else add it here: each one makes every start slower.

    The environment also has names of another vendor's variables, for which ``settings.known_names`` is loaded.
    """
    port = str(urlsplit(process.emulator.url).port)
    given = process.environment(
        {"FIVETRAN_CONNECTOR_ID": "speak_inexpensive"}
        if name.startswith("fivetran")
        else {
            "AIRBYTE_SERVER_HOST": "127.0.0.1",
            "AIRBYTE_SERVER_PORT": port,
            "AIRBYTE_CONNECTION_ID": SHOP,
            "AIRBYTE_WAIT": "FALSE",
        }
    )
    done = python(PREPARED + LIST_AT_THE_END, f"blueprints.{name}", env=given, cwd=process.cwd, timeout=60)
    assert done.returncode in (0, 255), done.stderr
    modules = set(json.loads((process.cwd / "modules.json").read_text()))
    ours = {one for one in modules if one.partition(".")[0] == "shared"}
    allowed = {f"shared.{one}".replace("shared.shared", "shared") for one in f"{EVERYBODYS} {MAY_LOAD[name]}".split()}
    assert sorted(ours - allowed) == []
    blueprints = {one for one in modules if one.startswith("blueprints")}
    assert blueprints == {"blueprints", f"blueprints.{name.partition('.')[0]}", f"blueprints.{name}"}
    others = {one for one in modules - of_requests if one.partition(".")[0] not in ("shared", "blueprints")}
    assert sorted(others - PICKLES - FIRST_USED) == []
    compiled = set(json.loads((process.cwd / "compiled.json").read_text()))
    assert compiled >= {"_TARGET_RE"}
    assert compiled & LONG == set()


@pytest.mark.bare
@pytest.mark.parametrize("module", LATER)
def test_requests_needs_nothing_of_what_is_imported_later(module: str) -> None:
    """If this fails with a release of requests, urllib3 or Python that uses one at once, take it off the list."""
    program = (
        f"import sys; there = {module!r} in sys.modules\n"  # Python 3.13 loads linecache for -c
        f"{PREPARED}import requests\n"
        "from shared.program.startup import _Later\n"
        f"print(there or isinstance(sys.modules[{module!r}], _Later), requests.__version__)"
    )
    done = python(f"{program}")
    assert done.stdout.startswith("True "), f"{module} is imported for real: {done.stdout}{done.stderr}"


def test_requests_is_whole_where_somebody_uses_what_was_put_off() -> None:
    """Its guess at an encoding, and urllib3's search for h2, use the real modules, as other programs do."""
    program = f"""{PREPARED}
import warnings; warnings.simplefilter("error")
import requests, urllib3.http2
from shared.program.startup import ABSENT, loaded; loaded()
response = requests.Response(); response._content = "Größe, 中文, ελληνικά".encode()
print(response.apparent_encoding)
try:
    urllib3.http2.inject_into_urllib3()
except Exception as error:
    print(type(error).__name__)
import charset_normalizer, importlib.metadata, zipfile, gc
print(charset_normalizer.__version__ == importlib.metadata.version("charset_normalizer"), zipfile.ZipFile.__name__)
print(gc.isenabled(), gc.get_freeze_count() > 10_000, ABSENT in sys.modules)
"""
    done = python(program)
    assert done.stderr == ""
    assert done.stdout.split() == ["utf-8", "PackageNotFoundError", "True", "ZipFile", "True", "True", "False"]


PATTERNS = f"""{PREPARED}
import copy, re, string
scope = {{"__name__": "urllib3.any", "re": re}}
exec('early = re.compile("a+b", re.IGNORECASE)', scope)
early, own = scope["early"], re.compile("a")
import requests, urllib3.util.url
from shared.program.startup import loaded, _Pattern; loaded()
unused = urllib3.util.url._IPV6_RE
print(type(unused) is _Pattern, "match" in vars(unused), type(re.compile("")) is re.Pattern)
print(isinstance(early, re.Pattern), early.pattern, early.flags == re.compile("a", re.IGNORECASE).flags)
print(re.sub(early, "-", "xAABx"), early.fullmatch("aab")[0], early.search("none"), "fullmatch" in vars(early))
print(type(own) is re.Pattern, copy.copy(early).pattern)
print(re.compile(early) is early, string.Template("$a").substitute(a=1), urllib3.util.parse_url("http://[::1]:8/a").host)
"""


def test_a_regular_expression_is_compiled_at_its_first_use() -> None:
    """urllib3's expression for IPv6 took a tenth of a start. Those of others, and later ones, are compiled at once."""
    done = python(PATTERNS)
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        "True False True",
        "True a+b True",
        "x-x aab None True",
        "True a+b",
        "True 1 [::1]",
    ]


LEAVES = """
from shared.program.startup import leave_with
class Left:
    def __del__(self): print("the interpreter was taken apart")
left = Left()
left.itself = left
sys.stdout.write("a line without its end")
leave_with(7)
"""


@pytest.mark.bare
@pytest.mark.parametrize(
    ("before", "end", "taken_apart"),
    [
        ("", "raise SystemExit(7)", False),
        ("", "import atexit; atexit.register(print, '; told'); raise SystemExit(7)", False),
        ("import atexit; atexit.register(print, '; told')\n", "raise SystemExit(7)", True),
    ],
)
def test_leaving_keeps_the_code_the_streams_and_everybodys_last_word(before: str, end: str, taken_apart: bool) -> None:
    """A function that was registered before Slipway's must run last, so in that case the interpreter ends as usual."""
    done = python(before + PREPARED + LEAVES + end)
    assert (done.returncode, done.stderr) == (7, "")
    assert done.stdout.startswith("a line without its end")
    assert ("; told" in done.stdout) == ("told" in before + end)
    assert ("taken apart" in done.stdout) == taken_apart


@pytest.mark.parametrize("streams", ["", ">&-", ">/dev/full", "2>&-"])
def test_coverage_of_a_blueprint_is_measured(process: Process, streams: str, tmp_path: Path) -> None:
    """coverage writes its file at the exit, also if the streams are closed or full."""
    script = ROOT / "blueprints/fivetran/check_credentials.py"
    command = f'"{sys.executable}" -m coverage run --data-file={tmp_path}/data "{script}" {streams}'
    done = subprocess.run(["sh", "-c", command], env=process.environment({}), cwd=process.cwd, capture_output=True)
    assert done.returncode == 0
    assert (tmp_path / "data").stat().st_size > 0
