"""Pods end in their own time, may little, and are as many as they should be."""

import re

import pytest

from manifests import (
    K8S,
    MODEL,
    OVERLAYS,
    PRODUCTION,
    ROOT,
    ROUTER,
    container,
    environment,
    every_overlay,
    named,
    of_kinds,
    pod,
    router_default,
    router_metrics,
    router_properties,
    seconds,
    workloads,
)


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
            "verbs": ["list", "watch"],
        }
    ]
    (binding,) = of_kinds(overlay, "RoleBinding")
    (subject,) = binding["subjects"]
    assert subject["name"] == pod(named(overlay, "Deployment", ROUTER))["serviceAccountName"]


@every_overlay
def test_no_secret_is_kept_here_nor_in_the_environment(overlay):
    assert not of_kinds(overlay, "Secret")
    for workload in workloads(overlay):
        assert not [e for e in container(workload).get("env", []) if "valueFrom" in e]
        assert "envFrom" not in container(workload)


@pytest.mark.parametrize("overlay", PRODUCTION)
def test_the_way_to_redis_is_read_from_a_file_beside_the_settings(overlay):
    router = named(overlay, "Deployment", ROUTER)
    (mounted,) = [v["projected"] for v in pod(router)["volumes"] if v["name"] == "config"]
    (secret,) = [s["secret"] for s in mounted["sources"] if "secret" in s]
    # Quarkus reads application-{profile}.properties beside application.properties.
    assert [i["path"] for i in secret["items"]] == ["application-prod.properties"]
    assert not secret.get("optional"), "without Redis no router is of use"


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


@every_overlay
def test_no_apply_sets_the_number_of_containers(overlay):
    """Also not by taking it out of a manifest that had it: that would make it 1."""
    assert "replicas" not in named(overlay, "StatefulSet", MODEL)["spec"]


def used_metrics():
    text = "\n".join(p.read_text() for p in (K8S / "components").rglob("*.yaml"))
    return set(re.findall(r"session_router_[a-z_]+", text))


def test_autoscalers_use_metrics_of_the_router():
    assert used_metrics(), "none found"
    assert used_metrics() <= router_metrics()


def test_the_hpa_asks_for_the_metric_that_the_adapter_makes():
    (metric,) = named("production", "HorizontalPodAutoscaler", MODEL)["spec"]["metrics"]
    rules = (K8S / "components/hpa/adapter-rules.yaml").read_text()
    assert f"as: {metric['external']['metric']['name']}\n" in rules


DASHBOARDS = sorted(p.name for p in (ROOT / "grafana/dashboards").glob("*.json"))


def test_there_are_dashboards():
    assert DASHBOARDS


def test_the_routers_own_labels_stay():
    for kind, ends in (("ServiceMonitor", "endpoints"), ("PodMonitor", "podMetricsEndpoints")):
        for monitor in of_kinds("production", kind):
            assert all(e["honorLabels"] for e in monitor["spec"][ends]), monitor["metadata"]["name"]


def test_the_alerts_are_part_of_production():
    named("production", "PrometheusRule", "session-router")


@pytest.mark.parametrize("dashboard", DASHBOARDS)
def test_dashboards_are_part_of_production(dashboard):
    held = {key for c in of_kinds("production", "ConfigMap") for key in c["data"]}
    assert dashboard in held
