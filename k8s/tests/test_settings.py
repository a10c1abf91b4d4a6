"""What is set exists, and the images agree."""

import json
import re

from manifests import (
    MODEL,
    ROOT,
    ROUTER,
    container,
    container_keys,
    environment,
    every_overlay,
    named,
    pod,
    router_keys,
    router_properties,
    workloads,
)

QUARKUS_KEYS = {"QUARKUS_REDIS_HOSTS"}

QUARKUS_PROPERTIES = {"quarkus.http.host"}

# Of the default chain of the AWS SDK.
AWS_KEYS = {"AWS_SHARED_CREDENTIALS_FILE", "AWS_EC2_METADATA_DISABLED"}


def variable(key: str) -> str:
    """A key's form in the environment, as a pattern; names are of letters and digits there."""
    parts = re.split(r"<[a-z]+>", key)
    return "[A-Z0-9]+".join(re.sub(r"[^A-Z0-9]", "_", part.upper()) for part in parts)


def general(key: str) -> str:
    """As the table in docs/configuration.md has it, with a name of an endpoint and of a variant left open."""
    key = re.sub(r"\.endpoints\.[^.]+", ".endpoints.<endpoint>", key)
    return re.sub(r"\.variants\.[^.]+", ".variants.<variant>", key)


def family(key: str) -> str:
    return key.rsplit(".", 1)[0]


@every_overlay
def test_settings_of_the_router_exist(overlay: str) -> None:
    known = router_keys()
    families = {family(key) for key in known}
    for key in map(general, router_properties(overlay).keys() - QUARKUS_PROPERTIES):
        if family(key) in families:
            assert key in known, f"no such setting: {key}"
        else:
            assert family(key).endswith(".kubernetes"), f"no such setting: {key}"


@every_overlay
def test_the_management_port_is_reached_from_outside_the_pod_by_its_services_names(overlay: str) -> None:
    properties = router_properties(overlay)
    service = named(overlay, "Service", "session-router-management")["metadata"]
    name = f"{service['name']}.{service['namespace']}"
    assert properties["quarkus.http.host"] == "0.0.0.0"
    assert properties["session-router.management.hosts"].split(",") == [
        service["name"],
        name,
        f"{name}.svc",
        f"{name}.svc.cluster.local",
    ]


@every_overlay
def test_discovery_looks_for_the_models_service(overlay: str) -> None:
    properties = router_properties(overlay)
    service = named(
        overlay, "Service", properties["session-router.endpoints.chat.variants.main.kubernetes.service"]
    )
    port = properties["session-router.endpoints.chat.variants.main.kubernetes.port"]
    assert service["metadata"]["name"] == named(overlay, "StatefulSet", MODEL)["spec"]["serviceName"]
    assert service["spec"]["clusterIP"] == "None"
    assert port in {p["name"] for p in service["spec"]["ports"]}


@every_overlay
def test_variables_of_the_router_exist(overlay: str) -> None:
    known = [re.compile(variable(key)) for key in router_keys()]
    for name in environment(named(overlay, "Deployment", ROUTER)).keys() - QUARKUS_KEYS:
        assert [k for k in known if k.fullmatch(name)], f"no such setting: {name}"


@every_overlay
def test_variables_of_the_model_container_exist(overlay: str) -> None:
    known = {key.upper().replace(".", "_").replace("-", "_") for key in container_keys()}
    assert environment(named(overlay, "StatefulSet", MODEL)).keys() <= known | AWS_KEYS


@every_overlay
def test_the_router_reads_its_settings_where_they_are_mounted(overlay: str) -> None:
    router = container(named(overlay, "Deployment", ROUTER))
    (mount,) = [m for m in router["volumeMounts"] if m["name"] == "config"]
    # The kubelet never updates what is mounted by a subPath, so no change would reach the router.
    assert not mount.keys() & {"subPath", "subPathExpr"}
    for dockerfile in ("Dockerfile", "Dockerfile.native"):
        text = (ROOT / dockerfile).read_text()
        workdir = re.findall(r"^WORKDIR (\S+)$", text, re.MULTILINE)[-1]
        assert mount["mountPath"] == f"{workdir}/config", dockerfile


def test_images_of_the_router_leave_room_beside_the_heap_and_end_when_memory_is_out() -> None:
    for dockerfile, bound in (
        ("Dockerfile", "-XX:MaxRAMPercentage=40"),
        ("Dockerfile.native", "-XX:MaximumHeapSizePercent=40"),
    ):
        (entry,) = re.findall(r"^ENTRYPOINT (.+)$", (ROOT / dockerfile).read_text(), re.MULTILINE)
        assert {bound, "-XX:+ExitOnOutOfMemoryError"} <= set(json.loads(entry)), dockerfile


@every_overlay
def test_users_are_those_of_the_images(overlay: str) -> None:
    for name, dockerfile in (
        (ROUTER, "Dockerfile"),
        (ROUTER, "Dockerfile.native"),
        (MODEL, "model-container/Dockerfile"),
    ):
        (workload,) = [w for w in workloads(overlay) if w["metadata"]["name"] == name]
        user = re.findall(r"^USER (\d+)", (ROOT / dockerfile).read_text(), re.MULTILINE)[-1]
        assert pod(workload)["securityContext"]["runAsUser"] == int(user), dockerfile
