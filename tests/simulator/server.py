"""The org over TLS: an ASGI application, its certificate, and a server for it in a thread or in the foreground."""

import asyncio
import contextlib
import socket
import tempfile
import threading
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import trustme
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from tests.simulator.api.entry import LONGEST_URI, bad_message
from tests.simulator.messages import Request, Response
from tests.simulator.org import Org

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]
STARTED_WITHIN = 10.0
WAIT_FOR_CALLS = 2


@dataclass(frozen=True, slots=True)
class Certificate:
    """The files that a server and its clients need."""

    ca_file: Path
    key_file: Path
    chain_file: Path


@dataclass(frozen=True, slots=True)
class RunningOrg:
    """An org that serves, and what a client needs to use it."""

    url: str
    ca_file: Path
    client_id: str
    client_secret: str
    org: Org

    @property
    def control_url(self) -> str:
        return f"{self.url}/_simulator"


class Protocol(HttpToolsProtocol):
    """HTTP, whose own refusals look like those of the server in front of a real org."""

    def send_400_response(self, msg: str) -> None:
        too_long = len(self.url) > LONGEST_URI
        status, reason = (414, "URI Too Long") if too_long else (400, "Bad Request")
        page = bad_message(status, msg if status == 400 else reason)
        head = f"HTTP/1.1 {status} {reason}\r\nContent-Type: text/html;charset=iso-8859-1\r\n"
        self.transport.write(f"{head}Content-Length: {len(page)}\r\nConnection: close\r\n\r\n".encode() + page)
        self.transport.close()


class Server(uvicorn.Server):
    """A server that says when it really serves, and that does not wait for clients who keep connections open."""

    def __init__(self, config: uvicorn.Config, announce: Callable[[], None] = lambda: None) -> None:
        super().__init__(config)
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.started:
            self._announce()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # Closing TLS politely waits for the other side to agree, and an idle client does not answer.
        for connection in list(self.server_state.connections):
            cycle: Any = getattr(connection, "cycle", None)
            if cycle is None or cycle.response_complete:
                cast("Any", connection).transport.abort()
        await super().shutdown(sockets=sockets)


def write_certificate(folder: Path, ca_file: Path) -> Certificate:
    """Make a certificate authority of our own, and a certificate by it for this machine."""
    authority = trustme.CA()
    issued = authority.issue_cert("localhost", "127.0.0.1")
    made = Certificate(ca_file, folder / "key.pem", folder / "chain.pem")
    authority.cert_pem.write_to_path(str(made.ca_file))
    issued.private_key_pem.write_to_path(str(made.key_file))
    made.key_file.chmod(0o600)
    made.chain_file.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
    return made


def listen(host: str, port: int) -> socket.socket:
    """Open the socket first, so that a port in use is noticed before anything else."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    opened = socket.socket(family, socket.SOCK_STREAM)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        opened.bind((host, port))
        opened.listen()
    except OSError:
        opened.close()
        raise
    return opened


def configure(org: Org, certificate: Certificate) -> uvicorn.Config:
    return uvicorn.Config(
        application(org),
        http=Protocol,
        loop="uvloop",
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        ssl_certfile=certificate.chain_file,
        ssl_keyfile=certificate.key_file,
        timeout_graceful_shutdown=WAIT_FOR_CALLS,
    )


def application(org: Org) -> Application:
    """Wrap an org as an ASGI application."""

    async def serve_one(scope: Message, receive: Receive, send: Send) -> None:
        body = await _body(receive, org.state.settings.max_body_bytes)
        if body is None:
            return
        target = scope["raw_path"].decode("latin-1")
        query = scope["query_string"].decode("latin-1")
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        response = org.handle(Request(scope["method"], f"{target}?{query}" if query else target, headers, body))
        if response.delay:
            await asyncio.sleep(response.delay.total_seconds())
        await _respond(response, receive, send)

    return serve_one


async def _body(receive: Receive, most: int) -> bytes | None:
    """Read the body, None if the client hangs up before its end; of one too large keep just enough to know it."""
    read = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        read += message.get("body", b"") if len(read) <= most else b""
        if not message.get("more_body"):
            return bytes(read)


async def _respond(response: Response, receive: Receive, send: Send) -> None:
    if response.fate == "drop":
        await _hang_up(receive, send)
        return
    length = str(len(response.body)).encode()
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in response.headers.items()]
    if response.status != 204:
        headers.append((b"content-length", length))
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    if response.fate == "send":
        await send({"type": "http.response.body", "body": response.body})
        return
    await send({"type": "http.response.body", "body": response.body[: len(response.body) // 2], "more_body": True})
    await _hang_up(receive, send)


async def _hang_up(receive: Receive, send: Send) -> None:
    """Close the connection under the client; ASGI has no word for it, so reach for uvicorn's transport."""
    cycle: Any = getattr(send, "__self__", None)
    cycle.transport.close()
    while (await receive())["type"] != "http.disconnect":
        pass


@contextlib.contextmanager
def serve(org: Org | None = None, *, host: str = "127.0.0.1", port: int = 0) -> Iterator[RunningOrg]:
    """Serve an org from a thread of this process while the context lasts."""
    serving = org or Org()
    with tempfile.TemporaryDirectory(prefix="simulated-org-") as folder, listen(host, port) as opened:
        certificate = write_certificate(Path(folder), Path(folder) / "ca.pem")
        server = Server(configure(serving, certificate))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [opened]}, name="simulated-org", daemon=True)
        thread.start()
        _wait_until_started(server, thread)
        settings = serving.state.settings
        url = f"https://localhost:{opened.getsockname()[1]}"
        try:
            yield RunningOrg(url, certificate.ca_file, settings.client_id, settings.client_secret, serving)
        finally:
            server.should_exit = True
            thread.join()


def _wait_until_started(server: uvicorn.Server, thread: threading.Thread) -> None:
    waiting = threading.Event()
    for _ in range(int(STARTED_WITHIN / 0.01)):
        if server.started or not thread.is_alive():
            break
        waiting.wait(0.01)
    if not server.started:
        raise RuntimeError("the simulated org did not start")
