#!/bin/sh
# Build the two images, localhost/slipway-test and localhost/slipway-test-emulator, with podman.
# The base is the official image. Without a registry it is a replacement made from Debian's packages.
set -eu
cd "$(dirname "$0")/../.."
version=3.12
base=docker.io/library/python:$version-slim
if ! podman image exists "$base" && ! timeout 60 podman pull --quiet "$base"; then
  version=3.11 # what Debian 12 has
  base=docker.io/library/python:$version-slim
  if ! podman image exists "$base"; then
    echo "no registry reached: a stand-in for $base, made of Debian packages"
    folder=$(mktemp -d)
    mmdebstrap --quiet --variant=minbase --include=ca-certificates,python3,python3-pip bookworm "$folder/root.tar"
    podman import --quiet --change ENV=PATH=/usr/local/bin:/usr/bin:/bin "$folder/root.tar" slipway-test-root
    # As in the official image: a command "python", and a pip that may install.
    container=$(buildah from --pull-never localhost/slipway-test-root)
    buildah run --isolation chroot "$container" -- sh -c \
      'ln -s /usr/bin/python3 /usr/local/bin/python && rm -f /usr/lib/python3*/EXTERNALLY-MANAGED'
    buildah commit --quiet "$container" "$base"
    buildah rm "$container" > /dev/null
    rm -r "$folder"
  fi
fi
# Behind a proxy with a certificate of its own the build needs that certificate; it is mounted, not built in.
extra=
if [ -n "${PIP_CERT:-}" ]; then
  conf=$(mktemp)
  printf '[global]\ncert = /etc/ssl/certs/ca-certificates.crt\n' > "$conf"
  chmod 644 "$conf"
  extra="-v $PIP_CERT:/etc/ssl/certs/ca-certificates.crt:ro -v $conf:/etc/pip.conf:ro"
fi
for target in slipway emulator; do
  name=localhost/slipway-test$([ "$target" = slipway ] || echo "-$target")
  # shellcheck disable=SC2086 # several words on purpose
  buildah bud --quiet --isolation chroot --pull-never --build-arg "PYTHON=$version" --target "$target" $extra -t "$name" .
done
podman tag "$base" localhost/slipway-test-base
