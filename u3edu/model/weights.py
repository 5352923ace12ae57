"""Weights on disk: a safetensors file and its model card side by side."""

import hashlib
from importlib import resources
from pathlib import Path

import torch
from pydantic import ValidationError
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from u3edu.model.card import ModelCard
from u3edu.model.u3net import U3Net


class UnusableWeights(ValueError):
    """Weights or their card are missing, damaged, or do not belong together."""


def shipped_models() -> tuple[str, ...]:
    """Names of the models that come with the package."""
    folder = Path(str(resources.files("u3edu.model") / "weights"))
    return tuple(sorted(path.stem for path in folder.glob("*.safetensors")))


def weights_path(name: str) -> Path:
    """The weights file of a shipped model's name, or of a path to a file of one's own.

    Raises
    ------
    UnusableWeights
        If there is neither.
    """
    if name in shipped_models():
        return Path(str(resources.files("u3edu.model") / "weights" / f"{name}.safetensors"))
    path = Path(name)
    if path.is_file():
        return path
    raise UnusableWeights(
        f"no model is called {name!r}; there are {', '.join(shipped_models()) or 'none'}. "
        "Weights of your own are named by the path of their .safetensors file"
    )


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
    card_path = path.with_suffix(".json")
    try:
        card = ModelCard.model_validate_json(card_path.read_text("utf-8"))
        content = path.read_bytes()
    except OSError as error:
        raise UnusableWeights(f"{error.filename}: {error.strerror}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise UnusableWeights(f"{card_path}: not a model card: {where}: {first['msg']}") from error
    if hashlib.sha256(content).hexdigest() != card.weights_sha256:
        raise UnusableWeights(f"{path}: damaged, or not the weights that {card_path.name} describes")
    network = U3Net(card.network)
    try:
        network.load_state_dict({name: _single(tensor) for name, tensor in load(content).items()})
    except (SafetensorError, RuntimeError) as error:
        raise UnusableWeights(f"{path}: does not fit the network of {card_path.name}: {error}") from error
    return network.eval(), card


def _compact(tensor: Tensor) -> Tensor:
    is_convolution = tensor.ndim == 4
    return tensor.to(torch.float16 if is_convolution else tensor.dtype).contiguous()


def _single(tensor: Tensor) -> Tensor:
    return tensor.float() if tensor.is_floating_point() else tensor
