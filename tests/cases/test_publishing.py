"""`u3edu case publish`: a class gets a quiz of the cases' questions, and nothing that tells the answers."""

import io
import json
import os
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.cases.conftest import change, run
from u3edu.cases.reading import read_case
from u3edu.cases.rendering import renderer
from u3edu.editing.brush import BrushStroke
from u3edu.editing.script import EditScript
from u3edu.engine.local import LocalEngine
from u3edu.quiz.answer_book import AnswerBook, read_answer_book
from u3edu.quiz.answers import PaintItAnswer, WhatChangedAnswer, answer_to
from u3edu.quiz.from_cases import INTRODUCTION
from u3edu.quiz.items import PaintIt, WhatChanged
from u3edu.quiz.keys import PaintItKey, RateABCKey, StageItKey
from u3edu.quiz.marking import BookMarker
from u3edu.quiz.quiz import Quiz, read_quiz

KEY = "ab" * 32
# What stands in the case and its answers, and must not stand in what a class gets.
SECRETS = [
    *("okapi", "zebra", "one-layer-deeper", "rendered", "stages", "phantom"),
    *("wrong_layer", "wrong layer", "variation", "fault", "reason", "how-deep", "what-now", "Into the"),
    *("t2", "t3", "normal", "synthetic", "sha", "seed", "34402009", "correct", "answer", "CC BY"),
    *("within_mm", "region", "spared", "target", "lesion"),
]


def publish(output: str, *cases: object, weights: Path, key: str = KEY) -> tuple[Quiz, AnswerBook]:
    Path("key").write_text(key)
    result = run("case", "publish", *cases, "--output", output, "--key", "key", "--model", weights)
    assert result.exit_code == 0, result.stderr
    return read_quiz(output), read_answer_book(f"{output}-keys")


def contents(folder: str) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(Path(folder).rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def folder(finished_case: Path, weights: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which a class was published."""
    folder = tmp_path_factory.mktemp("published")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        publish("class", finished_case, weights=weights)
    return folder


@pytest.fixture
def published(folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Quiz, AnswerBook]:
    monkeypatch.chdir(folder)
    return read_quiz("class"), read_answer_book("class-keys")


def test_nothing_in_the_student_version_tells_the_answers(published: tuple[Quiz, AnswerBook]) -> None:
    files = contents("class")
    text = "".join(files) + files["quiz.json"].decode().replace(INTRODUCTION, "")
    everything = b"".join(files.values()).replace(INTRODUCTION.encode(), b"")
    for secret in SECRETS:
        assert secret not in text, secret
        # Two letters stand somewhere in any picture's pixels.
        assert len(secret) < 5 or secret.encode() not in everything
    for key in published[1].document.keys:
        assert key.reason.encode() not in everything
    items = json.loads(files["quiz.json"])["items"]
    assert {field for item in items for field in item} == {
        *("id", "kind", "dataset", "question", "seconds", "picture", "choices", "caption"),
        *("before", "after", "label_map", "spacing", "model", "modality", "tumour_elements"),
    }


def test_names_sizes_times_and_order_tell_nothing(published: tuple[Quiz, AnswerBook]) -> None:
    quiz, _ = published
    files = contents("class")
    names = [name for name in files if name != "quiz.json"]
    assert all(re.fullmatch(r"pictures/[0-9a-f]{16}\.png", name) for name in names)
    assert {path.stat().st_mtime for path in Path("class").rglob("*")} == {946_684_800}
    assert [item.id for item in quiz.items] == sorted(item.id for item in quiz.items)
    alone = [item.picture for item in quiz.items if item.kind in ("rate_abc", "stage_it")]
    assert len(alone) == 3 and len({len(quiz.files[name]) for name in alone}) == 1
    (changed,) = [item for item in quiz.items if isinstance(item, WhatChanged)]
    assert len(quiz.files[changed.before]) == len(quiz.files[changed.after])
    for name in names:
        with Image.open(io.BytesIO(files[name])) as image:
            assert image.info == {}


def test_the_same_case_and_key_give_the_same_bytes(
    published: tuple[Quiz, AnswerBook], case: Path, weights: Path, folder: Path
) -> None:
    for path in case.rglob("*"):
        os.utime(path, (1, 1))
    quiz, _ = publish("two", case, weights=weights)
    assert contents("two") == contents(str(folder / "class"))
    assert contents("two-keys") == contents(str(folder / "class-keys"))
    other, _ = publish("three", case, weights=weights, key="cd" * 32)
    assert not {item.id for item in other.items} & {item.id for item in quiz.items}


def test_a_changed_case_does_not_take_over_the_answers_to_the_old_one(case: Path, weights: Path) -> None:
    before, _ = publish("before", case, weights=weights)
    change(case, history="A person of 70 years.")
    after, _ = publish("after", case, weights=weights)
    assert before.id != after.id and not {one.id for one in before.items} & {one.id for one in after.items}


def test_the_answer_book_answers_every_item(published: tuple[Quiz, AnswerBook]) -> None:
    quiz, book = published
    book.check(quiz)
    assert len(quiz) == 5
    assert all(item.question.startswith("A person of 60 years with bleeding. ") for item in quiz.items)
    (staged,) = [item for item in quiz.items if item.kind == "stage_it"]
    key = book.key(staged.id)
    assert isinstance(key, StageItKey) and staged.choices[key.choice] == "T2"
    assert quiz.seconds(staged) == 60 and key.reason == "The zebra muscularis is infiltrated."
    rated = {book.key(item.id).fault: item for item in quiz.items if item.kind == "rate_abc"}  # type: ignore[union-attr]
    assert set(rated) == {"none", "wrong layer"}
    assert rated["none"].caption == "A tumour of 3 cm on the left infiltrates the muscularis propria."  # type: ignore[union-attr]
    assert "T3b" not in rated["wrong layer"].caption  # type: ignore[union-attr]
    assert all(
        isinstance(book.key(item.id), RateABCKey) and book.key(item.id).source == "synthetic"  # type: ignore[union-attr]
        for item in rated.values()
    )


def test_the_place_of_a_change_is_where_the_labels_differ(
    published: tuple[Quiz, AnswerBook], finished_case: Path, small_engine: LocalEngine
) -> None:
    quiz, book = published
    (item,) = [one for one in quiz.items if isinstance(one, WhatChanged)]
    drawing = renderer(read_case(finished_case), finished_case, small_engine)
    before, after = (drawing.stage_labels(drawing.case.stage(name)).labels for name in ("t2", "t3"))
    row, column = np.argwhere(before != after)[0]
    answer = answer_to(item, "It grew into the fat", (float(row), float(column)))
    assert isinstance(answer, WhatChangedAnswer)
    assert BookMarker(quiz, book).mark(item.id, answer).right


def test_a_painting_is_graded_against_the_layers_of_the_phantom(
    published: tuple[Quiz, AnswerBook], finished_case: Path, small_engine: LocalEngine
) -> None:
    quiz, book = published
    (item,) = [one for one in quiz.items if isinstance(one, PaintIt)]
    key = book.key(item.id)
    assert isinstance(key, PaintItKey) and (key.target, key.depth_mm) == ("mesorectum", 4)
    drawing = renderer(read_case(finished_case), finished_case, small_engine)
    labels = drawing.stage_labels(drawing.case.stage("t2")).labels
    np.testing.assert_array_equal(quiz.pixels(item.label_map), labels)
    lesion = book.mask(key.lesion)
    assert lesion[labels != drawing.labels.labels].all() and (labels[lesion] == 2).all()
    assert item.tumour_elements == (2,) and item.spacing == (1.5, 1.5)
    marker = BookMarker(quiz, book)
    right = marker.mark(item.id, _painted((56.0, 52.0), (56.0, 0.0))).parts
    assert [part.name for part in right] == ["layer", "depth", "one piece"]
    assert not any(part.right for part in right[:2]), "through the mesorectum and far out of it"
    assert marker.mark(item.id, PaintItAnswer(script=EditScript())).score == 0


def _painted(*points: tuple[float, float]) -> PaintItAnswer:
    return PaintItAnswer(script=EditScript(operations=(BrushStroke(element=2, points=points, diameter=3),)))


def test_a_painting_may_bring_a_map_of_its_layers(case: Path, weights: Path) -> None:
    layers = np.zeros((96, 96), np.uint8)
    layers[40:60], layers[60:80] = 1, 2
    Image.fromarray(layers).save(case / "layers.png")
    answers = {
        "kind": "paint_it", "layer": "fat", "reason": "zebra", "layers": "layers.png",
        "layer_names": ["outside", "wall", "fat"],
    }  # fmt: skip
    question = {"id": "extend", "kind": "paint_it", "question": "Extend it.", "stages": ["t2"]}
    change(case, questions=[question])
    change(case, "answers.yaml", answers={"extend": answers})
    quiz, book = publish("class", case, weights=weights)
    key = book.key(quiz.items[0].id)
    assert isinstance(key, PaintItKey) and key.layer_names == ("outside", "wall", "fat")
    mark = BookMarker(quiz, book).mark(quiz.items[0].id, _painted((50, 52), (66, 52)))
    assert mark.right and "depth" not in {part.name for part in mark.parts}, "no depth was asked for"
    for wrong, message in (
        ({"layer": "mud"}, "answers.extend.layer: no layer 'mud'; there are wall, fat"),
        ({"layer_names": ["outside", "wall"], "layer": "wall"}, "the map has layer 2"),
        ({"spare": ["mud"]}, "answers.extend.spare: no element 'mud'"),
        ({"layers": "gone.png"}, "gone.png: is missing"),
    ):
        change(case, "answers.yaml", answers={"extend": answers | wrong})
        result = run("case", "publish", case, "--output", "other", "--key", "key", "--model", weights)
        assert result.exit_code == 1 and message in result.stderr, result.stderr


def test_what_is_not_ready_is_not_published(case: Path, weights: Path) -> None:
    Path("key").write_text(KEY)
    arguments = ("--key", "key", "--model", weights)
    shutil.copytree(case, "again")
    result = run("case", "publish", case, "again", "--output", "class", *arguments)
    assert result.exit_code == 1 and "is the id of two of the cases" in result.stderr
    change(case, title="")
    result = run("case", "publish", case, "--output", "class", *arguments)
    assert result.exit_code == 1 and "case.yaml: title: is empty" in result.stderr
    change(Path("again"), questions=[])
    change(Path("again"), "answers.yaml", answers={})
    result = run("case", "publish", "again", "--output", "class", *arguments)
    assert result.exit_code == 1 and "asks nothing" in result.stderr
    assert not Path("class").exists() and not Path("class-keys").exists()


def test_answers_of_an_earlier_class_are_not_overwritten(case: Path, weights: Path) -> None:
    publish("class", case, weights=weights)
    before = contents("class-keys")
    shutil.rmtree("class")
    result = run("case", "publish", case, "--output", "class", "--key", "other", "--model", weights)
    assert result.exit_code == 1 and "class-keys is there already" in result.stderr
    assert contents("class-keys") == before
