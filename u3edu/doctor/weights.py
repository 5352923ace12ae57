"""Whether the weights that ship with the package are there, whole, and draw."""

from collections.abc import Iterator
from pathlib import Path

from u3edu.doctor.finding import Finding, ok, wrong

# Both travel in the package; without one of them a part of the workbook cannot be done.
EXPECTED = ("chest-ct", "pelvic-mri")
# Correlation of a disc with what is drawn of it; trained weights come to 0.99.
LEAST_LIKENESS = 0.8
ADVICE = "install u3edu again: pip install --force-reinstall --no-deps u3edu, or git checkout in a clone"


def check_weights() -> Iterator[Finding]:
    """Each model's file against the hash on its card, and a disc segmented and drawn with it."""
    import numpy as np

    from u3edu.engine.local import LocalEngine
    from u3edu.imaging.array import slice_from_array
    from u3edu.model.weights import UnusableWeights, load_weights, shipped_models, weights_path

    row, column = np.mgrid[:62, :62] - 31
    # Body in air: for CT in HU, and for MR a signal whose scale is that of the picture itself.
    disc = slice_from_array(np.where(row**2 + column**2 < 20**2, 50.0, -1000.0))
    for name in sorted({*EXPECTED, *shipped_models()}):
        subject = f"weights {name}"
        try:
            network, card = load_weights(weights_path(name))
        except UnusableWeights as error:
            yield wrong(subject, str(error), ADVICE)
            continue
        engine = LocalEngine(network, card, "cpu")
        drawn = engine.synthesize(engine.segment(disc)).pixels
        likeness = np.corrcoef(drawn.ravel(), disc.pixels.ravel())[0, 1]
        if likeness > LEAST_LIKENESS:
            yield ok(subject, f"whole (sha256 {card.weights_sha256[:12]}), and it draws")
        else:
            yield wrong(subject, f"whole, but what they draw is not the picture ({likeness:.2f})", ADVICE)


def shipped_hash(name: str) -> str:
    """The hash of a shipped model's weights, as its card has it; empty where there is no such card."""
    from u3edu.model.card import ModelCard
    from u3edu.model.weights import UnusableWeights, weights_path

    try:
        card: Path = weights_path(name).with_suffix(".json")
        return ModelCard.model_validate_json(card.read_text("utf-8")).weights_sha256
    except (UnusableWeights, OSError, ValueError):
        return ""
