"""Two nodes: a stand-in for kubelet that turns pods into processes of this machine.

Probes, preStop, grace periods and forced deletion are as kubelet does them. What is left out: several
containers in a pod, limits of CPU and memory but for the heap, volumes but for settings and tokens,
and the network policies, which nothing enforces here.
"""

import asyncio
import base64
import contextlib
import datetime
import itertools
import shutil
import time
from collections.abc import Coroutine, Mapping
from pathlib import Path

import aiohttp
from api import MERGE, Api, ApiError, Object
from containers import Runs, container
from control_plane import ALSO_AT, STATE
from relay import Link

NODES = {"node-1": "zone-a", "node-2": "zone-b"}
ADDRESSES = (f"10.244.{1 + n // 250}.{1 + n % 250}" for n in itertools.count())
TROUBLE = (ApiError, aiohttp.ClientError, asyncio.TimeoutError)


def now() -> str:
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


class Pod:
    def __init__(self, api: Api, o: Object) -> None:
        self.api = api
        self.uid: str = o["metadata"]["uid"]
        self.name: str = o["metadata"]["name"]
        self.namespace: str = o["metadata"]["namespace"]
        self.path = f"/api/v1/namespaces/{self.namespace}/pods/{self.name}"
        self.spec: Object = o["spec"]
        self.container: Object
        (self.container,) = self.spec["containers"]
        self.ports: dict[str, int] = {p["name"]: p["containerPort"] for p in self.container.get("ports", [])}
        self.variables: dict[str, str] = {
            e["name"]: e.get("value", "") for e in self.container.get("env", [])
        }
        self.user = str(self.spec["securityContext"]["runAsUser"])
        self.ip = next(ADDRESSES)
        self.folder = STATE / "pods" / self.uid
        self.link = Link(("127.0.0.1", 6443))
        self.started = now()
        self.terminating_since: float | None = None
        self.end_at = 0.0
        self.ready = False
        self.restarts = 0
        self.gone = False
        self.runs: Runs | None = None
        self.tasks: set[asyncio.Future[None]] = set()
        self.background(self.live())

    def background(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.ensure_future(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    # Files

    async def mounts(self) -> tuple[Path, Path]:
        """The folders of its settings and of its account."""
        config, account = self.folder / "config", self.folder / "account"
        for mount in self.container.get("volumeMounts", []):
            (volume,) = [v for v in self.spec["volumes"] if v["name"] == mount["name"]]
            if mount["mountPath"] == "/work/config":
                await self.write_settings(config, volume)
        account.mkdir(parents=True, exist_ok=True)
        if self.spec.get("automountServiceAccountToken", True):
            await self.write_token(account)
        return config, account

    async def write_settings(self, folder: Path, volume: Object) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for source in volume.get("projected", {}).get("sources", [volume]):
            for kind, path in (("configMap", "configmaps"), ("secret", "secrets")):
                if kind in source:
                    data = await self.data(path, source[kind])
                    for key, name in files(source[kind], data):
                        (folder / name).write_text(data[key])

    async def data(self, path: str, source: Object) -> dict[str, str]:
        try:
            o = await self.api.get(f"/api/v1/namespaces/{self.namespace}/{path}/{source['name']}")
        except ApiError:
            if source.get("optional"):
                return {}
            raise
        data: dict[str, str] = o.get("data", {})
        if path == "secrets":
            return {key: base64.b64decode(value).decode() for key, value in data.items()}
        return data

    async def write_token(self, folder: Path) -> None:
        account = self.spec["serviceAccountName"]
        path = f"/api/v1/namespaces/{self.namespace}"
        bound = {"kind": "Pod", "apiVersion": "v1", "name": self.name, "uid": self.uid}
        request = {
            "apiVersion": "authentication.k8s.io/v1",
            "kind": "TokenRequest",
            "spec": {"expirationSeconds": 3607, "boundObjectRef": bound},
        }
        token = await self.api.request("POST", f"{path}/serviceaccounts/{account}/token", request)
        ca = await self.api.get(f"{path}/configmaps/kube-root-ca.crt")
        (folder / "token").write_text(token["status"]["token"])
        (folder / "ca.crt").write_text(ca["data"]["ca.crt"])
        (folder / "namespace").write_text(self.namespace)

    # Life

    async def live(self) -> None:
        await self.link.start()
        while not self.gone and not self.terminating_since:
            self.runs = runs = container(self)
            try:
                await runs.start()
            except (ApiError, OSError) as failed:
                await self.tell("Pending", {"waiting": {"reason": "Error", "message": str(failed)}})
                await asyncio.sleep(1)
                continue
            await self.probe(runs)
            self.ready = False
            if not self.terminating_since and not self.gone:
                self.restarts += 1
                await self.tell("Running", {"waiting": {"reason": "CrashLoopBackOff"}})
                await asyncio.sleep(1)

    async def probe(self, runs: Runs) -> None:
        """Asks until the container ends."""
        running = {"running": {"startedAt": now()}}
        await self.tell("Running", running)
        startup = self.container.get("startupProbe")
        while startup and not runs.ended.is_set() and not await self.asked(startup):
            await nap(runs, startup["periodSeconds"])
        readiness = self.container["readinessProbe"]
        failed = 0
        while not self.gone and not runs.ended.is_set():
            failed = 0 if await self.asked(readiness) else failed + 1
            ready = failed == 0 or (self.ready and failed < readiness.get("failureThreshold", 3))
            if ready != self.ready:
                self.ready = ready
                await self.tell("Running", running)
            await nap(runs, readiness["periodSeconds"])

    async def asked(self, probe: Object) -> bool:
        (way,) = [probe[w] for w in ("httpGet", "tcpSocket") if w in probe]
        port = self.ports.get(way["port"], way["port"])
        try:
            return await asyncio.wait_for(
                self.connects(port, way.get("path")), probe.get("timeoutSeconds", 1)
            )
        except (OSError, asyncio.TimeoutError, ValueError, IndexError):
            return False

    async def connects(self, port: int, path: str | None) -> bool:
        reader, writer = await asyncio.open_connection(self.ip, port)
        try:
            if path is None:
                return True
            writer.write(f"GET {path} HTTP/1.1\r\nHost: {self.ip}\r\nConnection: close\r\n\r\n".encode())
            return 200 <= int((await reader.readline()).split()[1]) < 400
        finally:
            writer.close()

    def terminate(self, grace: float) -> None:
        since = time.monotonic()
        end_at = since + grace
        if self.terminating_since is None:
            self.terminating_since = since
            self.end_at = end_at
            self.background(self.end(since))
        else:
            self.end_at = min(self.end_at, end_at)

    async def end(self, since: float) -> None:
        """preStop, SIGTERM, SIGKILL at the end of the grace period; then the object goes."""
        before = self.container.get("lifecycle", {}).get("preStop", {}).get("sleep", {})
        stop_at = since + before.get("seconds", 0)
        while time.monotonic() < min(stop_at, self.end_at):
            await asyncio.sleep(0.05)
        if self.runs:
            self.runs.terminate()
            while not self.runs.ended.is_set() and time.monotonic() < self.end_at:
                await asyncio.sleep(0.05)
            self.runs.kill()
        await self.tell("Succeeded", {"terminated": {"exitCode": 0, "finishedAt": now()}})
        await self.forget()

    async def forget(self) -> None:
        options: Object = {"apiVersion": "v1", "kind": "DeleteOptions", "gracePeriodSeconds": 0}
        options["preconditions"] = {"uid": self.uid}
        while True:
            try:
                await self.api.request("DELETE", self.path, options)
                return
            except ApiError as refused:
                if refused.status in (404, 409):
                    return
            except TROUBLE:
                pass
            await asyncio.sleep(0.3)

    def kill(self) -> None:
        self.gone = True
        self.link.stop()
        if self.runs:
            self.runs.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    async def tell(self, phase: str, state: Object) -> None:
        ready = "True" if self.ready else "False"
        kinds = {"PodScheduled": "True", "Initialized": "True", "Ready": ready, "ContainersReady": ready}
        status = {
            "phase": phase,
            "hostIP": ALSO_AT,
            "hostIPs": [{"ip": ALSO_AT}],
            "podIP": self.ip,
            "podIPs": [{"ip": self.ip}],
            "startTime": self.started,
            "conditions": [
                {"type": kind, "status": value, "lastTransitionTime": now()} for kind, value in kinds.items()
            ],
            "containerStatuses": [
                {
                    "name": self.container["name"],
                    "image": self.container["image"],
                    "imageID": self.container["image"],
                    "ready": self.ready,
                    "started": True,
                    "restartCount": self.restarts,
                    "state": state,
                }
            ],
        }
        body = {"metadata": {"uid": self.uid}, "status": status}
        for _ in range(50):
            try:
                await self.api.request("PATCH", self.path + "/status", body, MERGE)
                return
            except ApiError as refused:
                if refused.status in (404, 409, 422):
                    return
            except TROUBLE:
                pass
            await asyncio.sleep(0.3)


async def nap(runs: Runs, duration: float) -> None:
    """Ends early if the container ends."""
    with contextlib.suppress(asyncio.TimeoutError):
        await asyncio.wait_for(runs.ended.wait(), duration)


def files(source: Object, data: Mapping[str, str]) -> list[tuple[str, str]]:
    """Which key becomes which file."""
    if "items" in source:
        return [(item["key"], item["path"]) for item in source["items"] if item["key"] in data]
    return [(key, key) for key in data]


class Kubelet:
    def __init__(self, api: Api) -> None:
        self.api = api
        self.pods: dict[str, Pod] = {}

    def of(self, prefix: str) -> dict[str, Pod]:
        """The pods whose names begin so and that are not gone, by name."""
        return {p.name: p for p in self.pods.values() if p.name.startswith(prefix) and not p.gone}

    async def listed(self, items: list[Object]) -> None:
        there = {o["metadata"]["uid"] for o in items}
        for uid in self.pods.keys() - there:
            self.pods.pop(uid).kill()
        for o in items:
            await self.changed("MODIFIED", o)

    async def changed(self, kind: str, o: Object) -> None:
        uid = o["metadata"]["uid"]
        if o["spec"].get("nodeName") not in NODES:
            return
        if kind == "DELETED":
            if uid in self.pods:
                self.pods.pop(uid).kill()
            return
        if uid not in self.pods and o["status"].get("phase") not in ("Succeeded", "Failed"):
            self.pods[uid] = Pod(self.api, o)
        if uid in self.pods and "deletionTimestamp" in o["metadata"]:
            self.pods[uid].terminate(o["metadata"].get("deletionGracePeriodSeconds", 30))

    def stop(self) -> None:
        for pod in list(self.pods.values()):
            pod.kill()

    async def heartbeat(self) -> None:
        for name, zone in NODES.items():
            await self.register(name, zone)
        while True:
            for name in NODES:
                with contextlib.suppress(*TROUBLE):
                    await self.renew(name)
            await asyncio.sleep(8)

    async def register(self, name: str, zone: str) -> None:
        labels = {
            "kubernetes.io/hostname": name,
            "kubernetes.io/os": "linux",
            "topology.kubernetes.io/zone": zone,
        }
        metadata = {"name": name, "labels": labels}
        await self.api.request(
            "POST", "/api/v1/nodes", {"apiVersion": "v1", "kind": "Node", "metadata": metadata}
        )
        await self.api.request(
            "POST",
            "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases",
            {
                "apiVersion": "coordination.k8s.io/v1",
                "kind": "Lease",
                "metadata": {"name": name, "namespace": "kube-node-lease"},
                "spec": {"holderIdentity": name, "leaseDurationSeconds": 40},
            },
        )

    async def renew(self, name: str) -> None:
        room = {"cpu": "64", "memory": "256Gi", "pods": "400", "ephemeral-storage": "1000Gi"}
        room["nvidia.com/gpu"] = "8"
        ready = {"type": "Ready", "status": "True", "reason": "KubeletReady", "message": "stand-in"}
        ready |= {"lastHeartbeatTime": now(), "lastTransitionTime": now()}
        addresses = [
            {"type": "InternalIP", "address": ALSO_AT},
            {"type": "Hostname", "address": name},
        ]
        status = {"capacity": room, "allocatable": room, "addresses": addresses, "conditions": [ready]}
        await self.api.request("PATCH", f"/api/v1/nodes/{name}/status", {"status": status}, MERGE)
        renewed = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        await self.api.request(
            "PATCH",
            f"/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/{name}",
            {"spec": {"renewTime": renewed}},
            MERGE,
        )
