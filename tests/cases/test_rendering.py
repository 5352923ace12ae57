"""`u3edu case render`, `validate` and `preview`: the same weights give the same pictures."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from tests.cases.conftest import change, run
from tests.engine.networks import SMALL, card_for, random_network
from u3edu.cases.checking import TOLERANCE, check_case
from u3edu.cases.reading import read_case
from u3edu.cases.rendering import exact_digest, renderer, shown_digest
from u3edu.engine.local import LocalEngine
from u3edu.imaging.stored import load_slice, write_slice
from u3edu.model.weights import save_weights


def test_a_case_drawn_again_gives_the_same_bits(case: Path, weights: Path) -> None:
    before = {path.name: path.read_bytes() for path in (case / "rendered").iterdir()}
    result = run("case", "validate", case, "--model", weights)
    assert result.exit_code == 0, result.stderr
    assert "3 of 3 stages drawn again to the same bits" in result.stdout
    result = run("case", "render", case, "--model", weights)
    assert result.exit_code == 0, result.stderr
    assert {path.name: path.read_bytes() for path in (case / "rendered").iterdir()} == before
    for line in result.stdout.splitlines():
        assert "sha1" in line


def test_the_number_of_threads_does_not_reach_the_picture(case: Path, small_engine: LocalEngine) -> None:
    drawing = renderer(read_case(case), case, small_engine)
    before, digests = torch.get_num_threads(), set()
    for threads in (1, 2, 3):
        torch.set_num_threads(threads)
        digests.add(exact_digest(drawing.stage_picture(drawing.case.stages[2])))
        assert torch.get_num_threads() == threads
    torch.set_num_threads(before)
    assert len(digests) == 1


def test_stages_are_the_models_pictures_of_the_edited_elements(case: Path, small_engine: LocalEngine) -> None:
    drawing = renderer(read_case(case), case, small_engine)
    normal, t2, _ = drawing.case.stages
    assert (drawing.stage_labels(normal).labels == drawing.labels.labels).all()
    edited = drawing.stage_labels(t2)
    assert edited.labels[56, 52] == 2
    np.testing.assert_array_equal(drawing.stage_picture(t2).pixels, small_engine.synthesize(edited).pixels)
    assert exact_digest(load_slice(case / "rendered/t2.png")) == exact_digest(drawing.stage_picture(t2))


def test_in_place_a_stage_is_the_base_image_outside_the_edit(case: Path, weights: Path) -> None:
    change(case, render="in place")
    assert run("case", "render", case, "--model", weights).exit_code == 0
    normal, t2 = (load_slice(case / f"rendered/{name}.png").pixels for name in ("normal", "t2"))
    assert (normal[:20] == t2[:20]).all() and (normal != t2).any()
    assert run("case", "validate", case, "--model", weights).exit_code == 0


def test_a_picture_within_the_tolerance_is_told_and_one_beyond_is_a_problem(
    case: Path, weights: Path
) -> None:
    """As if another processor had drawn it: the stored picture is moved a little, digests and all."""
    picture = load_slice(case / "rendered/t2.png")
    record = json.loads((case / "rendered/rendered.json").read_text())
    for share, problems in ((0.9, 0), (1.1, 1)):
        moved = picture.pixels + np.where(picture.pixels > 0, -1, 1) * 2 * TOLERANCE * share
        changed = picture.with_pixels(moved.astype(np.float32))
        write_slice(case / "rendered/t2.png", changed)
        stored = load_slice(case / "rendered/t2.png")
        record["stages"]["t2"] |= {"sha256": exact_digest(stored), "digest": shown_digest(stored)}
        (case / "rendered/rendered.json").write_text(json.dumps(record))
        check = check_case(case, str(weights))
        assert len(check.problems) == problems and len(check.notes) == 1 - problems
        assert check.same == 2


def test_other_weights_are_noticed_and_named(case: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.safetensors"
    save_weights(other, random_network(SMALL, seed=1), card_for(SMALL))
    result = run("case", "validate", case, "--model", other)
    assert result.exit_code == 1
    assert "case.yaml: model.weights_sha256: the case was made with weights" in result.stderr


def test_the_sheet_shows_every_stage_and_marks_what_is_synthetic(case: Path) -> None:
    result = run("case", "preview", case)
    assert result.exit_code == 0, result.stderr
    assert "3 stages" in result.stdout
    with Image.open("case-preview.png") as image:
        assert image.width > 900 and np.asarray(image.convert("L")).std() > 10
    shutil.rmtree(case / "rendered")
    assert "rendered/rendered.json: is missing" in run("case", "preview", case).stderr


def test_a_case_packs_into_the_same_file_each_time_and_opens_again(case: Path, weights: Path) -> None:
    assert run("case", "pack", case).exit_code == 0
    first = Path("case.u3case").read_bytes()
    (case / "case.yaml").touch()
    (case / ".ipynb_checkpoints").mkdir()
    (case / ".ipynb_checkpoints/case.yaml").write_text("mine")
    run("case", "pack", case, "--output", "again.u3case")
    assert Path("again.u3case").read_bytes() == first
    assert "zebra" not in first.decode("latin-1")
    run("case", "pack", case, "--with-answers", "--output", "whole.u3case")
    result = run("case", "validate", "whole.u3case", case, "--model", weights)
    assert result.exit_code == 0, result.stderr
    assert result.stdout.count("valid") == 2
    result = run("case", "validate", "case.u3case", "--model", weights)
    assert "case.u3case: answers.yaml: is missing\n" in result.stderr


@pytest.mark.parametrize("command", ["render", "validate", "preview", "pack"])
def test_what_is_no_case_is_said(command: str, case: Path) -> None:
    result = run("case", command, "nowhere")
    assert result.exit_code == 1 and "nowhere" in result.stderr
