#!/bin/sh
# Trigger a connector's sync and check it until it has ended: what a line of crontab runs.
#   cron_chain.sh <connector id> [<file>]   the last step's exit code; its result on stdout, or in the file, which is
#                                           replaced when there is a new one and not before
# PYTHON, PAUSE (seconds between two tries) and TRIES may be set in the environment.
set -u
FIVETRAN_CONNECTOR_ID=${1:?usage: cron_chain.sh CONNECTOR_ID [FILE]}
# One id for every try of this run, so that a retry joins the sync that the earlier try started.
SLIPWAY_RUN_ID="$1-$(date -u +%Y%m%dT%H%M%S)-$$"
export FIVETRAN_CONNECTOR_ID SLIPWAY_RUN_ID
blueprints=$(dirname "$(readlink -f "$0")")/../blueprints/fivetran

# Run a blueprint, again after a pause while its exit code says that this may help.
step() {
  tries=${TRIES:-240}
  while :; do
    result=$("${PYTHON:-python3}" "$blueprints/$1.py")
    code=$?
    tries=$((tries - 1))
    case $code in
      129 | 130 | 143 | 221 | 222 | 223 | 255) [ "$tries" -gt 0 ] || return "$code" ;;
      *) return "$code" ;;
    esac
    sleep "${PAUSE:-60}"
  done
}

echo "$(date -u +%FT%TZ) $SLIPWAY_RUN_ID" >&2
step execute_sync && step check_sync_status
code=$?
if [ $# -gt 1 ]; then
  printf '%s\n' "$result" > "$2.new" && mv "$2.new" "$2"
else
  printf '%s\n' "$result"
fi
exit "$code"
