"""Broken and hostile cases: each gets one clear line with file and field, and no traceback."""

import json
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from PIL import Image

from tests.cases.conftest import QUESTIONS, STAGES, change, run
from u3edu.cases import bundle


def text(folder: Path, old: str, new: str, name: str = "case.yaml") -> None:
    content = (folder / name).read_text("utf-8")
    assert old in content
    (folder / name).write_text(content.replace(old, new), "utf-8")


def stage(number: int, **fields: object) -> list[dict[str, object]]:
    stages = [dict(one) for one in STAGES]
    stages[number] |= fields
    return stages


def caption(number: int, **fields: object) -> list[dict[str, object]]:
    return stage(number, caption=STAGES[number]["caption"] | fields)  # type: ignore[operator]


def question(number: int, **fields: object) -> list[dict[str, object]]:
    questions = [dict(one) for one in QUESTIONS]
    questions[number] |= fields
    return questions


def answer(folder: Path, name: str, **fields: object) -> None:
    answers = yaml.safe_load((folder / "answers.yaml").read_text("utf-8"))["answers"]
    change(folder, "answers.yaml", answers=answers | {name: answers[name] | fields})


def huge_png(path: Path) -> None:
    """A PNG of some hundred bytes that claims 60,000 x 60,000 pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", b"") + chunk(b"IEND", b""))


def record(folder: Path, **fields: object) -> None:
    path = folder / "rendered/rendered.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | fields))


def fifo(folder: Path) -> None:
    import os

    os.mkfifo(folder / "pipe.txt")


def many(folder: Path) -> None:
    (folder / "many").mkdir()
    for number in range(bundle.MOST_FILES):
        (folder / f"many/{number}.txt").touch()


def sparse(folder: Path) -> None:
    with (folder / "large.dcm").open("wb") as file:
        file.truncate(bundle.MOST_BYTES_A_FILE + 1)


FOLDERS: dict[str, tuple[Callable[[Path], object], str]] = {
    "no case.yaml": (lambda f: (f / "case.yaml").unlink(), "case.yaml: is missing"),
    "not YAML": (lambda f: text(f, "title:", "title: [", "case.yaml"), "case.yaml: not YAML in line"),
    "not UTF-8": (lambda f: (f / "case.yaml").write_bytes(b"\xff\xfe"), "case.yaml: not UTF-8"),
    "empty": (lambda f: (f / "case.yaml").write_text(""), "case.yaml: is empty"),
    "alias bomb": (
        lambda f: (f / "case.yaml").write_text("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"),
        "case.yaml: line 1: anchors",
    ),
    "python in YAML": (
        lambda f: text(f, "okapi findings", "!!python/object/apply:os.system [ls]"),
        "the tag 'os.system' is not allowed",
    ),
    "too deep": (lambda f: (f / "case.yaml").write_text("a: " + "[" * 40 + "]" * 40), "nested deeper"),
    "too long": (lambda f: (f / "case.yaml").write_text("a: x\n" * 200_000), "larger than 512 KiB"),
    "a key twice": (lambda f: text(f, "licence:", "title: again\nlicence:"), "title: stands twice"),
    "unknown field": (lambda f: change(f, colour="red"), "case.yaml: colour: no such field"),
    "another version": (lambda f: change(f, version=3), "case.yaml: version:"),
    "no title": (lambda f: change(f, title=""), "case.yaml: title: is empty"),
    "no licence": (lambda f: change(f, licence=""), "case.yaml: licence: is empty"),
    "bad code": (
        lambda f: change(f, anatomy=[{"value": "34402009", "scheme": "ICD", "meaning": "Rectum"}]),
        "case.yaml: anatomy.1.scheme:",
    ),
    "path escape in a script": (
        lambda f: change(f, stages=stage(1, script="../../secret.json")),
        "case.yaml: stages.2.script: a file lies in the case's own folder",
    ),
    "absolute path": (
        lambda f: change(f, elements="/etc/passwd"),
        "case.yaml: elements: a file lies in the case's own folder",
    ),
    "missing script": (
        lambda f: (f / "stages/t2.json").unlink(),
        "stages/t2.json: is missing",
    ),
    "script that is none": (
        lambda f: (f / "stages/t2.json").write_text("{}x"),
        "stages/t2.json: this is not an edit script",
    ),
    "unknown element": (
        lambda f: text(f, '"element":2', '"element":9', "stages/t2.json"),
        "stages/t2.json: operation 1 of 1 (brush_stroke): there is no element 9",
    ),
    "stage twice": (
        lambda f: change(f, stages=[*STAGES, dict(STAGES[0], caption={"lesion": "none", "organ": "lung"})]),
        "case.yaml: stages: 'normal' stands twice",
    ),
    "wrong stage": (
        lambda f: change(f, stages=caption(1, staging={"scheme": "TNM", "edition": 8, "category": "T3"})),
        "case.yaml: stages.2.caption: staging.category: 'T3' contradicts the caption, which is T2",
    ),
    "unknown scheme": (
        lambda f: change(f, stages=caption(1, staging={"scheme": "TNM", "edition": 6, "category": "T2"})),
        "no scheme TNM 6 for the rectum",
    ),
    "bad layer": (
        lambda f: change(f, stages=caption(1, deepest_layer="wall")),
        "case.yaml: stages.2.caption.deepest_layer:",
    ),
    "prose of another layer": (
        lambda f: change(f, stages=stage(1, prose="It is confined to the submucosa.")),
        "case.yaml: stages.2.prose: the deepest layer reached is the submucosa in the prose",
    ),
    "question of no stage": (
        lambda f: change(f, questions=question(0, stages=["t9"])),
        "case.yaml: questions: 'how-deep' names the stage 't9'",
    ),
    "answer left in": (
        lambda f: change(f, questions=question(0, answer="T2")),
        "case.yaml: questions.1.answer: an answer left in",
    ),
    "no answers": (lambda f: (f / "answers.yaml").unlink(), "answers.yaml: is missing"),
    "answers of another case": (
        lambda f: change(f, "answers.yaml", case="other"),
        "answers.yaml: case: is 'other'",
    ),
    "answer that is no choice": (
        lambda f: answer(f, "how-deep", choice="T4"),
        "answers.yaml: answers.how-deep: 'T4' is none of the choices",
    ),
    "answer of another kind": (
        lambda f: answer(f, "true-caption", kind="paint_it", layer="submucosa"),
        "answers.yaml: answers.true-caption: is of the kind paint_it",
    ),
    "no elements": (lambda f: (f / "elements.png").unlink(), "elements.png: is missing"),
    "damaged elements": (
        lambda f: (f / "elements.png").write_bytes((f / "elements.png").read_bytes()[:200]),
        "elements.png: damaged",
    ),
    "pixel bomb": (lambda f: huge_png(f / "elements.png"), "elements.png: claims"),
    "elements of another size": (
        lambda f: Image.new("L", (9, 9)).save(f / "elements.png"),
        "elements.png: has 9 x 9 pixels, and the base image 96 x 96",
    ),
    "elements of another model": (
        lambda f: Image.new("L", (96, 96), 7).save(f / "elements.png"),
        "elements.png: names element 7, and the model has 0 to 4",
    ),
    "wrong weights hash": (
        lambda f: change(f, model={"name": "small-mr", "weights_sha256": "0" * 64}),
        "case.yaml: model.weights_sha256: the case was made with weights 000000000000",
    ),
    "a hash that is none": (
        lambda f: change(f, model={"name": "small-mr", "weights_sha256": "abc"}),
        "case.yaml: model.weights_sha256: a SHA-256 has 64",
    ),
    "wrong modality": (
        lambda f: change(
            f, base={"kind": "phantom", "phantom": "chest", "seed": 1, "shape": [96, 96], "spacing": 3}
        ),
        "case.yaml: modality: is MR, and the base image is CT",
    ),
    "not rendered": (
        lambda f: (f / "rendered/rendered.json").unlink(),
        "rendered/rendered.json: is missing; run u3edu case render",
    ),
    "rendered by other weights": (
        lambda f: record(f, weights_sha256="1" * 64),
        "rendered/rendered.json: weights_sha256: is not that of case.yaml",
    ),
    "another picture": (
        lambda f: (f / "rendered/t2.png").write_bytes((f / "rendered/t3.png").read_bytes()),
        "rendered/t2.png: is not the picture that was rendered",
    ),
    "edit changed after rendering": (
        lambda f: text(f, '"element":2', '"element":4', "stages/t2.json"),
        "rendered/t2.png: drawn again it differs by",
    ),
    "pickle": (lambda f: (f / "model.pkl").write_bytes(b"\x80\x04."), "model.pkl: a case holds .yaml, .json"),
    "link": (lambda f: (f / "link.txt").symlink_to("/etc/passwd"), "link.txt: a link"),
    "linked folder": (lambda f: (f / "more").symlink_to("/etc"), "more: a link"),
    "pipe": (fifo, "pipe.txt: neither a file nor a folder"),
    "too many files": (many, f"more than {bundle.MOST_FILES}"),
    "too large a file": (sparse, "large.dcm: larger than 64 MiB"),
    "odd name": (lambda f: (f / "a b\n.txt").touch(), "names have letters, digits"),
}


@pytest.mark.parametrize("kind", FOLDERS)
def test_a_broken_case_gets_a_line_that_names_file_and_field(kind: str, case: Path, weights: Path) -> None:
    break_it, words = FOLDERS[kind]
    break_it(case)
    result = run("case", "validate", case, "--model", weights)
    assert result.exit_code == 1
    lines = [line for line in result.stderr.splitlines() if line.startswith("case: ")]
    assert any(words in line for line in lines), result.stderr
    # One thing is wrong: what follows from it may be said, but no more than one line of it.
    assert len(lines) <= 2
    assert "Traceback" not in result.stderr and "valid," not in result.stdout


def member(
    name: str, content: bytes = b"x", mode: int = stat.S_IFREG | 0o644
) -> tuple[zipfile.ZipInfo, bytes]:
    entry = zipfile.ZipInfo(name)
    entry.create_system, entry.external_attr = 3, mode << 16
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry, content


ZIPS: dict[str, tuple[list[tuple[zipfile.ZipInfo, bytes]], str]] = {
    "path escape": ([member("../evil.txt")], "../evil.txt: leads out of the case"),
    "absolute": ([member("/evil.txt")], "/evil.txt: leads out of the case"),
    "drive": ([member("C:evil.txt")], "C:evil.txt: leads out of the case"),
    "back slash": ([member("a\\evil.txt")], "leads out of the case"),
    "link": ([member("evil.txt", b"/etc/passwd", stat.S_IFLNK | 0o777)], "evil.txt: a link or a device"),
    "twice": ([member("case.yaml"), member("case.yaml")], "case.yaml: stands twice"),
    "twice by capitals": ([member("case.yaml"), member("Case.yaml")], "Case.yaml: stands twice"),
    "zip bomb": ([member("bomb.txt", b"0" * 30_000_000)], "bomb.txt: unpacks to more than 200 times"),
    "too large": ([member("large.txt", b"0" * (bundle.MOST_BYTES_A_FILE + 1))], "large.txt: larger than"),
    "pickle": ([member("evil.pickle")], "evil.pickle: a case holds"),
    "zip in zip": ([member("inner.zip")], "inner.zip: a case holds"),
    "nothing": ([], "case.yaml: is missing"),
}


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("kind", ZIPS)
def test_a_hostile_file_is_refused_before_it_is_unpacked(kind: str, tmp_path: Path) -> None:
    members, words = ZIPS[kind]
    path = tmp_path / "stranger.u3case"
    with zipfile.ZipFile(path, "w") as archive:
        for entry, content in members:
            archive.writestr(entry, content)
    result = run("case", "validate", path)
    assert result.exit_code == 1
    assert words in result.stderr.splitlines()[0] and len(result.stderr.splitlines()) == 2
    assert sorted(tmp_path.rglob("*")) == [path]


def test_a_size_that_lies_and_damage_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "stranger.u3case"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("case.yaml", b"0" * 5_000)
    content = path.read_bytes()
    path.write_bytes(content.replace(struct.pack("<I", 5_000), struct.pack("<I", 50)))
    assert "damaged" in run("case", "validate", path).stderr
    path.write_bytes(content[:60])
    assert "stranger.u3case: no .u3case file, or damaged" in run("case", "validate", path).stderr


def test_every_case_is_checked_although_the_first_is_broken(case: Path, weights: Path) -> None:
    result = run("case", "validate", "nowhere", case, "--model", weights)
    assert result.exit_code == 1
    assert (
        "nowhere: no such file or folder" in result.stderr and "1 of 2 cases are not valid" in result.stderr
    )
    assert "case: valid" in result.stdout
