"""Where the free prose of a stage says something else than its structured caption."""

import re

from u3edu.cases.caption import Caption, LungNodule, NoLesion, RectalTumour
from u3edu.cases.prose import millimetres
from u3edu.cases.staging.lung import LUNG_LAYERS
from u3edu.cases.staging.rectum import RECTAL_LAYERS, t_category

_CLAUSE = re.compile(r"[.;:](?=\s|$)|,|\bbut\b|\bwhile\b|\bwhereas\b")
_SPARED = re.compile(
    r"\b(no|not|nor|without|spared?|spares|intact|preserved|respects?|free of|clear|short of"
    r"|surrounded by)\b",
    re.I,
)
# Said of a whole layer, not of its border: "the outer border of the muscularis propria is intact".
_WHOLE = re.compile(r"\b(spared?|spares|intact|preserved|clear)\b", re.I)
_BORDER = re.compile(r"\b(border|beyond|outer|most of)\b", re.I)
_LENGTH = re.compile(
    r"(?P<compare>less than|under|below|up to|at most|more than|over|above|at least|[<>≤≥])?\s*"
    r"(?<![\w.])(?P<number>\d+(?:\.\d+)?)(?:\s*(?:x|×|by)\s*(?P<second>\d+(?:\.\d+)?))?[\s-]*(?P<unit>mm|cm)\b"
    r"(?=(?P<after>(?:\s+\w+){0,4}))",
    re.I,
)
# "T2-weighted" and "T2 signal" are sequences, not categories.
_CATEGORY = re.compile(
    r"\b[cp]?T(?P<category>is|[0-4](?:mi|[a-d])?)\b"
    r"(?!\s*-?\s*(?:weighted|w\b|wi\b|signal|hyper|hypo|images?|sequences?|mri|mr\b))"
)
_LAYER_WORDS: dict[str, str] = {
    "lung": r"$^",  # every nodule is in the lung; the word says nothing
    "mucosa": r"\bmucosa\b",
    "submucosa": r"\bsubmucosa\b",
    "muscularis propria": r"\bmuscularis(?: propria)?\b",
    "mesorectal fat": r"\bmesorectal fat\b|\bmesorectum\b|\bperirectal fat\b",
    "peritoneum": r"\bperitoneum\b|\bperitoneal reflection\b",
    "neighbouring organ": r"\b(?:neighbouring organ|prostate|seminal vesicles?|bladder|vagina|uterus)\b",
    "visceral pleura": r"\bvisceral pleura\b",
    "chest wall": r"\bchest wall\b|\bparietal pleura\b",
    "mediastinum": r"\bmediastinum\b",
}
_BEYOND = r"(?P<beyond>\b(?:beyond|through|outside|past)\s+(?:the\s+)?)?"
_DEPTH_WORDS = re.compile(r"\b(into|beyond|outside|deep|past)\b", re.I)


def contradictions(caption: Caption, prose: str) -> list[str]:
    """What a text says against a structured caption.

    Looks at lengths in mm and cm, at right and left, at T categories, and at the deepest layer
    that is said to be reached; clauses that say of a layer that it is spared don't count. A text
    that leaves something out contradicts nothing.

    Parameters
    ----------
    caption : NoLesion, RectalTumour or LungNodule
    prose : str

    Returns
    -------
    list of str
        One sentence each; empty where the two agree.
    """
    found = [*_lengths(caption, prose), *_categories(caption, prose)]
    if isinstance(caption, NoLesion):
        return found
    return [*found, *_sides(caption, prose), *_layers(caption, prose)]


def _lengths(caption: Caption, prose: str) -> list[str]:
    lengths = caption.lengths()
    found = []
    for match in _LENGTH.finditer(prose):
        factor = 10.0 if match["unit"].lower() == "cm" else 1.0
        # "4 mm into" measures depth where the caption has one; "8 mm solid" the solid part.
        allowed = lengths
        if "depth" in lengths:
            deep = bool(_DEPTH_WORDS.search(match["after"]))
            allowed = {name: length for name, length in lengths.items() if (name == "depth") == deep}
        for text in filter(None, (match["number"], match["second"])):
            value = float(text) * factor
            decimals = len(text.partition(".")[2])
            within = 0.5 * factor * 10.0**-decimals + 1e-6
            if not any(_agrees(value, length, within, match["compare"]) for length in allowed.values()):
                said = ", ".join(f"{name} {millimetres(length)}" for name, length in allowed.items())
                found.append(f"the prose says {text} {match['unit']}, and the caption {said or 'no length'}")
    return found


def _agrees(value: float, length: float, within: float, compare: str | None) -> bool:
    """Whether what is said of a length is true of it."""
    word = (compare or "").lower()
    if word in ("less than", "under", "below", "up to", "at most", "<", "≤"):
        return length <= value
    if word in ("more than", "over", "above", "at least", ">", "≥"):
        return length >= value
    return abs(value - length) <= within


def _sides(caption: RectalTumour | LungNodule, prose: str) -> list[str]:
    found = []
    for other in ("right", "left"):
        if other != caption.side and re.search(rf"\b{other}\b", prose, re.I):
            found.append(f"the prose says {other}, and the caption {caption.side or 'neither side'}")
    if isinstance(caption, RectalTumour):
        for word, opposite in (("anterior", "posterior"), ("posterior", "anterior")):
            if opposite in caption.wall and re.search(rf"\b{word}", prose, re.I):
                found.append(f"the prose says {word}, and the caption {caption.wall}")
        return found
    lobe = re.search(r"\b(upper|middle|lower) lobe\b", prose, re.I)
    if lobe and lobe[1].lower() not in caption.lobe:
        found.append(f"the prose says {lobe[0]}, and the caption {caption.lobe}")
    return found


def _categories(caption: Caption, prose: str) -> list[str]:
    allowed = {"T0"}
    if not isinstance(caption, NoLesion):
        category = caption.staging.category
        allowed = {category, category.rstrip("abcd")}
        if isinstance(caption, RectalTumour) and caption.depth_mm is not None:
            allowed.add(t_category(caption.deepest_layer, caption.depth_mm, scheme="ESGAR", edition=2018))
    found = []
    for match in _CATEGORY.finditer(prose):
        said = f"T{match['category']}"
        if said not in allowed and not _SPARED.search(_clause_around(prose, match.start())):
            found.append(f"the prose says {said}, and the caption {' or '.join(sorted(allowed))}")
    return found


def _layers(caption: RectalTumour | LungNodule, prose: str) -> list[str]:
    order: tuple[str, ...] = RECTAL_LAYERS if isinstance(caption, RectalTumour) else LUNG_LAYERS
    deepest = order.index(caption.deepest_layer)
    reached, spared = set(), set()
    for clause in _CLAUSE.split(prose):
        named = {
            # Beyond one layer is at least in the next.
            min(number + bool(match["beyond"]), len(order) - 1)
            for number, layer in enumerate(order)
            for match in re.finditer(_BEYOND + f"(?:{_LAYER_WORDS[layer]})", clause, re.I)
        }
        if not _SPARED.search(clause):
            reached |= named
        elif _WHOLE.search(clause) and not _BORDER.search(clause):
            spared |= named
    found = []
    if reached and max(reached) != deepest:
        found.append(
            f"the deepest layer reached is the {order[max(reached)]} in the prose, and the "
            f"{caption.deepest_layer} in the caption"
        )
    if spared and min(spared) <= deepest:
        found.append(
            f"the {order[min(spared)]} is spared in the prose, and the {caption.deepest_layer} is reached "
            "in the caption"
        )
    return found


def _clause_around(prose: str, place: int) -> str:
    """The clause of a text that holds the character at `place`."""
    ends = [match.start() for match in _CLAUSE.finditer(prose)]
    before = max((end for end in ends if end < place), default=-1)
    after = min((end for end in ends if end >= place), default=len(prose))
    return prose[before + 1 : after]
