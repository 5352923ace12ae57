"""How far a case's picture moves when another processor, or another number of threads, draws it.

    python -m benchmarks.rendering_elsewhere --model pelvic-mri

draws one phantom's elements in processes that torch is told to treat as other processors
(ATEN_CPU_CAPABILITY, ONEDNN_MAX_CPU_ISA) and with other numbers of threads, and prints the largest
difference from the way in which cases are rendered, as a share of the range of intensities, beside
the tolerance of `u3edu case validate`.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

WAYS: dict[str, dict[str, str]] = {
    "as cases are rendered": {},
    "as cases are rendered, again": {},
    "no vector instructions": {"ATEN_CPU_CAPABILITY": "default", "ONEDNN_MAX_CPU_ISA": "SSE41"},
    "AVX2": {"ATEN_CPU_CAPABILITY": "avx2", "ONEDNN_MAX_CPU_ISA": "AVX2"},
    "AVX-512": {"ATEN_CPU_CAPABILITY": "avx512", "ONEDNN_MAX_CPU_ISA": "AVX512_CORE"},
    "without oneDNN": {"U3EDU_BENCHMARK_ONEDNN": "0"},
    "2 threads": {"U3EDU_BENCHMARK_THREADS": "2"},
    "3 threads": {"U3EDU_BENCHMARK_THREADS": "3"},
}


def draw(model: str, labels: Path, output: Path) -> None:
    """In a process of its own: draw the stored elements and store the pixels, uint16 [H, W]."""
    import torch

    from u3edu.editing.label_map import LabelMap
    from u3edu.engine.local import load_engine
    from u3edu.imaging.array import slice_from_array
    from u3edu.imaging.stored import to_levels

    torch.set_num_threads(int(os.environ.get("U3EDU_BENCHMARK_THREADS", "1")))
    torch.backends.mkldnn.enabled = os.environ.get("U3EDU_BENCHMARK_ONEDNN", "1") == "1"
    engine = load_engine(model, device="cpu")
    elements = np.load(labels)
    acquisition = slice_from_array(elements, modality=engine.card.modality).acquisition
    np.save(output, to_levels(engine.synthesize(LabelMap(elements, engine.elements, acquisition)).pixels))


def main() -> None:
    """Draw in every way and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="pelvic-mri")
    parser.add_argument("--draw", nargs=2, type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.draw:
        draw(arguments.model, *arguments.draw)
        return
    from u3edu.cases.checking import TOLERANCE
    from u3edu.engine.local import load_engine
    from u3edu.imaging.phantom.chest import chest_phantom
    from u3edu.imaging.phantom.pelvis import pelvic_phantom

    engine = load_engine(arguments.model, device="cpu")
    phantom = pelvic_phantom if engine.card.modality == "MR" else chest_phantom
    picture = phantom(1, healthy=True, shape=(192, 192), spacing=1.5).picture
    with tempfile.TemporaryDirectory() as folder:
        labels, drawn = Path(folder, "labels.npy"), Path(folder, "drawn.npy")
        np.save(labels, engine.segment(picture).labels)
        first: np.ndarray | None = None
        for way, variables in WAYS.items():
            command = [sys.executable, "-m", "benchmarks.rendering_elsewhere", "--model", arguments.model]
            subprocess.run(
                [*command, "--draw", str(labels), str(drawn)], env=os.environ | variables, check=True
            )
            pixels = np.load(drawn).astype(np.int64)
            first = pixels if first is None else first
            far = np.abs(pixels - first).max() / 65535
            print(f"{way:32s} largest difference {far:.1e}, {(pixels != first).mean():6.1%} of pixels")
    print(f"{'tolerance of u3edu case validate':32s} {TOLERANCE:.1e}")


if __name__ == "__main__":
    main()
