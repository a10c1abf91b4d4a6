"""An HTTP server of model archives, which can hold them back."""

import collections
import functools
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer


class ArchiveServer:
    """Serves a folder; counts what was asked for."""

    def __init__(self, port, folder):
        self.asked = collections.Counter()
        self._go = threading.Event()
        self._go.set()
        handler = functools.partial(self._handler(), directory=folder)
        self._server = ThreadingHTTPServer(("127.0.0.1", port), handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def hold(self):
        """Whoever asks from now on waits."""
        self._go.clear()

    def let_go(self):
        self._go.set()

    def _handler(self):
        server = self

        class Handler(SimpleHTTPRequestHandler):
            def do_GET(self):
                server.asked[self.path.lstrip("/")] += 1
                server._go.wait()
                super().do_GET()

            def log_message(self, *_):
                pass

        return Handler

    def close(self):
        self.let_go()
        self._server.shutdown()
        self._server.server_close()
