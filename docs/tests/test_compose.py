"""compose.yaml is valid, and its images, ports and settings are those of the programs."""

import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from functools import cache
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml
from documents import ROOT, first_column, router_default, seconds

COMPOSE = ROOT / "compose.yaml"
IMAGES = {
    "router": "Dockerfile",
    "chat-1": "model-container/Dockerfile",
    "chat-2": "model-container/Dockerfile",
}
MODELS = ["chat-1", "chat-2"]


@cache
def compose() -> Any:
    return yaml.safe_load(COMPOSE.read_text())


def service(name: str) -> Any:
    return compose()["services"][name]


every_service = pytest.mark.parametrize("name", compose()["services"])


def test_it_is_what_compose_reads() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", COMPOSE],
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stdout + run.stderr


@every_service
def test_images_have_a_version(name: str) -> None:
    _, _, tag = service(name)["image"].rpartition(":")
    assert re.match(r"v?\d+\.\d+\.\d+", tag), service(name)["image"]


@pytest.mark.parametrize("name", IMAGES)
def test_images_are_built_where_their_dockerfile_is_and_named_as_on_kubernetes(name: str) -> None:
    overlay = yaml.safe_load((ROOT / "k8s/overlays/local/kustomization.yaml").read_text())
    tags = {image["name"]: image["newTag"] for image in overlay["images"]}
    image, _, tag = service(name)["image"].partition(":")
    assert tags[image] == tag
    assert service(name)["build"] == {"context": ".", "dockerfile": IMAGES[name]}


@pytest.mark.parametrize("dockerfile", ["Dockerfile", "Dockerfile.native", "model-container/Dockerfile"])
def test_what_a_dockerfile_copies_is_sent_to_the_builder(dockerfile: str) -> None:
    sent = re.findall(r"^!(\S+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE)
    copied = re.findall(r"^COPY (?!--from)(?:--\S+ )*(\S+) ", (ROOT / dockerfile).read_text(), re.MULTILINE)
    assert copied
    for path in copied:
        assert (ROOT / path).exists(), path
        assert any(path == s or path.startswith(s + "/") for s in sent), f"{path} is ignored"


def test_redis_is_that_of_the_local_overlay() -> None:
    overlay = yaml.safe_load_all((ROOT / "k8s/overlays/local/redis.yaml").read_text())
    (deployment,) = [o for o in overlay if o["kind"] == "Deployment"]
    pod = deployment["spec"]["template"]["spec"]
    assert service("redis")["image"] == pod["containers"][0]["image"]
    assert service("redis")["command"][1:] == pod["containers"][0]["args"]
    assert service("redis")["user"] == str(pod["securityContext"]["runAsUser"])


@every_service
def test_ports_are_published_on_loopback_only(name: str) -> None:
    for port in service(name).get("ports", []):
        assert re.fullmatch(r"127\.0\.0\.1:(\d+):\1", port)


def test_no_port_is_published_twice() -> None:
    published = [p for s in compose()["services"].values() for p in s.get("ports", [])]
    assert len(published) == len(set(published))


def exposed(dockerfile: str) -> list[str]:
    ports: list[str] = re.findall(r"^EXPOSE (.+)$", (ROOT / dockerfile).read_text(), re.MULTILINE)
    return ports[-1].split()


def test_the_routers_ports_are_those_of_its_image() -> None:
    assert [port.split(":")[-1] for port in service("router")["ports"]] == exposed("Dockerfile")


def variable(key: str) -> str:
    """A setting's name in the environment, as a pattern."""
    parts = re.split(r"<[a-z]+>", key)
    return "[A-Z0-9]+".join(re.sub(r"[^A-Z0-9]", "_", part.upper()) for part in parts)


def test_variables_of_the_router_exist() -> None:
    known = [variable(key) for key in first_column("docs/configuration.md", r"session-router\.[^`]+")]
    for name in service("router")["environment"]:
        if not name.startswith("QUARKUS_"):
            assert any(re.fullmatch(pattern, name) for pattern in known), name


@pytest.mark.parametrize("name", MODELS)
def test_variables_of_the_model_containers_exist(name: str) -> None:
    known = {variable(key) for key in first_column("model-container/README.md", r"model\.[^`]+")}
    environment = service(name)["environment"]
    assert environment.keys() <= known
    assert environment["MODEL_INSTANCE_NAME"] == name


def test_the_router_finds_redis_and_the_model_containers() -> None:
    environment = service("router")["environment"]
    (port,) = exposed("model-container/Dockerfile")
    instances = environment["SESSION_ROUTER_ENDPOINTS_CHAT_VARIANTS_MAIN_INSTANCES"].split(",")
    assert instances == [f"http://{name}:{port}" for name in MODELS]
    assert environment["QUARKUS_REDIS_HOSTS"] == "redis://redis:6379"
    assert service("router")["depends_on"].keys() == {"redis", *MODELS}


def prometheus() -> Any:
    return yaml.safe_load((ROOT / "compose/prometheus.yaml").read_text())


def test_prometheus_scrapes_every_program_under_the_name_that_the_router_accepts() -> None:
    targets = {job["job_name"]: job["static_configs"][0]["targets"] for job in prometheus()["scrape_configs"]}
    environment = service("router")["environment"]
    management = exposed("Dockerfile")[1]
    (port,) = exposed("model-container/Dockerfile")
    assert targets == {
        "session-router": [f"{environment['SESSION_ROUTER_MANAGEMENT_HOSTS']}:{management}"],
        "model-container": [f"{name}:{port}" for name in MODELS],
    }
    assert environment["SESSION_ROUTER_MANAGEMENT_HOSTS"] in compose()["services"]
    assert all(job["honor_labels"] for job in prometheus()["scrape_configs"])


def mounts(name: str) -> dict[str, Path]:
    volumes = [volume.split(":") for volume in service(name).get("volumes", [])]
    assert all(mode == "ro" for _, _, mode in volumes)
    return {target: ROOT / source for source, target, _ in volumes}


@every_service
def test_what_is_mounted_exists(name: str) -> None:
    assert all(source.exists() for source in mounts(name).values())


def test_prometheus_reads_its_configuration_and_the_rules(tmp_path: Path) -> None:
    mounted = mounts("prometheus")
    (config,) = [o.split("=")[1] for o in service("prometheus")["command"] if o.startswith("--config.file")]
    for target, source in mounted.items():
        assert Path(target).parent == Path(config).parent
        (tmp_path / Path(target).name).write_bytes(source.read_bytes())
    run = subprocess.run(
        ["promtool", "check", "config", tmp_path / Path(config).name], capture_output=True, text=True
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "1 rule files found" in run.stdout


def test_the_rules_are_those_of_the_operator() -> None:
    operator = yaml.safe_load((ROOT / "grafana/alerts.yaml").read_text())["spec"]
    assert yaml.safe_load((ROOT / "grafana/rules.yaml").read_text()) == operator


def test_grafana_is_provisioned_with_the_dashboards_and_prometheus() -> None:
    mounted = mounts("grafana")
    environment = service("grafana")["environment"]
    provisioning = mounted["/etc/grafana/provisioning"]
    (provider,) = yaml.safe_load((provisioning / "dashboards/session-router.yaml").read_text())["providers"]
    dashboards = mounted[provider["options"]["path"]]
    assert (dashboards / Path(environment["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]).name).exists()
    sources = (provisioning / "datasources/prometheus.yaml").read_text()
    assert set(re.findall(r"\$\{(\w+)\}", sources)) <= environment.keys()
    port = service("prometheus")["ports"][0].split(":")[-1]
    assert environment["PROMETHEUS_URL"] == f"http://prometheus:{port}"


@every_service
def test_programs_are_confined(name: str) -> None:
    assert service(name)["read_only"] is True
    assert service(name)["cap_drop"] == ["ALL"]
    assert service(name)["security_opt"] == ["no-new-privileges:true"]


def test_native_libraries_can_be_loaded_from_where_they_are_unpacked() -> None:
    for name in IMAGES:
        assert "/tmp:exec" in service(name)["tmpfs"]


def test_programs_have_the_time_to_drain() -> None:
    drains = [seconds(router_default(f"session-router.drain.{part}")) for part in ("delay", "timeout")]
    assert seconds(service("router")["stop_grace_period"]) >= sum(drains) + 20
    table = (ROOT / "model-container/README.md").read_text()
    keys = ("model.drain-notice", "model.drain-timeout", "quarkus.shutdown.timeout")
    found = [re.search(rf"\| `{key}` \| `(\w+)` \|", table) for key in keys]
    waits = [seconds(row[1]) for row in found if row]
    assert len(waits) == len(keys)
    for name in MODELS:
        assert seconds(service(name)["stop_grace_period"]) > sum(waits)


def check(name: str) -> str:
    kind, shell, option, script = service(name)["healthcheck"]["test"]
    assert (kind, shell, option) == ("CMD", "bash", "-c")
    return str(script)


@pytest.mark.parametrize(("name", "status"), [(n, s) for n in IMAGES for s in (200, 503)])
def test_health_checks_pass_for_200_only(
    name: str, status: int, answering: Callable[[str, int], int]
) -> None:
    found = re.search(r"/dev/tcp/127\.0\.0\.1/(\d+) .* 'GET (\S+) ", check(name))
    assert found
    port, path = found.groups()
    assert port == exposed(IMAGES[name])[-1]
    server = answering(path, status)

    run = subprocess.run(["bash", "-c", check(name).replace(f"/{port}", f"/{server}", 1)], timeout=10)

    assert (run.returncode == 0) == (status == 200)


@pytest.fixture
def answering() -> Iterator[Callable[[str, int], int]]:
    """A server that answers a path with a status, and others with 404."""
    servers: list[HTTPServer] = []

    def start(path: str, status: int) -> int:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(status if self.path == path else 404)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        servers.append(HTTPServer(("127.0.0.1", 0), Handler))
        threading.Thread(target=servers[-1].serve_forever, daemon=True).start()
        return servers[-1].server_address[1]

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()
