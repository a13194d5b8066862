"""A load generator of its own process: a few connections, each sending its next request when the answer is there.

`python -m bench._load PORT CLIENTS SECONDS < requests` reads one JSON list of [method, path, body] and prints one JSON
object: requests, seconds, statuses and latencies. With `SECONDS` of 0 every request is sent once.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator

from appointly.supervisor import die_with_parent


def encoded(method: str, path: str, body: str) -> bytes:
    """One HTTP/1.1 request that keeps its connection."""
    head = f"{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n"
    if body:
        head += f"content-type: application/json\r\ncontent-length: {len(body)}\r\n"
    return f"{head}\r\n{body}".encode()


class Client(asyncio.Protocol):
    """One connection."""

    def __init__(self, requests: Iterator[bytes], deadline: float) -> None:
        self.requests, self.deadline = requests, deadline
        self.statuses: Counter[int] = Counter()
        self.latencies: list[float] = []
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.received, self.missing = b"", 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.send()

    def send(self) -> None:
        request = next(self.requests, None) if time.perf_counter() < self.deadline else None
        if request is None:
            self.transport.close()
            self.done.set_result(None)
            return
        self.sent = time.perf_counter()
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        if self.missing:
            self.missing -= len(data)
        else:
            self.received += data
            end = self.received.find(b"\r\n\r\n")
            if end < 0:
                return
            head = self.received[:end].lower()
            at = head.index(b"content-length:") + 15
            length = int(head[at:].split(b"\r\n", 1)[0])
            self.statuses[int(head[9:12])] += 1
            self.missing = length - (len(self.received) - end - 4)
            self.received = b""
        if not self.missing:
            self.latencies.append(time.perf_counter() - self.sent)
            self.send()


async def run(port: int, clients: int, seconds: float, requests: list[bytes]) -> dict[str, object]:
    """Send, and count."""
    started = time.perf_counter()
    if seconds:
        source, deadline = iter(requests), started + seconds
    else:
        source, deadline = iter(requests), float("inf")
    loop = asyncio.get_running_loop()
    made = [await loop.create_connection(lambda: Client(source, deadline), "127.0.0.1", port) for _ in range(clients)]
    await asyncio.gather(*(client.done for _, client in made))
    took = time.perf_counter() - started
    latencies = sorted(each for _, client in made for each in client.latencies)
    statuses = sum((client.statuses for _, client in made), Counter[int]())
    return {
        "requests": len(latencies),
        "seconds": took,
        "statuses": statuses,
        "p50": latencies[len(latencies) // 2] * 1000,
        "p95": latencies[int(len(latencies) * 0.95)] * 1000,
    }


async def race(port: int, clients: int, rounds: list[bytes]) -> dict[str, object]:
    """In each round every client sends the same request at once; how often it was answered how, by round."""
    results: Counter[str] = Counter()
    streams = [await asyncio.open_connection("127.0.0.1", port) for _ in range(clients)]
    for request in rounds:
        for _, writer in streams:
            writer.write(request)
        answers = Counter([await _status(reader) for reader, _ in streams])
        results[json.dumps(sorted(answers.items()))] += 1
    for _, writer in streams:
        writer.close()
    return {"rounds": results}


async def _status(reader: asyncio.StreamReader) -> int:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    at = head.index(b"content-length:") + 15
    await reader.readexactly(int(head[at:].split(b"\r\n", 1)[0]))
    return int(head[9:12])


if __name__ == "__main__":
    die_with_parent()
    port, clients = int(sys.argv[1]), int(sys.argv[2])
    wanted = [encoded(*each) for each in json.load(sys.stdin)]
    if sys.argv[3] == "race":
        print(json.dumps(asyncio.run(race(port, clients, wanted))))
    else:
        print(json.dumps(asyncio.run(run(port, clients, float(sys.argv[3]), wanted))))
