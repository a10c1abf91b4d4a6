"""etcd, API server, controller manager and scheduler, as processes in this network namespace."""

import asyncio
import os
import subprocess
from collections.abc import Awaitable, Callable
from pathlib import Path

KUBE = Path(os.environ["KUBE"])
STATE = Path(os.environ["STATE"])
PKI = STATE / "pki"
KUBECONFIG = STATE / "admin.kubeconfig"
API = "https://127.0.0.1:6443"
ALSO_AT = "10.244.255.1"
SERVICES = "10.96.0.0/16"
ETCD = "http://127.0.0.1:2379"
PEERS = "http://127.0.0.1:2380"


def openssl(*arguments: str) -> None:
    subprocess.run(["openssl", *arguments], check=True, capture_output=True, cwd=PKI)


def authority(name: str) -> None:
    openssl(
        *("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
        *("-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.crt"),
    )


def certificate(name: str, issuer: str, subject: str, extension: str) -> None:
    openssl(
        *("req", "-newkey", "rsa:2048", "-nodes", "-subj", subject),
        *("-keyout", f"{name}.key", "-out", f"{name}.csr"),
    )
    (PKI / f"{name}.ext").write_text(extension + "\n")
    openssl(
        *("x509", "-req", "-in", f"{name}.csr", "-CA", f"{issuer}.crt", "-CAkey", f"{issuer}.key"),
        *("-CAcreateserial", "-days", "2", "-extfile", f"{name}.ext", "-out", f"{name}.crt"),
    )


def kubeconfig(name: str) -> Path:
    path = STATE / f"{name}.kubeconfig"
    path.write_text(
        f"""apiVersion: v1
kind: Config
clusters: [{{name: k, cluster: {{server: "{API}", certificate-authority: {PKI}/ca.crt}}}}]
users: [{{name: u, user: {{client-certificate: {PKI}/{name}.crt, client-key: {PKI}/{name}.key}}}}]
contexts: [{{name: c, context: {{cluster: k, user: u}}}}]
current-context: c
"""
    )
    return path


def make_keys() -> None:
    PKI.mkdir()
    openssl("genrsa", "-out", "sa.key", "2048")
    openssl("rsa", "-in", "sa.key", "-pubout", "-out", "sa.pub")
    for name in ("ca", "clients", "front"):
        authority(name)
    names = ["kubernetes", "kubernetes.default", "kubernetes.default.svc", "localhost"]
    addresses = ["127.0.0.1", "10.96.0.1", ALSO_AT, "10.244.254.1"]
    alternatives = [f"DNS:{n}" for n in names] + [f"IP:{a}" for a in addresses]
    certificate("server", "ca", "/CN=server", "subjectAltName=" + ",".join(alternatives))
    client = "extendedKeyUsage=clientAuth"
    certificate("admin", "clients", "/O=system:masters/CN=admin", client)
    certificate("manager", "clients", "/CN=system:kube-controller-manager", client)
    certificate("scheduler", "clients", "/CN=system:kube-scheduler", client)
    certificate("proxy", "front", "/CN=proxy", client)
    for name in ("admin", "manager", "scheduler"):
        kubeconfig(name)


class ControlPlane:
    def __init__(self) -> None:
        self.processes: list[asyncio.subprocess.Process] = []

    async def begin(self, program: str | Path, *arguments: str | Path) -> None:
        with (STATE / f"{Path(program).name}.log").open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                program, *arguments, stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )
        self.processes.append(process)

    async def start(self) -> None:
        await asyncio.to_thread(make_keys)
        await self.begin(
            KUBE / "bin/etcd",
            *("--data-dir", STATE / "etcd", "--unsafe-no-fsync", "--log-level", "warn"),
            *("--listen-client-urls", ETCD, "--advertise-client-urls", ETCD),
            *("--listen-peer-urls", PEERS, "--initial-advertise-peer-urls", PEERS),
            *("--initial-cluster", f"default={PEERS}"),
        )
        await self.begin(KUBE / "bin/kube-apiserver", *api_server_flags())
        await until(lambda: kubectl("get", "--raw", "/readyz"), 90, "the API server is ready")
        common = ["--bind-address", "127.0.0.1", "--leader-elect=false"]
        manager = STATE / "manager.kubeconfig"
        await self.begin(
            KUBE / "bin/kube-controller-manager",
            *common,
            *("--kubeconfig", manager, "--authentication-kubeconfig", manager),
            *("--authorization-kubeconfig", manager, "--use-service-account-credentials"),
            *("--service-account-private-key-file", PKI / "sa.key"),
            *("--root-ca-file", PKI / "ca.crt", "--service-cluster-ip-range", SERVICES),
            *("--horizontal-pod-autoscaler-sync-period", "5s"),
        )
        scheduler = STATE / "scheduler.kubeconfig"
        await self.begin(
            KUBE / "bin/kube-scheduler",
            *common,
            *("--kubeconfig", scheduler, "--authentication-kubeconfig", scheduler),
            *("--authorization-kubeconfig", scheduler),
        )
        await until(
            lambda: kubectl("get", "serviceaccount", "-n", "default", "default"),
            60,
            "the controller manager works",
        )
        for definition in sorted((KUBE / "crds").glob("*.yaml")):
            await kubectl("apply", "--server-side", "-f", str(definition))

    async def stop(self) -> None:
        for process in reversed(self.processes):
            if process.returncode is None:
                process.terminate()
        for process in self.processes:
            try:
                await asyncio.wait_for(process.wait(), 15)
            except asyncio.TimeoutError:
                process.kill()


def api_server_flags() -> list[str | Path]:
    return [
        *("--etcd-servers", ETCD, "--bind-address", "127.0.0.1", "--secure-port", "6443"),
        *("--advertise-address", ALSO_AT, "--service-cluster-ip-range", SERVICES),
        *("--tls-cert-file", PKI / "server.crt", "--tls-private-key-file", PKI / "server.key"),
        *("--client-ca-file", PKI / "clients.crt", "--authorization-mode", "Node,RBAC"),
        *("--service-account-issuer", "https://kubernetes.default.svc"),
        *("--service-account-key-file", PKI / "sa.pub"),
        *("--service-account-signing-key-file", PKI / "sa.key"),
        *("--service-account-extend-token-expiration=false", "--shutdown-delay-duration", "0s"),
        *("--requestheader-client-ca-file", PKI / "front.crt"),
        *("--requestheader-allowed-names", "proxy"),
        *("--requestheader-username-headers", "X-Remote-User"),
        *("--requestheader-group-headers", "X-Remote-Group"),
        *("--requestheader-extra-headers-prefix", "X-Remote-Extra-"),
        *("--proxy-client-cert-file", PKI / "proxy.crt"),
        *("--proxy-client-key-file", PKI / "proxy.key", "--enable-aggregator-routing=true"),
    ]


class KubectlError(Exception):
    pass


async def kubectl(*arguments: str, text: str | None = None) -> str:
    """What kubectl prints; raises with its words if it fails."""
    process = await asyncio.create_subprocess_exec(
        KUBE / "bin/kubectl",
        *("--kubeconfig", KUBECONFIG),
        *arguments,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    out, err = await process.communicate(None if text is None else text.encode())
    if process.returncode:
        raise KubectlError(f"kubectl {' '.join(map(str, arguments))}: {err.decode().strip()}")
    return out.decode()


async def until(
    condition: Callable[[], Awaitable[object]], seconds: float, what: str, every: float = 0.25
) -> float:
    """Awaits that the condition holds, and says how long that took; it may fail in the meantime."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    last: Exception | None = None
    while loop.time() < began + seconds:
        try:
            if await condition():
                return loop.time() - began
        except Exception as failed:  # noqa: BLE001 whatever it is, it is told if it lasts
            last = failed
        await asyncio.sleep(every)
    raise AssertionError(f"not within {seconds} s: {what}" + (f" ({last})" if last else ""))
