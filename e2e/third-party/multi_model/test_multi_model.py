"""What clients of a multi-model endpoint get, over the real model servers."""

import concurrent.futures
import hashlib
import json

import servers
from conftest import World


def served(answer: servers.Answer, name: str) -> None:
    assert (answer[0], answer[2]) == (200, f"{name}: hi")


def test_all_wait_for_a_load_whichever_replica_began_it(world: World) -> None:
    world.models.add("slow", seconds=6)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        first = pool.submit(world.routers[0].invoke, "slow.mar")
        servers.until("its name is listed", world.server.names)
        rest = [pool.submit(world.routers[i % 2].invoke, "slow.mar") for i in range(6)]
        for answer in [first, *rest]:
            served(answer.result(), "slow")


def test_a_failure_is_passed_on_by_both_replicas(world: World) -> None:
    world.models.add("bad", broken=True)
    answers = [world.routers[i % 2].invoke("bad.mar") for i in range(4)]
    assert {answer[0] for answer in answers} == {424}
    body = json.loads(answers[0][2])
    assert body["OriginalStatusCode"] == 500
    assert "Failed to start workers" in body["OriginalMessage"]
    assert {answer[2] for answer in answers} == {answers[0][2]}


def test_what_had_no_memory_is_loaded_when_there_is_some(world: World) -> None:
    memory = world.folder / "memory"
    world.models.add("large", memory=str(memory))

    status, _, body = world.routers[0].invoke("large.mar")
    assert status in (424, 503), body
    assert "507" in body or status == 503, body
    servers.until(
        "its name is taken away",
        lambda: not any("large" in name for name in world.server.names()),
    )

    memory.touch()
    servers.until("it is loaded", lambda: world.routers[1].invoke("large.mar")[0] == 200)


def test_a_name_that_was_left_behind_is_loaded(world: World) -> None:
    memory = world.folder / "memory-of-others"
    world.models.add("left", memory=str(memory))
    name = name_of(world, "left")
    memory.touch()

    served(world.routers[0].invoke("left.mar"), "left")
    assert world.server.names().count(name) == 1


def name_of(world: World, target: str) -> str:
    """Has the server fail to load it under the name that the router will give it."""
    url = f"{world.models.url}/{target}.mar"
    name = f"{target}-mar-{hashlib.sha256(url.encode()).digest()[:12].hex()}"
    body = json.dumps({"model_name": name, "url": url}).encode()
    status, _, text = servers.call(
        f"{world.server.url}/models", "POST", body, {"Content-Type": "application/json"}
    )
    assert status == 507, text
    assert name in world.server.names()
    return name
