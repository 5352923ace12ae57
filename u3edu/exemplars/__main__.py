"""``python -m u3edu.exemplars DATA``: make the exemplars of the shipped models anew.

DATA holds ``chest-ct/train``, ``chest-ct/annotations`` (LIDC-IDRI's XML files) and ``pelvic-mri/train``.
"""

import argparse
import sys
from pathlib import Path

from u3edu.editing.exemplar_file import save_exemplars
from u3edu.engine.local import load_engine
from u3edu.exemplars.making import make_exemplars
from u3edu.exemplars.plan import load_plan, planned_models
from u3edu.exemplars.shipped import exemplar_path


def main() -> int:
    """Write a file beside each model's weights and print a line for each exemplar."""
    parser = argparse.ArgumentParser(prog="python -m u3edu.exemplars", description=__doc__)
    parser.add_argument("data", type=Path, help="folder with the training patients of each model")
    parser.add_argument("--models", nargs="*", default=planned_models(), help="by default all")
    options = parser.parse_args()
    try:
        for model in options.models:
            plan, engine, folder = load_plan(model), load_engine(model), options.data / model
            exemplars = make_exemplars(plan, engine, folder / "train", folder / "annotations")
            save_exemplars(
                exemplars,
                exemplar_path(model),
                elements=tuple(element.name for element in engine.elements),
                attribution=plan.attribution,
            )
            for exemplar in exemplars:
                print(f"{model}: {exemplar}, {exemplar.source}", flush=True)
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
