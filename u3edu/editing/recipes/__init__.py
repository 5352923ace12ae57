"""Recipes: findings with parameters in mm and clock hours, each of which leaves ordinary operations."""

from u3edu.editing.recipes.cavity import Cavity
from u3edu.editing.recipes.ground_glass import GroundGlassNodule
from u3edu.editing.recipes.mucin import MucinPools
from u3edu.editing.recipes.nodule import Nodule
from u3edu.editing.recipes.pleural_tag import PleuralTag
from u3edu.editing.recipes.rectal_tumour import RectalTumour

__all__ = ["Cavity", "GroundGlassNodule", "MucinPools", "Nodule", "PleuralTag", "RectalTumour"]
