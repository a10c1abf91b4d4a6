"""Pods end in their own time, may little, and are as many as they should be."""

import re

import pytest
import yaml
from manifests import (
    K8S,
    MODEL,
    OVERLAYS,
    PRODUCTION,
    ROOT,
    ROUTER,
    Object,
    container,
    environment,
    every_overlay,
    named,
    of_kinds,
    pod,
    recorded_series,
    router_default,
    router_properties,
    seconds,
    workloads,
)


@every_overlay
def test_the_router_has_time_to_drain(overlay: str) -> None:
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
def test_the_model_container_has_time_to_drain(overlay: str) -> None:
    model = named(overlay, "StatefulSet", MODEL)
    drain = seconds(environment(model)["MODEL_DRAIN_TIMEOUT"])
    sleep = container(model)["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert pod(model)["terminationGracePeriodSeconds"] >= sleep + drain + 60 + 25
    assert drain >= seconds(environment(model)["MODEL_SESSION_TTL"]), "sessions would be closed"


@every_overlay
def test_sessions_live_as_long_on_both_sides(overlay: str) -> None:
    ttl = router_properties(overlay)["session-router.endpoints.chat.sessions.max-ttl"]
    model = environment(named(overlay, "StatefulSet", MODEL))
    assert seconds(ttl) == seconds(model["MODEL_SESSION_TTL"])


@pytest.mark.parametrize("overlay", PRODUCTION)
def test_the_ingress_waits_as_long_as_the_router(overlay: str) -> None:
    notes = named(overlay, "Ingress")["metadata"]["annotations"]
    wait = int(notes["nginx.ingress.kubernetes.io/proxy-read-timeout"])
    for key in ("first-byte", "stream"):
        default = router_default(f"session-router.endpoints.<endpoint>.timeouts.{key}")
        assert wait > seconds(default)


# Safety


@every_overlay
def test_pods_are_restricted(overlay: str) -> None:
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
def test_only_the_router_has_a_token_and_only_for_discovery(overlay: str) -> None:
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
def test_no_secret_is_kept_here_nor_in_the_environment(overlay: str) -> None:
    assert not of_kinds(overlay, "Secret")
    for workload in workloads(overlay):
        assert not [e for e in container(workload).get("env", []) if "valueFrom" in e]
        assert "envFrom" not in container(workload)


@pytest.mark.parametrize("overlay", PRODUCTION)
def test_the_way_to_redis_is_read_from_a_file_beside_the_settings(overlay: str) -> None:
    router = named(overlay, "Deployment", ROUTER)
    (mounted,) = [v["projected"] for v in pod(router)["volumes"] if v["name"] == "config"]
    (secret,) = [
        s["secret"] for s in mounted["sources"] if s.get("secret", {}).get("name") == "session-router-redis"
    ]
    # Quarkus reads application-{profile}.properties beside application.properties.
    assert [i["path"] for i in secret["items"]] == ["application-prod.properties"]
    assert not secret.get("optional"), "without Redis no router is of use"


@every_overlay
def test_who_may_call_is_read_from_a_secret_beside_the_settings(overlay: str) -> None:
    router = named(overlay, "Deployment", ROUTER)
    (mounted,) = [v["projected"] for v in pod(router)["volumes"] if v["name"] == "config"]
    (secret,) = [
        s["secret"]
        for s in mounted["sources"]
        if s.get("secret", {}).get("name") == "session-router-principals"
    ]
    assert not secret.get("optional"), "without principals the router does not start"
    (item,) = secret["items"]
    properties = router_properties(overlay)
    assert properties["session-router.auth.principals"] == f"config/{item['path']}"
    assert "session-router.auth" not in properties


# Overlays


@every_overlay
def test_a_node_may_fail(overlay: str) -> None:
    router = named(overlay, "Deployment", ROUTER)
    assert router["spec"]["replicas"] >= 2
    assert pod(router)["topologySpreadConstraints"]
    assert named(overlay, "PodDisruptionBudget", ROUTER)


def test_gpus_are_asked_for_in_production_only() -> None:
    for overlay in OVERLAYS:
        model = named(overlay, "StatefulSet", MODEL)
        limits = container(model)["resources"]["limits"]
        gpus = overlay in PRODUCTION
        assert ("nvidia.com/gpu" in limits) == gpus, overlay
        assert environment(model)["MODEL_DEVICE"] == ("cuda" if gpus else "cpu")


@pytest.mark.parametrize("overlay", PRODUCTION)
def test_one_autoscaler_owns_the_number_of_containers(overlay: str) -> None:
    scalers = of_kinds(overlay, "HorizontalPodAutoscaler", "ScaledObject")
    assert [s["kind"] for s in scalers] == [
        "ScaledObject" if overlay.endswith("keda") else "HorizontalPodAutoscaler"
    ]
    target = scalers[0]["spec"]["scaleTargetRef"]
    model = named(overlay, target["kind"], target["name"])
    assert target["apiVersion"] == model["apiVersion"]
    assert "replicas" not in model["spec"]


@every_overlay
def test_no_apply_sets_the_number_of_containers(overlay: str) -> None:
    """Also not by taking it out of a manifest that had it: that would make it 1."""
    assert "replicas" not in named(overlay, "StatefulSet", MODEL)["spec"]


@pytest.mark.parametrize("overlay", PRODUCTION)
def test_what_was_wanted_while_instances_drained_holds_until_they_ended(overlay: str) -> None:
    (scaler,) = of_kinds(overlay, "HorizontalPodAutoscaler", "ScaledObject")
    spec = scaler["spec"]
    if scaler["kind"] == "ScaledObject":
        spec = spec["advanced"]["horizontalPodAutoscalerConfig"]
    grace = pod(named(overlay, "StatefulSet", MODEL))["terminationGracePeriodSeconds"]
    assert spec["behavior"]["scaleDown"]["stabilizationWindowSeconds"] >= grace


def test_both_autoscalers_are_one_object_after_the_other() -> None:
    scaled = named("production-keda", "ScaledObject")
    old = named("production", "HorizontalPodAutoscaler")["metadata"]["name"]
    notes = scaled["metadata"]["annotations"]
    assert notes["scaledobject.keda.sh/transfer-hpa-ownership"] == "true"
    assert scaled["spec"]["advanced"]["horizontalPodAutoscalerConfig"]["name"] == old


def test_autoscalers_use_what_the_rules_record() -> None:
    text = "\n".join(p.read_text() for p in (K8S / "components").rglob("*.yaml"))
    used = set(re.findall(r"session_router:\w+:\w+", text))
    assert used, "none found"
    assert used <= recorded_series()
    assert set(re.findall(r"session_router_\w+", text)) == {adapter_rule()["name"]["as"]}


def test_both_autoscalers_ask_for_the_same() -> None:
    (trigger,) = named("production-keda", "ScaledObject")["spec"]["triggers"]
    (metric,) = named("production", "HorizontalPodAutoscaler")["spec"]["metrics"]
    labels = {"namespace": ROUTER, **metric["external"]["metric"]["selector"]["matchLabels"]}
    matchers = ", ".join(f'{name}="{value}"' for name, value in labels.items())
    assert trigger["metadata"]["query"] == adapter_rule()["metricsQuery"].replace(
        "<<.LabelMatchers>>", matchers
    )
    target = metric["external"]["target"]
    assert trigger["metricType"] == target["type"] == "AverageValue"
    assert trigger["metadata"]["threshold"] == target["averageValue"]


def test_without_an_answer_keda_leaves_the_number_as_it_is() -> None:
    (trigger,) = named("production-keda", "ScaledObject")["spec"]["triggers"]
    assert trigger["metadata"]["ignoreNullValues"] == "false"


def test_the_hpa_asks_for_the_metric_that_the_adapter_makes() -> None:
    (metric,) = named("production", "HorizontalPodAutoscaler", MODEL)["spec"]["metrics"]
    assert metric["external"]["metric"]["name"] == adapter_rule()["name"]["as"]


def adapter_rule() -> Object:
    rule: Object
    (rule,) = yaml.safe_load((K8S / "components/hpa/adapter-rules.yaml").read_text())
    return rule


DASHBOARDS = sorted(p.name for p in (ROOT / "grafana/dashboards").glob("*.json"))


def test_there_are_dashboards() -> None:
    assert DASHBOARDS


def test_the_routers_own_labels_stay() -> None:
    for kind, ends in (("ServiceMonitor", "endpoints"), ("PodMonitor", "podMetricsEndpoints")):
        for monitor in of_kinds("production", kind):
            assert all(e["honorLabels"] for e in monitor["spec"][ends]), monitor["metadata"]["name"]


def test_the_alerts_are_part_of_production() -> None:
    named("production", "PrometheusRule", "session-router")


@pytest.mark.parametrize("dashboard", DASHBOARDS)
def test_dashboards_are_part_of_production(dashboard: str) -> None:
    held = {key for c in of_kinds("production", "ConfigMap") for key in c["data"]}
    assert dashboard in held
