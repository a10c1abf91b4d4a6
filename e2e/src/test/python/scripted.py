"""A model container that answers as a test says, piece by piece, in the test's own process."""

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Answer:
    """The chunked answer to one request; every piece leaves at once, in a chunk of its own."""

    def __init__(self, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        self._handler = handler
        self.request = body

    def begin(self, content_type: str) -> None:
        self._handler.send_response(200)
        self._handler.send_header("Content-Type", content_type)
        self._handler.send_header("Transfer-Encoding", "chunked")
        self._handler.end_headers()

    def write(self, piece: bytes) -> None:
        self._handler.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))

    def end(self) -> None:
        self._handler.wfile.write(b"0\r\n\r\n")

    def break_off(self) -> None:
        """No end: the connection is closed behind what was written."""
        self._handler.close_connection = True


class ScriptedContainer:
    """Listens where the router expects an instance; each request plays the current script."""

    def __init__(self, port: int) -> None:
        self.script: Callable[[Answer], None] | None = None
        self.failures: list[Exception] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        container = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                try:
                    assert container.script is not None, "no test has said what to answer"
                    container.script(Answer(self, body))
                except Exception as failure:  # noqa: BLE001 told to the test; the client sees a broken answer
                    container.failures.append(failure)
                    self.close_connection = True

            def log_message(self, *_: object) -> None:
                pass

        return Handler

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
