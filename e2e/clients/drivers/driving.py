"""What every driver of a client shares: where to call, what to ask, and how to tell what came."""

import asyncio
import concurrent.futures
import importlib.metadata
import json
import os
import sys
import warnings

URL = os.environ["ROUTER_URL"]
JOB = json.loads(os.environ["JOB"])
SESSIONS = JOB["sessions"]


def version(*packages):
    return ", ".join(f"{name} {importlib.metadata.version(name)}" for name in packages)


def _told(ask, *arguments):
    try:
        return {"text": ask(*arguments)}
    except Exception as failure:  # noqa: BLE001 whatever the client raises is its outcome
        return {"error": f"{type(failure).__name__}: {failure}"[:300]}


def _all_sync(ask, endpoint, prompts):
    with concurrent.futures.ThreadPoolExecutor(len(prompts)) as pool:
        return list(pool.map(lambda prompt: _told(ask, endpoint, prompt), prompts))


async def _told_async(ask, *arguments):
    try:
        return {"text": await ask(*arguments)}
    except Exception as failure:  # noqa: BLE001 whatever the client raises is its outcome
        return {"error": f"{type(failure).__name__}: {failure}"[:300]}


def _all_async(ask, endpoint, prompts):
    async def together():
        return await asyncio.gather(*(_told_async(ask, endpoint, prompt) for prompt in prompts))

    return asyncio.run(together())


def drive(versions, asks):
    """Asks everything at once in each way, and prints what came.

    asks are functions of endpoint and prompt by the name of the way; a coroutine function is awaited.
    Ways that end with `session` are asked in a session, and those that begin with `chat` what has `messages`.
    """
    warnings.simplefilter("ignore")
    results = {}
    for name, ask in asks.items():
        every = _all_async if asyncio.iscoroutinefunction(ask) else _all_sync
        for work in JOB["work"]:
            fits = work["session"] == name.endswith("session") and (
                work["chat"] or not name.startswith("chat")
            )
            if (work["stream"] and "stream" not in name) or not fits:
                continue
            results[f"{work['name']}: {name}"] = every(ask, work["endpoint"], work["prompts"])
    json.dump({"version": versions, "results": results}, sys.stdout, ensure_ascii=False)
