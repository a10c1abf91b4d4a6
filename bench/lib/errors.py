"""The one error a benchmark ends with, and how a command shows it."""

import signal
import sys
from collections.abc import Callable


class BenchError(Exception):
    """Why a run is worth nothing; its text is all that the user sees."""


def main(run: Callable[[], None]) -> None:
    """Runs a command's body: a failure is one line and exit code 1, and nothing is left running."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        run()
    except BenchError as error:
        sys.exit(f"FAILED: {error}")
    except KeyboardInterrupt:
        sys.exit("stopped")
