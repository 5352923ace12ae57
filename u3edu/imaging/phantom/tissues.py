"""The tissues of the phantoms, and how bright and how textured each is."""

from collections.abc import Mapping
from enum import IntEnum
from typing import TypeVar

import numpy as np


class PelvicTissue(IntEnum):
    """What a pixel of the pelvic phantom can be."""

    AIR = 0
    SKIN = 1
    SUBCUTANEOUS_FAT = 2
    PELVIC_FAT = 3
    MUSCLE = 4
    CORTICAL_BONE = 5
    MARROW = 6
    CARTILAGE = 7
    VESSEL = 8
    VEIN = 9
    BLADDER_WALL = 10
    URINE = 11
    TRANSITION_ZONE = 12
    PERIPHERAL_ZONE = 13
    PROSTATE_CAPSULE = 14
    MYOMETRIUM = 15
    JUNCTIONAL_ZONE = 16
    ENDOMETRIUM = 17
    MESORECTAL_FAT = 18
    MESORECTAL_FASCIA = 19
    LUMEN = 20
    MUCOSA = 21
    SUBMUCOSA = 22
    MUSCULARIS_PROPRIA = 23
    TUMOUR = 24
    MUCINOUS_TUMOUR = 25


class ChestTissue(IntEnum):
    """What a pixel of the chest phantom can be."""

    AIR = 0
    SKIN = 1
    FAT = 2
    MUSCLE = 3
    CORTICAL_BONE = 4
    MARROW = 5
    LUNG = 6
    LUNG_VESSEL = 7
    AIRWAY = 8
    AIRWAY_WALL = 9
    MEDIASTINAL_FAT = 10
    BLOOD = 11
    HEART_MUSCLE = 12
    OESOPHAGUS = 13
    SPINAL_CANAL = 14
    TABLE = 15
    SOLID_NODULE = 16
    GROUND_GLASS_NODULE = 17
    CAVITY = 18
    PLEURAL_TAG = 19


# Signal of a T2 turbo spin echo at 3 T without fat suppression, with fat at 100. The ratios
# were read off open axial T2 series of the prostate; the noise floor is that of air.
T2_SIGNAL: dict[PelvicTissue, float] = {
    PelvicTissue.AIR: 0,
    PelvicTissue.SKIN: 45,
    PelvicTissue.SUBCUTANEOUS_FAT: 100,
    PelvicTissue.PELVIC_FAT: 94,
    PelvicTissue.MUSCLE: 15,
    PelvicTissue.CORTICAL_BONE: 6,
    PelvicTissue.MARROW: 66,
    PelvicTissue.CARTILAGE: 40,
    PelvicTissue.VESSEL: 6,
    PelvicTissue.VEIN: 82,
    PelvicTissue.BLADDER_WALL: 22,
    PelvicTissue.URINE: 132,
    PelvicTissue.TRANSITION_ZONE: 42,
    PelvicTissue.PERIPHERAL_ZONE: 84,
    PelvicTissue.PROSTATE_CAPSULE: 16,
    PelvicTissue.MYOMETRIUM: 48,
    PelvicTissue.JUNCTIONAL_ZONE: 20,
    PelvicTissue.ENDOMETRIUM: 102,
    PelvicTissue.MESORECTAL_FAT: 92,
    PelvicTissue.MESORECTAL_FASCIA: 20,
    PelvicTissue.LUMEN: 9,
    PelvicTissue.MUCOSA: 34,
    PelvicTissue.SUBMUCOSA: 76,
    PelvicTissue.MUSCULARIS_PROPRIA: 17,
    PelvicTissue.TUMOUR: 46,
    PelvicTissue.MUCINOUS_TUMOUR: 118,
}

# How much the signal varies inside a tissue: SD as a share of its mean, over about 2 mm.
T2_TEXTURE: dict[PelvicTissue, float] = {
    PelvicTissue.SUBCUTANEOUS_FAT: 0.04,
    PelvicTissue.PELVIC_FAT: 0.06,
    PelvicTissue.MESORECTAL_FAT: 0.05,
    PelvicTissue.MUSCLE: 0.16,
    PelvicTissue.MARROW: 0.13,
    PelvicTissue.BLADDER_WALL: 0.15,
    PelvicTissue.URINE: 0.02,
    PelvicTissue.TRANSITION_ZONE: 0.26,
    PelvicTissue.PERIPHERAL_ZONE: 0.16,
    PelvicTissue.MYOMETRIUM: 0.16,
    PelvicTissue.ENDOMETRIUM: 0.08,
    PelvicTissue.MUCOSA: 0.10,
    PelvicTissue.SUBMUCOSA: 0.08,
    PelvicTissue.MUSCULARIS_PROPRIA: 0.15,
    PelvicTissue.TUMOUR: 0.11,
    PelvicTissue.MUCINOUS_TUMOUR: 0.12,
    PelvicTissue.LUMEN: 0.30,
}

# Hounsfield units without contrast medium (blood and heart muscle get it in `chest`).
HOUNSFIELD: dict[ChestTissue, float] = {
    ChestTissue.AIR: -1000,
    ChestTissue.SKIN: 10,
    ChestTissue.FAT: -105,
    ChestTissue.MUSCLE: 52,
    ChestTissue.CORTICAL_BONE: 620,
    ChestTissue.MARROW: 190,
    ChestTissue.LUNG: -865,
    ChestTissue.LUNG_VESSEL: 40,
    ChestTissue.AIRWAY: -990,
    ChestTissue.AIRWAY_WALL: 0,
    ChestTissue.MEDIASTINAL_FAT: -95,
    ChestTissue.BLOOD: 42,
    ChestTissue.HEART_MUSCLE: 45,
    ChestTissue.OESOPHAGUS: 38,
    ChestTissue.SPINAL_CANAL: 20,
    ChestTissue.TABLE: -150,
    ChestTissue.SOLID_NODULE: 42,
    ChestTissue.GROUND_GLASS_NODULE: -600,
    ChestTissue.CAVITY: -960,
    ChestTissue.PLEURAL_TAG: 20,
}

# Variation inside a tissue: SD in HU over about 2 mm, without the scanner's noise.
HOUNSFIELD_TEXTURE: dict[ChestTissue, float] = {
    ChestTissue.FAT: 6,
    ChestTissue.MUSCLE: 9,
    ChestTissue.CORTICAL_BONE: 60,
    ChestTissue.MARROW: 55,
    ChestTissue.LUNG: 16,
    ChestTissue.MEDIASTINAL_FAT: 9,
    ChestTissue.SOLID_NODULE: 14,
    ChestTissue.GROUND_GLASS_NODULE: 45,
}


Tissue = TypeVar("Tissue", PelvicTissue, ChestTissue)


def names(tissues: type[IntEnum]) -> tuple[str, ...]:
    """The tissues' names for people, in the order of their numbers."""
    return tuple(tissue.name.lower().replace("_", " ") for tissue in tissues)


def table(tissues: type[Tissue], levels: Mapping[Tissue, float]) -> np.ndarray:
    """Levels by tissue number, float32 [number of tissues]; 0 where none is given."""
    return np.array([levels.get(tissue, 0.0) for tissue in tissues], dtype=np.float32)
