"""Make the README's picture: check_freshness of an emulated account, shown by a headless Chromium.

``python -m docs.screenshot`` from the repository's root writes docs/images/freshness.png. Needs Chromium
(``.ci/install-chromium`` on Debian).
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "docs" / "images" / "freshness.png"
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)


def picture(page: Path, target: Path, size: tuple[int, int] = (1200, 900)) -> None:
    """Write Chromium's screenshot of ``page`` to ``target``. ``size`` is in pixels."""
    with tempfile.TemporaryDirectory() as profile:
        own = (f"--user-data-dir={profile}", f"--window-size={size[0]},{size[1]}", f"--screenshot={target}")
        subprocess.run(["chromium", *FLAGS, *own, page.as_uri()], check=True, timeout=60, stderr=subprocess.DEVNULL)


def main() -> int:
    PICTURE.parent.mkdir(exist_ok=True)
    emulator = [sys.executable, "-m", "emulator", "--port", "0", "--connectors", "40"]
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(emulator, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process,
    ):
        assert process.stdout is not None
        try:
            url = process.stdout.readline().strip()
            environ = {
                "PATH": os.environ["PATH"],
                "FIVETRAN_API_URL": f"{url}/v1",
                "FIVETRAN_API_KEY": "emulator-key",
                "FIVETRAN_API_SECRET": "emulator-secret",
            }
            program = str(ROOT / "blueprints" / "fivetran" / "check_freshness.py")
            subprocess.run([sys.executable, program], cwd=folder, env=environ, stdout=subprocess.DEVNULL, check=False)
            picture(Path(folder) / "shipyard-artifacts/fivetran-blueprints/artifacts/freshness.html", PICTURE)
        finally:
            process.terminate()
    print(PICTURE.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
