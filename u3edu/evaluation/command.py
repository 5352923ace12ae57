"""`u3edu evaluate`: a model's figures on a folder of patients, as tables, JSON and an HTML report."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console

from u3edu.engine.local import LocalEngine, load_engine
from u3edu.evaluation.figures import ModelFigures
from u3edu.evaluation.lesson import Lesson
from u3edu.evaluation.patient import evaluate_patient
from u3edu.evaluation.reconstructed import reconstruct
from u3edu.evaluation.table import print_tables
from u3edu.imaging.folder import scan_folder
from u3edu.imaging.series import read_files
from u3edu.imaging.slice import Slice
from u3edu.training.losses.perceptual import FeatureDistance


def read_patients(folder: Path, modality: str) -> Iterator[tuple[str, tuple[Slice, ...]]]:
    """Name and slices of each patient: each direct sub-folder of `folder`, or `folder` itself.

    Raises
    ------
    ValueError
        If there is no slice of `modality`.
    """
    found = False
    for subfolder in [path for path in sorted(folder.iterdir()) if path.is_dir()] or [folder]:
        series = [files for files in scan_folder(subfolder).series if files.modality == modality]
        slices = tuple(picture for files in series for picture in read_files(files))
        if slices:
            found = True
            yield subfolder.name, slices
    if not found:
        raise ValueError(f"{folder}: no {modality} slice to evaluate")


def evaluate(
    engine: LocalEngine, folder: Path, reader_folder: Path | None = None, title: str = ""
) -> ModelFigures:
    """Figures of each patient of a folder.

    Parameters
    ----------
    engine : LocalEngine
    folder : Path
        A sub-folder of DICOM for each patient.
    reader_folder : Path, optional
        The same with other patients, for the automatic reader to learn from. Without them
        there is no reader.
    title : str
        What to call the model beside others; by default its name.

    Raises
    ------
    ValueError
        If there is no slice of the model's modality, or a series is in both folders.
    UnusableBackbone
        If the weights of the backbone are missing.
    """
    modality = engine.card.modality
    distance = FeatureDistance()
    lesson = None
    if reader_folder:
        lesson = Lesson.of(engine, distance.backbone, dict(read_patients(reader_folder, modality)))
    patients, readings, examples = [], [], []
    for patient, slices in read_patients(folder, modality):
        pairs = reconstruct(engine, slices)
        # First what may be refused, then what takes long.
        if lesson:
            readings.append(lesson.read(patient, pairs))
        patients.append(evaluate_patient(engine, patient, pairs, distance))
        examples.append(pairs[len(pairs) // 2])
    return ModelFigures(engine.name, title or engine.name, tuple(patients), tuple(readings), tuple(examples))


def evaluate_models(
    names: Sequence[str], folder: Path, reader_folder: Path | None = None
) -> tuple[ModelFigures, ...]:
    """Figures of models of one modality on the same patients.

    Parameters
    ----------
    names : sequence of str
        Names of models, or weights files.
    folder, reader_folder : Path
        As in `evaluate`.

    Raises
    ------
    ValueError
        If the models are for different modalities, or as in `evaluate`.
    UnusableWeights
        If there is no such model.
    """
    engines = [load_engine(name) for name in names]
    modalities = {engine.card.modality for engine in engines}
    if len(modalities) > 1:
        raise ValueError(f"these models are for different pictures: {' and '.join(sorted(modalities))}")
    titles = [
        name if name == engine.name else _short(name) for name, engine in zip(names, engines, strict=True)
    ]
    pairs = zip(engines, titles, strict=True)
    return tuple(evaluate(engine, folder, reader_folder, title) for engine, title in pairs)


def _short(weights: str) -> str:
    """Folder and stem of a weights file, which tell runs apart."""
    path = Path(weights).resolve()
    return f"{path.parent.name}/{path.stem}"


def print_figures(console: Console, models: Sequence[ModelFigures]) -> None:
    """The tables of each model."""
    for model in models:
        print_tables(console, model)


def to_json(models: Sequence[ModelFigures]) -> str:
    """The figures of the first model as one JSON object, with those of the others inside."""
    report = models[0].to_dict()
    if len(models) > 1:
        report["against"] = [model.to_dict() for model in models[1:]]
    return json.dumps(report, indent=2, allow_nan=False)
