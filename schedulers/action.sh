#!/usr/bin/env bash
# What action.yml does: run BLUEPRINT at most TRIES times, PAUSE seconds apart, while its exit code says that this may
# help. The packages that it needs are installed once a job, as the lock has them.
set -euo pipefail
# Held against patterns first: bash's arithmetic would run a command that stands in an array's index.
case $TRIES in '' | *[!0-9]*) echo "Slipway: the input tries is a whole number" >&2 && exit 206 ;; esac
case $PAUSE in '' | *[!0-9.]*) echo "Slipway: the input pause is a number of seconds" >&2 && exit 206 ;; esac
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
  TRIES=$((10#$TRIES - 1))
  case $code in
    129 | 130 | 143 | 221 | 222 | 223 | 255) [ "$TRIES" -gt 0 ] || exit "$code" ;;
    *) exit "$code" ;;
  esac
  sleep "$PAUSE"
done
