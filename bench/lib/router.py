"""The command line that starts the router, or something else in its place."""

import argparse
import pathlib
import shlex
from collections.abc import Mapping, Sequence

from . import tools
from .errors import BenchError

JAR = tools.ROOT / "target/quarkus-app/quarkus-run.jar"
JVM = "-XX:+UseSerialGC -Xms256m -Xmx256m"
ENDPOINT = "bench"


class Chosen(argparse.Namespace):
    """What the command line says of the router."""

    router_cmd: str | None
    router_jar: pathlib.Path
    router_java_opts: str


def line(
    java: str,
    instances: Sequence[str],
    places: Mapping[str, object],
    chosen: Chosen,
    jvm: str,
    more: Mapping[str, str],
) -> Sequence[object]:
    """The command; places are the ports and the Redis, jvm adds to the chosen JVM options.

    more are further properties of the router.
    """
    if chosen.router_cmd:
        ports = ",".join(url.rpartition(":")[2] for url in instances)
        urls = ",".join(instances)
        return fill(chosen.router_cmd, java=java, instances=urls, instance_ports=ports, **places)
    jar = tools.built(chosen.router_jar, "mvn package -DskipTests")
    configured = {**_properties(instances, places), **more}
    properties = [f"-D{key}={value}" for key, value in configured.items()]
    return [java, *shlex.split(f"{chosen.router_java_opts} {jvm}"), *properties, "-jar", jar]


def _properties(instances: Sequence[str], places: Mapping[str, object]) -> dict[str, object]:
    endpoint = f"session-router.endpoints.{ENDPOINT}"
    return {
        "quarkus.http.port": places["management"],
        "quarkus.http.host": "127.0.0.1",
        "quarkus.redis.hosts": places["redis"],
        "session-router.http.port": places["port"],
        "session-router.http.host": "127.0.0.1",
        f"{endpoint}.variants.main.instances": ",".join(instances),
        f"{endpoint}.sessions.max-ttl": "2h",
        # As generous as HAProxy's here: a busy machine slows a run down but must not fail it.
        f"{endpoint}.timeouts.connect": "5s",
        f"{endpoint}.health.timeout": "10s",
        "session-router.sessions.store-timeout": "10s",
    }


def fill(command: str, **places: object) -> list[str]:
    """The words of a command line, with the places in braces filled in."""
    try:
        return shlex.split(command.format(**places))
    except (KeyError, IndexError, ValueError) as error:
        known = ", ".join(f"{{{place}}}" for place in places)
        raise BenchError(f"--router-cmd: {error}; it may hold {known}") from error
