"""All parts together, and what checks ask of them."""

import asyncio
import json
import os
import re
from pathlib import Path
from typing import TypedDict

import aiohttp
from api import Api, Object
from containers import ModelContainer
from control_plane import STATE, ControlPlane, kubectl, until
from load import KEY, PRINCIPALS
from monitoring import Monitoring
from node import Kubelet, Pod
from relay import Services

NAMESPACE = "session-router"
OVERLAYS = Path(os.environ["OVERLAYS"])
GAUGES = ("state", "sessions", "session_slots", "healthy", "requests_in_flight")


class Instance(TypedDict):
    """What is used of a router's view of an instance."""

    id: str
    state: str
    address: str


class World:
    async def __aenter__(self) -> "World":
        (STATE / "pods").mkdir()
        self.control_plane = ControlPlane()
        await self.control_plane.start()
        self.api = Api()
        self.kubelet = Kubelet(self.api)
        self.services = Services(Path(os.environ["HOSTS"]))
        self.http = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10), headers=KEY)
        self.watches = [
            asyncio.ensure_future(work)
            for work in (
                self.kubelet.heartbeat(),
                self.api.watch("/api/v1/pods", self.kubelet.changed, self.kubelet.listed),
                self.api.watch(
                    "/api/v1/services", self.services.service_changed, self.services.services_listed
                ),
                self.api.watch(
                    "/apis/discovery.k8s.io/v1/endpointslices",
                    self.services.slice_changed,
                    self.services.slices_listed,
                ),
            )
        ]
        self.monitoring = Monitoring(self.control_plane, self.kubelet)
        return self

    async def __aexit__(self, kind: object, error: object, trace: object) -> None:
        for watch in self.watches:
            watch.cancel()
        self.kubelet.stop()
        if hasattr(self.monitoring, "http"):
            await self.monitoring.stop()
        await self.control_plane.stop()
        await self.http.close()
        await self.api.close()

    # Objects

    async def apply(self, overlay: str, *options: str) -> dict[str, str]:
        """What kubectl says of each object: name -> created, configured, unchanged, pruned."""
        await self.let_in()
        said = await kubectl("apply", "-k", str(OVERLAYS / overlay), *options)
        return dict(re.findall(r"^(\S+) (\w+)", said, re.MULTILINE))

    async def let_in(self) -> None:
        """The Secret of who may call, which whoever deploys makes."""
        names = {"namespace": NAMESPACE, "name": "session-router-principals"}
        data = {"principals.json": json.dumps(PRINCIPALS)}
        secret = {"apiVersion": "v1", "kind": "Secret", "metadata": names, "stringData": data}
        namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}}
        both = {"apiVersion": "v1", "kind": "List", "items": [namespace, secret]}
        await kubectl("apply", "-f", "-", text=json.dumps(both))

    async def get(self, kind: str, name: str) -> Object:
        o: Object = json.loads(await kubectl("get", kind, name, "-n", NAMESPACE, "-o", "json"))
        return o

    async def kubectl(self, *arguments: str, text: str | None = None) -> str:
        return await kubectl("-n", NAMESPACE, *arguments, text=text)

    async def scale(self, replicas: int) -> None:
        await self.kubectl("scale", "statefulset/model-chat", f"--replicas={replicas}")

    def forget_sessions(self) -> None:
        """Containers with sessions that nobody goes on with would drain for as long as they may."""
        for pod in self.kubelet.of("model-chat").values():
            if isinstance(pod.runs, ModelContainer):
                pod.runs.sessions.clear()

    async def settled(self, routers: int, models: int, seconds: float = 120) -> float:
        """All pods are there and ready, none ends, and every router places on every container."""

        async def holds() -> bool:
            pods = self.kubelet.of("model-chat")
            if len(pods) != models or len(self.routers()) != routers:
                return False
            if not all(p.ready for p in [*pods.values(), *self.routers().values()]):
                return False
            views = [await self.instances(r) for r in self.routers().values()]
            return all(set(v) == set(pods) and all(map(is_open, v.values())) for v in views)

        return await until(holds, seconds, f"{routers} routers and {models} containers are settled")

    # Routers

    def routers(self) -> dict[str, Pod]:
        """Those that run and are not to end, by name."""
        return {
            name: pod
            for name, pod in self.kubelet.of("session-router-").items()
            if pod.terminating_since is None
        }

    def urls(self) -> list[str]:
        """Of the ready ones, without the Service between."""
        return [f"http://{p.ip}:8080" for p in self.routers().values() if p.ready]

    async def service(self) -> str:
        """Of the Service that clients call."""
        address = (await self.get("service", "session-router"))["spec"]["clusterIP"]
        return f"http://{address}"

    async def instances(self, router: Pod) -> dict[str, Instance]:
        url = f"http://{router.ip}:9000/v1/endpoints/chat/instances"
        async with self.http.get(url) as answer:
            return {i["id"]: i for i in await answer.json()}

    async def gauges(self, router: Pod) -> dict[str, set[str]]:
        """Which instances each of the instance gauges shows."""
        async with self.http.get(f"http://{router.ip}:9000/q/metrics") as answer:
            text = await answer.text()
        return {
            gauge: set(
                re.findall(
                    rf'^session_router_instance_{gauge}{{.*?model_instance="([^"]+)"', text, re.MULTILINE
                )
            )
            for gauge in GAUGES
        }


def is_open(instance: Instance) -> bool:
    return instance["state"] == "HEALTHY"
