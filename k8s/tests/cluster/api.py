"""The API server as a kubelet uses it: requests, and watches that list again when they break."""

import asyncio
import json
import ssl
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import aiohttp
from control_plane import API, PKI

# An object of Kubernetes as JSON; its kind's schema says what is in it.
Object: TypeAlias = dict[str, Any]
# Is called with what happened to an object: ADDED, MODIFIED or DELETED.
Changed: TypeAlias = Callable[[str, Object], Awaitable[None]]
MERGE = "application/merge-patch+json"


class ApiError(Exception):
    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"{status} {message}")
        self.status = status


class Api:
    def __init__(self) -> None:
        context = ssl.create_default_context(cafile=PKI / "ca.crt")
        context.load_cert_chain(PKI / "admin.crt", PKI / "admin.key")
        self.session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(ssl=context, limit=200),
            timeout=aiohttp.ClientTimeout(total=20),
        )

    async def close(self) -> None:
        await self.session.close()

    async def get(self, path: str) -> Object:
        return await self.request("GET", path)

    async def request(
        self, method: str, path: str, body: Object | None = None, content: str = "application/json"
    ) -> Object:
        data = None if body is None else json.dumps(body)
        async with self.session.request(
            method, API + path, data=data, headers={"Content-Type": content}
        ) as answer:
            result: Object = await answer.json(content_type=None)
            if answer.status >= 300:
                raise ApiError(answer.status, str(result)[:300])
            return result

    async def watch(
        self, path: str, changed: Changed, listed: Callable[[list[Object]], Awaitable[None]]
    ) -> None:
        """Calls listed with all objects, then changed with each event; begins anew if that breaks."""
        while True:
            try:
                listing = await self.get(path)
                await listed(listing["items"])
                await self.follow(path, listing["metadata"]["resourceVersion"], changed)
            except (ApiError, aiohttp.ClientError, asyncio.TimeoutError, ValueError):
                await asyncio.sleep(0.5)

    async def follow(self, path: str, version: str, changed: Changed) -> None:
        while True:
            query = f"watch=1&allowWatchBookmarks=true&timeoutSeconds=300&resourceVersion={version}"
            timeout = aiohttp.ClientTimeout(total=None, sock_read=320)
            async with self.session.get(f"{API}{path}?{query}", timeout=timeout) as answer:
                if answer.status != 200:
                    raise ApiError(answer.status, path)
                rest = b""
                async for chunk in answer.content.iter_any():
                    *lines, rest = (rest + chunk).split(b"\n")
                    for line in lines:
                        event = json.loads(line)
                        if event["type"] == "ERROR":
                            raise ApiError(event["object"].get("code", 0), path)
                        version = event["object"]["metadata"]["resourceVersion"]
                        if event["type"] != "BOOKMARK":
                            await changed(event["type"], event["object"])
