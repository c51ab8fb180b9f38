"""An HTTP client that costs little: what is measured is the intake, and both share the machine's cores."""

import asyncio
from dataclasses import dataclass, field

_Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A status, and the seconds from when the request was due, not from when it could be sent."""

    status: int
    seconds: float


@dataclass(slots=True)
class Client:
    """Keeps connections open and uses whichever is free; opens more when none is."""

    host: str
    port: int
    replaced: int = 0
    _free: list[_Connection] = field(default_factory=list)

    async def send(self, request: bytes, due: float) -> Answer:
        """One request, whole as it goes over the wire. `due` is of the event loop's clock.

        A connection that the server gave up meanwhile is replaced and the request sent again, as every sender does.
        """
        reader, writer = self._free.pop() if self._free else await self._open()
        try:
            head = await _exchange(reader, writer, request)
        except (ConnectionError, asyncio.IncompleteReadError):
            self.replaced += 1
            reader, writer = await self._open()
            head = await _exchange(reader, writer, request)
        self._free.append((reader, writer))
        return Answer(status=int(head[9:12]), seconds=asyncio.get_running_loop().time() - due)

    async def _open(self) -> _Connection:
        return await asyncio.open_connection(self.host, self.port)

    @property
    def opened(self) -> int:
        """How many connections are open and free."""
        return len(self._free)

    def close(self) -> None:
        """Close all of them."""
        for _, writer in self._free:
            writer.close()


def a_request(path: str, headers: dict[str, str], body: bytes) -> bytes:
    """A POST as it goes over the wire."""
    lines = [f"POST {path} HTTP/1.1", "Host: intake", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


async def _exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> bytes:
    """The head of the answer, whose body is read too."""
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    await reader.readexactly(_length(head))
    return head


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0
