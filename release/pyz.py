"""Build dist/slipway.pyz: Slipway and its two dependencies in one file that any Python can run.

    python -m release.pyz dist/slipway_blueprints-0.1.0-py3-none-any.whl [python3.10 python3.14 ...]

Each interpreter named (default: the one that runs this) gets its own byte-compiled copy in the file, and starts as
fast as from an installation. Any other Python compiles the sources at each start. The dependencies are those of
requirements.lock, in their variants without C extensions, which Python cannot load from a zip file.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCES = "sources"
LEFT_OUT = ("bin", "slipway/emulator", "slipway/demo")  # the emulator would need Flask
EPOCH = (1980, 1, 1, 0, 0, 0)  # the same input makes the same file

MAIN = """\
import sys
from zipimport import zipimporter

if sys.version_info < (3, 10):
    sys.stderr.write("Slipway needs Python 3.10 or newer; %s is %d.%d\\n" % ((sys.executable,) + sys.version_info[:2]))
    sys.exit(206)


class Compiled(zipimporter):
    # zipimporter reads and unpacks a module to learn its file's name, and once more to run it.
    def get_filename(self, name):
        file = name.rpartition(".")[2] + ("/__init__.pyc" if self.is_package(name) else ".pyc")
        return self.archive + "/" + self.prefix + file


if sys.implementation.cache_tag in {tags!r}:
    sys.path_hooks[:] = [Compiled if hook is zipimporter else hook for hook in sys.path_hooks]
    sys.path[0] += "/" + sys.implementation.cache_tag
else:
    sys.path[0] += "/{sources}"

from slipway.command import main

sys.exit(main())
"""
TAG = "import sys; print(sys.implementation.cache_tag)"


def main(arguments: Sequence[str]) -> int:
    wheel, *interpreters = arguments
    target = Path(wheel).resolve().with_name("slipway.pyz")
    tags = build(Path(wheel), target, interpreters or [sys.executable])
    print(f"{target}: {target.stat().st_size / 1e6:.1f} MB, byte-compiled for {', '.join(tags)}")
    return 0


def build(
    wheel: Path, target: Path, interpreters: Sequence[str], install: Callable[[Path], None] | None = None
) -> list[str]:
    """Write ``target``. ``install`` puts the dependencies into a folder. Return the cache tags of the Pythons."""
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder).resolve()
        (install or install_locked)(tree / SOURCES)
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(tree / SOURCES)
        for part in LEFT_OUT:
            shutil.rmtree(tree / SOURCES / part, ignore_errors=True)
        tags = [compiled(python, tree) for python in interpreters]
        (tree / "__main__.py").write_text(MAIN.format(tags=tuple(tags), sources=SOURCES))
        write(tree, target)
    return tags


def install_locked(folder: Path) -> None:
    """Install what requirements.lock pins, without C extensions."""
    pip = [
        sys.executable,
        "-m",
        "pip",
        "--disable-pip-version-check",
        "install",
        "--quiet",
        "--no-deps",
        "--no-compile",
    ]
    pure = ["--only-binary=:all:", "--platform=any", "--implementation=py", "--abi=none", "--python-version=3.10"]
    locked = ["--no-deps", "--require-hashes", "-r", str(ROOT / "requirements.lock")]
    subprocess.run([*pip, "--no-deps", "--target", str(folder), *pure, *locked], check=True)


def compiled(python: str, tree: Path) -> str:
    """Add a folder with the sources byte-compiled by ``python``. Return its name, the interpreter's cache tag."""
    tag = subprocess.check_output([python, "-I", "-c", TAG], text=True).strip()
    shutil.copytree(tree / SOURCES, tree / tag, ignore=shutil.ignore_patterns("*.dist-info", "py.typed", "*.pyi"))
    options = ["-q", "-b", "-s", str(tree / tag), "-p", "slipway.pyz", "--invalidation-mode", "unchecked-hash"]
    # Python 3.10 writes sets of constants in the order of their hashes, and -I takes no seed: an empty folder instead.
    environ = {"PATH": os.environ["PATH"], "PYTHONHASHSEED": "0"}
    with tempfile.TemporaryDirectory() as empty:
        subprocess.run([python, "-s", "-m", "compileall", *options, tree / tag], check=True, cwd=empty, env=environ)
    for source in (tree / tag).rglob("*.py"):
        source.unlink()
    return tag


def write(tree: Path, target: Path) -> None:
    """Zip ``tree`` into an executable ``target``.

    Byte-compiled files are not compressed: unpacking them would take a tenth of each start.
    """
    with target.open("wb") as file:
        file.write(b"#!/usr/bin/env python3\n")
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(path for path in tree.rglob("*") if path.is_file()):
                entry = zipfile.ZipInfo(path.relative_to(tree).as_posix(), EPOCH)
                entry.external_attr = 0o644 << 16
                rarely_read = path.is_relative_to(tree / SOURCES)
                entry.compress_type = zipfile.ZIP_DEFLATED if rarely_read else zipfile.ZIP_STORED
                archive.writestr(entry, path.read_bytes())
    target.chmod(target.stat().st_mode | 0o111)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
