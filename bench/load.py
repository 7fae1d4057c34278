"""Many clients at once over HTTP/1.1, as cheap as Python can be: the machine's cores belong to what is measured."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence


class Connection:
    """Keep-alive, one request at a time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def post(self, request: bytes) -> bytes:
        """The body of the answer; `AssertionError` unless it is 200."""
        self.writer.write(request)
        head = await self.reader.readuntil(b"\r\n\r\n")
        lines = head.lower().split(b"\r\n")
        (length,) = (int(line[15:]) for line in lines if line.startswith(b"content-length:"))
        body = await self.reader.readexactly(length)
        assert lines[0].split()[1] == b"200", head + body
        return body


def request(port: int, key: str, body: bytes, idempotency_key: str | None = None) -> bytes:
    """A whole POST to /graphql."""
    head = (
        f"POST /graphql HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\ncontent-type: application/json\r\n"
        f"authorization: Bearer {key}\r\ncontent-length: {len(body)}\r\n"
    )
    if idempotency_key is not None:
        head += f"idempotency-key: {idempotency_key}\r\n"
    return f"{head}\r\n".encode() + body


async def drive(port: int, requests: Sequence[bytes], clients: int, expected: bytes) -> float:
    """Send all of them; requests a second. Each answer holds `expected`."""
    waiting: Iterator[bytes] = iter(requests)
    opened = [await asyncio.open_connection("127.0.0.1", port) for _ in range(clients)]
    connections = [Connection(reader, writer) for reader, writer in opened]

    async def client(connection: Connection) -> None:
        for one in waiting:
            answer = await connection.post(one)
            assert expected in answer, answer[:2000]

    started = time.perf_counter()
    await asyncio.gather(*(client(connection) for connection in connections))
    seconds = time.perf_counter() - started
    for connection in connections:
        connection.writer.close()
    return len(requests) / seconds
