"""An HTTP server of model archives, which can hold them back."""

import collections
import functools
import pathlib
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer


class ArchiveServer:
    """Serves a folder; counts what was asked for."""

    def __init__(self, port: int, folder: pathlib.Path) -> None:
        self.asked = collections.Counter[str]()
        self._go = threading.Event()
        self._go.set()
        handler = functools.partial(self._handler(), directory=folder)
        self._server = ThreadingHTTPServer(("127.0.0.1", port), handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def hold(self) -> None:
        """Whoever asks from now on waits."""
        self._go.clear()

    def let_go(self) -> None:
        self._go.set()

    def _handler(self) -> type[SimpleHTTPRequestHandler]:
        server = self

        class Handler(SimpleHTTPRequestHandler):
            def do_GET(self) -> None:
                server.asked[self.path.lstrip("/")] += 1
                server._go.wait()
                super().do_GET()

            def log_message(self, *_: object) -> None:
                pass

        return Handler

    def close(self) -> None:
        self.let_go()
        self._server.shutdown()
        self._server.server_close()
