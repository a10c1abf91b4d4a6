"""The manifest of a release is the overlay local with the images of a registry."""

import os
import subprocess
from collections.abc import Iterable

import yaml
from manifests import K8S, KUBECTL, Object, rendered


def render(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [K8S / "render", *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, "KUBECTL": str(KUBECTL)},
    )


def images(manifests: Iterable[Object]) -> list[str]:
    pods = [m["spec"]["template"]["spec"] for m in manifests if m["kind"] in ("Deployment", "StatefulSet")]
    return sorted(container["image"] for pod in pods for container in pod["containers"])


def names(manifests: Iterable[Object]) -> list[tuple[str, str]]:
    return sorted((m["kind"], m["metadata"]["name"]) for m in manifests)


def test_only_the_images_differ() -> None:
    run = render("ghcr.io/example", "1.2.3")
    assert run.returncode == 0, run.stderr
    manifests = list(yaml.safe_load_all(run.stdout))
    assert images(manifests) == [
        *[image for image in images(rendered("local")) if "redis" in image],
        "ghcr.io/example/session-router-model-container:1.2.3",
        "ghcr.io/example/session-router:1.2.3",
    ]
    assert names(manifests) == names(rendered("local"))


def test_it_says_what_it_expects() -> None:
    run = render("ghcr.io/example")
    assert run.returncode == 2
    assert "REGISTRY VERSION" in run.stderr
