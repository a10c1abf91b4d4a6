"""Opens a session with boto3's legacy retries while something is down, and uses it.

Argument: the endpoint. Prints each attempt's status as it comes, so that whoever runs this can
bring back what is down.
"""

import os
import sys
import unittest.mock
from typing import Any

from client import Conversation, make_client

# Waits of 1, 2, 4 and 8 s instead of a random part of them: time enough in every run.
unittest.mock.patch("botocore.retryhandler.random.random", return_value=1.0).start()

attempts = 0


def show(response: tuple[Any, object] | None, **_: object) -> None:
    """Is told every response before boto3 decides whether to try again."""
    global attempts
    attempts += 1
    status = response[0].status_code if response else "no answer"
    print(f"attempt {attempts}: {status}", flush=True)


def main() -> None:
    client = make_client(os.environ["ROUTER_URL"], retries={"mode": "legacy", "max_attempts": 4})
    client.meta.events.register_first("needs-retry.sagemaker-runtime.InvokeEndpoint", show)
    conversation = Conversation(client, sys.argv[1]).open("My cat is called Zorro.")
    print("opened", conversation.id)
    assert attempts > 1, "nothing was down"
    assert "Zorro" in conversation.ask("What is my cat called?")
    print("remembered")


main()
