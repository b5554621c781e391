#!/usr/bin/env bash
# What action.yml does: run BLUEPRINT at most TRIES times, PAUSE seconds apart, while its exit code says that this may
# help. The packages that it needs are installed once a job, as the lock has them.
set -euo pipefail
slipway=$(cd "$(dirname "$0")/.." && pwd)
packages=$RUNNER_TEMP/slipway
if [ ! -e "$packages/.complete" ]; then
  python3 -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes --target "$packages" \
    -r "$slipway/requirements.lock"
  touch "$packages/.complete"
fi
export PYTHONPATH=$packages
while :; do
  code=0
  : > "$GITHUB_OUTPUT" > "$GITHUB_STEP_SUMMARY" # the step's own files: only the last try's table is to stand
  python3 "$slipway/blueprints/__main__.py" "$BLUEPRINT" || code=$?
  TRIES=$((TRIES - 1))
  case $code in
    130 | 143 | 221 | 222 | 223 | 255) [ "$TRIES" -gt 0 ] || exit "$code" ;;
    *) exit "$code" ;;
  esac
  sleep "$PAUSE"
done
