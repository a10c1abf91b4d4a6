"""Names, labels and ports fit each other, and the programs."""

import re

import pytest
from manifests import (
    MODEL,
    PRODUCTION,
    ROOT,
    ROUTER,
    container,
    every_overlay,
    match,
    named,
    of_kinds,
    ports,
    rendered,
    router_default,
    selects,
    workloads,
)


@every_overlay
def test_everything_is_in_one_namespace(overlay: str) -> None:
    for o in rendered(overlay):
        if o["kind"] != "Namespace":
            assert o["metadata"]["namespace"] == ROUTER, o["metadata"]["name"]


@every_overlay
def test_selectors_find_their_pods(overlay: str) -> None:
    for workload in workloads(overlay):
        assert selects(workload["spec"]["selector"]["matchLabels"], workload)
    for o in of_kinds(overlay, "PodDisruptionBudget", "PodMonitor"):
        selector = o["spec"]["selector"]["matchLabels"]
        assert [w for w in workloads(overlay) if selects(selector, w)], o["metadata"]["name"]
    for o in of_kinds(overlay, "NetworkPolicy"):
        selector = o["spec"]["podSelector"]["matchLabels"]
        assert [w for w in workloads(overlay) if selects(selector, w)], o["metadata"]["name"]


@every_overlay
def test_services_lead_to_ports_of_their_pods(overlay: str) -> None:
    for service in of_kinds(overlay, "Service"):
        (workload,) = [w for w in workloads(overlay) if selects(service["spec"]["selector"], w)]
        for port in service["spec"]["ports"]:
            assert port["targetPort"] in ports(workload), service["metadata"]["name"]


@every_overlay
def test_policies_of_the_network_name_ports_that_exist(overlay: str) -> None:
    names = {name for w in workloads(overlay) for name in ports(w)}
    for policy in of_kinds(overlay, "NetworkPolicy"):
        for rule in policy["spec"].get("ingress", []) + policy["spec"].get("egress", []):
            for port in rule["ports"]:
                assert isinstance(port["port"], int) or port["port"] in names


@every_overlay
def test_every_workload_has_a_policy_of_the_network(overlay: str) -> None:
    policies = [p["spec"]["podSelector"]["matchLabels"] for p in of_kinds(overlay, "NetworkPolicy")]
    for workload in workloads(overlay):
        assert [p for p in policies if selects(p, workload)], workload["metadata"]["name"]


@every_overlay
def test_probes_ask_ports_of_their_container(overlay: str) -> None:
    for workload in workloads(overlay):
        for kind in ("startupProbe", "livenessProbe", "readinessProbe"):
            probe = container(workload).get(kind, {})
            for way in ("httpGet", "tcpSocket"):
                assert way not in probe or probe[way]["port"] in ports(workload)


@every_overlay
def test_the_routers_ports_are_those_it_listens_on(overlay: str) -> None:
    declared = ports(named(overlay, "Deployment", ROUTER))
    properties = (ROOT / "src/main/resources/application.properties").read_text()
    management = match(r"^quarkus\.http\.port=(\d+)$", properties, re.MULTILINE)
    assert declared["http"] == int(router_default("session-router.http.port"))
    assert declared["management"] == int(management)


@every_overlay
def test_the_model_containers_port_is_the_one_it_listens_on(overlay: str) -> None:
    text = (ROOT / "model-container/src/main/resources/application.properties").read_text()
    port = match(r"^quarkus\.http\.port=(\d+)$", text, re.MULTILINE)
    assert ports(named(overlay, "StatefulSet", MODEL))["http"] == int(port)


@pytest.mark.parametrize("overlay", PRODUCTION)
def test_monitors_scrape_ports_that_exist(overlay: str) -> None:
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
def test_the_ingress_leads_to_the_data_port_only(overlay: str) -> None:
    for rule in named(overlay, "Ingress")["spec"]["rules"]:
        for path in rule["http"]["paths"]:
            backend = path["backend"]["service"]
            service = named(overlay, "Service", backend["name"])
            (port,) = [p for p in service["spec"]["ports"] if p["name"] == backend["port"]["name"]]
            assert port["targetPort"] == "http"
