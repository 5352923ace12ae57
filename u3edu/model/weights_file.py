"""Where weights lie, and the card beside them; nothing here needs torch."""

import hashlib
from importlib import resources
from pathlib import Path

from pydantic import ValidationError

from u3edu.model.card import ModelCard
from u3edu.problems import in_words


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


def read_weights(path: Path) -> tuple[bytes, ModelCard]:
    """The content of a weights file and its card, which belong together.

    Raises
    ------
    UnusableWeights
        If a file is missing or damaged, or the card is not that of the weights.
    """
    card_path = path.with_suffix(".json")
    try:
        card = ModelCard.model_validate_json(card_path.read_text("utf-8"))
        content = path.read_bytes()
    except OSError as error:
        raise UnusableWeights(f"{error.filename}: {error.strerror}") from error
    except ValidationError as error:
        problem = in_words(error, "the file")
        raise UnusableWeights(f"{card_path}: not a model card: {problem}") from error
    if hashlib.sha256(content).hexdigest() != card.weights_sha256:
        raise UnusableWeights(f"{path}: damaged, or not the weights that {card_path.name} describes")
    return content, card
