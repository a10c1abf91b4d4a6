"""Clients of the pictured system: conversations, questions without a session, many models."""

import email.message
import http.client
import json
import random
import threading
import time
from collections.abc import Callable, Mapping
from typing import TypeAlias, TypedDict

from system import MODEL, MODELS, System

SESSION = "X-Amzn-SageMaker-Session-Id"
TARGET = "X-Amzn-SageMaker-Target-Model"


class Example(TypedDict):
    """A conversation that the model knows the answer of."""

    context: str
    question: str


EXAMPLES: list[Example] = json.loads((MODEL / "examples.json").read_text())
# A rate looks back so far.
BEFORE_SECONDS = 20
FILLER = (
    "It was a quiet day in the town. The train leaves on Friday. Nobody knew why the theatre was"
    " closed. The river is long and big. "
)


class Client:
    """One kept-alive connection to the router."""

    def __init__(self, port: int, key: str) -> None:
        self._port = port
        self._headers = {"Content-Type": "application/json", "Authorization": f"Bearer {key}"}
        self._connection: http.client.HTTPConnection | None = None

    def post(
        self, path: str, payload: Mapping[str, object], **headers: str
    ) -> tuple[int, email.message.Message, bytes]:
        """Status, headers and text of the answer."""
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=90)
        try:
            self._connection.request(
                "POST",
                path,
                json.dumps(payload),
                {**self._headers, **headers},
            )
            answer = self._connection.getresponse()
            return answer.status, answer.headers, answer.read()
        except (OSError, http.client.HTTPException):
            self._connection.close()
            self._connection = None
            return 0, email.message.Message(), b""


# What a thread does, by its own chances.
Work: TypeAlias = Callable[[Client, random.Random], None]


class Load:
    """Threads that go on until they are asked to stop."""

    def __init__(self, port: int, key: str) -> None:
        self._port = port
        self._key = key
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> "Load":
        for _ in range(7):
            self._start(self._converse)
        for work in (self._ask_without_session, self._ask_models, self._make_mistakes):
            self._start(work)
        return self

    def _start(self, work: Work) -> None:
        chance = random.Random(len(self._threads))
        thread = threading.Thread(target=work, args=(Client(self._port, self._key), chance), daemon=True)
        self._threads.append(thread)
        thread.start()

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(100)

    def _pause(self, chance: random.Random, mean: float) -> bool:
        return self._stop.wait(chance.expovariate(1 / mean))

    def _converse(self, client: Client, chance: random.Random) -> None:
        """Opens a session, asks some questions, and closes it, or forgets to."""
        path = "/endpoints/chat/invocations"
        while not self._pause(chance, 2):
            example = chance.choice(EXAMPLES)
            payload = {"inputs": context(example, chance)}
            status, headers, _ = client.post(path, payload, **{SESSION: "NEW_SESSION"})
            if status == 200:
                session = headers["X-Amzn-SageMaker-New-Session-Id"].partition(";")[0]
                self._talk(client, chance, session, example["question"])

    def _talk(self, client: Client, chance: random.Random, session: str, question: str) -> None:
        path = "/endpoints/chat/invocations"
        for _ in range(chance.randint(2, 9)):
            if self._pause(chance, 1.5):
                return
            stream = chance.random() < 0.4
            operation = path + "-response-stream" if stream else path
            payload = {"inputs": question, "stream": stream}
            status, _, _ = client.post(operation, payload, **{SESSION: session})
            if status == 400:
                return
        if chance.random() < 0.7:
            client.post(path, {"requestType": "CLOSE"}, **{SESSION: session})

    def _ask_without_session(self, client: Client, chance: random.Random) -> None:
        """Sends the whole context with every question, as stateless clients have to."""
        while not self._pause(chance, 1):
            example = chance.choice(EXAMPLES)
            text = context(example, chance) + " " + example["question"]
            client.post("/endpoints/chat/invocations", {"inputs": text})

    def _ask_models(self, client: Client, chance: random.Random) -> None:
        """Three models, of which two have room: the third is asked for now and then."""
        while not self._pause(chance, 1.2):
            (model,) = chance.choices(MODELS, (12, 6, 1))
            path = "/endpoints/zoo/invocations"
            status, headers, _ = client.post(
                path, {"inputs": FILLER}, **{TARGET: model, SESSION: "NEW_SESSION"}
            )
            if status == 200 and not self._pause(chance, 1):
                session = headers["X-Amzn-SageMaker-New-Session-Id"].partition(";")[0]
                client.post(path, {"requestType": "CLOSE"}, **{TARGET: model, SESSION: session})

    def _make_mistakes(self, client: Client, chance: random.Random) -> None:
        while not self._pause(chance, 12):
            client.post("/endpoints/chat/invocations", {"inputs": "?"}, **{SESSION: "never-heard-of"})


def context(example: Example, chance: random.Random) -> str:
    """An example's context, after some pages of other text."""
    return FILLER * chance.choice((0, 2, 5, 10, 20)) + example["context"]


def lose_an_instance(system: System, seconds: float) -> tuple[float, float]:
    """Looks on for so long, while an instance is lost and another one takes its place.

    Returns when that began and ended, in epoch seconds.
    """
    time.sleep(BEFORE_SECONDS)
    begin = time.time()
    time.sleep(seconds * 0.4)
    lost = system.lose_a_container()
    time.sleep(seconds * 0.2)
    system.replace_container(lost)
    time.sleep(max(0.0, begin + seconds - time.time()))
    return begin, time.time()
