"""Opening sessions as a client does, one request after the other on one connection."""

import random

from .client import Client
from .errors import BenchError
from .stack import Target

HEADER = "X_Amzn_SageMaker_Session_Id"


def open_sessions(target: Target, count: int) -> list[str]:
    """The ids of so many new sessions, in an order that says nothing of their instances."""
    with Client(target) as client:
        ids = [open_session(client, b"{}") for _ in range(count)]
    if len(set(ids)) != count:
        raise BenchError(f"{target.name}: {count - len(set(ids))} session ids came twice")
    random.Random(1).shuffle(ids)
    return ids


def open_session(client: Client, body: bytes) -> str:
    """The id of a new session; HAProxy passes on the container's header as it is."""
    headers = client.post(body, **{HEADER: "NEW_SESSION"}).headers
    value = headers.get("x-amzn-sagemaker-new-session-id") or headers.get("x-amzn-sagemaker-session-id")
    if not value:
        raise BenchError(f"an answer that should open a session has no session header: {headers}")
    return value.partition(";")[0].strip()
