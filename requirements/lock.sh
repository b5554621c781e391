#!/bin/sh
# Write the locks: exact versions with their hashes, for every system and every Python that the ranges allow.
#   lock.sh <folder of uv>             adds and removes what the ranges ask for; keeps every version that still fits
#   lock.sh <folder of uv> --upgrade   takes the newest versions that the ranges allow
# All files are resolved together, so that one environment can have several of them.
set -eu
cd "$(dirname "$0")/.."
uv=$1/uv
shift
compile() { # <ranges> <lock> [<more arguments>]
  ranges=$1 lock=$2
  shift 2
  "$uv" pip compile --quiet --universal --python-version 3.10 --no-python-downloads --generate-hashes \
    --custom-compile-command "make lock" --output-file "$lock" "$ranges" "$@" > /dev/null
  sed -i.old '/^    #   -c /d' "$lock" && rm "$lock.old" # the temporary file below says nothing to a reader
}
all=$(mktemp)
trap 'rm -f "$all"' EXIT
# Versions that the locks have are kept unless --upgrade is given: uv prefers what stands in its output file.
cat requirements.lock requirements/*.lock > "$all" 2> /dev/null || true
compile requirements-dev.txt "$all" "$@"
compile requirements-run.txt requirements.lock --constraint "$all" "$@"
for name in emulator test lint dist workflows audit; do
  compile "requirements/$name.txt" "requirements/$name.lock" --constraint "$all" "$@"
done
