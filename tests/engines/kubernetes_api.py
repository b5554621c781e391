"""The Kubernetes API of the simulated cluster over HTTP, as far as Airflow's pod operator uses it."""

import json
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import simple_websocket
from flask import Flask, Response, request
from werkzeug.exceptions import BadRequest, HTTPException, Unauthorized, UnprocessableEntity
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.engines.cluster import Cluster
from tests.engines.kubelet import attach

TOKEN = "token-of-the-tests"
NAMESPACE = "/api/v1/namespaces/<namespace>"
POD = f"{NAMESPACE}/pods/<name>"
STDOUT, STDERR, ERROR = 1, 2, 3  # channels of v4.channel.k8s.io: the first byte of a message is its channel


class Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"  # sends a log in chunks while it is written

    def log_request(self, *arguments: Any) -> None:
        """Write no line for each request."""


@contextmanager
def served(cluster: Cluster) -> Iterator[dict[str, Any]]:
    """Serve the cluster on a port of the loopback address. Yield the kubeconfig, by which every client finds it."""
    server = make_server("127.0.0.1", 0, api(cluster), threaded=True, request_handler=Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "tests", "cluster": {"server": f"http://127.0.0.1:{server.port}"}}],
            "users": [{"name": "tests", "user": {"token": TOKEN}}],
            "contexts": [{"name": "tests", "context": {"cluster": "tests", "user": "tests"}}],
            "current-context": "tests",
        }
    finally:
        server.shutdown()
        thread.join()
        cluster.down()


def api(cluster: Cluster) -> Flask:
    app = Flask("cluster")

    @app.before_request
    def authenticate() -> None:
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            raise Unauthorized

    @app.before_request
    def remember() -> None:
        cluster.asked.append(f"{request.method} {request.path}")

    @app.errorhandler(HTTPException)
    def refuse(error: HTTPException) -> tuple[dict[str, Any], int]:
        body = {"apiVersion": "v1", "kind": "Status", "status": "Failure", "code": error.code}
        return {**body, "message": error.description}, error.code or 500

    @app.post(f"{NAMESPACE}/pods")
    def create(namespace: str) -> tuple[dict[str, Any], int]:
        return cluster.create(namespace, request.get_json()), 201

    @app.get(f"{NAMESPACE}/pods")
    def select(namespace: str) -> dict[str, Any]:
        pods = cluster.select(namespace, request.args.get("labelSelector", ""))
        return {"apiVersion": "v1", "kind": "PodList", "metadata": {}, "items": [cluster.shown(pod) for pod in pods]}

    @app.get(f"{NAMESPACE}/events")
    def events(namespace: str) -> dict[str, Any]:
        return {"apiVersion": "v1", "kind": "EventList", "metadata": {}, "items": []}

    @app.get(POD)
    def read(namespace: str, name: str) -> dict[str, Any]:
        return cluster.shown(cluster.get(namespace, name))

    @app.patch(POD)
    def label(namespace: str, name: str) -> dict[str, Any]:
        pod, change = cluster.get(namespace, name), request.get_json(force=True)
        if list(change) != ["metadata"] or list(change["metadata"]) != ["labels"]:
            raise UnprocessableEntity("only a change of labels is played")
        pod["metadata"].setdefault("labels", {}).update(change["metadata"]["labels"])
        return cluster.shown(pod)

    @app.delete(POD)
    def delete(namespace: str, name: str) -> dict[str, Any]:
        pod = cluster.get(namespace, name)
        cluster.delete(pod, request.args.get("gracePeriodSeconds", 30, int))
        return cluster.shown(pod)

    @app.get(f"{POD}/log")
    def log(namespace: str, name: str) -> Response:
        return Response(logged(started(namespace, name)), mimetype="text/plain")

    @app.get(f"{POD}/exec", websocket=True)
    def execute(namespace: str, name: str) -> str:
        options = ["--interactive"] if asked("stdin") else []
        command = [*options, started(namespace, name), *request.args.getlist("command")]
        converse(simple_websocket.Server.accept(request.environ, subprotocols=["v4.channel.k8s.io"]), command)
        return ""

    def started(namespace: str, name: str) -> str:
        """Return podman's name of the requested container."""
        pod, container = cluster.get(namespace, name), request.args["container"]
        if container not in cluster.node.states(pod):
            raise BadRequest(f"container {container!r} in pod {name!r} is waiting to start")
        return cluster.node.container(pod, container)

    return app


def asked(name: str) -> bool:
    return request.args.get(name, "").lower() == "true"


def logged(container: str) -> Iterator[bytes]:
    """Yield the container's stdout and stderr, until it has ended if that is requested."""
    options = [f"--{name}" for name in ("follow", "timestamps") if asked(name)]
    if "sinceSeconds" in request.args:
        options.append(f"--since={request.args['sinceSeconds']}s")

    def chunks(process: "subprocess.Popen[bytes]") -> Iterator[bytes]:
        try:
            yield from iter(process.stdout.read1, b"")
        finally:
            process.kill()
            process.wait()

    return chunks(attach("logs", *options, container, stderr=subprocess.STDOUT))


def converse(socket: simple_websocket.Server, command: list[str]) -> None:
    """Run a process whose streams are the channels of a websocket. The last message says how it ended."""
    process = attach("exec", *command, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    one_at_a_time = threading.Lock()

    def send(channel: int, data: bytes) -> None:
        with one_at_a_time, suppress(simple_websocket.ConnectionClosed):
            socket.send(bytes([channel]) + data)

    def pump(channel: int, stream: Any) -> None:
        for chunk in iter(stream.read1, b""):
            send(channel, chunk)

    def feed() -> None:
        """Feed the process until the client disconnects. The process then reads the end of its input."""
        with suppress(simple_websocket.ConnectionClosed, BrokenPipeError), process.stdin:
            while True:
                message = socket.receive()
                process.stdin.write((message.encode() if isinstance(message, str) else message)[1:])
                process.stdin.flush()

    pumps = [threading.Thread(target=pump, args=one) for one in ((STDOUT, process.stdout), (STDERR, process.stderr))]
    feeder = threading.Thread(target=feed)
    for thread in (*pumps, feeder):
        thread.start()
    for thread in pumps:
        thread.join()
    send(ERROR, json.dumps(ended(process.wait())).encode())
    with suppress(simple_websocket.ConnectionClosed):
        socket.close()
    feeder.join()


def ended(code: int) -> dict[str, Any]:
    if code == 0:
        return {"metadata": {}, "status": "Success"}
    details = {"causes": [{"reason": "ExitCode", "message": str(code)}]}
    return {"metadata": {}, "status": "Failure", "reason": "NonZeroExitCode", "details": details}
