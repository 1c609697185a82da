"""A slow line to a server on this machine: one rate for all connections together, and a delay.

Used by the tests and by `make bench`.
"""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

PIECE = 8192  # bytes; connections that are busy at once take turns with these

AHEAD = 0.02  # seconds of traffic that are taken on at a time: a busy machine's timers are late, and the line is not


class Line:
    """What comes down it shares `rate` bytes a second; each way takes half of `delay` seconds."""

    def __init__(self, rate: float, delay: float) -> None:
        self.rate = rate
        self.delay = delay
        self.bytes = 0  # that have come down it
        self.free = 0.0  # the time, in the loop's own seconds, at which what is under way has come

    async def connect(self, up: asyncio.StreamReader, down: asyncio.StreamWriter, host: str, port: int) -> None:
        """One connection of a browser's, until either end closes it."""
        await asyncio.sleep(self.delay)  # the handshake
        from_server, to_server = await asyncio.open_connection(host, port)
        ways = [
            asyncio.create_task(self.carry(up, to_server, counted=False)),
            asyncio.create_task(self.carry(from_server, down, counted=True)),
        ]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        await asyncio.sleep(self.delay)
        for way in ways:
            way.cancel()
        for end in (to_server, down):
            end.close()

    async def carry(self, source: asyncio.StreamReader, to: asyncio.StreamWriter, counted: bool) -> None:
        loop = asyncio.get_running_loop()
        with suppress(ConnectionError):
            while piece := await source.read(PIECE):
                arrival = loop.time()
                if counted:
                    self.bytes += len(piece)
                    arrival = self.free = max(self.free, arrival) + len(piece) / self.rate
                loop.call_at(arrival + self.delay / 2, to.write, piece)
                await asyncio.sleep(arrival - loop.time() - AHEAD)


@contextmanager
def shaped(address: str, rate: float, delay: float) -> Iterator[tuple[str, Line]]:
    """The server at `address` behind a line of `rate` bytes a second and `delay` seconds there and back: its address
    there, and the line, which counts what comes."""
    server, line, loop = urlsplit(address), Line(rate, delay), asyncio.new_event_loop()

    async def connected(up: asyncio.StreamReader, down: asyncio.StreamWriter) -> None:
        with suppress(asyncio.CancelledError):  # at the end
            await line.connect(up, down, server.hostname, server.port)

    async def listen() -> asyncio.Server:
        return await asyncio.start_server(connected, "127.0.0.1", 0, limit=2 * PIECE)

    async def end() -> None:
        listening.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    listening = asyncio.run_coroutine_threadsafe(listen(), loop).result()
    try:
        port = listening.sockets[0].getsockname()[1]
        yield f"http://{server.hostname}:{port}{server.path}", line
    finally:
        asyncio.run_coroutine_threadsafe(end(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
