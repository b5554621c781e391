#!/bin/sh
# The examples in their real engines: Airflow, Prefect, Dagster, cron, podman.   test_all.sh <python that has pytest>
# Makes what it needs below .venv-engines/ (about 900 MB) and takes down what it starts. What cannot be had on this
# machine is said, and not shown; a Python engine that cannot be installed is a failure.
set -eu
cd "$(dirname "$0")/.."
pytest_python=${1:-python3}
here=$(pwd)
engines=$here/.venv-engines
tests=tests/engines
missing=

for engine in airflow prefect dagster compose; do
  wanted=$tests/requirements/$engine.txt
  if ! cmp -s "$wanted" "$engines/$engine/installed.txt"; then
    echo "installing $engine"
    "${PYTHON:-python3}" -m venv --clear "$engines/$engine"
    "$engines/$engine/bin/pip" install --quiet --disable-pip-version-check -r "$wanted"
    cp "$wanted" "$engines/$engine/installed.txt"
  fi
done

# The examples are given what a user installs: the package, from its wheel.
rm -rf "$engines/wheel"
"$pytest_python" -m hatchling build --target wheel --directory "$engines/wheel" > /dev/null
for engine in airflow prefect dagster; do
  pip=$engines/$engine/bin/pip
  "$pip" install --quiet --disable-pip-version-check -r requirements-run.txt
  "$pip" install --quiet --disable-pip-version-check --no-deps --force-reinstall "$engines"/wheel/*.whl
done

have() { command -v "$1" > /dev/null; }
if [ "$(id -u)" = 0 ] && have apt-get && ! { have cron && have podman && have buildah && have mmdebstrap; }; then
  echo "installing cron and podman"
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    cron podman buildah runc catatonit mmdebstrap; } > "$engines/apt.log" 2>&1 || tail -3 "$engines/apt.log"
fi

set -- "$tests/test_airflow.py" "$tests/test_prefect.py" "$tests/test_dagster.py"
if [ "$(id -u)" = 0 ] && have cron && have unshare; then
  set -- "$@" "$tests/test_cron.py"
else
  missing="$missing cron (needs root and the package cron);"
fi
CONTAINERS_CONF=$here/$tests/containers.conf
export CONTAINERS_CONF
if have podman && have buildah && have runc && sh "$tests/images.sh" > "$engines/images.log" 2>&1; then
  set -- "$@" "$tests/test_containers.py" "$tests/test_container_steps.py" "$tests/test_airflow_pods.py" \
    "$tests/test_compose.py"
else
  [ ! -f "$engines/images.log" ] || tail -5 "$engines/images.log"
  missing="$missing containers, compose.yaml and Airflow's pods (need podman, buildah and runc, and a base image);"
fi

code=0
SLIPWAY_ENGINES=$engines "$pytest_python" -m pytest -q -n 2 --dist loadfile "$@" || code=$?
[ -z "$missing" ] || echo "NOT SHOWN HERE:$missing everything else above"
exit "$code"
