"""The workbook's notebooks are fit to be compared by nbval and read by a trainee."""

import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[2]
WORKBOOK = sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))
RESEARCH = sorted((ROOT / "notebooks").glob("research_*.ipynb"))
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
DIGEST = re.compile(r"\d+( x \d+)* \w+, mean -?\d+\.(\d{2}|\d{5}), sha1 [0-9a-f]{10}")
LARGEST = 2_000_000  # bytes; more makes a notebook slow to open and a change hard to review


def read(path: Path) -> Any:
    return nbformat.read(path, as_version=4)


def code_cells(path: Path) -> list[Any]:
    return [cell for cell in read(path).cells if cell.cell_type == "code"]


def printed(cell: Any) -> str:
    return "".join(output.text for output in cell.outputs if output.output_type == "stream")


def shows_a_picture(cell: Any) -> bool:
    kinds = {kind for output in cell.outputs for kind in output.get("data", {})}
    return any(kind.startswith("image/") or "widget-view" in kind for kind in kinds)


def test_there_is_a_workbook() -> None:
    assert [path.stem for path in WORKBOOK] == [
        "00_start_here",
        "01_segment_a_case",
        "02_paint_an_edit",
        "03_before_and_after",
        "04_one_layer_deeper",
        "05_margins",
        "06_mucin",
        "07_progression",
        "08_three_windows",
        "09_real_or_synthetic",
        "10_natural_and_true",
        "11_stage_find_paint",
        "12_author_a_case",
        "13_make_a_quiz",
        "14_class_results",
    ]


def test_every_other_notebook_is_one_for_researchers_and_named_for_them() -> None:
    assert [path.stem for path in RESEARCH] == ["research_stage1_settings"]
    assert {*WORKBOOK, *RESEARCH} == set(NOTEBOOKS)
    for path in RESEARCH:
        for page, link in (("README.md", "notebooks/"), ("docs/training.md", "../notebooks/")):
            assert f"]({link}{path.name})" in (ROOT / page).read_text(encoding="utf-8"), page


def test_the_start_page_and_the_readme_name_every_notebook_of_the_workbook() -> None:
    start, readme = read(WORKBOOK[0]), (ROOT / "README.md").read_text(encoding="utf-8")
    contents = "\n".join(cell.source for cell in start.cells if cell.cell_type == "markdown")
    for path in WORKBOOK[1:]:
        assert f"]({path.name})" in contents, path.name
        assert f"](notebooks/{path.name})" in readme, path.name


def test_the_workbook_takes_about_three_hours() -> None:
    start = read(WORKBOOK[0])
    contents = next(cell.source for cell in start.cells if "## The way through the workbook" in cell.source)
    trainees = contents.split("**For teachers**")[0]
    assert 150 <= sum(int(minutes) for minutes in re.findall(r"\| (\d+) \|$", trainees, re.M)) <= 210


def test_each_notebook_leads_to_the_next() -> None:
    for path, following in pairwise(WORKBOOK[1:]):
        assert f"]({following.name})" in read(path).cells[-1].source, path.name


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
class TestNotebook:
    def test_is_valid(self, path: Path) -> None:
        nbformat.validate(read(path))

    def test_was_executed_from_top_to_bottom(self, path: Path) -> None:
        counts = [cell.execution_count for cell in code_cells(path)]
        assert counts == list(range(1, len(counts) + 1))

    def test_shows_no_error_and_no_warning(self, path: Path) -> None:
        outputs = [output for cell in code_cells(path) for output in cell.outputs]
        assert not [output for output in outputs if output.output_type == "error"]
        assert not [output for output in outputs if output.get("name") == "stderr"]

    def test_hides_no_cell_from_nbval(self, path: Path) -> None:
        for cell in code_cells(path):
            marks = cell.source + " ".join(cell.metadata.get("tags", []))
            assert not re.search(r"nbval[-_]|raises-exception", marks, re.IGNORECASE)

    def test_prints_a_digest_with_or_after_each_picture(self, path: Path) -> None:
        cells = code_cells(path)
        for cell, following in zip(cells, [*cells[1:], None], strict=True):
            if shows_a_picture(cell):
                text = printed(cell) + (printed(following) if following else "")
                assert DIGEST.search(text), f"no digest after: {cell.source}"

    def test_is_small_enough_to_review(self, path: Path) -> None:
        assert path.stat().st_size < LARGEST

    def test_names_no_folder_of_the_machine_that_ran_it(self, path: Path) -> None:
        assert not re.search(r"(/home/|/root/|/tmp/|/Users/|[A-Z]:\\\\)", path.read_text(encoding="utf-8"))

    def test_opens_with_objectives_and_ends_with_a_self_check(self, path: Path) -> None:
        prose = [cell.source for cell in read(path).cells if cell.cell_type == "markdown"]
        assert prose[0].startswith("# ")
        assert any("## After this notebook you can" in text for text in prose[:2])
        assert any("## Check yourself" in text for text in prose[-2:])

    def test_has_prose_before_code_and_short_cells(self, path: Path) -> None:
        cells = read(path).cells
        assert cells[0].cell_type == "markdown"
        assert max(len(cell.source.splitlines()) for cell in code_cells(path)) <= 12

    def test_links_lead_to_files_that_exist(self, path: Path) -> None:
        prose = "\n".join(cell.source for cell in read(path).cells if cell.cell_type == "markdown")
        links = [link for link in re.findall(r"\]\(([^)#]+)", prose) if "://" not in link]
        assert not [link for link in links if not (path.parent / link).exists()]


def run_nbval(folder: Path, text: str) -> int:
    """Exit status of the strict comparison of a notebook that prints "42" and claims `text`."""
    output = nbformat.v4.new_output("stream", name="stdout", text=text)
    cell = nbformat.v4.new_code_cell("print(6 * 7)", outputs=[output], execution_count=1)
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), folder / "claim.ipynb")
    sanitize = ROOT / "notebooks" / "sanitize.cfg"
    command = [sys.executable, "-m", "pytest", "-q", "--nbval", "--nbval-current-env"]
    command += [f"--nbval-sanitize-with={sanitize}", "claim.ipynb"]
    return subprocess.run(command, cwd=folder, capture_output=True).returncode


def test_nbval_fails_where_a_printed_line_differs(tmp_path: Path) -> None:
    assert run_nbval(tmp_path, "42\n") == 0
    assert run_nbval(tmp_path, "43\n") == 1


def test_sanitising_leaves_a_digest_as_it_is() -> None:
    digest = "256 x 256 float32, mean -0.51234, sha1 0a1b2c3d4e"
    lines = (ROOT / "notebooks" / "sanitize.cfg").read_text(encoding="utf-8").splitlines()
    patterns = [line.removeprefix("regex: ") for line in lines if line.startswith("regex: ")]
    assert patterns
    assert not [pattern for pattern in patterns if re.search(pattern, digest)]
