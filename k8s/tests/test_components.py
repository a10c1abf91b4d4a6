"""What overlays may add: traces, and many models from S3."""

import ipaddress
import os
import re
import subprocess
from pathlib import Path
from typing import TypeAlias
from urllib.parse import urlsplit

import pytest
import yaml
from manifests import (
    K8S,
    KUBECTL,
    MODEL,
    OVERLAYS,
    ROOT,
    ROUTER,
    Object,
    container,
    environment,
    every_overlay,
    named,
    of_kinds,
    pod,
    rendered,
    selects,
    workloads,
)

MULTI = "production-multi-model"
Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

METADATA_OF_THE_NODE = ipaddress.ip_address("169.254.169.254")
METADATA_OF_THE_NODE_BY_IPV6 = ipaddress.ip_address("fd00:ec2::254")
BYTES = {"M": 2**20, "G": 2**30, "Mi": 2**20, "Gi": 2**30}


def size(text: str) -> int:
    """Of 16G as Quarkus and 16Gi as Kubernetes have it."""
    found = re.fullmatch(r"(\d+)([MG]i?)", text)
    assert found, f"{text} (expected: a number and M, G, Mi or Gi)"
    return int(found[1]) * BYTES[found[2]]


def egress(overlay: str, workload: Object) -> list[Object]:
    """All that the policies let the workload's pods do, taken together."""
    return [
        rule
        for policy in of_kinds(overlay, "NetworkPolicy")
        if selects(policy["spec"]["podSelector"]["matchLabels"], workload)
        for rule in policy["spec"].get("egress", [])
    ]


def ports(rule: Object) -> list[int | str]:
    return [port["port"] for port in rule["ports"]]


def blocks(rule: Object) -> list[Object]:
    """The addresses that the rule leads to; all of them if it names none."""
    return [to["ipBlock"] for to in rule.get("to", [{"ipBlock": {"cidr": "0.0.0.0/0"}}]) if "ipBlock" in to]


def leads_to(rule: Object, address: Address) -> bool:
    return any(
        address in ipaddress.ip_network(block["cidr"])
        and not any(address in ipaddress.ip_network(hole) for hole in block.get("except", []))
        for block in blocks(rule)
    )


# What gives more rights than an overlay does by itself: an operator adds it.
GRANTS = {"pod-identity"}


def test_every_component_is_rendered_by_some_overlay() -> None:
    there = {p.name for p in (K8S / "components").iterdir()}
    used: set[str] = set()
    for overlay in OVERLAYS:
        kustomization = yaml.safe_load((K8S / "overlays" / overlay / "kustomization.yaml").read_text())
        used |= {c.rsplit("/", 1)[1] for c in kustomization.get("components", [])}
    assert there - GRANTS <= used
    assert not GRANTS & used


@pytest.mark.parametrize("component", sorted(GRANTS))
def test_what_an_operator_adds_can_be_added(component: str, tmp_path: Path) -> None:
    overlay = {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "namespace": ROUTER,
        "resources": [os.path.relpath(K8S / "overlays/local", tmp_path)],
        "components": [os.path.relpath(K8S / "components" / component, tmp_path)],
    }
    (tmp_path / "kustomization.yaml").write_text(yaml.safe_dump(overlay))
    run = subprocess.run([KUBECTL, "kustomize", tmp_path], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert len(list(yaml.safe_load_all(run.stdout))) > len(rendered("local"))


# Ways out, and ways in


@every_overlay
def test_no_way_out_leads_everywhere(overlay: str) -> None:
    """Nor to a node's metadata: a pod that reaches those may act as the node."""
    for workload in workloads(overlay):
        for rule in egress(overlay, workload):
            assert rule["to"], f"{workload['metadata']['name']}: {ports(rule)}"
            assert not leads_to(rule, METADATA_OF_THE_NODE)
            assert not leads_to(rule, METADATA_OF_THE_NODE_BY_IPV6)


@every_overlay
def test_the_router_reaches_redis_and_the_api_server(overlay: str) -> None:
    rules = egress(overlay, named(overlay, "Deployment", ROUTER))
    assert [r for r in rules if {"redis", 6379} & set(ports(r))]
    assert [r for r in rules if {443, 6443} <= set(ports(r))]
    assert [r for r in rules if 53 in ports(r)]


@every_overlay
def test_of_the_namespace_of_monitoring_only_prometheus_comes_in(overlay: str) -> None:
    """Metrics share their port with the session API."""
    found = [
        peer
        for policy in of_kinds(overlay, "NetworkPolicy")
        for rule in policy["spec"].get("ingress", [])
        for peer in rule.get("from", [])
        if "namespaceSelector" in peer
    ]
    assert found
    for peer in found:
        assert peer["podSelector"]["matchLabels"] == {"app.kubernetes.io/name": "prometheus"}


# Traces


def test_the_collector_may_be_reached() -> None:
    router = named(MULTI, "Deployment", ROUTER)
    collector = urlsplit(environment(router)["SESSION_ROUTER_TRACING_COLLECTOR"])
    assert collector.hostname, "the collector's URL names no host"
    namespace = collector.hostname.split(".")[1]
    open_to = [
        rule
        for rule in egress(MULTI, router)
        for to in rule.get("to", [])
        if to.get("namespaceSelector", {}).get("matchLabels", {}).get("kubernetes.io/metadata.name")
        == namespace
    ]
    assert collector.port in [port for rule in open_to for port in ports(rule)]


def test_the_share_of_traces_is_one() -> None:
    ratio = environment(named(MULTI, "Deployment", ROUTER))["SESSION_ROUTER_TRACING_SAMPLE_RATIO"]
    assert 0 < float(ratio) <= 1


# Many models


def test_containers_load_what_routers_ask_for() -> None:
    prefix = environment(named(MULTI, "Deployment", ROUTER))["SESSION_ROUTER_ENDPOINTS_CHAT_MODELS_PREFIX"]
    model = environment(named(MULTI, "StatefulSet", MODEL))
    assert model["MODEL_MULTI_ENABLED"] == "true"
    assert "MODEL_PATH" not in model, "must be unset"
    assert prefix + "/" in model["MODEL_MULTI_URL_PREFIXES"].split(",")


def test_all_loads_at_the_same_time_fit_into_the_scratch_volume() -> None:
    workload = named(MULTI, "StatefulSet", MODEL)
    model = environment(workload)
    (mount,) = [
        m for m in container(workload)["volumeMounts"] if m["mountPath"] == model["MODEL_MULTI_WORK_DIR"]
    ]
    (volume,) = [v for v in pod(workload)["volumes"] if v["name"] == mount["name"]]
    one = size(model["MODEL_MULTI_MAX_ARTIFACT"]) + size(model["MODEL_MULTI_MAX_UNPACKED"])
    scratch = size(volume["emptyDir"]["sizeLimit"])
    assert scratch >= int(model["MODEL_MULTI_MAX_LOADS"]) * one
    others = [
        size(v["emptyDir"]["sizeLimit"]) for v in pod(workload)["volumes"] if "emptyDir" in v and v != volume
    ]
    for kind in container(workload)["resources"].values():
        assert size(kind["ephemeral-storage"]) >= scratch + sum(others), "the pod would be evicted"


def test_a_container_reaches_s3_but_not_its_nodes_metadata() -> None:
    rules = egress(MULTI, named(MULTI, "StatefulSet", MODEL))
    assert [r for r in rules if 443 in ports(r) and leads_to(r, ipaddress.ip_address("52.218.0.1"))]
    assert [r for r in rules if 53 in ports(r)]
    web = [r for r in rules if {80, 443} & set(ports(r))]
    assert not [r for r in web if leads_to(r, METADATA_OF_THE_NODE)]


def test_credentials_are_found_by_what_the_image_has() -> None:
    model = named(MULTI, "StatefulSet", MODEL)
    account = named(MULTI, "ServiceAccount", pod(model)["serviceAccountName"])
    assert account["metadata"]["annotations"]["eks.amazonaws.com/role-arn"].startswith("arn:aws:iam::")
    pom = (ROOT / "model-container/pom.xml").read_text()
    assert "<artifactId>sts</artifactId>" in pom, "a service account's role is asked for with it"
    (volume,) = [v for v in pod(model)["volumes"] if "secret" in v]
    assert volume["secret"]["secretName"] == "model-chat-s3"
    assert volume["secret"]["optional"], "without it the role has to do"
    (mount,) = [m for m in container(model)["volumeMounts"] if m["name"] == volume["name"]]
    file = environment(model)["AWS_SHARED_CREDENTIALS_FILE"]
    assert file == mount["mountPath"] + "/credentials"


@every_overlay
def test_a_container_that_loads_nothing_calls_nobody(overlay: str) -> None:
    model = named(overlay, "StatefulSet", MODEL)
    loads = environment(model).get("MODEL_MULTI_ENABLED") == "true"
    assert bool(egress(overlay, model)) == loads


def test_pod_identity_lets_the_router_read_pods_and_the_base_does_not() -> None:
    role, binding = yaml.safe_load_all((K8S / "components/pod-identity/rbac.yaml").read_text())

    assert role["rules"] == [{"apiGroups": [""], "resources": ["pods"], "verbs": ["list", "watch"]}]
    assert binding["roleRef"]["name"] == role["metadata"]["name"]
    assert [s["name"] for s in binding["subjects"]] == [ROUTER]
    for overlay in OVERLAYS:
        rules = [rule for r in of_kinds(overlay, "Role") for rule in r["rules"]]
        assert not any("pods" in rule["resources"] for rule in rules), overlay
