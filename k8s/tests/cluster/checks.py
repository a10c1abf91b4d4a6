"""Installs the overlays on a real control plane, and counts what goes wrong: checks.py [CHECK...]"""

import asyncio
import json
import sys
import traceback
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeAlias, TypeVar

from api import Object
from control_plane import until
from load import Load, Session
from node import Pod
from world import World

Check: TypeAlias = Callable[[World, "Report"], Awaitable[None]]
CHECKS: dict[str, Check] = {}


def check(function: Check) -> Check:
    CHECKS[function.__name__] = function
    return function


class Report:
    """Rows of what was seen; each is good or not."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, str, object, bool]] = []
        self.check = ""

    def row(self, what: str, seen: object, good: bool) -> None:
        self.rows.append((self.check, what, seen, good))
        print(f"{self.check}: {what}: {seen}{'' if good else '   <-- NOT GOOD'}", flush=True)

    def load(self, what: str, load: Load) -> None:
        counts = load.counts()
        self.row(
            what,
            ", ".join(f"{name} {count}" for name, count in counts.items()),
            counts["answered"] > 0
            and not any(counts[name] for name in ("wrong", "lost", "broken", "errors")),
        )
        for error, count in load.errors.most_common(3):
            print(f"    {count} × {error}", flush=True)

    def table(self) -> bool:
        print("\n| check | what | seen | |\n|---|---|---|---|")
        for name, what, seen, good in self.rows:
            print(f"| {name} | {what} | {seen} | {'good' if good else 'NOT GOOD'} |")
        return all(good for *_, good in self.rows)


def changed(said: Mapping[str, str]) -> list[str]:
    """Objects that an apply did not leave as they were.

    But for PodDisruptionBudgets: a patch always replaces their selector, so that kubectl calls every
    one of them configured, though the API server finds nothing to change.
    """
    return [
        name
        for name, verb in said.items()
        if verb != "unchanged" and not name.startswith("poddisruptionbudget")
    ]


# What is watched while something happens


Self = TypeVar("Self", bound="Watched")


class Watched:
    """Looks a few times a second while the block runs."""

    def __init__(self, look: Callable[[], Awaitable[None]], every: float = 0.3) -> None:
        self.look = look
        self.every = every

    async def __aenter__(self: Self) -> Self:
        self.task = asyncio.ensure_future(self.run())
        return self

    async def run(self) -> None:
        while True:
            await self.look()
            await asyncio.sleep(self.every)

    async def __aexit__(self, kind: object, error: object, trace: object) -> None:
        self.task.cancel()


class Gauges(Watched):
    """Scrapes all routers: an instance that one gauge shows is shown by all."""

    def __init__(self, world: World) -> None:
        super().__init__(self.scrape)
        self.world = world
        self.scrapes = self.torn = 0

    async def scrape(self) -> None:
        for router in list(self.world.routers().values()):
            try:
                shown = await self.world.gauges(router)
            except (OSError, asyncio.TimeoutError):
                continue  # it starts, or ends
            self.scrapes += 1
            self.torn += len({frozenset(ids) for ids in shown.values()}) > 1


class AtATime(Watched):
    """The most containers that could not be used at the same time, of those there should be."""

    def __init__(self, world: World, replicas: int) -> None:
        super().__init__(self.count, 0.1)
        self.world = world
        self.replicas = replicas
        self.most = 0

    async def count(self) -> None:
        pods = self.world.kubelet.of("model-chat").values()
        usable = [p for p in pods if p.ready and p.terminating_since is None]
        self.most = max(self.most, self.replicas - len(usable))


# The checks, in the order in which they follow from each other


@check
async def install(world: World, report: Report) -> None:
    """The overlay for one machine; then it has two containers."""
    said = await world.apply("local")
    report.row("local is applied", f"{len(said)} objects", "created" in said.values())
    await world.scale(2)
    took = await world.settled(routers=2, models=2)
    report.row("all ready", f"after {took:.0f} s", True)
    again = changed(await world.apply("local"))
    report.row("applied again, changes", f"{len(again)} {' '.join(again)}".strip(), not again)
    replicas = (await world.get("statefulset", "model-chat"))["spec"]["replicas"]
    report.row("and containers are", replicas, replicas == 2)


@check
async def replaced(world: World, report: Report) -> None:
    """A pod comes back under its name, and then all of them do."""
    async with Load(world.kubelet, world.urls) as load, Gauges(world) as gauges:
        before = world.kubelet.of("model-chat-0")["model-chat-0"].uid
        await world.kubectl("delete", "pod", "model-chat-0", "--wait=false")

        async def another() -> bool:
            return world.kubelet.of("model-chat-0")["model-chat-0"].uid != before

        await until(another, 90, "model-chat-0 is another pod")
        await world.settled(routers=2, models=2)
        await world.kubectl("rollout", "restart", "statefulset/model-chat")
        async with AtATime(world, replicas=2) as at_a_time:
            await world.kubectl("rollout", "status", "statefulset/model-chat", "--timeout=180s")
        await world.settled(routers=2, models=2)
    report.load("one deleted, then all rolled, under load", load)
    report.row("containers away at a time", at_a_time.most, at_a_time.most == 1)
    report.row("scrapes in which gauges are missing", f"{gauges.torn} of {gauges.scrapes}", not gauges.torn)
    for router in world.routers().values():
        shown = await world.gauges(router)
        all_there = all(len(ids) == 2 for ids in shown.values())
        report.row(f"gauges of {router.name} afterwards", {g: len(i) for g, i in shown.items()}, all_there)


@check
async def rolled(world: World, report: Report) -> None:
    """All routers are replaced under load."""
    async with Load(world.kubelet, world.urls) as load, Gauges(world) as gauges:
        await world.kubectl("rollout", "restart", "deployment/session-router")
        await world.kubectl("rollout", "status", "deployment/session-router", "--timeout=300s")
        await world.settled(routers=2, models=2)
    report.load("routers rolled under load", load)
    report.row("scrapes in which gauges are missing", f"{gauges.torn} of {gauges.scrapes}", not gauges.torn)


@check
async def apart(world: World, report: Report) -> None:
    """A router that does not hear of a new pod must not end that pod's sessions."""
    near, far = world.routers().values()
    far.link.cut()
    try:
        await world.kubectl("delete", "pod", "model-chat-0", "--wait=false")
        before = world.kubelet.of("model-chat-0")["model-chat-0"]

        async def another() -> bool:
            pod = world.kubelet.of("model-chat-0")["model-chat-0"]
            instance = (await world.instances(near)).get("model-chat-0")
            return (
                pod.ip != before.ip
                and instance is not None
                and instance["state"] == "HEALTHY"
                and pod.ip in instance["address"]
            )

        await until(another, 90, "the near router has the new model-chat-0")
        await ask_both(world, report, near, far, "opened beside a cut-off router")
    finally:
        far.link.mend()
    world.forget_sessions()
    await world.settled(routers=2, models=2)


@check
async def unseen(world: World, report: Report) -> None:
    """A pod that a router was cut off for is not lost when its watch goes on."""
    near, far = world.routers().values()
    far.link.cut()
    try:
        await world.scale(3)

        async def there() -> bool:
            return "model-chat-2" in await world.instances(near)

        await until(there, 60, "the near router knows model-chat-2")
        await asyncio.sleep(3)
        sessions = await opened(world, near, 40)
    finally:
        far.link.mend()
    await asked(world, report, sessions, far, "opened on a pod that the other router has not seen", 12)
    await world.settled(routers=2, models=3)
    world.forget_sessions()
    await world.scale(2)
    await world.settled(routers=2, models=2)


@check
async def frozen(world: World, report: Report) -> None:
    """How long a watch may be dead before a router notices, and what that costs."""
    near, far = world.routers().values()
    far.link.freeze()
    try:
        await world.scale(3)

        async def there() -> bool:
            return "model-chat-2" in await world.instances(near)

        await until(there, 60, "the near router knows model-chat-2")
        loop = asyncio.get_running_loop()
        began = loop.time()
        sessions = await opened(world, near, 20)
        await asked(world, report, sessions, far, "opened behind a frozen watch", 20)

        async def noticed() -> bool:
            return "model-chat-2" in await world.instances(far)

        await until(noticed, 150, "the far router knows model-chat-2", every=1)
        took = loop.time() - began
        report.row("a dead connection is noticed", f"after {took:.0f} s", took < 40)
    finally:
        far.link.mend()
    world.forget_sessions()
    await world.scale(2)
    await world.settled(routers=2, models=2, seconds=180)


@check
async def service_gone(world: World, report: Report) -> None:
    """A Service is deleted by mistake, and made again."""
    (near, _) = world.routers().values()
    sessions = await opened(world, near, 30)
    kept = await world.get("service", "model-chat")
    for field in ("resourceVersion", "uid", "creationTimestamp"):
        kept["metadata"].pop(field, None)
    await world.kubectl("delete", "service", "model-chat")
    await asyncio.sleep(5)
    await world.kubectl("apply", "-f", "-", text=json.dumps(kept))
    await world.settled(routers=2, models=2)
    await asked(world, report, sessions, near, "a Service gone for 5 s", 2)
    world.forget_sessions()


@check
async def production(world: World, report: Report) -> None:
    """From the overlay local to production in place, under load."""
    address = "quarkus.redis.hosts=redis://redis:6379\n"
    await world.kubectl(
        "create", "secret", "generic", "session-router-redis", f"--from-literal=redis.properties={address}"
    )
    old = config_maps(await world.kubectl("get", "configmaps", "-o", "name"))
    async with (
        Load(world.kubelet, world.urls) as load,
        AtATime(world, replicas=2) as at_a_time,
        Gauges(world) as gauges,
    ):
        said = await world.apply("production")
        report.row("production is applied", f"{len(said)} objects", True)
        replicas = (await world.get("statefulset", "model-chat"))["spec"]["replicas"]
        report.row("containers wanted right after", replicas, replicas == 2)
        await world.kubectl("rollout", "status", "statefulset/model-chat", "--timeout=300s")
        await world.kubectl("rollout", "status", "deployment/session-router", "--timeout=300s")
        await world.settled(routers=3, models=2)
    report.load("local to production under load", load)
    report.row("containers away at a time", at_a_time.most, at_a_time.most == 1)
    report.row("scrapes in which gauges are missing", f"{gauges.torn} of {gauges.scrapes}", not gauges.torn)
    again = changed(await world.apply("production"))
    report.row("applied again, changes", f"{len(again)} {' '.join(again)}".strip(), not again)
    pruned = await world.apply(
        "production",
        *("-l", "app.kubernetes.io/component=router-settings"),
        *("--prune", "--prune-allowlist=core/v1/ConfigMap"),
    )
    left = config_maps(await world.kubectl("get", "configmaps", "-o", "name"))
    report.row(
        "old settings left after the pruning",
        f"{len(left) - 1} of {len(old)}",
        len(left) == 1 and bool(pruned),
    )


def config_maps(names: str) -> list[str]:
    return [name for name in names.split() if "/session-router-" in name and "dashboards" not in name]


@check
async def scaled(world: World, report: Report) -> None:
    """The autoscaler sees what takes new work, and asks for as many as are needed."""
    await world.monitoring.start()
    url = await world.service()

    async def known() -> bool:
        return (await wanted(world)) is not None

    await until(known, 120, "the autoscaler has its metric")
    report.row("idle, the autoscaler reads", await wanted(world), True)

    sessions = await fill(world, url, 110)
    took = await until(lambda: replicas_are(world, 3), 120, "3 replicas")
    report.row("110 sessions on 2 × 64 slots: 3 replicas", f"after {took:.0f} s", True)
    await world.settled(routers=3, models=3)
    report.row("then it reads", await wanted(world), (await replicas(world)) == 3)
    await close(world, url, sessions)

    quick = {"stabilizationWindowSeconds": 0, "policies": [{"type": "Pods", "value": 4, "periodSeconds": 5}]}
    await autoscaler(world, {"behavior": {"scaleDown": quick}})
    await until(lambda: replicas_are(world, 2), 90, "2 replicas")
    await world.settled(routers=3, models=2)
    # Without more replicas until the scene is set.
    await autoscaler(
        world, {"maxReplicas": 2, "behavior": {"scaleDown": {"stabilizationWindowSeconds": 1320}}}
    )
    held = await fill(world, url, 128)
    ending = [s for s in held if s.pod == "model-chat-1"]
    await close(world, url, ending[10:])
    await world.kubectl("delete", "pod", "model-chat-1", "--wait=false")
    await until(lambda: drains(world, "model-chat-1"), 30, "model-chat-1 drains")
    refused, _ = await Session(world.http, world.kubelet).open(url)
    report.row("one full, the other drains: a new session gets", refused, refused == 503)
    await autoscaler(world, {"maxReplicas": 8})
    took = await until(lambda: replicas_are(world, 3), 120, "3 replicas")
    report.row(
        "and the autoscaler asks for 3 replicas", f"after {took:.0f} s, it reads {await wanted(world)}", True
    )

    async def taken() -> bool:
        status, _ = await Session(world.http, world.kubelet).open(url)
        return status == 200

    took = await until(taken, 90, "a new session is taken")
    report.row("until a new session is taken", f"{took:.0f} s more", True)
    seen = set()
    for _ in range(10):
        await asyncio.sleep(2)
        seen.add(await replicas(world))
    report.row("in 20 s the replicas were", " ".join(map(str, sorted(seen))), seen == {3})
    await close(world, url, held)


@check
async def keda(world: World, report: Report) -> None:
    """The other autoscaler takes over the same HorizontalPodAutoscaler; KEDA itself does not run here."""
    said = await world.apply("production-keda")
    verb = [v for name, v in said.items() if name.startswith("scaledobject")]
    report.row("production-keda: the ScaledObject is", " ".join(verb), verb == ["created"])
    names = (await world.kubectl("get", "hpa", "-o", "name")).split()
    report.row("autoscalers that are left for KEDA to own", " ".join(names), len(names) == 1)
    again = changed(await world.apply("production-keda"))
    report.row("applied again, changes", f"{len(again)} {' '.join(again)}".strip(), not again)


# Steps of theirs


async def opened(world: World, router: Pod, number: int) -> list[Session]:
    sessions = []
    for _ in range(number):
        session = Session(world.http, world.kubelet)
        status, why = await session.open(f"http://{router.ip}:8080")
        assert status == 200, f"{status} {why}"
        sessions.append(session)
    return sessions


async def asked(
    world: World, report: Report, sessions: Sequence[Session], router: Pod, what: str, seconds: float
) -> None:
    """Each again and again through the router: nothing may be lost that a container has."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    lost: set[str] = set()
    answered = refused = 0
    while loop.time() < end:
        for session in sessions:
            if session.id not in lost:
                status, _, wrong = await session.go_on(f"http://{router.ip}:8080")
                assert not wrong
                answered += status == 200
                refused += status not in (200, 400)
                if status == 400:
                    assert session.is_there()
                    lost.add(session.id)
        await asyncio.sleep(0.2)
    seen = f"{len(lost)} of {len(sessions)} lost, {answered} answers, {refused} refusals"
    report.row(what, seen, not lost)


async def ask_both(world: World, report: Report, near: Pod, far: Pod, what: str) -> None:
    sessions = await opened(world, near, 20)
    await asked(world, report, sessions, far, what, 8)
    await asked(world, report, sessions, near, f"{what}, asked where they began", 1)


async def fill(world: World, url: str, number: int) -> list[Session]:
    sessions = []
    for _ in range(number):
        session = Session(world.http, world.kubelet)
        status, _why = await session.open(url)
        if status != 200:
            break
        sessions.append(session)
    return sessions


async def close(world: World, url: str, sessions: Sequence[Session]) -> None:
    for session in sessions:
        await session.close(url)


async def replicas(world: World) -> int:
    number: int = (await world.get("statefulset", "model-chat"))["spec"]["replicas"]
    return number


async def replicas_are(world: World, number: int) -> bool:
    return await replicas(world) == number


async def wanted(world: World) -> str | None:
    """As the autoscaler has it: how much there is for each replica."""
    status = (await world.get("hpa", "model-chat"))["status"]
    metric = (status.get("currentMetrics") or [{}])[0].get("external", {}).get("current", {})
    average: str | None = metric.get("averageValue")
    return average


async def autoscaler(world: World, spec: Object) -> None:
    await world.kubectl("patch", "hpa", "model-chat", "--type=merge", "-p", json.dumps({"spec": spec}))


async def drains(world: World, pod: str) -> bool:
    """In the eyes of all routers."""
    views = [await world.instances(router) for router in world.routers().values()]
    return all(view[pod]["state"] == "DRAINING" for view in views)


async def main(names: Sequence[str]) -> int:
    unknown = [name for name in names if name not in CHECKS]
    if unknown:
        print(f"no such check: {' '.join(unknown)} (expected: {' '.join(CHECKS)})", file=sys.stderr)
        return 2
    report = Report()
    async with World() as world:
        for name, function in CHECKS.items():
            if not names or name in names or name == "install":
                report.check = name
                try:
                    await function(world, report)
                except Exception as failed:  # noqa: BLE001 the others are run all the same
                    traceback.print_exc()
                    report.row("was not finished", str(failed)[:200], False)
    return 0 if report.table() else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))
