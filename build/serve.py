"""Serve a folder to this machine or to its network: `python -m build.serve [FOLDER]`; `--help` lists the options.

`serving` does the same for tests, which may corrupt, hide or slow down files on the way.
"""

import io
import os
import socket
import sys
import threading
import time
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any, AnyStr, BinaryIO, NamedTuple
from urllib.parse import unquote, urlsplit
from weakref import WeakSet

import segno

from build.command import command
from build.paths import ROOT, typed

if TYPE_CHECKING:
    from _typeshed import SupportsRead, SupportsWrite

HOST = "127.0.0.1"
EVERYONE = "0.0.0.0"  # every network this machine is in
FIRST_PORT = 8000
PIECES = 20  # in which a slow line brings a second's bytes

# Browsers run modules and compile WebAssembly only under the right type, and systems disagree about these.
MIME_TYPES = {
    ".css": "text/css",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript",
    ".json": "application/json",
    ".mjs": "text/javascript",
    ".py": "text/x-python",
    ".safetensors": "application/octet-stream",
    ".svg": "image/svg+xml",
    ".toml": "application/toml",
    ".wasm": "application/wasm",
    ".whl": "application/zip",
    ".woff2": "font/woff2",
    ".zip": "application/zip",
}


class Answer(NamedTuple):
    """What a host or a filter may make of a file."""

    body: bytes
    type: str | None = None  # None for that of the file's name
    status: int = HTTPStatus.OK


# Gets a path inside the folder, such as "weights/mini/config.json"; the answer is what to send instead, other bytes, an
# HTTP status to fail with, or None to send the file. It runs in the request's own thread, so it may wait.
Intercept = Callable[[str], Answer | bytes | int | None]


class Handler(SimpleHTTPRequestHandler):
    """Answers GET and HEAD with the files of the server's folder, and with nothing else."""

    protocol_version = "HTTP/1.1"
    extensions_map = SimpleHTTPRequestHandler.extensions_map | MIME_TYPES
    server: "FolderServer"
    compressed: str | None = None  # the type of a file that is sent compressed

    def send_head(self) -> io.BytesIO | BinaryIO | None:
        self.compressed = None  # one handler answers many requests
        answer = self.answer(unquote(urlsplit(self.path).path))
        if isinstance(answer, bytes):
            answer = Answer(answer)
        if isinstance(answer, Answer):
            return self.send_answer(answer)
        if answer is not None:
            self.send_error(answer)
            return None
        self.compressed = self.take_compressed()
        return super().send_head()

    def take_compressed(self) -> str | None:
        """Send the compressed copy beside a file, where there is one, to a browser that takes it; its type then.

        A copy older than its file is not sent: somebody has edited the file since.
        """
        path = urlsplit(self.path).path
        path += "index.html" if path.endswith("/") else ""
        file = self.translate_path(path)
        if "gzip" not in self.headers.get("Accept-Encoding", ""):
            return None
        try:
            if os.stat(file + ".gz").st_mtime_ns < os.stat(file).st_mtime_ns:
                return None
        except OSError:  # one of them is not there
            return None
        self.path = path + ".gz"
        return super().guess_type(file)

    def guess_type(self, path: str | os.PathLike[str]) -> str:
        return self.compressed or super().guess_type(path)

    def answer(self, path: str) -> Answer | bytes | int | None:
        """What to send instead of a file, or an error's status; None to look for the file."""
        under = self.server.under
        if path + "/" == under:
            return None  # the base class redirects to the path with the slash
        if not path.startswith(under) or "\0" in path:
            return HTTPStatus.NOT_FOUND
        if not Path(self.translate_path(self.path)).resolve().is_relative_to(self.server.folder):
            return HTTPStatus.NOT_FOUND
        return self.server.intercept(path.removeprefix(under)) if self.server.intercept else None

    def send_answer(self, answer: Answer) -> io.BytesIO:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.type or self.guess_type(urlsplit(self.path).path))
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        return io.BytesIO(answer.body)

    def copyfile(self, source: "SupportsRead[AnyStr]", outputfile: "SupportsWrite[AnyStr]") -> None:
        if not self.server.pace:
            return super().copyfile(source, outputfile)
        while piece := source.read(self.server.pace // PIECES):
            outputfile.write(piece)
            time.sleep(1 / PIECES)

    def translate_path(self, path: str) -> str:
        return super().translate_path(urlsplit(path).path.removeprefix(self.server.under.rstrip("/")))

    def list_directory(self, path: str | os.PathLike[str]) -> None:
        self.send_error(HTTPStatus.NOT_FOUND)

    def end_headers(self) -> None:
        # The browser keeps files but asks each time whether they have changed: a rebuilt site shows at once.
        self.send_header("Cache-Control", "no-cache")
        if self.compressed:
            self.send_header("Content-Encoding", "gzip")
            self.send_header("Vary", "Accept-Encoding")
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Stay quiet: the browser's own tools show requests better."""


class FolderServer(ThreadingHTTPServer):
    """Serves `folder` below the URL path `under`, on this machine only unless `host` says otherwise."""

    request_queue_size = 128  # a class opens the page at the same moment

    def __init__(
        self,
        folder: Path,
        port: int,
        under: str = "/",
        intercept: Intercept | None = None,
        pace: int = 0,
        headers: dict[str, str] | None = None,
        host: str = HOST,
    ) -> None:
        self.folder = folder.resolve()
        self.pace = pace
        self.headers = headers or {}
        self.under = f"/{under.strip('/')}/".replace("//", "/")
        self.intercept = intercept
        self.connections: WeakSet[socket.socket] = WeakSet()
        super().__init__((host, port), partial(Handler, directory=str(self.folder)))

    def address(self, host: str = HOST) -> str:
        return f"http://{host}:{self.server_port}{self.under}"

    def get_request(self) -> tuple[socket.socket, Any]:
        request, client_address = super().get_request()
        self.connections.add(request)
        return request, client_address

    def server_close(self) -> None:
        """Stop answering, on kept-alive connections too."""
        super().server_close()
        for connection in list(self.connections):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: socket.socket | tuple[bytes, socket.socket], client_address: object) -> None:
        if not isinstance(sys.exception(), ConnectionError):  # a closed tab is no error
            super().handle_error(request, client_address)


@contextmanager
def serving(
    folder: str | Path,
    under: str = "/",
    intercept: Intercept | None = None,
    pace: int = 0,
    headers: dict[str, str] | None = None,
) -> Iterator[str]:
    """Serve `folder` on a free port while the block runs; gives the base URL, which ends with a slash.

    `pace` is how many bytes a second each answer gets, as over a slow line; 0 is as fast as can be. `headers` go with
    every answer.
    """
    server = FolderServer(Path(folder), 0, under, intercept, pace, headers)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server.address()
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def open_server(folder: Path, port: int | None, under: str, host: str = HOST) -> FolderServer:
    """A server on `port`, or on the first free port from 8000 on. Raises OSError when there is none."""
    ports = [port] if port is not None else range(FIRST_PORT, FIRST_PORT + 1000)
    for candidate in ports:
        with suppress(OSError):
            return FolderServer(folder, candidate, under, host=host)
    raise OSError(f"port {ports[0]} is in use" if port is not None else "no port from 8000 to 8999 is free")


def local_address() -> str | None:
    """This machine's address in its local network, None when it is in none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        try:
            asked.connect(("192.0.2.1", 9))  # nothing is sent: the system only says which way it would go
            return asked.getsockname()[0]
        except OSError:
            return None


def invitation(address: str) -> str:
    """What a class has to type, or to point a telephone at."""
    code = io.StringIO()
    segno.make(address, error="l", micro=False).terminal(code, compact=True)
    return f"Everybody in this network can open\n\n    {address}\n\n{code.getvalue()}"


def main() -> None:
    parser = command("Serve a folder to your browser.")
    parser.add_argument("folder", nargs="?", type=typed, default=ROOT / "dist", help="folder to serve (default: dist)")
    parser.add_argument("--port", type=int, help="port to listen on (default: the first free one from 8000 on)")
    parser.add_argument("--no-browser", action="store_true", help="do not open the browser")
    parser.add_argument("--under", default="/", metavar="PATH", help="URL path of the folder, such as /glassformer/")
    parser.add_argument("--lan", action="store_true", help="serve the local network, not this machine only")
    options = parser.parse_args()

    if not (options.folder / "index.html").is_file():
        sys.exit(f"There is no index.html in {options.folder}. Build the site first: make site")
    try:
        server = open_server(options.folder, options.port, options.under, EVERYONE if options.lan else HOST)
    except OSError as error:
        sys.exit(f"The server could not start: {error}. Choose another with --port.")
    print(f"Serving {options.folder} at {server.address()} (end with Ctrl-C)", flush=True)
    if options.lan:
        here = local_address()
        print(invitation(server.address(here)) if here else "This machine is in no network.", flush=True)
    if not options.no_browser:
        webbrowser.open(server.address())
    with server, suppress(KeyboardInterrupt):
        server.serve_forever()


if __name__ == "__main__":
    main()
