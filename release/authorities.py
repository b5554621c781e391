"""Write the authorities of a bundle into a folder beside it, where OpenSSL finds each of them by its name.

    python release/authorities.py certifi/cacert.pem

The folder is ``authorities-`` and the bundle's size in bytes, so that it is not used for a bundle that was changed.

From such a folder OpenSSL reads only the authority that it needs, instead of all 120: the image is made with one. Needs
the command openssl, and nothing of Slipway, so that an image can be built without its code.
"""

import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

CERTIFICATE = re.compile(r"^-----BEGIN CERTIFICATE-----\n.+?^-----END CERTIFICATE-----\n", re.DOTALL | re.MULTILINE)


def main(arguments: Sequence[str]) -> int:
    (bundle,) = map(Path, arguments)
    folder = bundle.with_name(f"authorities-{bundle.stat().st_size}")
    folder.mkdir()
    for number, certificate in enumerate(CERTIFICATE.findall(bundle.read_text("utf-8"))):
        (folder / f"{number:03}.pem").write_text(certificate, "ascii")
    subprocess.run(["openssl", "rehash", str(folder)], check=True)  # noqa: S607  # a link for each, named by its hash
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
