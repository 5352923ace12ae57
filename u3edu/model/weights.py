"""Weights on disk: a safetensors file and its model card side by side."""

import hashlib
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from u3edu.model.card import ModelCard
from u3edu.model.u3net import U3Net
from u3edu.model.weights_file import UnusableWeights, read_weights, shipped_models, weights_path

__all__ = ["UnusableWeights", "load_weights", "save_weights", "shipped_models", "weights_path"]


def save_weights(path: Path, network: U3Net, card: ModelCard) -> ModelCard:
    """Write weights and card.

    Convolutions are stored in half precision, which halves the file and changes pictures by
    less than one grey level in 8 bits; means and norm statistics keep single precision.

    Parameters
    ----------
    path : Path
        Ends in ``.safetensors``; the card is written beside it with ``.json``.
    network : U3Net
    card : ModelCard

    Returns
    -------
    ModelCard
        As written, with the hash of the weights.
    """
    tensors = {name: _compact(tensor) for name, tensor in network.state_dict().items()}
    content = save(tensors)
    card = card.model_copy(update={"weights_sha256": hashlib.sha256(content).hexdigest()})
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    path.with_suffix(".json").write_text(card.model_dump_json(indent=2) + "\n", "utf-8")
    return card


def load_weights(path: Path) -> tuple[U3Net, ModelCard]:
    """Read weights and card.

    Parameters
    ----------
    path : Path
        A ``.safetensors`` file with its card beside it.

    Returns
    -------
    network : U3Net
        In evaluation mode, in single precision.
    card : ModelCard

    Raises
    ------
    UnusableWeights
        If a file is missing or damaged, or card and weights do not belong together.
    """
    content, card = read_weights(path)
    network = U3Net(card.network)
    try:
        network.load_state_dict({name: _single(tensor) for name, tensor in load(content).items()})
    except (SafetensorError, RuntimeError) as error:
        raise UnusableWeights(f"{path}: does not fit the network of {path.stem}.json: {error}") from error
    return network.eval(), card


def _compact(tensor: Tensor) -> Tensor:
    is_convolution = tensor.ndim == 4
    return tensor.to(torch.float16 if is_convolution else tensor.dtype).contiguous()


def _single(tensor: Tensor) -> Tensor:
    return tensor.float() if tensor.is_floating_point() else tensor
