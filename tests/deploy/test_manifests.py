"""Kubernetes manifests against Kubernetes' own schemas, and against each other."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

import u3edu
from u3edu.engine.serve.settings import ServeConfig

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
FILES = sorted((DEPLOY / "kubernetes").glob("*.yaml"))
MANIFESTS = [
    (file.name, manifest)
    for file in FILES
    for manifest in yaml.safe_load_all(file.read_text("utf-8"))
    if manifest
]
# What the course runs on: the newest Kubernetes that is described, and an older one.
KUBERNETES = ["1.30", kubernetes_validate.latest_version()]
ENGINE = next(manifest for _, manifest in MANIFESTS if manifest["kind"] == "RayService")
CLUSTER = ENGINE["spec"]["rayClusterConfig"]


def pod_templates() -> list[tuple[str, dict[str, Any]]]:
    """Every description of a pod, with the name of what it belongs to."""
    found = []
    for _, manifest in MANIFESTS:
        spec, name = manifest["spec"], f"{manifest['kind']} {manifest['metadata']['name']}"
        if manifest["kind"] in ("Deployment", "StatefulSet"):
            found.append((name, spec["template"]))
        elif manifest["kind"] == "CronJob":
            found.append((name, spec["jobTemplate"]["spec"]["template"]))
        elif manifest["kind"] == "RayService":
            found.append((f"{name} head", CLUSTER["headGroupSpec"]["template"]))
            found += [(f"{name} {one['groupName']}", one["template"]) for one in CLUSTER["workerGroupSpecs"]]
    return found


def test_yamllint_finds_nothing() -> None:
    linter = Path(sys.executable).parent / "yamllint"
    command = [linter, "--strict", "--config-file", ROOT / ".yamllint.yaml", DEPLOY]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize("version", KUBERNETES)
@pytest.mark.parametrize(
    "manifest",
    [pytest.param(one, id=f"{file}-{one['kind']}") for file, one in MANIFESTS if one["kind"] != "RayService"],
)
def test_a_manifest_fits_the_schema_of_kubernetes(manifest: dict[str, Any], version: str) -> None:
    kubernetes_validate.validate(manifest, version, strict=True)


@pytest.mark.parametrize("version", KUBERNETES)
@pytest.mark.parametrize(("name", "template"), pod_templates())
def test_every_pod_fits_the_schema_of_kubernetes(name: str, template: dict[str, Any], version: str) -> None:
    labelled = {"apiVersion": "v1", "kind": "PodTemplate", "metadata": {"name": "pod"}, "template": template}
    kubernetes_validate.validate(labelled, version, strict=True)


@pytest.mark.parametrize(("name", "template"), pod_templates())
def test_every_container_runs_as_an_ordinary_user_without_further_rights(
    name: str, template: dict[str, Any]
) -> None:
    assert template["spec"]["securityContext"]["runAsNonRoot"] is True
    for container in template["spec"]["containers"]:
        assert container["securityContext"]["allowPrivilegeEscalation"] is False
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
        assert "memory" in container["resources"]["limits"]


def test_the_engine_on_kubernetes_is_that_of_one_server_with_the_hub_and_gpus() -> None:
    served = yaml.safe_load(ENGINE["spec"]["serveConfigV2"])
    ServeConfig.model_validate(served)
    arguments = served["applications"][0]["args"]
    assert arguments.pop("hub_api_url") == "http://hub:8081/hub/api"
    shares = [model["deployment"]["ray_actor_options"]["num_gpus"] for model in arguments["models"]]
    assert all(0 < share <= 1 for share in shares)
    for model in arguments["models"]:
        model["deployment"]["ray_actor_options"]["num_gpus"] = 0
    assert served == yaml.safe_load((DEPLOY / "ray-serve.yaml").read_text("utf-8"))


def test_ray_is_of_the_version_in_the_image() -> None:
    pins = (ROOT / "constraints.txt").read_text("utf-8")
    assert f"\nray=={CLUSTER['rayVersion']}\n" in pins


def test_images_are_of_this_version() -> None:
    images = [one["image"] for _, template in pod_templates() for one in template["spec"]["containers"]]
    ours = {image for image in images if "u3edu" in image}
    assert {image.rpartition(":")[2] for image in ours} == {u3edu.__version__}
    names = {image.rpartition("/")[2].partition(":")[0] for image in ours}
    assert names == {"u3edu-classroom", "u3edu-engine"}


def test_backups_are_made_by_the_programs_of_the_databases_version() -> None:
    client = re.search(r"postgresql-client-(\d+)", (DEPLOY / "Containerfile").read_text("utf-8"))
    server = re.search(r"postgres:(\d+)", (DEPLOY / "kubernetes" / "postgres.yaml").read_text("utf-8"))
    assert client and server and client[1] == server[1]


def test_services_and_policies_select_pods_that_there_are() -> None:
    labels = [template["metadata"]["labels"] for _, template in pod_templates()]
    for _, manifest in MANIFESTS:
        selector = manifest["spec"].get("selector" if manifest["kind"] == "Service" else "podSelector")
        if manifest["kind"] in ("Service", "NetworkPolicy"):
            wanted = selector.get("matchLabels", selector)
            assert any(wanted.items() <= one.items() for one in labels), manifest["metadata"]["name"]


def test_the_keys_of_the_secret_are_those_that_the_guide_makes() -> None:
    texts = [file.read_text("utf-8") for file in [*FILES, DEPLOY / "helm" / "values.yaml"]]
    used = {key for text in texts for key in re.findall(r"name: u3edu,? *\n? *key: ([\w-]+)", text)}
    guide = (ROOT / "docs" / "operating.md").read_text("utf-8")
    assert used == set(re.findall(r"--from-literal=([\w-]+)=", guide))
