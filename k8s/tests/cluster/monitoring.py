"""A real Prometheus with the rules of grafana/, and what stands in for the Prometheus adapter."""

import asyncio
import json
import ssl
import urllib.parse
from datetime import datetime, timezone
from pathlib import Path

import aiohttp
import yaml
from aiohttp import web
from api import Object
from control_plane import PKI, STATE, ControlPlane, kubectl
from node import Kubelet

ROOT = Path(__file__).resolve().parents[3]
PROMETHEUS = "http://127.0.0.1:9090"
ADAPTER = "10.244.254.1"
GROUP = "external.metrics.k8s.io/v1beta1"
SCRAPES = f"""
global: {{scrape_interval: 2s, evaluation_interval: 2s}}
rule_files: [rules.yaml]
scrape_configs:
  - job_name: session-router
    metrics_path: /q/metrics
    honor_labels: true
    file_sd_configs: [{{files: [{STATE}/prometheus/targets.json], refresh_interval: 1s}}]
"""
SERVICE = {
    "apiVersion": "v1",
    "kind": "Service",
    "metadata": {"name": "adapter", "namespace": "kube-system"},
    "spec": {"ports": [{"name": "https", "port": 443, "targetPort": 6443}]},
}
SLICE = {
    "apiVersion": "discovery.k8s.io/v1",
    "kind": "EndpointSlice",
    "metadata": {
        "name": "adapter",
        "namespace": "kube-system",
        "labels": {"kubernetes.io/service-name": "adapter"},
    },
    "addressType": "IPv4",
    "ports": [{"name": "https", "port": 6443, "protocol": "TCP"}],
    "endpoints": [{"addresses": [ADAPTER], "conditions": {"ready": True}}],
}
API_SERVICE = {
    "apiVersion": "apiregistration.k8s.io/v1",
    "kind": "APIService",
    "metadata": {"name": "v1beta1.external.metrics.k8s.io"},
    "spec": {
        "group": "external.metrics.k8s.io",
        "version": "v1beta1",
        "service": {"name": "adapter", "namespace": "kube-system"},
        "insecureSkipTLSVerify": True,
        "groupPriorityMinimum": 100,
        "versionPriority": 100,
    },
}


async def query(http: aiohttp.ClientSession, expression: str) -> list[Object]:
    parameters = urllib.parse.urlencode({"query": expression})
    async with http.get(f"{PROMETHEUS}/api/v1/query?{parameters}") as answer:
        found: list[Object] = (await answer.json())["data"]["result"]
    return found


class Monitoring:
    def __init__(self, control_plane: ControlPlane, kubelet: Kubelet) -> None:
        self.control_plane = control_plane
        self.kubelet = kubelet
        self.rule: Object
        (self.rule,) = yaml.safe_load((ROOT / "k8s/components/hpa/adapter-rules.yaml").read_text())

    async def start(self) -> None:
        folder = STATE / "prometheus"
        folder.mkdir()
        (folder / "prometheus.yaml").write_text(SCRAPES)
        rules = yaml.safe_load((ROOT / "grafana/alerts.yaml").read_text())["spec"]
        for group in rules["groups"]:
            group["interval"] = "2s"
        (folder / "rules.yaml").write_text(yaml.safe_dump(rules))
        await self.control_plane.begin(
            "prometheus",
            f"--config.file={folder}/prometheus.yaml",
            f"--storage.tsdb.path={folder}/data",
            "--web.listen-address=127.0.0.1:9090",
        )
        self.http = aiohttp.ClientSession()
        self.discovery = asyncio.ensure_future(self.discover())
        await self.serve()
        for o in (SERVICE, SLICE, API_SERVICE):
            await kubectl("apply", "-f", "-", text=json.dumps(o))

    async def stop(self) -> None:
        self.discovery.cancel()
        await self.runner.cleanup()
        await self.http.close()

    async def discover(self) -> None:
        """All routers, with the labels that the Prometheus operator gives them."""
        targets = STATE / "prometheus" / "targets.json"
        while True:
            found = [
                {
                    "targets": [f"{pod.ip}:9000"],
                    "labels": {"namespace": pod.namespace, "pod": pod.name},
                }
                for pod in self.kubelet.of("session-router-").values()
            ]
            new = targets.with_suffix(".new")
            new.write_text(json.dumps(found))
            new.rename(targets)
            await asyncio.sleep(1)

    async def serve(self) -> None:
        """By the rule of components/hpa, expanded as the adapter does."""
        app = web.Application()
        app.router.add_get(f"/apis/{GROUP}", self.discovered)
        app.router.add_get(f"/apis/{GROUP}/namespaces/{{namespace}}/{{name}}", self.value)
        self.runner = web.AppRunner(app, access_log=None)
        await self.runner.setup()
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(PKI / "server.crt", PKI / "server.key")
        await web.TCPSite(self.runner, ADAPTER, 6443, ssl_context=context).start()

    async def discovered(self, request: web.Request) -> web.Response:
        resource = {"name": self.rule["name"]["as"], "singularName": "", "namespaced": True}
        resource |= {"kind": "ExternalMetricValueList", "verbs": ["get"]}
        listing = {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": GROUP}
        return web.json_response({**listing, "resources": [resource]})

    async def value(self, request: web.Request) -> web.Response:
        name, namespace = request.match_info["name"], request.match_info["namespace"]
        matchers = [f'namespace="{namespace}"']
        for selected in filter(None, request.query.get("labelSelector", "").split(",")):
            label, value = selected.split("=")
            matchers.append(f'{label}="{value}"')
        found: list[Object] = []
        if name == self.rule["name"]["as"]:
            expression = self.rule["metricsQuery"].replace("<<.LabelMatchers>>", ",".join(matchers))
            found = await query(self.http, expression)
        items = [
            {
                "metricName": name,
                "metricLabels": series["metric"],
                "timestamp": datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
                "value": f"{round(float(series['value'][1]) * 1000)}m",
            }
            for series in found
        ]
        listing = {"kind": "ExternalMetricValueList", "apiVersion": GROUP, "metadata": {}}
        return web.json_response({**listing, "items": items})
