"""The manifests fit each other, and the programs they start."""

import re

import pytest

from manifests import (
    K8S,
    OVERLAYS,
    ROOT,
    container,
    container_keys,
    environment,
    named,
    of_kinds,
    rendered,
    router_default,
    router_keys,
    router_metrics,
    router_properties,
    seconds,
    workloads,
)

PRODUCTION = [o for o in OVERLAYS if o.startswith("production")]
QUARKUS_KEYS = {
    "QUARKUS_REDIS_HOSTS",
    "QUARKUS_REDIS_CLIENT_TYPE",
    "QUARKUS_REDIS_MASTER_NAME",
    "QUARKUS_REDIS_PASSWORD",
}
MODEL = "model-chat"
ROUTER = "session-router"

every_overlay = pytest.mark.parametrize("overlay", OVERLAYS)


def labels(workload):
    return workload["spec"]["template"]["metadata"]["labels"]


def selects(selector, workload):
    return selector.items() <= labels(workload).items()


def ports(workload):
    return {p["name"]: p["containerPort"] for p in container(workload)["ports"]}


def pod(workload):
    return workload["spec"]["template"]["spec"]


# Names, labels, ports


@every_overlay
def test_everything_is_in_one_namespace(overlay):
    for o in rendered(overlay):
        if o["kind"] != "Namespace":
            assert o["metadata"]["namespace"] == ROUTER, o["metadata"]["name"]


@every_overlay
def test_selectors_find_their_pods(overlay):
    for workload in workloads(overlay):
        assert selects(workload["spec"]["selector"]["matchLabels"], workload)
    for o in of_kinds(overlay, "PodDisruptionBudget", "PodMonitor"):
        selector = o["spec"]["selector"]["matchLabels"]
        assert [w for w in workloads(overlay) if selects(selector, w)], o["metadata"]["name"]
    for o in of_kinds(overlay, "NetworkPolicy"):
        selector = o["spec"]["podSelector"]["matchLabels"]
        assert [w for w in workloads(overlay) if selects(selector, w)], o["metadata"]["name"]


@every_overlay
def test_services_lead_to_ports_of_their_pods(overlay):
    for service in of_kinds(overlay, "Service"):
        (workload,) = [w for w in workloads(overlay) if selects(service["spec"]["selector"], w)]
        for port in service["spec"]["ports"]:
            assert port["targetPort"] in ports(workload), service["metadata"]["name"]


@every_overlay
def test_policies_of_the_network_name_ports_that_exist(overlay):
    names = {name for w in workloads(overlay) for name in ports(w)}
    for policy in of_kinds(overlay, "NetworkPolicy"):
        for rule in policy["spec"].get("ingress", []) + policy["spec"].get("egress", []):
            for port in rule["ports"]:
                assert isinstance(port["port"], int) or port["port"] in names


@every_overlay
def test_every_workload_has_a_policy_of_the_network(overlay):
    policies = [p["spec"]["podSelector"]["matchLabels"] for p in of_kinds(overlay, "NetworkPolicy")]
    for workload in workloads(overlay):
        assert [p for p in policies if selects(p, workload)], workload["metadata"]["name"]


@every_overlay
def test_probes_ask_ports_of_their_container(overlay):
    for workload in workloads(overlay):
        for kind in ("startupProbe", "livenessProbe", "readinessProbe"):
            probe = container(workload).get(kind, {})
            for way in ("httpGet", "tcpSocket"):
                assert way not in probe or probe[way]["port"] in ports(workload)


@every_overlay
def test_the_routers_ports_are_those_it_listens_on(overlay):
    declared = ports(named(overlay, "Deployment", ROUTER))
    properties = (ROOT / "src/main/resources/application.properties").read_text()
    management = re.search(r"^quarkus\.http\.port=(\d+)$", properties, re.M)[1]
    assert declared["http"] == int(router_default("session-router.http.port"))
    assert declared["management"] == int(management)


@every_overlay
def test_the_model_containers_port_is_the_one_it_listens_on(overlay):
    text = (ROOT / "model-container/src/main/resources/application.properties").read_text()
    port = re.search(r"^quarkus\.http\.port=(\d+)$", text, re.M)[1]
    assert ports(named(overlay, "StatefulSet", MODEL))["http"] == int(port)


@pytest.mark.parametrize("overlay", PRODUCTION)
def test_monitors_scrape_ports_that_exist(overlay):
    services = of_kinds(overlay, "Service")
    for monitor in of_kinds(overlay, "ServiceMonitor"):
        wanted = monitor["spec"]["selector"]["matchLabels"].items()
        (service,) = [s for s in services if wanted <= s["metadata"]["labels"].items()]
        for endpoint in monitor["spec"]["endpoints"]:
            assert endpoint["port"] in {p["name"] for p in service["spec"]["ports"]}
    for monitor in of_kinds(overlay, "PodMonitor"):
        for endpoint in monitor["spec"]["podMetricsEndpoints"]:
            assert endpoint["port"] in ports(named(overlay, "StatefulSet", MODEL))


@pytest.mark.parametrize("overlay", PRODUCTION)
def test_the_ingress_leads_to_the_data_port_only(overlay):
    for rule in named(overlay, "Ingress")["spec"]["rules"]:
        for path in rule["http"]["paths"]:
            backend = path["backend"]["service"]
            service = named(overlay, "Service", backend["name"])
            (port,) = [
                p for p in service["spec"]["ports"] if p["name"] == backend["port"]["name"]
            ]
            assert port["targetPort"] == "http"


# Settings


def general(key):
    """As the README's table has it, with a name of an endpoint and of a variant left open."""
    key = re.sub(r"\.endpoints\.[^.]+", ".endpoints.<endpoint>", key)
    return re.sub(r"\.variants\.[^.]+", ".variants.<variant>", key)


def family(key):
    return key.rsplit(".", 1)[0]


@every_overlay
def test_settings_of_the_router_exist(overlay):
    known = router_keys()
    families = {family(key) for key in known}
    for key in map(general, router_properties(overlay)):
        if family(key) in families:
            assert key in known, f"no such setting: {key}"
        else:
            assert family(key).endswith(".kubernetes"), f"no such setting: {key}"


@every_overlay
def test_discovery_looks_for_the_models_service(overlay):
    properties = router_properties(overlay)
    service = named(
        overlay, "Service", properties["session-router.endpoints.chat.variants.main.kubernetes.service"]
    )
    port = properties["session-router.endpoints.chat.variants.main.kubernetes.port"]
    assert service["metadata"]["name"] == named(overlay, "StatefulSet", MODEL)["spec"]["serviceName"]
    assert service["spec"]["clusterIP"] == "None"
    assert port in {p["name"] for p in service["spec"]["ports"]}


@every_overlay
def test_variables_of_the_router_exist(overlay):
    assert environment(named(overlay, "Deployment", ROUTER)).keys() <= QUARKUS_KEYS


@every_overlay
def test_variables_of_the_model_container_exist(overlay):
    known = {key.upper().replace(".", "_").replace("-", "_") for key in container_keys()}
    assert environment(named(overlay, "StatefulSet", MODEL)).keys() <= known


@every_overlay
def test_the_router_reads_its_settings_where_they_are_mounted(overlay):
    router = container(named(overlay, "Deployment", ROUTER))
    (mount,) = [m["mountPath"] for m in router["volumeMounts"] if m["name"] == "config"]
    for dockerfile in ("Dockerfile", "Dockerfile.native"):
        text = (ROOT / dockerfile).read_text()
        workdir = re.findall(r"^WORKDIR (\S+)$", text, re.M)[-1]
        assert mount == f"{workdir}/config", dockerfile


@every_overlay
def test_users_are_those_of_the_images(overlay):
    for name, dockerfile in (
        (ROUTER, "Dockerfile"),
        (ROUTER, "Dockerfile.native"),
        (MODEL, "model-container/Dockerfile"),
    ):
        (workload,) = [w for w in workloads(overlay) if w["metadata"]["name"] == name]
        user = re.findall(r"^USER (\d+)", (ROOT / dockerfile).read_text(), re.M)[-1]
        assert pod(workload)["securityContext"]["runAsUser"] == int(user), dockerfile


# The end of pods


@every_overlay
def test_the_router_has_time_to_drain(overlay):
    properties = router_properties(overlay)
    delay = seconds(properties["session-router.drain.delay"])
    timeout = seconds(properties["session-router.drain.timeout"])
    router = named(overlay, "Deployment", ROUTER)
    probe = container(router)["readinessProbe"]
    assert pod(router)["terminationGracePeriodSeconds"] >= delay + timeout + 10
    assert delay > probe["periodSeconds"] * probe["failureThreshold"], "nobody would notice"
    stream = router_default("session-router.endpoints.<endpoint>.timeouts.stream")
    assert timeout >= seconds(stream), "streams would be cut off"


@every_overlay
def test_the_model_container_has_time_to_drain(overlay):
    model = named(overlay, "StatefulSet", MODEL)
    drain = seconds(environment(model)["MODEL_DRAIN_TIMEOUT"])
    sleep = container(model)["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert pod(model)["terminationGracePeriodSeconds"] >= sleep + drain + 60 + 25
    assert drain >= seconds(environment(model)["MODEL_SESSION_TTL"]), "sessions would be closed"


@every_overlay
def test_sessions_live_as_long_on_both_sides(overlay):
    ttl = router_properties(overlay)["session-router.endpoints.chat.sessions.max-ttl"]
    model = environment(named(overlay, "StatefulSet", MODEL))
    assert seconds(ttl) == seconds(model["MODEL_SESSION_TTL"])


@pytest.mark.parametrize("overlay", PRODUCTION)
def test_the_ingress_waits_as_long_as_the_router(overlay):
    notes = named(overlay, "Ingress")["metadata"]["annotations"]
    wait = int(notes["nginx.ingress.kubernetes.io/proxy-read-timeout"])
    for key in ("first-byte", "stream"):
        default = router_default(f"session-router.endpoints.<endpoint>.timeouts.{key}")
        assert wait > seconds(default)


# Safety


@every_overlay
def test_pods_are_restricted(overlay):
    for workload in workloads(overlay):
        name = workload["metadata"]["name"]
        context = container(workload)["securityContext"]
        assert pod(workload)["securityContext"]["runAsNonRoot"], name
        assert pod(workload)["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, name
        assert context["readOnlyRootFilesystem"] is True, name
        assert context["allowPrivilegeEscalation"] is False, name
        assert context["capabilities"] == {"drop": ["ALL"]}, name
        assert container(workload)["resources"].keys() == {"requests", "limits"}, name


@every_overlay
def test_only_the_router_has_a_token_and_only_for_discovery(overlay):
    for workload in workloads(overlay):
        mounted = pod(workload)["automountServiceAccountToken"]
        assert mounted == (workload["metadata"]["name"] == ROUTER)
    assert not of_kinds(overlay, "ClusterRole", "ClusterRoleBinding")
    (role,) = of_kinds(overlay, "Role")
    assert role["rules"] == [
        {
            "apiGroups": ["discovery.k8s.io"],
            "resources": ["endpointslices"],
            "verbs": ["get", "list", "watch"],
        }
    ]
    (binding,) = of_kinds(overlay, "RoleBinding")
    (subject,) = binding["subjects"]
    assert subject["name"] == pod(named(overlay, "Deployment", ROUTER))["serviceAccountName"]


@every_overlay
def test_no_secret_is_kept_here(overlay):
    assert not of_kinds(overlay, "Secret")


# Overlays


@every_overlay
def test_a_node_may_fail(overlay):
    router = named(overlay, "Deployment", ROUTER)
    assert router["spec"]["replicas"] >= 2
    assert pod(router)["topologySpreadConstraints"]
    assert named(overlay, "PodDisruptionBudget", ROUTER)


def test_gpus_are_asked_for_in_production_only():
    for overlay in OVERLAYS:
        model = named(overlay, "StatefulSet", MODEL)
        limits = container(model)["resources"]["limits"]
        gpus = overlay in PRODUCTION
        assert ("nvidia.com/gpu" in limits) == gpus, overlay
        assert environment(model)["MODEL_DEVICE"] == ("cuda" if gpus else "cpu")


@pytest.mark.parametrize("overlay", PRODUCTION)
def test_one_autoscaler_owns_the_number_of_containers(overlay):
    scalers = of_kinds(overlay, "HorizontalPodAutoscaler", "ScaledObject")
    assert [s["kind"] for s in scalers] == [
        "ScaledObject" if overlay.endswith("keda") else "HorizontalPodAutoscaler"
    ]
    target = scalers[0]["spec"]["scaleTargetRef"]
    model = named(overlay, target["kind"], target["name"])
    assert target["apiVersion"] == model["apiVersion"]
    assert "replicas" not in model["spec"]


def used_metrics():
    text = "\n".join(p.read_text() for p in (K8S / "components").rglob("*.yaml"))
    return set(re.findall(r"session_router_[a-z_]+", text))


def test_autoscalers_use_metrics_of_the_router():
    assert used_metrics(), "none found"
    if any(m.startswith("session_router_instance_") for m in router_metrics()):
        assert used_metrics() <= router_metrics()
    else:
        pytest.skip("the README does not list metrics of instances")


def test_the_hpa_asks_for_the_metric_that_the_adapter_makes():
    (metric,) = named("production", "HorizontalPodAutoscaler", MODEL)["spec"]["metrics"]
    rules = (K8S / "components/hpa/adapter-rules.yaml").read_text()
    assert f"as: {metric['external']['metric']['name']}\n" in rules


@pytest.mark.parametrize("dashboard", [p.name for p in (ROOT / "grafana").glob("*.json")])
def test_dashboards_are_part_of_production(dashboard):
    held = {key for c in of_kinds("production", "ConfigMap") for key in c["data"]}
    assert dashboard in held
