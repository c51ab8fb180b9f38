"""Run the simulated org: python -m tests.simulator [--port 0] [--ready-file F]."""

import argparse
import gc
import json
import os
import signal
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from socket import socket

from tests.simulator.org import Org
from tests.simulator.server import Server, configure, listen, write_certificate
from tests.simulator.settings import Settings


def main(arguments: list[str] | None = None) -> int:
    """Serve until a signal comes; 1 with one line of why when that is impossible."""
    options = read_options(arguments)
    try:
        opened = listen(options.host, options.port)
    except (OSError, OverflowError) as error:
        return complain(f"cannot listen on {options.host}:{options.port}: {error}")
    if options.ready_file and not options.ready_file.absolute().parent.is_dir():
        return complain(f"no folder for the ready file: {options.ready_file.parent}")
    with opened, tempfile.TemporaryDirectory(prefix="simulated-org-") as folder:
        run(Org(chosen_settings(options)), opened, Path(folder), options.ready_file)
    return 0


def chosen_settings(options: argparse.Namespace) -> Settings:
    settings = Settings(person_accounts=options.person_accounts)
    return replace(settings, custom_fields=()) if options.bare else settings


def complain(message: str) -> int:
    sys.stderr.write(f"simulator: {message}\n")
    return 1


def read_options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.simulator", description="A simulated Salesforce org over TLS."
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=0, help="port to listen on; 0 picks a free one")
    parser.add_argument("--ready-file", type=Path, help="where to write url, certificate and credentials as JSON")
    parser.add_argument("--bare", action="store_true", help="an org without bookforce's custom fields")
    parser.add_argument("--person-accounts", action="store_true", help="an org with Person Accounts turned on")
    return parser.parse_args(arguments)


def run(org: Org, opened: socket, folder: Path, ready_file: Path | None) -> None:
    """Serve the org on an open socket, and say where once it is so."""
    ready = ready_file.absolute() if ready_file else None
    ca_file = ready.with_name(f"{ready.name}.ca.pem") if ready else folder / "ca.pem"
    certificate = write_certificate(folder, ca_file)
    text = json.dumps(announcement(org, ca_file, opened.getsockname()[1]))
    server = Server(configure(org, certificate), lambda: announce(text, ready))
    for each in (signal.SIGINT, signal.SIGTERM):
        # uvicorn raises the signal it was stopped by once more when it is done; by then it has been heeded.
        signal.signal(each, lambda *_: None)
    # Records stay: to look through them for garbage as often as for what calls leave took a tenth of the time.
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    server.run(sockets=[opened])


def announcement(org: Org, ca_file: Path, port: int) -> dict[str, str | int]:
    url = f"https://localhost:{port}"
    settings = org.state.settings
    return {
        "url": url,
        "ca_file": str(ca_file),
        "client_id": settings.client_id,
        "client_secret": settings.client_secret,
        "control_url": f"{url}/_simulator",
        "pid": os.getpid(),
    }


def announce(text: str, ready: Path | None) -> None:
    """Write the line whole or not at all: whoever waits for the file must never read half of it."""
    if ready is None:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
        return
    partial = ready.with_name(f"{ready.name}.partial")
    partial.write_text(text + "\n", encoding="utf-8")
    partial.replace(ready)


if __name__ == "__main__":
    sys.exit(main())
