"""Every rendered object is what its API takes, and nothing else."""

import kubernetes_validate
import pytest
from cloudcoil.models.keda import v1alpha1 as keda
from cloudcoil.models.prometheus_operator import v1 as prometheus
from manifests import OVERLAYS, Object, rendered

# Sleeping preStop hooks are general since 1.34; this is the newest set of schemas besides.
VERSIONS = ["1.34", "1.37"]
OPERATORS = {
    ("monitoring.coreos.com/v1", "ServiceMonitor"): prometheus.ServiceMonitor,
    ("monitoring.coreos.com/v1", "PodMonitor"): prometheus.PodMonitor,
    ("monitoring.coreos.com/v1", "PrometheusRule"): prometheus.PrometheusRule,
    ("keda.sh/v1alpha1", "ScaledObject"): keda.ScaledObject,
}


def objects(of_operator: bool) -> list[object]:
    return [
        pytest.param(o, id=f"{overlay}-{o['kind']}-{o['metadata']['name']}")
        for overlay in OVERLAYS
        for o in rendered(overlay)
        if ((o["apiVersion"], o["kind"]) in OPERATORS) == of_operator
    ]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("manifest", objects(of_operator=False))
def test_kubernetes_takes_it(manifest: Object, version: str) -> None:
    kubernetes_validate.validate(manifest, version, strict=True)


@pytest.mark.parametrize("manifest", objects(of_operator=True))
def test_its_operator_takes_it(manifest: Object) -> None:
    validate_custom(manifest)


def validate_custom(manifest: Object) -> None:
    model = OPERATORS[manifest["apiVersion"], manifest["kind"]]
    understood = model.model_validate(manifest)
    # Unknown fields are left out without a word.
    assert understood.model_dump(by_alias=True, exclude_unset=True, mode="json") == manifest


def test_a_wrong_field_is_found() -> None:
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(
            {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "x"}, "spec": {"prots": []}},
            VERSIONS[0],
            strict=True,
        )


def test_a_wrong_field_of_an_operators_object_is_found() -> None:
    with pytest.raises(AssertionError):
        validate_custom(
            {
                "apiVersion": "monitoring.coreos.com/v1",
                "kind": "PodMonitor",
                "metadata": {"name": "x"},
                "spec": {"selector": {}, "podMetricsEndpoints": [{"prot": "http"}]},
            }
        )
