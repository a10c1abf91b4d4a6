"""Clients whose sessions go on, and that check every answer: the word and the count must be theirs."""

import asyncio
import collections
import hashlib
import random
import re
import uuid
from collections.abc import Callable, Mapping

import aiohttp
from api import Object
from containers import ModelContainer
from node import Kubelet

PATH = "/endpoints/chat/invocations"
SESSION = "X-Amzn-SageMaker-Session-Id"
BEGUN = "X-Amzn-SageMaker-New-Session-Id"
BEARER_KEY = "key of whoever checks"
KEY = {"Authorization": f"Bearer {BEARER_KEY}"}
PRINCIPALS = {
    "principals": [
        {
            "name": "checks",
            "bearerKeys": [{"sha256": hashlib.sha256(BEARER_KEY.encode()).hexdigest()}],
            "allow": [{"actions": ["*"], "endpoints": ["*"]}],
        }
    ]
}
BROKEN = (aiohttp.ClientError, asyncio.TimeoutError, ConnectionError)


class Session:
    """One session at whatever router is asked."""

    def __init__(self, http: aiohttp.ClientSession, kubelet: Kubelet) -> None:
        self.http = http
        self.kubelet = kubelet
        self.word = uuid.uuid4().hex
        self.id = ""  # until it is open
        self.count = 0
        self.pod: str | None = None

    async def ask(self, url: str, session: str, **body: str) -> tuple[int, Mapping[str, str], Object]:
        async with self.http.post(url + PATH, json=body, headers={SESSION: session}) as answer:
            return answer.status, answer.headers, await answer.json(content_type=None)

    async def open(self, url: str) -> tuple[int, str]:
        """The status and the message of a refusal; 200 if the session is open."""
        status, headers, answer = await self.ask(url, "NEW_SESSION", word=self.word)
        if status == 200:
            self.id = headers[BEGUN].split(";")[0]
            self.pod = answer["pod"]
        return status, message(answer)

    async def go_on(self, url: str) -> tuple[int, str, bool]:
        """The status, the message of a refusal, and whether an answer is another's."""
        status, _, answer = await self.ask(url, self.id)
        wrong = False
        if status == 200:
            # A request whose answer broke off may have counted.
            wrong = answer.get("word") != self.word or answer["count"] <= self.count
            self.count = answer.get("count", 0)
        return status, message(answer), wrong

    async def close(self, url: str) -> int:
        status, _, _ = await self.ask(url, self.id, requestType="CLOSE")
        return status

    def is_there(self) -> bool:
        """Whether some container that runs still has it."""
        return any(
            isinstance(pod.runs, ModelContainer)
            and self.id in pod.runs.sessions
            and not pod.runs.ended.is_set()
            for pod in self.kubelet.of("model-chat").values()
        )


def message(answer: Object) -> str:
    text = str(answer.get("message") or answer.get("Message") or answer.get("OriginalMessage"))
    return re.sub(r"[0-9a-f]{32}", "ID", text)[:110]


class Load:
    """Many sessions at a time, each at any of the routers, each begun anew when its time is over."""

    def __init__(
        self,
        kubelet: Kubelet,
        urls: Callable[[], list[str]],
        clients: int = 16,
        life: float = 4.0,
        pause: float = 0.1,
    ) -> None:
        self.kubelet = kubelet
        self.urls = urls
        self.clients = clients
        self.life = life
        self.pause = pause
        self.opened = self.answered = self.wrong = self.broken = 0
        self.lost = self.lost_though_there = 0
        self.errors = collections.Counter[str]()
        self.stopping = asyncio.Event()

    async def __aenter__(self) -> "Load":
        timeout = aiohttp.ClientTimeout(total=60)
        self.http = aiohttp.ClientSession(timeout=timeout, headers=KEY)
        self.tasks = [asyncio.ensure_future(self.client()) for _ in range(self.clients)]
        return self

    async def __aexit__(self, kind: object, error: object, trace: object) -> None:
        self.stopping.set()
        await asyncio.gather(*self.tasks)
        await self.http.close()

    async def client(self) -> None:
        while not self.stopping.is_set():
            session = Session(self.http, self.kubelet)
            try:
                status, why = await session.open(random.choice(self.urls()))
            except BROKEN:
                self.broken += 1
                await asyncio.sleep(0.2)
                continue
            if status == 200:
                self.opened += 1
                await self.use(session)
            else:
                self.errors[f"{status} {why}"] += 1
                await asyncio.sleep(0.2)

    async def use(self, session: Session) -> None:
        loop = asyncio.get_running_loop()
        end = loop.time() + self.life * random.uniform(0.5, 1.5)
        while loop.time() < end and not self.stopping.is_set():
            await asyncio.sleep(self.pause * random.uniform(0.5, 1.5))
            if not await self.go_on(session):
                return
        try:
            await session.close(random.choice(self.urls()))
        except BROKEN:
            self.broken += 1

    async def go_on(self, session: Session) -> bool:
        """Whether the session is still one."""
        try:
            status, why, wrong = await session.go_on(random.choice(self.urls()))
        except BROKEN:
            self.broken += 1
            return True
        if status == 200:
            self.answered += 1
            self.wrong += wrong
        else:
            self.errors[f"{status} {why}"] += 1
        if status == 400:
            self.lost += 1
            self.lost_though_there += session.is_there()
        return status != 400

    def counts(self) -> dict[str, int]:
        counts = {"opened": self.opened, "answered": self.answered, "wrong": self.wrong}
        counts |= {"lost": self.lost, "lost though there": self.lost_though_there}
        counts |= {"broken": self.broken, "errors": sum(self.errors.values())}
        return counts
