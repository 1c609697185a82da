"""A static server for one folder and this computer alone: python3 serve.py FOLDER [--no-browser]

For the classroom folder where there is no perl; serve.pl beside it is the same.
"""

import contextlib
import functools
import http.server
import os
import sys
import webbrowser

TYPES = {
    ".css": "text/css",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript",
    ".json": "application/json",
    ".md": "text/plain; charset=utf-8",
    ".mjs": "text/javascript",
    ".png": "image/png",
    ".py": "text/x-python",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}


class Handler(http.server.SimpleHTTPRequestHandler):
    extensions_map = dict(TYPES, **{"": "application/octet-stream"})  # noqa: RUF012  the library's own way

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def list_directory(self, path: object) -> None:
        self.send_error(404)

    def log_message(self, *arguments: object) -> None:
        pass


class Server(http.server.ThreadingHTTPServer):
    allow_reuse_address = os.name == "posix"  # elsewhere it would share a port with another program
    daemon_threads = True


def listen(folder: str) -> Server:
    """A server on the first free port; without one the program ends."""
    for port in range(8000, 9000):
        try:
            return Server(("127.0.0.1", port), functools.partial(Handler, directory=folder))
        except OSError:
            continue
    sys.exit("No port from 8000 to 8999 is free.")


def main() -> None:
    folder = os.path.realpath(sys.argv[1])
    if not os.path.isfile(os.path.join(folder, "index.html")):
        sys.exit("There is no index.html in " + folder + ".")
    server = listen(folder)
    address = f"http://127.0.0.1:{server.server_address[1]}/"
    print(
        "Glassformer is at " + address + "\nIf no browser opens, open that address. To stop, close this window.",
        flush=True,
    )
    if "--no-browser" not in sys.argv:
        webbrowser.open(address)
    with contextlib.suppress(KeyboardInterrupt):
        server.serve_forever()


if __name__ == "__main__":
    main()
