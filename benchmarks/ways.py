"""Install the ways of triggering a sync that ``make bench`` compares, each into its own environment."""

import base64
import contextlib
import io
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.processes import Case
from release import authorities, pyz

ROOT = Path(__file__).resolve().parent.parent
HERE = Path(__file__).resolve().parent
TRIGGER, CHECK = "fivetran/execute_sync", "fivetran/check_sync_status"
OFFICIAL, CLI = "shipyard-fivetran==0.2.1", "fivetran-cli==1.1.0"
CONNECTOR = "speak_inexpensive"
REAL_NAME = "api.fivetran.com"
"""The host name that is built into other programs."""
KEY, SECRET = "benchmark-key", "benchmark-secret"
REDIRECT = f"""\
import os, socket
_real = socket.getaddrinfo
def getaddrinfo(host, port, *arguments, **options):
    return _real(*(("127.0.0.1", os.environ["PORT"]) if host == "{REAL_NAME}" else (host, port)), *arguments, **options)
socket.getaddrinfo = getaddrinfo
"""
"""Redirects programs with the built-in host name to the local server. It imports only modules that requests needs."""


def environment(url: str, bundle: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "REQUESTS_CA_BUNDLE": str(bundle),
        "CURL_CA_BUNDLE": str(bundle),
        "FIVETRAN_API_URL": f"{url}/v1",
        "FIVETRAN_API_KEY": KEY,
        "FIVETRAN_API_SECRET": SECRET,
        "FIVETRAN_CONNECTOR_ID": CONNECTOR,
    }


def ways(folder: Path, url: str) -> list[Case]:
    """Install everything below ``folder``. Return the cases; the first one is the floor of most others."""
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    programs = venv(
        folder / "slipway", ["--no-deps", "--require-hashes", "-r", str(ROOT / "requirements.lock")], [str(wheel)]
    )
    python = str(programs / "python")
    return [
        Case("floor: requests, one POST, two files", [python, str(HERE / "floor.py")]),
        Case("execute_sync", [python, str(blueprint(ROOT, TRIGGER))], "floor: requests, one POST, two files"),
        Case("check_sync_status", [python, str(blueprint(ROOT, CHECK))], "floor: requests, one POST, two files"),
        Case("`slipway` command", [str(programs / "slipway"), TRIGGER], "floor: requests, one POST, two files"),
        *zipped(folder, wheel, python),
        *as_in_the_image(folder / "image", python),
        Case("http.client", [python, str(HERE / "http_client.py")], "floor: requests, one POST, two files"),
        Case("curl", curl(url), "floor: requests, one POST, two files"),
        *others(folder, url),
    ]


def blueprint(root: Path, name: str) -> Path:
    return root / f"blueprints/{name}.py"


def venv(folder: Path, *installs: Sequence[str]) -> Path:
    """Create a virtual environment with the same Python. Return the folder of its programs."""
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    for wanted in installs:
        pip = [str(folder / "bin/pip"), "install", "--quiet", "--disable-pip-version-check", *wanted]
        subprocess.run(pip, check=True, capture_output=True)
    return folder / "bin"


def zipped(folder: Path, wheel: Path, python: str) -> Iterator[Case]:
    """Yield slipway.pyz, and a floor whose zip file has only the same compiled requests and its dependencies."""
    with contextlib.redirect_stdout(io.StringIO()):
        pyz.main([str(wheel), python])
    ours, floor = folder / "slipway.pyz", folder / "floor.pyz"
    tag = sys.implementation.cache_tag
    with zipfile.ZipFile(ours) as source, zipfile.ZipFile(floor, "w") as target:
        for name in source.namelist():
            if name.startswith(f"{tag}/") and not name.startswith(f"{tag}/slipway/"):
                target.writestr(name.removeprefix(f"{tag}/"), source.read(name))
        target.writestr("__main__.py", (HERE / "floor.py").read_text())
    yield Case("floor in a zip file", [python, str(floor)])
    yield Case("slipway.pyz", [python, str(ours), TRIGGER], "floor in a zip file")


def as_in_the_image(folder: Path, python: str) -> Iterator[Case]:
    """Yield the image's entry point, run outside a container, and a floor with the same packages."""
    pip = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-compile",
        "--no-deps",
    ]
    locked = ["--require-hashes", "-r", str(ROOT / "requirements.lock")]
    subprocess.run([*pip, "--target", str(folder), *locked], check=True, capture_output=True)
    for part in ("shared", "blueprints"):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    bundle = folder / "certifi/cacert.pem"
    shutil.copy(folder.parent / "bundle.pem", bundle)  # the same and the server's authority
    authorities.main([str(bundle)])
    floor = folder / "floor.py"
    floor.write_text(f"import sys\nsys.path.insert(0, {str(folder)!r})\n" + (HERE / "floor.py").read_text())
    compiled = [python, "-m", "compileall", "-q", "-f", "--invalidation-mode", "unchecked-hash", str(folder)]
    subprocess.run(compiled, check=True, capture_output=True)
    yield Case("floor, as in the image", [python, "-I", str(floor)])
    entry = [python, "-I", str(folder / "blueprints/__main__.py"), TRIGGER]
    own = {"REQUESTS_CA_BUNDLE": "", "CURL_CA_BUNDLE": ""}
    yield Case("image's entry point", entry, "floor, as in the image", own)
    yield Case("image's entry point, no volume", entry, "floor, as in the image", own, empty=True)


def curl(url: str) -> list[str]:
    address = f"{url}/v1/connections/{CONNECTOR}/sync"
    options = ["--fail", "--silent", "--output", "response.json", "--user", f"{KEY}:{SECRET}"]
    return ["curl", *options, "--json", '{"force": false}', address]


def others(folder: Path, url: str) -> Iterator[Case]:
    """Yield other programs, redirected to the local server."""
    floor = "floor: requests, one POST, two files"
    port = {"PORT": str(urlsplit(url).port)}
    programs = venv(folder / "official", [OFFICIAL])
    _redirect(programs)
    module = ["-m", "shipyard_fivetran.cli.sync"]
    given = ["--api-key", KEY, "--api-secret", SECRET, "--connector-id", CONNECTOR, "--force", "FALSE"]
    environ = {**port, "SHIPYARD_FLEET_DOWNSTREAM_COUNT": "1"}  # else it writes no files
    yield Case("official Shipyard package", [str(programs / "python"), *module, *given], floor, environ)
    programs = venv(folder / "cli", [CLI])
    _redirect(programs)
    arguments = ["beta", "connection", "sync", "--connection-id", CONNECTOR]
    key = base64.b64encode(f"{KEY}:{SECRET}".encode()).decode()
    home = {**port, "HOME": str(folder), "DO_NOT_TRACK": "1", "FIVETRAN_API_KEY": key}
    yield Case("fivetran-cli", [str(programs / "fivetran"), *arguments], floor, home)


def _redirect(programs: Path) -> None:
    where = "import sysconfig; print(sysconfig.get_path('purelib'))"
    site = subprocess.check_output([str(programs / "python"), "-c", where], text=True).strip()
    (Path(site) / "sitecustomize.py").write_text(REDIRECT)
