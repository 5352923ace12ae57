"""Reading the settings of a training run from a recipe, one YAML file an anatomy."""

from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError

from u3edu.problems import in_words
from u3edu.training.stage1_config import Stage1Config
from u3edu.training.stage2_config import Stage2Config

Config = TypeVar("Config", Stage1Config, Stage2Config)


def with_steps(config: Config, steps: int | None) -> Config:
    """The same settings with another number of steps, where one is given.

    Raises
    ------
    ValueError
        If the run would be too short.
    """
    if steps is None:
        return config
    return _validated(type(config), config.model_dump() | {"steps": steps}, "the settings")


def recipe_names() -> tuple[str, ...]:
    """Names of the recipes that come with the package."""
    folder = resources.files("u3edu.training") / "recipes"
    return tuple(
        sorted(entry.name.removesuffix(".yaml") for entry in folder.iterdir() if entry.name.endswith(".yaml"))
    )


def load_recipe(name: str) -> Stage1Config:
    """Read the settings of stage 1 by a recipe's name, or from a YAML file of one's own.

    Raises
    ------
    ValueError
        If there is neither a recipe nor a file of that name, or a setting is wrong.
    """
    return _first_stage(_read_recipe(name), name)


def load_stage2_recipe(name: str, *, finish: bool = False) -> Stage2Config:
    """Read the settings of stage 2: a recipe's section ``stage2``, and what it shares with stage 1.

    Parameters
    ----------
    name : str
        Of a recipe, or of a YAML file.
    finish : bool
        Whether a decoder that stage 2 has trained is to learn on: then the settings of the section
        ``finish`` take the place of those of ``stage2``, and the decoder stays as it is.

    Raises
    ------
    ValueError
        If there is neither a recipe nor a file of that name, a setting is wrong, or there is no
        section ``finish`` where one is needed.
    """
    recipe = _read_recipe(name)
    first = _first_stage(recipe, name)
    settings = first.model_dump(include={"name", "modality", "foreground_above", "seed"})
    settings |= _section(recipe, "stage2", name)
    if not finish:
        return _validated(Stage2Config, settings, f"{name}, stage2")
    if not recipe.get("finish"):
        raise ValueError(
            f"{name}: stage 2 has been trained already, and the recipe has no section finish to go on "
            "with; start from weights of stage 1"
        )
    settings |= {"decoder_widths": None, "decoder_convolutions": (), "fit": 0}
    changes = _section(recipe, "finish", name)
    weights = _section(settings, "decoder_weights", name) | _section(changes, "decoder_weights", name)
    return _validated(Stage2Config, settings | changes | {"decoder_weights": weights}, f"{name}, finish")


def _first_stage(recipe: dict[str, Any], source: str) -> Stage1Config:
    others = ("stage2", "finish")
    settings = {name: value for name, value in recipe.items() if name not in others}
    return _validated(Stage1Config, settings, source)


def _section(recipe: dict[str, Any], name: str, source: str) -> dict[str, Any]:
    section = recipe.get(name) or {}
    if not isinstance(section, dict):
        raise ValueError(f"{source}: its section {name} holds settings by their names, not {section!r}")
    return section


def _validated(kind: type[Config], settings: dict[str, Any], source: str) -> Config:
    try:
        return kind.model_validate(settings)
    except ValidationError as error:
        raise ValueError(f"{source}: {in_words(error, 'together')}") from error


def _read_recipe(name: str) -> dict[str, Any]:
    if name in recipe_names():
        text = (resources.files("u3edu.training") / "recipes" / f"{name}.yaml").read_text("utf-8")
    elif Path(name).is_file():
        text = Path(name).read_text("utf-8")
    else:
        raise ValueError(f"no recipe and no file is called {name!r}; recipes: {', '.join(recipe_names())}")
    try:
        settings = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError(f"{name}: not YAML: {error}") from error
    if not isinstance(settings, dict):
        raise ValueError(f"{name}: not a recipe; it holds settings by their names, see {recipe_names()[0]}")
    return settings
