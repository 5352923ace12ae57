"""The Helm values: keys that the chart has, and pods and policies that Kubernetes takes.

The chart itself comes from no package registry, so its schema is not at hand here. What stands in
for it: the chart's keys, listed below as its reference names them, and for what they are handed to
(KubeSpawner, network policies) the real thing.
"""

import asyncio
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from kubernetes_asyncio.client import ApiClient
from kubernetes_asyncio.config import kube_config
from kubespawner import KubeSpawner
from traitlets.config import Config

DEPLOY = Path(__file__).parents[2] / "deploy"
VALUES = yaml.safe_load((DEPLOY / "helm" / "values.yaml").read_text("utf-8"))
POLICY = {
    "enabled": None,
    "ingress": None,
    "egress": None,
    "egressAllowRules": {
        "cloudMetadataServer": None,
        "dnsPortsCloudMetadataServer": None,
        "dnsPortsKubeSystemNamespace": None,
        "dnsPortsPrivateIPs": None,
        "nonPrivateIPs": None,
        "privateIPs": None,
    },
}
# Keys of version 4 of the chart, as far as this project uses them; None where anything may follow.
CHART: dict[str, Any] = {
    "hub": {
        "concurrentSpawnLimit": None,
        "extraEnv": None,
        "extraFiles": {"u3edu": {"mountPath": None, "stringData": None}},
        "networkPolicy": POLICY,
    },
    "proxy": {"chp": {"networkPolicy": POLICY}},
    "singleuser": {
        "cloudMetadata": {"blockWithIptables": None, "ip": None},
        "cmd": None,
        "cpu": {"limit": None, "guarantee": None},
        "extraEnv": None,
        "fsGid": None,
        "memory": {"limit": None, "guarantee": None},
        "networkPolicy": POLICY,
        "profileList": None,
        "startTimeout": None,
        "storage": {
            "type": None,
            "capacity": None,
            "homeMountPath": None,
            "extraVolumes": None,
            "extraVolumeMounts": None,
        },
        "uid": None,
    },
    "prePuller": {"hook": {"enabled": None}, "continuous": {"enabled": None}},
    "scheduling": {
        "podPriority": {"enabled": None},
        "userPlaceholder": {"enabled": None, "replicas": None},
        "userScheduler": {"enabled": None},
    },
    "cull": {"enabled": None, "timeout": None, "every": None},
}


def unknown_keys(values: dict[str, Any], known: dict[str, Any], at: str = "") -> list[str]:
    found = [f"{at}{key}" for key in values if key not in known]
    for key, below in known.items():
        if below is not None and isinstance(values.get(key), dict):
            found += unknown_keys(values[key], below, f"{at}{key}.")
    return found


def spawner_settings() -> Config:
    """What the chart hands to KubeSpawner, as its hub does."""
    single, config = VALUES["singleuser"], Config()
    spawner = config.KubeSpawner
    spawner.image = "registry.example/u3edu-course:0.1.0"
    spawner.uid, spawner.fs_gid, spawner.cmd = single["uid"], single["fsGid"], single["cmd"]
    spawner.cpu_limit, spawner.cpu_guarantee = single["cpu"]["limit"], single["cpu"]["guarantee"]
    spawner.mem_limit, spawner.mem_guarantee = single["memory"]["limit"], single["memory"]["guarantee"]
    spawner.volumes = single["storage"]["extraVolumes"]
    spawner.volume_mounts = single["storage"]["extraVolumeMounts"]
    spawner.environment = single["extraEnv"]
    spawner.profile_list = single["profileList"]
    return config


async def pod_of(profile: str) -> dict[str, Any]:
    """The pod that KubeSpawner would ask for when a trainee chose a profile."""
    spawner = KubeSpawner(config=spawner_settings(), _mock=True)
    spawner.user_options = {"profile": profile}
    await spawner.load_user_options()
    manifest = await spawner.get_pod_manifest()
    async with ApiClient() as client:
        return dict(client.sanitize_for_serialization(manifest))


@pytest.fixture
def _cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The address of a cluster, which nobody asks."""
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "none",
        "contexts": [{"name": "none", "context": {"cluster": "none", "user": "none"}}],
        "clusters": [{"name": "none", "cluster": {"server": "https://127.0.0.1:9"}}],
        "users": [{"name": "none", "user": {}}],
    }
    (tmp_path / "config").write_text(yaml.safe_dump(config))
    monkeypatch.setattr(kube_config, "KUBE_CONFIG_DEFAULT_LOCATION", str(tmp_path / "config"))


def test_every_key_is_one_of_the_charts() -> None:
    assert unknown_keys(VALUES, CHART) == []
    assert unknown_keys({"singleuser": {"memroy": 1, "cpu": {"limits": 1}}}, CHART) == [
        "singleuser.memroy",
        "singleuser.cpu.limits",
    ]


@pytest.mark.usefixtures("_cluster")
@pytest.mark.parametrize(("profile", "gpus"), [("workbook", None), ("gpu", "1")])
def test_the_pod_of_a_profile_is_one_for_kubernetes(profile: str, gpus: str | None) -> None:
    pod = asyncio.run(pod_of(profile))
    kubernetes_validate.validate(pod, "1.30", strict=True)
    container = pod["spec"]["containers"][0]
    assert container["resources"]["limits"].get("nvidia.com/gpu") == gpus
    assert {"name": "shared-memory", "mountPath": "/dev/shm"} in container["volumeMounts"]
    environment = {one["name"]: one.get("value") for one in container["env"]}
    assert environment["U3EDU_CLASSROOM_URL"] == "http://u3edu-classroom:10101/services/u3edu/"
    assert container["securityContext"]["runAsUser"] == 1000
    assert pod["spec"]["securityContext"]["fsGroup"] == 100


def test_a_trainees_server_reaches_the_classroom_and_the_engine_and_no_other_place() -> None:
    policy = VALUES["singleuser"]["networkPolicy"]
    assert policy["enabled"] and not any(policy["egressAllowRules"].values())
    manifest = {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "singleuser"},
        "spec": {"podSelector": {}, "policyTypes": ["Egress"], "egress": policy["egress"]},
    }
    kubernetes_validate.validate(manifest, "1.30", strict=True)
    reached = {
        (rule["to"][0]["podSelector"]["matchLabels"]["app.kubernetes.io/name"], rule["ports"][0]["port"])
        for rule in policy["egress"]
    }
    assert reached == {("u3edu-classroom", 10101), ("u3edu-engine", 8000)}


def test_addresses_are_those_of_the_manifests() -> None:
    services = {
        manifest["metadata"]["name"]: manifest
        for file in (DEPLOY / "kubernetes").glob("*.yaml")
        for manifest in yaml.safe_load_all(file.read_text("utf-8"))
        if manifest["kind"] in ("Service", "RayService")
    }
    address = VALUES["hub"]["extraEnv"]["U3EDU_CLASSROOM_SERVICE"]["value"]
    assert VALUES["singleuser"]["extraEnv"]["U3EDU_CLASSROOM_URL"] == f"{address}/services/u3edu/"
    assert services["u3edu-classroom"]["spec"]["ports"][0]["port"] == 10101
    # KubeRay names the service of a RayService so.
    assert VALUES["singleuser"]["extraEnv"]["U3EDU_ENGINE_URL"] == "http://u3edu-engine-serve-svc:8000"
    assert services["u3edu-engine"]["kind"] == "RayService"
