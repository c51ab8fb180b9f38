"""`bookforce metrics`: answers Prometheus."""

from typing import Annotated

import typer
from prometheus_client import start_http_server

from config.settings import connection_names, load_settings
from worker.commands.console import FINDING, err, settings_explained
from worker.connections import connect_redis
from worker.metrics import metrics_registry

AddressOption = Annotated[str | None, typer.Option("--address", help="Where to listen; BOOKFORCE_METRICS_ADDRESS.")]
PortOption = Annotated[int | None, typer.Option("--port", help="The port; BOOKFORCE_METRICS_PORT.", min=1, max=65535)]


def metrics(address: AddressOption = None, port: PortOption = None) -> None:
    """Answer Prometheus on /metrics with what the journal says, until Ctrl-C.

    Listens on 127.0.0.1:9540 unless told otherwise. It keeps nothing: run one
    for each journal, or as many as you like.
    """
    with settings_explained():
        settings = load_settings()
    where = (address or settings.metrics_address, port or settings.metrics_port)
    registry = metrics_registry(connect_redis(settings), connection_names, settings.cipher)
    try:
        server, thread = start_http_server(where[1], where[0], registry)
    except OSError as error:
        err.print(f"bookforce: cannot listen on {where[0]}:{where[1]} ({error.strerror}); --port names another")
        raise typer.Exit(FINDING) from error
    err.print(f"bookforce: metrics at http://{where[0]}:{server.server_port}/metrics")
    thread.join()
