# Slipway as a container:  docker run --rm -e FIVETRAN_... -v slipway:/data slipway fivetran/execute_sync
# The emulator instead:    docker build --target emulator -t slipway-emulator .
ARG PYTHON=3.12

FROM python:${PYTHON}-slim AS packages
COPY requirements.lock /tmp/
# Into a folder of its own: what pip needs for itself stays behind. Exact versions, and the files' hashes are checked.
RUN pip install --no-cache-dir --no-compile --target /packages --no-deps --require-hashes -r /tmp/requirements.lock \
    && rm -rf /packages/bin \
    && python -m compileall -q --invalidation-mode unchecked-hash /packages
# OpenSSL finds an authority here by its name. To read all 120 of the bundle takes a seventh of a trigger's CPU.
COPY release/authorities.py /tmp/
RUN python /tmp/authorities.py /packages/certifi/cacert.pem

FROM python:${PYTHON}-slim AS code
COPY shared /opt/slipway/shared
COPY blueprints /opt/slipway/blueprints
# A checkout made under a strict umask must not make an image that only root can read.
RUN chmod -R u=rwX,go=rX /opt/slipway \
    && python -m compileall -q --invalidation-mode unchecked-hash /opt/slipway

FROM python:${PYTHON}-slim AS emulator
COPY requirements/emulator.lock /tmp/
RUN pip install --no-cache-dir --no-deps --require-hashes -r /tmp/emulator.lock
COPY emulator /opt/emulator/emulator
WORKDIR /opt/emulator
USER 10001:0
EXPOSE 8000
ENTRYPOINT ["python", "-m", "emulator", "--host", "0.0.0.0", "--port", "8000"]

FROM python:${PYTHON}-slim AS slipway
ARG VERSION=dev
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Slipway" \
      org.opencontainers.image.description="Start a Fivetran or Airbyte sync and say how it went: one operation, one exit code" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY --from=packages /packages /opt/slipway
COPY --from=code /opt/slipway /opt/slipway
# /data is the working directory and belongs to group 0: any uid with gid 0 may write there.
RUN install -d -o 10001 -g 0 -m 0770 /data
WORKDIR /data
VOLUME /data
USER 10001:0
# -I: neither the working directory nor a user's or PYTHON* setting adds to what Python imports. No shell: signals arrive.
ENTRYPOINT ["python", "-I", "/opt/slipway/blueprints/__main__.py"]
