"""Weights and cards on disk."""

from pathlib import Path

import pytest
import torch

from tests.engine.networks import SMALL, card_for, random_network
from u3edu.model.weights import UnusableWeights, load_weights, save_weights, shipped_models, weights_path

LARGEST = 20_000_000  # bytes


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "random.safetensors"
    save_weights(path, random_network(SMALL), card_for(SMALL))
    return path


def test_a_network_comes_back_within_half_precision(path: Path) -> None:
    network, card = load_weights(path)
    assert card.network == SMALL
    assert not network.training
    original = random_network(SMALL).state_dict()
    for name, tensor in network.state_dict().items():
        assert tensor.dtype == original[name].dtype, name
        assert torch.allclose(tensor.float(), original[name].float(), rtol=1e-3, atol=1e-4), name


def test_means_and_norms_keep_single_precision(path: Path) -> None:
    network, original = load_weights(path)[0].state_dict(), random_network(SMALL).state_dict()
    for name in original:
        if "means" in name or "running" in name:
            assert torch.equal(network[name], original[name]), name


def test_damaged_weights_are_refused(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(UnusableWeights, match="damaged"):
        load_weights(path)


def test_missing_card_is_named(path: Path) -> None:
    path.with_suffix(".json").unlink()
    with pytest.raises(UnusableWeights, match=r"random\.json: No such file"):
        load_weights(path)


def test_a_card_with_a_wrong_entry_says_which(path: Path) -> None:
    card = path.with_suffix(".json")
    card.write_text(card.read_text().replace('"colour": "#0072b2"', '"colour": "blue"'))
    with pytest.raises(UnusableWeights, match=r"elements\.1\.colour"):
        load_weights(path)


def test_a_card_must_name_each_element(path: Path) -> None:
    card = path.with_suffix(".json")
    card.write_text(card.read_text().replace('"elements": 5', '"elements": 6'))
    with pytest.raises(UnusableWeights, match="5 elements named, the network has 6"):
        load_weights(path)


def test_unknown_model_lists_those_there_are() -> None:
    with pytest.raises(UnusableWeights, match="chest-ct, pelvic-mri"):
        weights_path("knee")


@pytest.mark.parametrize("name", shipped_models())
def test_a_shipped_model_has_a_whole_card(name: str) -> None:
    path = weights_path(name)
    assert path.stat().st_size <= LARGEST
    _, card = load_weights(path)
    assert card.name == name
    names = [element.name for element in card.elements]
    assert len(set(names)) == len(names) == 10
    assert len({element.colour for element in card.elements}) == 10
    assert not [element_name for element_name in names if element_name.startswith("element ")]
    assert [element.mean for element in card.elements] == sorted(element.mean for element in card.elements)
    assert all("licence" in entry and "citation" in entry for entry in card.data) and card.data
    assert card.training["command"].startswith("u3edu train ")
    assert card.figures and card.limits


def test_both_models_ship() -> None:
    assert shipped_models() == ("chest-ct", "pelvic-mri")
