"""What every driver of a client shares: where to call, what to ask, and how to tell what came."""

import asyncio
import concurrent.futures
import importlib.metadata
import json
import os
import sys
import warnings
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any, TypeAlias, TypedDict, TypeGuard, cast


class Work(TypedDict):
    """What is asked, and which ways of a client it is for."""

    name: str
    endpoint: str
    session: bool
    chat: bool
    stream: bool
    prompts: list[str]


class Job(TypedDict):
    """All work, and the sessions it may be asked in, by endpoint."""

    sessions: dict[str, str]
    work: list[Work]


class Told(TypedDict, total=False):
    """An answer's text, or what the client raised."""

    text: str | None
    error: str


# A way of a client to ask an endpoint a prompt.
Ask: TypeAlias = Callable[[str, str], str | None]
AsyncAsk: TypeAlias = Callable[[str, str], Coroutine[Any, Any, str | None]]

URL = os.environ["ROUTER_URL"]
JOB: Job = json.loads(os.environ["JOB"])
SESSIONS = JOB["sessions"]


def version(*packages: str) -> str:
    return ", ".join(f"{name} {importlib.metadata.version(name)}" for name in packages)


def _told(ask: Ask, endpoint: str, prompt: str) -> Told:
    try:
        return {"text": ask(endpoint, prompt)}
    except Exception as failure:  # noqa: BLE001 whatever the client raises is its outcome
        return {"error": f"{type(failure).__name__}: {failure}"[:300]}


def _all_sync(ask: Ask, endpoint: str, prompts: Sequence[str]) -> list[Told]:
    with concurrent.futures.ThreadPoolExecutor(len(prompts)) as pool:
        return list(pool.map(lambda prompt: _told(ask, endpoint, prompt), prompts))


async def _told_async(ask: AsyncAsk, endpoint: str, prompt: str) -> Told:
    try:
        return {"text": await ask(endpoint, prompt)}
    except Exception as failure:  # noqa: BLE001 whatever the client raises is its outcome
        return {"error": f"{type(failure).__name__}: {failure}"[:300]}


def _all_async(ask: AsyncAsk, endpoint: str, prompts: Sequence[str]) -> list[Told]:
    async def together() -> list[Told]:
        return await asyncio.gather(*(_told_async(ask, endpoint, prompt) for prompt in prompts))

    return asyncio.run(together())


def _is_async(ask: Ask | AsyncAsk) -> TypeGuard[AsyncAsk]:
    return asyncio.iscoroutinefunction(ask)


def _all(ask: Ask | AsyncAsk, endpoint: str, prompts: Sequence[str]) -> list[Told]:
    if _is_async(ask):
        return _all_async(ask, endpoint, prompts)
    return _all_sync(cast("Ask", ask), endpoint, prompts)


def drive(versions: str, asks: Mapping[str, Ask | AsyncAsk]) -> None:
    """Asks everything at once in each way, and prints what came.

    asks are functions of endpoint and prompt by the name of the way; a coroutine function is awaited.
    Ways that end with `session` are asked in a session, and those that begin with `chat` what has `messages`.
    """
    warnings.simplefilter("ignore")
    results: dict[str, list[Told]] = {}
    for name, ask in asks.items():
        for work in JOB["work"]:
            fits = work["session"] == name.endswith("session") and (
                work["chat"] or not name.startswith("chat")
            )
            if (work["stream"] and "stream" not in name) or not fits:
                continue
            results[f"{work['name']}: {name}"] = _all(ask, work["endpoint"], work["prompts"])
    json.dump({"version": versions, "results": results}, sys.stdout, ensure_ascii=False)
