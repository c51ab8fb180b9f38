"""`bookforce flower`: Celery's dashboard, never without a password."""

import ipaddress
import os
import secrets
import socket
import sys
from typing import Annotated

import typer

from config.settings import load_settings
from worker.commands.console import FINDING, err, settings_explained

AddressOption = Annotated[str | None, typer.Option("--address", help="Where to listen; BOOKFORCE_FLOWER_ADDRESS.")]
PortOption = Annotated[int | None, typer.Option("--port", help="The port; BOOKFORCE_FLOWER_PORT.", min=1, max=65535)]


def flower(address: AddressOption = None, port: PortOption = None) -> None:
    """Run Flower, with a row for every booking beside those of the tasks.

    Listens on 127.0.0.1:5555 unless told otherwise, and asks for the user and
    the password of BOOKFORCE_FLOWER_USER and BOOKFORCE_FLOWER_PASSWORD. Without
    a password one is made for this start and printed.

    Workers have to be started with -E. All of Flower's own settings work:
    FLOWER_URL_PREFIX, FLOWER_CERTFILE, FLOWER_KEYFILE and so on.
    """
    with settings_explained():
        settings = load_settings()
    where = (address or settings.flower_address, port or settings.flower_port)
    _check_free(*where)
    chosen = settings.flower_password.get_secret_value()
    password = chosen or secrets.token_urlsafe(12)
    err.print(f"bookforce: Flower at http://{where[0]}:{where[1]}/ for the user {settings.flower_user}")
    if not chosen:
        err.print(f"bookforce: its password until it ends is {password} (BOOKFORCE_FLOWER_PASSWORD sets another)")
    if not _is_loopback(where[0]) and "FLOWER_CERTFILE" not in os.environ:
        err.print("bookforce: passwords go over the network in plain: put a proxy with TLS in front of it")
    # In the environment and not among the arguments, which every user of the machine can list.
    os.environ["FLOWER_BASIC_AUTH"] = f"{settings.flower_user}:{password}"
    os.environ.setdefault("FLOWER_TASKS_COLUMNS", "name,uuid,state,result,kwargs,received,runtime")
    command = [sys.executable, "-m", "celery", "-A", "worker.app", "flower", f"--address={where[0]}"]
    os.execv(sys.executable, [*command, f"--port={where[1]}"])  # noqa: S606 - our own arguments, and no shell


def _check_free(address: str, port: int) -> None:
    """Flower itself says that a port is taken with a traceback, behind its address and a password of no use."""
    if "FLOWER_UNIX_SOCKET" in os.environ:
        return
    try:
        family, _, _, _, where = socket.getaddrinfo(address, port, type=socket.SOCK_STREAM)[0]
        socket.create_server(where, family=family).close()
    except OSError as error:
        err.print(f"bookforce: cannot listen on {address}:{port} ({error.strerror}); --port names another")
        raise typer.Exit(FINDING) from error


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"
